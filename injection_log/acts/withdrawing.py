"""A visit that does not count, and one that did not take place: said with a reason, and taken back with one.

Nothing of what was recorded goes away: it can be read and printed, and changes only after it was reinstated.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts.reasons import checked_reason, statement
from injection_log.acts.visits import local_day, require_known, unlocked_visit
from injection_log.acts.writing import (
    append,
    changing,
    draft_of,
    locked,
    require,
    require_in_use,
    reread,
    standing,
)
from injection_log.errors import Refused
from injection_log.record.reading import NOT_DONE, WITHDRAWN, read_visit, visit_subject

if TYPE_CHECKING:
    from injection_log.ledger.event import Json
    from injection_log.people.roles import Command
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session


def withdraw_visit(session: Session, record: VisitRecord, reason: str) -> VisitRecord:
    """Say that a recorded visit does not count, both glands and signed or not. Raises Refused, Overtaken."""
    stands = changing(session, record)
    _require_unlocked(session, "withdraw_visit", stands.record)
    said = statement(session, checked_reason(session, reason, "withdraw a visit"))
    subject = visit_subject(record.participant, record.visit)
    draft = draft_of(session, "VisitWithdrawn", subject, {WITHDRAWN: said}, reason=said["reason"])
    append(session, [draft], stands=stands)
    return reread(session, record)


def mark_not_done(session: Session, participant: str, visit: str, reason: str) -> VisitRecord:
    """Say that a planned visit did not take place, begun or not. Raises Refused when a gland of it was signed."""
    participant = require_known(session, participant, visit)
    record, values = unlocked_visit(session, participant, visit)
    subject = visit_subject(participant, visit)
    new: dict[str, Json] = {}
    if record is None:
        require(session, "mark_not_done")
        new["opened_on"] = local_day(session).isoformat()
    else:
        require_in_use(record)
        _require_unlocked(session, "mark_not_done", record)
        if any(gland.signature or gland.earlier for gland in record.glands.values()):
            raise Refused("already_signed", "A gland of this visit was signed; withdraw the visit, with a reason.")
    said = statement(session, checked_reason(session, reason, "record a visit as not done"))
    new[NOT_DONE] = said
    draft = draft_of(session, "VisitNotDone", subject, new, reason=said["reason"])
    append(session, [draft], guarded=values)
    written = read_visit(session.site.ledger.values, session.site.protocol, participant, visit)
    assert written is not None  # written just above
    return written


def reinstate_visit(session: Session, record: VisitRecord, reason: str) -> VisitRecord:
    """Let a withdrawn visit count again, or take back that one was not done. Raises Refused, Overtaken."""
    stands = standing(session, record)
    now = stands.record
    if now.withdrawn is None and now.not_done is None:
        raise Refused("not_withdrawn", "This visit is neither withdrawn nor recorded as not done.")
    _require_unlocked(session, "reinstate_visit", now)
    said = checked_reason(session, reason, "reinstate a visit")
    subject = visit_subject(record.participant, record.visit)
    draft = draft_of(session, "VisitReinstated", subject, {WITHDRAWN: None, NOT_DONE: None}, reason=said)
    append(session, [draft], stands=stands)
    return reread(session, record)


def _require_unlocked(session: Session, command: Command, record: VisitRecord) -> None:
    for gland in record.glands.values():
        if gland.lock is not None:
            raise locked(gland.lock)
        require(session, command, gland.state)
