"""SQL as the driver runs it: the statements of one connection, and the three ways a connection is used.

SQLAlchemy keeps the connections and runs the migrations; what is asked at every act goes straight to the driver,
because building and wrapping a statement costs more than running it. Statements are written with `?` for a value,
in the SQL that SQLite and PostgreSQL both know. Knows no table.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from injection_log.store.engine import begin_words, speaking
from injection_log.store.server_errors import is_lost, outcome_unknown

Row = tuple[Any, ...]
Question = tuple[str, Sequence[object]]


class Statements(Protocol):
    """What can be asked of and told to one connection. `on_file`: SQLite and not a server."""

    on_file: bool

    def ask(self, sql: str, *values: object) -> list[Row]:
        """Run one query and give its rows."""

    def ask_all(self, questions: Sequence[Question]) -> list[list[Row]]:
        """The rows of several queries, on a server in one round trip."""

    def tell(self, sql: str, *values: object) -> None:
        """Run one statement that gives no rows; on a server it may wait until the transaction ends."""


class FileStatements:
    """The statements of one SQLite connection."""

    on_file = True

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def ask(self, sql: str, *values: object) -> list[Row]:
        """Run one query and give its rows."""
        return self._driver.execute(sql, values).fetchall()

    def ask_all(self, questions: Sequence[Question]) -> list[list[Row]]:
        """The rows of several queries."""
        return [self._driver.execute(sql, values).fetchall() for sql, values in questions]

    def tell(self, sql: str, *values: object) -> None:
        """Run one statement that gives no rows."""
        self._driver.execute(sql, values)


class ServerStatements:
    """The statements of one psycopg connection. `pipelined`: the caller has begun a pipeline that goes on."""

    on_file = False

    def __init__(self, driver: Any, *, pipelined: bool = False) -> None:
        self._driver = driver
        self._pipelined = pipelined

    def ask(self, sql: str, *values: object) -> list[Row]:
        """Run one query and give its rows."""
        rows: list[Row] = self._driver.execute(_server_words(sql), values or None, binary=True).fetchall()
        return rows

    def ask_all(self, questions: Sequence[Question]) -> list[list[Row]]:
        """The rows of several queries: sent together, then read."""
        with nullcontext() if self._pipelined else self._driver.pipeline():
            asked = [
                self._driver.execute(_server_words(sql), values or None, binary=True) for sql, values in questions
            ]
            return [cursor.fetchall() for cursor in asked]

    def tell(self, sql: str, *values: object) -> None:
        """Run one statement; in a pipeline it is sent with the next answer that is read, or with the commit."""
        self._driver.execute(_server_words(sql), values or None)


@contextmanager
def appending(engine: Engine) -> Iterator[Statements]:
    """One transaction that holds the write lock from its first statement on. Raises a LedgerError leaf."""
    with speaking(), _driver(engine) as driver:
        statements = _statements(driver, pipelined=True)
        committing = False
        try:
            with _pipeline(driver):
                for words in begin_words(driver, writes=True):
                    statements.tell(words)
                yield statements
                committing = True
                driver.commit()
        except BaseException as error:
            if committing and is_lost(error):
                raise outcome_unknown() from error
            if not _is_gone(driver):
                driver.rollback()
            raise


@contextmanager
def asking(engine: Engine) -> Iterator[Statements]:
    """For single queries: each is of one moment, no transaction is held between two. Raises a LedgerError leaf."""
    with speaking(), _driver(engine) as driver:
        yield _statements(driver)


def statements_of(connection: Connection) -> Statements:
    """The statements of a connection, inside the transaction that it is in."""
    return _statements(connection.connection.driver_connection)


@contextmanager
def _driver(engine: Engine) -> Iterator[Any]:
    proxied = engine.raw_connection()
    try:
        yield proxied.driver_connection
    finally:
        if _is_gone(proxied.driver_connection):
            proxied.invalidate()
        else:
            proxied.close()


def _is_gone(driver: object) -> bool:
    """Whether a connection to a server is closed or broken; a file is never."""
    return bool(getattr(driver, "closed", False) or getattr(driver, "broken", False))


def _statements(driver: object, *, pipelined: bool = False) -> Statements:
    if isinstance(driver, sqlite3.Connection):
        return FileStatements(driver)
    return ServerStatements(driver, pipelined=pipelined)


def _pipeline(driver: Any) -> AbstractContextManager[object]:
    return nullcontext() if isinstance(driver, sqlite3.Connection) else driver.pipeline()


@cache
def _server_words(sql: str) -> str:
    return sql.replace("?", "%s")
