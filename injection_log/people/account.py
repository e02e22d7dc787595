"""An account as the log knows it, read from its current values. Asks for no password and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from injection_log.ledger.event import Actor, Json, Subject
from injection_log.people.errors import AccountRefused
from injection_log.people.key_standing import key_standing
from injection_log.people.roles import Role
from injection_log.store.ledger_store import Ledger

NOBODY = Actor("", "")


@dataclass(frozen=True)
class Account:
    """A person as the log knows them; `public_key` is hex, `key_standing` "" or "key not yet confirmed"."""

    user: str
    printed_name: str
    role: Role
    public_key: str
    is_closed: bool = False
    key_standing: str = ""


def user_subject(user: str) -> Subject:
    """The subject of a user's events."""
    return Subject("user", id=user)


def read_account(user: str, facts: Mapping[str, Json]) -> Account:
    """An account from the current values of its user."""
    public_key = str(facts["public_key"])
    return Account(
        user,
        str(facts["printed_name"]),
        Role(str(facts["role"])),
        public_key,
        facts.get("closed") is True,
        key_standing(lambda _subject: facts, user, public_key),
    )


def account_of(ledger: Ledger, user: str) -> Account:
    """The account of a user as it stands now. Raises AccountRefused when there is none."""
    return read_account(user, facts_of(ledger, user))


def facts_of(ledger: Ledger, user: str) -> dict[str, Json]:
    """The current values of a user. Raises AccountRefused when there is no such account."""
    facts = ledger.values(f"user:{user}")
    if not facts:
        raise AccountRefused("no_such_user", "There is no account of this user id; `users list` shows those there are.")
    return facts


def bound_to(ledger: Ledger, user: str) -> bytes:
    """What a sealed key belongs to: this log and this user."""
    return f"{ledger.origin}\x00{user}".encode()
