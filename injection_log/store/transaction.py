"""One writing transaction on the log: from the head it reads under the lock to the last row it writes.

Asks everything it needs in one go, checks each old value, seals the events, writes events and projections and, if
asked, the checkpoint over them. Does not begin or commit, and keeps nothing between two transactions.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from injection_log import __version__
from injection_log.clock import Clock, to_text
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json, canonical_bytes, parse_json
from injection_log.ledger.chain import SALT_BYTES, first_previous
from injection_log.ledger.checkpoint import make_checkpoint
from injection_log.ledger.errors import ChangedMeanwhile, LedgerRolledBack, LedgerVersionUnknown
from injection_log.ledger.event import Actor, Change, Envelope, Event, EventDraft, Subject, seal_event
from injection_log.ledger.merkle import Frontier
from injection_log.store.engine import replaced
from injection_log.store.revisions import HEAD, SCHEMA_QUERY, SERVER_SCHEMA_QUERY, SchemaRow, schema_sha256
from injection_log.store.statements import Question, Row, Statements, statements_of

LEDGER = Subject("ledger")
CHECKPOINT = ("ledger:", "checkpoint")
LEAVES_AT_ONCE = 10_000
_HEAD = "SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1"
_SEEN = "SELECT hash FROM event WHERE sequence = ?"
_REVISION = "SELECT version_num FROM alembic_version"
_VALUE = "SELECT value FROM current_value WHERE subject = ? AND field = ?"
_VALUES = "SELECT field, value FROM current_value WHERE subject = ?"
_LEAVES = "SELECT leaf FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?"
_APPEND = "INSERT INTO event (sequence, body, salt, leaf, previous, hash) VALUES (?, ?, ?, ?, ?, ?)"
_PLACE = 'INSERT INTO event_place (sequence, subject, kind, "user") VALUES (?, ?, ?, ?)'
_SET = "INSERT INTO current_value (subject, field, value, sequence) VALUES (?, ?, ?, ?)"
_RESET = "UPDATE current_value SET value = ?, sequence = ? WHERE subject = ? AND field = ?"
_CLEAR = "DELETE FROM current_value WHERE subject = ? AND field = ?"
_CREDENTIAL = (
    'INSERT INTO credential ("user", password_hash, sealed_key) VALUES (?, ?, ?) ON CONFLICT ("user") DO UPDATE'
    " SET password_hash = excluded.password_hash, sealed_key = excluded.sealed_key"
)

Head = tuple[int, bytes]
"""Sequence number and hash (32 bytes) of the last event; before the first, 0 and the hash of the origin."""

Place = tuple[str, str]
"""Subject key and field."""


@dataclass(frozen=True)
class Writer:
    """Who writes, as a machine: the log's origin, the clock, the keys and the workstation's id."""

    origin: str
    clock: Clock
    keys: KeyFolder
    workstation: str


@dataclass(frozen=True)
class Credential:
    """A row of the table of secrets: what the password is checked against, and the signing key sealed by it."""

    user: str
    password_hash: str
    sealed_key: bytes


@dataclass(frozen=True)
class Batch:
    """What one transaction writes. A credential is inserted, or takes the place of the one that its user has."""

    actor: Actor
    drafts: tuple[EventDraft, ...]
    protocol: str
    checkpoint: bool = False
    credential: Credential | None = None
    standing: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    """Subjects and all their current values: what the batch was decided on, and what must still stand."""


@dataclass(frozen=True)
class Seen:
    """What this process knows of the log, to save work: its head, the tree up to some size, its own enrolment,
    the hash of the schema as it was checked when the log was opened (empty: not read yet), and the current value
    "checkpoint" of the log at that head as it is stored (empty: not known). `covered` is the tree under the last
    checkpoint that this process made.
    """

    head: Head
    frontier: Frontier = field(default_factory=Frontier)
    enrolled: bool = False
    schema: str = ""
    checkpoint: str = ""
    covered: Frontier = field(default_factory=Frontier)


def write_batch(statements: Statements, writer: Writer, batch: Batch, seen: Seen) -> tuple[tuple[Event, ...], Seen]:
    """Write the batch in the open transaction. Raises ChangedMeanwhile, NotCanonical, LedgerRolledBack,
    LedgerVersionUnknown.
    """
    found = _Found(statements, writer, batch, seen)
    _check_standing(found.standing, batch.standing)
    enrolment = () if seen.enrolled else _enrolment(found.values, writer)
    # The first event of a log is always LedgerOpened; everywhere else the key comes before what it signs.
    drafts = (*enrolment, *batch.drafts) if found.head[0] else (*batch.drafts, *enrolment)
    work = Work(writer, batch, found.head, found.values)
    for draft in drafts:
        work.add(draft)
    known = replace(seen, enrolled=True, checkpoint=seen.checkpoint if found.head == seen.head else "")
    if batch.checkpoint:
        schema = seen.schema or schema_sha256(read_schema(statements))
        known = replace(known, schema=schema, frontier=_grown(statements, found, seen.frontier))
    known = work.finish(known)
    for sql, values in work.told():
        statements.tell(sql, *values)
    return tuple(work.events), known


def read_head(connection: Connection, origin: str) -> Head:
    """The head of the log as this transaction sees it."""
    return _head(statements_of(connection).ask(_HEAD), origin)


def ask_head(statements: Statements, origin: str) -> Head:
    """The head of the log at this moment."""
    return _head(statements.ask(_HEAD), origin)


def ask_values(statements: Statements, subject: str) -> dict[str, Json]:
    """The current value of each field of one subject."""
    return _values(statements.ask(_VALUES, subject))


def read_schema(connection: Connection | Statements) -> list[SchemaRow]:
    """The schema as it stands in the database."""
    statements = statements_of(connection) if isinstance(connection, Connection) else connection
    query = SCHEMA_QUERY if statements.on_file else SERVER_SCHEMA_QUERY
    return [(row[0], row[1], row[2], row[3]) for row in statements.ask(query)]


def checkpoint_public_key(keys: KeyFolder, origin: str) -> str:
    """The public half of this workstation's checkpoint key, hex."""
    return keys.checkpoint_key(origin).public_key().public_bytes_raw().hex()


class _Found:
    """What the transaction found under its lock, asked all at once: on a server that is one round trip."""

    def __init__(self, statements: Statements, writer: Writer, batch: Batch, seen: Seen) -> None:
        places = _places(writer, batch, seen)
        subjects = list(batch.standing)
        questions: list[Question] = [(_HEAD, ()), (_REVISION, ()), (_SEEN, (seen.head[0],))]
        questions += [(_VALUE, place) for place in places]
        questions += [(_VALUES, (subject,)) for subject in subjects]
        if batch.checkpoint:
            questions.append((_LEAVES, (seen.frontier.size, LEAVES_AT_ONCE)))
        head, revision, last, *rows = statements.ask_all(questions)
        self.head = _head(head, writer.origin)
        _check_start(self.head, seen, revision)
        # A shared log can be restored under an open program: what it knows of the tree would be that of another log.
        if last and bytes(last[0][0]) != seen.head[1] and seen.head[0]:
            raise replaced()
        self.values = {place: row[0][0] if row else None for place, row in zip(places, rows, strict=False)}
        behind = rows[len(places) :]
        self.standing = {subject: _values(found) for subject, found in zip(subjects, behind, strict=False)}
        self.leaves = [row[0] for row in behind[-1]] if batch.checkpoint else []


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


def _places(writer: Writer, batch: Batch, seen: Seen) -> list[Place]:
    """The current values that the batch needs to know, each once."""
    places = [(draft.subject.key, change.field) for draft in batch.drafts for change in draft.changes]
    if not seen.enrolled:
        places.append((_workstation(writer).key, "checkpoint_key"))
    if batch.checkpoint:
        places.append(CHECKPOINT)
    return list(dict.fromkeys(places))


def _check_start(head: Head, seen: Seen, revision: Sequence[Row]) -> None:
    if head[0] < seen.head[0]:
        raise LedgerRolledBack(
            "The log became shorter while the program was open, so nothing was saved; close the program and"
            " run `injection-log verify`."
        )
    if [row[0] for row in revision] != [HEAD]:
        raise LedgerVersionUnknown(
            "The log was brought to another version while the program was open, so nothing was saved; close the"
            " program and start the version that the others use."
        )


def _check_standing(
    found: Mapping[str, Mapping[str, Json]], standing: Mapping[str, Mapping[str, Json]]
) -> None:
    for subject, expected in standing.items():
        now = found[subject]
        for name in sorted({*expected, *now}):
            if expected.get(name) != now.get(name):
                raise ChangedMeanwhile(subject, name, expected=expected.get(name), found=now.get(name))


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


def _workstation(writer: Writer) -> Subject:
    return Subject("workstation", id=writer.workstation)


def _enrolment(values: Mapping[Place, str | None], writer: Writer) -> tuple[EventDraft, ...]:
    """The enrolment of this workstation's checkpoint key, where the log does not have it yet."""
    workstation = _workstation(writer)
    text = values[workstation.key, "checkpoint_key"]
    known = None if text is None else parse_json(text)
    mine = checkpoint_public_key(writer.keys, writer.origin)
    if known == mine:
        return ()
    return (EventDraft("WorkstationEnrolled", workstation, (Change("checkpoint_key", known, mine),)),)


def _grown(statements: Statements, found: _Found, frontier: Frontier) -> Frontier:
    """The tree up to the head that was found; more leaves than were asked for at once are read piece by piece."""
    frontier = frontier.extended(found.leaves)
    while frontier.size < found.head[0]:
        rows = statements.ask(_LEAVES, frontier.size, LEAVES_AT_ONCE)
        if not rows:
            break  # numbers are missing in the log: `verify` names the first
        frontier = frontier.extended(row[0] for row in rows)
    return frontier


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


def _head(rows: Sequence[Row], origin: str) -> Head:
    return (rows[0][0], bytes(rows[0][1])) if rows else (0, first_previous(origin))


def _values(rows: Sequence[Row]) -> dict[str, Json]:
    return {name: parse_json(value) for name, value in rows}


def stored(value: Json) -> str | None:
    """A current value as it is stored: canonical JSON; None for none. Raises NotCanonical."""
    return None if value is None else canonical_bytes(value).decode("utf-8")
