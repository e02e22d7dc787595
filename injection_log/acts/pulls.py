"""Searching and fetching by the way the settings name; a pull without log-in is recorded as such and joins nobody."""
from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.site import NOBODY, Site

if TYPE_CHECKING:
    from pathlib import Path

    from dicom_io.pacs.answers import Found
    from dicom_io.pacs.find import StudyQuery, StudySummary
    from dicom_io.pacs.pull import Pull, PullResult
    from injection_log.home import Home
    from injection_log.pacs_settings import PacsSource


def find_studies(source: PacsSource, query: StudyQuery) -> Found[StudySummary]:
    """Studies that match: by QIDO-RS where the images come by DICOMweb, else by C-FIND. Raises a PacsError."""
    from dicom_io.pacs.ways import ByWeb

    if isinstance(source.way, ByWeb):
        from dicom_io.pacs.web_search import find_studies_by_web

        return find_studies_by_web(source.way.address, query)
    from dicom_io.pacs import find

    return find.find_studies(source.address, query)


def start_pull(source: PacsSource, study_uid: str, images: Path, *, skip: frozenset[str] = frozenset()) -> Pull:
    """Begin to fetch a study by the way of its PACS; `skip` are SOP Instance UIDs that are kept already."""
    from dicom_io.pacs.pull import Pull

    return Pull.start(source.address, study_uid, images, skip=skip, way=source.way)


def pulled_before(home: Home, study_uid: str) -> frozenset[str]:
    """SOP Instance UIDs of a study's images that earlier pulls without log-in kept and that are still there."""
    if not home.has_ledger():
        return frozenset()
    from dicom_io.errors import DicomIoError
    from dicom_io.image_folder import ImageFolder
    from dicom_io.reading import read_image

    site = Site.open(home)
    try:
        before = site.ledger.values(Subject("study", id=study_uid).key).get("pulled_without_log_in")
    finally:
        site.ledger.close()
    folder, found = ImageFolder(home.images), set()
    for sha256 in _kept_before(before):
        with suppress(DicomIoError):  # gone or damaged: it is fetched again
            image = read_image(folder.path_of(sha256))
            if image.study_instance_uid == study_uid:
                found.add(image.sop_instance_uid)
    return frozenset(found)


def _kept_before(pulled: Json) -> list[str]:
    kept = pulled.get("kept") if isinstance(pulled, dict) else None
    return [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []


def record_anonymous_pull(home: Home, study_uid: str, result: PullResult) -> bool:
    """Write the event of a pull that nobody logged in for; False when this home has no log to write it in.

    The pictures are in the image folder but join a visit only when somebody who is logged in links their study.
    """
    if not home.has_ledger():
        return False
    site = Site.open(home)
    try:
        study = Subject("study", id=study_uid)
        before = site.ledger.values(study.key).get("pulled_without_log_in")
        kept = {one.sha256 for one in result.kept} | set(_kept_before(before))
        pulled: dict[str, Json] = {
            "asked": len(result.asked), "missing": sorted(result.missing), "kept": sorted(kept),
        }
        draft = EventDraft("StudyPulledWithoutLogIn", study, (Change("pulled_without_log_in", before, pulled),))
        site.ledger.append(NOBODY, [draft], protocol=site.protocol.sha256)
    finally:
        site.ledger.close()
    return True


def all_in_visits(home: Home, result: PullResult) -> bool:
    """Whether every image of a pull that was kept had joined a visit before: only then does the log know images."""
    if not home.has_ledger():
        return False
    site = Site.open(home)
    try:
        kept = set(result.asked) - set(result.missing)
        return all(site.ledger.values(Subject("image", id=uid).key) for uid in kept)
    finally:
        site.ledger.close()
