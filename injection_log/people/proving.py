"""Proving who one is: a user id and a password checked once, each try an event, five wrong ones a lock.

Log-in, the password again at a signature, a changed password and a one-time code all come through here, so that
every one of them counts and is recorded the same way. Trouble with the machine, the database or the key store is
raised as what it is and counts nothing. Asks no table of roles beyond "may log in": the acts do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from injection_log.clock import Clock, from_text, to_text
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Actor, Change, EventDraft, Json, Subject
from injection_log.people import passwords
from injection_log.people.account import NOBODY, Account, bound_to, read_account, user_subject
from injection_log.people.credential import credential_sha256
from injection_log.people.errors import (
    AccountLocked,
    AccountRefused,
    AccountUnreadable,
    NewPasswordOwed,
    WrongPassword,
)
from injection_log.people.one_time_code import plain_code
from injection_log.people.package_roles import allowed_in_package
from injection_log.people.passwords import hash_password, is_weaker, open_key, password_fits, seal_key, waste_time
from injection_log.people.roles import allowed
from injection_log.store.batch import Batch, Credential
from injection_log.store.ledger_store import Ledger

FAILURES_THAT_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)
Facts = dict[str, Json]


@dataclass(frozen=True)
class Try:
    """Somebody gave a user id and a password; `failure` is the kind of event when they do not fit."""

    ledger: Ledger
    user: str
    password: str = field(repr=False)
    clock: Clock
    protocol: str
    failure: str

    def record(self, actor: Actor, *drafts: EventDraft, credential: Credential | None = None) -> None:
        """Write what came of the try."""
        self.ledger.append_batch(Batch(actor, drafts, self.protocol, credential=credential))

    def record_failure(self, *changes: Change, reason: str = "") -> None:
        """Write that it failed; nobody is known to have acted."""
        self.record(NOBODY, EventDraft(self.failure, user_subject(self.user), changes, reason=reason))


Right = Callable[[Try, Facts, Credential], None]
"""What is written once the password fits; ChangedMeanwhile makes it be asked again on the new facts."""


def authenticate(ledger: Ledger, user: str, password: str, clock: Clock, protocol: str) -> Account:
    """Log a person in; each try is an event.

    Raises WrongPassword, AccountLocked, AccountUnreadable, AccountRefused (closed, a reader, a code that is too
    old), NewPasswordOwed when a valid one-time code was given in place of a password.
    """
    a_try = Try(ledger, user, password, clock, protocol, "LogInFailed")
    facts, credential = proved(a_try, _enter)
    _strengthen(a_try, facts, credential)
    return read_account(user, facts)


def prove(ledger: Ledger, user: str, password: str, clock: Clock, protocol: str) -> Ed25519PrivateKey:
    """The signing key of a person who gives the password again. Raises as `authenticate`.

    A wrong password is an event and counts as at log-in; a right one is recorded by the signature that
    follows.
    """
    a_try = Try(ledger, user, password, clock, protocol, "SigningFailed")
    facts, credential = proved(a_try, _confirm)
    return opened_key(a_try, facts, credential)


def sign_as(ledger: Ledger, user: str, password: str, message: bytes) -> bytes:
    """Sign a message (64 bytes of Ed25519) as a person who gives the password. Raises as `prove`."""
    return prove(ledger, user, password, ledger.clock, "").sign(message)


def log_out(ledger: Ledger, account: Account, protocol: str) -> None:
    """Record the end of a session, with a checkpoint."""
    draft = EventDraft("LoggedOut", user_subject(account.user))
    ledger.append(Actor(account.user, account.role), [draft], protocol=protocol, checkpoint=True)


def opened_key(a_try: Try, facts: Facts, credential: Credential) -> Ed25519PrivateKey:
    """The signing key that the password of this try opens. Raises AccountUnreadable when it is not the recorded one."""
    key = open_key(credential.sealed_key, a_try.password, bound_to(a_try.ledger, a_try.user))
    if key is None or key.public_key().public_bytes_raw().hex() != facts["public_key"]:
        raise AccountUnreadable(
            "The signing key of this account does not fit its public key, so nothing was signed;"
            " tell the administrator."
        )
    return key


def proved(a_try: Try, right: Right) -> tuple[Facts, Credential]:
    """Check the password, once, and record the try; tries of others at the same moment are counted too."""
    facts = _facts(a_try)
    _refuse_locked(a_try, facts)
    credential = _credential(a_try, facts)
    # A code is typed from a slip of paper: its hyphens and the case of its letters do not matter.
    typed = plain_code(a_try.password) if "reset" in facts else a_try.password
    fits = password_fits(credential.password_hash, typed)
    while True:
        try:
            if fits:
                right(a_try, facts, credential)
                return facts, credential
            _record_wrong(a_try, facts)
            raise WrongPassword
        except ChangedMeanwhile:
            checked = facts.get("credential_sha256")
            facts = _facts(a_try)
            _refuse_locked(a_try, facts)
            if facts.get("credential_sha256") != checked:
                # The password was changed meanwhile: what was checked says nothing any more.
                return proved(a_try, right)


def forgiven(facts: Facts) -> tuple[Change, ...]:
    """The changes that forget wrong passwords and a lock."""
    return tuple(Change(name, facts[name], None) for name in ("failures", "locked_until") if name in facts)


def refuse_closed(a_try: Try, facts: Facts) -> None:
    """Refuse an account that was closed, to whoever proved that it is theirs. Raises AccountRefused."""
    if facts.get("closed") is True:
        a_try.record_failure(reason="the account is closed")
        raise AccountRefused("account_closed", "This account is closed; ask the administrator to open it again.")


def refuse_old_code(a_try: Try, facts: Facts) -> None:
    """Refuse a one-time code that is older than a day. Raises AccountRefused."""
    reset = facts.get("reset")
    if isinstance(reset, dict) and a_try.clock.now() >= from_text(str(reset["until"])):
        a_try.record_failure(reason="the one-time code is too old")
        raise AccountRefused(
            "code_expired",
            "This one-time code was valid until a while ago and is too old; ask who gave it to you for another one."
            if "package" in a_try.ledger.values("ledger:")
            else "This one-time code was valid for 24 hours and is too old; ask the administrator for another one.",
        )


def _facts(a_try: Try) -> Facts:
    facts = a_try.ledger.values(f"user:{a_try.user}")
    if facts:
        return facts
    waste_time(a_try.password)
    # What was typed is not kept: it may be a password in the wrong box.
    here = Subject("workstation", id=a_try.ledger.workstation)
    a_try.record(NOBODY, EventDraft(a_try.failure, here, reason="there is no such user id"))
    raise WrongPassword


def _refuse_locked(a_try: Try, facts: Facts) -> None:
    until = facts.get("locked_until")
    if not isinstance(until, str) or a_try.clock.now() >= from_text(until):
        return
    a_try.record_failure(reason="the account is locked")
    local = from_text(until) + timedelta(minutes=a_try.clock.utc_offset_minutes())
    raise AccountLocked(f"{local:%H:%M}")


def _credential(a_try: Try, facts: Facts) -> Credential:
    found = a_try.ledger.credential(a_try.user)
    if found is None or credential_sha256(found.password_hash, found.sealed_key) != facts.get("credential_sha256"):
        raise AccountUnreadable(
            "The stored password of this account was changed outside the program, and no try was counted;"
            " tell the administrator and run `injection-log verify`."
        )
    return found


def _refuse_unfit(a_try: Try, facts: Facts) -> None:
    """Refuse who gave the right word but may not come in with it."""
    refuse_closed(a_try, facts)
    role = str(facts["role"])
    # Which kind of home this is says its own log, not whoever opened it.
    is_package = "package" in a_try.ledger.values("ledger:")
    if is_package and not allowed_in_package(role, "log_in"):
        a_try.record_failure(reason="this role works in a site's home")
        raise AccountRefused("not_allowed", f"Your role ({role}) does not work in a reading package.")
    if not is_package and not allowed(role, "log_in"):
        a_try.record_failure(reason="this role works in a reading package")
        raise AccountRefused(
            "not_allowed", f"Your role ({role}) does not work in a site's home; open your reading package."
        )
    if "reset" in facts:
        refuse_old_code(a_try, facts)
        a_try.record(NOBODY, EventDraft("OneTimeCodeGiven", user_subject(a_try.user)))
        raise NewPasswordOwed


def _enter(a_try: Try, facts: Facts, _credential: Credential) -> None:
    _refuse_unfit(a_try, facts)
    actor = Actor(a_try.user, str(facts["role"]))
    a_try.record(actor, EventDraft("LoggedIn", user_subject(a_try.user), forgiven(facts)))


def _confirm(a_try: Try, facts: Facts, _credential: Credential) -> None:
    _refuse_unfit(a_try, facts)
    if forgiven(facts):
        actor = Actor(a_try.user, str(facts["role"]))
        a_try.record(actor, EventDraft("PasswordConfirmed", user_subject(a_try.user), forgiven(facts)))


def _record_wrong(a_try: Try, facts: Facts) -> None:
    before = facts.get("failures")
    failures = (before if isinstance(before, int) else 0) + 1
    counted = Change("failures", before, failures)
    if failures < FAILURES_THAT_LOCK:
        a_try.record_failure(counted)
        return
    until = to_text(a_try.clock.now() + LOCKED_FOR)
    locking = (Change("failures", failures, None), Change("locked_until", facts.get("locked_until"), until))
    subject = user_subject(a_try.user)
    a_try.record(NOBODY, EventDraft(a_try.failure, subject, (counted,)), EventDraft("AccountLocked", subject, locking))


def _strengthen(a_try: Try, facts: Facts, credential: Credential) -> None:
    """Hash and seal again at what a password costs today, when it cost less on the day it was chosen."""
    cost = passwords.PRODUCTION
    if not is_weaker(credential.password_hash, cost):
        return
    try:
        key = opened_key(a_try, facts, credential)
        bound = bound_to(a_try.ledger, a_try.user)
        stronger = Credential(
            a_try.user, hash_password(a_try.password, cost), seal_key(key, a_try.password, bound, cost)
        )
        digest = credential_sha256(stronger.password_hash, stronger.sealed_key)
        change = Change("credential_sha256", facts["credential_sha256"], digest)
        draft = EventDraft("PasswordStrengthened", user_subject(a_try.user), (change,))
        a_try.record(Actor(a_try.user, str(facts["role"])), draft, credential=stronger)
    except (AccountUnreadable, ChangedMeanwhile):
        return  # the log-in stands; it is tried again at the next one
