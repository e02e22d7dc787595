"""The process of one pull: asks, receives, passes the gate, keeps, and reports to the process that started it.

Started by `dicom_io.pacs.pull` only. Ends when its standard input ends, so it never outlives its parent. Its
standard output carries pickled values to that parent and nothing else; it writes no log.
"""
from __future__ import annotations

import os
import pickle
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from pynetdicom import _config

from dicom_io.errors import DicomIoError, PacsFailed
from dicom_io.gate import Gate
from dicom_io.image_folder import ImageFolder
from dicom_io.pacs.find import find_images
from dicom_io.pacs.pull_messages import PullAsked, PullEnded, PullJob
from dicom_io.pacs.receiving import DISK_FULL, Receiver, disk_is_full
from dicom_io.pacs.retrieval import retrieve

_UNFORESEEN = "The retrieval ended for a reason that was not foreseen; try again."


def main() -> None:
    """Read the job from standard input, do it, report, end."""
    warnings.simplefilter("ignore")  # they would hold values of the files
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up between our values
    job: PullJob = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    threading.Thread(target=_end_with_parent, daemon=True).start()
    lock = threading.Lock()

    def tell(value: object) -> None:
        with lock:
            _write(out, value)

    tell(_pull(job, tell))
    out.close()
    os._exit(0)  # pynetdicom's threads may still be closing their sockets


def _pull(job: PullJob, tell: Callable[[object], None]) -> PullEnded:
    receiver = Receiver(frozenset(), job.study_uid, ImageFolder(Path(job.images_root)), tell)
    trouble: Exception | None
    try:
        trouble = _fetch(job, receiver)
    except DicomIoError as error:
        trouble = error
    except Exception:  # noqa: BLE001 - the parent gets a sentence, whatever it was
        trouble = PacsFailed("unforeseen", _UNFORESEEN)
    if receiver.disk_full or (trouble is not None and disk_is_full(Path(job.receiving))):
        trouble = DISK_FULL
    return PullEnded(tuple(receiver.rejected.values()), trouble)


def _fetch(job: PullJob, receiver: Receiver) -> Exception | None:
    # The library writes what arrives to temporary files; here they are on the disk of the image folder, in a
    # folder of this pull alone.
    tempfile.tempdir = job.receiving
    _config.STORE_RECV_CHUNKED_DATASET = True
    if disk_is_full(Path(job.receiving)):
        return DISK_FULL
    with Gate() as gate:
        gate.warm()
        references = find_images(job.address, job.study_uid)
        if not references:
            return _no_images(job)
        asked = tuple(reference.sop_instance_uid for reference in references)
        receiver.tell(PullAsked(asked))
        receiver.asked = frozenset(asked)
        wanted = [reference for reference in references if reference.sop_instance_uid not in job.skip]
        receiver.begin(gate)
        try:
            if wanted:
                retrieve(job.address, job.study_uid, wanted, receiver)
        finally:
            receiver.finish()
    return None


def _no_images(job: PullJob) -> PacsFailed:
    return PacsFailed(
        "no_images", f"{job.address.called_aet} has no ultrasound images of this study; check the study UID."
    )


def _write(out: BinaryIO, value: object) -> None:
    pickle.dump(value, out)
    out.flush()


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
