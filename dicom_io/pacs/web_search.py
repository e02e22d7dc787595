"""QIDO-RS: which studies there are, and exactly which images a study has, as `find` gives them.

The same rules as there: never by name, an answer without a key has an empty value, what the server ignored in the
query is checked again. Its pages are asked for until nothing new comes; no count is believed.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from dicom_io.errors import PacsFailed
from dicom_io.image import PatientIdentity
from dicom_io.pacs.answers import Found
from dicom_io.pacs.find import ImageReference, StudyQuery, StudySummary, fits
from dicom_io.pacs.storage_classes import is_picture
from dicom_io.pacs.web_address import WebAddress
from dicom_io.pacs.web_line import MOST_JSON_BYTES, WebLine, judge, too_much
from dicom_io.strange_names import printable

_MODALITY_UNSAID = "The PACS did not say of which modality studies are; others may be among these."
_PAGE = 1000
_MOST_PAGES = 200
_LONGEST_COUNT = 10
_JSON = "application/dicom+json"
_UID = re.compile(r"[0-9][0-9.]{0,63}")
_STUDY_FIELDS = {
    "StudyInstanceUID": "0020000D", "StudyDate": "00080020", "StudyTime": "00080030", "StudyDescription": "00081030",
    "ModalitiesInStudy": "00080061", "AccessionNumber": "00080050", "StationName": "00081010",
    "NumberOfStudyRelatedInstances": "00201208", "PatientID": "00100020", "IssuerOfPatientID": "00100021",
    "PatientName": "00100010", "PatientBirthDate": "00100030",
}
_SERIES_UID, _MODALITY, _SOP_UID, _SOP_CLASS = "0020000E", "00080060", "00080018", "00080016"

_Said = Mapping[str, Any]


def find_studies_by_web(address: WebAddress, query: StudyQuery) -> Found[StudySummary]:
    """Studies that match, newest first. Raises a PacsError that says what is wrong."""
    asked = {
        "StudyDate": query.dates, "ModalitiesInStudy": query.modality, "StationName": query.station,
        "AccessionNumber": query.accession, "PatientID": query.patient_id,
    }
    words = [f"{_STUDY_FIELDS[name]}={quote(value, safe='')}" for name, value in asked.items() if value]
    words += [f"includefield={tag}" for tag in _STUDY_FIELDS.values()]
    line = WebLine(address)
    try:
        answers = _pages(line, "/studies?" + "&".join(words), _STUDY_FIELDS["StudyInstanceUID"])
    finally:
        line.close()
    fitting = [study for study in map(_summary, answers.values()) if fits(study, query)]
    unsaid = any(_STUDY_FIELDS["ModalitiesInStudy"] not in answer for answer in answers.values())
    ordered = sorted(fitting, key=lambda study: (study.study_date, study.study_time), reverse=True)
    return Found(ordered, [_MODALITY_UNSAID] if unsaid else [])


def find_images_by_web(address: WebAddress, study_uid: str) -> tuple[ImageReference, ...]:
    """Every picture of a study, asked for study, series, image. Raises a PacsError."""
    found: dict[str, ImageReference] = {}
    line = WebLine(address)
    try:
        root = f"/studies/{_safe(study_uid)}/series"
        for series_uid, series in _pages(line, f"{root}?includefield={_MODALITY}", _SERIES_UID).items():
            images = f"{root}/{series_uid}/instances?includefield={_SOP_CLASS}"
            for uid, image in _pages(line, images, _SOP_UID).items():
                sop_class = _text(image, _SOP_CLASS)
                if is_picture(sop_class, _text(series, _MODALITY)):
                    found[uid] = ImageReference(series_uid, uid, sop_class)
    finally:
        line.close()
    return tuple(found.values())


def find_instances_by_web(address: WebAddress, study_uid: str, series_uid: str) -> frozenset[str]:
    """The SOP Instance UIDs of everything in a series, reports and the like too. Raises a PacsError."""
    line = WebLine(address)
    try:
        path = f"/studies/{_safe(study_uid)}/series/{_safe(series_uid)}/instances?includefield={_SOP_CLASS}"
        return frozenset(_pages(line, path, _SOP_UID))
    finally:
        line.close()


def _pages(line: WebLine, path: str, key: str) -> dict[str, _Said]:
    """All answers by their UID; servers that know no paging send the same page again, and are done.

    All pages together are bounded like one: a server that turns pages for ever must not fill the memory.
    """
    found: dict[str, _Said] = {}
    heard = 0
    for page in range(_MOST_PAGES):
        with line.get(f"{path}&limit={_PAGE}&offset={page * _PAGE}", _JSON) as answer:
            if answer.status == 404 and "/series" in path:
                return found  # how some servers say that there is no such study
            judge(answer, line.address, "searching (QIDO-RS)")
            answers = answer.json(MOST_JSON_BYTES - heard) or []
            heard += answer.json_bytes
        if not isinstance(answers, list):
            raise PacsFailed("web_malformed", f"{line.address.host} did not answer the search in DICOM JSON.")
        new = {uid: one for one in answers if isinstance(one, dict) and _UID.fullmatch(uid := _text(one, key))}
        if not new.keys() - found.keys():
            return found
        found |= new
        if len(answers) < _PAGE and not _says_more(answer.headers):
            return found
    raise too_much(line.address)


def _says_more(headers: Mapping[str, str]) -> bool:
    return "299" in headers.get("warning", "")  # PS3.18 8.3.4.4: there are additional results


def _safe(uid: str) -> str:
    if not _UID.fullmatch(uid):
        raise PacsFailed("no_images", "A Study Instance UID is digits and dots; check it.")
    return uid



def _summary(answer: _Said) -> StudySummary:
    value = {name: _text(answer, tag) for name, tag in _STUDY_FIELDS.items()}
    count = value["NumberOfStudyRelatedInstances"]
    return StudySummary(
        study_instance_uid=value["StudyInstanceUID"],
        study_date=value["StudyDate"].replace(".", "").replace("-", ""),
        study_time=value["StudyTime"],
        description=value["StudyDescription"],
        modalities=tuple(part for part in value["ModalitiesInStudy"].split("\\") if part),
        station=value["StationName"],
        accession=value["AccessionNumber"],
        instances=int(count) if count.isascii() and count.isdecimal() and len(count) < _LONGEST_COUNT else None,
        identity=PatientIdentity(
            patient_id=value["PatientID"], issuer=value["IssuerOfPatientID"], name=value["PatientName"],
            birth_date=value["PatientBirthDate"],
        ),
    )


def _text(answer: _Said, tag: str) -> str:
    """A value as text that is safe to show (PS3.18 F.2.2); several joined by backslashes; "" where it has no form."""
    element = answer.get(tag)
    values = element.get("Value", []) if isinstance(element, dict) else []
    if not isinstance(values, list):
        return ""
    parts = [one.get("Alphabetic", "") if isinstance(one, dict) else one for one in values]
    return printable("\\".join(str(part).strip(" \0") for part in parts if isinstance(part, (str, int, float))))
