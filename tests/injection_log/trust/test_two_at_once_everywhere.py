"""Eight programs at one record in the same instant: exactly one wins, the others are told who did what, and when.

Over a SQLite file and a real PostgreSQL; each client is a process with a connection of its own.
"""
from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from signed_visits import filled_visit, review_proof, signed_visit

from injection_log.acts import additions, amending, facts, reviewing, studies, undoing, visits
from injection_log.acts.overtaken import Overtaken
from injection_log.clock import FixedClock
from injection_log.errors import InjectionLogError, Refused
from injection_log.ledger.event import Change, EventDraft
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.practice.world import USERS
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.record.undone import number_of
from injection_log.record.values import VisitRecord
from injection_log.site import LEDGER, NOBODY, Session, Site, log_in
from injection_log.verify import verify

CLIENTS = 8
CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
FORK = multiprocessing.get_context("fork")
UNEXPECTED = (TypeError, AttributeError, LookupError, ValueError, AssertionError, RuntimeError)
Act = Callable[[Session, VisitRecord, str], Any]


@dataclass(frozen=True)
class Outcome:
    """How one client ended one round: what it wrote, or the sentence, the draft and the winner it was told of."""

    client: int
    round: int
    won: bool
    sentence: str = ""
    draft: str = ""
    told: str = ""


@pytest.fixture
def shared_site(any_place, clock: FixedClock) -> Iterator[Site]:
    """A practice site in a file or in PostgreSQL."""
    protocol, ledger = read_protocol(practice_protocol_text()), any_place.make(clock)
    adopted = {"id": protocol.id, "version": protocol.version, "sha256": protocol.sha256, "text": protocol.text}
    ledger.append(NOBODY, [EventDraft("ProtocolAdopted", LEDGER, (Change("protocol", None, adopted),))], protocol="")
    for one in USERS:
        account = NewAccount(one.user, one.printed_name, one.role, one.password, CHEAP)
        add_account(ledger, NOBODY, account, clock=clock, protocol=protocol.sha256)
    site = Site(any_place.home, ledger, any_place.keys, clock, protocol)
    yield site
    site.ledger.close()


def everyone_at_once(place: Any, users: list[str], site: Site, act: Act, rounds: int = 1) -> list[Outcome]:
    """Let every client do `act` on the record as all of them see it, in each round at the same moment."""
    sessions = {user: log_in(site, user, f"practice-{user}") for user in set(users)}
    site.ledger.close()  # no connection of this process goes into its children
    start, results = FORK.Barrier(len(users)), FORK.Queue()

    def client(number: int) -> None:
        # each at a moment of its own: one person's signature of one text at one moment is one and the same
        site.clock.advance(timedelta(seconds=number))
        ledger = place.open()
        own = replace(sessions[users[number]], site=replace(site, ledger=ledger))
        for turn in range(rounds):
            start.wait(60)
            shown = visits.find_visit(own, "SMG-07", "injection")
            start.wait(60)
            results.put(one_try(own, shown, act, (number, turn)))
        ledger.close()

    running = [FORK.Process(target=client, args=(number,)) for number in range(len(users))]
    for process in running:
        process.start()
    outcomes = [results.get(timeout=120) for _ in range(len(users) * rounds)]
    for process in running:
        process.join(30)
    return outcomes


def one_try(session: Session, shown: VisitRecord, act: Act, place: tuple[int, int]) -> Outcome:
    """Try once, and say how it went."""
    try:
        act(session, shown, f"client {place[0]} in turn {place[1]}")
    except Overtaken as lost:
        return Outcome(*place, won=False, sentence=lost.why, draft=lost.draft, told=lost.other.by)
    except Refused as refused:
        return Outcome(*place, won=False, sentence=refused.why)
    except (InjectionLogError, *UNEXPECTED) as wrong:  # must come home too, or everybody waits for it
        return Outcome(*place, won=False, sentence=f"failed: {wrong!r}")
    return Outcome(*place, won=True)


def winners(outcomes: list[Outcome], rounds: int) -> list[Outcome]:
    """The winner of each round; exactly one."""
    won = [one for one in outcomes if one.won]
    assert sorted(one.round for one in won) == list(range(rounds))
    return won


def type_a_remark(session: Session, shown: VisitRecord, text: str) -> None:
    """Type a remark that nobody else types."""
    facts.set_fact(session, shown, "right", "gland_remark", text)


def typed_at_once(place: Any, site: Site, rounds: int) -> None:
    """Rounds of eight people typing into one field."""
    filled_visit(log_in(site, "injector", "practice-injector"))
    users = ["injector", "operator"] * (CLIENTS // 2)
    names = {"injector": "Practice Injector", "operator": "Practice Operator"}
    outcomes = everyone_at_once(place, users, site, type_a_remark, rounds)
    for won in winners(outcomes, rounds):
        text, name = f"client {won.client} in turn {won.round}", names[users[won.client]]
        for lost in (one for one in outcomes if one.round == won.round and not one.won):
            assert lost.draft == f"client {lost.client} in turn {lost.round}"
            assert lost.told == name
            said = rf"{name} changed Remark \(SMG-07, .*right gland\) (from .* )?to {text} at 2026-"
            assert re.match(said, lost.sentence)
    ledger = place.open()
    changed = [e for e in ledger.events() if any(one.field == "fact.gland_remark" for one in e.changes)]
    assert len(changed) == rounds
    ledger.close()
    assert verify(place.home, keys=place.keys).first_wrong is None


def test_of_eight_who_type_into_one_field_one_wins_and_the_rest_keep_their_draft(any_place, shared_site) -> None:
    typed_at_once(any_place, shared_site, rounds=3)


def test_eight_who_type_into_eight_fields_in_one_instant_are_all_saved(any_place, shared_site) -> None:
    filled_visit(log_in(shared_site, "injector", "practice-injector"))
    typed = {"gland_remark": "quiet", "approach_from": "anterior", "tip_in_gland": "uncertain", "needle": "23G-40mm"}
    places = [(side, field, text) for side in ("right", "left") for field, text in typed.items()]

    def type_own(session: Session, shown: VisitRecord, who: str) -> None:
        facts.set_fact(session, shown, *places[int(who.split()[1])])

    outcomes = everyone_at_once(any_place, ["injector"] * CLIENTS, shared_site, type_own)
    assert [one.sentence for one in outcomes if not one.won] == []
    ledger = any_place.open()
    for side, field, text in places:
        assert ledger.values(f"gland:SMG-07/injection/{side}")[f"fact.{field}"] == text
    ledger.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_soak_of_eight_who_type_into_one_field_one_wins_a_thousand_times(any_place, shared_site) -> None:
    typed_at_once(any_place, shared_site, rounds=1000)


def amend(session: Session, shown: VisitRecord, why: str) -> None:
    amending.open_amendment(session, shown, "right", why)


def add(session: Session, shown: VisitRecord, why: str) -> None:
    additions.open_addition(session, shown, "right", why)


def review(session: Session, shown: VisitRecord, why: str) -> None:
    del why
    reviewing.review_gland(session, shown, "right", review_proof(shown, "right"))


@pytest.mark.parametrize(("act", "kind", "said"), [
    (amend, "AmendmentOpened", r"opened an amendment of|is open since .* by Practice Injector"),
    (add, "AdditionOpened", r"opened an addition to|is open since .* by Practice Injector"),
    (review, "GlandReviewed", r"reviewed SMG-07|was reviewed by Practice Investigator"),
])
def test_of_eight_amendments_additions_or_reviews_exactly_one_stands(any_place, shared_site, act, kind, said) -> None:
    user = "investigator" if act is review else "injector"
    signed_visit(log_in(shared_site, "injector", "practice-injector"))
    outcomes = everyone_at_once(any_place, [user] * CLIENTS, shared_site, act)
    winners(outcomes, 1)
    assert all(re.search(said, one.sentence) for one in outcomes if not one.won)
    ledger = any_place.open()
    assert [event.kind for event in ledger.events()].count(kind) == 1
    ledger.close()
    assert verify(any_place.home, keys=any_place.keys).first_wrong is None


def test_of_eight_screens_of_one_person_that_undo_in_one_instant_no_act_is_undone_twice(any_place, shared_site) -> None:
    filled_visit(log_in(shared_site, "injector", "practice-injector"))

    def undo(session: Session, shown: VisitRecord, who: str) -> None:
        del who
        undoing.undo(session, shown)

    outcomes = everyone_at_once(any_place, ["injector"] * CLIENTS, shared_site, undo)
    won = [one for one in outcomes if one.won]
    assert won
    assert all("on another screen" in one.sentence for one in outcomes if not one.won)
    ledger = any_place.open()
    taken = [number_of(event) for event in ledger.events() if event.kind == "ActUndone"]
    ledger.close()
    assert len(taken) == len(set(taken)) == len(won)
    assert verify(any_place.home, keys=any_place.keys).first_wrong is None


def test_of_two_participants_that_are_linked_to_one_patient_at_once_one_is(any_place, shared_site) -> None:
    from dicom_io.image import PatientIdentity

    injector = log_in(shared_site, "injector", "practice-injector")
    for number in range(CLIENTS):
        visits.open_visit(injector, f"SMG-{number + 10}", "injection")
    filled_visit(injector)

    def link(session: Session, shown: VisitRecord, who: str) -> None:
        del shown
        number = int(who.split()[1])
        record = visits.find_visit(session, f"SMG-{number + 10}", "injection")
        identity = PatientIdentity(patient_id="0101010000", issuer="", name="", birth_date="")
        studies.link_identity(session, record, f"1.2.3.{number}", identity)

    outcomes = everyone_at_once(any_place, ["injector"] * CLIENTS, shared_site, link)
    winners(outcomes, 1)
    assert all("linked to another participant" in one.sentence for one in outcomes if not one.won)
