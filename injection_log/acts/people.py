"""Adding and listing the people of a site."""
from __future__ import annotations

from injection_log.acts.writing import require
from injection_log.people.accounts import Account, NewAccount, add_account, list_accounts
from injection_log.site import Session


def add_person(session: Session, new: NewAccount) -> None:
    """Add an account. Raises what `add_account` refuses: a user id in use, a role that is none, a weak password."""
    require(session, "add_user")
    site = session.site
    add_account(site.ledger, session.actor, new, clock=site.clock, protocol=site.protocol.sha256)


def list_people(session: Session) -> tuple[Account, ...]:
    """Give all accounts, sorted by user id."""
    require(session, "list_users")
    return list_accounts(session.site.ledger)
