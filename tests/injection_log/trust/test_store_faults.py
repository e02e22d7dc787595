"""What can go wrong under a log: each fault has one clear error, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from injection_log.clock import FixedClock
from injection_log.high_water import HighWater
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import (
    DiskFull,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
    LedgerReadOnly,
    LedgerRolledBack,
    LedgerUnreachable,
    LedgerVersionUnknown,
)
from injection_log.store import engine as engine_module
from injection_log.store.ledger_store import Ledger
from injection_log.verify import verify

Note = Callable[..., None]
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX systems")

WRITER = """
import os, resource, sys
from pathlib import Path
from injection_log.clock import SystemClock
from injection_log.keys import KeyFolder
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.store.ledger_store import Ledger

def write(name, count, opened=lambda: None):
    ledger = Ledger.open(Path(sys.argv[1]), clock=SystemClock(), keys=KeyFolder(Path(sys.argv[2])))
    gland = Subject("gland", "SMG-07", "injection", name)
    old = ledger.values(gland.key).get("fact.n")
    opened()
    for _ in range(count):
        new = (old or 0) + 1
        change = Change("fact.n", old, new)
        draft = EventDraft("FactSet", gland, (change,), reason=sys.argv[3] if len(sys.argv) > 3 else "")
        (event,) = ledger.append(Actor("amina", "injector"), [draft], protocol="p1", checkpoint=False)
        os.write(1, b"%d %d\\n" % (event.sequence, new))
        old = new
    ledger.close()
"""


def writer(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER + script, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_that_append_at_once_leave_an_unbroken_chain(ledger: Ledger, place) -> None:
    script = "sys.stdin.readline(); write(sys.stdin.readline().strip(), 60)"
    both = [writer(script, place.home.ledger_folder, place.keys.root) for _ in range(2)]
    for process in both:
        process.stdin.write("ready\n")
        process.stdin.flush()
    answers = [
        process.communicate(f"{side}\n", timeout=60) for process, side in zip(both, ("left", "right"), strict=True)
    ]
    sequences = sorted(int(line.split()[0]) for out, _ in answers for line in out.splitlines())
    assert sequences == list(range(4, 124)), [err for _, err in answers]
    assert verify(place.home, keys=place.keys).ok


@posix_only
def test_what_a_killed_writer_left_half_done_is_not_played_back_by_verify(signed, tmp_path: Path) -> None:
    connection = sqlite3.connect(signed.database, isolation_level=None)
    connection.execute("PRAGMA cache_size=1")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO current_value VALUES (?, 'f', '1', 1)", [(f"image:{i}",) for i in range(2000)])
    hot = tmp_path / "hot"
    shutil.copytree(signed.home.root, hot)
    connection.execute("ROLLBACK")
    connection.close()
    database = hot / "ledger" / "ledger.sqlite3"
    before = (database.read_bytes(), (hot / "ledger" / "ledger.sqlite3-journal").read_bytes())
    assert verify(Home(hot), keys=signed.keys).ok
    assert (database.read_bytes(), (hot / "ledger" / "ledger.sqlite3-journal").read_bytes()) == before


LIMITED = """
from injection_log.ledger.errors import LedgerError
resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, 90_000))
try:
    write("left", 1000)
except LedgerError as error:
    print(type(error).__name__, error)
"""


@posix_only
def test_a_file_that_may_not_grow_is_told_clearly_and_loses_nothing(ledger: Ledger, place) -> None:
    process = writer(LIMITED, place.home.ledger_folder, place.keys.root, "x" * 2000)
    out, errors = process.communicate(timeout=60)
    lines = out.splitlines()
    assert lines[-1].startswith(("DiskFull The disk", "LedgerUnreachable The disk")), errors
    assert ledger.head()[0] == int(lines[-2].split()[0])
    assert verify(place.home, keys=place.keys).ok


def test_a_log_that_another_program_holds_is_busy(
    place, ledger: Ledger, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module.make_engine, "__kwdefaults__", {"busy_seconds": 0.1})
    holder = sqlite3.connect(place.database, isolation_level=None)
    impatient = place.open()
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerBusy, match="wait a moment"):
        note(impatient, "a")
    holder.execute("ROLLBACK")
    note(impatient, "a")
    impatient.close()
    holder.close()


def test_a_log_that_may_not_be_written_says_so(place, ledger: Ledger, note: Note) -> None:
    connection = ledger._engine.raw_connection()
    connection.driver_connection.execute("PRAGMA query_only=ON")
    connection.close()
    with pytest.raises(LedgerReadOnly, match="may not be written"):
        note(ledger, "a")


def test_a_missing_log_is_missing_and_no_fresh_one_is_started(place) -> None:
    place.home.make()
    with pytest.raises(LedgerMissing, match="no log"):
        place.open()
    assert list(place.home.ledger_folder.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_a_file_that_is_no_log_is_damaged(place, content: bytes) -> None:
    place.home.make()
    place.database.write_bytes(content)
    with pytest.raises(LedgerDamaged):
        place.open()
    assert place.database.read_bytes() == content


def test_a_log_of_an_unknown_version_is_not_opened(signed) -> None:
    signed.tamper("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerVersionUnknown, match="another version"):
        signed.open()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'amina', 'berta') AS BLOB) WHERE sequence = 9",
        "UPDATE event SET hash = zeroblob(32) WHERE sequence = (SELECT max(sequence) FROM event)",
        "UPDATE event SET previous = zeroblob(32) WHERE sequence = 1",
        "DROP TABLE credential",
        "CREATE VIEW wish AS SELECT 1",
    ],
)
def test_a_log_that_was_changed_at_its_ends_is_not_opened(signed, statement: str) -> None:
    signed.tamper(statement)
    with pytest.raises(LedgerDamaged, match=r"injection-log verify"):
        signed.open()


def test_a_log_whose_trigger_is_gone_is_not_opened(signed) -> None:
    connection = sqlite3.connect(signed.database)
    connection.execute("DROP TRIGGER event_never_deleted")
    connection.close()
    with pytest.raises(LedgerDamaged, match="event_never_deleted is missing"):
        signed.open()


def test_an_older_copy_is_not_opened(signed, note: Note) -> None:
    older = signed.database.read_bytes()
    newer = signed.open()
    note(newer, "rough", old="smooth")
    newer.close()
    signed.database.write_bytes(older)
    with pytest.raises(LedgerRolledBack, match=r"ends at event \d+, but this workstation has already seen event"):
        signed.open()


def test_another_history_of_the_same_length_is_not_opened(signed, note: Note) -> None:
    older = signed.database.read_bytes()
    first = signed.open()
    note(first, "rough", old="smooth")
    first.close()
    signed.database.write_bytes(older)
    elsewhere = KeyFolder(signed.home.root / "elsewhere")
    shutil.copytree(signed.keys.root, elsewhere.root)
    for mark in elsewhere.root.rglob("high-water.json"):
        mark.unlink()
    second = Ledger.open(signed.home.ledger_folder, clock=first.clock, keys=elsewhere)
    note(second, "round", old="smooth")
    second.close()
    with pytest.raises(LedgerRolledBack, match="not the one this workstation has seen"):
        signed.open()


def test_a_log_that_shrinks_while_it_is_open_is_noticed(ledger: Ledger, place, note: Note) -> None:
    note(ledger, "a")
    place.tamper("DELETE FROM event WHERE sequence = 4")
    with pytest.raises(LedgerRolledBack, match="became shorter"):
        note(ledger, "b")


def test_a_mark_that_cannot_be_written_does_not_fail_a_committed_act(
    ledger: Ledger, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    note(ledger, "a")
    assert ledger.head()[0] == 4
    assert ledger.keys.high_water(ledger.origin) == HighWater(3, next(ledger.events(after=2)).hash.hex())


def test_a_killed_making_leaves_no_log(place, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(LedgerError):
        Ledger.create(place.home.ledger_folder, study="SMG", site="01", clock=clock, keys=place.keys)
    assert not place.home.has_ledger()


def test_every_error_of_the_log_says_what_to_do(signed) -> None:
    for kind in (DiskFull, LedgerUnreachable):
        with pytest.raises(kind, match="do it again"), engine_module.speaking():
            raise OSError(28 if kind is DiskFull else 5, "from the system")
