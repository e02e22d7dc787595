"""Whoever changes the log, what follows from it or what lies around it is found, and the place is named."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable

import pytest

from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import canonical_bytes, parse_json
from injection_log.ledger.chain import leaf_hash, link_hash
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.verify import verify

AMINA = Actor("amina", "injector")
LEFT = Subject("gland", "SMG-07", "injection", "left")
RIGHT = Subject("gland", "SMG-07", "injection", "right")
EVENTS = 9


def found(place, keys: KeyFolder | None = None) -> tuple[int, str]:
    """What verification finds first: where, and what."""
    report = verify(place.home, keys=keys or place.keys)
    assert not report.ok
    assert report.first_wrong is not None
    assert report.first_wrong.why.endswith(".")
    return report.first_wrong.sequence, report.first_wrong.what


def rewrite(place, change: Callable[[int, dict], None]) -> None:
    """Change bodies and hash everything again, as someone who holds the database but no key would."""
    connection = sqlite3.connect(place.database)
    rows = connection.execute("SELECT sequence, body, salt, previous FROM event ORDER BY sequence").fetchall()
    connection.close()
    previous, statements = rows[0][3], []
    for sequence, body, salt, _ in rows:
        value = parse_json(body)
        change(sequence, value)
        body = canonical_bytes(value)  # noqa: PLW2901 - the rewritten row
        leaf = leaf_hash(salt, body)
        columns = {"body": body, "leaf": leaf, "previous": previous, "hash": link_hash(previous, leaf, sequence)}
        assignments = ", ".join(f"{name} = x'{data.hex()}'" for name, data in columns.items())
        statements.append(f"UPDATE event SET {assignments} WHERE sequence = {sequence}")
        previous = columns["hash"]
    place.tamper(*statements)


def test_an_untouched_log_holds(signed) -> None:
    report = verify(signed.home, keys=signed.keys)
    assert (report.ok, report.events, report.first_wrong) == (True, EVENTS, None)
    assert report.checkpoint is not None
    assert report.checkpoint.splitlines()[1] == "8"


@pytest.mark.parametrize("sequence", range(1, EVENTS + 1))
@pytest.mark.parametrize("column", ["body", "salt", "leaf", "previous", "hash"])
def test_a_changed_byte_of_any_event_is_named(signed, sequence: int, column: str) -> None:
    connection = sqlite3.connect(signed.database)
    data = bytearray(connection.execute(f"SELECT {column} FROM event WHERE sequence = {sequence}").fetchone()[0])
    connection.close()
    chance = random.Random(f"{sequence} {column}")
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    signed.tamper(f"UPDATE event SET {column} = x'{data.hex()}' WHERE sequence = {sequence}")
    # Of the first event the link is the origin itself, so a changed link shows as a changed hash.
    assert found(signed)[0] == sequence


@pytest.mark.parametrize(
    ("where", "statements"),
    [
        ((5, "sequence"), ["DELETE FROM event WHERE sequence = 5"]),
        ((1, "sequence"), ["DELETE FROM event"]),
        (
            (6, "link"),
            [
                "UPDATE event SET sequence = 106 WHERE sequence = 6",
                "UPDATE event SET sequence = 6 WHERE sequence = 7",
                "UPDATE event SET sequence = 7 WHERE sequence = 106",
            ],
        ),
        (
            (6, "link"),
            [
                "UPDATE event SET sequence = sequence + 100 WHERE sequence > 5",
                "UPDATE event SET sequence = sequence - 99 WHERE sequence > 100",
                "INSERT INTO event SELECT 6, body, salt, leaf, previous, hash FROM event WHERE sequence = 5",
            ],
        ),
        ((10, "link"), ["INSERT INTO event SELECT 10, body, salt, leaf, previous, hash FROM event WHERE sequence = 9"]),
        ((4, "payload"), ["UPDATE event SET body = NULL, salt = NULL WHERE sequence = 4"]),
    ],
    ids=["deleted", "all deleted", "swapped", "inserted", "appended", "blanked"],
)
def test_rows_that_are_missing_added_or_moved_are_named(signed, where: tuple[int, str], statements: list[str]) -> None:
    signed.tamper(*statements)
    assert found(signed) == where


CUT = ["DELETE FROM current_value WHERE sequence > 7", "DELETE FROM event WHERE sequence > 7"]


def test_a_cut_end_is_seen_by_the_workstation_that_wrote_it(signed) -> None:
    # the checkpoint of event 3 is the current one again, so that only the cut itself can be seen
    connection = sqlite3.connect(signed.database)
    body = parse_json(connection.execute("SELECT body FROM event WHERE sequence = 3").fetchone()[0])
    connection.close()
    value = canonical_bytes(body["changes"][0]["new"]).decode()
    signed.tamper(*CUT, f"INSERT INTO current_value VALUES ('ledger:', 'checkpoint', '{value}', 3)")
    assert found(signed) == (8, "high-water mark")
    elsewhere = verify(signed.home, keys=KeyFolder(signed.home.root / "other keys"))
    assert elsewhere.ok
    assert any("older copy" in sentence for sentence in elsewhere.not_covered)


def test_a_cut_end_with_its_current_values_left_is_seen_anywhere(signed) -> None:
    signed.tamper("PRAGMA foreign_keys=OFF", "DELETE FROM event WHERE sequence > 7")
    assert found(signed, KeyFolder(signed.home.root / "other keys"))[1] == "projection"


def test_a_log_that_was_hashed_again_does_not_fit_its_checkpoints(signed) -> None:
    def edit(sequence: int, value: dict) -> None:
        if sequence == 7:
            value["changes"][0]["new"] = "rough"

    rewrite(signed, edit)
    assert found(signed) == (9, "checkpoint")


def test_a_rewrite_after_the_last_checkpoint_is_seen_by_the_workstation(signed) -> None:
    ledger = signed.open()
    ledger.append(AMINA, [EventDraft("VisitClosed", Subject("visit", "SMG-07", "injection"))], protocol="p1")
    ledger.close()

    def edit(sequence: int, value: dict) -> None:
        if sequence == 10:
            value["kind"] = "VisitOpened"

    rewrite(signed, edit)
    assert found(signed) == (10, "high-water mark")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE current_value SET value = '\"rough\"' WHERE field = 'fact.note'",
        "UPDATE current_value SET sequence = 6 WHERE field = 'fact.note'",
        "DELETE FROM current_value WHERE field = 'fact.note'",
        "UPDATE current_value SET field = 'fact.nota' WHERE field = 'fact.note'",
    ],
)
def test_a_changed_current_value_is_named(signed, statement: str) -> None:
    signed.tamper(statement)
    assert found(signed)[1] == "projection"


def test_a_current_value_that_no_event_gave_is_named(signed) -> None:
    signed.tamper("INSERT INTO current_value VALUES ('gland:SMG-07/injection/right', 'state', '\"locked\"', 4)")
    assert found(signed) == (4, "projection")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credential SET password_hash = password_hash || 'x'",
        "UPDATE credential SET sealed_key = zeroblob(83)",
        "DELETE FROM credential",
        "INSERT INTO credential VALUES ('berta', 'x', x'00')",
    ],
)
def test_a_changed_credential_is_named(signed, statement: str) -> None:
    signed.tamper(statement)
    assert found(signed)[1] == "credential"


RETYPED = "UPDATE sqlite_schema SET sql = replace(sql, 'salt BLOB', 'salt TEXT') WHERE name = 'event'"
LOOSENED = "UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'event'"


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["DROP TRIGGER event_never_updated"], "trigger event_never_updated is missing"),
        (["CREATE TRIGGER mine AFTER INSERT ON event BEGIN SELECT 1; END"], "trigger mine was added"),
        (["CREATE VIEW event_view AS SELECT 1"], "view event_view was added"),
        (["CREATE INDEX fast ON current_value (value)"], "index fast was added"),
        (["PRAGMA writable_schema=ON", RETYPED], "table event was changed"),
        (["PRAGMA writable_schema=ON", LOOSENED], "table event was changed"),
        (["UPDATE alembic_version SET version_num = '0000'"], "version '0000' is not known"),
        (["DELETE FROM alembic_version"], "version"),
    ],
)
def test_a_changed_schema_is_named(signed, statements: list[str], words: str) -> None:
    connection = sqlite3.connect(signed.database, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()
    report = verify(signed.home, keys=signed.keys)
    assert report.first_wrong is not None
    assert report.first_wrong.what in ("schema", "database")
    assert words in report.first_wrong.why


def test_a_swapped_image_file_is_named(signed) -> None:
    (picture,) = (path for path in signed.home.images.rglob("*") if path.is_file())
    picture.write_bytes(b"another picture")
    assert found(signed) == (6, "image")


def test_a_missing_image_file_is_named(signed) -> None:
    (picture,) = (path for path in signed.home.images.rglob("*") if path.is_file())
    picture.unlink()
    assert found(signed) == (6, "image")


def test_a_missing_file_of_an_image_that_came_twice_is_named(signed) -> None:
    ledger = signed.open()
    change = Change("conflicts", None, ["ab" * 32])
    ledger.append(AMINA, [EventDraft("ImageConflicted", Subject("image", id="2.25.7"), (change,))], protocol="p1")
    ledger.close()
    assert found(signed) == (10, "image")


def sign_again(signed, subject: Subject, value: dict, by: Actor = AMINA) -> None:
    ledger = signed.open()
    changes = tuple(Change(name, ledger.values(subject.key).get(name), new) for name, new in value.items())
    ledger.append(by, [EventDraft("GlandSigned", subject, changes)], protocol="p1", checkpoint=True)
    ledger.close()


def signature_of(signed) -> dict:
    ledger = signed.open()
    value = ledger.values(LEFT.key)["signature"]
    ledger.close()
    return value


def test_a_signature_copied_to_another_record_does_not_hold(signed) -> None:
    sign_again(signed, RIGHT, {"state": "signed", "signature": signature_of(signed)})
    assert found(signed) == (10, "signature")


def test_a_signature_given_to_another_user_does_not_hold(signed, clock) -> None:
    ledger = signed.open()
    berta = NewAccount("berta", "Berta Carlsen", "injector", "four blue plums", PasswordCost(1, 8, 1))
    add_account(ledger, Actor("", ""), berta, clock=clock, protocol="p1")
    ledger.close()
    copied = {**signature_of(signed), "user": "berta", "printed_name": "Berta Carlsen"}
    sign_again(signed, LEFT, {"signature": copied}, by=Actor("berta", "injector"))
    assert found(signed) == (11, "signature")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("meaning", "reviewed"),
        ("signed_at", "2026-11-21T10:00:00.000+00:00"),
        ("rendering", "another text"),
        ("printed_name", "Berta Carlsen"),
        ("value", "AAAA"),
        ("value", ""),
        ("user", "nobody"),
    ],
)
def test_a_signature_with_another_content_does_not_hold(signed, field: str, value: str) -> None:
    sign_again(signed, LEFT, {"signature": {**signature_of(signed), field: value}})
    assert found(signed) == (10, "signature")


def test_a_record_called_signed_that_nobody_signed_is_named(signed) -> None:
    sign_again(signed, RIGHT, {"state": "reviewed"})
    assert found(signed) == (10, "signature")


def test_a_checkpoint_by_a_key_that_is_not_enrolled_is_named(signed) -> None:
    def forge(sequence: int, value: dict) -> None:
        if value["kind"] == "WorkstationEnrolled":
            value["changes"][0]["new"] = "00" * 32

    rewrite(signed, forge)
    assert found(signed)[1] == "key"


def test_a_broken_page_of_the_file_is_found(signed) -> None:
    data = bytearray(signed.database.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 600] = b"\xaa" * 600
    signed.database.write_bytes(data)
    assert not verify(signed.home, keys=signed.keys).ok


def test_single_bit_flips_of_the_file_are_never_missed(signed) -> None:
    """A sample; a flip that is not reported must have left the content as it was."""
    whole = signed.database.read_bytes()
    chance, missed = random.Random(7), []
    before = content(signed)
    for _ in range(150):
        data = bytearray(whole)
        place, bit = chance.randrange(len(data)), chance.randrange(8)
        data[place] ^= 1 << bit
        signed.database.write_bytes(data)
        if verify(signed.home, keys=signed.keys).ok and content(signed) != before:
            missed.append((place, bit))
    assert missed == []


def content(place) -> list[tuple]:
    connection = sqlite3.connect(f"file:{place.database}?mode=ro", uri=True)
    tables = ("event", "current_value", "credential", "alembic_version", "sqlite_schema")
    try:
        return [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]
    finally:
        connection.close()
