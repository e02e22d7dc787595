"""Who looked at a record: one event for each log-in and record, and the list of all who did.

Looking is never blocked because it cannot be written down: a physician needs the record when the disk is full. What
could not be written is kept in the session, said in words (`unwritten_words`), and written with its own time as soon
as the log takes it (docs/decisions/seen-records.md). An export is different: nothing leaves before its event stands.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from injection_log.acts.writing import require
from injection_log.clock import to_text
from injection_log.ledger.errors import DiskFull, LedgerBusy, LedgerReadOnly, LedgerUnreachable
from injection_log.ledger.event import EventDraft, Subject
from injection_log.record.reading import visit_subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from injection_log.ledger.event import Event
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

What = Literal["record", "pictures", "history", "audit", "access"]
_KINDS: dict[What, str] = {
    "record": "RecordSeen", "pictures": "PicturesSeen", "history": "HistorySeen", "audit": "AuditSeen",
    "access": "AccessLogSeen",
}
_SHOWING = frozenset({
    "VisitOpened", "RecordSeen", "PicturesSeen", "HistorySeen", "SheetExported", "HistoryExported",
    "CopyLookConfirmed", "CodedCopiesWritten",
})
"""Kinds of events by which a person had the record before their eyes."""
_LATER = (DiskFull, LedgerReadOnly, LedgerBusy, LedgerUnreachable)
"""Trouble that passes; a log that is damaged or rolled back is not read on as if nothing were."""


@dataclass(frozen=True)
class Sighting:
    """One time that somebody looked: who, in which role (words), at what (words), local time with its offset."""

    sequence: int
    user: str
    printed_name: str
    role: str
    what: str
    when: str


def note_seen(session: Session, record: VisitRecord, what: What = "record") -> None:
    """Write down, once for each log-in, that this person looked at a record, its pictures or its history.

    Writes nothing where it was noted already. Never refuses because the log cannot be written now.
    """
    note_subject_seen(session, visit_subject(record.participant, record.visit), what)


def note_subject_seen(session: Session, subject: Subject, what: What, asked: str = "") -> None:
    """As `note_seen` for any subject; `asked` says in words what of it was asked for."""
    name = f"{what} {subject.key} {asked}"
    if name in session.seen:
        return
    session.seen.add(name)
    session.unwritten.append(EventDraft(_KINDS[what], subject, reason=asked))
    write_down(session)


def already_seen(session: Session, record: VisitRecord) -> None:
    """Remember that this log-in has the record before it by an event of its own: it began the visit."""
    session.seen.add(f"record {visit_subject(record.participant, record.visit).key} ")


def write_down(session: Session) -> None:
    """Write what was seen and is not written yet; keeps it, with the time it was seen, while the log takes nothing.

    Raises what other LedgerErrors say: a log that is damaged is no longer read either.
    """
    owed = tuple(session.unwritten)
    if not owed:
        return
    site = session.site
    try:
        site.ledger.append(session.actor, owed, protocol=site.protocol.sha256)
    except _LATER:
        now = to_text(site.clock.now())
        session.unwritten[:] = [one if one.claimed_at else replace(one, claimed_at=now) for one in owed]
    else:
        session.unwritten.clear()


def unwritten_words(session: Session) -> str:
    """What to say while something that was seen is not written down; "" when all is."""
    if not session.unwritten:
        return ""
    return (
        "That you looked at this could not be written in the log; it is written as soon as the log can be: "
        "tell the administrator that the disk is full or write-protected."
    )


def who_saw(session: Session, participant: str, visit: str) -> tuple[Sighting, ...]:
    """Give everybody who had this record before their eyes, the newest last. Refuses who may not read its history."""
    from injection_log.record.event_words import KINDS, role_words  # all words of the log, which only this needs
    from injection_log.record.vocabulary import moment_words

    require(session, "show_history")
    ledger = session.site.ledger
    names = {key.removeprefix("user:"): facts for key, facts in ledger.values_of("user:").items()}
    whole = visit_subject(participant, visit).key
    found = [
        *_showing(ledger.events_of(whole), whole),
        *_showing(ledger.events_of(f"gland:{participant}/{visit}/"), f"gland:{participant}/{visit}/"),
    ]
    return tuple(
        Sighting(
            event.sequence, event.actor.user, str(names.get(event.actor.user, {}).get("printed_name", "")),
            role_words(event.actor.role), KINDS[event.kind].title,
            moment_words(event.claimed_at or event.recorded_at, event.utc_offset_minutes),
        )
        for event in sorted(found, key=lambda event: event.sequence)
    )


def _showing(events: Iterable[Event], key: str) -> list[Event]:
    found: list[Event] = []
    for event in events:
        own = event.subject.key.startswith(key) if key.endswith("/") else event.subject.key == key
        if own and event.kind in _SHOWING:
            found.append(event)
    return found
