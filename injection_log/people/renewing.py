"""New passwords: changed by who knows the old one, or chosen with a one-time code by who has lost it.

A changed password seals the same signing key. A lost one cannot open its key any more, so the code leads to a new
key, and signatures by it show "key not yet confirmed" until a second person has confirmed it: neither the user,
nor the administrator who gave the code. The old public key stays in the log, and what it signed stays checkable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from injection_log.clock import Clock, to_text
from injection_log.ledger.event import Actor, Change, EventDraft, Json, Subject
from injection_log.people import passwords
from injection_log.people.account import Account, account_of, bound_to, facts_of, user_subject
from injection_log.people.account_changes import AccountChange
from injection_log.people.credential import credential_sha256
from injection_log.people.errors import AccountRefused, PasswordWeak
from injection_log.people.key_standing import fingerprint, key_field, key_standing, workstation_standing
from injection_log.people.one_time_code import new_code, plain_code
from injection_log.people.passwords import PasswordCost, check_new_password, hash_password, open_key, seal_key
from injection_log.people.proving import Facts, Try, forgiven, opened_key, proved, refuse_closed, refuse_old_code
from injection_log.store.batch import Batch, Credential
from injection_log.store.ledger_store import Ledger

CODE_HOLDS_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class NewPassword:
    """What a person gives for a new password: the old one or the one-time code, and the new one.

    `cost` is what each check of it will cost; None stands for what a password costs today.
    """

    user: str
    old: str = field(repr=False)
    new: str = field(repr=False)
    cost: PasswordCost | None = None


def change_password(ledger: Ledger, given: NewPassword, *, clock: Clock, protocol: str) -> None:
    """Seal the same signing key with another password. Raises PasswordWeak, and as `authenticate`."""
    check_new_password(given.new, given.user)

    def changed(a_try: Try, facts: Facts, credential: Credential) -> None:
        refuse_closed(a_try, facts)
        if "reset" in facts:
            raise AccountRefused("code_given", "A one-time code was given for this account; choose a password with it.")
        if passwords.password_fits(credential.password_hash, given.new):
            raise _same_again()
        key = opened_key(a_try, facts, credential)
        _write(a_try, facts, given, ("PasswordChanged", key, forgiven(facts)))

    proved(Try(ledger, given.user, given.old, clock, protocol, "PasswordChangeFailed"), changed)


def give_code(
    change: AccountChange, clock: Clock, cost: PasswordCost | None = None, holds_for: timedelta = CODE_HOLDS_FOR
) -> str:
    """Make a one-time code for somebody who has lost the password; the old password opens nothing from now on.

    Gives the code, which is shown once and kept only as argon2id; valid for `holds_for` (24 hours), for one new
    password. A lock is lifted with it. Raises AccountRefused.
    """
    ledger, facts = change.ledger, facts_of(change.ledger, change.user)
    if facts.get("closed") is True:
        raise AccountRefused("account_closed", "This account is closed; open it again first.")
    if change.by.user == change.user:
        raise AccountRefused("own_code", "A code is for others; change your own password: `injection-log password`.")
    code = new_code()
    credential = ledger.credential(change.user)
    # The sealed key of the lost password stays until the code is used: by it the old password is known again.
    sealed = credential.sealed_key if credential is not None else b""
    given = Credential(change.user, hash_password(plain_code(code), cost or passwords.PRODUCTION), sealed)
    until = to_text(clock.now() + holds_for)
    changes = (
        Change("reset", facts.get("reset"), {"by": change.by.user, "until": until}),
        Change("credential_sha256", facts["credential_sha256"], credential_sha256(given.password_hash, sealed)),
        *forgiven(facts),
    )
    draft = EventDraft("OneTimeCodeMade", user_subject(change.user), changes, reason=change.reason.strip())
    ledger.append_batch(Batch(change.by, (draft,), change.protocol, credential=given))
    return code


def use_code(ledger: Ledger, given: NewPassword, *, clock: Clock, protocol: str) -> Account:
    """Choose a password with a one-time code (`given.old`); makes a new signing key, not yet confirmed.

    A wrong code counts as a wrong password. Raises PasswordWeak, AccountRefused, and as `authenticate`.
    """
    check_new_password(given.new, given.user)

    def used(a_try: Try, facts: Facts, credential: Credential) -> None:
        refuse_closed(a_try, facts)
        reset = facts.get("reset")
        if not isinstance(reset, dict):
            raise AccountRefused("no_code", "No one-time code was given for this account; log in with your password.")
        refuse_old_code(a_try, facts)
        _refuse_last_password(a_try, credential, given.new)
        key = Ed25519PrivateKey.generate()
        public_key = key.public_key().public_bytes_raw().hex()
        told: Json = {"code_by": reset["by"], "confirmed_by": "", "made_at": to_text(clock.now())}
        changes = (
            Change("public_key", facts["public_key"], public_key),
            Change(key_field(public_key), None, told),
            Change("reset", reset, None),
            *forgiven(facts),
        )
        _write(a_try, facts, given, ("PasswordReset", key, changes))

    proved(Try(ledger, given.user, given.old, clock, protocol, "PasswordResetFailed"), used)
    return account_of(ledger, given.user)


def confirm_key(change: AccountChange, clock: Clock, shown_fingerprint: str = "") -> None:
    """Vouch for the new signing key of somebody else. Raises AccountRefused.

    Refused for the own key, for a key whose code one has given oneself, and while the own key is unconfirmed: else
    one person with two reset codes could vouch for both. `shown_fingerprint`, where given, must be the key's.
    """
    ledger, facts = change.ledger, facts_of(change.ledger, change.user)
    public_key = str(facts["public_key"])
    told = facts.get(key_field(public_key))
    if not isinstance(told, dict) or told.get("confirmed_by"):
        raise AccountRefused("nothing_to_confirm", "The signing key of this person needs no confirmation.")
    if change.by.user in (change.user, told["code_by"]):
        raise AccountRefused(
            "second_person", "A new key is confirmed by a second person: not its owner, not who gave the one-time code."
        )
    _refuse_unconfirmed(ledger, change.by.user)
    if shown_fingerprint and _plain(shown_fingerprint) != _plain(fingerprint(public_key)):
        raise AccountRefused(
            "other_key", "This is not the fingerprint of the key in the log; ask its owner to read it out again."
        )
    confirmed: Json = {**told, "confirmed_by": change.by.user, "confirmed_at": to_text(clock.now())}
    change.write("KeyConfirmed", Change(key_field(public_key), told, confirmed))


def confirm_workstation(change: AccountChange, clock: Clock) -> None:
    """Vouch for the checkpoint key of a workstation, which `change.user` names here. Raises AccountRefused."""
    ledger, workstation = change.ledger, change.user
    told = ledger.values(f"workstation:{workstation}")
    if "checkpoint_key" not in told:
        raise AccountRefused("no_such_workstation", "No workstation of this name has written in this log.")
    if not workstation_standing(ledger.values, workstation):
        raise AccountRefused("nothing_to_confirm", "The key of this workstation needs no confirmation.")
    _refuse_unconfirmed(ledger, change.by.user)
    confirmed: Json = {"by": change.by.user, "at": to_text(clock.now()), "checkpoint_key": told["checkpoint_key"]}
    changed = Change("confirmed", told.get("confirmed"), confirmed)
    here = Subject("workstation", id=workstation)
    draft = EventDraft("WorkstationConfirmed", here, (changed,), change.reason.strip())
    ledger.append(change.by, [draft], protocol=change.protocol)


def _refuse_unconfirmed(ledger: Ledger, user: str) -> None:
    account = account_of(ledger, user)
    if key_standing(ledger.values, user, account.public_key):
        raise AccountRefused(
            "key_not_confirmed", "Your own key is not yet confirmed; have it confirmed by another person first."
        )


def _refuse_last_password(a_try: Try, credential: Credential, new: str) -> None:
    if open_key(credential.sealed_key, new, bound_to(a_try.ledger, a_try.user)) is not None:
        raise _same_again()


def _same_again() -> PasswordWeak:
    return PasswordWeak("This is the password you had; choose another one.")


def _write(
    a_try: Try, facts: Facts, given: NewPassword, what: tuple[str, Ed25519PrivateKey, tuple[Change, ...]]
) -> None:
    kind, key, changes = what
    cost = given.cost or passwords.PRODUCTION
    bound = bound_to(a_try.ledger, given.user)
    credential = Credential(given.user, hash_password(given.new, cost), seal_key(key, given.new, bound, cost))
    digest = credential_sha256(credential.password_hash, credential.sealed_key)
    every = (
        *changes,
        Change("credential_sha256", facts["credential_sha256"], digest),
        Change("password_set_at", facts.get("password_set_at"), to_text(a_try.clock.now())),
    )
    actor = Actor(given.user, str(facts["role"]))
    a_try.record(actor, EventDraft(kind, user_subject(given.user), every), credential=credential)


def _plain(text: str) -> str:
    return "".join(text.casefold().split())

