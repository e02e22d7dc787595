"""What the log is told when work is covered or left, and what the window asks of accounts. No Qt.

A log that cannot be written keeps nobody at the screen: whoever leaves has left.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts import people
from injection_log.people.account import account_of
from injection_log.people.key_standing import fingerprint
from injection_log.people.renewing import NewPassword
from injection_log.people.roles import allowed
from injection_log.site import lock_screen, log_out
from injection_log_napari.presenters.account import AccountPresenter
from injection_log_napari.presenters.desk import REFUSALS

if TYPE_CHECKING:
    from injection_log.site import Session, Site


def record_leaving(session: Session) -> None:
    """Write that a person logged out, with a checkpoint."""
    try:
        log_out(session)
    except REFUSALS:
        return


def record_cover(session: Session, why: str) -> None:
    """Write that the screen was locked: "by hand" or "idle"."""
    try:
        lock_screen(session, why)
    except REFUSALS:
        return


def clock_notice(site: Site) -> str:
    """Look at the clock; gives what the notice bar says of it."""
    try:
        site.watch_time()
    except REFUSALS:
        return ""
    return site.clock_notice


def choose_with_code(site: Site, user: str, code: str, new: str) -> Session:
    """Choose a password with a one-time code, and log in."""
    return people.log_in_with_code(site, NewPassword(user, code, new))


def sees_records(session: Session) -> bool:
    """Whether this person's first page is the list of records."""
    return allowed(session.account.role, "list_records")


def account_presenter(session: Session) -> AccountPresenter:
    """The presenter of one's own account; for who sees no records, with the accounts of the site."""
    account = account_of(session.site.ledger, session.account.user)
    return AccountPresenter(
        account,
        fingerprint(account.public_key),
        lambda old, new: people.change_own_password(session, old, new),
        None if sees_records(session) else people.list_account_lines(session),
    )
