"""Logging in, and coming back after the lock. Holds a sentence, never a password."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from injection_log_napari.presenters.desk import REFUSALS

if TYPE_CHECKING:
    from injection_log.site import Session

LogIn = Callable[[str, str], "Session"]


@dataclass(frozen=True)
class LogInState:
    """What the page shows. `locked_user` is whose work lies under the lock, "" when nobody's does."""

    user: str = ""
    locked_user: str = ""
    said: str = ""
    practice: bool = False


class LogInPresenter:
    """The log-in page, and the same page as a lock."""

    def __init__(self, log_in: LogIn, state: LogInState) -> None:
        self._log_in, self.state = log_in, state

    def lock(self, user: str) -> None:
        """Become the lock over somebody's work."""
        self.state = replace(self.state, user=user, locked_user=user, said="")

    def enter(self, user: str, password: str) -> Session | None:
        """Try to log in; None with a sentence when it did not work."""
        user = user.strip()
        if not user or not password:
            self.state = replace(self.state, user=user, said="Type your user id and your password.")
            return None
        try:
            session = self._log_in(user, password)
        except REFUSALS as refused:
            self.state = replace(self.state, user=user, said=str(refused))
            return None
        self.state = replace(self.state, user=user, locked_user="", said="")
        return session
