"""The copy of a log's database for a backup: one moment of it, in one SQLite file, while others write.

From a SQLite home by SQLite's own online copy, in one step, so that a busy site cannot make it begin again for
ever (a writer waits for milliseconds). From PostgreSQL the same rows and bytes are read in one repeatable-read
transaction and written into a new SQLite file. Copies no image and no key, and does not say that a backup is done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, insert, select

from injection_log.home import DATABASE
from injection_log.ledger.event import parse_body, read_changes
from injection_log.log_place import SharedDatabase
from injection_log.private_files import fresh_file, sync_file
from injection_log.store import schema
from injection_log.store.engine import BUSY_SECONDS, file_url, make_engine, reading, speaking, writing
from injection_log.store.snapshot import open_snapshot

_ROWS_AT_ONCE = 1_000
IMAGE_DIGESTS = ("sha256", "other_headers", "conflicts")
"""The fields of an image that name files: the one in use, and those kept beside it under the same identity."""


def copy_file(folder: Path, to: Path) -> None:
    """Copy the SQLite log in `folder` to the new file `to`, owner-only and on the disk. Raises a LedgerError leaf."""
    with speaking():
        fresh = fresh_file(to)
        try:
            source = f"{(folder / DATABASE).absolute().as_uri()}?mode=rw"  # rw: a crashed writer's journal is undone
            with (
                closing(sqlite3.connect(source, uri=True, timeout=BUSY_SECONDS)) as log,
                closing(sqlite3.connect(fresh, isolation_level=None)) as copy,
            ):
                log.backup(copy)
            sync_file(fresh)
            fresh.rename(to)
        finally:
            fresh.unlink(missing_ok=True)


def copy_shared(database: SharedDatabase, to: Path) -> None:
    """Write the rows of a shared log, as of one moment, into the new SQLite file `to`. Raises a LedgerError leaf."""
    from injection_log.store.server import make_server_engine  # psycopg only where it is needed
    from injection_log.store.upgrade import upgrade

    fresh = fresh_file(to)
    source_engine, copy_engine = make_server_engine(database), make_engine(file_url(fresh))
    try:
        with reading(source_engine) as source, writing(copy_engine) as copy:
            upgrade(copy)
            copy_rows(source, copy)
        with speaking():
            sync_file(fresh)
            fresh.rename(to)
    finally:
        source_engine.dispose()
        copy_engine.dispose()
        fresh.unlink(missing_ok=True)


def copy_rows(source: Connection, copy: Connection) -> None:
    """Write every row of a log, in the order of its keys, into the empty tables of another database."""
    for table in (schema.event, schema.event_place, schema.current_value, schema.credential):
        rows = source.execute(select(table).order_by(*table.primary_key.columns))
        for part in rows.mappings().partitions(_ROWS_AT_ONCE):
            copy.execute(insert(table), [dict(row) for row in part])


def named_images(folder: Path) -> tuple[str, ...]:
    """The digests (hex) of every image file that any event of the log in `folder` names, in the order of the log."""
    with speaking(), open_snapshot(folder) as snapshot:
        return tuple(dict.fromkeys(_digests(snapshot.events())))


def last_event(folder: Path) -> tuple[int, str]:
    """Sequence number and hash (hex) of the last event of the log in `folder`."""
    with speaking(), closing(sqlite3.connect(f"{(folder / DATABASE).absolute().as_uri()}?mode=ro", uri=True)) as log:
        sequence, found = log.execute("SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1").fetchone()
        return int(sequence), bytes(found).hex()


def _digests(rows: Iterator[tuple[object, ...]]) -> Iterator[str]:
    for _, body, *_ in rows:
        if isinstance(body, bytes) and b'"subject":"image:' in body:
            for change in read_changes(parse_body(body)):
                if change.field in IMAGE_DIGESTS and change.new is not None:
                    named = change.new if isinstance(change.new, list) else [change.new]
                    yield from map(str, named)
