"""Reads the database of a log as it stands, without SQLAlchemy: what `verify`, backup and export look at.

A file with the standard library alone; a shared database with psycopg, in one read-only transaction. Never writes:
what a crashed writer left half-done in a file is undone in a private copy. Judges nothing.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from operator import methodcaller
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from injection_log.log_place import DATABASE, Place, SharedDatabase, place_of
from injection_log.store.revisions import OBJECTS, SCHEMA_QUERY, Objects, SchemaRow

BUSY_SECONDS = 15.0


class Snapshot(Protocol):
    """The content of one log at one moment. Rows come as the database stores them, whatever their type."""

    def last_sequence(self) -> int:
        """The highest sequence number, 0 in an empty log."""

    def events(self) -> Iterator[tuple[object, ...]]:
        """Sequence, body, salt, leaf, previous, hash of each event in order."""

    def places(self) -> Iterator[tuple[object, ...]]:
        """Sequence, subject, kind, user of each row of the projection for lists."""

    def values(self) -> Iterator[tuple[object, ...]]:
        """Subject, field, value, sequence of each row of the projection."""

    def credentials(self) -> Iterator[tuple[object, ...]]:
        """User, password hash, sealed key of each row of secrets."""

    def schema(self) -> list[SchemaRow]:
        """Every object of the schema."""

    def known_schemas(self) -> Objects:
        """The schemas that this program knows of such a database, by revision."""

    def revisions(self) -> list[str]:
        """What Alembic wrote: one revision in a sound log."""

    def integrity(self) -> str:
        """What the database says of itself: "ok", or its first complaint."""


class FileSnapshot:
    """The content of a SQLite file at one moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def last_sequence(self) -> int:
        """The highest sequence number, 0 in an empty log."""
        found = self._connection.execute("SELECT max(sequence) FROM event").fetchone()[0]
        return found if isinstance(found, int) else 0

    def events(self) -> Iterator[tuple[object, ...]]:
        """Sequence, body, salt, leaf, previous, hash of each event in order."""
        query = "SELECT sequence, body, salt, leaf, previous, hash FROM event ORDER BY sequence"
        return self._connection.execute(query)

    def values(self) -> Iterator[tuple[object, ...]]:
        """Subject, field, value, sequence of each row of the projection."""
        return self._connection.execute("SELECT subject, field, value, sequence FROM current_value")

    def places(self) -> Iterator[tuple[object, ...]]:
        """Sequence, subject, kind, user of each row of the table of where events are."""
        return self._connection.execute('SELECT sequence, subject, kind, "user" FROM event_place')

    def credentials(self) -> Iterator[tuple[object, ...]]:
        """User, password hash, sealed key of each row of secrets."""
        return self._connection.execute('SELECT "user", password_hash, sealed_key FROM credential')

    def schema(self) -> list[SchemaRow]:
        """Every object of the schema."""
        return self._connection.execute(SCHEMA_QUERY).fetchall()

    def known_schemas(self) -> Objects:
        """The schemas that this program knows of a SQLite file, by revision."""
        return OBJECTS

    def revisions(self) -> list[str]:
        """What Alembic wrote: one revision in a sound log."""
        return [str(row[0]) for row in self._connection.execute("SELECT version_num FROM alembic_version")]

    def integrity(self) -> str:
        """What SQLite says of its own file: "ok", or its first complaint.

        Only tables and indexes have pages; of what page a trigger or view says it has, SQLite takes no notice.
        """
        strays = "SELECT name FROM sqlite_schema WHERE type NOT IN ('table', 'index') AND rootpage IS NOT 0"
        stray = self._connection.execute(strays).fetchone()
        if stray is not None:
            return f"{stray[0]} has a page, and can have none"
        return str(self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0])


@contextmanager
def open_snapshot(folder: Path) -> Iterator[Snapshot]:
    """Open the log in `folder`, or the shared one that is named there, for reading, as of one moment.

    Raises sqlite3.Error, OSError; of a shared one a LedgerError leaf.
    """
    with open_place(place_of(folder)) as snapshot:
        yield snapshot


@contextmanager
def open_place(place: Place) -> Iterator[Snapshot]:
    """As `open_snapshot`, of a log whose place is known."""
    if isinstance(place, SharedDatabase):
        from injection_log.store.server_snapshot import open_server_snapshot  # psycopg only where it is needed

        with open_server_snapshot(place) as shared:
            yield shared
        return
    with ExitStack() as undoing:
        connection = _connect(place / DATABASE)
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.OperationalError as error:
            connection.close()
            if not _needs_rollback(error):
                raise
            private = undoing.enter_context(tempfile.TemporaryDirectory(prefix="injection-log-"))
            connection = _connect(_copied(place, Path(private)), mode="rw")
        except sqlite3.Error:
            connection.close()
            raise
        undoing.callback(connection.close)
        connection.execute("BEGIN")
        yield FileSnapshot(connection)


def _connect(path: Path, mode: str = "ro") -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    connection.text_factory = methodcaller("decode", "utf-8", "replace")
    return connection


def _needs_rollback(error: sqlite3.OperationalError) -> bool:
    """Whether a crashed writer left a journal that SQLite would have to play back into the file."""
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def _copied(folder: Path, private: Path) -> Path:
    for name in (DATABASE, f"{DATABASE}-journal"):
        shutil.copyfile(folder / name, private / name)
    return private / DATABASE
