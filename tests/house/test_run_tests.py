"""The two processes of `make test`: each test runs once, in one of them, and a failure in either is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import run_tests

SHARED = """
import pytest

@pytest.fixture(scope="session", params=["sqlite", "server"])
def store(request):
    return request.param
"""
WRITES = """
import os, pytest

def note(*words):
    with open({log!r}, "a") as log:
        log.write(" ".join(map(str, [__name__, *words])) + "\\n")

@pytest.fixture(scope="module")
def once():
    note("begun")
    yield
    note("ended")

@pytest.mark.parametrize("number", range(2))
def test_one(once, number, store, tmp_path):
    note(f"{{number}}-{{store}}", os.getpid(), tmp_path)
    assert f"{{__name__}} {{number}}" != {failing!r}
"""
LONG = """
import os, pathlib, time

def test_long(tmp_path):
    pathlib.Path({began!r}).write_text(f"{{os.getpid()}} {{tmp_path}}")
    time.sleep(60)
"""
ROOT = Path(__file__).resolve().parents[2]
FILES = [f"test_{letter}" for letter in "abcdef"]
TESTS = ["0-server", "0-sqlite", "1-server", "1-sqlite"]


def run(folder: Path, failing: str = "") -> tuple[int, list[list[str]]]:
    """What the two processes answer over six small files, and the lines that those wrote, by words."""
    log = folder / "log"
    (folder / "tests").mkdir()
    (folder / "tests" / "conftest.py").write_text(SHARED)
    for name in FILES:
        (folder / "tests" / name).mkdir()
        (folder / "tests" / name / f"{name}.py").write_text(WRITES.format(log=str(log), failing=failing))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        options = [str(folder / "tests"), "-q", "-c", os.devnull, "--rootdir", str(folder)]
        patch.setattr(sys, "argv", ["run_tests", *options])
        answer = run_tests.main()
    return answer, [line.split() for line in log.read_text().splitlines()]


@pytest.fixture(scope="module")
def went_well(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[list[str]]]:
    """The lines of a run without a failure."""
    answer, lines = run(tmp_path_factory.mktemp("went-well"))
    assert answer == 0
    return lines


@pytest.mark.parametrize("file", FILES)
def test_each_test_of_a_file_runs_once_in_one_process(went_well: list[list[str]], file: str) -> None:
    ran = [line for line in went_well if line[0] == file and len(line) == 4]
    assert sorted(test for _, test, _, _ in ran) == TESTS
    assert len({process for *_, process, _ in ran}) == 1


@pytest.mark.parametrize("file", FILES)
def test_the_fixtures_of_a_file_are_made_before_its_tests_and_ended_behind_them(
    went_well: list[list[str]], file: str
) -> None:
    lines = [line[1] for line in went_well if line[0] == file]
    assert (lines[0], lines[-1], lines.count("begun"), lines.count("ended")) == ("begun", "ended", 1, 1)


def test_what_tests_write_is_gone_when_they_ended(went_well: list[list[str]]) -> None:
    places = [Path(line[3]) for line in went_well if len(line) == 4]
    assert places
    assert [place for place in places if place.exists()] == []


@pytest.mark.parametrize("failing", ["test_a 1", "test_f 0"])
def test_a_failing_test_of_the_first_or_the_last_file_is_a_failure_and_the_others_run(
    tmp_path: Path, failing: str
) -> None:
    answer, lines = run(tmp_path, failing)
    assert answer == 1
    assert len([line for line in lines if len(line) == 4]) == len(FILES) * len(TESTS)


@pytest.mark.parametrize(("first", "second", "answer"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (2, 5, 1)])
def test_a_failure_in_either_process_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, first: int, second: int, answer: int
) -> None:
    ending = tuple([sys.executable, "-c", f"raise SystemExit({code})"] for code in (first, second))
    monkeypatch.setattr(run_tests, "commands", lambda *_: ending)
    assert run_tests.main() == answer


def test_a_run_that_is_ended_from_outside_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    began = tmp_path / "began"
    (tmp_path / "tests" / "test_long.py").write_text(LONG.format(began=str(began)))
    options = [str(tmp_path / "tests"), "-c", os.devnull, f"--rootdir={tmp_path}"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.Popen([sys.executable, "-m", "tools.run_tests", *options], env=environment, cwd=ROOT)
    try:
        while not began.exists() or not began.read_text():
            assert run.poll() is None
            time.sleep(0.05)
        run.terminate()
        assert run.wait(30) == 1
    finally:
        run.kill()
    process, place = began.read_text().split()
    assert not Path(place).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)


def test_a_memory_disk_that_is_missing_or_too_small_is_not_used(tmp_path: Path) -> None:
    assert not run_tests.has_room(tmp_path / "nowhere")
    assert not run_tests.has_room(tmp_path, needed_bytes=1 << 60)
    assert run_tests.has_room(tmp_path, needed_bytes=1)
    with run_tests.place(tmp_path / "nowhere") as folder:
        assert not folder.is_relative_to(tmp_path)
        assert folder.is_dir()
