"""The commands of docs/shared-database.md, on a real PostgreSQL: set up, join, back up, put back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from database_server import DATABASE, OWNER, Postgres, program
from typer.testing import CliRunner

from injection_log.cli import assemble
from injection_log.clock import FixedClock
from injection_log.home import Home
from injection_log.ledger.errors import LedgerRolledBack
from injection_log.verify import verify

from .conftest import PASSWORD, Place, SharedPlace

PROTOCOL = Path(__file__).parents[3] / "injection_log" / "protocol" / "practice.toml"


def said(*words: str) -> str:
    done = CliRunner().invoke(assemble(), list(words), input=f"{PASSWORD}\n")
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


@pytest.fixture
def schema(postgres: Postgres) -> str:
    return postgres.new_schema().schema


@pytest.fixture
def first(postgres: Postgres, schema: str, tmp_path: Path) -> Home:
    """The first workstation of a site in a shared database, set up by command."""
    said(
        "setup", "--protocol", str(PROTOCOL), "--site", "01", "--schema", schema, "--admin", "ada", "--name", "Ada",
        "--database", postgres.url(), "--database-owner", OWNER, "--home", str(tmp_path / "first"), "--password-stdin",
    )
    return Home(tmp_path / "first")


def test_a_second_workstation_joins_works_and_sees_what_the_first_did(
    first: Home, postgres: Postgres, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys of the second"))
    second = str(tmp_path / "second")
    joined = said("join", "--database", postgres.url(), "--schema", schema, "--home", second)
    assert "injection-log/PRACTICE-SMG/01/" in joined
    assert "ada" in said("users", "list", "--user", "ada", "--home", second, "--password-stdin")
    assert "The log holds" in said("verify", "--home", second)
    assert verify(first).ok


def test_no_password_is_ever_in_the_home(first: Home) -> None:
    place = (first.ledger_folder / "database.toml").read_text()
    assert set(line.split(" = ")[0] for line in place.splitlines()) == {"url", "schema"}
    assert (first.ledger_folder / "database.toml").stat().st_mode & 0o077 == 0


def test_a_dump_is_put_back_whole_and_an_older_one_is_refused(
    postgres: Postgres, place: Place, clock: FixedClock, note, tmp_path: Path
) -> None:
    shared = SharedPlace(place.home, place.keys, postgres, postgres.new_schema())
    log = shared.make(clock)
    dump, schema = tmp_path / "site.dump", shared.shared.schema
    command = [program("pg_dump"), "-Fc", "-n", schema, "-d", postgres.url(OWNER), "-f", str(dump)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    put_back = [program("pg_restore"), "-d", postgres.url("postgres", database=DATABASE), str(dump)]
    drop(postgres, schema, log)
    subprocess.run(put_back, check=True, capture_output=True, timeout=60)
    report = verify(shared.home, keys=shared.keys)
    assert report.ok, report.first_wrong
    log = shared.open()
    note(log, "after the dump")
    drop(postgres, schema, log)
    subprocess.run(put_back, check=True, capture_output=True, timeout=60)
    with pytest.raises(LedgerRolledBack, match="already seen event 4"):
        shared.open()


def drop(postgres: Postgres, schema: str, log: object) -> None:
    log.close()
    with postgres.administrator() as connection:
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
