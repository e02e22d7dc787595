"""A content that should never have been there goes for good: agreed by two people, in one act, and the log holds."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from signed_visits import filled_visit
from tampering import Attacker, check_export, export_as_it_is

from injection_log.acts.blanking import Blanking, BlankingDone, blank, plan_blanking
from injection_log.clock import FixedClock
from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import canonical_bytes, parse_json
from injection_log.ledger.errors import ChangedMeanwhile, LedgerError
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.log_place import Names, keep_place
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.people.two_people import Proof2
from injection_log.practice.story import VISIT_FACTS, sign
from injection_log.practice.world import INJECTOR, INVESTIGATOR, USERS
from injection_log.protocol.reading import practice_protocol_text
from injection_log.record.reading import gland_subject
from injection_log.site import NOBODY, Session, Site, log_in
from injection_log.store.making import make_shared
from injection_log.verify import verify
from injection_log.verify.blanked import FIELD, KIND

SECRET = "call 5550 1234 ask Inger"
CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
MANAGER = next(user for user in USERS if user.role == "data_manager")
SECOND = Proof2(MANAGER.user, MANAGER.password)
LEFT = gland_subject("SMG-07", "injection", "left")
NOTE, ASSISTANT = "fact.note", VISIT_FACTS["assistant"]


@dataclass
class Trial:
    """A site with a secret in its log, and the principal investigator at work."""

    site: Site
    keys: KeyFolder

    @property
    def home(self) -> Home:
        return self.site.home

    def session(self, user: object = INVESTIGATOR) -> Session:
        return log_in(self.site, user.user, user.password)

    def write(self, field: str, new: object, *, reason: str = "") -> int:
        """One event about the left gland; its number."""
        old = self.site.ledger.values(LEFT.key).get(field)
        draft = EventDraft("GlandFactSet", LEFT, (Change(field, old, new),), reason)
        actor = self.session(INJECTOR).actor
        return self.site.ledger.append(actor, [draft], protocol=self.site.protocol.sha256)[-1].sequence

    def blank(self, *sequences: int, fields: tuple[str, ...] = (NOTE,), owner: str = "") -> BlankingDone:
        session = self.session()
        plan = plan_blanking(session, Blanking(sequences, fields, "a phone number and a name"))
        return blank(session, plan, SECOND, INVESTIGATOR.password, owner=owner)

    def verified(self) -> str:
        wrong = verify(self.home, keys=self.keys).first_wrong
        return "" if wrong is None else f"{wrong.sequence} {wrong.what}"


def _fill(site: Site) -> None:
    for one in USERS:
        account = NewAccount(one.user, one.printed_name, one.role, one.password, CHEAP)
        add_account(site.ledger, NOBODY, account, clock=site.clock, protocol=site.protocol.sha256)


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    clock = FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), timedelta(seconds=1))
    site = Site.create(Home(tmp_path / "home"), practice_protocol_text(), "test", clock=clock)
    _fill(site)
    return Trial(site, site.keys)


def test_a_blanked_content_is_gone_and_the_log_holds(trial: Trial) -> None:
    number = trial.write(NOTE, SECRET)
    done = trial.blank(number)
    assert trial.verified() == ""
    assert trial.site.ledger.values(LEFT.key) == {}
    assert SECRET.encode() not in (trial.home.ledger_folder / "ledger.sqlite3").read_bytes()
    assert next(trial.site.ledger.events(after=done.sequence - 1)).kind == KIND


def test_what_stands_of_a_blanked_event_are_its_other_fields(trial: Trial) -> None:
    draft = EventDraft("GlandFactSet", LEFT, (Change("fact.needle", None, "25G-40mm"), Change(NOTE, None, SECRET)))
    actor = trial.session(INJECTOR).actor
    (event,) = trial.site.ledger.append(actor, [draft], protocol=trial.site.protocol.sha256)
    trial.blank(event.sequence)
    assert trial.verified() == ""
    assert trial.site.ledger.values(LEFT.key) == {"fact.needle": "25G-40mm"}


def test_the_old_value_of_a_later_event_must_go_in_the_same_act(trial: Trial) -> None:
    first, second = trial.write(NOTE, SECRET), trial.write(NOTE, "smooth")
    with pytest.raises(Refused, match=f"stands in these events too: {second}; name them") as refused:
        trial.blank(first)
    assert SECRET not in refused.value.why
    assert trial.verified() == ""
    trial.blank(first, second)
    assert trial.verified() == ""
    assert trial.site.ledger.values(LEFT.key) == {NOTE: "smooth"}


def test_a_signed_text_that_repeats_it_goes_too_and_its_signature_is_said_to(trial: Trial) -> None:
    injector = trial.session(INJECTOR)
    sign(injector, filled_visit(injector), "left")
    told = next(event.sequence for event in trial.site.ledger.events() if ASSISTANT in event.body.decode())
    signed = next(event.sequence for event in trial.site.ledger.events() if event.kind == "GlandSigned")
    with pytest.raises(Refused, match=f"too: {signed}"):
        trial.blank(told, fields=("fact.assistant",))
    trial.blank(told, signed, fields=("fact.assistant",))
    kept = trial.site.ledger.values(LEFT.key)["signature"]
    assert trial.verified() == ""
    assert (kept["printed_name"], kept["rendering"], kept["value"]) == ("Practice Injector", "", "")
    assert any("signatures in it" in one for one in verify(trial.home, keys=trial.keys).not_covered)


def test_a_participant_code_that_is_a_name_takes_every_event_about_it_along(trial: Trial) -> None:
    visit = Subject("visit", "Inger-Hansen", "injection")
    days = ((None, "1"), ("1", "2"))
    drafts = [EventDraft("VisitOpened", visit, (Change("opened_on", old, new),)) for old, new in days]
    trial.site.ledger.append(trial.session(INJECTOR).actor, drafts, protocol=trial.site.protocol.sha256)
    about = [event.sequence for event in trial.site.ledger.events() if "Inger-Hansen" in event.body.decode()]
    with pytest.raises(Refused, match="stands in these events too"):
        trial.blank(about[0], fields=("subject",))
    trial.blank(*about, fields=("subject",))
    assert trial.verified() == ""
    assert b"Inger-Hansen" not in (trial.home.ledger_folder / "ledger.sqlite3").read_bytes()


def test_the_reason_of_an_event_can_go_and_its_values_stay(trial: Trial) -> None:
    number = trial.write(NOTE, "smooth", reason=SECRET)
    trial.blank(number, fields=("reason",))
    assert (trial.verified(), trial.site.ledger.values(LEFT.key)) == ("", {NOTE: "smooth"})


def test_the_event_names_everything_but_the_content(trial: Trial) -> None:
    number = trial.write(NOTE, SECRET)
    trial.blank(number)
    said = trial.site.ledger.values("ledger:")[FIELD]
    assert said["why"] == "a phone number and a name"
    assert said["events"][str(number)].keys() == {"leaf", "subject", "kind", "user", "fields"}
    assert [one["role"] for one in said["agreement"]["signatures"]] == ["principal_investigator", "data_manager"]
    assert SECRET.encode() not in canonical_bytes(said)


def test_one_person_is_not_enough(trial: Trial) -> None:
    number = trial.write(NOTE, SECRET)
    session = trial.session()
    plan = plan_blanking(session, Blanking((number,), (NOTE,), "a phone number"))
    with pytest.raises(Refused, match="another one than the one who is logged in"):
        blank(session, plan, Proof2(INVESTIGATOR.user, INVESTIGATOR.password), INVESTIGATOR.password)
    assert trial.site.ledger.values(LEFT.key) == {NOTE: SECRET}


def test_who_is_neither_investigator_nor_data_manager_may_not(trial: Trial) -> None:
    number = trial.write(NOTE, SECRET)
    with pytest.raises(Refused, match="may not blank payload"):
        plan_blanking(trial.session(INJECTOR), Blanking((number,), (NOTE,), "a phone number"))


@pytest.mark.parametrize(
    ("sequences", "fields", "why", "code"),
    [
        ((1,), ("study",), "no reason at all", "event_needed"),
        ((3,), ("checkpoint",), "no reason at all", "event_needed"),
        ((999,), (NOTE,), "no reason at all", "no_such_event"),
        ((), (NOTE,), "no reason at all", "no_such_event"),
        ((-1,), ("fact.other",), "no reason at all", "no_such_field"),
        ((-1,), (NOTE,), "", "reason_missing"),
        ((-1,), (NOTE,), "it spoke of sa-line", "word_not_allowed"),
        ((-1,), (NOTE,), f"because {SECRET}", "content_repeated"),
    ],
)
def test_what_cannot_be_blanked_is_refused_in_words(
    trial: Trial, sequences: tuple[int, ...], fields: tuple[str, ...], why: str, code: str
) -> None:
    number = trial.write(NOTE, SECRET)
    named = tuple(number if one == -1 else one for one in sequences)
    with pytest.raises(Refused) as refused:
        plan_blanking(trial.session(), Blanking(named, fields, why))
    assert refused.value.code == code
    assert SECRET not in refused.value.why


def test_a_change_between_plan_and_act_stops_it(trial: Trial) -> None:
    number = trial.write(NOTE, SECRET)
    session = trial.session()
    plan = plan_blanking(session, Blanking((number,), (NOTE,), "a phone number"))
    trial.write("fact.needle", "25G-40mm")
    with pytest.raises(ChangedMeanwhile):
        blank(session, plan, SECOND, INVESTIGATOR.password)
    assert (trial.verified(), trial.site.ledger.values(LEFT.key)[NOTE]) == ("", SECRET)


def test_the_guard_against_changes_stands_again_afterwards(trial: Trial) -> None:
    number = trial.write(NOTE, SECRET)
    trial.blank(number)
    attacker = Attacker(trial.home, trial.keys)
    with pytest.raises(Exception, match="never changed"):
        attacker.run("UPDATE event SET body = NULL, salt = NULL WHERE sequence = 4", guarded=True)


def test_exports_made_before_are_named_in_the_answer(trial: Trial, tmp_path: Path) -> None:
    from injection_log.acts.log_export import export_log

    number = trial.write(NOTE, SECRET)
    export_log(trial.session(), tmp_path / "out")
    done = trial.blank(number)
    assert any("an export of the log" in sentence for sentence in done.still_held)


def test_both_verifiers_accept_a_blanked_event_only_with_what_was_agreed(trial: Trial, tmp_path: Path) -> None:
    number = trial.write(NOTE, SECRET)
    spared = trial.write("fact.needle", "25G-40mm")
    trial.blank(number)
    attacker = Attacker(trial.home, trial.keys)
    assert check_export(export_as_it_is(attacker, tmp_path / "whole")) == ""
    attacker.run(("UPDATE event SET body = NULL, salt = NULL WHERE sequence = ?", (spared,)))
    found = check_export(export_as_it_is(attacker, tmp_path / "tampered"))
    assert found == trial.verified() == f"{spared} payload"


@pytest.mark.parametrize("change", ["leaf", "why", "fields", "agreement", "sequence"])
def test_a_forged_blanking_is_seen_by_both_verifiers(trial: Trial, tmp_path: Path, change: str) -> None:
    number = trial.write(NOTE, SECRET)
    done = trial.blank(number)
    attacker = Attacker(trial.home, trial.keys)
    rows = attacker.table("event")
    body = parse_json(rows[done.sequence - 1][1])
    said = next(one["new"] for one in body["changes"] if one["field"] == FIELD)
    _forge(said, change, number)
    _replace(attacker, done.sequence, body)
    found = check_export(export_as_it_is(attacker, tmp_path / "forged"))
    assert found == trial.verified() != ""


def _forge(said: dict, change: str, number: int) -> None:
    if change == "leaf":
        said["events"][str(number)]["leaf"] = "00" * 32
    elif change == "why":
        said["why"] = "another reason"
    elif change == "fields":
        said["events"][str(number)]["fields"] = {NOTE: "a better note"}
    elif change == "agreement":
        said["agreement"]["signatures"][1] = said["agreement"]["signatures"][0]
    else:
        said["events"][str(number + 1)] = said["events"].pop(str(number))


def _replace(attacker: Attacker, sequence: int, body: dict) -> None:
    """Put another body into one event and chain everything behind it anew, as the database's administrator."""
    from injection_log.ledger.chain import leaf_hash, link_hash

    rows = [list(row) for row in attacker.table("event")]
    rows[sequence - 1][1] = canonical_bytes(body)
    for row in rows[sequence - 1 :]:
        row[3] = leaf_hash(row[2], row[1])
        row[4] = rows[row[0] - 2][5]
        row[5] = link_hash(row[4], row[3], row[0])
    attacker.fill("event", [tuple(row) for row in rows])


def test_blanking_in_a_shared_database_needs_the_owner_of_the_tables(tmp_path: Path, postgres, clock) -> None:
    database, home, keys = postgres.new_schema(), Home(tmp_path / "home").make(), KeyFolder.default()
    keep_place(home.ledger_folder, database)
    make_shared(database, "injlog_owner", Names("SMG", "01"), clock, keys)
    trial = Trial(_adopted(home, clock), keys)
    number = trial.write(NOTE, SECRET)
    with pytest.raises(LedgerError):
        trial.blank(number)
    assert trial.site.ledger.values(LEFT.key) == {NOTE: SECRET}
    done = trial.blank(number, owner="injlog_owner")
    assert (trial.verified(), trial.site.ledger.values(LEFT.key)) == ("", {})
    assert any("write-ahead log" in sentence for sentence in done.still_held)


def _adopted(home: Home, clock: FixedClock) -> Site:
    """The site of a shared log, with the practice protocol and its people."""
    from injection_log.protocol.reading import read_protocol
    from injection_log.store.ledger_store import Ledger

    protocol = read_protocol(practice_protocol_text())
    ledger = Ledger.open(home.ledger_folder, clock=clock, keys=KeyFolder.default())
    adopted = {"id": protocol.id, "version": protocol.version, "sha256": protocol.sha256, "text": protocol.text}
    draft = EventDraft("ProtocolAdopted", Subject("ledger"), (Change("protocol", None, adopted),))
    ledger.append(NOBODY, [draft], protocol=protocol.sha256)
    ledger.close()
    site = Site.open(home, clock)
    _fill(site)
    return replace(site)
