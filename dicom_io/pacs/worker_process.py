"""Starts the worker's process, and keeps one spare where a window asks for it.

A process needs most of a second to load pydicom, pynetdicom and the decoders; a spare one has done so before the
operator chooses a study. It holds about 150 MB, its gate included, a second 80 MB more, and ends with this process.
It is given one job and never used twice: nothing of one study is left for the next.
"""
from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress

_spare: subprocess.Popen[bytes] | None = None
_lock = threading.Lock()


def prepare() -> None:
    """Have a spare worker ready; returns at once, and does nothing where there is one."""
    global _spare  # noqa: PLW0603 - one spare for the program
    with _lock:
        if _spare is None or _spare.poll() is not None:
            _spare = _started()


def take() -> subprocess.Popen[bytes]:
    """A worker that waits for its job: the spare one, or a new one. Raises OSError."""
    global _spare
    with _lock:
        spare, _spare = _spare, None
    return spare if spare is not None and spare.poll() is None else _started()


def dismiss() -> None:
    """End the spare worker, if there is one."""
    global _spare
    with _lock:
        spare, _spare = _spare, None
    if spare is not None:
        with suppress(OSError):
            if spare.stdin is not None:
                spare.stdin.close()
        with suppress(OSError):
            if spare.stdout is not None:
                spare.stdout.close()
        try:
            spare.wait(5)
        except subprocess.TimeoutExpired:
            spare.kill()
            spare.wait()


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "dicom_io.pacs.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
