"""What happens to a file that a PACS sends: made safe, then answered; judged by the gate, then kept.

Success is answered once the file and its folder are on the disk (fsync), before the gate: the gate may take
15 s over a hostile file, and a sender that waits so long for one answer gives up on the whole study. Nothing is
lost by it: the PACS keeps its copy, and a file that the gate refuses is reported as refused, never as kept.
A peer's names are never used for files: the library's temporary name is, then the content's hash.
"""
from __future__ import annotations

import errno
import itertools
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_io.errors import DicomIoError, NotReadable, RejectCode
from dicom_io.gate import Gate
from dicom_io.image_folder import ImageFolder, Kept, sync
from dicom_io.pacs.arriving_file import ArrivingFile
from dicom_io.pacs.pull_messages import PullProgress, Rejection

SUCCESS, NO_ROOM, NOT_ASKED_FOR = 0x0000, 0xA700, 0xC001
_LEAST_FREE_BYTES = 32 * 2**20

DISK_FULL = DicomIoError(
    "disk_full", "The disk that holds the images is full; make room on it, then fetch the study again."
)


def disk_is_full(folder: Path) -> bool:
    """Whether what is left on the disk is too little to receive into."""
    return shutil.disk_usage(folder).free < _LEAST_FREE_BYTES


@dataclass
class Receiver:
    """Takes files from the network on one thread, and passes them through each gate on a thread of its own."""

    asked: frozenset[str]
    study_uid: str
    folder: ImageFolder
    tell: Callable[[object], None]
    disk_full: bool = False
    kept: dict[str, Kept] = field(default_factory=dict)
    rejected: dict[str, Rejection] = field(default_factory=dict)
    arrived_bytes: int = 0
    _bytes: int = 0
    _began: float = 0.0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _arrived: queue.Queue[tuple[str, Path] | None] = field(default_factory=queue.Queue)
    _keepers: list[threading.Thread] = field(default_factory=list)
    _broken: DicomIoError | None = None
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, gates: Sequence[Gate]) -> None:
        """Start judging what arrives, as many files at once as there are gates."""
        self._began = time.monotonic()
        for gate in gates:
            keeper = threading.Thread(target=self._keep_all, args=(gate,), name="pull-keeper", daemon=True)
            self._keepers.append(keeper)
            keeper.start()

    def finish(self) -> None:
        """Wait until everything that arrived is judged. Raises DicomIoError when keeping failed for good."""
        for _ in self._keepers:
            self._arrived.put(None)
        for keeper in self._keepers:
            keeper.join()
        if self._broken is not None:
            raise self._broken

    def settle(self) -> None:
        """Wait until everything that has arrived so far is judged."""
        self._arrived.join()

    def handle_store(self, event: Any) -> int:
        """pynetdicom's handler of one C-STORE: the status to answer."""
        arrived = Path(event.dataset_path)
        uid = str(event.request.AffectedSOPInstanceUID)
        if uid not in self.asked:
            arrived.unlink(missing_ok=True)
            return NOT_ASKED_FOR
        # Under a name of ours: after a C-MOVE's store the library removes the file under its own.
        safe = arrived.with_name(f"received-{next(self._numbers)}.dcm")
        try:
            _finish_writing(event)
            arrived.replace(safe)
            to_disk(safe)
        except OSError as error:
            self.disk_full = self.disk_full or error.errno in (errno.ENOSPC, errno.EDQUOT)
            arrived.unlink(missing_ok=True)
            safe.unlink(missing_ok=True)
            return NO_ROOM
        self.take(uid, safe)
        return SUCCESS

    def take(self, uid: str, safe: Path) -> None:
        """Have a whole file, which is safe on the disk, judged and kept. Thread-safe."""
        with self._counting:
            self.arrived_bytes += safe.stat().st_size
        self._arrived.put((uid, safe))

    def _keep_all(self, gate: Gate) -> None:
        while (one := self._arrived.get()) is not None:
            try:
                if self._broken is None:
                    self._keep(*one, gate)
            except OSError as error:
                self.disk_full = self.disk_full or error.errno in (errno.ENOSPC, errno.EDQUOT)
                self._broken = DISK_FULL if self.disk_full else DicomIoError(
                    "not_kept", "A received image could not be written to the image folder; check the disk."
                )
            finally:
                one[1].unlink(missing_ok=True)
                self._arrived.task_done()
        self._arrived.task_done()

    def _keep(self, uid: str, path: Path, gate: Gate) -> None:
        try:
            kept = self.folder.keep(path, gate)
        except NotReadable as refused:
            self.rejected[uid] = Rejection(uid, refused.code, refused.why)
            return
        with self._counting:
            self._judged(uid, kept)

    def _judged(self, uid: str, kept: Kept) -> None:
        """Count and tell an image that passed its gate; one thread at a time."""
        image = kept.admission.image
        if (image.sop_instance_uid, image.study_instance_uid) != (uid, self.study_uid):
            if not kept.already:
                kept.path.unlink(missing_ok=True)  # nobody is told of it, so nobody else would take it out
            self.rejected[uid] = Rejection(
                uid, RejectCode.BAD_UID.value, "The PACS sent another image than it announced; tell its administrator."
            )
            return
        if uid in self.kept and self.kept[uid].sha256 == kept.sha256:
            return  # sent a second time
        self.kept[uid] = kept
        self._bytes += kept.admission.bytes
        self.tell(kept)
        seconds = time.monotonic() - self._began
        self.tell(PullProgress(len(self.kept), len(self.asked), self._bytes, uid, seconds))


def _finish_writing(event: Any) -> None:
    """The library leaves its file open; an open file cannot be renamed on Windows, and a failed write is told here."""
    file = getattr(event.request, "_dataset_file", None)
    if file is None:
        return
    try:
        if isinstance(file, ArrivingFile):
            file.to_disk()
    finally:
        file.close()


def to_disk(path: Path) -> None:
    """Have a file and its folder's entry on the disk. Raises OSError."""
    sync(path)
    sync(path.parent)
