"""A real PostgreSQL for the tests: its own folder, socket and free port, its own unprivileged user when run as root.

A pytest plugin (tests/conftest.py names it). The server that all tests share does not wait for the disk; the one that
tests stop and kill, and that of the benchmark, does (`durable`). They are ended by process when the tests end.
"""
from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from peers import free_port

from injection_log.log_place import SharedDatabase

OWNER, WORKER, DATABASE = "injlog_owner", "injlog", "trial"
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
max_connections = 60
shared_buffers = 64MB
"""
START_SECONDS = 60.0
"""Long: a server that comes back from a crash reads its log first, and the machine may be busy."""
PORTS_TRIED = 5


class NotStarted(RuntimeError):
    """The server ended before it answered; the text is its own log."""


@dataclass
class Postgres:
    """A running server: where it is, how to be its administrator, and how to stop and start it."""

    folder: Path
    port: int
    user: str | None
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, user: str = WORKER, *, by_socket: bool = True, database: str = DATABASE) -> str:
        """The address for a user, without a password."""
        host = f"?host={self.folder}" if by_socket else ""
        return f"postgresql://{user}@{'' if by_socket else '127.0.0.1'}:{self.port}/{database}{host}"

    def new_schema(self, user: str = WORKER) -> SharedDatabase:
        """The place of a log that is not there yet."""
        return SharedDatabase(self.url(user), f"site_{next(self._numbers)}")

    def administrator(self, database: str = DATABASE) -> psycopg.Connection:
        """A connection of the database administrator, each statement its own transaction."""
        return psycopg.connect(self.url("postgres", database=database), autocommit=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, user=self.user, cwd=self.folder)
        log.close()
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                self.administrator("postgres").close()
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    self.process = None
                    raise NotStarted((self.folder / "server.log").read_text()) from None
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"PostgreSQL did not start within {START_SECONDS:g} seconds")

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT at once and in order, SIGQUIT as in a crash."""
        if self.process is not None:
            self.process.send_signal(by)
            self.process.wait(30)
            self.process = None


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps them away from the PATH."""
    found = shutil.which(name) or next(iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))), None)
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    return found


def start_postgres(*, durable: bool = True) -> Postgres:
    """A new server with the two users and the database of docs/shared-database.md; the caller ends it.

    Not `durable`: what it says is on the disk may not be, for tests that lose no power and kill no server.
    """
    user = _unprivileged() if os.name == "posix" and os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="injection-log-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    made = [program("initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-instructions", "--no-sync"]
    subprocess.run(made, check=True, capture_output=True, user=user, cwd=folder, timeout=120)
    server = Postgres(folder, free_port(), user)
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write(SETTINGS.format(folder=folder))
        file.write("" if durable else "fsync = off\nfull_page_writes = off\n")
    try:
        _start_on_a_free_port(server)
        with server.administrator("postgres") as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN")
            connection.execute(f"CREATE ROLE {WORKER} LOGIN")
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    except BaseException:
        end_postgres(server)
        raise
    return server


def _start_on_a_free_port(server: Postgres) -> None:
    """Between the look for a free port and the server's own bind another test run may have taken it: look again."""
    for last in (*[False] * (PORTS_TRIED - 1), True):
        try:
            server.start()
        except NotStarted:
            if last:
                raise
            server.port = free_port()
        else:
            return


def end_postgres(server: Postgres) -> None:
    """Stop a server and remove its folder."""
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests; each takes a schema of its own in it."""
    server = start_postgres(durable=False)
    yield server
    end_postgres(server)


@pytest.fixture(scope="session")
def _second_postgres() -> Iterator[Postgres]:
    server = start_postgres()
    yield server
    end_postgres(server)


@pytest.fixture
def postgres_of_its_own(_second_postgres: Postgres) -> Iterator[Postgres]:
    """A server that a test may stop: no other test uses it meanwhile, and the next finds it running."""
    yield _second_postgres
    if _second_postgres.process is None:
        _second_postgres.start()


def _unprivileged() -> str:
    """PostgreSQL refuses to run as root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)
