"""The database engine: how a log file is opened, how a transaction begins, and what its errors mean.

The same transactions hold for a shared database, whose connections `server` makes.

SQLite with journal_mode=DELETE and synchronous=EXTRA (docs/decisions/journal-mode.md), and a real BEGIN
IMMEDIATE before the head is read: sqlite3's own default would read it outside of any transaction, and two
writers would fork the chain. Knows nothing of events.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from injection_log.ledger.errors import (
    DiskFull,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    LedgerReadOnly,
    LedgerRolledBack,
    LedgerUnreachable,
)
from injection_log.store.server_errors import server_leaf

BUSY_SECONDS = 15.0
BEGIN_READING = ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",)
LOCK = "pg_advisory_xact_lock(1229737799, current_schema()::text::regnamespace::oid::int)"
BEGIN_WRITING = (
    # Every statement sees what was committed before it, so that the head is read after the lock was taken.
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    f"SELECT {LOCK}",
)
_WRITES = "injection_log_writes"
_LOCKS_TABLES = "injection_log_locks_tables"
_PRAGMAS = (
    "synchronous=EXTRA",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
)


def file_url(path: Path) -> URL:
    """The URL of an existing SQLite file. Opening it never makes a new file."""
    return make_url("sqlite://").set(
        database=f"file:{quote(str(path.absolute()))}", query={"mode": "rw", "uri": "true"}
    )


def make_engine(url: URL, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine for the log at `url`."""
    engine = create_engine(url, connect_args={"timeout": busy_seconds, "isolation_level": None})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", begin)
    return engine


@contextmanager
def writing(engine: Engine, *, locks_tables: bool = False) -> Iterator[Connection]:
    """One transaction that holds the write lock from its first statement on. Raises a LedgerError leaf.

    `locks_tables`: on a server it locks whole tables itself. With the write lock before them it and a writer that
    waits for that lock would wait for each other.
    """
    with speaking(), engine.connect() as connection:
        marked = connection.execution_options(**{_WRITES: True, _LOCKS_TABLES: locks_tables})
        with marked.begin():
            yield marked


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One short transaction for reading: everything read in it is of one moment. Raises a LedgerError leaf."""
    with speaking(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what the database or the disk says into the leaf of LedgerError that a caller can react to."""
    try:
        yield
    except DBAPIError as error:
        raise _leaf(error.orig) from error
    except sqlite3.Error as error:
        raise _leaf(error) from error
    except OSError as error:
        raise _leaf_of_os(error) from error
    except PoolTimeout as error:
        raise LedgerBusy("The log is busy on this workstation; wait a moment and do it again.") from error
    except Exception as error:
        leaf = server_leaf(error)
        if leaf is None:
            raise
        raise leaf from error


def _set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=DELETE")
    if cursor.fetchone() != ("delete",):
        raise LedgerUnreachable(
            "The log's journal cannot be set to DELETE mode; close other programs that have the log open,"
            " then try again."
        )
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_words(driver: object, *, writes: bool) -> tuple[str, ...]:
    """What begins a transaction of this driver connection; one that writes has the write lock before it reads."""
    if isinstance(driver, sqlite3.Connection):
        return ("BEGIN IMMEDIATE",) if writes else ("BEGIN",)
    return BEGIN_WRITING if writes else BEGIN_READING


def begin(connection: Connection) -> None:
    """Begin the transaction of a connection whose driver begins none by itself."""
    options = connection.get_execution_options()
    driver: Any = connection.connection.driver_connection
    words_of_both = begin_words(driver, writes=options.get(_WRITES, False))
    for words in words_of_both[:1] if options.get(_LOCKS_TABLES, False) else words_of_both:
        driver.execute(words)


def _leaf(error: BaseException | None) -> LedgerError:
    return (server_leaf(error) if error is not None else None) or _leaf_of_file(error)


def _leaf_of_file(error: BaseException | None) -> LedgerError:
    code = getattr(error, "sqlite_errorcode", 0)
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerBusy("Another program held the log too long, so nothing was saved; wait a moment and do it again.")
    if primary == sqlite3.SQLITE_FULL:
        return _disk_full()
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return replaced() if code == sqlite3.SQLITE_READONLY_DBMOVED else _read_only()
    if primary in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_CONSTRAINT,
    ):
        return LedgerDamaged(
            "The log's database is damaged or was changed by another program; nothing was saved: do not go"
            " on with it, keep the file as it is, run `injection-log verify` and restore a backup."
        )
    if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOLFS):
        return _unreachable()
    # What is left are missing tables and columns: not the database this program made.
    return LedgerDamaged(
        "The log's database is not as this program made it; nothing was saved: run `injection-log verify`."
    )


def _leaf_of_os(error: OSError) -> LedgerError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _read_only()
    return _unreachable()


def _disk_full() -> DiskFull:
    return DiskFull("The disk is full, so nothing of this act was saved; free some space and do it again.")


def _read_only() -> LedgerReadOnly:
    return LedgerReadOnly(
        "The log may not be written by this user, so nothing was saved; ask whoever looks after this computer"
        " for the right to write in the home folder."
    )


def replaced() -> LedgerRolledBack:
    """What is said to a program that had the log open while another database took its place."""
    return LedgerRolledBack(
        "The log's database was replaced while the program was open, so nothing was saved; close the program, open"
        " it again, and do it again."
    )


def _unreachable() -> LedgerUnreachable:
    return LedgerUnreachable(
        "The disk could not read or write the log, so nothing was saved; check the disk and its connection,"
        " then do it again."
    )
