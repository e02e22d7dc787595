"""Locks: one gland record, everything of a participant, or the study is closed to change; unlocked with a reason.

Only what is finished is locked: reviewed, withdrawn or not done. Looking, exporting, verifying and queries go on.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotate.marks import Side
from injection_log.acts.reasons import checked_reason, statement
from injection_log.acts.writing import append, draft_of, remembering, require
from injection_log.errors import Refused
from injection_log.record.gland_history import LOCK
from injection_log.record.reading import TRIAL, gland_subject, lock_over, participant_subject, read_visit
from injection_log.record.versions import Locked

if TYPE_CHECKING:
    from injection_log.ledger.event import Json, Subject
    from injection_log.people.roles import State
    from injection_log.record.reading import Values
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session


@dataclass(frozen=True)
class GlandScope:
    """One gland record."""

    participant: str
    visit: str
    side: Side


@dataclass(frozen=True)
class ParticipantScope:
    """Every record of a participant, also visits that were not begun."""

    participant: str


@dataclass(frozen=True)
class StudyScope:
    """Every record of the study at this site."""


Scope = GlandScope | ParticipantScope | StudyScope
_FINISHED = ("reviewed", "locked")


def lock(session: Session, scope: Scope, reason: str = "") -> None:
    """Lock a scope; a reason may be given. Raises Refused when something in it is not finished, naming the first.

    Raises Overtaken when something of what was looked at changed meanwhile.
    """
    values, guarded = remembering(session)
    if isinstance(scope, GlandScope):
        record, state = _gland(session, scope, values)
        require(session, "lock_record", state)
        if record.withdrawn is not None:
            raise Refused("withdrawn", "This visit was withdrawn; it changes only after somebody reinstates it.")
    else:
        require(session, "lock_record")
        _refuse_unfinished(session, scope, values)
    _refuse_locked(scope, values)
    why = checked_reason(session, reason, "lock") if reason.strip() else ""
    subject, kinds, name = _place(scope)
    new: dict[str, Json] = {LOCK: {**statement(session, why), "scope": name}}
    if isinstance(scope, GlandScope):
        new["state"] = "locked"
    append(session, [draft_of(session, kinds[0], subject, new, reason=why)], checkpoint=True, guarded=guarded)


def unlock(session: Session, scope: Scope, reason: str) -> None:
    """Unlock a scope, giving the reason. Raises Refused when it is not locked, or a wider lock stands over it."""
    values, guarded = remembering(session)
    require(session, "unlock_record", "locked" if isinstance(scope, GlandScope) else "")
    subject, kinds, _ = _place(scope)
    if LOCK not in values(subject.key):
        raise Refused("not_locked", "This is not locked; a wider lock, of the participant or the study, may stand.")
    why = checked_reason(session, reason, "unlock")
    new: dict[str, Json] = {LOCK: None}
    if isinstance(scope, GlandScope):
        new["state"] = "reviewed"
    append(session, [draft_of(session, kinds[1], subject, new, reason=why)], checkpoint=True, guarded=guarded)


def lock_of(session: Session, scope: Scope) -> Locked | None:
    """Give the lock that stands on exactly this scope, None where there is none."""
    stored = session.site.ledger.values(_place(scope)[0].key).get(LOCK)
    return Locked.from_json(stored) if isinstance(stored, Mapping) else None


def _place(scope: Scope) -> tuple[Subject, tuple[str, str], str]:
    """Where a scope's lock is kept, the kinds of its events, and its name."""
    match scope:
        case GlandScope(participant, visit, side):
            return gland_subject(participant, visit, side), ("GlandLocked", "GlandUnlocked"), "gland"
        case ParticipantScope(participant):
            return participant_subject(participant), ("ParticipantLocked", "ParticipantUnlocked"), "participant"
        case StudyScope():
            return TRIAL, ("StudyLocked", "StudyUnlocked"), "study"


def _gland(session: Session, scope: GlandScope, values: Values) -> tuple[VisitRecord, State]:
    record = read_visit(values, session.site.protocol, scope.participant, scope.visit)
    if record is None:
        raise Refused("no_such_visit", "This visit is not in the log; choose it again from the list.")
    gland = record.glands[scope.side]
    if gland.state not in _FINISHED:
        raise Refused("not_reviewed", f"The {scope.side} gland is {gland.state}; only a reviewed record is locked.")
    if gland.addition_open is not None:
        raise Refused("addition_open", "An addition to this gland is open; sign or close it first.")
    return record, "reviewed"


def _refuse_locked(scope: Scope, values: Values) -> None:
    subject = _place(scope)[0]
    stored = values(subject.key).get(LOCK)
    own = Locked.from_json(stored) if isinstance(stored, Mapping) else None
    wider = None if isinstance(scope, StudyScope) else lock_over(values, scope.participant)
    one = own or wider
    if one is not None:
        raise Refused("locked", f"This is locked already, by {one.by} at {one.when}.")


def _refuse_unfinished(session: Session, scope: ParticipantScope | StudyScope, values: Values) -> None:
    for record in _records(session, scope, values):
        if record.withdrawn is not None or record.not_done is not None:
            continue
        for gland in record.glands.values():
            where = f"{record.participant}, {record.visit_title}, {gland.side} gland"
            if gland.state not in _FINISHED:
                raise Refused(
                    "not_reviewed",
                    f"{where}: still {gland.state}. Have it signed and reviewed, or withdraw the visit, then lock.",
                )
            if gland.addition_open is not None:
                raise Refused("addition_open", f"{where}: an addition is open; sign or close it, then lock.")


def _records(session: Session, scope: ParticipantScope | StudyScope, values: Values) -> Iterable[VisitRecord]:
    site = session.site
    prefix = "visit:" if isinstance(scope, StudyScope) else f"visit:{scope.participant}/"
    for key in site.ledger.subjects(prefix):
        participant, _, visit = key.removeprefix("visit:").partition("/")
        record = read_visit(values, site.protocol, participant, visit) if visit in site.protocol.visits else None
        if record is not None:
            yield record
