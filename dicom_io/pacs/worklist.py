"""Modality worklist (C-FIND, PS3.4 annex K): what is planned on the ultrasound scanners, as frozen values.

What a planned examination means to a trial is decided above this floor. Nothing is ever changed in the worklist.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pynetdicom import build_context
from pynetdicom.sop_class import ModalityWorklistInformationFind

from dicom_io.errors import PacsError, PacsRefused
from dicom_io.image import PatientIdentity
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.answers import UNKNOWN_CHARACTERS, Answer, Found
from dicom_io.pacs.association import Line, Wanted, associate
from dicom_io.pacs.searching import identity_of, search

MOST_ITEMS = 1000
_STEP = "ScheduledProcedureStepSequence"
_ABOUT_STEP = (
    "Modality", "ScheduledStationAETitle", "ScheduledStationName", "ScheduledProcedureStepStartDate",
    "ScheduledProcedureStepStartTime", "ScheduledProcedureStepDescription", "ScheduledProcedureStepID",
    "ScheduledProcedureStepLocation",
)
_ABOUT_REQUEST = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "AccessionNumber", "StudyInstanceUID",
    "RequestedProcedureID", "RequestedProcedureDescription",
)
_UNSAID = {
    "PatientID": "The worklist did not say a patient id, without which nobody can be recognised.",
    "RequestedProcedureDescription": "The worklist did not say which procedures were requested.",
}
_STEPLESS = "The worklist did not say when, where or what the planned steps are; other days may be among these."
_CUT_OFF = f"More than {MOST_ITEMS} entries are on the worklist, and only so many were read; name a station."
_DATE = re.compile(r"[0-9]{8}")
_MATCHING = re.compile(r"[*?\\]")


@dataclass(frozen=True)
class WorklistQuery:
    """What to ask for; empty means any. `day` is YYYYMMDD, `station_aet` the scanner's AE title. Raises PacsError."""

    day: str
    modality: str = "US"
    station_aet: str = ""

    def __post_init__(self) -> None:
        if self.day and not _DATE.fullmatch(self.day):
            raise PacsError("date_malformed", "A date is eight digits, year, month, day: 20260203.")
        if _MATCHING.search(self.modality + self.station_aet):
            raise PacsError("wildcard", "Search with whole values, without *, ? or \\.")


@dataclass(frozen=True)
class WorklistItem:
    """One planned step. `facts` are what a protocol may look at, by DICOM keyword, none of them the patient's.

    Codes stand in `RequestedProcedureCodeSequence` and `ScheduledProtocolCodeSequence` as VALUE^SCHEME^MEANING.
    `identity` never prints what it holds. Times are DICOM TM.
    """

    day: str
    time: str
    station: str
    accession: str
    study_instance_uid: str
    facts: tuple[tuple[str, str], ...]
    identity: PatientIdentity = field(repr=False)


def find_worklist(address: PacsAddress, query: WorklistQuery) -> Found[WorklistItem]:
    """What is planned, by time. Raises a PacsError that says what is wrong."""
    wanted = Wanted([build_context(ModalityWorklistInformationFind)], purpose="reading the worklist")
    try:
        with associate(address, wanted) as line:
            return worklist_on(line, query)
    except PacsRefused as refused:
        if refused.code != "not_allowed":
            raise
        raise _no_worklist(address) from refused


def worklist_on(line: Line, query: WorklistQuery) -> Found[WorklistItem]:
    """The same over a connection that stands."""
    if not line.allows(ModalityWorklistInformationFind):
        raise _no_worklist(line.address)
    answers, cut_off = search(line, _keys(query), ModalityWorklistInformationFind, MOST_ITEMS)
    items = [item for item in map(_item, answers) if _fits(item, query)]
    remarks = [words for key, words in _UNSAID.items() if any(not answer.has(key) for answer in answers)]
    said = [
        (any(not answer.has(_STEP) for answer in answers), _STEPLESS),
        (any(answer.guessed for answer in answers), UNKNOWN_CHARACTERS),
        (cut_off, _CUT_OFF),
    ]
    remarks += [words for holds, words in said if holds]
    return Found(sorted(items, key=lambda item: (item.day, item.time)), remarks)


def _no_worklist(address: PacsAddress) -> PacsRefused:
    return PacsRefused(
        "no_worklist",
        f"{address.called_aet} offers {address.calling_aet} no worklist here; set worklist = "
        '"dicom://AETITLE@HOST:PORT" in its part of the settings to where the worklist is.',
    )


def _keys(query: WorklistQuery) -> Dataset:
    step = Dataset()
    for keyword in _ABOUT_STEP:
        setattr(step, keyword, "")
    step.Modality, step.ScheduledProcedureStepStartDate = query.modality, query.day
    step.ScheduledStationAETitle = query.station_aet
    step.ScheduledProtocolCodeSequence = [_code()]
    keys = Dataset()
    for keyword in _ABOUT_REQUEST:
        setattr(keys, keyword, "")
    keys.RequestedProcedureCodeSequence = [_code()]
    setattr(keys, _STEP, [step])
    return keys


def _code() -> Dataset:
    code = Dataset()
    code.CodeValue = code.CodingSchemeDesignator = code.CodeMeaning = ""
    return code


def _item(answer: Answer) -> WorklistItem:
    step = answer.first_of(_STEP)
    texts = {
        "RequestedProcedureID": answer, "RequestedProcedureDescription": answer, "Modality": step,
        "ScheduledStationAETitle": step, "ScheduledStationName": step, "ScheduledProcedureStepDescription": step,
        "ScheduledProcedureStepID": step, "ScheduledProcedureStepLocation": step,
    }
    facts = [(keyword, where.text(keyword)) for keyword, where in texts.items()]
    facts.append(("RequestedProcedureCodeSequence", _code_of(answer, "RequestedProcedureCodeSequence")))
    facts.append(("ScheduledProtocolCodeSequence", _code_of(step, "ScheduledProtocolCodeSequence")))
    return WorklistItem(
        day=step.text("ScheduledProcedureStepStartDate"),
        time=step.text("ScheduledProcedureStepStartTime"),
        station=step.text("ScheduledStationName") or step.text("ScheduledStationAETitle"),
        accession=answer.text("AccessionNumber"),
        study_instance_uid=answer.text("StudyInstanceUID"),
        facts=tuple(facts),
        identity=identity_of(answer),
    )


def _code_of(answer: Answer, keyword: str) -> str:
    code = answer.first_of(keyword)
    parts: Sequence[str] = [code.text(part) for part in ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")]
    return "^".join(parts) if any(parts) else ""


def _fits(item: WorklistItem, query: WorklistQuery) -> bool:
    """What the server may have ignored in the query, checked again where it told enough to do so."""
    facts = dict(item.facts)
    checks = (
        (query.day, item.day), (query.modality, facts["Modality"]),
        (query.station_aet, facts["ScheduledStationAETitle"]),
    )
    return all(not asked or not told or asked == told for asked, told in checks)
