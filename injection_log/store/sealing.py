"""The events of a batch, sealed one after the other, and the rows that they become.

Each old value is checked against what stands; the checkpoint, where one is asked for, covers every event before it.
Reads and writes nothing: it is told what stands, and tells the statements that write the batch.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace

from injection_log import __version__
from injection_log.clock import to_text
from injection_log.ledger.canonical import Json, canonical_bytes, parse_json
from injection_log.ledger.chain import SALT_BYTES
from injection_log.ledger.checkpoint import make_checkpoint
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Change, Envelope, Event, EventDraft, seal_event
from injection_log.ledger.merkle import Frontier
from injection_log.store.batch import CHECKPOINT, LEDGER, Batch, Head, Place, Seen, Writer
from injection_log.store.statements import Question, Row

_APPEND = "INSERT INTO event (sequence, body, salt, leaf, previous, hash) VALUES (?, ?, ?, ?, ?, ?)"
_PLACE = 'INSERT INTO event_place (sequence, subject, kind, "user") VALUES (?, ?, ?, ?)'
_SET = "INSERT INTO current_value (subject, field, value, sequence) VALUES (?, ?, ?, ?)"
_RESET = "UPDATE current_value SET value = ?, sequence = ? WHERE subject = ? AND field = ?"
_CLEAR = "DELETE FROM current_value WHERE subject = ? AND field = ?"
_CREDENTIAL = (
    'INSERT INTO credential ("user", password_hash, sealed_key) VALUES (?, ?, ?) ON CONFLICT ("user") DO UPDATE'
    " SET password_hash = excluded.password_hash, sealed_key = excluded.sealed_key"
)


class Work:
    """The events of a batch as they are sealed one after the other, and what they make of the current values.

    `values`: what stands now, as it is stored, at each place that the batch touches.
    """

    def __init__(self, writer: Writer, batch: Batch, head: Head, values: Mapping[Place, str | None]) -> None:
        self._writer = writer
        self._batch = batch
        self._start = head[0]
        self.before = values
        self._values = dict(values)
        self._set_at: dict[Place, int] = {}
        self.head = head
        self.events: list[Event] = []

    def add(self, draft: EventDraft) -> None:
        """Seal the next event. Raises ChangedMeanwhile, NotCanonical."""
        sequence, previous = self.head[0] + 1, self.head[1]
        envelope = _envelope(self._writer, self._batch, sequence)
        event = seal_event(envelope, draft, previous=previous, salt=secrets.token_bytes(SALT_BYTES))
        subject = draft.subject.key
        for change in draft.changes:
            self._project(subject, change, sequence)
        self.events.append(event)
        self.head = sequence, event.hash

    def finish(self, known: Seen) -> Seen:
        """Add the checkpoint where the batch has one; what is known of the log after the last event.

        With a checkpoint, `known.frontier` has to be the tree of everything before the batch.
        """
        frontier = known.frontier
        if self._batch.checkpoint:
            frontier = frontier.extended(event.leaf for event in self.events)
            old = self._values[CHECKPOINT]
            self.add(_checkpoint(self._writer, frontier, known.schema, old))
            known = replace(known, checkpoint=self._values[CHECKPOINT] or "", covered=frontier)
        if frontier.size >= self._start:  # in step with the log: the next checkpoint has nothing to read
            frontier = frontier.extended(event.leaf for event in self.events[frontier.size - self._start :])
        return replace(known, head=self.head, frontier=frontier)

    def rows(self) -> list[tuple[Row, Row]]:
        """The row of `event` and the row of `event_place` of each event."""
        user = self._batch.actor.user
        return [
            (
                (event.sequence, event.body, event.salt, event.leaf, event.previous, event.hash),
                (event.sequence, event.subject.key, event.kind, user),
            )
            for event in self.events
        ]

    def moved(self) -> Iterator[tuple[Place, str | None, str | None, int]]:
        """Each place that was set: its stored value before and after the batch, and the event that set it last."""
        for place, sequence in self._set_at.items():
            yield place, self.before[place], self._values[place], sequence

    def told(self) -> list[Question]:
        """The statements that write the batch."""
        one = self._batch.credential
        told = [] if one is None else [(_CREDENTIAL, (one.user, one.password_hash, one.sealed_key))]
        for event, place in self.rows():
            told += [(_APPEND, event), (_PLACE, place)]
        return told + [question for moved in self.moved() if (question := _projected(*moved))]

    def _project(self, subject: str, change: Change, sequence: int) -> None:
        place = subject, change.field
        text = self._values[place]
        if text != stored(change.old):
            found = None if text is None else parse_json(text)
            raise ChangedMeanwhile(subject, change.field, expected=change.old, found=found)
        self._values[place] = stored(change.new)
        self._set_at[place] = sequence


def _projected(place: Place, before: str | None, after: str | None, sequence: int) -> Question | None:
    if after is None:
        return None if before is None else (_CLEAR, place)
    return (_SET, (*place, after, sequence)) if before is None else (_RESET, (after, sequence, *place))


def _envelope(writer: Writer, batch: Batch, sequence: int) -> Envelope:
    return Envelope(
        sequence=sequence,
        recorded_at=to_text(writer.clock.now()),
        utc_offset_minutes=writer.clock.utc_offset_minutes(),
        actor=batch.actor,
        workstation=writer.workstation,
        program=__version__,
        protocol=batch.protocol,
    )


def _checkpoint(writer: Writer, frontier: Frontier, schema: str, old: str | None) -> EventDraft:
    key = writer.keys.checkpoint_key(writer.origin)
    new: Json = {
        "program": __version__,
        "schema_sha256": schema,
        "size": frontier.size,
        "text": make_checkpoint(writer.origin, frontier.size, frontier.root(), key),
    }
    before = None if old is None else parse_json(old)
    return EventDraft("CheckpointMade", LEDGER, (Change("checkpoint", before, new),))


def stored(value: Json) -> str | None:
    """A current value as it is stored: canonical JSON; None for none. Raises NotCanonical."""
    return None if value is None else canonical_bytes(value).decode("utf-8")
