"""Accounts: log-in and its failures as events, the lock, the signing key that only the password opens."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import argon2
import pytest
from sqlalchemy import update

from injection_log.clock import FixedClock
from injection_log.ledger.event import Actor
from injection_log.people import passwords
from injection_log.people.accounts import (
    Account,
    NewAccount,
    add_account,
    authenticate,
    list_accounts,
    log_out,
    prove,
    sign_as,
)
from injection_log.people.errors import AccountLocked, AccountRefused, AccountUnreadable, PasswordWeak, WrongPassword
from injection_log.people.passwords import PasswordCost, hash_password, open_key, seal_key
from injection_log.people.signature import verify_signature
from injection_log.store import schema
from injection_log.store.engine import writing
from injection_log.store.ledger_store import Ledger
from injection_log.verify import verify

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PASSWORD = "three green pears"
NOBODY = Actor("", "")


@pytest.fixture
def amina(ledger: Ledger, clock: FixedClock) -> Account:
    new = NewAccount("amina", "Amina Berg", "injector", PASSWORD, CHEAP)
    return add_account(ledger, NOBODY, new, clock=clock, protocol="p1")


def enter(ledger: Ledger, password: str, user: str = "amina") -> Account:
    return authenticate(ledger, user, password, ledger.clock, "p1")


def kinds(ledger: Ledger, after: int = 4) -> list[str]:
    return [event.kind for event in ledger.events(after)]


def test_a_new_account_is_an_event_with_its_public_key_and_without_secrets(ledger: Ledger, amina: Account) -> None:
    (event,) = ledger.events(after=3)
    facts = {change.field: change.new for change in event.changes}
    assert (event.kind, event.subject.key, facts["role"]) == ("UserAdded", "user:amina", "injector")
    assert facts["public_key"] == amina.public_key
    assert b"argon2" not in event.body
    assert ledger.credential("amina").password_hash.startswith("$argon2id$")


@pytest.mark.proves("F-04")
def test_a_log_in_is_an_event_by_the_user(ledger: Ledger, amina: Account) -> None:
    assert enter(ledger, PASSWORD) == amina
    (event,) = ledger.events(after=4)
    assert (event.kind, event.actor) == ("LoggedIn", Actor("amina", "injector"))


@pytest.mark.proves("F-04")
def test_a_wrong_password_is_an_event_by_nobody(ledger: Ledger, amina: Account) -> None:
    with pytest.raises(WrongPassword):
        enter(ledger, "wrong")
    (event,) = ledger.events(after=4)
    assert (event.kind, event.actor, event.subject.key) == ("LogInFailed", NOBODY, "user:amina")
    assert b"wrong" not in event.body


def test_five_failures_lock_for_fifteen_minutes(ledger: Ledger, amina: Account, clock: FixedClock) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            enter(ledger, "wrong")
    with pytest.raises(AccountLocked, match=r"until 10:15"):
        enter(ledger, PASSWORD)
    clock.advance(timedelta(minutes=14))
    with pytest.raises(AccountLocked):
        enter(ledger, PASSWORD)
    clock.advance(timedelta(minutes=1))
    assert enter(ledger, PASSWORD) == amina
    assert kinds(ledger) == ["LogInFailed"] * 5 + ["AccountLocked"] + ["LogInFailed"] * 2 + ["LoggedIn"]


def test_a_right_password_forgives_the_wrong_ones(ledger: Ledger, amina: Account) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongPassword):
                enter(ledger, "wrong")
        enter(ledger, PASSWORD)
    assert "AccountLocked" not in kinds(ledger)


def test_wrong_passwords_at_signing_count_too(ledger: Ledger, amina: Account) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            sign_as(ledger, "amina", "wrong", b"message")
    with pytest.raises(AccountLocked):
        sign_as(ledger, "amina", PASSWORD, b"message")
    assert kinds(ledger)[:6] == ["SigningFailed"] * 5 + ["AccountLocked"]


def test_a_right_password_at_signing_forgives_the_wrong_ones(ledger: Ledger, amina: Account) -> None:
    with pytest.raises(WrongPassword):
        sign_as(ledger, "amina", "wrong", b"message")
    sign_as(ledger, "amina", PASSWORD, b"message")
    sign_as(ledger, "amina", PASSWORD, b"message")
    assert kinds(ledger) == ["SigningFailed", "PasswordConfirmed"]


def test_guesses_at_the_same_moment_are_all_counted(ledger: Ledger, amina: Account) -> None:
    def guess() -> None:
        with pytest.raises((WrongPassword, AccountLocked)):
            enter(ledger, "wrong")

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert kinds(ledger).count("AccountLocked") == 1
    with pytest.raises(AccountLocked):
        enter(ledger, PASSWORD)


def test_an_unknown_user_is_told_the_same_and_what_was_typed_is_not_kept(ledger: Ledger, amina: Account) -> None:
    with pytest.raises(WrongPassword) as unknown:
        enter(ledger, PASSWORD, user="my secret pass")
    with pytest.raises(WrongPassword) as known:
        enter(ledger, "wrong")
    assert str(unknown.value) == str(known.value)
    assert all(b"secret" not in event.body for event in ledger.events())
    assert kinds(ledger) == ["LogInFailed", "LogInFailed"]


def test_an_unknown_user_costs_the_same_time(ledger: Ledger, clock: FixedClock) -> None:
    add_account(ledger, NOBODY, NewAccount("amina", "Amina Berg", "injector", PASSWORD), clock=clock, protocol="p1")

    def cost(user: str) -> float:
        begun = time.process_time()
        with pytest.raises(WrongPassword):
            enter(ledger, "wrong", user)
        return time.process_time() - begun

    known, unknown = cost("amina"), cost("nobody")
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize("fault", [MemoryError(), argon2.exceptions.VerificationError("Memory allocation error")])
def test_trouble_with_the_machine_is_not_a_wrong_password(
    ledger: Ledger, amina: Account, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object) -> bool:
        raise fault

    monkeypatch.setattr(passwords.PasswordHasher, "verify", fail)
    with pytest.raises(AccountUnreadable, match="no try was counted"):
        enter(ledger, PASSWORD)
    assert kinds(ledger) == []


def test_a_credential_that_was_replaced_in_the_table_lets_nobody_in(ledger: Ledger, amina: Account) -> None:
    mine = hash_password("my own password", CHEAP)
    with writing(ledger._engine) as connection:
        connection.execute(update(schema.credential).values(password_hash=mine))
    with pytest.raises(AccountUnreadable, match="changed outside the program"):
        enter(ledger, "my own password")


def test_a_signature_is_by_the_key_of_the_person(ledger: Ledger, amina: Account) -> None:
    signature = sign_as(ledger, "amina", PASSWORD, b"message")
    assert verify_signature(bytes.fromhex(amina.public_key), b"message", signature)
    assert not verify_signature(bytes.fromhex(amina.public_key), b"another message", signature)


def test_the_sealed_key_opens_with_its_password_user_and_log_only(ledger: Ledger, amina: Account) -> None:
    sealed, bound = ledger.credential("amina").sealed_key, f"{ledger.origin}\x00amina".encode()
    assert open_key(sealed, PASSWORD, bound).public_key().public_bytes_raw().hex() == amina.public_key
    assert open_key(sealed, "wrong", bound) is None
    assert open_key(sealed, PASSWORD, f"{ledger.origin}\x00berta".encode()) is None
    assert open_key(sealed, PASSWORD, b"another log\x00amina") is None
    assert open_key(sealed[:-1] + bytes([sealed[-1] ^ 1]), PASSWORD, bound) is None


def test_a_key_that_is_not_the_recorded_one_signs_nothing(ledger: Ledger, amina: Account, monkeypatch) -> None:
    stranger = passwords.Ed25519PrivateKey.generate()
    monkeypatch.setattr("injection_log.people.proving.open_key", lambda *_: stranger)
    with pytest.raises(AccountUnreadable, match="nothing was signed"):
        prove(ledger, "amina", PASSWORD, ledger.clock, "p1")


def test_production_passwords_cost_64_mib_and_three_passes() -> None:
    assert hash_password("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    sealed = seal_key(passwords.Ed25519PrivateKey.generate(), "x", b"")
    assert (sealed[1], sealed[2], int.from_bytes(sealed[3:7], "big")) == (3, 4, 65536)


def test_the_same_word_typed_composed_or_decomposed_is_one_password() -> None:
    assert passwords.password_fits(hash_password("smørrebrød på bålet", CHEAP), "smørrebrød pa\u030a ba\u030alet")


@pytest.mark.parametrize("password", ["short", "x" * 129, "aaaaaaaaaaaaa", "amina.berg1"])
def test_a_password_that_is_too_easy_is_refused(password: str) -> None:
    with pytest.raises(PasswordWeak, match=r"characters|guess"):
        passwords.check_new_password(password, "amina.berg1")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("user_malformed", {"user": "Amina Berg"}),
        ("user_malformed", {"user": "../x"}),
        ("name_malformed", {"printed_name": "  "}),
        ("name_malformed", {"printed_name": "Amina\nBerg"}),
        ("role_unknown", {"role": "boss"}),
        ("user_exists", {"user": "amina"}),
        ("password_weak", {"password": "short"}),
    ],
)
def test_a_malformed_account_is_refused(
    ledger: Ledger, amina: Account, clock: FixedClock, code: str, change: dict[str, str]
) -> None:
    facts = {"user": "berta", "printed_name": "Berta C", "role": "operator", "password": PASSWORD} | change
    with pytest.raises((AccountRefused, PasswordWeak)) as refused:
        add_account(ledger, NOBODY, NewAccount(**facts, cost=CHEAP), clock=clock, protocol="p1")
    assert refused.value.code == code
    assert ledger.head()[0] == 4


def test_nobody_adds_people_once_there_is_an_administrator(ledger: Ledger, clock: FixedClock) -> None:
    admin = NewAccount("admin", "Admin", "administrator", PASSWORD, CHEAP)
    add_account(ledger, NOBODY, admin, clock=clock, protocol="p1")
    other = NewAccount("berta", "Berta C", "operator", PASSWORD, CHEAP)
    with pytest.raises(AccountRefused, match="administrator must log in"):
        add_account(ledger, NOBODY, other, clock=clock, protocol="p1")
    add_account(ledger, Actor("admin", "administrator"), other, clock=clock, protocol="p1")
    assert [account.user for account in list_accounts(ledger)] == ["admin", "berta"]


def test_a_reader_does_not_log_in_to_a_site(ledger: Ledger, clock: FixedClock) -> None:
    new = NewAccount("rikke", "Rikke D", "reader", PASSWORD, CHEAP)
    add_account(ledger, NOBODY, new, clock=clock, protocol="p1")
    with pytest.raises(AccountRefused, match="reading package"):
        enter(ledger, PASSWORD, user="rikke")
    assert kinds(ledger) == ["LogInFailed"]


def test_a_log_out_makes_a_checkpoint(ledger: Ledger, amina: Account, place) -> None:
    log_out(ledger, amina, "p1")
    assert kinds(ledger) == ["LoggedOut", "CheckpointMade"]
    assert verify(place.home, keys=place.keys).ok


def test_an_account_shows_no_password_when_it_is_printed() -> None:
    assert PASSWORD not in repr(NewAccount("amina", "Amina Berg", "injector", PASSWORD))
