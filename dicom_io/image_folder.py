"""The folder of untouched originals: each file under its own SHA-256, for its owner only, after passing
the gate.

This is the one place where a patient's identifiers exist. Files are received into its `incoming` folder,
made safe on disk (file and folder) and only then renamed into place; names chosen by a peer or a user are
never used. It deliberately never changes a kept file, and never moves or changes a file outside itself.
"""
from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dicom_io.errors import ImageMissing, NotReadable, RejectCode
from dicom_io.gate import Admission, Gate

MAX_FILE_BYTES = 2 * 1024**3
"""The gate's limit, asked for before a file is copied here at all."""
_NO_LINK, _NO_WAIT, _BINARY = (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


@dataclass(frozen=True)
class Kept:
    """A file in the folder. `already`: the same bytes were there before."""

    sha256: str
    path: Path
    admission: Admission
    already: bool


class ImageFolder:
    """`HOME/images`: `incoming/` for files on their way in, `ab/abcd...` for kept ones."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        """The folder itself; it may not exist yet."""
        return self._root

    def incoming(self) -> Path:
        """The folder for receiving, made where it is missing; on the same file system, so that a rename is enough."""
        return _owner_only(_owner_only(self._root) / "incoming")

    def clean_incoming(self, *, older_than_s: float = 0.0) -> int:
        """Delete what an interrupted retrieval left; answer how many files. Others may still be receiving."""
        limit = time.time() - older_than_s
        leftovers = [path for path in self.incoming().rglob("*") if path.is_file() or path.is_symlink()]
        deleted = 0
        for path in leftovers:
            with contextlib.suppress(OSError):
                if path.lstat().st_mtime <= limit:
                    path.unlink()
                    deleted += 1
        return deleted

    def keep(self, path: Path, gate: Gate) -> Kept:
        """Let a file through the gate and keep it under its digest.

        A file in `incoming` is moved, or deleted when it is refused; any other file is copied and left as
        it is. The copy, not the original, passes the gate, so that what was checked is what is kept.
        Raises `NotReadable`; OSError where the disk is full or the folder cannot be written.
        """
        mine = self._is_incoming(path)
        received = path if mine else self._copied(path)
        try:
            admission = gate.admit(received)
            return self._settle(received, admission)
        finally:
            with contextlib.suppress(OSError):
                received.unlink()  # refused, or the same bytes were already kept; gone when it was renamed

    def path_of(self, sha256: str) -> Path:
        """Where the file with this digest is. Raises `ImageMissing`."""
        path = self._place(sha256)
        if not path.is_file():
            raise ImageMissing(
                "image_missing", "The picture's file is not in the image folder; restore it or pull it again."
            )
        return path

    def holds(self, sha256: str) -> bool:
        """Whether a file with this digest is kept."""
        return self._place(sha256).is_file()

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ImageMissing("image_missing", "That is not a SHA-256 digest in 64 small hex digits.")
        return self._root / sha256[:2] / sha256

    def _is_incoming(self, path: Path) -> bool:
        # A link that leads into the incoming folder does not lie there, and must not be moved into the store.
        return path.parent.resolve().is_relative_to((self._root / "incoming").resolve()) and not path.is_symlink()

    def _copied(self, path: Path) -> Path:
        """A private copy in `incoming` of a file that is not ours."""
        with _plain_file(path) as source:
            handle, name = tempfile.mkstemp(dir=self.incoming(), suffix=".copy")
            copy = Path(name)
            try:
                with os.fdopen(handle, "wb") as target:
                    for piece in _pieces(source):
                        target.write(piece)
            except (OSError, NotReadable):
                copy.unlink(missing_ok=True)
                raise
        return copy

    def _settle(self, received: Path, admission: Admission) -> Kept:
        """Make the file and its folders safe on disk and rename it to its digest."""
        sha256 = admission.digests.file
        place = self._place(sha256)
        if place.is_file() and place.stat().st_size == admission.bytes:
            return Kept(sha256, place, admission, already=True)
        folder = _owner_only(place.parent)
        received.chmod(0o600)
        sync(received)
        os.replace(received, place)
        sync(folder)
        sync(self._root)
        return Kept(sha256, place, admission, already=False)


def _plain_file(path: Path) -> BinaryIO:
    """A file opened for reading that is a file: no link, no pipe that would be waited for, no device.

    Raises `NotReadable`.
    """
    try:
        handle = os.open(path, os.O_RDONLY | _NO_LINK | _NO_WAIT | _BINARY)
    except (OSError, ValueError) as wrong:
        raise NotReadable(RejectCode.UNREADABLE_FILE) from wrong
    source = os.fdopen(handle, "rb")
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_FILE_BYTES:
        source.close()
        raise NotReadable(RejectCode.TOO_LARGE if stat.S_ISREG(found.st_mode) else RejectCode.UNREADABLE_FILE)
    return source


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """The file's bytes; a disc with a scratch is a file that cannot be read, unlike a store that cannot be written."""
    try:
        yield from iter(lambda: source.read(1024**2), b"")
    except OSError as wrong:
        raise NotReadable(RejectCode.UNREADABLE_FILE) from wrong


def _owner_only(folder: Path) -> Path:
    """The folder, made where it is missing, and for its owner only (Windows: the user profile's own rights)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def sync(path: Path) -> None:
    """Have the system write this file, or this folder's entries, to disk. Windows cannot sync folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
