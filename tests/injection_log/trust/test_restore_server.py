"""A backup of a shared log and its restore into a real PostgreSQL: one transaction of the owner, the old schema kept
aside, and nobody who had the old log open writes into the new one.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_server import OWNER, Postgres
from kept_site import Kept, kept_site, password, proof
from killed_restores import killed_restores
from typer.testing import CliRunner

from injection_log.acts.backups import Backup, make_backup
from injection_log.acts.restoring import Asked, RestoredHere, restore_backup
from injection_log.backup_folder import check_backup, finished_backups
from injection_log.cli import assemble
from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import (
    ChangedMeanwhile,
    LedgerBusy,
    LedgerError,
    LedgerReadOnly,
    LedgerRolledBack,
    OutcomeUnknown,
)
from injection_log.log_place import NewShared, SharedDatabase, keep_place, place_of
from injection_log.people.errors import WrongPassword
from injection_log.people.two_people import Proof2
from injection_log.site import Site
from injection_log.store import restore_server
from injection_log.verify import verify

WHY = "the disk of the server broke"


@pytest.fixture
def kept(postgres: Postgres, tmp_path: Path) -> Iterator[Kept]:
    """A site whose log is in a schema that its owner made."""
    made = kept_site(tmp_path, NewShared(postgres.new_schema(), OWNER))
    yield made
    made.site.ledger.close()


@pytest.fixture
def backup(kept: Kept, tmp_path: Path) -> Backup:
    return make_backup(kept.session("dagny"), tmp_path / "out")


def shared(kept: Kept) -> SharedDatabase:
    place = place_of(kept.home.ledger_folder)
    assert isinstance(place, SharedDatabase)
    return place


def restore(kept: Kept, backup: Backup, home: Home | None = None, **asked: object) -> RestoredHere:
    """As the principal investigator and the data manager do it, with the password of the owner at hand."""
    if "shared" not in asked:
        asked["shared"] = NewShared(shared(kept), OWNER)
    wish = {"backup": backup.folder, "first": proof("pia"), "second": proof("dagny"), "why": WHY} | asked
    return restore_backup(home or kept.home, Asked(**wish), clock=kept.site.clock, keys=kept.site.keys)


def test_the_commands_back_a_shared_log_up_and_restore_it(kept: Kept, tmp_path: Path) -> None:
    home, out = ["--home", str(kept.home.root), "--password-stdin"], tmp_path / "out"
    asked = ["backup", "--out", str(out), "--user", "dagny", *home]
    made = CliRunner().invoke(assemble(), asked, f"{password('dagny')}\n")
    assert made.exit_code == 0, made.output
    kept.note("lost")
    (folder,) = finished_backups(out)
    asked = ["restore", str(folder), "--user", "pia", "--second", "dagny", "--why", WHY, "--database-owner", OWNER]
    done = CliRunner().invoke(assemble(), [*asked, *home], f"{password('pia')}\n{password('dagny')}\n")
    assert done.exit_code == 0, done.output
    assert "3 events are lost" in done.output  # the backup's own event and its checkpoint, and the note
    assert f"{shared(kept).schema}_replaced_" in done.output
    kept.reopen()
    assert kept.site.ledger.values("gland:SMG-07/injection/left") == {"fact.note": "smooth"}


def test_a_restored_shared_log_verifies_says_it_and_goes_on_with_the_rights_it_had(
    kept: Kept, backup: Backup, postgres: Postgres
) -> None:
    kept.note("lost")
    done = restore(kept, backup)
    report = verify(kept.home, keys=kept.site.keys)
    assert report.ok, report.first_wrong
    assert "was restored" in " ".join(report.not_covered)
    kept.reopen()
    kept.note("new work")
    assert kept.site.ledger.values("ledger:")["incarnation"] == done.incarnation == 2
    with postgres.administrator() as connection:
        asked = "SELECT has_table_privilege('injlog', %s, name) FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) name"
        rights = connection.execute(asked, (f"{shared(kept).schema}.event",)).fetchall()
    assert rights == [(True,), (False,), (False,)]


def test_the_replaced_schema_is_kept_whole_and_nobody_works_in_it(
    kept: Kept, backup: Backup, postgres: Postgres, tmp_path: Path
) -> None:
    last = kept.note("lost")
    done = restore(kept, backup)
    old = Home(tmp_path / "old").make()
    keep_place(old.ledger_folder, SharedDatabase(postgres.url(OWNER), str(done.aside)))
    shutil.copytree(kept.home.images, old.images, dirs_exist_ok=True)
    report = verify(old, keys=KeyFolder(tmp_path / "none"))
    assert (report.ok, report.events) == (True, last), report.first_wrong
    with postgres.administrator() as connection:
        asked = "SELECT has_schema_privilege('injlog', %s, 'USAGE')"
        assert connection.execute(asked, (str(done.aside),)).fetchone() == (False,)


def test_a_program_that_had_the_old_log_open_can_write_to_neither(kept: Kept, backup: Backup) -> None:
    stale = Kept(kept.home, Site.open(kept.home, kept.site.clock))
    kept.note("lost")
    stale.note("lost too")
    restore(kept, backup)
    with pytest.raises(LedgerRolledBack):
        stale.note("into the void")
    kept.reopen()
    for number in range(9):  # the restored log is longer now than what the stale program knows
        kept.note(f"new work {number}")
    with pytest.raises(LedgerRolledBack, match="was replaced while the program was open"):
        stale.note("into the void")
    stale.reopen()  # as the message says
    stale.note("and goes on")
    stale.site.ledger.close()
    assert verify(kept.home, keys=kept.site.keys).ok


def test_a_restore_into_an_empty_database_brings_a_lost_server_back(
    kept: Kept, backup: Backup, postgres: Postgres, tmp_path: Path
) -> None:
    lost = kept.note("lost")
    kept.site.ledger.close()
    with postgres.administrator() as connection:
        connection.execute(f"DROP SCHEMA {shared(kept).schema} CASCADE")
    home = Home(tmp_path / "new")
    done = restore(kept, backup, home)
    assert (done.aside, done.loss.seen_sequence) == (None, lost)  # the high-water mark knows
    assert verify(home, keys=kept.site.keys).ok
    Site.open(home, kept.site.clock, kept.site.keys).ledger.close()


def test_a_backup_of_a_file_is_restored_into_a_shared_database(postgres: Postgres, tmp_path: Path) -> None:
    alone = kept_site(tmp_path)
    backup = make_backup(alone.session("dagny"), tmp_path / "out")
    alone.site.ledger.close()
    home = Home(tmp_path / "shared")
    restore(alone, backup, home, shared=NewShared(postgres.new_schema(), OWNER))
    report = verify(home, keys=alone.site.keys)
    assert report.ok, report.first_wrong


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        ({"second": proof("pia")}, Refused, "another one"),
        ({"first": proof("dagny"), "second": proof("amina")}, Refused, "one principal investigator"),
        ({"first": Proof2("pia", "not it")}, WrongPassword, "wrong"),
        ({"shared": None}, LedgerReadOnly, "--database-owner"),
    ],
)
def test_what_was_not_agreed_or_may_not_be_done_changes_nothing(
    kept: Kept, backup: Backup, asked: dict[str, object], kind: type[Exception], words: str
) -> None:
    head = kept.site.ledger.head()
    with pytest.raises(kind, match=words):
        restore(kept, backup, **asked)
    assert kept.site.ledger.head() == head
    assert kept.note("goes on") > head[0]


def test_a_refused_restore_into_a_new_home_leaves_it_without_a_log(
    kept: Kept, backup: Backup, postgres: Postgres, tmp_path: Path
) -> None:
    home = Home(tmp_path / "new")
    with pytest.raises(WrongPassword):
        restore(kept, backup, home, first=Proof2("pia", "not it"),
                shared=NewShared(postgres.new_schema(), OWNER))
    assert not home.has_ledger()


def test_what_somebody_wrote_after_two_people_looked_is_not_thrown_away(
    kept: Kept, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    from injection_log.acts import restoring

    agree = restoring._agree
    monkeypatch.setattr(restoring, "_agree", lambda *given: (kept.note("at the last moment"), agree(*given))[1])
    with pytest.raises(LedgerBusy, match="wrote to the log after"):
        restore(kept, backup)
    assert kept.site.ledger.values("gland:SMG-07/injection/left") == {"fact.note": "at the last moment"}


@pytest.mark.parametrize("committed", [True, False])
def test_a_connection_that_breaks_at_the_commit_is_asked_about_again(
    kept: Kept, backup: Backup, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    head = kept.site.ledger.head()
    monkeypatch.setattr(restore_server, "writing", breaking_once(committed))
    if committed:
        assert restore(kept, backup).incarnation == 2
    else:
        with pytest.raises(restore_server.LedgerUnreachable, match="nothing was saved"):
            restore(kept, backup)
        assert kept.site.ledger.head() == head
    kept.reopen()
    assert verify(kept.home, keys=kept.site.keys).ok


def test_a_server_that_stays_away_after_the_commit_leaves_the_outcome_unknown(
    kept: Kept, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_server, "writing", breaking_once(True, stays_away=True))
    with pytest.raises(OutcomeUnknown, match="not known whether the log was restored"):
        restore(kept, backup)
    kept.reopen()
    assert kept.site.ledger.values("ledger:")["incarnation"] == 2  # it was, and the next start finds it out


def test_a_restore_under_work_waits_for_writers_and_they_for_it(kept: Kept, backup: Backup) -> None:
    others = [Kept(kept.home, Site.open(kept.home, kept.site.clock)) for _ in range(2)]
    stop, told = threading.Event(), []

    def write(one: Kept) -> None:
        while not stop.is_set():
            try:
                one.note(f"note {time.monotonic()}")
            except LedgerError as error:
                told.append(type(error))

    workers = [threading.Thread(target=write, args=(one,)) for one in others]
    for worker in workers:
        worker.start()
    try:
        for _ in range(3):
            with pytest.raises(LedgerBusy, match="wrote to the log after"):
                restore(kept, backup)
    finally:
        stop.set()
        for worker in workers:
            worker.join(timeout=60)
    assert set(told) <= {ChangedMeanwhile}  # of each other; a restore that waits disturbs nobody
    for one in others:
        one.site.ledger.close()
    assert verify(kept.home, keys=kept.site.keys).ok


def breaking_once(committed: bool, *, stays_away: bool = False):
    """A transaction whose connection breaks behind its commit, or right before it; the next one works, or not."""
    from contextlib import contextmanager

    from injection_log.store.server_errors import server_away

    real, broken = restore_server.writing, []

    @contextmanager
    def broken_writing(engine, **how):
        if broken and stays_away:
            raise server_away()
        with real(engine, **how) as connection:
            yield connection
            if not broken and not committed:
                broken.append(1)
                connection.connection.driver_connection.pgconn.finish()
        if not broken:
            broken.append(1)
            raise server_away()

    return broken_writing


def test_a_restore_killed_at_any_moment_leaves_the_old_log_or_the_restored_one(kept: Kept, backup: Backup) -> None:
    assert killed_restores(kept, backup, restore, (7, 13), OWNER) > 2


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_soak_of_two_hundred_killed_restores_into_a_server(kept: Kept, backup: Backup) -> None:
    reached = killed_restores(kept, backup, restore, (200, 14), OWNER)
    print(f"\n200 kills of a program that restores into PostgreSQL: {reached - 2} done, 0 lost or between")  # noqa: T201


def test_backups_of_a_shared_log_made_while_others_write_are_each_of_one_moment(kept: Kept, tmp_path: Path) -> None:
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            written.append(kept.note(f"note {len(written)}"))
            stop.wait(0.005)

    manager, writer = kept.session("dagny"), threading.Thread(target=write)
    writer.start()
    try:
        done = [make_backup(manager, tmp_path / "out") for _ in range(2)]
    finally:
        stop.set()
        writer.join(timeout=30)
    assert written
    assert all(check_backup(one.folder) for one in done)
    assert verify(kept.home, keys=kept.site.keys).ok
