"""Asks the table of roles for a person at work, and writes down what it refused.

A denied try is an event `AccessDenied` by that person: the command and the state of the record, never whose record it
was or what was typed. Someone whose account was closed or given another role since log-in is refused too: the table
is asked for what the log says now. Knows no record; the acts say what state it is in.
"""

from __future__ import annotations

from typing import NoReturn

from injection_log.errors import Refused
from injection_log.ledger.errors import LedgerError
from injection_log.ledger.event import Actor, EventDraft, Json, Subject
from injection_log.people.account import user_subject
from injection_log.people.at_work import AtWork
from injection_log.people.errors import AccountLocked, AccountRefused, Denied, WrongPassword
from injection_log.people.roles import TABLE, Command, Role, State, allowed


def require(session: AtWork, command: Command, state: State = "") -> None:
    """Refuse a command that the table does not allow this person in this state of the record. Raises Refused."""
    refuse_changed_account(session)
    if not allowed(session.account.role, command, state):
        _deny(session, command, state)


def record_failed_signing(session: AtWork, subject: Subject, refused: Refused) -> None:
    """Write down a signature that was tried and refused for another reason than the password or the role.

    A wrong password, a locked or closed account and a denied try are recorded where they are found.
    """
    if isinstance(refused, (WrongPassword, AccountLocked, AccountRefused, Denied)):
        return
    _write(session, EventDraft("SigningRefused", subject, reason=refused.code.replace("_", " ")))


def _deny(session: AtWork, command: Command, state: State) -> NoReturn:
    what = command.replace("_", " ")
    when = f" while the record is {state}" if state else ""
    record_denied(session, f"{what}{when}")
    raise Denied(f"{_a(session.account.role).capitalize()} may not {what}{when}{_who_may(command, state)}.")


def record_denied(session: AtWork, what: str) -> None:
    """Write down that somebody tried what the role does not allow: the command and a state, nothing else."""
    _write(session, EventDraft("AccessDenied", user_subject(session.account.user), reason=what))


def _who_may(command: Command, state: State) -> str:
    """What to do instead: whom to ask, and in which state of the record it is done."""
    roles, states = TABLE[command]
    *others, last = [_a(role) for role in Role if role in roles]
    who = f"{', '.join(others)} or {last}" if others else last
    if state in states:
        return f"; {who} may"
    when = " or ".join(one for one in ("draft", "complete", "signed", "reviewed", "locked") if one in states)
    return f"; it is done by {who}" + (f", while the record is {when}" if when else "")


def _a(role: str) -> str:
    words = role.replace("_", " ")
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def refuse_changed_account(session: AtWork) -> dict[str, Json]:
    """Refuse who was closed out or given another role since log-in; gives the account as the log has it now."""
    facts = session.site.ledger.values(f"user:{session.account.user}")
    if facts and (facts.get("closed") is True or facts.get("role") != session.account.role):
        raise Refused(
            "account_changed", "Your account was closed or given another role meanwhile; log out and log in again."
        )
    return facts


def _write(session: AtWork, draft: EventDraft) -> None:
    actor = Actor(session.account.user, session.account.role)
    try:
        session.site.ledger.append(actor, [draft], protocol=session.site.protocol.sha256)
    except LedgerError:
        return  # what was refused stays refused, also on a full disk
