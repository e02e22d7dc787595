"""The content of a shared log at one moment: one read-only, repeatable-read transaction on PostgreSQL.

Many rows come in pieces through a cursor of the server, so that a million events need no memory. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from injection_log.ledger.errors import LedgerMissing
from injection_log.log_place import SharedDatabase
from injection_log.store.revisions import SERVER_OBJECTS, SERVER_SCHEMA_QUERY, Objects, SchemaRow
from injection_log.store.server import PatientConnection, connect
from injection_log.store.server_errors import server_leaf

ROWS_AT_ONCE = 5_000
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TABLE = "SELECT to_regclass(current_schema() || '.event') IS NOT NULL"
_INVALID = (
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE c.relnamespace = current_schema()::text::regnamespace AND NOT (i.indisvalid AND i.indisready) LIMIT 1"
)


class ServerSnapshot:
    """The content of a shared log at one moment."""

    def __init__(self, connection: PatientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)

    def last_sequence(self) -> int:
        """The highest sequence number, 0 in an empty log."""
        found = self._rows("SELECT max(sequence) FROM event")[0][0]
        return found if isinstance(found, int) else 0

    def events(self) -> Iterator[tuple[object, ...]]:
        """Sequence, body, salt, leaf, previous, hash of each event in order."""
        return self._many("SELECT sequence, body, salt, leaf, previous, hash FROM event ORDER BY sequence")

    def places(self) -> Iterator[tuple[object, ...]]:
        """Sequence, subject, kind, user of each row of the table of where events are."""
        return self._many('SELECT sequence, subject, kind, "user" FROM event_place')

    def values(self) -> Iterator[tuple[object, ...]]:
        """Subject, field, value, sequence of each row of the projection."""
        return self._many("SELECT subject, field, value, sequence FROM current_value")

    def credentials(self) -> Iterator[tuple[object, ...]]:
        """User, password hash, sealed key of each row of secrets."""
        return iter(self._rows('SELECT "user", password_hash, sealed_key FROM credential'))

    def schema(self) -> list[SchemaRow]:
        """Every object of the schema."""
        return [(str(row[0]), str(row[1]), str(row[2]), str(row[3])) for row in self._rows(SERVER_SCHEMA_QUERY)]

    def known_schemas(self) -> Objects:
        """The schemas that this program knows of a shared database, by revision."""
        return SERVER_OBJECTS

    def revisions(self) -> list[str]:
        """What Alembic wrote: one revision in a sound log."""
        return [str(row[0]) for row in self._rows("SELECT version_num FROM alembic_version")]

    def integrity(self) -> str:
        """ "ok", or the first index that the server itself calls unusable."""
        invalid = self._rows(_INVALID)
        return f"the index {invalid[0][0]} is not usable" if invalid else "ok"

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(query, binary=True).fetchall()

    def _many(self, query: str) -> Iterator[tuple[object, ...]]:
        with self._connection.cursor(f"rows_{next(self._numbers)}", binary=True) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield from rows


@contextmanager
def open_server_snapshot(database: SharedDatabase) -> Iterator[ServerSnapshot]:
    """Open the shared log for reading, as of one moment. Raises a LedgerError leaf."""
    try:
        connection = connect(database)
        try:
            # A long verification may stand still between two pieces; the server must not take that for a fault.
            connection.execute("SET idle_in_transaction_session_timeout TO 0")
            connection.execute(_BEGIN)
            if not connection.execute(_TABLE).fetchall()[0][0]:
                raise LedgerMissing(f"There is no log in {database.words}; check the address in the home.")
            yield ServerSnapshot(connection)
        finally:
            connection.close()
    except Exception as error:
        leaf = server_leaf(error)
        if leaf is None:
            raise
        raise leaf from error
