"""Opens the database of a log, and checks at the start what can be checked in a moment.

A check that fails stops loudly; nothing is repaired, and a missing log is never replaced by a fresh one.
The thorough look is `injection_log.verify`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from injection_log.high_water import HighWater
from injection_log.home import DATABASE
from injection_log.home_place import check_place
from injection_log.keys import KeyFolder
from injection_log.ledger.chain import first_previous, leaf_hash, link_hash
from injection_log.ledger.errors import (
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
    LedgerRolledBack,
    LedgerVersionUnknown,
    NotCanonical,
)
from injection_log.ledger.event import parse_body, read_changes
from injection_log.log_place import Place, SharedDatabase
from injection_log.store import schema
from injection_log.store.batch import LEDGER, Head
from injection_log.store.engine import file_url, make_engine, reading, speaking
from injection_log.store.revisions import OBJECTS, SERVER_OBJECTS, difference
from injection_log.store.statements import statements_of
from injection_log.store.transaction import ask_values, read_head, read_schema


@dataclass(frozen=True)
class Identity:
    """Which log this is, as its first event binds it."""

    origin: str
    study: str
    site: str


def open_database(place: Place) -> tuple[Engine, Identity, str]:
    """Open the log's file or schema, and read what its first event binds and which revision of the schema it has.

    Raises PlaceRefused, LedgerMissing, LedgerVersionUnknown, LedgerDamaged.
    """
    engine = _engine_of_server(place) if isinstance(place, SharedDatabase) else _engine_of_file(place)
    try:
        with reading(engine) as connection:
            if isinstance(place, SharedDatabase) and not has_log(connection):
                raise LedgerMissing(
                    f"There is no log in {place.words} that this user may read; check the address in the home's"
                    " ledger folder, or ask whoever looks after the server."
                )
            revision = _revision(connection)
            return engine, _identity(connection), revision
    except LedgerError:
        engine.dispose()
        raise


def check_start(engine: Engine, origin: str, keys: KeyFolder) -> Head:
    """Check the file, the head and the high-water mark, and answer the head. Raises LedgerDamaged, LedgerRolledBack."""
    with reading(engine) as connection:
        on_file = connection.dialect.name == "sqlite"
        if on_file and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            raise _damaged("The database file is damaged")
        head = read_head(connection, origin)
        _check_head(connection, origin, head[0])
        mark = keys.high_water(origin)
        if mark is not None:
            _check_extends(connection, mark, head[0])
        incarnation = ask_values(statements_of(connection), LEDGER.key).get("incarnation")
    seen = HighWater(head[0], head[1].hex(), incarnation if isinstance(incarnation, int) else 1)
    keys.raise_high_water(origin, seen, durable=False)
    return head


def has_log(connection: Connection) -> bool:
    """Whether the schema of a shared database has a log that this user may read."""
    found = "SELECT coalesce(has_table_privilege(to_regclass(current_schema() || '.event'), 'SELECT'), false)"
    return bool(connection.exec_driver_sql(found).scalar())


def _engine_of_server(place: SharedDatabase) -> Engine:
    from injection_log.store.server import make_server_engine  # psycopg is needed for a shared log only

    return make_server_engine(place)


def _engine_of_file(folder: Path) -> Engine:
    path = folder / DATABASE
    check_place(folder)
    with speaking():
        if not path.is_file():
            raise LedgerMissing(
                f"There is no log in {folder}; choose the right home folder, restore a backup, or set up a new site."
            )
    return make_engine(file_url(path))


def _revision(connection: Connection) -> str:
    """The revision of the schema, when the schema is what that revision makes."""
    revisions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    known = OBJECTS if connection.dialect.name == "sqlite" else SERVER_OBJECTS
    if len(revisions) != 1 or revisions[0] not in known:
        raise LedgerVersionUnknown(
            "This log was made by another version of the program; install that version or a newer one."
        )
    changed = difference(read_schema(connection), revisions[0], known)
    if changed:
        raise _damaged(f"The log is not as this program made it ({changed})")
    return str(revisions[0])


def _identity(connection: Connection) -> Identity:
    row = connection.execute(select(schema.event).where(schema.event.c.sequence == 1)).one_or_none()
    if row is None or row.body is None:
        raise _damaged("The log has no first event")
    try:
        changes = {change.field: change.new for change in read_changes(parse_body(row.body))}
    except NotCanonical as error:
        raise _damaged("The first event of the log is malformed") from error
    found = Identity(*(str(changes.get(name)) for name in ("origin", "study", "site")))
    if first_previous(found.origin) != row.previous:
        raise _damaged("The first event of the log does not fit the log")
    return found


def _check_head(connection: Connection, origin: str, last: int) -> None:
    table = schema.event
    rows = connection.execute(select(table).where(table.c.sequence >= last - 1).order_by(table.c.sequence)).all()
    row = rows[-1]
    previous = rows[0].hash if len(rows) == 2 else first_previous(origin)
    leaf = row.leaf if row.body is None else leaf_hash(row.salt, row.body)
    if row.leaf != leaf or row.previous != previous or row.hash != link_hash(previous, leaf, last):
        raise _damaged(f"Event {last}, the last of the log, was changed")


def _check_extends(connection: Connection, mark: HighWater, last: int) -> None:
    table = schema.event
    found = connection.execute(select(table.c.hash).where(table.c.sequence == mark.size)).scalar_one_or_none()
    if found is None:
        raise LedgerRolledBack(
            f"This log ends at event {last}, but this workstation has already seen event {mark.size}: it"
            " looks like an"
            " older copy, and nothing was opened; put the newer database back, or let two people restore a backup"
            " with `injection-log restore`."
        )
    if found.hex() != mark.hash:
        raise LedgerRolledBack(
            f"Event {mark.size} of this log is not the one this workstation has seen: it looks like another"
            " copy, and nothing was opened; put the right database back or call the data manager."
        )


def _damaged(what: str) -> LedgerDamaged:
    return LedgerDamaged(
        f"{what}, so it was not opened; keep the file as it is, run `injection-log verify` and restore a backup."
    )
