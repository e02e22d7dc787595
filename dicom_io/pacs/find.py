"""C-FIND (Study Root): which studies there are, their series, and exactly which images a study has.

Searches by date, modality, station, patient id, accession number or words of the description, never by name. Servers
differ in what they return: a missing key is an empty value here, text in a broken character set does not stop a
search, and either is said in a remark. No answer is longer than what a person can look through.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pynetdicom import build_context
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind as StudyRootFind,
)

from dicom_io.errors import PacsError, PacsFailed
from dicom_io.image import PatientIdentity
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.answers import UNKNOWN_CHARACTERS, Answer, Found
from dicom_io.pacs.association import Line, Wanted, associate
from dicom_io.pacs.searching import MOST_IMAGES, MOST_STUDIES, identity_of, search
from dicom_io.pacs.storage_classes import is_picture

_RETURNED = (
    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyDescription", "ModalitiesInStudy", "AccessionNumber",
    "StationName", "NumberOfStudyRelatedInstances", "PatientID", "IssuerOfPatientID", "PatientName",
    "PatientBirthDate",
)
_UNSAID = {
    "NumberOfStudyRelatedInstances": "The PACS did not say the number of images.",
    "ModalitiesInStudy": "The PACS did not say of which modality studies are; others may be among these.",
    "StudyDescription": "The PACS did not say the descriptions of studies.",
    "StudyDate": "The PACS did not say the dates of studies; other days may be among these.",
    "PatientID": "The PACS did not say a patient id, without which a study cannot be linked to a participant.",
}
_STATION_UNSAID = "The PACS did not say which scanner made a study; studies of others may be among these."
_CUT_OFF = f"More than {MOST_STUDIES} studies fit, and only so many are listed; search for fewer days."
_NAMELESS = "Some answers had no study UID and were left out."
_DATE = re.compile(r"[0-9]{8}")
_MATCHING = re.compile(r"[*?\\]")


@dataclass(frozen=True, repr=False)
class StudyQuery:
    """What to search for; empty means any. Dates are YYYYMMDD, both ends included. Raises PacsError.

    `description` is some words of the study's description, in any case; they are compared here, because few PACSs
    can. Prints nothing of itself: a patient id may be in it.
    """

    date_from: str = ""
    date_to: str = ""
    modality: str = "US"
    station: str = ""
    patient_id: str = ""
    accession: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        for day in (self.date_from, self.date_to):
            if day and not _DATE.fullmatch(day):
                raise PacsError("date_malformed", "A date is eight digits, year, month, day: 20260203.")
        for text in (self.modality, self.station, self.patient_id, self.accession, self.description):
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
class SeriesSummary:
    """One series of a study. `instances` is None if not told."""

    series_instance_uid: str
    modality: str
    number: int | None
    description: str
    instances: int | None


@dataclass(frozen=True)
class ImageReference:
    """One image of a study. `sop_class_uid` is "" where the PACS does not tell it."""

    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str


def find_studies(address: PacsAddress, query: StudyQuery) -> Found[StudySummary]:
    """Studies that match, newest first, at most 2,000. Raises a PacsError that says what is wrong."""
    with associate(address, Wanted([build_context(StudyRootFind)], purpose="searching")) as line:
        return studies_on(line, query)


def find_series(address: PacsAddress, study_uid: str) -> tuple[SeriesSummary, ...]:
    """Every series of a study. Raises a PacsError."""
    with associate(address, Wanted([build_context(StudyRootFind)], purpose="searching")) as line:
        return series_on(line, study_uid)


def find_images(address: PacsAddress, study_uid: str) -> tuple[ImageReference, ...]:
    """Every picture of a study, asked for study, series, image; never a count that the PACS keeps.

    Reports, presentation states and the like in the same study are left out. Raises a PacsError.
    """
    with associate(address, Wanted([build_context(StudyRootFind)], purpose="searching")) as line:
        return images_on(line, study_uid)


def find_instances(address: PacsAddress, study_uid: str, series_uid: str) -> frozenset[str]:
    """The SOP Instance UIDs of everything in a series, reports and the like too. Raises a PacsError."""
    with associate(address, Wanted([build_context(StudyRootFind)], purpose="searching")) as line:
        answers = _images_of(line, study_uid, series_uid)
        return frozenset(uid for answer in answers if (uid := answer.text("SOPInstanceUID")))


def studies_on(line: Line, query: StudyQuery) -> Found[StudySummary]:
    """The same as `find_studies`, over a connection that stands."""
    keys = Dataset()
    keys.QueryRetrieveLevel = "STUDY"
    for keyword in _RETURNED:
        setattr(keys, keyword, "")
    keys.StudyDate, keys.ModalitiesInStudy = query.dates, query.modality
    keys.StationName, keys.AccessionNumber, keys.PatientID = query.station, query.accession, query.patient_id
    if not (query.patient_id + query.station + query.accession).isascii():
        keys.SpecificCharacterSet = "ISO_IR 192"
    answers, cut_off = search(line, keys, StudyRootFind, MOST_STUDIES)
    read = [(_study(answer), answer) for answer in answers]
    # A study twice is one study; what the PACS ignored in the query is checked again.
    fitting = {
        study.study_instance_uid: study
        for study, answer in read
        if fits(study, query, described=answer.has("StudyDescription"))
    }
    newest_first = sorted(fitting.values(), key=lambda study: (study.study_date, study.study_time), reverse=True)
    return Found(newest_first, _remarks(answers, query, cut_off))


def series_on(line: Line, study_uid: str) -> tuple[SeriesSummary, ...]:
    """The same as `find_series`, over a connection that stands."""
    keys = _level("SERIES", study_uid)
    for keyword in (
        "SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDescription", "NumberOfSeriesRelatedInstances",
    ):
        setattr(keys, keyword, None)
    answers, _ = _complete(line, keys)
    return tuple(_series(answer) for answer in answers if answer.text("SeriesInstanceUID"))


def images_on(line: Line, study_uid: str) -> tuple[ImageReference, ...]:
    """The same as `find_images`, over a connection that stands."""
    found: dict[str, ImageReference] = {}
    for series in series_on(line, study_uid):
        for answer in _images_of(line, study_uid, series.series_instance_uid):
            uid, sop_class = answer.text("SOPInstanceUID"), answer.text("SOPClassUID")
            if uid and is_picture(sop_class, series.modality):
                found[uid] = ImageReference(series.series_instance_uid, uid, sop_class)
    return tuple(found.values())


def _images_of(line: Line, study_uid: str, series_uid: str) -> Sequence[Answer]:
    keys = _level("IMAGE", study_uid)
    keys.SeriesInstanceUID = series_uid
    keys.SOPInstanceUID = keys.SOPClassUID = ""
    try:
        return _complete(line, keys)[0]
    except PacsFailed as failed:
        if failed.code != "find_failed":
            raise
    # Orthanc opens each file for its SOP class, and fails the whole search over one that it has lost.
    del keys.SOPClassUID
    return _complete(line, keys)[0]


def _complete(line: Line, keys: Dataset) -> tuple[Sequence[Answer], bool]:
    """An answer of which nothing may be left out."""
    answers, cut_off = search(line, keys, StudyRootFind, MOST_IMAGES)
    if cut_off:
        raise PacsFailed(
            "too_many", f"The study has more than {MOST_IMAGES} images, which no visit has; check the study UID."
        )
    return answers, cut_off


def _level(level: str, study_uid: str) -> Dataset:
    keys = Dataset()
    keys.QueryRetrieveLevel, keys.StudyInstanceUID = level, study_uid
    return keys


def _study(answer: Answer) -> StudySummary:
    return StudySummary(
        study_instance_uid=answer.text("StudyInstanceUID"),
        study_date=answer.text("StudyDate").replace(".", ""),
        study_time=answer.text("StudyTime"),
        description=answer.text("StudyDescription"),
        modalities=tuple(part for part in answer.text("ModalitiesInStudy").split("\\") if part),
        station=answer.text("StationName"),
        accession=answer.text("AccessionNumber"),
        instances=answer.number("NumberOfStudyRelatedInstances"),
        identity=identity_of(answer),
    )


def _series(answer: Answer) -> SeriesSummary:
    return SeriesSummary(
        answer.text("SeriesInstanceUID"), answer.text("Modality"), answer.number("SeriesNumber"),
        answer.text("SeriesDescription"), answer.number("NumberOfSeriesRelatedInstances"),
    )


def fits(study: StudySummary, query: StudyQuery, *, described: bool = True) -> bool:
    """What a PACS may have ignored in a query, checked again where it told enough to do so.

    `described`: whether its answer has a description at all, without which a description is no reason to leave it out.
    """
    day, words = study.study_date, query.description.casefold()
    checks: tuple[tuple[str, bool], ...] = (
        (query.modality, not study.modalities or query.modality in study.modalities),
        (query.station, not study.station or study.station == query.station),
        (query.patient_id, study.identity.patient_id == query.patient_id),
        (query.accession, not study.accession or study.accession == query.accession),
        (query.date_from, not day or day >= query.date_from),
        (query.date_to, not day or day <= query.date_to),
        (words, not described or words in study.description.casefold()),
    )
    return bool(study.study_instance_uid) and all(fits_it for asked, fits_it in checks if asked)


def _remarks(answers: Sequence[Answer], query: StudyQuery, cut_off: bool) -> list[str]:
    """What has to be said about the answers, none of their values."""
    unsaid = [words for key, words in _UNSAID.items() if any(not answer.has(key) for answer in answers)]
    said = [
        (bool(query.station) and any(not answer.text("StationName") for answer in answers), _STATION_UNSAID),
        (any(not answer.text("StudyInstanceUID") for answer in answers), _NAMELESS),
        (any(answer.guessed for answer in answers), UNKNOWN_CHARACTERS),
        (cut_off, _CUT_OFF),
    ]
    return unsaid + [words for holds, words in said if holds]
