"""Puts a finished log into the place of a shared one, in one transaction of the owner; the old schema is kept aside.

The old schema is renamed, with everything in it, and the restored rows go into a new one of the old name. A kill of
the program or the server at any moment leaves the old log or the restored one. Whoever still has the old log open can
write to neither: the user that works loses its rights on the old schema, and the store sees that its last event is not
the log's. Decides nothing: that two people agreed, and what is lost, is in `injection_log.acts.restoring`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from injection_log.high_water import HighWater
from injection_log.ledger.errors import LedgerError, LedgerReadOnly, LedgerUnreachable, OutcomeUnknown
from injection_log.ledger.event import Actor
from injection_log.log_place import NewShared, SharedDatabase
from injection_log.store.backup import copy_rows
from injection_log.store.batch import Batch, Head, Seen, Writer
from injection_log.store.engine import file_url, make_engine, reading, speaking, writing
from injection_log.store.restore import moved_on
from injection_log.store.server import connect, make_server_engine
from injection_log.store.server_rights import grant, make_schema, workers_of
from injection_log.store.statements import statements_of
from injection_log.store.transaction import write_batch
from injection_log.store.upgrade import upgrade

_EXISTS = "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = %s"
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p')"
# Everyone who reads or writes begins with the events: nobody is waited for who waits.
_TABLES += " ORDER BY relname <> 'event', relname"
_LAST = "SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1"


@dataclass(frozen=True)
class Replaced:
    """The schema that is replaced: the name it gets, and its last event as it was told to those who agreed
    (None: it could not be read).
    """

    aside: str
    last: HighWater | None


def put_on_server(staged: Path, shared: NewShared, writer: Writer, replaced: Replaced) -> tuple[Head, bool]:
    """Make the finished file `staged` the log of a shared database; its head there, and whether one was replaced.

    A checkpoint over everything, with the hash of the tables on the server, is the last event. Raises LedgerBusy when
    somebody holds the old log or wrote to it meanwhile, LedgerReadOnly when the owner's rights are missing, and other
    leaves of LedgerError; then the old log is as it was. After OutcomeUnknown it may be the restored one.
    """
    place, head = shared.database, None
    with speaking(), connect(place) as tried:
        worker = str(tried.execute("SELECT current_user").fetchall()[0][0])
    rows_engine, engine = make_engine(file_url(staged)), make_server_engine(place, **_user(shared))
    try:
        with reading(rows_engine) as rows, writing(engine, locks_tables=True) as connection:
            kept, workers = _put_aside(connection, place, replaced)
            make_schema(connection, place.schema)
            upgrade(connection)
            copy_rows(rows, connection)
            batch = Batch(Actor("", ""), (), "", checkpoint=True)
            written = write_batch(statements_of(connection), writer, batch, Seen((0, b"")))[1].head
            for user in sorted({worker, *workers}):
                grant(connection, place.schema, user)
            head = written
    except LedgerUnreachable:
        if head is None or not _was_committed(shared, head):
            raise
    finally:
        rows_engine.dispose()
        engine.dispose()
    assert head is not None
    return head, kept


def _user(shared: NewShared) -> dict[str, str]:
    return {"user": shared.owner} if shared.owner else {}


def _put_aside(connection: Connection, place: SharedDatabase, replaced: Replaced) -> tuple[bool, tuple[str, ...]]:
    """Rename the schema that is there with everything in it; whether there was something, and who worked in it."""
    owned = connection.exec_driver_sql(_EXISTS, (place.schema,)).scalar()
    if owned is None:
        return False, ()
    if not owned:
        raise LedgerReadOnly(
            f"The schema {place.schema} belongs to another database user, so nothing was restored; give the user that"
            " owns it with --database-owner."
        )
    tables = connection.exec_driver_sql(_TABLES, (place.schema,)).scalars().all()
    if not tables:
        return False, ()
    # Whoever reads the old log has to come to an end first: half of it would be read from the new one.
    names = ", ".join('"' + name.replace('"', '""').replace("%", "%%") + '"' for name in tables)
    connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
    if replaced.last is not None:
        sequence, last_hash = connection.exec_driver_sql(_LAST).one()
        if (sequence, bytes(last_hash).hex()) != (replaced.last.size, replaced.last.hash):
            raise moved_on()
    workers = workers_of(connection) if "event" in tables else ()
    connection.exec_driver_sql(f'ALTER SCHEMA "{place.schema}" RENAME TO "{replaced.aside}"')
    _take_away(connection, replaced.aside, workers)
    return True, workers


def _take_away(connection: Connection, schema: str, workers: Iterable[str]) -> None:
    for user in workers:
        name = user.replace('"', '""').replace("%", "%%")
        connection.exec_driver_sql(f'REVOKE ALL ON SCHEMA "{schema}" FROM "{name}"')


def _was_committed(shared: NewShared, head: Head) -> bool:
    """Ask again after the connection broke during the commit: the lock waits for the lost transaction's end."""
    engine = make_server_engine(shared.database, **_user(shared))
    try:
        with writing(engine) as connection:
            rows = statements_of(connection).ask("SELECT hash FROM event WHERE sequence = ?", head[0])
    except LedgerError as error:
        raise OutcomeUnknown(
            "The connection to the database was lost at the very moment of restoring, so it is not known whether the"
            " log was restored; when the connection is back, run `injection-log verify` before you restore again."
        ) from error
    finally:
        engine.dispose()
    return bool(rows) and bytes(rows[0][0]) == head[1]
