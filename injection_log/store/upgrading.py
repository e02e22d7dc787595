"""Brings an old log up to this program's schema when it is opened: a verified copy first, then one transaction.

A kill at any moment leaves the old schema or the new one, and a copy that is whole or has no name yet. Does not
decide whether a log is fit to be upgraded: `opening` has checked schema, head and high-water mark before.
"""

from __future__ import annotations

import sqlite3
from hashlib import file_digest
from pathlib import Path

from sqlalchemy import Connection, Engine

from injection_log.home import DATABASE
from injection_log.ledger.chain import first_previous, leaf_hash, link_hash
from injection_log.ledger.errors import LedgerDamaged, LedgerVersionUnknown
from injection_log.ledger.event import Actor, Change, EventDraft, Json
from injection_log.log_place import Place, SharedDatabase
from injection_log.private_files import fresh_file, name_finished, sync_file
from injection_log.store.batch import LEDGER, Batch, Head, Seen, Writer
from injection_log.store.engine import speaking, writing
from injection_log.store.revisions import HEAD
from injection_log.store.server_rights import grant_again
from injection_log.store.statements import asking, statements_of
from injection_log.store.transaction import ask_values, write_batch
from injection_log.store.upgrade import upgrade


def upgrade_log(place: Place, engine: Engine, writer: Writer, head: Head) -> Head:
    """Upgrade an open log to HEAD and write `SchemaUpgraded`; answer the new head.

    A shared log is upgraded when its owner opens it; the copy of that is a backup that its owner makes before.

    Raises LedgerDamaged when the copy does not verify, DiskFull and other leaves of LedgerError; then the log is as
    it was.
    """
    if isinstance(place, SharedDatabase) and not _may_upgrade(engine):
        raise LedgerVersionUnknown(
            "This shared log is of an older version; whoever owns its tables has to bring it up first, with"
            " `injection-log upgrade-shared`."
        )
    with writing(engine) as connection:  # the lock is held from before the copy on: nothing can come between
        before = _revision(connection)
        if before == HEAD:  # another program was quicker
            return head
        kept: dict[str, Json] = {} if isinstance(place, SharedDatabase) else _keep_copy(place, writer.origin, before)
        upgrade(connection)
        if isinstance(place, SharedDatabase):
            grant_again(connection, place.schema)
        return _record(connection, writer, {"from": before, "to": HEAD, **kept}, head)


def _may_upgrade(engine: Engine) -> bool:
    with asking(engine) as statements:
        owner = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'event'::regclass"
        return bool(statements.ask(owner)[0][0])


def _record(connection: Connection, writer: Writer, done: dict[str, Json], head: Head) -> Head:
    statements = statements_of(connection)
    known = ask_values(statements, LEDGER.key).get("schema")
    draft = EventDraft("SchemaUpgraded", LEDGER, (Change("schema", known, done),))
    # The checkpoint binds the hash of the new schema.
    return write_batch(statements, writer, Batch(Actor("", ""), (draft,), "", checkpoint=True), Seen(head))[1].head


def _revision(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def _keep_copy(folder: Path, origin: str, revision: str) -> dict[str, Json]:
    """Copy the database beside itself, verify the copy, make it durable; its name and SHA-256."""
    with speaking():
        fresh = fresh_file(folder / f"ledger-{revision}.sqlite3")
        try:
            _copy(folder / DATABASE, fresh)
            _verify(fresh, origin)
            sync_file(fresh)
            with fresh.open("rb") as file:
                sha256 = file_digest(file, "sha256").hexdigest()
            path = folder / f"ledger-{revision}-{sha256[:8]}.sqlite3"
            name_finished(fresh, path)  # a copy of that name is this very copy: the name has its digest
        finally:
            fresh.unlink(missing_ok=True)
    return {"copy": path.name, "copy_sha256": sha256}


def _copy(database: Path, fresh: Path) -> None:
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    target = sqlite3.connect(fresh, isolation_level=None)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()


def _verify(path: Path, origin: str) -> None:
    """Hash every event of the copy again. Raises LedgerDamaged."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
        rows = connection.execute("SELECT sequence, body, salt, leaf, previous, hash FROM event ORDER BY sequence")
        previous = first_previous(origin)
        for number, row in enumerate(rows, start=1):
            leaf = row[3] if row[1] is None else leaf_hash(row[2], row[1])
            sound = sound and row[:1] + row[3:] == (number, leaf, previous, link_hash(previous, leaf, number))
            previous = row[5]
    finally:
        connection.close()
    if not sound:
        raise LedgerDamaged(
            "The copy that is kept before this log is upgraded does not verify, so nothing was changed; run"
            " `injection-log verify` with the version that made it, and call the data manager."
        )
