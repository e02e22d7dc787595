"""Fetches one study from a PACS into the image folder, in a process of its own that can be ended at once.

The window and the command line see only this: start, progress, cancel, result. A pull is complete when the set
of images asked for (image-level search) equals the set kept; nothing that a PACS counts or says replaces that.
"""
from __future__ import annotations

import os
import pickle
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dicom_io.errors import DicomIoError, PacsError, PacsFailed
from dicom_io.image_folder import ImageFolder, Kept
from dicom_io.pacs import worker_process
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.pull_messages import PullAsked, PullEnded, PullJob, PullProgress, PullTravels, Rejection
from dicom_io.pacs.ways import GetOrMove, Way

__all__ = ["Pull", "PullProgress", "PullResult", "Rejection"]

_GOODBYE_SECONDS = 1.0
_LEFTOVER_SECONDS = 24 * 3600.0
_USUAL_WAY = GetOrMove()


@dataclass(frozen=True)
class PullResult:
    """How a pull ended. `kept` are the files of this pull; skipped images count as kept in `complete`.

    `bytes` is the sum over `kept`; `arrived_bytes` is all that came off the wire as images, with the few bytes that
    make each a file; `trouble` is a sentence when the connection ended before everything came.
    """

    asked: tuple[str, ...]
    kept: tuple[Kept, ...]
    missing: tuple[str, ...]
    rejected: tuple[Rejection, ...]
    bytes: int
    seconds: float
    complete: bool
    trouble: str = ""
    arrived_bytes: int = 0


class Pull:
    """One running retrieval. Use `Pull.start`; then `progress()` (waits) or `poll()` (does not), and `result()`."""

    def __init__(self, process: subprocess.Popen[bytes], receiving: Path, skip: frozenset[str]) -> None:
        self._process, self._receiving, self._skip = process, receiving, skip
        self._began = time.monotonic()
        self._seconds = 0.0
        self._messages: queue.Queue[object] = queue.Queue()
        self._asked: tuple[str, ...] = ()
        self._way = ""
        self._kept: list[Kept] = []
        self._ended: PullEnded | None = None
        self._cancelled = False
        threading.Thread(target=self._read, args=(process.stdout,), name="pull-reader", daemon=True).start()

    @classmethod
    def start(
        cls,
        address: PacsAddress,
        study_uid: str,
        images_root: Path,
        *,
        skip: frozenset[str] = frozenset(),
        way: Way = _USUAL_WAY,
    ) -> Pull:
        """Begin to fetch a study; `skip` are SOP Instance UIDs that are already kept. Returns at once.

        What a pull that was killed has left in the incoming folder is cleared first, but nothing of the last day:
        another pull may still be running.
        """
        folder = ImageFolder(images_root)
        incoming = folder.incoming()
        _clear_leftovers(folder)
        receiving = Path(tempfile.mkdtemp(prefix="pull-", dir=incoming))
        job = PullJob(address, study_uid, str(images_root.absolute()), str(receiving.absolute()), skip, way)
        process = worker_process.take()
        if process.stdin is None:  # PIPE was asked for
            raise PacsFailed("worker", "The retrieval could not be started; try again.")
        with suppress(BrokenPipeError):
            pickle.dump(job, process.stdin)
            process.stdin.flush()
        return cls(process, receiving, skip)

    @property
    def finished(self) -> bool:
        """Whether it is over: done, failed or cancelled."""
        return self._ended is not None

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The images kept so far, as told by `progress` or `poll`: each can be opened from then on."""
        return tuple(self._kept)

    @property
    def way(self) -> str:
        """By which way the images come: "C-GET", "C-MOVE" or "DICOMweb"; "" until that is known."""
        return self._way

    @property
    def asked(self) -> tuple[str, ...]:
        """The images of the study; empty until the PACS has told."""
        return self._asked

    def poll(self) -> list[PullProgress]:
        """What happened since the last call, without waiting."""
        news: list[PullProgress] = []
        while True:
            try:
                message = self._messages.get_nowait()
            except queue.Empty:
                return news
            news += self._take(message)

    def progress(self) -> Iterator[PullProgress]:
        """Each image as it is kept, until the pull is over."""
        while not self.finished:
            yield from self._take(self._messages.get())

    def cancel(self) -> None:
        """End it now. Nothing half remains; images that were kept stay kept."""
        if self.finished:
            return
        self._cancelled = True
        self._kill()
        for _ in self.progress():
            pass

    def result(self) -> PullResult:
        """Wait for the end. Raises a DicomIoError (nearly always a PacsError) when nothing could be fetched."""
        for _ in self.progress():
            pass
        ended = self._ended
        trouble = ended.trouble if ended is not None else None
        if trouble is not None and not self._kept:
            raise trouble
        have = {one.admission.image.sop_instance_uid for one in self._kept} | self._skip
        missing = tuple(uid for uid in self._asked if uid not in have)
        return PullResult(
            asked=self._asked,
            kept=tuple(self._kept),
            missing=missing,
            rejected=ended.rejected if ended is not None else (),
            bytes=sum(one.admission.bytes for one in self._kept),
            seconds=self._seconds,
            complete=not missing and bool(self._asked),
            trouble=str(trouble) if trouble is not None else "",
            arrived_bytes=ended.arrived_bytes if ended is not None else 0,
        )

    def _take(self, message: object) -> list[PullProgress]:
        if isinstance(message, PullProgress):
            return [message]
        if isinstance(message, PullAsked):
            self._asked = message.sop_instance_uids
        elif isinstance(message, PullTravels):
            self._way = message.way
        elif isinstance(message, Kept):
            self._kept.append(message)
        elif isinstance(message, PullEnded) and self._ended is None:
            self._seconds = time.monotonic() - self._began
            self._end_process()
            self._ended = message
        return []

    def _read(self, stream: BinaryIO) -> None:
        """On a thread: the worker's values, and one of our own when it ends without a last word."""
        try:
            while True:
                self._messages.put(pickle.load(stream))  # noqa: S301 - written by our own worker
        except (EOFError, OSError, pickle.UnpicklingError, ValueError):
            self._messages.put(PullEnded((), self._why_silent()))

    def _why_silent(self) -> DicomIoError:
        if self._cancelled:
            return PacsError("cancelled", "The retrieval was cancelled.")
        return PacsFailed("worker_ended", "The retrieval ended unexpectedly; try again.")

    def _end_process(self) -> None:
        """Let the worker end by itself for a moment, then end it, and clear its folder."""
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        shutil.rmtree(self._receiving, ignore_errors=True)

    def _kill(self) -> None:
        """The worker and the gate's process with it: on POSIX they are one group, whose leader is not reaped yet."""
        if os.name == "posix" and self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()


def _clear_leftovers(folder: ImageFolder) -> None:
    folder.clean_incoming(older_than_s=_LEFTOVER_SECONDS)
    incoming = folder.incoming()
    for place in (*incoming.glob("pull-*"), *incoming.glob("leaving-*")):  # of sendings that were killed too
        with suppress(OSError):
            if time.time() - place.lstat().st_mtime > _LEFTOVER_SECONDS:
                place.rmdir()  # only an empty one goes
