"""One pull from its job to its end: what there is, what is missing, fetched and judged; once more where a line broke.

Whether all of it came is decided by whoever started the pull, from identifiers. How images travel is the business of
`retrieval` (C-GET, C-MOVE) and `web_retrieval`; this file opens no connection itself.
"""
from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from pynetdicom import _config

from dicom_io.errors import DicomIoError, PacsError, PacsFailed, PacsStalled
from dicom_io.gate import Gate
from dicom_io.image_folder import ImageFolder
from dicom_io.pacs.find import ImageReference, find_images
from dicom_io.pacs.pull_messages import PullAsked, PullEnded, PullJob, PullTravels
from dicom_io.pacs.receiving import DISK_FULL, Receiver, disk_is_full
from dicom_io.pacs.retrieval import Asked, retrieve
from dicom_io.pacs.ways import ByWeb

_UNFORESEEN = "The retrieval ended for a reason that was not foreseen; try again."
_LOST = ("connection_lost", "stream_broken")


def fetch(job: PullJob, gates: Sequence[Gate], tell: Callable[[object], None]) -> PullEnded:
    """Do the job; tell what is asked for and each image that is kept; answer how it ended. Raises nothing."""
    receiver = Receiver(frozenset(), job.study_uid, ImageFolder(Path(job.images_root)), tell)
    trouble: Exception | None
    try:
        trouble = _fetch(job, gates, receiver)
    except DicomIoError as error:
        trouble = error
    except Exception:  # noqa: BLE001 - the parent gets a sentence, whatever it was
        trouble = PacsFailed("unforeseen", _UNFORESEEN)
    if receiver.disk_full or (trouble is not None and disk_is_full(Path(job.receiving))):
        trouble = DISK_FULL
    return PullEnded(tuple(receiver.rejected.values()), trouble, receiver.arrived_bytes)


def _fetch(job: PullJob, gates: Sequence[Gate], receiver: Receiver) -> Exception | None:
    # The library writes what arrives to temporary files; here they are on the disk of the image folder, in a
    # folder of this pull alone.
    tempfile.tempdir = job.receiving
    _config.STORE_RECV_CHUNKED_DATASET = True
    if disk_is_full(Path(job.receiving)):
        return DISK_FULL
    references = _listed(job)
    if not references:
        return PacsFailed("no_images", f"{_name(job)} has no ultrasound images of this study; check the study UID.")
    asked = tuple(reference.sop_instance_uid for reference in references)
    receiver.asked = frozenset(asked)
    receiver.begin(gates)
    receiver.tell(PullAsked(asked))
    try:
        _all_of(job, references, receiver)
    finally:
        receiver.finish()
    return None


def _all_of(job: PullJob, references: Sequence[ImageReference], receiver: Receiver) -> None:
    """Ask for what is not here; where the line broke in the middle, once more for what is still missing."""
    done = job.skip
    for last in (False, True):
        wanted = [one for one in references if one.sop_instance_uid not in done]
        if not wanted:
            return
        try:
            _travel(job, wanted, receiver)
        except PacsError as error:
            if last or not _is_worth_another(error):
                raise
        else:
            return
        receiver.settle()
        done = job.skip | receiver.kept.keys() | receiver.rejected.keys()


def _is_worth_another(error: PacsError) -> bool:
    """A line that broke may hold the second time. One that went dead had its ten seconds: the operator decides."""
    return not isinstance(error, PacsStalled) and error.code in _LOST


def _listed(job: PullJob) -> tuple[ImageReference, ...]:
    if isinstance(job.way, ByWeb):
        from dicom_io.pacs.web_search import find_images_by_web

        return find_images_by_web(job.way.address, job.study_uid)
    return find_images(job.address, job.study_uid)


def _travel(job: PullJob, wanted: Sequence[ImageReference], receiver: Receiver) -> None:
    if isinstance(job.way, ByWeb):
        from dicom_io.pacs.web_retrieval import retrieve_by_web

        receiver.tell(PullTravels("DICOMweb"))
        retrieve_by_web(job.way.address, job.study_uid, wanted, receiver)
        return
    retrieve(job.address, Asked(job.study_uid, wanted, job.way), receiver)


def _name(job: PullJob) -> str:
    return job.way.address.host if isinstance(job.way, ByWeb) else job.address.called_aet
