"""Every attack of the threat table in docs/trust.md, on SQLite and PostgreSQL, and who sees it.

Five looks at each: `verify` at the workstation that wrote the log, `verify` anywhere else, the same with a checkpoint
that left the machine, and the standalone verifier on an export without and with it. What only an outside checkpoint
shows is asserted as such: the others say that the log holds.
"""
from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tampering import TABLES, Attacker, Body, Verdicts, check_export, edited, export_as_it_is, sign_as, verdicts

from injection_log.clock import FixedClock
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.checkpoint import make_checkpoint
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.log_place import Names, keep_place
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.store.ledger_store import Ledger
from injection_log.store.making import make_shared
from injection_log.verify import check_log

AMINA = Actor("amina", "injector")
LEFT, RIGHT = (Subject("gland", "SMG-07", "injection", side) for side in ("left", "right"))
PICTURE = b"not really an ultrasound picture"
CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
HOLDS = Verdicts("", "", "", "", "")
FACT, SIGNED, COVERED, LATE, LAST = 7, 8, 8, 10, 12
"""Events of the log: a fact, the signature over it, what the outside checkpoint covers, a late fact, the last one."""


@dataclass
class Victim:
    """A log to attack, the checkpoint that left it, and where to work."""

    attacker: Attacker
    outside: Path
    work: Path

    def verdicts(self) -> Verdicts:
        return verdicts(self.attacker, self.outside, self.work)


def _clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), timedelta(seconds=1))


def _make(home: Home, keys: KeyFolder, database: Any, sign: Any) -> str:
    """A log of twelve events; the text of its checkpoint over the first eight."""
    clock = _clock()
    if database is None:
        ledger = Ledger.create(home.ledger_folder, study="SMG", site="01", clock=clock, keys=keys)
    else:
        keep_place(home.ledger_folder, database)
        make_shared(database, "injlog_owner", Names("SMG", "01"), clock, keys)
        ledger = Ledger.open(home.ledger_folder, clock=clock, keys=keys)
    for user, name in (("amina", "Amina Berg"), ("berta", "Berta Carlsen")):
        new = NewAccount(user, name, "injector", "three green pears", CHEAP)
        add_account(ledger, Actor("", ""), new, clock=clock, protocol="p1")
    digest = sha256(PICTURE).hexdigest()
    (home.images / digest[:2]).mkdir(exist_ok=True)
    (home.images / digest[:2] / digest).write_bytes(PICTURE)
    kept = EventDraft("ImageKept", Subject("image", id="2.25.7"), (Change("sha256", None, digest),))
    fact = EventDraft("GlandFactSet", LEFT, (Change("fact.note", None, "smooth"),))
    ledger.append(AMINA, [kept, fact], protocol="p1")
    signature = (Change("state", None, "signed"), Change("signature", None, sign(ledger, "amina", LEFT)))
    ledger.append(AMINA, [EventDraft("GlandSigned", LEFT, signature)], protocol="p1", checkpoint=True)
    outside = ledger.latest_checkpoint() or ""
    late = EventDraft("GlandFactSet", RIGHT, (Change("fact.note", None, "late"),))
    out = EventDraft("LoggedOut", Subject("user", id="amina"))
    ledger.append(AMINA, [late, out], protocol="p1", checkpoint=True)
    ledger.close()
    return outside


class _Template:
    """A log to copy from: made once, because the databases of a hundred tests would take minutes."""

    def __init__(self, root: Path, database: Any, sign: Any) -> None:
        self.home, self.keys = Home(root / "home").make(), KeyFolder(root / "keys")
        self.outside = _make(self.home, self.keys, database, sign)
        self.attacker = Attacker(self.home, self.keys)
        self.rows = {name: self.attacker.table(name) for name in TABLES}

    def copy(self, to: Path) -> Victim:
        shutil.copytree(self.home.root, to / "home")
        shutil.copytree(self.keys.root, to / "keys")
        (to / "outside.txt").write_text(self.outside, encoding="utf-8")
        attacker = Attacker(Home(to / "home"), KeyFolder(to / "keys"))
        if attacker.shared is not None:  # the schema stays where it is; its rows are put back
            for name in reversed(TABLES):
                attacker.run(f"DELETE FROM {name}")
            for name in TABLES:
                attacker.fill(name, self.rows[name])
        return Victim(attacker, to / "outside.txt", to)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sign: Any) -> _Template:
    database = request.getfixturevalue("postgres").new_schema() if request.param == "postgresql" else None
    return _Template(tmp_path_factory.mktemp("template"), database, sign)


@pytest.fixture
def victim(template: _Template, tmp_path: Path) -> Victim:
    return template.copy(tmp_path / "victim")


@pytest.fixture(params=["sqlite", "postgresql"])
def victim_of_its_own(request: pytest.FixtureRequest, tmp_path: Path, sign: Any) -> Victim:
    """One whose tables may be altered."""
    database = request.getfixturevalue("postgres").new_schema() if request.param == "postgresql" else None
    made = _Template(tmp_path / "made", database, sign)
    (tmp_path / "outside.txt").write_text(made.outside, encoding="utf-8")
    return Victim(made.attacker, tmp_path / "outside.txt", tmp_path)


def everywhere(event: int, what: str) -> Verdicts:
    """Every look finds the same."""
    return Verdicts(*[f"{event} {what}"] * 5)


def test_an_untouched_log_holds_for_everyone(victim: Victim) -> None:
    assert victim.verdicts() == HOLDS


@pytest.mark.parametrize("column", ["body", "salt", "leaf", "previous", "hash"])
@pytest.mark.parametrize("event", [FACT, LAST])
def test_an_edited_event_is_seen_by_everyone(victim: Victim, event: int, column: str) -> None:
    rows = [list(row) for row in victim.attacker.table("event")]
    place = ("sequence", "body", "salt", "leaf", "previous", "hash").index(column)
    data = bytearray(rows[event - 1][place])
    data[len(data) // 2] ^= 4
    victim.attacker.run((f"UPDATE event SET {column} = ? WHERE sequence = ?", (bytes(data), event)))
    found = victim.verdicts()
    assert len({found.here, found.elsewhere, found.since, found.export, found.export_since}) == 1
    assert found.here.startswith(f"{event} ")


def test_a_deleted_event_is_seen_by_everyone(victim: Victim) -> None:
    victim.attacker.fill("event", [row for row in victim.attacker.table("event") if row[0] != FACT])
    assert victim.verdicts() == everywhere(FACT, "sequence")


def test_a_deleted_event_whose_place_is_closed_up_is_seen_by_everyone(victim: Victim) -> None:
    rows = [row for row in victim.attacker.table("event") if row[0] != FACT]
    victim.attacker.fill("event", [(number, *row[1:]) for number, row in enumerate(rows, start=1)])
    assert victim.verdicts() == everywhere(FACT, "link")


def test_an_inserted_event_is_seen_by_everyone(victim: Victim) -> None:
    rows = victim.attacker.table("event")
    rows.insert(FACT, rows[FACT - 1])
    victim.attacker.fill("event", [(number, *row[1:]) for number, row in enumerate(rows, start=1)])
    assert victim.verdicts() == everywhere(FACT + 1, "link")


def test_two_events_in_the_wrong_order_are_seen_by_everyone(victim: Victim) -> None:
    rows = victim.attacker.table("event")
    rows[5], rows[6] = rows[6], rows[5]
    victim.attacker.fill("event", [(number, *row[1:]) for number, row in enumerate(rows, start=1)])
    assert victim.verdicts() == everywhere(6, "link")


def test_an_event_without_content_that_nobody_agreed_to_is_seen_by_everyone(victim: Victim) -> None:
    victim.attacker.run(("UPDATE event SET body = NULL, salt = NULL WHERE sequence = ?", (FACT,)))
    assert victim.verdicts() == everywhere(FACT, "payload")


def test_a_cut_end_is_seen_here_and_by_an_outside_checkpoint_only(victim: Victim) -> None:
    victim.attacker.put(victim.attacker.table("event")[: COVERED - 1])
    assert victim.verdicts() == Verdicts(
        here=f"{COVERED} high-water mark", elsewhere="", since=f"{COVERED} outside checkpoint",
        export="", export_since=f"{COVERED} outside checkpoint",
    )  # fmt: skip


def test_an_end_cut_behind_the_outside_checkpoint_is_seen_here_only(victim: Victim) -> None:
    victim.attacker.put(victim.attacker.table("event")[: COVERED + 1])
    assert victim.verdicts() == Verdicts(f"{COVERED + 2} high-water mark", "", "", "", "")


def test_a_log_chained_anew_by_the_databases_administrator_is_seen_by_everyone(victim: Victim) -> None:
    victim.attacker.rewrite(edited(_rough)(victim.attacker))
    inside, outside = f"{COVERED + 1} checkpoint", f"{COVERED} outside checkpoint"
    assert victim.verdicts() == Verdicts(inside, inside, outside, inside, outside)


def _rough(number: int, body: Body) -> None:
    if number == FACT:
        body["changes"][0]["new"] = "rough"


def test_a_rewrite_with_the_signing_key_is_seen_here_and_by_an_outside_checkpoint_only(victim: Victim) -> None:
    victim.attacker.rewrite(edited(_rough)(victim.attacker), signing=True)
    assert victim.verdicts() == Verdicts(
        here=f"{LAST} high-water mark", elsewhere="", since=f"{COVERED} outside checkpoint",
        export="", export_since=f"{COVERED} outside checkpoint",
    )  # fmt: skip


def test_a_rewrite_with_the_key_behind_the_outside_checkpoint_is_seen_here_only(victim: Victim) -> None:
    def change(number: int, body: Body) -> None:
        if number == LATE:
            body["changes"][0]["new"] = "never said"

    victim.attacker.rewrite(edited(change)(victim.attacker), signing=True)
    assert victim.verdicts() == Verdicts(f"{LAST} high-water mark", "", "", "", "")


def test_a_deletion_with_the_signing_key_is_seen_here_and_by_an_outside_checkpoint_only(victim: Victim) -> None:
    bodies = victim.attacker.bodies()
    del bodies[5]  # the picture was never kept
    victim.attacker.rewrite(bodies, signing=True)
    found = victim.verdicts()
    assert (found.elsewhere, found.export) == ("", "")
    assert found.since == found.export_since == f"{COVERED} outside checkpoint"
    assert found.here.endswith("high-water mark")


def test_an_older_copy_is_seen_here_and_by_an_outside_checkpoint_only(victim: Victim, template: _Template) -> None:
    older = template.rows["event"][: COVERED - 2]
    victim.attacker.put(older)
    found = victim.verdicts()
    assert found == Verdicts(
        f"{COVERED - 1} high-water mark", "", f"{COVERED - 1} outside checkpoint", "",
        f"{COVERED - 1} outside checkpoint",
    )  # fmt: skip


def test_a_new_log_under_the_same_name_is_seen_by_an_outside_checkpoint_only(victim: Victim) -> None:
    def change(number: int, body: Body) -> None:
        if number >= FACT and body["kind"] == "GlandFactSet":
            body["changes"][0]["new"] = "a better story"

    bodies = [body for body in edited(change)(victim.attacker) if body["kind"] != "LoggedOut"]
    victim.attacker.rewrite(bodies, signing=True)
    shutil.rmtree(victim.attacker.keys.root)  # the workstation's memory went too
    found = victim.verdicts()
    assert (found.here, found.elsewhere, found.export) == ("", "", "")
    assert found.since == found.export_since == f"{COVERED} outside checkpoint"


PROJECTIONS = [
    "UPDATE current_value SET value = '\"rough\"' WHERE field = 'fact.note' AND sequence = 7",
    "UPDATE current_value SET sequence = 6 WHERE field = 'fact.note' AND sequence = 7",
    "DELETE FROM current_value WHERE field = 'signature'",
    "INSERT INTO current_value VALUES ('gland:SMG-07/injection/right', 'state', '\"locked\"', 4)",
    "UPDATE event_place SET subject = 'gland:SMG-08/injection/left' WHERE sequence = 7",
    "UPDATE event_place SET kind = 'NothingHappened' WHERE sequence = 7",
    "UPDATE event_place SET \"user\" = 'berta' WHERE sequence = 7",
    "DELETE FROM event_place WHERE sequence = 7",
]


@pytest.mark.parametrize("statement", PROJECTIONS)
def test_a_change_of_a_projection_only_is_seen_on_the_database(victim: Victim, statement: str) -> None:
    victim.attacker.run(statement)
    found = victim.verdicts()
    assert found.here == found.elsewhere == found.since
    assert found.here.endswith(" projection")
    assert (found.export, found.export_since) == ("", "")  # an export has no projection


CREDENTIALS = ["UPDATE credential SET password_hash = password_hash || 'x'", "DELETE FROM credential"]


@pytest.mark.parametrize("statement", CREDENTIALS)
def test_a_changed_password_or_key_is_seen_on_the_database(victim: Victim, statement: str) -> None:
    victim.attacker.run(statement)
    found = victim.verdicts()
    assert found.here == found.elsewhere == found.since == "4 credential"
    assert (found.export, found.export_since) == ("", "")


SCHEMAS = {
    "sqlite": [
        ["DROP TRIGGER event_never_updated"],
        ["CREATE TRIGGER mine AFTER INSERT ON event BEGIN SELECT 1; END"],
        ["CREATE VIEW events AS SELECT * FROM event"],
        ["CREATE INDEX fast ON current_value (value)"],
        ["PRAGMA writable_schema=ON", "UPDATE sqlite_schema SET sql = replace(sql, 'salt BLOB', 'salt TEXT')"],
        ["PRAGMA writable_schema=ON", "UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '')"],
        ["UPDATE alembic_version SET version_num = '0000'"],
        ["DELETE FROM alembic_version"],
    ],
    "postgresql": [
        ["DROP TRIGGER event_never_updated ON event"],
        ["ALTER TABLE event DISABLE TRIGGER event_never_updated"],
        ["CREATE VIEW events AS SELECT * FROM event"],
        ["CREATE INDEX fast ON current_value (value)"],
        ["ALTER TABLE current_value ALTER COLUMN value TYPE varchar"],
        ["ALTER TABLE event ALTER COLUMN leaf DROP NOT NULL"],
        ["UPDATE alembic_version SET version_num = '0000'"],
        ["DELETE FROM alembic_version"],
    ],
}


@pytest.mark.parametrize("number", range(8))
def test_a_changed_schema_is_seen_on_the_database(victim_of_its_own: Victim, number: int) -> None:
    victim = victim_of_its_own
    engine = "sqlite" if victim.attacker.shared is None else "postgresql"
    victim.attacker.run(*SCHEMAS[engine][number], guarded=True)
    found = victim.verdicts()
    assert found.here == found.elsewhere == found.since
    assert found.here in ("0 schema", "0 database")
    assert (found.export, found.export_since) == ("", "")


@pytest.mark.parametrize("content", [b"another picture", None])
def test_a_swapped_or_missing_image_file_is_seen_by_everyone_who_has_the_files(
    victim: Victim, content: bytes | None
) -> None:
    (picture,) = (path for path in victim.attacker.home.images.rglob("*") if path.is_file())
    picture.unlink()
    if content is not None:
        picture.write_bytes(content)
    assert victim.verdicts() == everywhere(6, "image")
    assert check_export(victim.work / "export") == ""  # without the files it cannot know


def _forge(change: Callable[[Attacker, Body], None]) -> Callable[[Victim], None]:
    def forge(victim: Victim) -> None:
        bodies = victim.attacker.bodies()
        change(victim.attacker, bodies[COVERED])
        victim.attacker.rewrite(bodies)

    return forge


def _by_a_strange_key(attacker: Attacker, body: Body) -> None:
    said = body["changes"][0]["new"]
    text = said["text"].split("\n")
    key = Ed25519PrivateKey.generate()
    said["text"] = make_checkpoint(attacker.origin, COVERED, check_log.base64.b64decode(text[2]), key)


def _of_another_log(attacker: Attacker, body: Body) -> None:
    said = body["changes"][0]["new"]
    said["text"] = said["text"].replace(attacker.origin, attacker.origin[:-4] + "beef")


def _no_checkpoint(attacker: Attacker, body: Body) -> None:
    body["changes"][0]["new"]["text"] = "all is well\n"


def _of_fewer(attacker: Attacker, body: Body) -> None:
    body["changes"][0]["new"] = attacker.bodies()[2]["changes"][0]["new"]


@pytest.mark.parametrize("change", [_by_a_strange_key, _of_another_log, _no_checkpoint, _of_fewer])
def test_a_forged_or_swapped_checkpoint_in_the_log_is_seen_by_everyone(
    victim: Victim, change: Callable[[Attacker, Body], None]
) -> None:
    _forge(change)(victim)
    assert victim.verdicts() == everywhere(COVERED + 1, "checkpoint")


def test_a_swapped_key_of_a_workstation_is_seen_by_everyone(victim: Victim) -> None:
    def change(number: int, body: Body) -> None:
        if body["kind"] == "WorkstationEnrolled":
            body["changes"][0]["new"] = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()

    victim.attacker.rewrite(edited(change)(victim.attacker))
    assert victim.verdicts() == everywhere(2, "key")


def test_a_swapped_key_of_a_person_is_seen_by_everyone(victim: Victim) -> None:
    def change(number: int, body: Body) -> None:
        for one in body["changes"]:
            if one["field"] == "public_key" and body["subject"] == "user:amina":
                one["new"] = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()

    victim.attacker.rewrite(edited(change)(victim.attacker), signing=True)
    assert victim.verdicts() == everywhere(SIGNED, "signature")


def _copied_to(subject: Subject, by: Actor, **instead: str) -> Callable[[Attacker], list[Body]]:
    def bodies(attacker: Attacker) -> list[Body]:
        found = attacker.bodies()
        said = next(one["new"] for one in found[SIGNED - 1]["changes"] if one["field"] == "signature")
        copy = {**found[SIGNED - 1], "subject": subject.key, "user": by.user, "changes": [
            {"field": "signature", "old": None, "new": {**said, **instead}},
            {"field": "state", "old": None, "new": "signed"},
        ]}  # fmt: skip
        return [*found[: LATE + 1], copy]

    return bodies


@pytest.mark.parametrize(
    "bodies",
    [
        _copied_to(RIGHT, AMINA),
        _copied_to(Subject("gland", "SMG-08", "injection", "left"), AMINA),
        _copied_to(RIGHT, Actor("berta", "injector"), user="berta", printed_name="Berta Carlsen"),
        _copied_to(RIGHT, AMINA, meaning="reviewed"),
        _copied_to(RIGHT, AMINA, signed_at="2026-11-21T10:00:00.000+00:00"),
        _copied_to(RIGHT, AMINA, rendering="Another text\n"),
        _copied_to(RIGHT, AMINA, role="principal_investigator"),
        _copied_to(RIGHT, AMINA, value=""),
    ],
)
def test_a_signature_that_is_copied_or_altered_is_seen_by_everyone(
    victim: Victim, bodies: Callable[[Attacker], list[Body]]
) -> None:
    victim.attacker.rewrite(bodies(victim.attacker), signing=True)
    found = victim.verdicts()
    assert found.elsewhere == found.since == found.export == found.export_since == f"{LATE + 2} signature"


def test_a_signature_copied_to_another_database_is_seen_there(victim: Victim, tmp_path: Path, sign: Any) -> None:
    other = _Template(tmp_path / "other", None, sign)
    said = next(one for one in victim.attacker.bodies()[SIGNED - 1]["changes"] if one["field"] == "signature")
    bodies = other.attacker.bodies()
    bodies[SIGNED - 1]["changes"] = [said, *bodies[SIGNED - 1]["changes"][:1]]
    people = {body["subject"]: body for body in victim.attacker.bodies() if body["kind"] == "UserAdded"}
    bodies = [people.get(body["subject"], body) if body["kind"] == "UserAdded" else body for body in bodies]
    other.attacker.rewrite(bodies, signing=True)
    folder = export_as_it_is(other.attacker, tmp_path / "export")
    assert check_export(folder) == f"{SIGNED} signature"


def test_somebody_who_signs_with_another_persons_name_is_seen_by_everyone(victim: Victim) -> None:
    stranger = Ed25519PrivateKey.generate()

    def change(number: int, body: Body) -> None:
        if number == SIGNED:
            one = next(one for one in body["changes"] if one["field"] == "signature")
            one["new"] = sign_as(stranger, victim.attacker.origin, LEFT.key, {**one["new"], "rendering": "2.00 mL\n"})

    victim.attacker.rewrite(edited(change)(victim.attacker), signing=True)
    assert victim.verdicts() == everywhere(SIGNED, "signature")
