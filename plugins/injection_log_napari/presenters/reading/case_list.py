"""A reader's own list: cases in order, how far each is, and the one that can be opened. Pure.

Nothing but the case whose turn it is can be opened; a locked one is not shown again.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log.reading.package import Task

if TYPE_CHECKING:
    from injection_log.reading.reading_acts import CaseLine

STATES = {"waiting": "waiting", "open": "begun", "locked": "✓ locked"}
DONE = (
    "Close the window and send the whole folder of this package back to the data manager who sent it. "
    "Nothing in it can be changed any more."
)


@dataclass(frozen=True)
class CaseRow:
    """One case of the list."""

    place: str
    code: str
    state: str
    is_next: bool


@dataclass(frozen=True)
class CaseList:
    """What the list shows: rows, progress, and what the one button does ("" where nothing is left)."""

    rows: tuple[CaseRow, ...]
    locked: int
    title: str
    progress: str
    button: str
    sentence: str

    @property
    def is_done(self) -> bool:
        """All cases are locked."""
        return self.locked == len(self.rows)


def case_list(lines: Sequence[CaseLine], task: Task) -> CaseList:
    """The list of a package."""
    locked, following = sum(line.state == "locked" for line in lines), _next(lines)
    rows = tuple(CaseRow(str(line.place), line.code, STATES[line.state], line is following) for line in lines)
    title = "Your reading" if task == "read" else "Your decisions"
    progress = f"{locked} of {len(lines)} locked"
    if following is None:
        return CaseList(rows, locked, title, progress, "", f"All {len(lines)} cases are locked. {DONE}")
    where = f"case {following.place} of {len(lines)}"
    if following.state == "open":
        sentence = f"It was begun and not locked; every mark is kept. Press Enter to go on with {where}."
        return CaseList(rows, locked, title, progress, f"Go on with case {following.place}", sentence)
    sentence = f"Press Enter to open {where}."
    return CaseList(rows, locked, title, progress, f"Open case {following.place}", sentence)


def _next(lines: Sequence[CaseLine]) -> CaseLine | None:
    return next((line for line in lines if line.state != "locked"), None)
