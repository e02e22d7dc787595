"""A disk that is really full: saving and signing are refused in words, and the same program goes on afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from saving import acts_in, at_work, home_at, new_site, save, sign_next, what_is_left

from injection_log.ledger.errors import DiskFull
from injection_log.site import Session


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB, where this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True, timeout=20)  # also where a failed test has the log open


def fill(disk: Path, but_bytes: int) -> Path:
    """Fill a disk up to some bytes."""
    filler, usage = disk / "filler", os.statvfs(disk)
    filler.write_bytes(bytes(usage.f_bavail * usage.f_frsize - but_bytes))
    return filler


def save_until_full(session: Session) -> None:
    """Use up the little that is left."""
    for number in range(200):
        save(session, f"{number} {'x' * 380}")


@pytest.mark.parametrize("but_bytes", [0, 24576])
def test_on_a_full_disk_nothing_is_saved_or_signed_and_the_same_program_goes_on_when_there_is_space(
    small_disk: Path, capfd: pytest.CaptureFixture[str], but_bytes: int
) -> None:
    home = home_at(small_disk / "home")
    new_site(home, visits=2)
    session = at_work(home)
    save(session, "before")
    before, filler = acts_in(session), fill(small_disk, but_bytes)
    with pytest.raises(DiskFull, match="nothing of this act was saved; free some space"):
        save_until_full(session)
    with pytest.raises(DiskFull):
        sign_next(session)
    filler.unlink()
    told = capfd.readouterr().out.splitlines()
    assert acts_in(session) == before + len(told) - 1  # the first was told before the disk was full
    save(session, "goes on")
    assert sign_next(session)
    session.site.ledger.close()
    told += capfd.readouterr().out.splitlines()
    assert [line.split()[0] for line in told[-2:]] == ["saved", "signed"]
    left = what_is_left(home, told)
    assert (left.lost, left.wrong) == ((), "")
