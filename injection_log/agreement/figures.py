"""What an estimate is here: a value with its interval, or a sentence that says why there is none.

A figure that cannot be computed is a value of its own type, never NaN, so that nobody prints or averages it unseen.
Deliberately no formatting: units and digits belong to whoever shows the figure.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "too_few_cases", "too_few_readers", "no_variance", "no_disagreement", "missing_reads", "not_positive",
    "dependent_cases",
]

FEWEST_CASES = 3
"""With two cases every interval below spans nearly all that is possible: it would be a figure without a meaning."""

CONFIDENCE = 0.95


@dataclass(frozen=True)
class NotComputable:
    """No figure, and why: `reason` for the program, `why` in words with what to do."""

    reason: Reason
    why: str


@dataclass(frozen=True)
class Interval:
    """A confidence interval from `low` to `high`; `confidence` is its level, 0.95 for 95 %."""

    low: float
    high: float
    confidence: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def times(self, factor: float) -> Interval:
        """The same interval in another unit; `factor` is above 0."""
        return Interval(self.low * factor, self.high * factor, self.confidence)


@dataclass(frozen=True)
class Estimate:
    """A value and its interval, both in the unit of what was measured unless its name says otherwise."""

    value: float
    interval: Interval | NotComputable

    def times(self, factor: float) -> Estimate:
        """The same estimate in another unit; `factor` is above 0."""
        interval = self.interval
        return Estimate(self.value * factor, interval.times(factor) if isinstance(interval, Interval) else interval)


def too_few_cases(cases: int) -> NotComputable | None:
    """Why nothing is computed from so few cases; None where there are enough."""
    if cases >= FEWEST_CASES:
        return None
    return NotComputable(
        "too_few_cases", f"Agreement needs at least {FEWEST_CASES} cases, here are {cases}; wait for more reads."
    )


def missing_reads(rows: Sequence[Sequence[float | None]]) -> NotComputable | None:
    """Why nothing is computed from rows with gaps (a gap is None or not a finite number); None where none has one."""
    lacking = sum(any(value is None or not math.isfinite(value) for value in row) for row in rows)
    if not lacking:
        return None
    return NotComputable(
        "missing_reads", f"A read is missing in {lacking} of {len(rows)} cases; read them, or leave these cases out."
    )


def is_nothing(spread: float, size: float) -> bool:
    """Whether a spread is only what computing with floats leaves: a billionth of the size of the values."""
    return spread <= 1e-9 * size
