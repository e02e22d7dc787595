"""Accounts as they change: passwords, one-time codes and the keys made with them, roles, closing, unlocking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from injection_log.clock import FixedClock
from injection_log.ledger.errors import ChangedMeanwhile, DiskFull, KeyStoreFailed, LedgerBusy
from injection_log.ledger.event import Actor, Subject
from injection_log.people import passwords
from injection_log.people.account_changes import (
    AccountChange,
    change_role,
    close_account,
    reopen_account,
    unlock_account,
)
from injection_log.people.accounts import NewAccount, account_of, add_account, authenticate, sign_as
from injection_log.people.errors import AccountLocked, AccountRefused, NewPasswordOwed, PasswordWeak, WrongPassword
from injection_log.people.key_standing import NOT_CONFIRMED, fingerprint, key_standing, signature_standing
from injection_log.people.passwords import PasswordCost, is_weaker
from injection_log.people.renewing import (
    NewPassword,
    change_password,
    confirm_key,
    confirm_workstation,
    give_code,
    use_code,
)
from injection_log.people.separation import BLINDED, SEES_RECORDS, separation_fault
from injection_log.people.signature import claim_holds, verify_signature
from injection_log.store.ledger_store import Ledger
from injection_log.verify import verify

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PASSWORD = "three green pears"
OTHER = "four yellow plums"
NOBODY, ADMIN = Actor("", ""), Actor("admin", "administrator")
PETRA = Actor("petra", "principal_investigator")
PEOPLE = {"amina": "injector", "petra": "principal_investigator", "dorte": "data_manager", "admin": "administrator"}


@pytest.fixture
def people(ledger: Ledger, clock: FixedClock) -> Ledger:
    """A log with an injector, an investigator, a data manager and one administrator."""
    for user, role in PEOPLE.items():
        new = NewAccount(user, user.title(), role, PASSWORD, CHEAP)
        add_account(ledger, NOBODY, new, clock=clock, protocol="p1")
    return ledger


def change(ledger: Ledger, user: str, by: Actor = ADMIN, reason: str = "moved to another clinic") -> AccountChange:
    return AccountChange(ledger, by, user, reason, "p1")


def enter(ledger: Ledger, password: str, user: str = "amina"):
    return authenticate(ledger, user, password, ledger.clock, "p1")


def choose(ledger: Ledger, code: str, new: str = OTHER, user: str = "amina"):
    return use_code(ledger, NewPassword(user, code, new, CHEAP), clock=ledger.clock, protocol="p1")


def renewed(ledger: Ledger, user: str = "amina") -> None:
    choose(ledger, give_code(change(ledger, user), ledger.clock, CHEAP), user=user)


def last(ledger: Ledger):
    *_, event = ledger.events()
    return event


# ---- a changed password ----
def test_a_changed_password_seals_the_same_key(people: Ledger) -> None:
    before = account_of(people, "amina")
    signature = sign_as(people, "amina", PASSWORD, b"message")
    change_password(people, NewPassword("amina", PASSWORD, OTHER, CHEAP), clock=people.clock, protocol="p1")
    assert account_of(people, "amina") == before
    assert verify_signature(bytes.fromhex(before.public_key), b"message", signature)
    assert sign_as(people, "amina", OTHER, b"message") == signature
    with pytest.raises(WrongPassword):
        enter(people, PASSWORD)


def test_a_changed_password_is_an_event_without_either_password(people: Ledger) -> None:
    change_password(people, NewPassword("amina", PASSWORD, OTHER, CHEAP), clock=people.clock, protocol="p1")
    event = last(people)
    assert (event.kind, event.actor.user) == ("PasswordChanged", "amina")
    assert not any(word.encode() in event.body for word in (PASSWORD, OTHER, "argon2"))


def test_the_old_password_has_to_be_right_and_counts(people: Ledger) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            change_password(people, NewPassword("amina", "wrong", OTHER, CHEAP), clock=people.clock, protocol="p1")
    with pytest.raises(AccountLocked):
        enter(people, PASSWORD)
    assert [event.kind for event in people.events()].count("PasswordChangeFailed") == 5


@pytest.mark.parametrize("new", [PASSWORD, "short", "password1234", "Adgangskode-123", "0123456789", "amina"])
def test_a_new_password_may_not_be_the_last_one_nor_an_easy_one(people: Ledger, new: str) -> None:
    with pytest.raises(PasswordWeak):
        change_password(people, NewPassword("amina", PASSWORD, new, CHEAP), clock=people.clock, protocol="p1")
    assert enter(people, PASSWORD).user == "amina"


# ---- a one-time code ----
def test_a_code_is_kept_as_argon2id_only_and_the_old_password_opens_nothing(people: Ledger) -> None:
    code = give_code(change(people, "amina"), people.clock, CHEAP)
    assert people.credential("amina").password_hash.startswith("$argon2id$")
    assert code.encode() not in b"".join(event.body for event in people.events())
    assert (last(people).kind, last(people).reason) == ("OneTimeCodeMade", "moved to another clinic")
    with pytest.raises(WrongPassword):
        enter(people, PASSWORD)


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: f" {code.replace('-', ' ')} "])
def test_a_code_given_as_a_password_leads_to_a_new_one(people: Ledger, typed) -> None:
    code = give_code(change(people, "amina"), people.clock, CHEAP)
    with pytest.raises(NewPasswordOwed):
        enter(people, typed(code))
    with pytest.raises(NewPasswordOwed):
        sign_as(people, "amina", typed(code), b"message")
    assert choose(people, typed(code)).key_standing == NOT_CONFIRMED
    assert enter(people, OTHER).user == "amina"


def test_a_code_makes_a_new_key_and_the_old_signatures_stay_checkable(people: Ledger, place, sign) -> None:
    old_key = account_of(people, "amina").public_key
    signature = sign_as(people, "amina", PASSWORD, b"message")
    renewed(people)
    assert account_of(people, "amina").public_key != old_key
    (changed,) = [c for event in people.events() for c in event.changes if c.field == "public_key" and c.old]
    assert changed.old == old_key
    assert verify_signature(bytes.fromhex(changed.old), b"message", signature)
    assert verify(place.home, keys=place.keys).ok


def test_a_code_is_for_one_new_password(people: Ledger) -> None:
    code = give_code(change(people, "amina"), people.clock, CHEAP)
    choose(people, code)
    with pytest.raises(WrongPassword):
        choose(people, code, "five purple figs")
    assert enter(people, OTHER)


def test_a_code_holds_for_a_day(people: Ledger, clock: FixedClock) -> None:
    code = give_code(change(people, "amina"), clock, CHEAP)
    clock.advance(timedelta(hours=24))
    for try_it in (lambda: choose(people, code), lambda: enter(people, code)):
        with pytest.raises(AccountRefused, match="too old"):
            try_it()


def test_wrong_codes_lock_as_wrong_passwords_do_and_a_new_code_lifts_the_lock(people: Ledger) -> None:
    give_code(change(people, "amina"), people.clock, CHEAP)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            choose(people, "0000-0000-0000-0000")
    with pytest.raises(AccountLocked):
        choose(people, "0000-0000-0000-0000")
    renewed(people)


def test_the_lost_password_is_not_chosen_again(people: Ledger) -> None:
    code = give_code(change(people, "amina"), people.clock, CHEAP)
    with pytest.raises(PasswordWeak, match="the password you had"):
        choose(people, code, PASSWORD)
    assert choose(people, code)


def test_nobody_gives_themselves_a_code(people: Ledger) -> None:
    with pytest.raises(AccountRefused, match="for others"):
        give_code(change(people, "admin"), people.clock, CHEAP)


# ---- a second person vouches ----
def test_a_second_person_confirms_the_key(people: Ledger) -> None:
    renewed(people)
    shown = fingerprint(account_of(people, "amina").public_key)
    confirm_key(change(people, "amina", PETRA), people.clock, shown.upper())
    assert account_of(people, "amina").key_standing == ""
    assert (last(people).kind, last(people).actor) == ("KeyConfirmed", PETRA)


@pytest.mark.parametrize(("by", "code"), [("amina", "second_person"), ("admin", "second_person")])
def test_neither_its_owner_nor_who_gave_the_code_confirms_a_key(people: Ledger, by: str, code: str) -> None:
    renewed(people)
    with pytest.raises(AccountRefused) as refused:
        confirm_key(change(people, "amina", Actor(by, PEOPLE[by])), people.clock)
    assert refused.value.code == code
    assert account_of(people, "amina").key_standing == NOT_CONFIRMED


def test_two_unconfirmed_keys_do_not_vouch_for_each_other(people: Ledger) -> None:
    renewed(people, "petra")
    renewed(people, "dorte")
    with pytest.raises(AccountRefused, match="Your own key"):
        confirm_key(change(people, "dorte", PETRA), people.clock)


def test_verify_names_the_keys_that_nobody_confirmed(people: Ledger, place) -> None:
    def said() -> list[str]:
        return [one for one in verify(place.home, keys=place.keys).not_covered if "amina" in one]

    assert said() == []
    renewed(people)
    assert said() == ["Nobody has confirmed the signing key that amina has since a one-time code yet (confirm-key)."]
    confirm_key(change(people, "amina", PETRA), people.clock)
    assert said() == []


def test_another_fingerprint_is_not_confirmed(people: Ledger) -> None:
    renewed(people)
    with pytest.raises(AccountRefused, match="not the fingerprint"):
        confirm_key(change(people, "amina", PETRA), people.clock, "0000 0000 0000 0000 0000")


def test_a_signature_says_that_its_key_is_not_confirmed_and_older_ones_do_not(people: Ledger) -> None:
    old = account_of(people, "amina").public_key
    renewed(people)
    new = account_of(people, "amina").public_key
    assert [key_standing(people.values, "amina", key) for key in (old, new)] == ["", NOT_CONFIRMED]
    assert signature_standing(people.values, "amina", {"public_key": new}) == NOT_CONFIRMED
    assert signature_standing(people.values, "amina", {}) == ""


def test_a_workstation_that_joins_is_confirmed_by_a_second_person(people: Ledger, place, tmp_path) -> None:
    from injection_log.keys import KeyFolder
    from injection_log.people.key_standing import unconfirmed_workstations

    other = Ledger.open(place.home.ledger_folder, clock=people.clock, keys=KeyFolder(tmp_path / "other-keys"))
    authenticate(other, "petra", PASSWORD, people.clock, "p1")
    here = other.workstation
    assert unconfirmed_workstations(people.values_of("")) == (here,)
    confirm_workstation(change(people, here, PETRA), people.clock)
    assert unconfirmed_workstations(people.values_of("")) == ()
    with pytest.raises(AccountRefused, match="no confirmation"):
        confirm_workstation(change(people, people.workstation, PETRA), people.clock)
    other.close()


# ---- roles, closing, unlocking ----
def test_a_role_change_is_an_event_with_its_reason(people: Ledger) -> None:
    change_role(change(people, "amina"), "operator")
    event = last(people)
    assert (event.kind, event.actor, event.reason) == ("RoleChanged", ADMIN, "moved to another clinic")
    assert enter(people, PASSWORD).role == "operator"


@pytest.mark.parametrize(
    ("user", "role", "code"),
    [
        ("admin", "injector", "own_role"),
        ("amina", "reader", "not_separate"),
        ("amina", "injector", "same_role"),
        ("amina", "boss", "role_unknown"),
        ("nobody", "injector", "no_such_user"),
    ],
)
def test_roles_that_cannot_be_given(people: Ledger, user: str, role: str, code: str) -> None:
    with pytest.raises(AccountRefused) as refused:
        change_role(change(people, user), role)
    assert refused.value.code == code


def test_a_role_that_was_left_long_ago_still_counts(people: Ledger) -> None:
    change_role(change(people, "amina"), "administrator")
    with pytest.raises(AccountRefused, match="can never be reader"):
        change_role(change(people, "amina"), "reader")


def test_a_reader_never_comes_to_see_procedures(people: Ledger, clock: FixedClock) -> None:
    add_account(people, ADMIN, NewAccount("rikke", "Rikke D", "reader", PASSWORD, CHEAP), clock=clock, protocol="p1")
    change_role(change(people, "rikke"), "administrator")
    with pytest.raises(AccountRefused, match="measures blinded"):
        change_role(change(people, "rikke"), "monitor")


def test_a_second_account_under_the_same_name_is_the_same_person(people: Ledger, clock: FixedClock) -> None:
    with pytest.raises(AccountRefused, match="same printed name"):
        add_account(people, ADMIN, NewAccount("amina2", "AMINA", "reader", PASSWORD, CHEAP), clock=clock, protocol="p1")


def test_the_separation_holds_for_every_pair_of_roles() -> None:
    for held in (*SEES_RECORDS, *BLINDED):
        for wanted in (*SEES_RECORDS, *BLINDED):
            assert bool(separation_fault([held], wanted)) == ((held in BLINDED) != (wanted in BLINDED))
        assert not separation_fault([held], "administrator")


def test_the_last_administrator_stays(people: Ledger) -> None:
    for act in (close_account, lambda one: change_role(one, "monitor")):
        with pytest.raises(AccountRefused) as refused:
            act(change(people, "admin", PETRA))
        assert refused.value.code == "last_administrator"


def test_two_administrators_who_close_each_other_do_not_both_succeed(people: Ledger, clock, monkeypatch) -> None:
    second = NewAccount("adam", "Adam", "administrator", PASSWORD, CHEAP)
    add_account(people, ADMIN, second, clock=clock, protocol="p1")
    write, both = people.append_batch, []

    def first_the_other(batch):
        if not both:
            both.append("adam closes admin")
            close_account(change(people, "admin", Actor("adam", "administrator")))
        return write(batch)

    monkeypatch.setattr(people, "append_batch", first_the_other)
    with pytest.raises(ChangedMeanwhile):
        close_account(change(people, "adam"))
    assert [people.values(f"user:{one}").get("closed") for one in ("admin", "adam")] == [True, None]


def test_a_closed_account_neither_logs_in_nor_signs_and_is_opened_again(people: Ledger) -> None:
    close_account(change(people, "amina"))
    for try_it in (lambda: enter(people, PASSWORD), lambda: sign_as(people, "amina", PASSWORD, b"message")):
        with pytest.raises(AccountRefused, match="closed"):
            try_it()
    with pytest.raises(WrongPassword):
        enter(people, "wrong")
    reopen_account(change(people, "amina"))
    assert enter(people, PASSWORD).user == "amina"
    assert "AccountClosed" in [event.kind for event in people.events()]


def test_the_administrator_lifts_a_lock(people: Ledger) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            enter(people, "wrong")
    unlock_account(change(people, "amina"))
    assert last(people).kind == "AccountUnlocked"
    assert enter(people, PASSWORD)


# ---- what a password costs, and what is no wrong password ----
def test_a_password_that_costs_less_than_today_is_kept_anew_at_log_in(people: Ledger, monkeypatch, place) -> None:
    today = PasswordCost(passes=2, memory_kib=16, lanes=1)
    monkeypatch.setattr(passwords, "PRODUCTION", today)
    signature = sign_as(people, "amina", PASSWORD, b"message")
    enter(people, PASSWORD)
    assert last(people).kind == "PasswordStrengthened"
    assert not is_weaker(people.credential("amina").password_hash, today)
    assert sign_as(people, "amina", PASSWORD, b"message") == signature
    before = people.head()
    enter(people, PASSWORD)
    assert people.head()[0] == before[0] + 1
    assert verify(place.home, keys=place.keys).ok


@pytest.mark.parametrize("fault", [LedgerBusy("busy"), DiskFull("full"), KeyStoreFailed("no key store")])
@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_trouble_below_the_password_is_told_as_itself_and_counts_nothing(
    people: Ledger, monkeypatch, fault: Exception, password: str
) -> None:
    def fail(*_: object) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append_batch", fail)
        for _ in range(6):
            with pytest.raises(type(fault)):
                enter(people, password)
    assert "failures" not in people.values("user:amina")
    assert enter(people, PASSWORD)


def test_a_table_of_secrets_that_cannot_be_read_counts_nothing(people: Ledger, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise LedgerBusy("busy")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "credential", fail)
        with pytest.raises(LedgerBusy):
            enter(people, "wrong")
    assert "failures" not in people.values("user:amina")


def test_a_claim_by_a_key_before_the_reset_holds_with_that_key_only(people: Ledger, sign) -> None:
    from injection_log.people.signature import SignatureClaim

    old = account_of(people, "amina").public_key
    left = Subject("gland", "SMG-07", "injection", "left")
    said = sign(people, "amina", left)
    renewed(people)
    claim = SignatureClaim(
        people.origin, left.key, said["record_sha256"], said["meaning"], "amina", said["signed_at"]
    )
    assert claim_holds(old, claim, said["value"])
    assert not claim_holds(account_of(people, "amina").public_key, claim, said["value"])
