"""Logging in, and coming back after the lock. Holds a sentence, never a password."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, NoReturn, TypeVar

from injection_log.people.errors import NewPasswordOwed
from injection_log_napari.presenters.account import unlike
from injection_log_napari.presenters.desk import REFUSALS

SessionT = TypeVar("SessionT")
"""Who is at work: at a site, or in a reading package."""


def _no_codes(_user: str, _code: str, _new: str) -> NoReturn:
    raise NewPasswordOwed


@dataclass(frozen=True)
class LogInState:
    """What the page shows. `locked_user` is whose work lies under the lock, "" when nobody's does.

    `owes_password`: a one-time code was typed, and a password of one's own has to be chosen with it.
    """

    user: str = ""
    locked_user: str = ""
    said: str = ""
    practice: bool = False
    owes_password: bool = False
    makes_key: bool = True
    """A password of one's own makes a new signing key; in a reading package nothing is signed."""


class LogInPresenter(Generic[SessionT]):
    """The log-in page, and the same page as a lock."""

    def __init__(
        self, log_in: Callable[[str, str], SessionT], state: LogInState,
        choose: Callable[[str, str, str], SessionT] = _no_codes,
    ) -> None:
        self._log_in, self._choose, self.state = log_in, choose, state

    def lock(self, user: str) -> None:
        """Become the lock over somebody's work."""
        self.state = replace(self.state, user=user, locked_user=user, said="", owes_password=False)

    def enter(self, user: str, password: str) -> SessionT | None:
        """Try to log in; None with a sentence when it did not work."""
        user = user.strip()
        if not user or not password:
            self.state = replace(self.state, user=user, said="Type your user id and your password.")
            return None
        try:
            session = self._log_in(user, password)
        except NewPasswordOwed:
            said = "Your one-time code is right. Choose a password of your own; nobody else will know it."
            self.state = replace(self.state, user=user, said=said, owes_password=True)
            return None
        except REFUSALS as refused:
            self.state = replace(self.state, user=user, said=str(refused))
            return None
        self.state = replace(self.state, user=user, locked_user="", said="")
        return session

    def choose(self, code: str, new: str, again: str) -> SessionT | None:
        """Choose a password with the one-time code; None with a sentence when it did not work."""
        why = unlike(new, again)
        if why:
            self.state = replace(self.state, said=why)
            return None
        try:
            session = self._choose(self.state.user, code, new)
        except REFUSALS as refused:
            self.state = replace(self.state, said=str(refused))
            return None
        self.state = replace(self.state, locked_user="", said="", owes_password=False)
        return session

    def give_up_code(self) -> None:
        """Back to the plain page: another user id, or a code that is not at hand."""
        self.state = replace(self.state, said="", owes_password=False)
