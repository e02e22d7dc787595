"""What every log promises, wherever it is kept: the same tests over a SQLite file and a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from injection_log.clock import FixedClock
from injection_log.keys import KeyFolder
from injection_log.ledger.checkpoint import parse_checkpoint
from injection_log.ledger.errors import ChangedMeanwhile, LedgerExists, LedgerRolledBack, LedgerVersionUnknown
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.ledger.merkle import root
from injection_log.store import transaction
from injection_log.store.batch import Batch, Credential
from injection_log.store.ledger_store import CHUNK, Ledger, Wanted
from injection_log.verify import verify

AMINA, BO = Actor("amina", "injector"), Actor("bo", "monitor")
LEFT = Subject("gland", "SMG-07", "injection", "left")
Note = Callable[..., None]


@pytest.fixture
def log(any_place, clock: FixedClock) -> Iterator[Ledger]:
    made = any_place.make(clock)
    yield made
    made.close()


def seen(participant: str) -> Subject:
    return Subject("gland", participant, "injection", "left")


def test_an_appended_event_is_read_back_as_it_was_hashed(log: Ledger, any_place) -> None:
    draft = EventDraft("FactSet", LEFT, (Change("fact.a", None, {"x": [1, "æ\x00"]}),), "why", "2026-11-22T09:00:00Z")
    (event,) = log.append(AMINA, [draft], protocol="p1")
    assert list(log.events(after=3)) == [event]
    assert log.values(LEFT.key) == {"fact.a": {"x": [1, "æ\x00"]}}
    assert verify(any_place.home, keys=any_place.keys).ok


def test_a_stale_old_value_writes_nothing_and_says_what_stands(log: Ledger, note: Note) -> None:
    note(log, "first")
    good = EventDraft("FactSet", LEFT, (Change("fact.other", None, 1),))
    stale = EventDraft("FactSet", LEFT, (Change("fact.note", "zeroth", "second"),))
    with pytest.raises(ChangedMeanwhile) as refused:
        log.append(AMINA, [good, stale], protocol="p1")
    assert (refused.value.field, refused.value.expected, refused.value.found) == ("fact.note", "zeroth", "first")
    assert (log.head()[0], log.values(LEFT.key)) == (4, {"fact.note": "first"})
    note(log, None, old="first")
    assert log.values(LEFT.key) == {}


def test_a_batch_stands_on_all_that_it_was_decided_on(log: Ledger, note: Note) -> None:
    note(log, "a")
    other = EventDraft("FactSet", LEFT, (Change("fact.other", None, 1),))
    with pytest.raises(ChangedMeanwhile):
        log.append_batch(Batch(AMINA, (other,), "p1", standing={LEFT.key: {}}))
    log.append_batch(Batch(AMINA, (other,), "p1", standing={LEFT.key: {"fact.note": "a"}}))
    assert log.head()[0] == 5


def test_two_changes_of_one_field_in_a_batch_follow_each_other(log: Ledger) -> None:
    twice = [EventDraft("FactSet", LEFT, (Change("fact.n", old, new),)) for old, new in ((None, 1), (1, 2))]
    log.append(AMINA, twice, protocol="p1")
    assert log.values(LEFT.key) == {"fact.n": 2}
    by = log.set_by(LEFT.key, "fact.n")
    assert by is not None
    assert by.sequence == 5
    assert log.set_by(LEFT.key, "fact.none") is None


def test_checkpoints_cover_everything_before_them(log: Ledger, any_place, note: Note) -> None:
    note(log, "a", checkpoint=True)
    other = any_place.open()
    note(other, "b", old="a", checkpoint=True)
    note(log, "c", old="b", checkpoint=True)
    leaves = [event.leaf for event in log.events()]
    checkpoint = parse_checkpoint(log.latest_checkpoint() or "")
    assert (checkpoint.size, checkpoint.root) == (len(leaves) - 1, root(leaves[:-1]))
    other.close()


def test_a_tree_that_is_read_in_pieces_has_the_same_root(log: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "LEAVES_AT_ONCE", 3)
    log.append(AMINA, [EventDraft("SessionNoted", LEFT)] * 8, protocol="p1", checkpoint=True)
    leaves = [event.leaf for event in log.events()]
    assert parse_checkpoint(log.latest_checkpoint() or "").root == root(leaves[:-1])


def test_a_credential_is_kept_and_replaced(log: Ledger) -> None:
    for secret in (b"one", b"two"):
        draft = EventDraft("PasswordChanged", Subject("user", id="amina"))
        log.append_batch(Batch(AMINA, (draft,), "p1", credential=Credential("amina", f"hash {secret!r}", secret)))
    assert log.credential("amina") == Credential("amina", "hash b'two'", b"two")
    assert log.credential("nobody") is None


def test_subjects_values_and_events_are_found_by_the_beginning_of_their_key(log: Ledger) -> None:
    for number, name in enumerate(("SMG-10", "SMG-1", "SMG-2", "Æ-1", "smg-1")):
        log.append(AMINA, [EventDraft("FactSet", seen(name), (Change("fact.n", None, number),))], protocol="p1")
    in_order = [seen(name).key for name in ("SMG-1", "SMG-10", "SMG-2", "smg-1", "Æ-1")]
    assert log.subjects("gland:") == in_order
    assert log.subjects_page("gland:", "", 2) + log.subjects_page("gland:", in_order[1], 9) == in_order
    assert log.subjects_page("", in_order[-1], 1)[0].startswith("ledger:")
    assert log.values_of("gland:SMG-1/") == {in_order[0]: {"fact.n": 1}}
    assert log.values_page("gland:", in_order[0], 2) == {in_order[1]: {"fact.n": 0}, in_order[2]: {"fact.n": 2}}
    assert [event.sequence for event in log.events_of("gland:SMG-1")] == [4, 5]


@pytest.mark.parametrize("few", [0, 5_000])
def test_pages_of_events_come_newest_first_and_go_on_where_they_ended(
    log: Ledger, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("injection_log.store.pages.FEW", few)
    for number in range(6):
        who, kind = (AMINA, "FactSet") if number % 2 else (BO, "RecordSeen")
        log.append(who, [EventDraft(kind, seen(f"SMG-{number % 3}"))], protocol="p1")

    def page(before: int | None = None, **wanted: object) -> list[int]:
        return [event.sequence for event in log.events_page(before=before, limit=2, wanted=Wanted(**wanted))]

    assert (page(), page(8), page(2)) == ([9, 8], [7, 6], [1])
    assert (page(user="amina"), page(7, user="amina")) == ([9, 7], [5])
    two = ("RecordSeen", "LedgerOpened")
    assert (page(kinds=two), page(5, kinds=two)) == ([8, 6], [4, 1])
    assert page(subject_prefix="gland:SMG-1/") == [8, 5]
    assert page(subject_prefix="gland:SMG-1/", user="bo", kinds=("RecordSeen",)) == [8]
    assert page(subject_prefix="gland:", user="amina", kinds=("RecordSeen",)) == []


def test_more_events_than_one_reading_holds_come_in_order(log: Ledger) -> None:
    log.append(AMINA, [EventDraft("SessionNoted", LEFT)] * (CHUNK + 5), protocol="p1")
    assert [event.sequence for event in log.events()] == list(range(1, CHUNK + 9))
    assert len(list(log.events_of(LEFT.key))) == CHUNK + 5


def test_another_workstation_is_enrolled_before_its_first_act(log: Ledger, any_place, clock: FixedClock) -> None:
    keys = KeyFolder(any_place.home.root / "other keys")
    elsewhere = Ledger.open(any_place.home.ledger_folder, clock=clock, keys=keys)
    enrolled, fact = elsewhere.append(AMINA, [EventDraft("FactSet", LEFT)], protocol="p1")
    assert (enrolled.kind, enrolled.subject.id, fact.kind) == ("WorkstationEnrolled", elsewhere.workstation, "FactSet")
    elsewhere.close()


def test_a_log_is_never_made_over_another(log: Ledger, any_place, clock: FixedClock) -> None:
    before = log.head()
    with pytest.raises(LedgerExists):
        any_place.make(clock)
    assert log.head() == before


def test_a_log_that_became_shorter_is_neither_written_nor_opened(log: Ledger, any_place, note: Note) -> None:
    note(log, "a")
    any_place.tamper(
        "DELETE FROM current_value WHERE sequence = 4",
        "DELETE FROM event_place WHERE sequence = 4",
        "DELETE FROM event WHERE sequence = 4",
    )
    with pytest.raises(LedgerRolledBack, match="became shorter"):
        note(log, "b")
    with pytest.raises(LedgerRolledBack, match="already seen event 4"):
        any_place.open()


def test_a_log_that_another_version_took_over_meanwhile_is_not_written(log: Ledger, any_place, note: Note) -> None:
    any_place.tamper("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerVersionUnknown, match="another version while"):
        note(log, "a")
    with pytest.raises(LedgerVersionUnknown, match="made by another version"):
        any_place.open()
    assert log.head()[0] == 3


@pytest.mark.proves("F-02")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET salt = salt WHERE sequence = 2",
        "DELETE FROM event WHERE sequence = 3",
        "INSERT INTO event SELECT 9, body, salt, leaf, previous, hash FROM event WHERE sequence = 3",
        "INSERT INTO event SELECT 4, body, salt, leaf, previous, hash FROM event WHERE sequence = 3",
    ],
)
def test_the_triggers_refuse_what_is_not_an_append(log: Ledger, any_place, statement: str) -> None:
    with pytest.raises(Exception, match=r"an event (of the log is never|must follow)"):
        any_place.run(statement)
    assert log.head()[0] == 3


WRITER = """
import sys
from pathlib import Path
from injection_log.clock import SystemClock
from injection_log.keys import KeyFolder
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.store.ledger_store import Ledger
folder, keys, name, count = sys.argv[1:]
ledger = Ledger.open(Path(folder), clock=SystemClock(), keys=KeyFolder(Path(keys)))
print("ready", flush=True)
sys.stdin.readline()
for n in range(1, int(count) + 1):
    draft = EventDraft("FactSet", Subject("gland", "SMG-07", "injection", name), (Change("fact.n", n - 1 or None, n),))
    (event,) = ledger.append(Actor("amina", "injector"), [draft], protocol="p1")
    print(event.sequence, flush=True)
"""


def append_at_once(any_place, writers: int, count: int) -> list[int]:
    command = [sys.executable, "-c", WRITER, str(any_place.home.ledger_folder), str(any_place.keys.root)]
    pipe = subprocess.PIPE
    running = [
        subprocess.Popen([*command, f"side{n}", str(count)], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for n in range(writers)
    ]
    for process in running:
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    answers = [process.stdin.write("go\n") and process.stdin.flush() for process in running] and [
        process.communicate(timeout=250) for process in running
    ]
    assert [process.returncode for process in running] == [0] * writers, [error for _, error in answers]
    return sorted(int(line) for out, _ in answers for line in out.splitlines())


def test_eight_processes_that_append_at_once_leave_one_unbroken_chain(log: Ledger, any_place) -> None:
    numbers = append_at_once(any_place, writers=8, count=12)
    assert numbers == list(range(4, 4 + 8 * 12))
    report = verify(any_place.home, keys=any_place.keys)
    assert report.ok, report.first_wrong


@pytest.mark.slow
def test_soak_eight_processes_with_a_thousand_appends_each_never_fork_the_chain(log: Ledger, any_place) -> None:
    numbers = append_at_once(any_place, writers=8, count=1_000)
    assert numbers == list(range(4, 8_004))
    report = verify(any_place.home, keys=any_place.keys)
    assert report.ok, report.first_wrong
