"""The one way an act becomes an event: permission asked, old values taken, written, and the record read again.

The record that a caller holds is what was *shown*. What is decided on is the record as it stands now, and it is
written only if that still stands when the log is locked: two people at work at once cannot undo each other unseen.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from injection_log.errors import Refused
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.people.roles import Command, State, allowed
from injection_log.record.reading import Values, gland_subject, read_visit
from injection_log.record.values import GlandRecord, VisitRecord
from injection_log.site import Session
from injection_log.store.transaction import Batch


@dataclass(frozen=True)
class Standing:
    """A visit as it stands now, and the current values, by subject, that it was read from."""

    record: VisitRecord
    values: Mapping[str, Mapping[str, Json]]


def standing(session: Session, shown: VisitRecord) -> Standing:
    """Read a visit as it stands now, before anything about it is decided."""
    values: dict[str, Mapping[str, Json]] = {}

    def remembered(subject: str) -> Mapping[str, Json]:
        return values.setdefault(subject, session.site.ledger.values(subject))

    return Standing(_read(session, shown, remembered), values)


def require_as_shown(subject: Subject, field: str, shown: Json, now: Json) -> None:
    """Refuse to replace a value that is not the one that was shown. Raises ChangedMeanwhile."""
    if shown != now:
        raise ChangedMeanwhile(subject.key, field, expected=shown, found=now)


def require(session: Session, command: Command, state: State = "") -> None:
    """Refuse a command that the table of roles does not allow in this state of the record."""
    if not allowed(session.account.role, command, state):
        what = command.replace("_", " ")
        when = f" while the record is {state}" if state else ""
        raise Refused("not_allowed", f"Your role ({session.account.role}) may not {what}{when}.")


def require_some_open(record: VisitRecord) -> None:
    """Refuse a change to a visit of which both glands are signed."""
    if not any(gland.is_open for gland in record.glands.values()):
        raise Refused("already_signed", "Both glands of this visit are signed; it can no longer change here.")


def require_open(session: Session, command: Command, gland: GlandRecord) -> None:
    """Refuse a change to a gland record that is no longer open."""
    if not gland.is_open:
        raise Refused(
            "already_signed",
            f"The {gland.side} gland is {gland.state}: it can be read but not changed here.",
        )
    require(session, command, gland.state)


def write(
    session: Session, kind: str, subject: Subject, new: Mapping[str, Json], *, stands: Standing | None = None
) -> None:
    """Append one event that gives the named fields of a subject new values.

    Raises ChangedMeanwhile when somebody else changed one of them since it was read in this call, or anything of
    what `stands` was read from.
    """
    append(session, [draft_of(session, kind, subject, new)], stands=stands)


def draft_of(session: Session, kind: str, subject: Subject, new: Mapping[str, Json]) -> EventDraft:
    """Make the draft of an event from new values, with the current ones as old; unchanged fields are left out."""
    current = session.site.ledger.values(subject.key)
    changes = tuple(
        Change(field, current.get(field), value) for field, value in new.items() if current.get(field) != value
    )
    return EventDraft(kind, subject, changes)


def append(
    session: Session, drafts: Sequence[EventDraft], *, checkpoint: bool = False, stands: Standing | None = None
) -> None:
    """Append several drafts in one transaction, leaving out those that change nothing."""
    changing = tuple(draft for draft in drafts if draft.changes)
    if changing:
        protocol = session.site.protocol.sha256
        session.site.ledger.append_batch(
            Batch(session.actor, changing, protocol, checkpoint, standing=stands.values if stands else {})
        )


def write_gland(
    session: Session, stands: Standing, gland: GlandRecord, kind: str, new: Mapping[str, Json]
) -> VisitRecord:
    """Append one event about a gland and give the visit as it is now."""
    record = stands.record
    write(session, kind, gland_subject(record.participant, record.visit, gland.side), new, stands=stands)
    return reread(session, record)


def reread(session: Session, record: VisitRecord) -> VisitRecord:
    """Read a visit again after an act."""
    return _read(session, record, session.site.ledger.values)


def _read(session: Session, record: VisitRecord, values: Values) -> VisitRecord:
    now = read_visit(values, session.site.protocol, record.participant, record.visit)
    if now is None:
        raise Refused("no_such_visit", "This visit is not in the log; choose it again from the list.")
    return now
