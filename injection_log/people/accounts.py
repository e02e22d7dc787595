"""Accounts: making them, logging in and out, and giving the signing key to whoever proves the password.

Every try is an event; five wrong passwords lock an account for 15 minutes. Facts about a person (printed
name, role, public key, digest of the credential) are in the log, the secrets in the table `credential`
(docs/decisions/credentials-table.md). Asks no table of roles: the acts do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from injection_log.clock import Clock, from_text, to_text
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Actor, Change, EventDraft, Json, Subject
from injection_log.people.credential import credential_sha256
from injection_log.people.errors import AccountLocked, AccountRefused, AccountUnreadable, WrongPassword
from injection_log.people.passwords import (
    PRODUCTION,
    PasswordCost,
    check_new_password,
    hash_password,
    open_key,
    password_fits,
    seal_key,
    waste_time,
)
from injection_log.people.roles import Role, allowed
from injection_log.store.ledger_store import Ledger
from injection_log.store.transaction import Batch, Credential

FAILURES_THAT_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)
NOBODY = Actor("", "")
_USER = re.compile(r"[a-z][a-z0-9._-]{1,31}")


@dataclass(frozen=True)
class NewAccount:
    """What is needed for an account. `cost` is what each check of the password will cost."""

    user: str
    printed_name: str
    role: str
    password: str = field(repr=False)
    cost: PasswordCost = PRODUCTION


@dataclass(frozen=True)
class Account:
    """A person as the log knows them; `public_key` is hex."""

    user: str
    printed_name: str
    role: Role
    public_key: str


def add_account(ledger: Ledger, by: Actor, new: NewAccount, *, clock: Clock, protocol: str) -> Account:
    """Add a person with a signing key of their own. Raises AccountRefused, PasswordWeak.

    Without log-in (`by` empty) only until there is an administrator: that is how a site is set up.
    """
    _check_new(ledger, by, new)
    key = Ed25519PrivateKey.generate()
    account = Account(new.user, new.printed_name.strip(), Role(new.role), key.public_key().public_bytes_raw().hex())
    credential = Credential(
        new.user,
        hash_password(new.password, new.cost),
        seal_key(key, new.password, _bound(ledger, new.user), new.cost),
    )
    facts = {
        "printed_name": account.printed_name,
        "role": str(account.role),
        "public_key": account.public_key,
        "credential_sha256": credential_sha256(credential.password_hash, credential.sealed_key),
        "password_set_at": to_text(clock.now()),
    }
    changes = tuple(Change(name, None, value) for name, value in facts.items())
    draft = EventDraft("UserAdded", _subject(new.user), changes)
    try:
        ledger.append_batch(Batch(by, (draft,), protocol, credential=credential))
    except ChangedMeanwhile:
        raise _taken() from None
    return account


def list_accounts(ledger: Ledger) -> tuple[Account, ...]:
    """All accounts, sorted by user id."""
    return tuple(_account(key.removeprefix("user:"), facts) for key, facts in ledger.values_of("user:").items())


def account_of(ledger: Ledger, user: str) -> Account:
    """The account of a user as it stands now. Raises AccountRefused when there is none."""
    facts = ledger.values(f"user:{user}")
    if not facts:
        raise AccountRefused("no_such_user", f"There is no account {user!r}; `users list` shows those there are.")
    return _account(user, facts)


def authenticate(ledger: Ledger, user: str, password: str, clock: Clock, protocol: str) -> Account:
    """Log a person in; each try is an event. Raises WrongPassword, AccountLocked, AccountUnreadable, AccountRefused."""
    a_try = _Try(ledger, user, password, clock, protocol, "LogInFailed")
    return _proved(a_try)[0]


def prove(ledger: Ledger, user: str, password: str, clock: Clock, protocol: str) -> Ed25519PrivateKey:
    """The signing key of a person who gives the password again. Raises as `authenticate`.

    A wrong password is an event and counts as at log-in; a right one is recorded by the signature that
    follows.
    """
    a_try = _Try(ledger, user, password, clock, protocol, "SigningFailed")
    account, credential = _proved(a_try)
    key = open_key(credential.sealed_key, password, _bound(ledger, account.user))
    if key is None or key.public_key().public_bytes_raw().hex() != account.public_key:
        raise AccountUnreadable(
            "The signing key of this account does not fit its public key, so nothing was signed;"
            " tell the administrator."
        )
    return key


def sign_as(ledger: Ledger, user: str, password: str, message: bytes) -> bytes:
    """Sign a message (64 bytes of Ed25519) as a person who gives the password. Raises as `prove`."""
    return prove(ledger, user, password, ledger.clock, "").sign(message)


def log_out(ledger: Ledger, account: Account, protocol: str) -> None:
    """Record the end of a session, with a checkpoint."""
    draft = EventDraft("LoggedOut", _subject(account.user))
    ledger.append(Actor(account.user, account.role), [draft], protocol=protocol, checkpoint=True)


@dataclass(frozen=True)
class _Try:
    """Somebody gave a user id and a password; `failure` is the kind of event when they do not fit."""

    ledger: Ledger
    user: str
    password: str = field(repr=False)
    clock: Clock
    protocol: str
    failure: str

    def record(self, actor: Actor, *drafts: EventDraft) -> None:
        self.ledger.append(actor, drafts, protocol=self.protocol)

    def record_failure(self, *changes: Change, reason: str = "") -> None:
        self.record(NOBODY, EventDraft(self.failure, _subject(self.user), changes, reason=reason))


def _proved(a_try: _Try) -> tuple[Account, Credential]:
    """Check the password, once, and record the try; tries of others at the same moment are counted too."""
    facts = _facts(a_try)
    _refuse_locked(a_try, facts)
    credential = _credential(a_try, facts)
    fits = password_fits(credential.password_hash, a_try.password)
    while True:
        try:
            if fits:
                _record_success(a_try, facts)
                return _account(a_try.user, facts), credential
            _record_wrong(a_try, facts)
            raise WrongPassword
        except ChangedMeanwhile:
            facts = _facts(a_try)
            _refuse_locked(a_try, facts)


def _facts(a_try: _Try) -> dict[str, Json]:
    facts = a_try.ledger.values(f"user:{a_try.user}")
    if facts:
        return facts
    waste_time(a_try.password)
    # What was typed is not kept: it may be a password in the wrong box.
    here = Subject("workstation", id=a_try.ledger.workstation)
    a_try.record(NOBODY, EventDraft(a_try.failure, here, reason="there is no such user id"))
    raise WrongPassword


def _refuse_locked(a_try: _Try, facts: dict[str, Json]) -> None:
    until = facts.get("locked_until")
    if not isinstance(until, str) or a_try.clock.now() >= from_text(until):
        return
    a_try.record_failure(reason="the account is locked")
    local = from_text(until) + timedelta(minutes=a_try.clock.utc_offset_minutes())
    raise AccountLocked(f"{local:%H:%M}")


def _credential(a_try: _Try, facts: dict[str, Json]) -> Credential:
    found = a_try.ledger.credential(a_try.user)
    if found is None or credential_sha256(found.password_hash, found.sealed_key) != facts.get("credential_sha256"):
        raise AccountUnreadable(
            "The stored password of this account was changed outside the program, and no try was counted;"
            " tell the administrator and run `injection-log verify`."
        )
    return found


def _record_success(a_try: _Try, facts: dict[str, Json]) -> None:
    role = str(facts["role"])
    changes = tuple(Change(name, facts[name], None) for name in ("failures", "locked_until") if name in facts)
    if not allowed(role, "log_in"):
        a_try.record_failure(reason="this role works in a reading package")
        raise AccountRefused(
            "not_allowed", f"Your role ({role}) does not work in a site's home; open your reading package."
        )
    if a_try.failure == "LogInFailed":
        a_try.record(Actor(a_try.user, role), EventDraft("LoggedIn", _subject(a_try.user), changes))
    elif changes:
        a_try.record(Actor(a_try.user, role), EventDraft("PasswordConfirmed", _subject(a_try.user), changes))


def _record_wrong(a_try: _Try, facts: dict[str, Json]) -> None:
    before = facts.get("failures")
    failures = (before if isinstance(before, int) else 0) + 1
    counted = Change("failures", before, failures)
    if failures < FAILURES_THAT_LOCK:
        a_try.record_failure(counted)
        return
    until = to_text(a_try.clock.now() + LOCKED_FOR)
    locking = (Change("failures", failures, None), Change("locked_until", facts.get("locked_until"), until))
    subject = _subject(a_try.user)
    a_try.record(NOBODY, EventDraft(a_try.failure, subject, (counted,)), EventDraft("AccountLocked", subject, locking))


def check_form(new: NewAccount) -> None:
    """Check what can be checked of a new account without a log. Raises AccountRefused, PasswordWeak."""
    if not _USER.fullmatch(new.user):
        raise AccountRefused(
            "user_malformed",
            "A user id is 2 to 32 small letters, digits, dots, hyphens or underscores and starts with a"
            " letter; choose another one.",
        )
    if not new.printed_name.strip() or len(new.printed_name) > 100 or not new.printed_name.isprintable():
        raise AccountRefused(
            "name_malformed", "Give the name of this person as it is to be printed beside a signature."
        )
    if new.role not in set(Role):
        raise AccountRefused("role_unknown", f"There is no such role; choose one of {', '.join(Role)}.")
    check_new_password(new.password, new.user)


def _check_new(ledger: Ledger, by: Actor, new: NewAccount) -> None:
    check_form(new)
    accounts = ledger.values_of("user:")
    if f"user:{new.user}" in accounts:
        raise _taken()
    if by == NOBODY and any(facts.get("role") == Role.ADMINISTRATOR for facts in accounts.values()):
        raise AccountRefused("not_allowed", "This site is set up; an administrator must log in to add a person.")


def _taken() -> AccountRefused:
    return AccountRefused("user_exists", "This user id is in use; choose another one.")


def _account(user: str, facts: dict[str, Json]) -> Account:
    return Account(user, str(facts["printed_name"]), Role(str(facts["role"])), str(facts["public_key"]))


def _subject(user: str) -> Subject:
    return Subject("user", id=user)


def _bound(ledger: Ledger, user: str) -> bytes:
    """What a sealed key belongs to."""
    return f"{ledger.origin}\x00{user}".encode()
