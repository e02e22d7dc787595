"""Appending to a log and reading it: one transaction, old values checked, checkpoints over what was written."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from injection_log.clock import FixedClock
from injection_log.keys import KeyFolder
from injection_log.ledger.chain import first_previous
from injection_log.ledger.checkpoint import parse_checkpoint
from injection_log.ledger.errors import ChangedMeanwhile, LedgerExists, NameRefused, NotCanonical
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.ledger.merkle import root
from injection_log.store import schema
from injection_log.store.engine import file_url, make_engine, reading, writing
from injection_log.store.ledger_store import CHUNK, Ledger
from injection_log.store.revisions import HEAD, OBJECTS, object_digests
from injection_log.store.transaction import read_schema
from injection_log.store.upgrade import upgrade

AMINA = Actor("amina", "injector")
LEFT = Subject("gland", "SMG-07", "injection", "left")
Note = Callable[..., None]


def test_a_new_log_binds_itself_in_its_first_events(ledger: Ledger) -> None:
    opened, enrolled, checkpoint = ledger.events()
    bound = {change.field: change.new for change in opened.changes}
    assert (opened.kind, bound["origin"], bound["study"], bound["site"]) == ("LedgerOpened", ledger.origin, "SMG", "01")
    assert opened.previous == first_previous(ledger.origin)
    assert (enrolled.kind, enrolled.changes[0].new) == ("WorkstationEnrolled", bound["checkpoint_key"])
    assert checkpoint.kind == "CheckpointMade"


def test_an_appended_event_is_read_back(ledger: Ledger) -> None:
    draft = EventDraft("FactSet", LEFT, (Change("fact.a", None, {"x": [1, "2"]}),), "why", "2026-11-22T09:00:00Z")
    (event,) = ledger.append(AMINA, [draft], protocol="p1")
    assert list(ledger.events(after=3)) == [event]
    assert (event.draft, event.actor, event.sequence) == (draft, AMINA, 4)
    assert event.recorded_at == "2026-11-22T09:00:03.000Z"


def test_an_append_updates_the_current_values(ledger: Ledger, note: Note) -> None:
    note(ledger, "first")
    note(ledger, "second", old="first")
    assert ledger.values(LEFT.key) == {"fact.note": "second"}
    note(ledger, None, old="second")
    assert ledger.values(LEFT.key) == {}


def test_a_stale_old_value_is_refused_and_nothing_is_written(ledger: Ledger, note: Note) -> None:
    note(ledger, "first")
    good = EventDraft("FactSet", LEFT, (Change("fact.other", None, 1),))
    stale = EventDraft("FactSet", LEFT, (Change("fact.note", "zeroth", "second"),))
    with pytest.raises(ChangedMeanwhile) as refused:
        ledger.append(AMINA, [good, stale], protocol="p1")
    assert (refused.value.subject, refused.value.field) == (LEFT.key, "fact.note")
    assert (refused.value.expected, refused.value.found) == ("zeroth", "first")
    assert (ledger.head()[0], ledger.values(LEFT.key)) == (4, {"fact.note": "first"})


def test_a_value_that_is_not_canonical_writes_nothing(ledger: Ledger, note: Note) -> None:
    with pytest.raises(NotCanonical):
        note(ledger, 0.5)
    assert ledger.head()[0] == 3


def test_a_checkpoint_covers_what_was_written_in_the_same_transaction(ledger: Ledger, note: Note) -> None:
    note(ledger, "a")
    note(ledger, "b", old="a", checkpoint=True)
    checkpoint = parse_checkpoint(ledger.latest_checkpoint() or "")
    events = list(ledger.events())
    assert (checkpoint.size, events[-1].kind) == (5, "CheckpointMade")
    assert checkpoint.root == root(event.leaf for event in events[:5])
    assert checkpoint.signed_by(ledger.keys.checkpoint_key(ledger.origin).public_key().public_bytes_raw())


def test_a_checkpoint_of_a_second_process_covers_the_first_ones_events(ledger: Ledger, place, note: Note) -> None:
    other = place.open()
    note(ledger, "a", checkpoint=True)
    note(other, "b", old="a", checkpoint=True)
    note(ledger, "c", old="b", checkpoint=True)
    leaves = [event.leaf for event in ledger.events()]
    assert parse_checkpoint(ledger.latest_checkpoint() or "").root == root(leaves[:-1])
    other.close()


def test_another_workstation_is_enrolled_before_its_first_act(ledger: Ledger, place, clock: FixedClock) -> None:
    elsewhere = Ledger.open(place.home.ledger_folder, clock=clock, keys=KeyFolder(place.home.root / "other keys"))
    draft = EventDraft("FactSet", LEFT, (Change("fact.a", None, 1),))
    enrolled, fact = elsewhere.append(AMINA, [draft], protocol="p1")
    assert (enrolled.kind, enrolled.subject.id) == ("WorkstationEnrolled", elsewhere.workstation)
    assert (fact.kind, elsewhere.workstation != ledger.workstation) == ("FactSet", True)
    elsewhere.close()


def test_more_events_than_one_reading_holds_come_in_order(ledger: Ledger) -> None:
    drafts = [EventDraft("SessionNoted", LEFT)] * (CHUNK + 5)
    ledger.append(AMINA, drafts, protocol="p1")
    assert [event.sequence for event in ledger.events()] == list(range(1, CHUNK + 9))


def test_reading_events_does_not_block_a_writer(ledger: Ledger, note: Note) -> None:
    for event in ledger.events():
        if event.sequence == 1:
            note(ledger, "written while reading")
    assert ledger.head()[0] == 4


def test_subjects_and_events_are_found_by_prefix(ledger: Ledger, note: Note) -> None:
    note(ledger, "a")
    other = Subject("gland", "SMG-08", "injection", "left")
    ledger.append(AMINA, [EventDraft("FactSet", other, (Change("fact.note", None, 1),))], protocol="p1")
    assert ledger.subjects("gland:SMG-07/") == [LEFT.key]
    assert ledger.subjects("gland:") == [LEFT.key, other.key]
    assert ledger.values_of("gland:SMG-08") == {other.key: {"fact.note": 1}}
    assert [event.sequence for event in ledger.events_of("gland:SMG-07/")] == [4]


def test_the_write_lock_is_taken_before_the_head_is_read(ledger: Ledger, note: Note) -> None:
    said: list[str] = []
    connection = ledger._engine.raw_connection()
    connection.driver_connection.set_trace_callback(said.append)
    connection.close()
    note(ledger, "a")
    assert said[0] == "BEGIN IMMEDIATE"
    assert next(i for i, sql in enumerate(said) if "max" in sql or "ORDER BY sequence DESC" in sql) > 0
    assert said[-1] == "COMMIT"
    assert sum(sql.startswith("BEGIN") for sql in said) == 1


def test_every_connection_has_the_durable_settings(ledger: Ledger) -> None:
    asked = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
    with reading(ledger._engine) as connection:
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in asked]
    assert found == ["delete", 3, 1, 1]


@pytest.mark.proves("F-02")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET salt = zeroblob(32) WHERE sequence = 2",
        "DELETE FROM event WHERE sequence = 3",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE sequence = 2",
        "INSERT INTO event SELECT 9, body, salt, leaf, previous, hash FROM event WHERE sequence = 3",
        "INSERT INTO event SELECT 4, body, salt, leaf, previous, hash FROM event WHERE sequence = 3",
    ],
)
def test_triggers_refuse_what_is_not_an_append(ledger: Ledger, place, statement: str) -> None:
    connection = sqlite3.connect(place.database)
    with pytest.raises(sqlite3.IntegrityError, match="of the log"):
        connection.execute(statement)
    connection.close()


def test_a_value_of_another_type_is_refused_by_the_table(ledger: Ledger, place) -> None:
    connection = sqlite3.connect(place.database)
    previous = connection.execute("SELECT hash FROM event WHERE sequence = 3").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        connection.execute("INSERT INTO event VALUES (4, 'text', zeroblob(32), ?, ?, ?)", [previous] * 3)
    connection.close()


@pytest.mark.parametrize("revision", OBJECTS)
def test_the_migrations_make_the_schema_that_is_pinned(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "new.sqlite3"
    path.touch()
    engine = make_engine(file_url(path))
    with writing(engine) as connection:
        upgrade(connection, revision)
    with reading(engine) as connection:
        assert object_digests(read_schema(connection)) == OBJECTS[revision]
        if revision == HEAD:
            for table in schema.metadata.sorted_tables:
                found = connection.execute(text(f'PRAGMA table_info("{table.name}")')).all()
                assert [(row.name, row.pk > 0) for row in found] == [(c.name, c.primary_key) for c in table.columns]
    engine.dispose()


def test_a_log_is_for_its_owner_only(ledger: Ledger, place) -> None:
    assert stat.S_IMODE(place.database.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.home.ledger_folder.stat().st_mode) == 0o700
    assert list(place.home.ledger_folder.iterdir()) == [place.database]


def test_a_log_is_never_made_over_another(ledger: Ledger, place, clock: FixedClock) -> None:
    before = place.database.read_bytes()
    with pytest.raises(LedgerExists):
        Ledger.create(place.home.ledger_folder, study="SMG", site="01", clock=clock, keys=place.keys)
    assert place.database.read_bytes() == before


@pytest.mark.parametrize("name", ["", "with space", "a/b", "ø", ".hidden", "x" * 65])
def test_a_site_name_that_does_not_fit_an_origin_is_refused(place, clock: FixedClock, name: str) -> None:
    with pytest.raises(NameRefused, match="site name"):
        Ledger.create(place.home.ledger_folder, study="SMG", site=name, clock=clock, keys=place.keys)
    assert not place.database.exists()
