"""Files and folders for their owner only, and files that appear whole or not at all.

Folders that a person chose are created but never changed: whoever gives `--home /srv/data` keeps its rights.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

_BINARY = getattr(os, "O_BINARY", 0)
_SHORT_BYTES = 4096


def make_private_folder(folder: Path, *, chosen_by_person: bool = False) -> None:
    """Create a folder with mode 0700; one of our own that is there already is tightened to it. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not chosen_by_person:
        folder.chmod(0o700)


def fresh_file(beside: Path) -> Path:
    """Make an empty owner-only file (0600) with a random name beside `beside`. Raises OSError."""
    fresh = beside.with_name(f"{beside.name}.{secrets.token_hex(4)}.new")
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600))
    return fresh


def name_finished(fresh: Path, path: Path) -> bool:
    """Give a finished file its name in one step; False when the name is taken already. Raises OSError."""
    try:
        if os.name == "nt":
            fresh.rename(path)  # on Windows this never replaces a file
        else:
            os.link(fresh, path)
            fresh.unlink()
    except FileExistsError:
        fresh.unlink()
        return False
    sync_folder(path.parent)
    return True


def overwrite(path: Path, data: bytes, *, durable: bool) -> None:
    """Write a short file in place, owner-only; `durable` waits for the disk. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | _BINARY, 0o600)
    try:
        os.write(descriptor, data)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def amend(path: Path, change: Callable[[bytes], bytes | None], *, durable: bool) -> None:
    """Write a short file in place that `change` makes of what it holds, opened once; None: it stays as it is.

    The file has to be there and to be shorter than 4 KiB. `durable` waits for the disk. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDWR | _BINARY)
    try:
        data = change(os.read(descriptor, _SHORT_BYTES))
        if data is not None:
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, data)
            if durable:
                os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can do that. Raises OSError."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
