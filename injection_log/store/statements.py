"""SQL as the driver runs it: the statements of one connection, and the three ways a connection is used.

SQLAlchemy keeps the connections and runs the migrations; what is asked at every act goes straight to the driver,
because building and wrapping a statement costs more than running it. Statements are written with `?` for a value,
in the SQL that SQLite and PostgreSQL both know. Knows no table.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
        """Run one statement that gives no rows; in a transaction on a server it may wait for the commit."""


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

    def commit(self) -> None:
        """Commit; when this returns, what was told is on the disk."""
        self._driver.commit()


class ServerStatements:
    """The statements of one psycopg connection, each sent at once."""

    on_file = False

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def ask(self, sql: str, *values: object) -> list[Row]:
        """Run one query and give its rows."""
        rows: list[Row] = self._driver.execute(_server_words(sql), values or None, binary=True).fetchall()
        return rows

    def ask_all(self, questions: Sequence[Question]) -> list[list[Row]]:
        """The rows of several queries."""
        return [self.ask(sql, *values) for sql, values in questions]

    def tell(self, sql: str, *values: object) -> None:
        """Run one statement that gives no rows."""
        self._driver.execute(_server_words(sql), values or None)


class TogetherStatements:
    """The statements of one writing transaction on a server, sent together: two messages for a whole act.

    The first has the begin, the lock and every question; the second has every row and the commit. Each message is one
    text, in which the server runs one statement after the other; psycopg writes the values into it.
    """

    on_file = False

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._waiting: list[Question] = []

    def ask(self, sql: str, *values: object) -> list[Row]:
        """Run one query and give its rows."""
        return self.ask_all([(sql, values)])[0]

    def ask_all(self, questions: Sequence[Question]) -> list[list[Row]]:
        """Send what waits and these queries; the rows of the queries."""
        before, self._waiting = self._waiting, []
        cursor = self._sent([*before, *questions])
        for _ in before:
            cursor.nextset()
        rows = []
        for _ in questions:
            rows.append(cursor.fetchall())
            cursor.nextset()
        return rows

    def tell(self, sql: str, *values: object) -> None:
        """Keep one statement until something is asked, or until the commit."""
        self._waiting.append((sql, values))

    def commit(self) -> None:
        """Send what waits, and the commit."""
        self._sent([*self._waiting, ("COMMIT", ())])
        self._waiting = []

    def _sent(self, statements: Sequence[Question]) -> Any:
        words = "; ".join(_server_words(sql) for sql, _ in statements)
        values = [value for _, values in statements for value in values]
        from psycopg import ClientCursor  # only where there is a server

        return ClientCursor(self._driver).execute(words, values or None)


@contextmanager
def appending(engine: Engine) -> Iterator[Statements]:
    """One transaction that holds the write lock from its first statement on. Raises a LedgerError leaf.

    OutcomeUnknown is the leaf when the connection to a server broke after the commit was sent.
    """
    with speaking(), connection_of(engine) as driver:
        statements = FileStatements(driver) if isinstance(driver, sqlite3.Connection) else TogetherStatements(driver)
        for words in begin_words(driver, writes=True):
            statements.tell(words)
        committing = False
        try:
            yield statements
            committing = True
            statements.commit()
        except BaseException as error:
            if committing and is_lost(error):
                raise outcome_unknown() from error
            if not _is_gone(driver):
                driver.rollback()
            raise


@contextmanager
def asking(engine: Engine) -> Iterator[Statements]:
    """For single queries: each is of one moment, no transaction is held between two. Raises a LedgerError leaf."""
    with speaking(), connection_of(engine) as driver:
        yield _statements(driver)


def statements_of(connection: Connection) -> Statements:
    """The statements of a connection, inside the transaction that it is in."""
    return _statements(connection.connection.driver_connection)


@contextmanager
def connection_of(engine: Engine) -> Iterator[Any]:
    """The driver's connection; one that broke is not used again."""
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


def _statements(driver: object) -> Statements:
    return FileStatements(driver) if isinstance(driver, sqlite3.Connection) else ServerStatements(driver)


@cache
def _server_words(sql: str) -> str:
    return sql.replace("?", "%s")
