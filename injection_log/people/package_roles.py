"""The table of a reading package: command x role x state of a case. What it does not allow is refused.

A table of its own beside `roles.TABLE`, so that one sentence stays true of that one: in a site's home a blinded role
may do nothing. Here the two blinded roles are the only ones, and nobody else has a command. The state "" stands for a
command that is not about one case.
"""

from __future__ import annotations

from typing import Literal

from injection_log.people.roles import Role

CaseState = Literal["", "waiting", "open", "locked"]
PackageCommand = Literal[
    "log_in",
    "list_cases",
    "open_case",
    "place_caliper",
    "grade_gland",
    "decide_gland",
    "lock_case",
]
_BOTH = frozenset({Role.READER, Role.ADJUDICATOR})
_READER, _ADJUDICATOR = frozenset({Role.READER}), frozenset({Role.ADJUDICATOR})
_NO_CASE: frozenset[CaseState] = frozenset({""})
_UNLOCKED: frozenset[CaseState] = frozenset({"waiting", "open"})
_OPEN: frozenset[CaseState] = frozenset({"open"})

PACKAGE_TABLE: dict[PackageCommand, tuple[frozenset[Role], frozenset[CaseState]]] = {
    "log_in": (_BOTH, _NO_CASE),
    "list_cases": (_BOTH, _NO_CASE),
    # A locked case is not shown again: there is no going back to it.
    "open_case": (_BOTH, _UNLOCKED),
    "place_caliper": (_READER, _OPEN),
    "grade_gland": (_READER, _OPEN),
    "decide_gland": (_ADJUDICATOR, _OPEN),
    "lock_case": (_BOTH, _OPEN),
}


def allowed_in_package(role: str, command: str, state: str = "") -> bool:
    """Whether the table allows this; anything it does not know is not allowed."""
    roles, states = PACKAGE_TABLE.get(command, (frozenset(), frozenset()))  # type: ignore[call-overload]
    return role in roles and state in states
