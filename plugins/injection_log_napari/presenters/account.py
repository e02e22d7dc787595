"""The page of one's own account: who one is, the standing of one's key, another password. Keeps no password.

For an administrator it is the first page, with the list of accounts in place of any record.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from injection_log_napari.presenters.desk import REFUSALS

if TYPE_CHECKING:
    from injection_log.acts.people import AccountLine
    from injection_log.people.account import Account

ChangePassword = Callable[[str, str], None]


@dataclass(frozen=True)
class AccountState:
    """What the page shows; `is_refusal` tells a refusal from a remark, `people` is an administrator's list."""

    rows: tuple[tuple[str, str], ...]
    said: str = ""
    is_refusal: bool = False
    people: tuple[AccountLine, ...] = ()
    only_accounts: bool = False


class AccountPresenter:
    """One's own account."""

    def __init__(
        self, account: Account, shown_fingerprint: str, change: ChangePassword,
        people: tuple[AccountLine, ...] | None = None,
    ) -> None:
        self._change = change
        key = account.key_standing or "confirmed"
        self.state = AccountState(
            rows=(
                ("Printed name", account.printed_name),
                ("User id", account.user),
                ("Role", str(account.role).replace("_", " ")),
                ("Signing key", f"{key[0].upper()}{key[1:]}"),
                ("Fingerprint of the key", shown_fingerprint),
            ),
            said=_about_key(account),
            people=people or (),
            only_accounts=people is not None,
        )

    def change(self, old: str, new: str, again: str) -> bool:
        """Choose another password; False with a sentence when it was refused."""
        why = unlike(new, again) if old else "Type the password you have now."
        if not why:
            try:
                self._change(old, new)
            except REFUSALS as refused:
                why = str(refused)
        said = why or "The password is changed; your signing key is the same."
        self.state = replace(self.state, said=said, is_refusal=bool(why))
        return not why


def unlike(new: str, again: str) -> str:
    """What is wrong with a new password that is typed twice, "" when nothing is."""
    if not new:
        return "Type the new password."
    return "" if new == again else "The two new passwords are not the same; type both again."


def _about_key(account: Account) -> str:
    if not account.key_standing:
        return ""
    return (
        "Your signing key is new. Signatures by it show 'key not yet confirmed' until a principal investigator or data"
        " manager has confirmed it: read the fingerprint to one of them."
    )
