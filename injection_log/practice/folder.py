"""The temporary folder of a practice world, and what killed ones have left behind.

Each running world holds a lock in its folder, which the system lets go when its process ends, however it ends. The
next world removes folders of the same user that nobody holds. Where the system has no such locks nothing is removed.
"""
from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

PREFIX = "injection-log-practice-"
_HELD = "running.pid"
_UNHELD_SECONDS = 24 * 3600
"""A folder without a lock may be one that is just being made, or one of an earlier version: a day settles it."""


@contextmanager
def practice_folder() -> Iterator[Path]:
    """A folder that is removed at the end, after those that killed practice worlds have left."""
    with suppress(OSError):  # rubbish that cannot be removed is no reason not to practise
        remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as made:
        held = _hold(Path(made))
        try:
            yield Path(made)
        finally:
            if held is not None:
                os.close(held)


def remove_abandoned() -> tuple[Path, ...]:
    """Remove this user's practice folders whose process is gone; which they were."""
    if fcntl is None:
        return ()
    removed = []
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        if _is_ours(folder) and _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return tuple(removed)


def _hold(folder: Path) -> int | None:
    """Take the lock of a folder; it holds until the descriptor is closed or the process ends."""
    if fcntl is None:
        return None
    descriptor = os.open(folder / _HELD, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def _is_ours(folder: Path) -> bool:
    """A directory of this user, no link: everybody may make names in the system's temporary folder."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _is_abandoned(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / _HELD, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return _is_old(folder)
    except OSError:
        return False
    try:
        if not os.read(descriptor, 1):
            return _is_old(folder)  # made, and perhaps not locked yet
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False  # somebody holds it
    finally:
        os.close(descriptor)
    return True


def _is_old(folder: Path) -> bool:
    try:
        return time.time() - folder.lstat().st_mtime > _UNHELD_SECONDS
    except OSError:
        return False
