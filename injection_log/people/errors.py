"""What can be wrong with a person's account or password, one leaf for each reaction.

Trouble with the machine is never told as a wrong password, and never counts as a try: that is
AccountUnreadable.
"""

from __future__ import annotations

from injection_log.errors import InjectionLogError, Refused


class WrongPassword(Refused):
    """User id or password are wrong; which of the two is not said."""

    def __init__(self) -> None:
        super().__init__("wrong_password", "The user id or the password is wrong; type both again.")


class AccountLocked(Refused):
    """Too many wrong passwords; `until` is local time as text."""

    def __init__(self, until: str) -> None:
        super().__init__(
            "account_locked",
            f"This account is locked after five wrong passwords until {until}; wait, or ask the administrator.",
        )
        self.until = until


class AccountRefused(Refused):
    """An account that cannot be, or cannot be changed so; the code says which rule stands against it."""


class Denied(Refused):
    """The table of roles does not allow it; the try is an event already."""

    def __init__(self, why: str) -> None:
        super().__init__("not_allowed", why)


class NewPasswordOwed(Refused):
    """A valid one-time code was given where a password belongs; it is used up by choosing a new password."""

    def __init__(self) -> None:
        super().__init__(
            "new_password_owed",
            "This is your one-time code: choose a password of your own with it (the log-in page asks for it, or"
            " `injection-log password --code`).",
        )


class PasswordWeak(Refused):
    """A new password that is too easy."""

    def __init__(self, why: str) -> None:
        super().__init__("password_weak", why)


class AccountUnreadable(InjectionLogError):
    """The password could not be checked at all; no try was counted."""
