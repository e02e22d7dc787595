"""Every released schema is kept as a small database here and brought up to this program's: wholly, or not at all.

`released/ledger-0001.sqlite3.gz` was made by the program as it was at commit 744c387, with a signed gland in it.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from database_server import OWNER, Postgres

from injection_log.clock import FixedClock
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerDamaged, LedgerVersionUnknown
from injection_log.log_place import SharedDatabase, keep_place
from injection_log.people.accounts import prove
from injection_log.store.engine import writing
from injection_log.store.joining import upgrade_shared
from injection_log.store.revisions import HEAD
from injection_log.store.server import connect, make_server_engine
from injection_log.store.server_rights import make_schema
from injection_log.store.upgrade import upgrade
from injection_log.verify import verify

from .conftest import PASSWORD, Place

RELEASED = Path(__file__).parent / "released"
EVENTS = 8
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")


@pytest.fixture
def old(place: Place) -> Place:
    """The log of revision 0001 in a home."""
    place.home.make()
    place.database.write_bytes(gzip.decompress((RELEASED / "ledger-0001.sqlite3.gz").read_bytes()))
    return place


def revision(database: Path) -> str:
    connection = sqlite3.connect(database)
    found: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    connection.close()
    return found


def bodies(database: Path) -> list[bytes]:
    connection = sqlite3.connect(database)
    rows = connection.execute(f"SELECT body FROM event WHERE sequence <= {EVENTS} ORDER BY sequence").fetchall()
    connection.close()
    return [row[0] for row in rows]


def kept_copies(place: Place) -> list[Path]:
    return sorted(place.home.ledger_folder.glob("ledger-*.sqlite3"))


def test_an_old_log_is_upgraded_at_its_opening_and_an_event_says_so(old: Place) -> None:
    before = bodies(old.database)
    log = old.open()
    upgraded = next(event for event in log.events(after=EVENTS) if event.kind == "SchemaUpgraded")
    (change,) = upgraded.changes
    assert (change.new["from"], change.new["to"], revision(old.database)) == ("0001", HEAD, HEAD)
    assert bodies(old.database) == before
    assert [event.sequence for event in log.events_of("gland:SMG-07/")] == [6, 7]
    report = verify(old.home, keys=old.keys)
    assert report.ok, report.first_wrong
    log.close()


def test_the_signature_of_an_old_log_still_holds_and_its_person_still_signs(old: Place) -> None:
    log = old.open()
    assert log.values("gland:SMG-07/injection/left")["state"] == "signed"
    assert prove(log, "amina", PASSWORD, log.clock, "p1") is not None
    log.close()


def test_a_copy_of_the_old_log_is_kept_and_is_what_the_event_names(old: Place) -> None:
    before = bodies(old.database)
    log = old.open()
    new = log.values("ledger:")["schema"]
    (copy,) = kept_copies(old)
    assert (copy.name, revision(copy), bodies(copy)) == (new["copy"], "0001", before)
    assert copy.stat().st_mode & 0o077 == 0
    log.close()
    old.open().close()
    assert kept_copies(old) == [copy]


def test_an_old_log_that_was_changed_is_not_upgraded(old: Place) -> None:
    changed = "CAST(replace(CAST(body AS TEXT), 'smooth', 'rough') AS BLOB)"
    old.tamper(f"UPDATE event SET body = {changed} WHERE sequence = 6")
    with pytest.raises(LedgerDamaged, match="does not verify, so nothing was changed"):
        old.open()
    assert (revision(old.database), kept_copies(old)) == ("0001", [])


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from injection_log.clock import SystemClock
from injection_log.keys import KeyFolder
from injection_log.store import upgrading
from injection_log.store.ledger_store import Ledger
folder, keys, at = Path(sys.argv[1]), KeyFolder(Path(sys.argv[2])), int(sys.argv[3])
seen = []
def count(sql):
    seen.append(sql)
    if len(seen) == at:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "connect", lambda connection, _: connection.set_trace_callback(count))
child = os.fork()
if child == 0:
    Ledger.open(folder, clock=SystemClock(), keys=keys).close()
    os._exit(0)
print(os.waitpid(child, 0)[1])
"""


@posix_only
@pytest.mark.parametrize("at", [*range(9, 60, 5), 1_000])
def test_an_upgrade_that_is_killed_at_a_statement_leaves_the_old_log_or_the_new_one(old: Place, at: int) -> None:
    killed_at(old, at)


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("at", range(1, 75))
def test_soak_an_upgrade_that_is_killed_at_any_statement_leaves_the_old_log_or_the_new_one(old: Place, at: int) -> None:
    killed_at(old, at)


def killed_at(old: Place, at: int) -> None:
    before = bodies(old.database)
    command = [sys.executable, "-c", KILLED, str(old.home.ledger_folder), str(old.keys.root), str(at)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout in ("9\n", "0\n"), done.stderr
    assert bodies(old.database) == before
    assert revision(old.database) in ("0001", HEAD)
    if done.stdout == "0\n":
        assert revision(old.database) == HEAD
    log = old.open()
    assert [event.kind for event in log.events(after=EVENTS)].count("SchemaUpgraded") == 1
    report = verify(old.home, keys=old.keys)
    assert report.ok, report.first_wrong
    log.close()


@pytest.fixture
def old_shared(postgres: Postgres, old: Place, tmp_path: Path) -> tuple[Home, SharedDatabase]:
    """The same old log, the same rows and bytes, in a schema of PostgreSQL."""
    shared = postgres.new_schema()
    engine = make_server_engine(shared, user=OWNER)
    with writing(engine) as connection:
        make_schema(connection, shared.schema)
        upgrade(connection, "0001")
        source = sqlite3.connect(old.database)
        for table in ("event", "current_value", "credential"):
            for row in source.execute(f"SELECT * FROM {table}"):
                connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)
        source.close()
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {shared.schema} TO injlog")
        connection.exec_driver_sql(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {shared.schema} TO injlog")
        connection.exec_driver_sql("GRANT UPDATE, DELETE ON current_value TO injlog")
    engine.dispose()
    home = Home(tmp_path / "shared").make()
    keep_place(home.ledger_folder, shared)
    return home, shared


def test_an_old_shared_log_waits_for_its_owner_to_upgrade_it(
    old_shared: tuple[Home, SharedDatabase], clock: FixedClock, place: Place
) -> None:
    home, _ = old_shared
    here = Place(home, place.keys)
    with pytest.raises(LedgerVersionUnknown, match="injection-log upgrade-shared"):
        here.open()
    assert upgrade_shared(home, OWNER, clock, place.keys) == HEAD
    log = here.open()
    assert [event.sequence for event in log.events_of("gland:SMG-07/")] == [6, 7]
    log.append(log_actor(), [], protocol="p1", checkpoint=True)
    report = verify(home, keys=place.keys)
    assert report.ok, report.first_wrong
    log.close()


@pytest.mark.parametrize("at", [1, 3, 5, 7, 9, 11])
def test_an_upgrade_of_a_shared_log_that_loses_its_server_process_leaves_the_old_one(
    old_shared: tuple[Home, SharedDatabase], clock: FixedClock, place: Place, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    home, shared = old_shared
    dying(monkeypatch, at)
    with pytest.raises(Exception, match="does not answer"):
        upgrade_shared(home, OWNER, clock, place.keys)
    monkeypatch.undo()
    with connect(shared) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert connection.execute("SELECT to_regclass('event_place')").fetchone() == (None,)
    assert upgrade_shared(home, OWNER, clock, place.keys) == HEAD
    assert verify(home, keys=KeyFolder(place.keys.root)).ok


def dying(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Let the server end its own process for the connection that upgrades, at the n-th statement of the upgrade."""
    from injection_log.store import upgrading

    def upgrade_and_die(connection: object) -> None:
        from sqlalchemy import event

        said: list[str] = []

        def count(_: object, cursor: object, statement: str, *__: object) -> None:
            said.append(statement)
            if len(said) == at:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        event.listen(connection, "before_cursor_execute", count)
        upgrade(connection)
        cursor = connection.connection.cursor()
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(upgrading, "upgrade", upgrade_and_die)


def log_actor() -> object:
    from injection_log.ledger.event import Actor

    return Actor("", "")
