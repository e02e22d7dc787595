"""The course of the visit as rows of a page: one row a minute, one column for the visit and for each gland."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from annotate.marks import Side
from injection_log.record.timeline import Moment

TYPED = "◦"
"""Stands before what a person typed the time of."""


@dataclass(frozen=True)
class TimelineRow:
    """What was done in one minute: for the visit, and for each gland; "" for nothing."""

    time: str
    visit: str
    right: str
    left: str


def timeline_rows(moments: Sequence[Moment]) -> tuple[TimelineRow, ...]:
    """The rows, oldest first; moments are in order. A later day has its date with it."""
    first = moments[0].at.date() if moments else None
    rows = []
    for minute, grouped in groupby(moments, key=lambda one: one.at.replace(second=0, microsecond=0)):
        within = list(grouped)
        shown = f"{minute:%H:%M}" if minute.date() == first else f"{minute:%Y-%m-%d %H:%M}"
        rows.append(TimelineRow(shown, *(_words(within, side) for side in (None, "right", "left"))))
    return tuple(rows)


def _words(moments: Sequence[Moment], side: Side | None) -> str:
    mine = [f"{TYPED} {one.words}" if one.is_typed else one.words for one in moments if one.side == side]
    return ", ".join(_counted(mine))


def _counted(words: Sequence[str]) -> list[str]:
    """The same thing twice in a minute is said once, with how often."""
    return [f"{word} ×{count}" if (count := words.count(word)) > 1 else word for word in dict.fromkeys(words)]
