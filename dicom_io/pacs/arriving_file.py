"""The file that an arriving image is written to, so that the disk is busy with it while the rest is on its way.

The fsync before the answer is short then. Names are random, in `tempfile.tempdir`; nothing of a peer is in them.
"""
from __future__ import annotations

import os
import queue
import tempfile
import threading
from contextlib import suppress

_FLUSH_EVERY = 8 * 2**20
"""Bytes between two calls of fsync while an image arrives."""


class ArrivingFile:
    """What the library writes a data set to, in place of its NamedTemporaryFile: unbuffered, in `tempfile.tempdir`.

    `to_disk` has all of it on the disk; most is there already by then.
    """

    def __init__(self, *, delete: bool = False, mode: str = "wb", suffix: str = "") -> None:
        if delete or mode != "wb":
            raise ValueError("an arriving file is written once and stays")
        self._handle, self.name = tempfile.mkstemp(suffix=suffix)
        self._lock = threading.Lock()
        self._unflushed = 0
        self._failed: OSError | None = None
        self.closed = False

    @property
    def file(self) -> ArrivingFile:
        """The library flushes `file.file`; nothing is held back here."""
        return self

    def write(self, data: bytes | memoryview) -> int:
        """Write all of it. Raises OSError, as on a full disk."""
        written = os.write(self._handle, data)
        while written < len(data):
            written += os.write(self._handle, data[written:])
        self._unflushed += written
        if self._unflushed >= _FLUSH_EVERY:
            self._unflushed = 0
            _flusher().put(self)
        return written

    def flush(self) -> None:
        """Nothing to do: see `file`."""

    def to_disk(self) -> None:
        """Have what is written so far on the disk; nothing where the file is closed. Raises OSError."""
        with self._lock:
            if self._failed is not None:
                raise self._failed  # the system tells a failed write once only, and has forgotten it since
            try:
                if not self.closed:
                    os.fsync(self._handle)
            except OSError as error:
                self._failed = error
                raise

    def close(self) -> None:
        """Close the handle, once."""
        with self._lock:
            if not self.closed:
                self.closed = True
                os.close(self._handle)


_waiting: queue.Queue[ArrivingFile] | None = None
_start = threading.Lock()


def _flusher() -> queue.Queue[ArrivingFile]:
    """The queue of the one thread that keeps the disk busy; made with the first long file."""
    global _waiting  # noqa: PLW0603 - one thread for the process
    with _start:
        if _waiting is None:
            _waiting = queue.Queue()
            threading.Thread(target=_flush_all, args=(_waiting,), name="pull-flusher", daemon=True).start()
        return _waiting


def _flush_all(waiting: queue.Queue[ArrivingFile]) -> None:
    while True:
        file = waiting.get()
        with suppress(OSError):  # the last fsync, before the answer, tells
            file.to_disk()
