"""WADO-RS: the images of a study, each with a request of its own, a few at once, as they are stored.

The body goes straight to a file in the receiving folder, is safe on the disk before it counts, and passes the same
receiver and gate as what comes by C-GET. A body that ends early leaves nothing. Nothing is asked to be transcoded.
"""
from __future__ import annotations

import errno
import itertools
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dicom_io.errors import DicomIoError, PacsError, PacsFailed
from dicom_io.image_folder import MAX_FILE_BYTES
from dicom_io.pacs.arriving_file import ArrivingFile
from dicom_io.pacs.find import ImageReference
from dicom_io.pacs.receiving import Receiver, to_disk
from dicom_io.pacs.web_address import WebAddress
from dicom_io.pacs.web_line import Answer, WebLine, broken, judge
from dicom_io.pacs.web_multipart import MultipartBroken, MultipartReader, boundary_of

AT_ONCE = 4
_AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_ONE_MISSING = ("web_not_there", "web_failed")
_PREFIX_BYTES = 132
_MOST_EPILOGUE_BYTES = 64 * 1024


def retrieve_by_web(
    address: WebAddress, study_uid: str, wanted: Sequence[ImageReference], receiver: Receiver
) -> None:
    """Have the wanted images of a study given to the receiver. Raises a PacsError.

    Images that the PACS cannot send are simply not there afterwards; when it could send none, the first reason is
    raised.
    """
    run = _Run(address, study_uid, receiver)
    for reference in wanted:
        run.waiting.put(reference)
    threads = [
        threading.Thread(target=run.work, name=f"pull-web-{number}", daemon=True)
        for number in range(min(AT_ONCE, len(wanted)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if run.ended is not None:
        raise run.ended
    if run.refused and not run.came:
        raise run.refused[0]


@dataclass
class _Run:
    """One retrieval: what waits to be asked for, who asks, and why it ended where it did."""

    address: WebAddress
    study_uid: str
    receiver: Receiver
    waiting: queue.Queue[ImageReference] = field(default_factory=queue.Queue)
    refused: list[PacsError] = field(default_factory=list)
    ended: DicomIoError | None = None
    came: int = 0
    _lines: list[WebLine] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self) -> None:
        """Ask for one image after the other, on a connection of this thread's own."""
        line = WebLine(self.address)
        with self._lock:
            self._lines.append(line)
        try:
            while self.ended is None and not self.receiver.disk_full:
                self._one(line, self.waiting.get_nowait())
        except queue.Empty:
            pass
        except DicomIoError as error:
            self._end(error)
        except OSError as error:
            self.receiver.disk_full = self.receiver.disk_full or error.errno in (errno.ENOSPC, errno.EDQUOT)
            self._end(DicomIoError("not_kept", "A received image could not be written; check the disk."))
        except Exception:  # noqa: BLE001 - the others must end too
            self._end(PacsFailed("unforeseen", "The retrieval ended for a reason that was not foreseen; try again."))
        finally:
            line.close()

    def _end(self, error: DicomIoError) -> None:
        """The first trouble ends them all; what follows from that is no news."""
        with self._lock:
            if self.ended is not None:
                return
            self.ended = error
            lines = list(self._lines)
        for line in lines:
            line.close()

    def _one(self, line: WebLine, reference: ImageReference) -> None:
        path = (
            f"/studies/{self.study_uid}/series/{reference.series_instance_uid}"
            f"/instances/{reference.sop_instance_uid}"
        )
        with line.get(path, _AS_STORED) as answer:
            try:
                judge(answer, self.address, "retrieving (WADO-RS)")
            except PacsError as error:
                if error.code not in _ONE_MISSING:
                    raise
                with self._lock:
                    self.refused.append(error)
                return
            arrived = self._to_file(answer)
        safe = arrived.with_name(f"received-web-{next(self._numbers)}.dcm")
        arrived.replace(safe)
        to_disk(safe)
        self.came += 1
        self.receiver.take(reference.sop_instance_uid, safe)

    def _to_file(self, answer: Answer) -> Path:
        file = ArrivingFile(suffix=".dcm")
        try:
            size = sum(file.write(piece) for piece in _content(answer, self.address))
            _check_size(size, self.address)
            file.to_disk()
        except BaseException:
            file.close()
            with suppress(OSError):
                os.unlink(file.name)
            raise
        file.close()
        return Path(file.name)


def _check_size(size: int, address: WebAddress) -> None:
    if size < _PREFIX_BYTES:
        raise broken(address)


def _content(answer: Answer, address: WebAddress) -> Iterator[bytes | memoryview]:
    """The bytes of the one part that an answer about one image has. Raises PacsFailed where it is not whole."""
    try:
        reader = MultipartReader(answer.piece, boundary_of(answer.headers.get("content-type", "")))
        if not reader.next_part():
            raise broken(address)
        size = 0
        for piece in reader.pieces():
            size += len(piece)
            if size > MAX_FILE_BYTES:
                raise PacsFailed("too_much", f"{address.host} sent an image larger than this program takes.")
            yield piece
        if reader.next_part():
            raise PacsFailed("web_malformed", f"{address.host} sent several images where one was asked for.")
        left = _MOST_EPILOGUE_BYTES
        while left > 0 and (piece := answer.piece(64 * 1024)):
            left -= len(piece)  # to the end of the body, so that the connection can be used again; else it is closed
    except MultipartBroken as error:
        raise broken(address) from error
