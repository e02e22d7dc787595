"""Today's participants, from the hospital's modality worklist: who is expected for which visit, and who is not known.

A participant is known by the keyed hash of the patient id, as with studies; neither the id nor the name is kept or
written anywhere. An entry that is neither of a linked participant nor of a kind that the protocol names is somebody
else's examination: it is counted and not shown. Nothing is recorded by looking.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from injection_log.acts.identity import Fingerprint, fingerprint, stored_fingerprint
from injection_log.acts.writing import require
from injection_log.errors import Refused
from injection_log.protocol.plain_words import words_of

if TYPE_CHECKING:
    from datetime import date

    from dicom_io.image import PatientIdentity
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.answers import Found
    from dicom_io.pacs.worklist import WorklistItem
    from injection_log.protocol.protocol import Protocol
    from injection_log.site import Session


@dataclass(frozen=True)
class Expected:
    """One planned examination that belongs to the trial.

    `participant` is "" for somebody who is not linked yet: the operator compares `identity` with the trial's list,
    chooses the participant, and links the study as always. `visits` are the visits it can mean by the protocol: one,
    none (a participant is here for something else) or several, of which a person chooses. `time` is DICOM TM.
    """

    participant: str
    visits: tuple[str, ...]
    time: str
    station: str
    procedure: str
    accession: str
    study_instance_uid: str
    identity: PatientIdentity = field(repr=False)

    @property
    def is_linked(self) -> bool:
        """Whether this patient is a participant already."""
        return bool(self.participant)


@dataclass(frozen=True)
class Today:
    """Who is expected, by time; how many other entries there were; what has to be said about the answer."""

    expected: tuple[Expected, ...]
    others: int
    remarks: tuple[str, ...]


def ask_worklist(address: PacsAddress, day: date, station_aet: str = "") -> Found[WorklistItem]:
    """Read a day's ultrasound worklist. Raises PacsError with its sentence; for a worker thread.

    Uses the program's one warm association with that PACS.
    """
    from dicom_io.pacs.browsing import browser_of  # pynetdicom only when the network is asked
    from dicom_io.pacs.worklist import WorklistQuery

    return browser_of(address).worklist(WorklistQuery(day.strftime("%Y%m%d"), station_aet=station_aet))


def todays_participants(session: Session, worklist: Found[WorklistItem]) -> Today:
    """Tell which entries of a worklist are of this trial. Refused to those who may not link a study.

    For a window's list: `ask_worklist` on a worker thread, then this on the thread that has the session. Show the
    name of `identity` only while somebody is chosen, and only where `is_linked` is False.
    """
    require(session, "link_study", "draft")
    known = _known(session)
    protocol = session.site.protocol
    expected: list[Expected] = []
    for item in worklist:
        facts = dict(item.facts)
        participant = _participant_of(session, item.identity, known)
        visits = protocol.visits_planned_as(facts)
        if participant or visits:
            expected.append(Expected(
                participant, visits, item.time, item.station, _procedure(protocol, facts), item.accession,
                item.study_instance_uid, item.identity,
            ))
    remarks = worklist.remarks
    if not any(visit.worklist for visit in protocol.visits.values()):
        remarks += ("The protocol does not say which examinations belong to the trial, so only known participants "
                    "are shown.",)
    return Today(tuple(expected), len(worklist) - len(expected), remarks)


def _procedure(protocol: Protocol, facts: Mapping[str, str]) -> str:
    """The description to show; "" where it holds a word that nobody at the table may read."""
    text = facts["RequestedProcedureDescription"] or facts["ScheduledProcedureStepDescription"]
    return "" if words_of(text) & set(protocol.refused_words) else text


def _known(session: Session) -> Sequence[tuple[str, Fingerprint]]:
    subjects = session.site.ledger.values_of("participant:")
    stored = ((key.removeprefix("participant:"), stored_fingerprint(values)) for key, values in subjects.items())
    return [(participant, found) for participant, found in stored if found is not None]


def _participant_of(session: Session, identity: PatientIdentity, known: Sequence[tuple[str, Fingerprint]]) -> str:
    try:
        found = fingerprint(session, identity)
    except Refused:
        return ""  # an entry without a patient id is nobody we know
    same = [participant for participant, stored in known if stored.is_same_person_as(found)]
    # One without an issuer is like both of two people whose ids are alike: then nobody is meant.
    return same[0] if len(same) == 1 else ""
