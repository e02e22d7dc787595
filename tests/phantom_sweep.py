"""What is seen of a gland on the phantom's sweep: the outline on evenly spaced frames, as a person would trace it."""
from __future__ import annotations

import math
from dataclasses import dataclass

from annotate.marks import Contour
from dicom_io.phantom.cine import SWEEP_FRAMES
from dicom_io.phantom.screen import to_point
from dicom_io.phantom.truth import GlandTruth


def round_about(middle: tuple[float, float], across_mm: float, down_mm: float, points: int = 24) -> Contour:
    """An ellipse around a place (x, z) of the phantom in mm."""
    turns = [2 * math.pi * number / points for number in range(points)]
    x, z = middle
    return Contour(tuple(to_point(x + across_mm * math.cos(t), z + down_mm * math.sin(t)) for t in turns))


@dataclass(frozen=True)
class Sweep:
    """The phantom's sweep: which frames are traced, how far they lie apart, and what is seen on each."""

    truth: GlandTruth
    every: int = 4

    @property
    def spacing_mm(self) -> float:
        return self.every * 2 * self._reach / (SWEEP_FRAMES - 1)

    @property
    def _reach(self) -> float:
        return self.truth.length_mm / 2 + 2.5  # the phantom's probe goes this far beyond either end

    def contours(self) -> dict[int, Contour]:
        """The outline on every traced frame that shows the gland."""
        found = {}
        for frame in range(1, SWEEP_FRAMES, self.every):
            offset = -self._reach + 2 * self._reach * frame / (SWEEP_FRAMES - 1)
            part = 1 - (offset / (self.truth.length_mm / 2)) ** 2
            if part > 0:
                halves = (self.truth.width_mm / 2 * math.sqrt(part), self.truth.depth_mm / 2 * math.sqrt(part))
                found[frame] = round_about((19, 16), *halves, points=90)
        return found
