"""How far the repeats of one diameter lie apart: mean, difference and coefficient of variation.

Pure, whole numbers. The coefficient of variation is the standard deviation of the sample (n - 1) over the mean, in
tenths of a percent, half to even; for two repeats it is the difference over the mean, divided by the root of 2.
Deliberately no judgement of a person; what is worth a second look is said by the checks.
Source: more than 15 % is flagged (domain: ellipsoids of the thyroid differ by 10.5 to 26.9 %, Schlogl 2001).
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from annotate.exact import EXACT, whole
from annotate.geometry import measure_caliper
from annotate.marks import AXES, Axis, Caliper, PlacedMark

FLAGGED_CV_TENTHS = 150
"""Above 15.0 % the repeats are worth a second look."""


@dataclass(frozen=True)
class RepeatSpread:
    """At least two repeats: their mean and largest less smallest (micrometres), their CV in tenths of a percent."""

    count: int
    mean_um: int
    difference_um: int
    cv_tenths: int

    @property
    def is_flagged(self) -> bool:
        """Whether they lie further apart than is usual, judged on the figure that is shown."""
        return self.cv_tenths > FLAGGED_CV_TENTHS

    @property
    def cv_words(self) -> str:
        """The coefficient of variation as it is shown: `3.6 %`."""
        return f"{Decimal(self.cv_tenths).scaleb(-1)} %"


def spread_of(lengths_um: Sequence[int]) -> RepeatSpread:
    """The spread of two or more lengths above 0, micrometres. Raises ValueError for fewer."""
    count = len(lengths_um)
    if count < 2 or min(lengths_um) <= 0:
        raise ValueError("a spread is of at least two lengths above 0")
    mean = EXACT.divide(Decimal(sum(lengths_um)), Decimal(count))
    squares = sum(((length - mean) ** 2 for length in lengths_um), Decimal(0))
    deviation = EXACT.sqrt(EXACT.divide(squares, Decimal(count - 1)))
    cv_tenths = whole(EXACT.divide(EXACT.multiply(deviation, Decimal(1000)), mean))
    return RepeatSpread(count, whole(mean), max(lengths_um) - min(lengths_um), cv_tenths)


def repeat_spreads(marks: Sequence[PlacedMark]) -> dict[Axis, RepeatSpread]:
    """The spread of each axis that has repeats, of the calipers of one gland. MarkRefused as `measure_caliper`."""
    lengths: dict[Axis, list[int]] = {axis: [] for axis in AXES}
    for placed in marks:
        if isinstance(placed.mark, Caliper):
            lengths[placed.mark.axis].append(measure_caliper(placed))
    return {axis: spread_of(found) for axis, found in lengths.items() if len(found) > 1}
