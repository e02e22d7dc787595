"""Timing two or more ways of doing one thing side by side, and what one costs as a multiple of another.

The ways take turns, so that a busy moment of the machine falls on all of them; the figure is the median of the
ratios of neighbours, with the lowest and highest beside it. No garbage is collected while the clock runs.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

Way = Callable[[], object]
Times = Mapping[str, list[float]]


@dataclass(frozen=True)
class Ratio:
    """How much one way costs as a multiple of another: median, lowest and highest of the pairs."""

    median: float
    low: float
    high: float

    def words(self) -> str:
        """`0.81 x (0.78 to 0.90)`."""
        return f"{self.median:.2f} x ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True)
class Figure:
    """One line of the report. `bound` is what was asked, `met` whether it holds, None where nothing was asked."""

    name: str
    value: str
    anchor: str
    bound: str = ""
    met: bool | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the way between two processes."""
        return asdict(self)


def interleaved(ways: Mapping[str, Way], repeats: int, *, warm_up: bool = True) -> dict[str, list[float]]:
    """Seconds of each way, in turns. A way that returns a float has timed itself; that number is taken.

    The order turns round at every repeat, so that no way is always the one behind a heavy neighbour.
    """
    if warm_up:
        for way in ways.values():
            way()
    times: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(repeats):
        names = list(ways) if repeat % 2 == 0 else list(ways)[::-1]
        for name in names:
            times[name].append(_seconds(ways[name]))
    return times


def ratio(times: Times, ours: str, anchor: str) -> Ratio:
    """Median, lowest and highest of ours / anchor over the repeats. Raises ValueError where there are none."""
    pairs = [mine / theirs for mine, theirs in zip(times[ours], times[anchor], strict=True)]
    if not pairs:
        raise ValueError("a ratio needs at least one repeat")
    return Ratio(statistics.median(pairs), min(pairs), max(pairs))


def at_most(name: str, found: Ratio, bound: float, anchor: str, note: str = "") -> Figure:
    """The line of a figure that is asked to be at most `bound` times its anchor."""
    return Figure(name, found.words(), anchor, f"<= {bound:g} x", found.median <= bound, note)


def _seconds(way: Way) -> float:
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        answer = way()
        took = time.perf_counter() - began
    finally:
        gc.enable()
    return answer if isinstance(answer, float) else took
