"""Takes the payload of events away, for good: body and salt go, leaf, links and hashes stay.

In one transaction with the event that says so: the guard against changes is put aside, the rows are emptied, the
projections are set to what the log amounts to without the content, and the guard is put back. On PostgreSQL only the
owner of the tables can do that; the role that the program works with has no right to change an event. Decides
nothing: who may, and what stands afterwards, is `injection_log.acts.blanking`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from injection_log.high_water import HighWater
from injection_log.ledger.canonical import Json, canonical_bytes
from injection_log.ledger.errors import KeyStoreFailed, LedgerError
from injection_log.ledger.event import Event
from injection_log.log_place import DATABASE, SharedDatabase, place_of
from injection_log.store.batch import Batch, Seen, Writer
from injection_log.store.engine import file_url, make_engine, speaking, writing
from injection_log.store.statements import Statements, statements_of
from injection_log.store.transaction import write_batch

if TYPE_CHECKING:
    from injection_log.store.ledger_store import Ledger

GUARD = "event_never_updated"


@dataclass(frozen=True)
class Emptied:
    """What becomes of the tables."""

    sequences: tuple[int, ...]
    """The events to empty."""
    values: Mapping[tuple[str, str], tuple[Json, int] | None]
    """By subject and field, of every field they had set: the value that stands and the event that set it, or None."""


def empty_events(folder: Path, ledger: Ledger, batch: Batch, emptied: Emptied, owner: str) -> tuple[Event, bool]:
    """Write the one event of the batch and empty the rows, all or nothing; then nothing is left to read of them.

    `folder` is that of the log; `owner` the role that owns the tables of a shared database, empty for the log's own.
    The second answer is whether the tables could be written anew afterwards, so that no free page keeps a trace.
    Raises a LedgerError leaf; then nothing was changed.
    """
    place = place_of(folder)
    engine = _engine(place, owner) if isinstance(place, SharedDatabase) else make_engine(file_url(place / DATABASE))
    writer = Writer(ledger.origin, ledger.clock, ledger.keys, ledger.workstation)
    try:
        events, anew = _blank_rows(engine, writer, batch, emptied)
    finally:
        engine.dispose()
    head = events[-1]
    with suppress(KeyStoreFailed):  # the act is done; a mark that stays behind the log is no fault
        ledger.keys.raise_high_water(ledger.origin, HighWater(head.sequence, head.hash.hex()), durable=True)
    return next(event for event in events if event.kind == batch.drafts[0].kind), anew


def _engine(place: SharedDatabase, owner: str) -> Engine:
    from injection_log.store.server import make_server_engine  # brings psycopg

    return make_server_engine(place, **({"user": owner} if owner else {}))


def _blank_rows(engine: Engine, writer: Writer, batch: Batch, emptied: Emptied) -> tuple[tuple[Event, ...], bool]:
    with writing(engine) as connection:
        statements = statements_of(connection)
        if statements.on_file:
            statements.tell("PRAGMA secure_delete=ON")  # what is emptied is overwritten, not only let go
        # The batch first: its checkpoint binds the hash of the schema, which must be the whole one.
        events, _ = write_batch(statements, writer, batch, Seen((0, b"")))
        restore = _put_guard_aside(statements)
        for number in emptied.sequences:
            statements.tell("UPDATE event SET body = NULL, salt = NULL WHERE sequence = ?", number)
            statements.tell("DELETE FROM event_place WHERE sequence = ?", number)
        for place, stands in emptied.values.items():
            _project(statements, place, stands)
        statements.tell(restore)
    return events, _written_anew(engine)


def _put_guard_aside(statements: Statements) -> str:
    """Put the guard against changes aside, and answer the statement that puts exactly it back."""
    if not statements.on_file:
        statements.tell(f"ALTER TABLE event DISABLE TRIGGER {GUARD}")
        return f"ALTER TABLE event ENABLE ALWAYS TRIGGER {GUARD}"
    ((sql,),) = statements.ask("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?", GUARD)
    statements.tell(f"DROP TRIGGER {GUARD}")
    return str(sql)


def _project(statements: Statements, place: tuple[str, str], stands: tuple[Json, int] | None) -> None:
    statements.tell("DELETE FROM current_value WHERE subject = ? AND field = ?", *place)
    if stands is not None:
        value, sequence = canonical_bytes(stands[0]).decode("utf-8"), stands[1]
        sql = "INSERT INTO current_value (subject, field, value, sequence) VALUES (?, ?, ?, ?)"
        statements.tell(sql, *place, value, sequence)


def _written_anew(engine: Engine) -> bool:
    words = "VACUUM" if engine.dialect.name == "sqlite" else "VACUUM FULL event, event_place, current_value"
    with suppress(LedgerError), speaking():  # the act is done; that this could not be done is said with it
        connection = engine.raw_connection()
        try:
            driver = connection.driver_connection
            assert driver is not None
            driver.execute(words)
            return True
        finally:
            connection.close()
    return False
