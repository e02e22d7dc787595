"""Changes of the log that only a database in a file shows, and claims that no attack but a mistake would make.

Every attack, on both databases and with both verifiers, is in test_tamper_suite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import canonical_bytes, parse_json
from injection_log.ledger.chain import leaf_hash, link_hash
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
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


def test_a_rewrite_after_the_last_checkpoint_is_seen_by_the_workstation(signed) -> None:
    ledger = signed.open()
    ledger.append(AMINA, [EventDraft("VisitClosed", Subject("visit", "SMG-07", "injection"))], protocol="p1")
    ledger.close()

    def edit(sequence: int, value: dict) -> None:
        if sequence == 10:
            value["kind"] = "VisitOpened"

    rewrite(signed, edit)
    assert found(signed) == (10, "high-water mark")


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


def test_a_record_called_signed_that_nobody_signed_is_named(signed) -> None:
    sign_again(signed, RIGHT, {"state": "reviewed"})
    assert found(signed) == (10, "signature")


def test_a_broken_page_of_the_file_is_found(signed) -> None:
    data = bytearray(signed.database.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 600] = b"\xaa" * 600
    signed.database.write_bytes(data)
    assert not verify(signed.home, keys=signed.keys).ok
