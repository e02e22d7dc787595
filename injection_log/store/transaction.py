"""One writing transaction on the log: from the head it reads under the lock to the last row it writes.

Checks each old value against the projection, seals the events, writes events and projection and, if
asked, the checkpoint over them. Does not begin or commit, and keeps nothing between two transactions.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from injection_log import __version__
from injection_log.clock import Clock, to_text
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json, canonical_bytes, parse_json
from injection_log.ledger.chain import SALT_BYTES, first_previous
from injection_log.ledger.checkpoint import make_checkpoint
from injection_log.ledger.errors import ChangedMeanwhile, LedgerRolledBack
from injection_log.ledger.event import Actor, Change, Envelope, Event, EventDraft, Subject, seal_event
from injection_log.ledger.merkle import Frontier
from injection_log.store import schema
from injection_log.store.revisions import SCHEMA_QUERY, SchemaRow, schema_sha256

LEDGER = Subject("ledger")
# Built once: a statement that is built anew for each event costs more than its execution.
_HEAD = select(schema.event.c.sequence, schema.event.c.hash).order_by(schema.event.c.sequence.desc()).limit(1)
_APPEND = insert(schema.event)
_current = schema.current_value
_PLACE = (_current.c.subject == bindparam("at"), _current.c.field == bindparam("name"))
_VALUE = select(_current.c.value).where(*_PLACE)
_SET = insert(_current)
_RESET = update(_current).where(*_PLACE)
_CLEAR = delete(_current).where(*_PLACE)

Head = tuple[int, bytes]
"""Sequence number and hash (32 bytes) of the last event; before the first, 0 and the hash of the origin."""


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
    """What one transaction writes."""

    actor: Actor
    drafts: tuple[EventDraft, ...]
    protocol: str
    checkpoint: bool = False
    credential: Credential | None = None
    standing: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    """Subjects and all their current values: what the batch was decided on, and what must still stand."""


@dataclass(frozen=True)
class Seen:
    """What this process knows of the log, to save work: its head, the tree up to some size, its own enrolment."""

    head: Head
    frontier: Frontier = field(default_factory=Frontier)
    enrolled: bool = False


def write_batch(connection: Connection, writer: Writer, batch: Batch, seen: Seen) -> tuple[tuple[Event, ...], Seen]:
    """Write the batch in the open transaction. Raises ChangedMeanwhile, NotCanonical, LedgerRolledBack."""
    head = read_head(connection, writer.origin)
    if head[0] < seen.head[0]:
        raise LedgerRolledBack(
            "The log became shorter while the program was open, so nothing was saved; close the program and"
            " run `injection-log verify`."
        )
    enrolment = () if seen.enrolled else _enrolment(connection, writer)
    _check_standing(connection, batch.standing)
    # The first event of a log is always LedgerOpened; everywhere else the key comes before what it signs.
    drafts = (*enrolment, *batch.drafts) if head[0] else (*batch.drafts, *enrolment)
    events: list[Event] = []
    for draft in drafts:
        head = _write(connection, _envelope(writer, batch, head[0] + 1), draft, events, head)
    frontier = seen.frontier
    if batch.checkpoint:
        frontier = _grown(connection, frontier)
        draft = _checkpoint(connection, writer, frontier)
        head = _write(connection, _envelope(writer, batch, head[0] + 1), draft, events, head)
    if batch.credential is not None:
        _replace_credential(connection, batch.credential)
    return tuple(events), Seen(head, frontier, enrolled=True)


def _replace_credential(connection: Connection, credential: Credential) -> None:
    """The one row that is replaced: the log keeps its digest, and must be able to forget what it was."""
    connection.execute(delete(schema.credential).where(schema.credential.c.user == credential.user))
    connection.execute(insert(schema.credential), [vars(credential)])


def read_head(connection: Connection, origin: str) -> Head:
    """The head of the log as this transaction sees it."""
    row = connection.execute(_HEAD).one_or_none()
    return (0, first_previous(origin)) if row is None else (row.sequence, row.hash)


def read_value(connection: Connection, subject: str, name: str) -> Json:
    """The current value of one field, None where it has none."""
    text = connection.execute(_VALUE, {"at": subject, "name": name}).scalar_one_or_none()
    return None if text is None else parse_json(text)


def read_values(connection: Connection, subject: str) -> dict[str, Json]:
    """The current value of each field of one subject, as this transaction sees it."""
    query = select(_current.c.field, _current.c.value).where(_current.c.subject == subject)
    return {row.field: parse_json(row.value) for row in connection.execute(query)}


def read_schema(connection: Connection) -> list[SchemaRow]:
    """The schema as it stands in the database."""
    return [(row[0], row[1], row[2], row[3]) for row in connection.exec_driver_sql(SCHEMA_QUERY)]


def _check_standing(connection: Connection, standing: Mapping[str, Mapping[str, Json]]) -> None:
    for subject, expected in standing.items():
        found = read_values(connection, subject)
        for name in sorted({*expected, *found}):
            if expected.get(name) != found.get(name):
                raise ChangedMeanwhile(subject, name, expected=expected.get(name), found=found.get(name))


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


def _write(connection: Connection, envelope: Envelope, draft: EventDraft, events: list[Event], head: Head) -> Head:
    event = seal_event(envelope, draft, previous=head[1], salt=secrets.token_bytes(SALT_BYTES))
    row = {name: getattr(event, name) for name in ("sequence", "body", "salt", "leaf", "previous", "hash")}
    connection.execute(_APPEND, row)
    for change in draft.changes:
        _project(connection, draft.subject.key, change, event.sequence)
    events.append(event)
    return event.sequence, event.hash


def _project(connection: Connection, subject: str, change: Change, sequence: int) -> None:
    place = {"at": subject, "name": change.field}
    text = connection.execute(_VALUE, place).scalar_one_or_none()
    expected = None if change.old is None else canonical_bytes(change.old).decode("utf-8")
    if text != expected:
        found = None if text is None else parse_json(text)
        raise ChangedMeanwhile(subject, change.field, expected=change.old, found=found)
    if change.new is None:
        connection.execute(_CLEAR, place)
        return
    row = {"value": canonical_bytes(change.new).decode("utf-8"), "sequence": sequence}
    if text is None:
        connection.execute(_SET, {"subject": subject, "field": change.field, **row})
    else:
        connection.execute(_RESET, place | row)


def _enrolment(connection: Connection, writer: Writer) -> tuple[EventDraft, ...]:
    """The enrolment of this workstation's checkpoint key, where the log does not have it yet."""
    workstation = Subject("workstation", id=writer.workstation)
    known = read_value(connection, workstation.key, "checkpoint_key")
    mine = checkpoint_public_key(writer.keys, writer.origin)
    if known == mine:
        return ()
    return (EventDraft("WorkstationEnrolled", workstation, (Change("checkpoint_key", known, mine),)),)


def checkpoint_public_key(keys: KeyFolder, origin: str) -> str:
    """The public half of this workstation's checkpoint key, hex."""
    return keys.checkpoint_key(origin).public_key().public_bytes_raw().hex()


def _grown(connection: Connection, frontier: Frontier) -> Frontier:
    leaves = select(schema.event.c.leaf).where(schema.event.c.sequence > frontier.size)
    return frontier.extended(connection.execute(leaves.order_by(schema.event.c.sequence)).scalars())


def _checkpoint(connection: Connection, writer: Writer, frontier: Frontier) -> EventDraft:
    key = writer.keys.checkpoint_key(writer.origin)
    new: Json = {
        "program": __version__,
        "schema_sha256": schema_sha256(read_schema(connection)),
        "size": frontier.size,
        "text": make_checkpoint(writer.origin, frontier.size, frontier.root(), key),
    }
    old = read_value(connection, LEDGER.key, "checkpoint")
    return EventDraft("CheckpointMade", LEDGER, (Change("checkpoint", old, new),))
