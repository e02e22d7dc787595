"""An act on a shared log is one message where nobody else wrote; the tree of a checkpoint is kept, never believed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from database_server import Postgres

from injection_log.clock import FixedClock
from injection_log.ledger.checkpoint import make_checkpoint, parse_checkpoint
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.ledger.merkle import root
from injection_log.store import ledger_store
from injection_log.store.batch import Batch, Seen
from injection_log.store.ledger_store import Ledger
from injection_log.store.remembering import Remembering
from injection_log.store.statements import appending, asking
from injection_log.store.transaction import write_batch
from injection_log.verify import verify

from .conftest import Place, SharedPlace

AMINA = Actor("amina", "injector")
LEFT = Subject("gland", "SMG-07", "injection", "left")


@pytest.fixture
def log(any_place, clock: FixedClock) -> Iterator[Ledger]:
    made = any_place.make(clock)
    yield made
    made.close()


@pytest.fixture
def shared_place(place: Place, postgres: Postgres) -> SharedPlace:
    return SharedPlace(place.home, place.keys, postgres, postgres.new_schema())


@pytest.fixture
def shared(shared_place: SharedPlace, clock: FixedClock) -> Iterator[Ledger]:
    made = shared_place.make(clock)
    made.append(AMINA, [_note(None, "first")], protocol="p1", checkpoint=True)
    yield made
    made.close()


def _note(old: object, new: object, field: str = "fact.note") -> EventDraft:
    return EventDraft("FactSet", LEFT, (Change(field, old, new),))  # type: ignore[arg-type]


def _nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("the log was asked first")

    monkeypatch.setattr(ledger_store, "write_batch", asked)


def test_acts_one_after_the_other_are_one_message_each(
    shared: Ledger, shared_place, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands = {LEFT.key: {"fact.note": "first"}, "gland:SMG-08/injection/left": {}}
    _nothing_is_asked(monkeypatch)
    twice = (_note("first", {"x": ["æ\n"]}), _note({"x": ["æ\n"]}, "third"), _note(None, 7, "fact.n"))
    shared.append_batch(Batch(AMINA, twice, "p1", checkpoint=True, standing=stands))
    shared.append(AMINA, [_note("third", None), _note(7, 8, "fact.n")], protocol="p1")
    assert shared.values(LEFT.key) == {"fact.n": 8}
    assert verify(shared_place.home, keys=shared_place.keys).ok


@pytest.mark.parametrize(
    ("draft", "stands"),
    [
        (_note("zeroth", "x"), {}),
        (_note(None, "x"), {}),
        (_note("first", "x", "fact.other"), {}),
        (_note(None, "x", "fact.other"), {LEFT.key: {}}),
        (_note(None, "x", "fact.other"), {LEFT.key: {"fact.note": "zeroth"}}),
        (_note(None, "x", "fact.other"), {LEFT.key: {"fact.note": "first", "fact.b": 1}}),
    ],
)
def test_one_message_with_another_value_than_the_one_that_stands_writes_nothing(
    shared: Ledger, draft: EventDraft, stands: dict[str, dict[str, object]]
) -> None:
    before = shared.head()
    with pytest.raises(ChangedMeanwhile):
        shared.append_batch(Batch(AMINA, (draft,), "p1", standing=stands))  # type: ignore[arg-type]
    assert (shared.head(), shared.values(LEFT.key)) == (before, {"fact.note": "first"})


def test_one_message_that_waited_while_another_wrote_follows_it(
    shared: Ledger, shared_place, postgres: Postgres
) -> None:
    other = shared_place.open()
    waiting = threading.Thread(
        target=shared.append, args=(AMINA, [_note(None, 1, "fact.mine")]), kwargs={"protocol": "p1", "checkpoint": True}
    )
    with appending(other._engine) as statements:
        batch = Batch(AMINA, (_note(None, 2, "fact.theirs"),), "p1")
        write_batch(statements, other._writer, batch, Seen(other.head()))
        waiting.start()
        _wait_for(lambda: _waits_for_lock(postgres))
    waiting.join(20)
    other.close()
    assert shared.values(LEFT.key) == {"fact.mine": 1, "fact.note": "first", "fact.theirs": 2}
    assert verify(shared_place.home, keys=shared_place.keys).ok


def test_the_tree_of_the_last_checkpoint_is_kept_for_the_next_process(log: Ledger, any_place) -> None:
    log.append(AMINA, [_note(None, "a")], protocol="p1", checkpoint=True)
    log.append(AMINA, [_note("a", "b")], protocol="p1")
    log.close()
    again = any_place.open()
    assert _tree(again).size == 4
    again.append(AMINA, [_note("b", "c")], protocol="p1", checkpoint=True)
    text = again.latest_checkpoint()
    assert text is not None
    assert parse_checkpoint(text).root == root([event.leaf for event in again.events()][:-1])
    again.close()
    assert verify(any_place.home, keys=any_place.keys).ok


@pytest.mark.parametrize("spoil", ["root", "missing root", "size", "key", "no json", "nothing", "not in the log"])
def test_a_kept_tree_is_not_believed(log: Ledger, any_place, spoil: str) -> None:
    log.append(AMINA, [_note(None, "a")], protocol="p1", checkpoint=True)
    log.append(AMINA, [_note("a", "b")], protocol="p1", checkpoint=True)
    log.close()
    path = next(Path(any_place.keys.root).rglob("tree.json"))
    path.write_bytes(_spoilt(orjson.loads(path.read_bytes()), spoil, log))
    again = any_place.open()
    assert _tree(again).size == 0
    again.append(AMINA, [], protocol="p1", checkpoint=True)  # reads the leaves instead
    again.close()
    assert verify(any_place.home, keys=any_place.keys).ok


def _spoilt(kept: dict[str, object], how: str, log: Ledger) -> bytes:
    found = parse_checkpoint(str(kept["checkpoint"]))
    roots = list(kept["roots"])  # type: ignore[call-overload]
    key = log.keys.checkpoint_key(log.origin)
    if how == "root":
        kept["roots"] = ["00" * 32, *roots[1:]]
    elif how == "missing root":
        kept["roots"] = roots[1:]
    elif how == "size":
        kept["checkpoint"] = make_checkpoint(log.origin, found.size + 1, found.root, key)
    elif how == "key":
        kept["checkpoint"] = make_checkpoint(log.origin, found.size, found.root, Ed25519PrivateKey.generate())
    elif how == "not in the log":  # of a log with other leaves, signed by this very key
        kept["roots"] = ["11" * 32] * len(roots)
        kept["checkpoint"] = make_checkpoint(log.origin, 1, bytes.fromhex("11" * 32), key)
        kept["roots"] = ["11" * 32]
    return {"no json": b"{", "nothing": b""}.get(how, orjson.dumps(kept))


def _tree(log: Ledger):
    with asking(log._engine) as statements:
        return Remembering(log.keys, log.origin).tree(statements)


def _waits_for_lock(server: Postgres) -> bool:
    with server.administrator() as connection:
        return bool(connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchall())


def _wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
