"""Makes the database of a new log, in a file or on a server, whole or not at all, with its first events.

The only module that runs Alembic for a new file. Does not open the log for use.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from sqlalchemy import Connection

from injection_log import __version__
from injection_log.clock import Clock
from injection_log.home import DATABASE
from injection_log.home_place import check_place
from injection_log.identity_hash import identity_key_check
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json
from injection_log.ledger.chain import first_previous
from injection_log.ledger.errors import LedgerExists, NameRefused
from injection_log.ledger.event import Actor, Change, EventDraft
from injection_log.log_place import Names, SharedDatabase
from injection_log.private_files import fresh_file, make_private_folder, name_finished
from injection_log.store.batch import LEDGER, Batch, Seen, Writer, checkpoint_public_key
from injection_log.store.engine import file_url, make_engine, speaking, writing
from injection_log.store.opening import has_log
from injection_log.store.server_rights import grant, make_schema
from injection_log.store.statements import statements_of
from injection_log.store.transaction import write_batch
from injection_log.store.upgrade import upgrade

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def make_database(folder: Path, *, study: str, site: str, clock: Clock, keys: KeyFolder) -> str:
    """Make the log's database and answer its origin, `injection-log/<study>/<site>/<random id>`.

    It is built under another name and gets its own in one step, so that a killed program leaves nothing
    half-made. Raises LedgerExists, NameRefused, KeyStoreFailed, DiskFull, LedgerReadOnly,
    LedgerUnreachable.
    """
    origin = _origin(study, site)
    check_place(folder)
    path = folder / DATABASE
    with speaking():
        make_private_folder(folder)
        if path.exists():
            raise _exists()
        fresh = fresh_file(path)
        try:
            _fill(fresh, Writer(origin, clock, keys, keys.workstation()), study, site)
            if not name_finished(fresh, path):
                raise _exists()
        finally:
            fresh.unlink(missing_ok=True)
    return origin


def make_shared(database: SharedDatabase, owner: str, names: Names, clock: Clock, keys: KeyFolder) -> str:
    """Make the log's schema in a shared database, and answer its origin.

    `owner` is the database user that makes and owns the tables (empty: the user of the address, who can then change
    them); the user of the address gets only the rights that work needs. All in one transaction. Raises LedgerExists,
    NameRefused, KeyStoreFailed, LedgerReadOnly, LedgerUnreachable and other leaves of LedgerError.
    """
    from injection_log.store.server import connect, make_server_engine  # psycopg is needed for a shared log only

    writer = Writer(_origin(names.study, names.site), clock, keys, keys.workstation())
    with speaking(), connect(database) as tried:  # the user that will work can connect, before anything is made
        worker = str(tried.execute("SELECT current_user").fetchall()[0][0])
    engine = make_server_engine(database, **({"user": owner} if owner else {}))
    try:
        with writing(engine) as connection:
            make_schema(connection, database.schema)
            if has_log(connection):
                raise LedgerExists(f"There already is a log in {database.words}; join it, or choose another schema.")
            upgrade(connection)
            _write_first(connection, writer, names.study, names.site)
            grant(connection, database.schema, worker)
    finally:
        engine.dispose()
    return writer.origin


def _origin(study: str, site: str) -> str:
    for what, name in (("study", study), ("site", site)):
        if not _NAME.fullmatch(name):
            raise NameRefused(
                f"The {what} name may have letters A-Z, digits, dots, hyphens and underscores only,"
                " at most 64; choose another one."
            )
    return f"injection-log/{study}/{site}/{secrets.token_hex(8)}"


def _fill(fresh: Path, writer: Writer, study: str, site: str) -> None:
    engine = make_engine(file_url(fresh))
    try:
        with writing(engine) as connection:
            upgrade(connection)
            _write_first(connection, writer, study, site)
    finally:
        engine.dispose()


def _write_first(connection: Connection, writer: Writer, study: str, site: str) -> None:
    first: dict[str, Json] = {
        "origin": writer.origin,
        "study": study,
        "site": site,
        "program": __version__,
        "checkpoint_key": checkpoint_public_key(writer.keys, writer.origin),
        "identity_key_check": identity_key_check(writer.keys.make_identity_key(writer.origin)),
    }
    changes = tuple(Change(name, None, value) for name, value in first.items())
    batch = Batch(Actor("", ""), (EventDraft("LedgerOpened", LEDGER, changes),), protocol="", checkpoint=True)
    write_batch(statements_of(connection), writer, batch, Seen((0, first_previous(writer.origin))))


def _exists() -> LedgerExists:
    return LedgerExists("There already is a log in this folder; open it, or choose another folder for a new one.")
