"""Two people for one act: both passwords, one of each role, and signatures that hold for that act and text only."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest

from injection_log.clock import FixedClock
from injection_log.errors import Refused
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.agreement import agreement_holds
from injection_log.people.errors import WrongPassword
from injection_log.people.key_standing import key_field
from injection_log.people.passwords import PasswordCost
from injection_log.people.two_people import Proof2, agreed, signers
from injection_log.store.ledger_store import Ledger

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
NOBODY = Actor("", "")
TEXT = "The log is put back from the backup of 2026-11-21."
PEOPLE = {"petra": "principal_investigator", "dorte": "data_manager", "dan": "data_manager", "mona": "monitor"}


def password(user: str) -> str:
    return f"{user} likes green pears"


@pytest.fixture
def people(ledger: Ledger, clock: FixedClock):
    """Log-ins by user id: what `agreed` needs of a session."""
    site = SimpleNamespace(ledger=ledger, clock=clock, protocol=SimpleNamespace(sha256="p1"))
    found = {}
    for user, role in PEOPLE.items():
        new = NewAccount(user, user.title(), role, password(user), CHEAP)
        account = add_account(ledger, NOBODY, new, clock=clock, protocol="p1")
        found[user] = SimpleNamespace(site=site, account=account)
    return found


def both(people, first: str = "petra", second: str = "dorte"):
    proof = Proof2(second, password(second))
    return agreed(people[first], proof, act="restore", text=TEXT, password=password(first))


@pytest.fixture
def key_of(people):
    keys = {user: one.account.public_key for user, one in people.items()}
    return keys.get


def test_two_signatures_of_the_two_roles_hold(ledger: Ledger, people, key_of) -> None:
    for first, second in (("petra", "dorte"), ("dan", "petra")):
        stored = both(people, first, second)
        assert agreement_holds(ledger.origin, stored, key_of) is None
        assert [user for user, _, _ in signers(stored)] == [first, second]


@pytest.mark.parametrize("pair", [("petra", "petra"), ("dorte", "dan"), ("petra", "mona"), ("mona", "dan")])
def test_other_pairs_are_refused(people, pair: tuple[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        both(people, *pair)
    assert refused.value.code == "two_people"


@pytest.mark.parametrize("wrong", ["petra", "dorte"])
def test_either_wrong_password_is_an_event_and_no_agreement(ledger: Ledger, people, wrong: str) -> None:
    words = {user: "a wrong password" if user == wrong else password(user) for user in ("petra", "dorte")}
    with pytest.raises(WrongPassword):
        agreed(people["petra"], Proof2("dorte", words["dorte"]), act="restore", text=TEXT, password=words["petra"])
    *_, last = ledger.events()
    assert (last.kind, last.subject.key) == ("SigningFailed", f"user:{wrong}")


def test_a_key_that_nobody_confirmed_is_none_of_the_two(ledger: Ledger, people) -> None:
    told = {"made_at": "2026-11-22T09:00:00.000Z", "code_by": "admin", "confirmed_by": ""}
    field = key_field(people["dorte"].account.public_key)
    draft = EventDraft("PasswordReset", Subject("user", id="dorte"), (Change(field, None, told),))
    ledger.append(NOBODY, [draft], protocol="p1")
    with pytest.raises(Refused, match="not yet confirmed"):
        both(people)


def changed(stored, path, value):
    other = copy.deepcopy(stored)
    place = other
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return other


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("act",), "blank_payload"),
        (("text",), "Another text."),
        (("text_sha256",), "0" * 64),
        (("signatures", 0, "user"), "dan"),
        (("signatures", 0, "role"), "data_manager"),
        (("signatures", 1, "user"), "nobody"),
        (("signatures", 1, "signed_at"), "2026-11-22T10:00:00.000+00:00"),
        (("signatures", 0, "value"), "AAAA"),
        (("signatures", 0, "value"), "no base64!"),
        (("signatures", 0), None),
        (("signatures",), []),
        (("signatures",), None),
    ],
)
def test_whatever_is_changed_of_an_agreement_is_noticed(ledger: Ledger, people, key_of, path, value) -> None:
    assert agreement_holds(ledger.origin, changed(both(people), path, value), key_of)


def test_an_agreement_holds_in_its_own_log_only(people, key_of) -> None:
    assert agreement_holds("injection-log/SMG/02/00", both(people), key_of)


def test_one_signature_twice_is_not_two_people(ledger: Ledger, people, key_of) -> None:
    stored = both(people)
    assert agreement_holds(ledger.origin, changed(stored, ("signatures", 1), stored["signatures"][0]), key_of)


@pytest.mark.parametrize("nonsense", [None, 3, "text", [], {}, {"signatures": [{}]}])
def test_what_is_no_agreement_does_not_hold(ledger: Ledger, key_of, nonsense) -> None:
    assert agreement_holds(ledger.origin, nonsense, key_of)


def test_a_proof_shows_no_password_when_it_is_printed() -> None:
    assert "pears" not in repr(Proof2("dorte", password("dorte")))
