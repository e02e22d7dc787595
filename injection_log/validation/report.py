"""What `validate` found: checks with what was expected and what was observed. Values only; no patient is in it."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["passed", "failed", "not_run"]
Part = Literal["installation", "operation"]
Name = tuple[str, Part, str]
"""Id, part and title of a check."""
PARTS: dict[Part, str] = {
    "installation": "Installation qualification (IQ)",
    "operation": "Operation qualification (OQ)",
}


@dataclass(frozen=True)
class Check:
    """One check; `observed` says why where it was not run."""

    id: str
    part: Part
    title: str
    expected: str
    observed: str
    outcome: Outcome


@dataclass(frozen=True)
class ValidationReport:
    """All checks of one machine at one time; `began_at` and `ended_at` are local times with offset."""

    program_version: str
    workstation: str
    system: str
    began_at: str
    ended_at: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing failed; what was not run is for the reader to judge."""
        return all(check.outcome != "failed" for check in self.checks)


def checked(name: Name, expected: str, observed: str, ok: bool) -> Check:
    """A check that was made."""
    return Check(*name, expected, observed, "passed" if ok else "failed")


def not_run(name: Name, expected: str, why: str) -> Check:
    """A check that could not be made here, and why."""
    return Check(*name, expected, why, "not_run")
