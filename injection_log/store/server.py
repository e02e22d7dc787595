"""The engine for a shared PostgreSQL database: connections that are tried before use, and no call without an end.

Whatever is durable or in order is left to the server; here are only limits. Knows nothing of events.
"""

from __future__ import annotations

import logging
import select
import time
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from injection_log.log_place import SharedDatabase
from injection_log.store.engine import begin

CONNECT_SECONDS = 10
LOCK_SECONDS = 15
STATEMENT_SECONDS = 30
ANSWER_SECONDS = 40.0
"""Longer than the server's own limits: it only ends the waiting for a server that is frozen or gone."""
IDLE_SECONDS = 60.0
_LIMITS = {
    "connect_timeout": str(CONNECT_SECONDS),
    "tcp_user_timeout": "20000",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "application_name": "injection-log",
    "client_encoding": "utf8",
}
_SET_UP = sql.SQL(
    "SET search_path TO {schema}, pg_temp; SET lock_timeout TO {lock}; SET statement_timeout TO {statement};"
    " SET idle_in_transaction_session_timeout TO {statement}; SET bytea_output TO hex;"
    " SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
# psycopg warns of what it gives up when a connection breaks; the error itself says it.
logging.getLogger("psycopg").setLevel(logging.ERROR)


class PatientConnection(psycopg.Connection[Any]):
    """A connection that waits for an answer, but not for ever. `answer_seconds` None: a long work is under way."""

    answer_seconds: float | None = ANSWER_SECONDS

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server. Raises OperationalError, and closes the connection, when it says nothing."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError("the server did not answer in time") from None


def connect(database: SharedDatabase, **instead: str) -> PatientConnection:
    """A new connection to the schema of the log; `instead` replaces parts of the address. Raises psycopg.Error."""
    named = psycopg.conninfo.conninfo_to_dict(database.url)
    parts: dict[str, Any] = {**_left_out(named), **instead}
    connection = PatientConnection.connect(database.url, autocommit=True, **parts)
    try:
        connection.execute(
            _SET_UP.format(
                schema=sql.Identifier(database.schema),
                lock=sql.Literal(f"{LOCK_SECONDS}s"),
                statement=sql.Literal(f"{STATEMENT_SECONDS}s"),
            )
        )
    except BaseException:
        connection.close()
        raise
    return connection


def make_server_engine(database: SharedDatabase, **instead: str) -> Engine:
    """An engine for the log in a shared database; connects when it is first used."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(database, **instead),
        poolclass=QueuePool,
        pool_size=2,
        max_overflow=6,
        pool_timeout=LOCK_SECONDS,
        pool_reset_on_return=None,  # every way of using a connection ends its own transaction
    )
    event.listen(engine, "begin", begin)
    event.listen(engine, "checkout", _try_idle)
    event.listen(engine, "checkin", _note_time)
    return engine


def _left_out(named: Any) -> dict[str, str]:
    return {name: value for name, value in _LIMITS.items() if name not in named}


def _note_time(_: object, entry: ConnectionPoolEntry) -> None:
    entry.info["rested"] = time.monotonic()


def _try_idle(driver: Any, entry: ConnectionPoolEntry, _: object) -> None:
    """Ask a connection that has rested, or on which the server said something, whether it is still there.

    Asking at every act would cost a round trip; a server that ended the connection has said so by then.
    """
    rested = entry.info.get("rested")
    if rested is None:
        return
    try:
        spoken = bool(select.select([driver.fileno()], [], [], 0)[0])
        if spoken or time.monotonic() - rested > IDLE_SECONDS:
            driver.execute("SELECT 1")
    except (psycopg.Error, OSError, ValueError) as error:
        raise DisconnectionError from error
