"""What can go wrong with a shared database, on a real PostgreSQL: one clear error each, and nothing unclear."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from database_server import OWNER, WORKER, Postgres

from injection_log.clock import FixedClock
from injection_log.home_place import PlaceRefused
from injection_log.ledger.errors import (
    DiskFull,
    LedgerBusy,
    LedgerMissing,
    LedgerReadOnly,
    LedgerUnreachable,
    OutcomeUnknown,
)
from injection_log.log_place import SharedDatabase, keep_place, place_of, schema_of_site
from injection_log.store import server as server_module
from injection_log.store.ledger_store import Ledger
from injection_log.store.server import PatientConnection
from injection_log.store.statements import TogetherStatements
from injection_log.verify import verify

from .conftest import Place, SharedPlace

Note = Callable[..., None]


@pytest.fixture
def shared(place: Place, postgres: Postgres) -> SharedPlace:
    return SharedPlace(place.home, place.keys, postgres, postgres.new_schema())


@pytest.fixture
def log(shared: SharedPlace, clock: FixedClock) -> Iterator[Ledger]:
    made = shared.make(clock)
    yield made
    made.close()


@pytest.fixture
def fragile(place: Place, postgres_of_its_own: Postgres) -> SharedPlace:
    """A log on a server that the test may stop."""
    return SharedPlace(place.home, place.keys, postgres_of_its_own, postgres_of_its_own.new_schema())


@pytest.fixture
def as_role(postgres: Postgres) -> Iterator[Callable[[str], None]]:
    """Change the program's database user as the administrator can; put back afterwards."""

    def change(words: str) -> None:
        with postgres.administrator() as connection:
            connection.execute(f"ALTER ROLE {WORKER} {words}")

    yield change
    change("RESET ALL")
    change("CONNECTION LIMIT -1")


def test_the_lock_is_taken_before_the_head_is_read(log: Ledger, shared: SharedPlace, note: Note, as_role) -> None:
    as_role("SET log_statement TO 'all'")
    watched = shared.open()
    start = (shared.server.folder / "server.log").stat().st_size
    note(watched, "a")
    said = (shared.server.folder / "server.log").read_text()[start:]
    watched.close()
    assert said.index("BEGIN ISOLATION") < said.index("pg_advisory_xact_lock") < said.index("FROM event ORDER BY")
    assert said.count("BEGIN") == said.count("; COMMIT\n") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = body",
        "DELETE FROM event",
        "TRUNCATE event",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "DROP TRIGGER event_follows ON event",
        "UPDATE event_place SET kind = 'x'",
        "DELETE FROM credential",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE TABLE mine (n INTEGER)",
    ],
)
def test_the_programs_user_may_only_add(log: Ledger, shared: SharedPlace, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shared.run(statement, WORKER)


@pytest.mark.parametrize("statement", ["TRUNCATE event, current_value", "UPDATE event SET body = body WHERE false"])
def test_not_even_the_owner_changes_events_by_accident(log: Ledger, shared: SharedPlace, statement: str) -> None:
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="never changed"):
        shared.run(statement, OWNER)


def test_a_trigger_that_was_switched_off_stops_the_opening(log: Ledger, shared: SharedPlace) -> None:
    shared.run("ALTER TABLE event DISABLE TRIGGER event_never_updated", OWNER)
    with pytest.raises(Exception, match="event_never_updated was changed"):
        shared.open()
    assert "event_never_updated" in str(verify(shared.home, keys=shared.keys).first_wrong)


def test_a_lock_that_is_held_too_long_is_busy(
    log: Ledger, shared: SharedPlace, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "LOCK_SECONDS", 0.2)
    impatient = shared.open()
    with psycopg.connect(shared.server.url()) as holder:
        holder.execute(f"SET search_path TO {shared.shared.schema}")
        holder.execute("SELECT pg_advisory_xact_lock(1229737799, current_schema()::text::regnamespace::oid::int)")
        with pytest.raises(LedgerBusy, match="wait a moment"):
            note(impatient, "a")
    note(impatient, "a")
    impatient.close()


def test_a_server_that_only_reads_says_so(log: Ledger, shared: SharedPlace, note: Note, as_role) -> None:
    as_role("SET default_transaction_read_only TO on")
    standby = shared.open()
    with pytest.raises(LedgerReadOnly, match="standby, or set to read only"):
        note(standby, "a")
    standby.close()
    assert log.head()[0] == 3


def test_a_right_that_is_missing_is_told(log: Ledger, shared: SharedPlace, note: Note) -> None:
    shared.run(f"REVOKE INSERT ON event FROM {WORKER}")
    with pytest.raises(LedgerReadOnly, match="no right to do this"):
        note(log, "a")
    assert log.values("gland:SMG-07/injection/left") == {}


def test_no_connection_left_is_busy(log: Ledger, shared: SharedPlace, as_role) -> None:
    as_role("CONNECTION LIMIT 0")
    with pytest.raises(LedgerBusy, match="no connection left"):
        shared.open()


def test_a_schema_without_a_log_is_missing_and_none_is_started(shared: SharedPlace) -> None:
    shared.home.make()
    keep_place(shared.home.ledger_folder, shared.shared)
    with pytest.raises(LedgerMissing, match="There is no log in"):
        shared.open()
    with shared.server.administrator() as connection:
        assert connection.execute("SELECT to_regnamespace(%s)", (shared.shared.schema,)).fetchone() == (None,)


def test_commits_wait_for_the_disk_whatever_the_server_was_told(log: Ledger, shared: SharedPlace, as_role) -> None:
    as_role("SET synchronous_commit TO off")
    opened = shared.open()
    connection = opened._engine.raw_connection()
    assert connection.driver_connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    connection.close()
    opened.close()


def test_a_server_that_went_away_loses_nothing_and_work_goes_on_when_it_is_back(
    fragile: SharedPlace, clock: FixedClock, note: Note
) -> None:
    log = fragile.make(clock)
    note(log, "a")
    fragile.server.stop(signal.SIGQUIT)
    with pytest.raises(LedgerUnreachable, match=r"does not answer .* so nothing was saved"):
        note(log, "b", old="a")
    fragile.server.start()
    note(log, "b", old="a")
    assert [event.sequence for event in log.events(after=3)] == [4, 5]
    assert verify(fragile.home, keys=fragile.keys).ok
    log.close()


def test_a_server_that_is_frozen_does_not_hold_the_program(
    log: Ledger, shared: SharedPlace, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = log._engine.raw_connection()
    backend = connection.driver_connection.info.backend_pid
    connection.close()
    monkeypatch.setattr(PatientConnection, "answer_seconds", 0.3)
    os.kill(backend, signal.SIGSTOP)
    try:
        with pytest.raises(LedgerUnreachable, match="does not answer"):
            note(log, "a")
    finally:
        os.kill(backend, signal.SIGCONT)
    monkeypatch.undo()
    note(log, "a")
    assert log.head()[0] == 4


def broken(monkeypatch: pytest.MonkeyPatch, before: Callable[[], None], after: Callable[[], None]) -> None:
    """Let the next commit lose its connection: `before` and `after` happen around what really reaches the server."""
    commit = TogetherStatements.commit

    def lost(self: TogetherStatements) -> None:
        monkeypatch.setattr(TogetherStatements, "commit", commit)
        before()
        commit(self)
        self._driver.pgconn.finish()
        after()
        raise psycopg.OperationalError("consuming input failed")

    monkeypatch.setattr(TogetherStatements, "commit", lost)


def test_an_answer_that_was_lost_after_the_commit_is_found_out(
    log: Ledger, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, lambda: None, lambda: None)
    note(log, "a")
    note(log, "b", old="a")
    assert [event.sequence for event in log.events(after=3)] == [4, 5]


def test_a_connection_that_was_cut_before_the_commit_saved_nothing_and_says_so(
    log: Ledger, shared: SharedPlace, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut() -> None:
        with shared.server.administrator() as connection:
            held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            connection.execute(held)

    broken(monkeypatch, cut, lambda: None)
    with pytest.raises(LedgerUnreachable, match="nothing was saved") as told:
        note(log, "a")
    assert not isinstance(told.value, OutcomeUnknown)
    note(log, "a")
    assert log.head()[0] == 4


def test_a_server_that_dies_at_the_commit_leaves_the_outcome_open_and_says_so(
    fragile: SharedPlace, clock: FixedClock, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = fragile.make(clock)
    broken(monkeypatch, lambda: None, lambda: fragile.server.stop(signal.SIGQUIT))
    with pytest.raises(OutcomeUnknown, match="not known whether this was saved"):
        note(log, "a")
    fragile.server.start()
    assert log.values("gland:SMG-07/injection/left") == {"fact.note": "a"}
    note(log, "b", old="a")
    assert verify(fragile.home, keys=fragile.keys).ok
    log.close()


def test_a_full_disk_of_the_server_is_told_and_work_goes_on_afterwards(
    log: Ledger, shared: SharedPlace, note: Note, tmp_path: Path
) -> None:
    folder = shared.server.folder / "small"
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not mount a small file system")
    try:
        if shared.server.user is not None:
            shutil.chown(folder, shared.server.user)
        with shared.server.administrator() as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
            connection.execute(f"ALTER TABLE {shared.shared.schema}.event SET TABLESPACE small")
        written: list[str | None] = [None]

        def write_on() -> None:
            for number in range(400):
                text = f"{number} {os.urandom(3000).hex()}"
                note(log, text, old=written[-1])
                written.append(text)

        with pytest.raises(DiskFull, match="disk of the database server is full"):
            write_on()
        assert log.values("gland:SMG-07/injection/left") == {"fact.note": written[-1]}
        with shared.server.administrator() as connection:
            connection.execute(f"ALTER TABLE {shared.shared.schema}.event SET TABLESPACE pg_default")
            connection.execute("DROP TABLESPACE small")
        note(log, "goes on", old=written[-1])
    finally:
        subprocess.run(["umount", str(folder)], check=True, timeout=20)


def test_a_password_comes_from_the_password_file_and_a_wrong_one_is_told(
    fragile: SharedPlace, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fragile.make(clock).close()
    server = fragile.server
    with server.administrator() as connection:
        connection.execute(f"ALTER ROLE {WORKER} PASSWORD 'pears'")
        (server.folder / "data" / "pg_hba.conf").write_text(
            f"local all all trust\nhost trial {WORKER} 127.0.0.1/32 scram-sha-256\n"
        )
        connection.execute("SELECT pg_reload_conf()")
    home = tmp_path / "over the network"
    home.mkdir()
    keep_place(home, SharedDatabase(server.url(by_socket=False), fragile.shared.schema))
    words = tmp_path / "pgpass"
    monkeypatch.setenv("PGPASSFILE", str(words))
    for password, fits in (("apples", False), ("pears", True)):
        words.write_text(f"*:*:*:{WORKER}:{password}\n")
        words.chmod(0o600)
        if fits:
            Ledger.open(home, clock=clock, keys=fragile.keys).close()
            continue
        with pytest.raises(LedgerUnreachable, match="did not let this workstation in"):
            Ledger.open(home, clock=clock, keys=fragile.keys)


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:secret@h/d", "postgresql://u@h/d?password=secret", "sqlite:///x", "postgresql://u@h/d'x", "h"],
)
def test_an_address_with_a_password_or_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(PlaceRefused) as refused:
        SharedDatabase(url, "site_01")
    assert "secret" not in str(refused.value)


def test_a_place_is_kept_read_back_and_never_exchanged(tmp_path: Path) -> None:
    one = SharedDatabase("postgresql://u@h/d?sslmode=verify-full", schema_of_site("Rh-01.a"), "/srv/pictures")
    keep_place(tmp_path, one)
    assert place_of(tmp_path) == one
    assert one.schema == "site_rh_01_a"
    with pytest.raises(PlaceRefused, match="another database already"):
        keep_place(tmp_path, SharedDatabase(one.url, "site_02"))
    (tmp_path / "ledger.sqlite3").touch()
    with pytest.raises(PlaceRefused, match="names a shared one"):
        place_of(tmp_path)


def test_pictures_of_a_shared_site_may_lie_in_one_folder_for_all(shared: SharedPlace, tmp_path: Path) -> None:
    shared.home.make()
    own = shared.home.images
    keep_place(shared.home.ledger_folder, SharedDatabase(shared.shared.url, "site_x", str(tmp_path / "share")))
    assert (own, shared.home.images) == (shared.home.root / "images", tmp_path / "share")
