"""Who may be given which role: readers and those who see procedures are never the same person, in either order.

What was seen cannot be unseen, so every role that a person ever had counts, and so do those of another account
under the same printed name. The blinded roles come from the design; who sees records, from the table of roles.
"""

from __future__ import annotations

from collections.abc import Iterable

from injection_log.people.errors import AccountRefused
from injection_log.people.roles import TABLE, Role
from injection_log.store.ledger_store import Ledger

BLINDED = frozenset({Role.READER, Role.ADJUDICATOR})
SEES_RECORDS = TABLE["show_record"][0]
"""The roles that see procedure records."""


def roles_held(ledger: Ledger, user: str) -> frozenset[str]:
    """Every role that the account of this user ever had, from the log."""
    key = f"user:{user}"
    return frozenset(
        str(change.new)
        for event in ledger.events_of(key)
        if event.subject.key == key
        for change in event.changes
        if change.field == "role" and change.new is not None
    )


def check_separation(ledger: Ledger, user: str, printed_name: str, wanted: Role) -> None:
    """Refuse a role that would make one person both blinded and seeing. Raises AccountRefused."""
    name = printed_name.strip().casefold()
    for key, facts in ledger.values_of("user:").items():
        other = key.removeprefix("user:")
        if other == user or str(facts.get("printed_name")).casefold() == name:
            fault = separation_fault(roles_held(ledger, other), wanted)
            if fault:
                raise AccountRefused("not_separate", fault if other == user else f"{fault} ({_SAME_NAME})")


def separation_fault(held: Iterable[str], wanted: str) -> str:
    """Why somebody who had these roles cannot have this one, as a sentence; "" when they can."""
    had = frozenset(held)
    seen, blinded = had & SEES_RECORDS, had & BLINDED
    if wanted in BLINDED and seen:
        return (
            f"Who was {_words(seen)} has seen procedure records and can never be {_words({wanted})}: choose a person"
            " who has seen none."
        )
    if wanted in SEES_RECORDS and blinded:
        return (
            f"Who was {_words(blinded)} measures blinded and can never be {_words({wanted})}, who sees procedure"
            " records: choose another person."
        )
    return ""


_SAME_NAME = "another account has the same printed name; if it is another person, give a name that tells them apart"


def _words(roles: Iterable[str]) -> str:
    return " and ".join(role.replace("_", " ") for role in sorted(roles))
