"""That a participant was unblinded, recorded as a fact: when, by whom, why, planned or not. Never the arm.

The unblinding itself happens outside this program; nothing here can hold what it showed.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from injection_log.acts.reasons import checked_reason, statement
from injection_log.acts.visits import list_participants
from injection_log.acts.writing import append, draft_of, require
from injection_log.errors import Refused
from injection_log.protocol.typed import check_words
from injection_log.record.reading import participant_subject
from injection_log.record.versions import Unblinding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from injection_log.ledger.event import Json
    from injection_log.site import Session

_FIELD = "unblinding."
_LONGEST_NAME = 100


@dataclass(frozen=True)
class UnblindingFact:
    """What is recorded: when (aware), by whom (a name, outside this program perhaps), why, and whether planned."""

    unblinded_at: datetime
    unblinded_by: str
    reason: str
    planned: bool


def record_unblinding(session: Session, participant: str, fact: UnblindingFact) -> Unblinding:
    """Record that a participant was unblinded. Raises Refused: an unknown participant, a time to come, no reason."""
    require(session, "record_unblinding")
    participant = participant.strip().upper()
    if participant not in list_participants(session):
        raise Refused("malformed_id", "There is no such participant in this trial; see 'injection-log list'.")
    if fact.unblinded_at > session.site.clock.now():
        raise Refused("future", "The unblinding cannot be in the time to come; give the time at which it happened.")
    by = fact.unblinded_by.strip()
    if not by or len(by) > _LONGEST_NAME or not by.isprintable():
        raise Refused("name_owed", "Give the name of the person who was unblinded, or who did it.")
    check_words(by, session.site.protocol)
    said = statement(session, checked_reason(session, fact.reason, "record an unblinding"))
    subject = participant_subject(participant)
    values = session.site.ledger.values(subject.key)
    number = len(_unblindings(values)) + 1
    stored: dict[str, Json] = {
        **said, "number": number, "unblinded_at": fact.unblinded_at.isoformat(timespec="minutes"),
        "unblinded_by": by, "planned": fact.planned,
    }
    draft = draft_of(session, "UnblindingRecorded", subject, {f"{_FIELD}{number}": stored}, reason=said["reason"])
    append(session, [draft], guarded={subject.key: values})
    return Unblinding.from_json(stored)


def list_unblindings(session: Session, participant: str) -> tuple[Unblinding, ...]:
    """Give what was recorded of a participant's unblindings, in order."""
    require(session, "show_record")
    return _unblindings(session.site.ledger.values(participant_subject(participant).key))


def _unblindings(stored: Mapping[str, Json]) -> tuple[Unblinding, ...]:
    found = [Unblinding.from_json(cast(dict[str, Any], stored[name])) for name in stored if name.startswith(_FIELD)]
    return tuple(sorted(found, key=lambda one: one.number))
