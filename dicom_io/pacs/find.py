"""C-FIND (Study Root): which studies there are, and exactly which images a study has.

Searches by date, modality, station, patient id or accession number, never by name. Servers differ in what
they return: a missing key is an empty value here, and text in a broken character set does not stop a search.
"""
from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import build_context
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind as StudyRootFind,
)

from dicom_io.errors import PacsError, PacsFailed
from dicom_io.image import PatientIdentity
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.association import Line, Wanted, associate
from dicom_io.pacs.storage_classes import is_picture

_RETURNED = (
    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyDescription", "ModalitiesInStudy", "AccessionNumber",
    "StationName", "NumberOfStudyRelatedInstances", "PatientID", "IssuerOfPatientID", "PatientName",
    "PatientBirthDate",
)
_DATE = re.compile(r"[0-9]{8}")
_MATCHING = re.compile(r"[*?\\]")


@dataclass(frozen=True, repr=False)
class StudyQuery:
    """What to search for; empty means any. Dates are YYYYMMDD, both ends included. Raises PacsError.

    Prints nothing of itself: a patient id may be in it.
    """

    date_from: str = ""
    date_to: str = ""
    modality: str = "US"
    station: str = ""
    patient_id: str = ""
    accession: str = ""

    def __post_init__(self) -> None:
        for day in (self.date_from, self.date_to):
            if day and not _DATE.fullmatch(day):
                raise PacsError("date_malformed", "A date is eight digits, year, month, day: 20260203.")
        for text in (self.modality, self.station, self.patient_id, self.accession):
            if _MATCHING.search(text):
                raise PacsError("wildcard", "Search with whole values, without *, ? or \\.")

    @property
    def dates(self) -> str:
        """The dates as DICOM range matching has them."""
        if self.date_from == self.date_to:
            return self.date_from
        return f"{self.date_from}-{self.date_to}"


@dataclass(frozen=True)
class StudySummary:
    """One study as the PACS lists it. `identity` never prints what it holds; `instances` is None if not told."""

    study_instance_uid: str
    study_date: str
    study_time: str
    description: str
    modalities: tuple[str, ...]
    station: str
    accession: str
    instances: int | None
    identity: PatientIdentity = field(repr=False)


@dataclass(frozen=True)
class ImageReference:
    """One image of a study. `sop_class_uid` is "" where the PACS does not tell it."""

    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str


def find_studies(address: PacsAddress, query: StudyQuery) -> tuple[StudySummary, ...]:
    """Studies that match, newest first. Raises a PacsError that says what is wrong."""
    keys = Dataset()
    keys.QueryRetrieveLevel = "STUDY"
    for keyword in _RETURNED:
        setattr(keys, keyword, "")
    keys.StudyDate, keys.ModalitiesInStudy = query.dates, query.modality
    keys.StationName, keys.AccessionNumber, keys.PatientID = query.station, query.accession, query.patient_id
    if not (query.patient_id + query.station + query.accession).isascii():
        keys.SpecificCharacterSet = "ISO_IR 192"
    with associate(address, Wanted([build_context(StudyRootFind)], purpose="searching")) as line:
        found = {study.study_instance_uid: study for study in map(_summary, _search(line, keys))}
    fits = [study for uid, study in found.items() if uid and _fits(study, query)]
    return tuple(sorted(fits, key=lambda study: (study.study_date, study.study_time), reverse=True))


def find_images(address: PacsAddress, study_uid: str) -> tuple[ImageReference, ...]:
    """Every picture of a study, asked for study, series, image; never a count that the PACS keeps.

    Reports, presentation states and the like in the same study are left out. Raises a PacsError.
    """
    with associate(address, Wanted([build_context(StudyRootFind)], purpose="searching")) as line:
        return images_on(line, study_uid)


def images_on(line: Line, study_uid: str) -> tuple[ImageReference, ...]:
    """The same as `find_images`, over a connection that stands."""
    found: dict[str, ImageReference] = {}
    for series_uid, modality in _series_of(line, study_uid).items():
        for answer in _images_of(line, study_uid, series_uid):
            uid, sop_class = _text(answer, "SOPInstanceUID"), _text(answer, "SOPClassUID")
            if uid and is_picture(sop_class, modality):
                found[uid] = ImageReference(series_uid, uid, sop_class)
    return tuple(found.values())


def _series_of(line: Line, study_uid: str) -> dict[str, str]:
    keys = _level("SERIES", study_uid)
    keys.SeriesInstanceUID = keys.Modality = ""
    answers = _search(line, keys)
    return {uid: _text(one, "Modality") for one in answers if (uid := _text(one, "SeriesInstanceUID"))}


def _images_of(line: Line, study_uid: str, series_uid: str) -> list[Dataset]:
    keys = _level("IMAGE", study_uid)
    keys.SeriesInstanceUID = series_uid
    keys.SOPInstanceUID = keys.SOPClassUID = ""
    try:
        return _search(line, keys)
    except PacsFailed as failed:
        if failed.code != "find_failed":
            raise
    # Orthanc opens each file for its SOP class, and fails the whole search over one that it has lost.
    del keys.SOPClassUID
    return _search(line, keys)


def _level(level: str, study_uid: str) -> Dataset:
    keys = Dataset()
    keys.QueryRetrieveLevel, keys.StudyInstanceUID = level, study_uid
    return keys


def _search(line: Line, keys: Dataset) -> list[Dataset]:
    try:
        return list(line.answers(line.association.send_c_find(keys, StudyRootFind)))
    except (ValueError, RuntimeError) as error:
        raise PacsFailed("find_failed", "The search could not be sent; try again.") from error


def _summary(answer: Dataset) -> StudySummary:
    return StudySummary(
        study_instance_uid=_text(answer, "StudyInstanceUID"),
        study_date=_text(answer, "StudyDate").replace(".", ""),
        study_time=_text(answer, "StudyTime"),
        description=_text(answer, "StudyDescription"),
        modalities=tuple(part for part in _text(answer, "ModalitiesInStudy").split("\\") if part),
        station=_text(answer, "StationName"),
        accession=_text(answer, "AccessionNumber"),
        instances=_number(_text(answer, "NumberOfStudyRelatedInstances")),
        identity=PatientIdentity(
            patient_id=_text(answer, "PatientID"),
            issuer=_text(answer, "IssuerOfPatientID"),
            name=_text(answer, "PatientName"),
            birth_date=_text(answer, "PatientBirthDate"),
        ),
    )


def _fits(study: StudySummary, query: StudyQuery) -> bool:
    """What the PACS may have ignored in the query, checked again where it told enough to do so."""
    checks: tuple[tuple[str, bool], ...] = (
        (query.modality, not study.modalities or query.modality in study.modalities),
        (query.station, not study.station or study.station == query.station),
        (query.patient_id, study.identity.patient_id == query.patient_id),
        (query.accession, not study.accession or study.accession == query.accession),
    )
    return all(fits for asked, fits in checks if asked)


def _text(answer: Dataset, keyword: str) -> str:
    """A value as text; several joined by backslashes; "" when missing or unreadable."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value: Any = answer.get(keyword)
        except Exception:  # noqa: BLE001 - pydicom raises many kinds on malformed values
            return ""
    if value is None:
        return ""
    parts = value if isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue" else [value]
    return "\\".join(str(part).strip(" \0") for part in parts)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() else None
