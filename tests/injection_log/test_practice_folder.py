"""A killed practice world leaves its folder; the next one removes it, and nobody else's."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from injection_log.practice.folder import PREFIX, practice_folder, remove_abandoned

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="without POSIX locks nothing is removed")

PRACTISING = """
import sys
from injection_log.practice.folder import practice_folder
with practice_folder() as folder:
    (folder / "pacs").mkdir()
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the system of its own, for this process and those it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@contextmanager
def practising() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process in a practice world."""
    process = subprocess.Popen(
        [sys.executable, "-c", PRACTISING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def test_the_folder_of_a_killed_world_goes_at_the_next_start() -> None:
    with practising() as (process, left):
        process.kill()
        process.wait()
        assert (left / "pacs").is_dir()
    with practice_folder():
        assert not left.exists()


def test_the_folder_of_a_running_world_stays() -> None:
    with practising() as (_, running), practice_folder() as ours:
        assert (running / "pacs").is_dir()
        assert remove_abandoned() == ()
        assert ours.is_dir()


def test_a_world_that_ends_by_itself_leaves_nothing(temporary: Path) -> None:
    with practice_folder():
        pass
    assert list(temporary.iterdir()) == []


def test_a_folder_without_a_lock_stays_for_a_day(temporary: Path) -> None:
    (temporary / f"{PREFIX}earlier" / "phantom").mkdir(parents=True)
    assert remove_abandoned() == ()
    two_days_ago = time.time() - 2 * 86_400
    os.utime(temporary / f"{PREFIX}earlier", (two_days_ago, two_days_ago))
    assert remove_abandoned() == (temporary / f"{PREFIX}earlier",)


def test_links_files_and_folders_of_others_are_left_alone(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = temporary / "kept"
    kept.mkdir()
    (kept / "running.pid").write_text("1\n")
    (temporary / f"{PREFIX}link").symlink_to(kept)
    (temporary / f"{PREFIX}file").write_text("a file")
    assert remove_abandoned() == ()
    kept.rename(temporary / f"{PREFIX}of-another")
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert remove_abandoned() == ()
    assert remove_abandoned() == (temporary / f"{PREFIX}of-another",)
