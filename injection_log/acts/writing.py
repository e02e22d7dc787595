"""The one way an act becomes an event: permission asked, old values taken, written, and the record read again."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.people.roles import Command, State, allowed
from injection_log.record.reading import gland_subject, read_visit
from injection_log.record.values import GlandRecord, VisitRecord
from injection_log.site import Session


def require(session: Session, command: Command, state: State = "") -> None:
    """Refuse a command that the table of roles does not allow in this state of the record."""
    if not allowed(session.account.role, command, state):
        what = command.replace("_", " ")
        when = f" while the record is {state}" if state else ""
        raise Refused("not_allowed", f"Your role ({session.account.role}) may not {what}{when}.")


def require_open(session: Session, command: Command, gland: GlandRecord) -> None:
    """Refuse a change to a gland record that is no longer open."""
    if not gland.is_open:
        raise Refused(
            "already_signed",
            f"The {gland.side} gland is {gland.state}: it can be read but not changed here.",
        )
    require(session, command, gland.state)


def write(
    session: Session, kind: str, subject: Subject, new: Mapping[str, Json], *, reason: str = ""
) -> None:
    """Append one event that gives the named fields of a subject new values.

    Raises ChangedMeanwhile when somebody else changed one of them since it was read in this call.
    """
    draft = draft_of(session, kind, subject, new, reason=reason)
    if draft.changes:
        session.site.ledger.append(session.actor, [draft], protocol=session.site.protocol.sha256)


def draft_of(
    session: Session, kind: str, subject: Subject, new: Mapping[str, Json], *, reason: str = ""
) -> EventDraft:
    """Make the draft of an event from new values, with the current ones as old; unchanged fields are left out."""
    current = session.site.ledger.values(subject.key)
    changes = tuple(
        Change(field, current.get(field), value) for field, value in new.items() if current.get(field) != value
    )
    return EventDraft(kind, subject, changes, reason=reason)


def append(session: Session, drafts: Sequence[EventDraft], *, checkpoint: bool = False) -> None:
    """Append several drafts in one transaction, leaving out those that change nothing."""
    changing = [draft for draft in drafts if draft.changes]
    if changing:
        session.site.ledger.append(
            session.actor, changing, protocol=session.site.protocol.sha256, checkpoint=checkpoint
        )


def write_gland(
    session: Session, record: VisitRecord, gland: GlandRecord, kind: str, new: Mapping[str, Json]
) -> VisitRecord:
    """Append one event about a gland and give the visit as it is now."""
    write(session, kind, gland_subject(record.participant, record.visit, gland.side), new)
    return reread(session, record)


def reread(session: Session, record: VisitRecord) -> VisitRecord:
    """Read a visit again after an act."""
    site = session.site
    now = read_visit(site.ledger.values, site.protocol, record.participant, record.visit)
    if now is None:
        raise Refused("no_such_visit", "This visit is not in the log; choose it again from the list.")
    return now
