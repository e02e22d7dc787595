"""The real acts on whole visits from the work list, by the person who is logged in. No Qt, no rules of its own."""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts import locking, withdrawing

if TYPE_CHECKING:
    from injection_log.acts.locking import Scope
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session


class SessionList:
    """What the work list does with a line."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def role(self) -> str:
        """Role of the person at work."""
        return self._session.account.role

    def withdraw(self, record: VisitRecord, reason: str) -> None:
        """Withdraw a visit."""
        withdrawing.withdraw_visit(self._session, record, reason)

    def mark_not_done(self, participant: str, visit: str, reason: str) -> None:
        """Record that a planned visit did not take place."""
        withdrawing.mark_not_done(self._session, participant, visit, reason)

    def reinstate(self, record: VisitRecord, reason: str) -> None:
        """Let a visit count again."""
        withdrawing.reinstate_visit(self._session, record, reason)

    def lock(self, scopes: tuple[Scope, ...], reason: str) -> None:
        """Lock each of these."""
        for scope in scopes:
            locking.lock(self._session, scope, reason)

    def unlock(self, scopes: tuple[Scope, ...], reason: str) -> None:
        """Unlock each of these."""
        for scope in scopes:
            locking.unlock(self._session, scope, reason)
