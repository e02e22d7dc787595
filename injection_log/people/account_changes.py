"""What an administrator changes of an account: role, closed or open, the lock. No account is ever deleted.

Old signatures keep the role they were made in: it stands in the signed event. Each function is one event with its
reason; who may call it is asked by the acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from injection_log.ledger.event import Actor, Change, EventDraft, Json
from injection_log.people.account import facts_of, user_subject
from injection_log.people.errors import AccountRefused
from injection_log.people.proving import forgiven
from injection_log.people.roles import Role
from injection_log.people.separation import check_separation
from injection_log.store.batch import Batch
from injection_log.store.ledger_store import Ledger

Standing = Mapping[str, Mapping[str, Json]]


@dataclass(frozen=True)
class AccountChange:
    """Whose account is changed by whom and why; `protocol` is the SHA-256 of the protocol in force."""

    ledger: Ledger
    by: Actor
    user: str
    reason: str
    protocol: str

    def write(self, kind: str, *changes: Change, standing: Standing | None = None) -> None:
        """Append the one event of this change, if what it was decided on (`standing`) still stands."""
        draft = EventDraft(kind, user_subject(self.user), changes, reason=self.reason.strip())
        self.ledger.append_batch(Batch(self.by, (draft,), self.protocol, standing=standing or {}))


def change_role(change: AccountChange, role: str) -> None:
    """Give a person another role. Raises AccountRefused: no such role, the own one, the last administrator, or one
    person who would be both blinded and seeing.
    """
    facts = _open_facts(change)
    if role not in set(Role):
        raise AccountRefused("role_unknown", f"There is no such role; choose one of {', '.join(Role)}.")
    if facts["role"] == role:
        raise AccountRefused("same_role", f"This person is {role} already.")
    if change.by.user == change.user:
        raise AccountRefused("own_role", "Nobody changes their own role; another administrator does that.")
    standing = _refuse_last_administrator(change, facts)
    check_separation(change.ledger, change.user, str(facts["printed_name"]), Role(role))
    change.write("RoleChanged", Change("role", facts["role"], role), standing=standing)


def close_account(change: AccountChange) -> None:
    """Close an account: no log-in and no signature any more; everything it did stays. Raises AccountRefused."""
    facts = _open_facts(change)
    standing = _refuse_last_administrator(change, facts)
    change.write("AccountClosed", Change("closed", None, True), standing=standing)


def reopen_account(change: AccountChange) -> None:
    """Open a closed account again, with the password and the key it had. Raises AccountRefused."""
    if facts_of(change.ledger, change.user).get("closed") is not True:
        raise AccountRefused("not_closed", "This account is not closed.")
    change.write("AccountReopened", Change("closed", True, None))


def unlock_account(change: AccountChange) -> None:
    """Lift the lock of five wrong passwords before its time. Raises AccountRefused when there is none."""
    facts = facts_of(change.ledger, change.user)
    if not forgiven(facts):
        raise AccountRefused("not_locked", "This account is not locked, and no wrong password stands against it.")
    change.write("AccountUnlocked", *forgiven(facts))


def _open_facts(change: AccountChange) -> dict[str, Json]:
    facts = facts_of(change.ledger, change.user)
    if facts.get("closed") is True:
        raise AccountRefused("account_closed", "This account is closed; open it again first.")
    return facts


def _refuse_last_administrator(change: AccountChange, facts: dict[str, Json]) -> Standing:
    """Refuse to lose the last administrator: nobody could be added, unlocked or reset any more.

    Gives the accounts of the others, which must still stand when it is written: two administrators who close each
    other at the same moment do not both succeed.
    """
    if facts["role"] != Role.ADMINISTRATOR:
        return {}
    others = {
        key: one
        for key, one in change.ledger.values_of("user:").items()
        if key != f"user:{change.user}" and one.get("role") == Role.ADMINISTRATOR and one.get("closed") is not True
    }
    if not others:
        raise AccountRefused(
            "last_administrator", "This is the only administrator with an open account; add another one first."
        )
    return others
