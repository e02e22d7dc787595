"""Accounts: making and listing them.

Facts about a person (printed name, role, public key, digest of the credential) are in the log, the secrets in
the table `credential` (docs/decisions/credentials-table.md). Log-in is in `proving`, later changes are in
`account_changes` and `renewing`. Asks no table of roles: the acts do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from injection_log.clock import Clock, to_text
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Actor, Change, EventDraft
from injection_log.people.account import NOBODY, Account, account_of, bound_to, read_account, user_subject
from injection_log.people.credential import credential_sha256
from injection_log.people.errors import AccountRefused
from injection_log.people.passwords import PRODUCTION, PasswordCost, check_new_password, hash_password, seal_key
from injection_log.people.proving import FAILURES_THAT_LOCK, LOCKED_FOR, authenticate, log_out, prove, sign_as
from injection_log.people.roles import Role
from injection_log.people.separation import check_separation
from injection_log.store.batch import Batch, Credential
from injection_log.store.ledger_store import Ledger

__all__ = [
    "FAILURES_THAT_LOCK",
    "LOCKED_FOR",
    "Account",
    "NewAccount",
    "account_of",
    "add_account",
    "authenticate",
    "check_form",
    "list_accounts",
    "log_out",
    "prove",
    "sign_as",
]

_USER = re.compile(r"[a-z][a-z0-9._-]{1,31}")


@dataclass(frozen=True)
class NewAccount:
    """What is needed for an account. `cost` is what each check of the password will cost."""

    user: str
    printed_name: str
    role: str
    password: str = field(repr=False)
    cost: PasswordCost = PRODUCTION


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
        seal_key(key, new.password, bound_to(ledger, new.user), new.cost),
    )
    facts = {
        "printed_name": account.printed_name,
        "role": str(account.role),
        "public_key": account.public_key,
        "credential_sha256": credential_sha256(credential.password_hash, credential.sealed_key),
        "password_set_at": to_text(clock.now()),
    }
    changes = tuple(Change(name, None, value) for name, value in facts.items())
    draft = EventDraft("UserAdded", user_subject(new.user), changes)
    try:
        ledger.append_batch(Batch(by, (draft,), protocol, credential=credential))
    except ChangedMeanwhile:
        raise _taken() from None
    return account


def list_accounts(ledger: Ledger) -> tuple[Account, ...]:
    """All accounts, sorted by user id."""
    return tuple(read_account(key.removeprefix("user:"), facts) for key, facts in ledger.values_of("user:").items())


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
    check_separation(ledger, new.user, new.printed_name, Role(new.role))


def _taken() -> AccountRefused:
    return AccountRefused("user_exists", "This user id is in use; choose another one.")
