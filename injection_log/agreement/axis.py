"""An axis of volumes: round steps that hold all values, and where a value lies on the drawing.

Whole microlitres throughout, so that the same values make the same axis on every machine; labels are millilitres.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_STEPS = tuple(digit * 10**power for power in range(7) for digit in (1, 2, 5))
_MOST_STEPS = 6


@dataclass(frozen=True)
class VolumeAxis:
    """From `low_ul` to `high_ul` in steps of `step_ul`, drawn from the coordinate `start` to `end` (points)."""

    low_ul: int
    high_ul: int
    step_ul: int
    start: float
    end: float

    def place(self, volume_ul: float) -> float:
        """The coordinate of a volume, points."""
        return self.start + (self.end - self.start) * (volume_ul - self.low_ul) / (self.high_ul - self.low_ul)

    @property
    def ticks_ul(self) -> range:
        """The volumes with a label."""
        return range(self.low_ul, self.high_ul + 1, self.step_ul)

    def label(self, volume_ul: int) -> str:
        """A tick in millilitres, with as many decimals as the steps need."""
        decimals = sum(self.step_ul % unit != 0 for unit in (1000, 100, 10))
        return f"{Decimal(volume_ul).scaleb(-3):.{decimals}f}"


def volume_axis(volumes_ul: Iterable[float], start: float, end: float) -> VolumeAxis:
    """The axis with the smallest of the steps 1, 2, 5 x 10^n that holds all volumes in at most six steps."""
    volumes = list(volumes_ul)
    lowest, highest = int(min(volumes) // 1), int(-(-max(volumes) // 1))
    for step in _STEPS:
        low, high = lowest // step * step, -(-highest // step) * step
        if high == low:
            low, high = low - step, high + step
        if high - low <= _MOST_STEPS * step:
            break
    return VolumeAxis(low, high, step, start, end)
