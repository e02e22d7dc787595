"""The log for the inspection binder: every stored row up to one event, what stands after it, and each event in words.

One reading of the database at one moment; values are replayed from the events themselves, so that what the binder
shows follows from what it carries. Nothing is judged: an event that cannot be read is carried as it is, without words.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from injection_log.acts.log_words import Pictures, place_of, vocabulary_of
from injection_log.binder_content import EventWords, StoredEvent
from injection_log.ledger.errors import LedgerError
from injection_log.ledger.event import Event, Json, Seal, Subject, read_event
from injection_log.record.event_sentences import in_words
from injection_log.record.trail import SIGNED, Glands, changes_data, is_late
from injection_log.record.vocabulary import subject_in_words
from injection_log.store.snapshot import open_snapshot
from injection_log.verify.blanked import StandIn, find_stand_ins

if TYPE_CHECKING:
    from collections.abc import Callable

    from injection_log.site import Session

Place = tuple[str, str, str]
"""Participant, visit, gland; "" for what there is not."""
_NOWHERE: Place = ("", "", "")


@dataclass
class ReadLog:
    """The log as far as it was read: rows, events that can be read, and current values with the event that set each."""

    rows: list[StoredEvent] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    set_by: dict[tuple[str, str], int] = field(default_factory=dict)

    def of(self, subject: str) -> Mapping[str, Json]:
        """The values of one subject."""
        return self.values.get(subject, {})

    def apply(self, sequence: int, subject: str, changes: Iterator[tuple[str, Json]]) -> None:
        """Let one event take effect."""
        values = self.values.setdefault(subject, {})
        for name, new in changes:
            if new is None:
                values.pop(name, None)
                self.set_by.pop((subject, name), None)
            else:
                values[name] = new
                self.set_by[subject, name] = sequence


def read_log(session: Session, last: int) -> ReadLog:
    """Read the log up to and with the event `last`. Raises sqlite3.Error, OSError, LedgerError of the place."""
    with open_snapshot(session.site.home.ledger_folder) as snapshot:
        rows = [row for row in snapshot.events() if isinstance(row[0], int) and row[0] <= last]
    stand_ins, log = find_stand_ins(rows), ReadLog()
    for sequence, body, salt, leaf, previous, link in rows:
        stored = StoredEvent(
            int(str(sequence)), _bytes(body), _bytes(salt), _bytes(leaf) or b"", _bytes(previous) or b"",
            _bytes(link) or b"",
        )
        log.rows.append(stored)
        _take(log, stored, stand_ins)
    return log


def _take(log: ReadLog, row: StoredEvent, stand_ins: Mapping[int, StandIn]) -> None:
    if row.body is None:
        blanked = stand_ins.get(row.sequence)
        if blanked is not None:
            log.apply(row.sequence, blanked.subject, iter(blanked.fields.items()))
        return
    with suppress(LedgerError, ValueError):
        event = read_event(row.body, Seal(row.salt or b"", row.leaf, row.previous, row.hash))
        log.events.append(event)
        log.apply(event.sequence, event.subject.key, ((change.field, change.new) for change in event.changes))


def log_in_words(session: Session, log: ReadLog, say: Callable[[str], str]) -> tuple[EventWords, ...]:
    """Every readable event in words, oldest first; `say` puts a text of the program into the binder's language."""
    late_after = timedelta(hours=session.site.protocol.checks.late_entry_hours)
    vocabulary, pictures = vocabulary_of(session), Pictures(session.site)
    glands: dict[tuple[str, str], Glands] = {}
    told = []
    for event in log.events:
        place = _place(event, pictures, log)
        state = glands.setdefault(place[:2], Glands()) if place[1] else Glands()
        if event.subject.gland:
            state.take(event)
        words = in_words(event, vocabulary)
        after = bool(place[1]) and changes_data(event) and state.is_signed(place[2])
        told.append(EventWords(
            event.sequence, say(words.title), words.group, say(subject_in_words(event.subject, vocabulary)),
            say(words.sentence),
            tuple((one.field, say(one.title), say(one.old), say(one.new)) for one in words.changes),
            place, state.version(place[2]) if place[1] else 0, after, is_late(event, late_after),
        ))
        if event.kind == SIGNED:
            state.signed.add(event.subject.gland)
    return tuple(told)


def place_of_subject(key: str) -> Place:
    """Participant, visit and gland that the key of a subject names."""
    with suppress(LedgerError):
        subject = Subject.parse(key)
        return subject.participant, subject.visit, subject.gland
    return _NOWHERE


def _place(event: Event, pictures: Pictures, log: ReadLog) -> Place:
    if event.subject.kind in ("query", "deviation"):
        return place_of_subject(str(log.of(event.subject.key).get("about") or ""))
    found = place_of(event, pictures)
    return (*found, event.subject.gland) if found else _NOWHERE


def _bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None
