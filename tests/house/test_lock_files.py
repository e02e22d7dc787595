"""The lock files fit the ranges of setup.cfg on every Python. Offline; `make lock-check` asks the index."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

REPOSITORY = Path(__file__).resolve().parents[2]
LOCKS = ("lock.txt", "lock-tests.txt")


def pins(lock: str, python: str) -> dict[str, Version]:
    """What a Linux workstation with that Python gets from a lock file."""
    machine = {"python_version": python, "python_full_version": f"{python}.1", "sys_platform": "linux"}
    found = {}
    for line in (REPOSITORY / "requirements" / lock).read_text(encoding="utf-8").splitlines():
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate(machine):
            assert canonicalize_name(pin.name) not in found, f"{pin.name} is pinned twice on {python}"
            found[canonicalize_name(pin.name)] = Version(str(pin.specifier).removeprefix("=="))
    return found


def ranges() -> list[Requirement]:
    config = configparser.ConfigParser()
    config.read(REPOSITORY / "setup.cfg", encoding="utf-8")
    return [Requirement(line) for line in config["options"]["install_requires"].strip().splitlines()]


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("lock", LOCKS)
def test_every_range_of_setup_cfg_has_one_pin_inside_it(lock: str, python: str) -> None:
    pinned = pins(lock, python)
    outside = [
        str(wanted)
        for wanted in ranges()
        if not wanted.specifier.contains(pinned.get(canonicalize_name(wanted.name), Version("0.dev0")))
    ]
    assert outside == []


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_tests_run_on_the_versions_that_are_shipped(python: str) -> None:
    shipped, tested = pins("lock.txt", python), pins("lock-tests.txt", python)
    assert {name: tested.get(name) for name in shipped} == shipped


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_file_names_a_server_or_a_path(lock: str) -> None:
    text = (REPOSITORY / "requirements" / lock).read_text(encoding="utf-8")
    assert "/" not in text
    assert "--" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_no_second_qt_and_no_web_engine_is_installed(lock: str) -> None:
    pinned = set(pins(lock, "3.11"))
    assert "pyside6-essentials" in pinned
    assert "opencv-python-headless" in pinned
    assert not pinned & {"opencv-python", "pyside6", "pyside6-addons", "pyqt5", "pyqt6"}
