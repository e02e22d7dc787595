"""A restore: agreed by two people, told by the log itself, accepted where the high-water mark would stop it, and only
that; the old database or the restored one at each moment, and nothing thrown away.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from kept_site import Kept, kept_site, password, proof
from killed_restores import killed_restores
from typer.testing import CliRunner

from injection_log.acts import restoring
from injection_log.acts.backups import Backup, make_backup
from injection_log.acts.restoring import Asked, RestoredHere, restore_backup
from injection_log.backup_folder import BackupDamaged
from injection_log.cli import assemble
from injection_log.errors import HomeMissing, Refused
from injection_log.high_water import HighWater
from injection_log.home import Home
from injection_log.home_at_start import LogLost
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerBusy, LedgerDamaged, LedgerError, LedgerRolledBack
from injection_log.people.errors import WrongPassword
from injection_log.people.restored import restores_in
from injection_log.people.two_people import Proof2
from injection_log.site import Site
from injection_log.store.restore import put_in_place
from injection_log.store.snapshot import open_snapshot
from injection_log.verify import verify

WHY = "the disk of the old computer broke"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = kept_site(tmp_path)
    yield made
    made.site.ledger.close()


@pytest.fixture
def backup(kept: Kept, tmp_path: Path) -> Backup:
    return make_backup(kept.session("dagny"), tmp_path / "out")


def restore(kept: Kept, backup: Backup, home: Home | None = None, **asked: object) -> RestoredHere:
    """As the principal investigator and the data manager do it."""
    kept.site.ledger.close()
    wish = Asked(**({"backup": backup.folder, "first": proof("pia"), "second": proof("dagny"), "why": WHY} | asked))
    return restore_backup(home or kept.home, wish, clock=kept.site.clock, keys=kept.site.keys)


def test_a_restore_is_an_event_that_names_the_backup_what_is_lost_why_and_who_agreed(
    kept: Kept, backup: Backup
) -> None:
    lost = kept.note("never to be seen again")
    done = restore(kept, backup)
    kept.reopen()
    event = next(one for one in kept.site.ledger.events() if one.kind == "LedgerRestored")
    said = {change.field: change.new for change in event.changes}
    assert said["incarnation"] == 2
    facts = said["restored"]
    assert (facts["backup"], facts["last_sequence"]) == (backup.folder.name, backup.manifest.last_sequence)
    assert (facts["seen_sequence"], facts["lost"]) == (lost, lost - backup.manifest.last_sequence)
    assert [one["user"] for one in facts["agreement"]["signatures"]] == ["pia", "dagny"]
    assert (event.reason, done.incarnation) == (WHY, 2)
    assert kept.site.ledger.values("gland:SMG-07/injection/left") == {"fact.note": "smooth"}


@pytest.mark.proves("G-04")
def test_verify_after_a_restore_holds_and_explains_it(kept: Kept, backup: Backup) -> None:
    kept.note("lost")
    restore(kept, backup)
    report = verify(kept.home, keys=kept.site.keys)
    assert report.ok, report.first_wrong
    told = " ".join(report.not_covered)
    assert "was restored" in told
    assert backup.folder.name in told
    assert "Pia and Dagny" in told


def test_work_goes_on_after_a_restore_and_after_a_second_one(kept: Kept, backup: Backup) -> None:
    kept.note("lost")
    restore(kept, backup)
    kept.reopen()
    kept.note("new work")
    assert restore(kept, backup).incarnation == 3
    kept.reopen()
    kept.note("new work again")
    assert verify(kept.home, keys=kept.site.keys).ok


def test_the_replaced_database_is_kept_and_still_verifies(kept: Kept, backup: Backup, tmp_path: Path) -> None:
    before = (kept.home.ledger_folder / "ledger.sqlite3").read_bytes()
    done = restore(kept, backup)
    assert (done.aside / "ledger.sqlite3").read_bytes() == before
    again = tmp_path / "again"
    shutil.copytree(kept.home.images, again / "images")
    shutil.copytree(done.aside, again / "ledger")
    assert verify(Home(again), keys=KeyFolder(tmp_path / "none")).ok


@pytest.mark.parametrize("ruin", ["gone", "all-gone", "damaged", "empty"])
def test_a_restore_works_when_the_present_database_does_not(kept: Kept, backup: Backup, ruin: str) -> None:
    lost = kept.note("lost")
    kept.site.ledger.close()
    database = kept.home.ledger_folder / "ledger.sqlite3"
    if ruin == "gone":
        database.unlink()
    elif ruin == "all-gone":
        shutil.rmtree(kept.home.root)
    else:
        database.write_bytes(b"" if ruin == "empty" else b"rubbish" * 5000)
    done = restore(kept, backup)
    assert done.loss.seen_sequence == lost  # the high-water mark knows
    assert (done.aside is None) == ("gone" in ruin)
    assert verify(kept.home, keys=kept.site.keys).ok


def test_a_restore_onto_another_computer_needs_its_own_enrolment_only(
    kept: Kept, backup: Backup, tmp_path: Path
) -> None:
    home, keys = Home(tmp_path / "elsewhere"), KeyFolder(tmp_path / "other-keys")
    asked = Asked(backup.folder, proof("dagny"), proof("pia"), WHY)
    done = restore_backup(home, asked, clock=kept.site.clock, keys=keys)
    assert done.loss.lost == 0
    assert verify(home, keys=keys).ok
    Site.open(home, kept.site.clock, keys).ledger.close()


def test_missing_images_come_back_and_a_damaged_one_is_kept_beside(kept: Kept, backup: Backup) -> None:
    (digest,) = backup.manifest.images
    image = kept.home.images / digest[:2] / digest
    image.write_bytes(b"rotten")
    restore(kept, backup)
    assert verify(kept.home, keys=kept.site.keys).ok
    assert [one.read_bytes() for one in image.parent.glob("*.damaged-*")] == [b"rotten"]


def not_agreed() -> dict[str, tuple[dict[str, object], type[Exception], str]]:
    """What is asked for wrongly, and how it is refused."""
    return {
        "one person twice": ({"second": proof("pia")}, Refused, "another one"),
        "wrong roles": ({"second": proof("amina")}, Refused, "one principal investigator and one data manager"),
        "an administrator": ({"first": proof("admin")}, Refused, "may not restore"),
        "wrong password": ({"second": Proof2("dagny", "not the password")}, WrongPassword, "wrong"),
        "no reason": ({"why": "-"}, Refused, "say it in words"),
    }


@pytest.mark.parametrize("case", not_agreed())
def test_what_two_people_did_not_agree_to_changes_nothing(kept: Kept, backup: Backup, case: str) -> None:
    asked, kind, words = not_agreed()[case]
    before = (kept.home.ledger_folder / "ledger.sqlite3").read_bytes()
    with pytest.raises(kind, match=words):
        restore(kept, backup, **asked)
    assert (kept.home.ledger_folder / "ledger.sqlite3").read_bytes() == before
    assert {one.name for one in kept.home.root.iterdir()} <= {"ledger", "images"}
    kept.reopen()


def test_a_damaged_backup_and_one_of_another_log_are_refused(kept: Kept, backup: Backup, tmp_path: Path) -> None:
    other = kept_site(tmp_path / "other")
    other.site.ledger.close()
    with pytest.raises(Refused, match="another log"):
        restore(kept, backup, home=other.home)
    next((backup.folder / "images").rglob("??????????*")).unlink()
    with pytest.raises(BackupDamaged, match="is missing"):
        restore(kept, backup)
    kept.reopen()


def test_an_older_copy_put_back_by_hand_is_refused_each_of_a_hundred_times(kept: Kept, tmp_path: Path) -> None:
    copies = []
    database = kept.home.ledger_folder / "ledger.sqlite3"
    for number in range(100):
        copies.append(database.read_bytes())
        kept.note(f"note {number}")
    kept.site.ledger.close()
    newest = database.read_bytes()
    for older in copies:
        database.write_bytes(older)
        with pytest.raises(LedgerRolledBack, match="injection-log restore"):
            Site.open(kept.home, kept.site.clock)
    database.write_bytes(newest)
    kept.reopen()


def test_a_rolled_back_log_is_seen_with_the_mark_deleted_too_by_a_checkpoint_that_left(kept: Kept, tmp_path) -> None:
    from injection_log.verify import read_outside

    database = kept.home.ledger_folder / "ledger.sqlite3"
    older = database.read_bytes()
    kept.note("new")
    left = tmp_path / "checkpoint.txt"
    kept.site.ledger.append(kept.session("amina").actor, [], protocol="p1", checkpoint=True)
    left.write_text(kept.site.ledger.latest_checkpoint(), encoding="utf-8")
    kept.site.ledger.close()
    database.write_bytes(older)
    for mark in kept.site.keys.root.rglob("high-water.json"):
        mark.unlink()
    assert verify(kept.home, keys=kept.site.keys).ok  # nothing on this machine can know
    report = verify(kept.home, keys=kept.site.keys, since=[read_outside(left)])
    assert not report.ok
    assert report.first_wrong.what == "outside checkpoint"
    kept.reopen()


def test_a_checkpoint_from_before_a_restore_stays_a_contradiction_and_is_explained(
    kept: Kept, backup: Backup, tmp_path: Path
) -> None:
    from injection_log.verify import read_outside

    kept.note("lost")
    left = tmp_path / "checkpoint.txt"
    kept.site.ledger.append(kept.session("amina").actor, [], protocol="p1", checkpoint=True)
    left.write_text(kept.site.ledger.latest_checkpoint(), encoding="utf-8")
    restore(kept, backup)
    report = verify(kept.home, keys=kept.site.keys, since=[read_outside(left)])
    assert not report.ok
    assert "This log was restored at" in report.first_wrong.why
    kept.reopen()


def test_after_a_restore_neither_the_old_log_nor_an_older_restored_one_is_taken(kept: Kept, backup: Backup) -> None:
    database = kept.home.ledger_folder / "ledger.sqlite3"
    for number in range(9):
        kept.note(f"lost {number}")
    old = database.read_bytes()
    restore(kept, backup)
    restored = database.read_bytes()
    kept.reopen()
    for number in range(3):
        kept.note(f"new work {number}")
    kept.site.ledger.close()
    newest = database.read_bytes()
    for older in (old, restored):
        database.write_bytes(older)
        with pytest.raises(LedgerRolledBack):
            Site.open(kept.home, kept.site.clock)
    database.write_bytes(newest)
    kept.reopen()


def test_another_workstation_accepts_a_lawful_restore_once_and_no_other_log(kept: Kept, backup: Backup) -> None:
    origin, keys = kept.site.ledger.origin, kept.site.keys
    kept.note("lost")
    head = kept.site.ledger.head()
    before = HighWater(head[0], head[1].hex())
    restore(kept, backup)
    keys.accept_restored(origin, before)  # as a workstation that saw the lost events, and not the restore
    assert verify(kept.home, keys=keys).ok
    kept.reopen()
    assert keys.high_water(origin).incarnation == 2
    kept.site.ledger.close()
    for mark in (HighWater(before.size, before.hash, 2), HighWater(before.size + 50, before.hash), HighWater(9, "00")):
        keys.accept_restored(origin, mark)
        with pytest.raises(LedgerRolledBack):
            Site.open(kept.home, kept.site.clock)
    keys.accept_restored(origin, before)
    kept.reopen()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b'"lost":', b'"lost":1', "number of lost events"),
        (b"the disk of the old", b"the mice of the old", "not the one that was signed"),
        (b'"seen_sequence":', b'"seen_sequence":1', ""),
        (b'"role":"data_manager"', b'"role":"data_managex"', "one principal investigator and one data manager"),
    ],
)
def test_a_restore_that_was_not_agreed_so_is_no_restore(
    kept: Kept, backup: Backup, old: bytes, new: bytes, fault: str
) -> None:
    restore(kept, backup)
    with open_snapshot(kept.home.ledger_folder) as snapshot:
        rows = list(snapshot.events())
    kept.reopen()
    (good,) = restores_in(rows)
    assert good.fault == ""
    forged = [(row[0], row[1].replace(old, new), *row[2:]) if b"LedgerRestored" in row[1] else row for row in rows]
    (bad,) = restores_in(forged)
    assert bad.fault
    assert fault in bad.fault


def test_an_event_of_a_record_between_backup_and_restore_is_no_lawful_restore(kept: Kept, backup: Backup) -> None:
    restore(kept, backup)
    with open_snapshot(kept.home.ledger_folder) as snapshot:
        rows = list(snapshot.events())
    place = backup.manifest.last_sequence
    body = rows[place][1].replace(b'"subject":"user:pia"', b'"subject":"gland:A/b/left"')
    assert body != rows[place][1]
    (bad,) = restores_in([*rows[:place], (rows[place][0], body, *rows[place][2:]), *rows[place + 1 :]])
    assert "does not go on" in bad.fault
    kept.reopen()


def test_a_program_that_has_the_replaced_log_open_can_write_to_neither(kept: Kept, backup: Backup) -> None:
    stale = Site.open(kept.home, kept.site.clock)
    done = restore(kept, backup)
    with pytest.raises(LedgerRolledBack, match="was replaced while the program was open"):
        Kept(kept.home, stale).note("into the void")
    stale.ledger.close()
    assert verify(kept.home, keys=kept.site.keys).ok
    assert not list(done.aside.glob("*-journal"))
    kept.reopen()


def test_a_journal_of_the_replaced_log_is_never_played_back_into_the_restored_one(
    kept: Kept, backup: Backup, tmp_path: Path
) -> None:
    kept.site.ledger.close()
    database = kept.home.ledger_folder / "ledger.sqlite3"
    shutil.copyfile(database, tmp_path / "other.sqlite3")
    connection = sqlite3.connect(tmp_path / "other.sqlite3", isolation_level=None)
    connection.execute("PRAGMA cache_size=1")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO current_value VALUES (?, 'f', '1', 1)", [(f"image:{i}",) for i in range(2000)])
    shutil.copyfile(tmp_path / "other.sqlite3-journal", kept.home.ledger_folder / "ledger.sqlite3-journal")
    connection.execute("ROLLBACK")
    connection.close()
    database.write_bytes(b"damaged" * 999)
    done = restore(kept, backup)
    assert not (kept.home.ledger_folder / "ledger.sqlite3-journal").exists()
    assert (done.aside / "ledger.sqlite3-journal").exists()
    assert verify(kept.home, keys=kept.site.keys).ok


def test_what_somebody_wrote_after_two_people_looked_is_not_thrown_away(
    kept: Kept, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Kept(kept.home, Site.open(kept.home, kept.site.clock))
    agree = restoring._agree
    monkeypatch.setattr(restoring, "_agree", lambda *given: (other.note("at the last moment"), agree(*given))[1])
    with pytest.raises(LedgerBusy, match="wrote to the log after"):
        restore(kept, backup)
    other.note("goes on")
    other.site.ledger.close()
    assert {one.name for one in kept.home.root.iterdir()} <= {"ledger", "images"}
    kept.reopen()


def test_a_restore_that_cannot_have_the_log_for_itself_is_refused_and_changes_nothing(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injection_log.store.restore._PATIENCE_SECONDS", 0.1)
    staged = tmp_path / "staged"
    staged.write_bytes(b"new")
    holder = sqlite3.connect(kept.home.ledger_folder / "ledger.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="close it on every workstation"):
        put_in_place(staged, kept.home.ledger_folder, tmp_path / "aside" / "one")
    holder.execute("ROLLBACK")
    holder.close()
    assert not (tmp_path / "aside").exists()
    kept.reopen()


def test_a_restore_killed_at_any_moment_leaves_the_old_log_or_the_restored_one(kept: Kept, backup: Backup) -> None:
    assert killed_restores(kept, backup, restore, (8, 11)) > 2


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_soak_of_two_hundred_killed_restores(kept: Kept, backup: Backup) -> None:
    reached = killed_restores(kept, backup, restore, (200, 12))
    print(f"\n200 kills of a program that restores: {reached - 2} restores done, 0 logs lost or between")  # noqa: T201


def test_a_home_that_lost_its_database_is_told_as_lost_and_never_set_up_anew(kept: Kept) -> None:
    kept.site.ledger.close()
    (kept.home.ledger_folder / "ledger.sqlite3").unlink()
    with pytest.raises(LogLost, match=r"is lost.*images of one.*restore a backup"):
        Site.open(kept.home, kept.site.clock)
    with pytest.raises(LogLost):
        Site.create(kept.home, kept.site.protocol.text, "01")
    assert not (kept.home.ledger_folder / "ledger.sqlite3").exists()


def test_a_home_that_never_had_a_log_is_told_how_to_set_one_up(tmp_path: Path) -> None:
    with pytest.raises(HomeMissing, match="setup"):
        Site.open(Home(tmp_path / "new").make())


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_log_whose_image_folder_is_gone_is_not_opened(kept: Kept, tmp_path: Path, how: str) -> None:
    kept.site.ledger.close()
    kept.home.images.rename(tmp_path / "elsewhere")
    if how == "emptied":
        kept.home.images.mkdir()
    with pytest.raises(LedgerDamaged, match="is its disk connected"):
        Site.open(kept.home, kept.site.clock)


def test_the_command_says_what_is_lost_before_it_restores(kept: Kept, backup: Backup) -> None:
    kept.note("lost")
    kept.site.ledger.close()
    asked = ["restore", str(backup.folder), "--home", str(kept.home.root)]
    checked = CliRunner().invoke(assemble(), [*asked, "--check"])
    assert checked.exit_code == 0, checked.output
    assert "3 events are lost" in checked.output
    agreed = ["--user", "pia", "--second", "dagny", "--why", WHY, "--password-stdin"]
    done = CliRunner().invoke(assemble(), [*asked, *agreed], input=f"{password('pia')}\n{password('dagny')}\n")
    assert done.exit_code == 0, done.output
    assert "incarnation 2" in done.output
