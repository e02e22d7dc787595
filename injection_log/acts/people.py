"""The people of a site: added, listed, changed by an administrator; their keys vouched for by a second person.

Each act asks the table of roles and takes a reason where one is owed. What is written is in `people/`.
"""
from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from injection_log.acts.reasons import checked_reason
from injection_log.acts.writing import require
from injection_log.clock import from_text
from injection_log.ledger.event import Json
from injection_log.people import account_changes, renewing
from injection_log.people.account_changes import AccountChange
from injection_log.people.accounts import Account, NewAccount, add_account, list_accounts
from injection_log.people.errors import AccountRefused
from injection_log.people.key_standing import fingerprint, unconfirmed_workstations
from injection_log.people.renewing import NewPassword
from injection_log.people.roles import Role
from injection_log.protocol.plain_words import words_of
from injection_log.protocol.protocol import Protocol
from injection_log.site import Session, Site, log_in


@dataclass(frozen=True)
class AccountLine:
    """An account as a list shows it: `state` and `key` in words, `fingerprint` of the signing key for eyes."""

    user: str
    printed_name: str
    role: Role
    state: str
    key: str
    fingerprint: str


def add_person(session: Session, new: NewAccount) -> None:
    """Add an account. Raises what `add_account` refuses: a user id in use, a role that is none, a weak password."""
    require(session, "add_user")
    site = session.site
    refuse_words_in_names(site.protocol, new.user)
    add_account(site.ledger, session.actor, new, clock=site.clock, protocol=site.protocol.sha256)


def refuse_words_in_names(protocol: Protocol, *names: str) -> None:
    """Refuse a chosen name with a word of the protocol's list: it would stand beside every act.

    Of user ids and sites; a person's own name is printed as it is, for people are called Klar and Stem. Raises
    AccountRefused.
    """
    if any(words_of(name) & set(protocol.refused_words) for name in names):
        raise AccountRefused(
            "word_not_allowed",
            "This name holds a word that the protocol refuses in every text, and was not kept; choose another one.",
        )


def invite_person(session: Session, user: str, printed_name: str, role: str) -> str:
    """Add an account that only a one-time code opens, so that nobody but its owner ever knows a password of it.

    Gives the code. The key that its owner makes with it has to be confirmed by a second person.
    """
    add_person(session, NewAccount(user, printed_name, role, secrets.token_urlsafe(24)))
    return reset_password(session, user, "first password of a new account")


def list_people(session: Session) -> tuple[Account, ...]:
    """Give all accounts, sorted by user id."""
    require(session, "list_users")
    return list_accounts(session.site.ledger)


def list_account_lines(session: Session) -> tuple[AccountLine, ...]:
    """Give all accounts with what stands against a log-in or a signature, sorted by user id."""
    facts = session.site.ledger.values_of("user:")
    return tuple(
        AccountLine(
            one.user, one.printed_name, one.role, _state(session.site, facts[f"user:{one.user}"]),
            one.key_standing or "confirmed", fingerprint(one.public_key),
        )
        for one in list_people(session)
    )  # fmt: skip


def change_role(session: Session, user: str, role: str, reason: str) -> None:
    """Give a person another role; what they signed stays signed in the role they had. Raises AccountRefused."""
    require(session, "change_role")
    account_changes.change_role(_change(session, user, reason, "change a role"), role)


def close_account(session: Session, user: str, reason: str) -> None:
    """Close an account; nothing of it is deleted. Raises AccountRefused."""
    require(session, "close_account")
    account_changes.close_account(_change(session, user, reason, "close an account"))


def reopen_account(session: Session, user: str, reason: str) -> None:
    """Open a closed account again. Raises AccountRefused."""
    require(session, "close_account")
    account_changes.reopen_account(_change(session, user, reason, "open an account again"))


def unlock_account(session: Session, user: str) -> None:
    """Lift the lock of five wrong passwords. Raises AccountRefused."""
    require(session, "unlock_account")
    account_changes.unlock_account(_change(session, user))


def reset_password(session: Session, user: str, reason: str) -> str:
    """Give somebody who lost the password a one-time code, valid 24 hours; it is shown once. Raises AccountRefused."""
    require(session, "reset_password")
    change = _change(session, user, reason, "give a one-time code")
    return renewing.give_code(change, session.site.clock)


def change_own_password(session: Session, old: str, new: str) -> None:
    """Change the password of whoever is logged in; the signing key stays. Raises PasswordWeak, WrongPassword."""
    require(session, "change_own_password")
    site, given = session.site, NewPassword(session.account.user, old, new)
    renewing.change_password(site.ledger, given, clock=site.clock, protocol=site.protocol.sha256)


def log_in_with_code(site: Site, given: NewPassword) -> Session:
    """Choose a password with a one-time code and log in with it. Nobody is logged in before, so no role is asked."""
    site.watch_time()
    renewing.use_code(site.ledger, given, clock=site.clock, protocol=site.protocol.sha256)
    return log_in(site, given.user, given.new)


def confirm_key(session: Session, user: str, shown_fingerprint: str = "") -> None:
    """Vouch, as a second person, for the new signing key of somebody else. Raises AccountRefused."""
    require(session, "confirm_key")
    renewing.confirm_key(_change(session, user), session.site.clock, shown_fingerprint)


def confirm_workstation(session: Session, workstation: str) -> None:
    """Vouch for the checkpoint key of a workstation that joined. Raises AccountRefused."""
    require(session, "confirm_workstation")
    renewing.confirm_workstation(_change(session, workstation), session.site.clock)


def workstations_to_confirm(session: Session) -> tuple[str, ...]:
    """The workstations whose checkpoint key nobody has confirmed yet."""
    require(session, "list_users")
    values = {**session.site.ledger.values_of("workstation:"), **session.site.ledger.values_of("ledger:")}
    return unconfirmed_workstations(values)


def _change(session: Session, user: str, reason: str = "", what: str = "") -> AccountChange:
    checked = checked_reason(session, reason, what) if what else ""
    return AccountChange(session.site.ledger, session.actor, user, checked, session.site.protocol.sha256)


def _state(site: Site, facts: dict[str, Json]) -> str:
    now, offset = site.clock.now(), timedelta(minutes=site.clock.utc_offset_minutes())
    until, reset = facts.get("locked_until"), facts.get("reset")
    if facts.get("closed") is True:
        return "closed"
    if isinstance(until, str) and now < from_text(until):
        return f"locked until {from_text(until) + offset:%H:%M}"
    if isinstance(reset, dict):
        ends = from_text(str(reset["until"]))
        return f"one-time code, until {ends + offset:%Y-%m-%d %H:%M}" if now < ends else "one-time code, too old"
    return "open"

