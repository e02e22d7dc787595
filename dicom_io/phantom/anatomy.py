"""The phantom's numbers and geometry: glands as tilted ellipsoids, their sections, the needle's way in.

Pure: no pixels and no files. Millimetres are counted from the upper left corner of the 2D region
(x to the right, z downwards from the probe face). It models one neck well enough to practise on;
it does not simulate sound.

Sizes: healthy adults by high-frequency ultrasound, length 32.6 +/- 3.4, width 22.3 +/- 3.7,
depth 17.4 +/- 2.7 mm.
"""
from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

Side = Literal["right", "left"]
SIDES: tuple[Side, Side] = ("right", "left")

DEFAULT_INJECTION_DAY = date(2025, 6, 16)
_BASELINE = "baseline"
_BASELINE_DAYS_BEFORE = 14
_MONTH_4_DAYS_AFTER = 120


@dataclass(frozen=True)
class PlannedVisit:
    """One visit to be drawn: its name, as a protocol calls it, and its day. Only one that injects gets such cines."""

    name: str
    day: date
    is_injecting: bool = False


def planned_visits(injection_day: date = DEFAULT_INJECTION_DAY) -> tuple[PlannedVisit, ...]:
    """The three visits around the given injection day; the caller names the day, no clock is read."""
    return (
        PlannedVisit(_BASELINE, injection_day - timedelta(days=_BASELINE_DAYS_BEFORE)),
        PlannedVisit("injection", injection_day, is_injecting=True),
        PlannedVisit("month_4", injection_day + timedelta(days=_MONTH_4_DAYS_AFTER)),
    )


@dataclass(frozen=True)
class Ellipse:
    """A section of a gland: centre and half axes in mm, tilt in degrees (positive: right end deeper)."""

    x_mm: float
    z_mm: float
    long_half_mm: float
    short_half_mm: float
    tilt_deg: float

    def ends_of_long_axis(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The two (x, z) points in mm where the long axis leaves the outline."""
        across, down = self._direction()
        return self._ends(self.long_half_mm * across, self.long_half_mm * down)

    def ends_of_short_axis(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The two (x, z) points in mm where the short axis leaves the outline, the upper one first."""
        across, down = self._direction()
        return self._ends(-self.short_half_mm * down, self.short_half_mm * across)

    def _direction(self) -> tuple[float, float]:
        tilt = math.radians(self.tilt_deg)
        return math.cos(tilt), math.sin(tilt)

    def _ends(self, dx: float, dz: float) -> tuple[tuple[float, float], tuple[float, float]]:
        return (self.x_mm - dx, self.z_mm - dz), (self.x_mm + dx, self.z_mm + dz)


@dataclass(frozen=True)
class Gland:
    """One submandibular gland at one visit: full diameters in mm, where it lies, how it is tilted."""

    side: Side
    length_mm: float
    width_mm: float
    depth_mm: float
    centre_x_mm: float
    centre_z_mm: float
    tilt_longitudinal_deg: float
    tilt_transverse_deg: float

    @property
    def volume_ml(self) -> float:
        """Volume of the ellipsoid in millilitres: pi / 6 x length x width x depth."""
        return math.pi / 6 * self.length_mm * self.width_mm * self.depth_mm / 1000

    def longitudinal_section(self) -> Ellipse:
        """The section through length and depth axis."""
        return Ellipse(
            self.centre_x_mm,
            self.centre_z_mm,
            self.length_mm / 2,
            self.depth_mm / 2,
            self.tilt_longitudinal_deg,
        )

    def transverse_section(self, offset_mm: float = 0.0) -> Ellipse | None:
        """The section through width and depth axis, moved along the length axis; None beside the gland."""
        part = 1 - (offset_mm / (self.length_mm / 2)) ** 2
        if part <= 0:
            return None
        return Ellipse(
            self.centre_x_mm,
            self.centre_z_mm + offset_mm * math.sin(math.radians(self.tilt_longitudinal_deg)),
            self.width_mm / 2 * math.sqrt(part),
            self.depth_mm / 2 * math.sqrt(part),
            self.tilt_transverse_deg,
        )


@dataclass(frozen=True)
class NeedlePath:
    """A straight in-plane path in mm: skin entry (z = 0 is the probe face) and final tip inside the gland."""

    entry_x_mm: float
    tip_x_mm: float
    tip_z_mm: float

    @property
    def path_mm(self) -> float:
        """Entry to tip."""
        return math.hypot(self.tip_x_mm - self.entry_x_mm, self.tip_z_mm)

    @property
    def angle_deg(self) -> float:
        """Angle to the probe face, 0 to 90 degrees."""
        return math.degrees(math.atan2(self.tip_z_mm, abs(self.tip_x_mm - self.entry_x_mm)))


def baseline_gland(side: Side, width_of_view_mm: float, random: np.random.Generator) -> Gland:
    """A gland of ordinary size in the middle of the view, a little different for every seed and side."""
    mirror = 1 if side == "right" else -1
    factor = random.uniform(0.97, 1.03, size=3)
    return Gland(
        side=side,
        length_mm=round(32.6 * float(factor[0]), 2),
        width_mm=round(22.3 * float(factor[1]), 2),
        depth_mm=round(17.4 * float(factor[2]), 2),
        centre_x_mm=width_of_view_mm / 2 - mirror * 1.2,
        centre_z_mm=round(float(random.uniform(15.6, 16.4)), 2),
        tilt_longitudinal_deg=round(mirror * float(random.uniform(5.0, 9.0)), 1),
        tilt_transverse_deg=round(mirror * float(random.uniform(-12.0, -6.0)), 1),
    )


def gland_at_visit(gland: Gland, visit: str, random: np.random.Generator) -> Gland:
    """The same gland as another visit than baseline finds it: some percent of change, never the same probe position."""
    if visit == _BASELINE:
        return gland
    factor = random.uniform(0.985, 1.02, size=3)
    return replace(
        gland,
        length_mm=round(gland.length_mm * float(factor[0]), 2),
        width_mm=round(gland.width_mm * float(factor[1]), 2),
        depth_mm=round(gland.depth_mm * float(factor[2]), 2),
        centre_x_mm=gland.centre_x_mm + float(random.uniform(-0.5, 0.5)),
        centre_z_mm=gland.centre_z_mm + float(random.uniform(-0.3, 0.3)),
        tilt_longitudinal_deg=gland.tilt_longitudinal_deg + round(float(random.uniform(-1, 1)), 1),
    )


def needle_path(gland: Gland, width_of_view_mm: float, random: np.random.Generator) -> NeedlePath:
    """In at the outer edge of the view, tip a little off the middle of the gland."""
    outer_x_mm = 3.2 if gland.side == "right" else width_of_view_mm - 3.2
    towards = 1 if gland.side == "right" else -1
    return NeedlePath(
        entry_x_mm=outer_x_mm,
        tip_x_mm=gland.centre_x_mm + towards * float(random.uniform(-1.5, 2.5)),
        tip_z_mm=gland.centre_z_mm + float(random.uniform(-1.5, 1.0)),
    )
