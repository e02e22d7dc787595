"""A package of somebody else: installed, listed and made as `plugins/README.md` says, and the README holds its code."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest
from opened_window import practice_site
from signed_visits import signed_visit

from injection_log.site import log_in

SAMPLE = Path(__file__).parent / "sample_exporter"
README = Path(__file__).parents[2] / "plugins" / "README.md"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the sample package was installed into, without a network."""
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(SAMPLE, folder / "source")  # a build writes into its source
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
               "--disable-pip-version-check", "--target", str(folder / "site"), str(folder / "source")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def run(installed: Path, *arguments: str, typed: str = "") -> str:
    """What the command says with the sample package installed."""
    paths = [str(installed), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-m", "injection_log", *arguments], input=typed, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_installed_package_is_listed_with_the_roles_of_its_content(installed: Path) -> None:
    kinds = {one["kind"]: one for one in json.loads(run(installed, "export", "--list", "--json"))}
    assert kinds["gland_count"]["title"] == "How many gland records are in which state (text)"
    assert kinds["gland_count"]["roles"] == kinds["tables"]["roles"]


def test_its_output_is_made_with_sums_and_manifest(installed: Path, tmp_path: Path) -> None:
    site = practice_site(tmp_path)
    signed_visit(log_in(site, "injector", "practice-injector"))
    site.ledger.close()
    home, out = str(tmp_path / "home"), tmp_path / "out"
    run(installed, "export", "gland_count", "--user", "monitor", "--password-stdin", "--home", home, "--out", str(out),
        typed="practice-monitor\n")  # fmt: skip
    assert (out / "gland_count.txt").read_text() == "signed: 2\n"
    assert {path.name for path in out.iterdir()} == {"gland_count.txt", "SHA256SUMS", "manifest.json"}


@pytest.mark.parametrize("name", ["gland_count.py", "setup.cfg", "pyproject.toml"])
def test_the_readme_holds_the_whole_package(name: str) -> None:
    assert indent((SAMPLE / name).read_text(), "    ") in README.read_text()
