"""A visit that was written on paper first and is typed in afterwards: flagged with the day and the person.

The times that are typed are those of that day. The flag is set before any time, and stands in what is signed.
"""
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from injection_log.acts.reasons import checked_reason, statement
from injection_log.acts.visits import local_day
from injection_log.acts.writing import append, changing, draft_of, require, require_some_open, reread
from injection_log.errors import Refused
from injection_log.protocol.typed import check_words
from injection_log.record.reading import TRANSCRIBED, visit_subject

if TYPE_CHECKING:
    from injection_log.ledger.event import Json
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

_LONGEST_NAME = 100
PAPER = "written on paper first"


def flag_transcription(
    session: Session, record: VisitRecord, written_on: date, written_by: str, reason: str = PAPER
) -> VisitRecord:
    """Say that this visit is typed in from paper, written on a day by a person. Raises Refused, Overtaken.

    Refused once a gland is signed, for a day to come, and where times are recorded already.
    """
    stands = changing(session, record)
    require_some_open(stands.record)
    for gland in stands.record.glands.values():
        require(session, "flag_transcription", gland.state)
    if written_on > local_day(session):
        raise Refused("future", "The paper cannot have been written on a day to come; give the day it was written.")
    if written_on != stands.record.day and _has_times(session, stands.record):
        raise Refused("times_recorded", "Times are recorded for another day already; clear them, then flag it.")
    writer = _name(session, written_by)
    why = checked_reason(session, reason, "transcribe a visit from paper")
    said: dict[str, Json] = {
        **statement(session, why), "written_on": written_on.isoformat(), "written_by": writer,
    }
    subject = visit_subject(record.participant, record.visit)
    append(session, [draft_of(session, "TranscriptionFlagged", subject, {TRANSCRIBED: said})], stands=stands)
    return reread(session, record)


def _has_times(session: Session, record: VisitRecord) -> bool:
    protocol = session.site.protocol
    visit = {field.name for field in protocol.fields_for(record.visit, "visit") if field.kind == "time"}
    gland = {field.name for field in protocol.fields_for(record.visit, "gland") if field.kind == "time"}
    return bool(visit & set(record.facts)) or any(gland & set(one.facts) for one in record.glands.values())


def _name(session: Session, written_by: str) -> str:
    name = written_by.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Refused("name_owed", "Give the name of the person who wrote the paper.")
    check_words(name, session.site.protocol)
    return name
