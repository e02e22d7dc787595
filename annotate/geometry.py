"""Lengths, depths and angles of placed marks, in whole micrometres and thousandths of a degree.

Pure. Rows and columns keep their own scale everywhere; nothing is averaged over the two. Arithmetic is
decimal and exact (coordinates are whole thousandths of a pixel, scales are decimals), rounded once, half to
even, at the end: the same marks give the same integer on every machine. The angle alone passes through
`math.atan2`, whose last binary digit may differ between platforms (recheck.py allows for it).
Deliberately without judgement: whether a length is plausible is the protocol's business.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from annotate.errors import MarkRefused
from annotate.marks import MILLI, Caliper, Needle, OutOfPlaneNeedle, PlacedMark, mpx
from dicom_io.calibration import Point

METHODS = {"caliper": "1", "needle": "1", "ellipsoid": "1"}

# An entry within one pixel of the skin line lies on it: a click is at best half a pixel exact, and both the
# entry and the line were placed by one, so a smaller difference says nothing about the needle.
ON_THE_SKIN_MPX = 1 * MILLI

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)

LengthUm = int
Json = dict[str, Any]


@dataclass(frozen=True)
class NeedleInPlane:
    """Depth skin line to tip, path entry to tip (micrometres), angle to the probe face (thousandths of 1°).

    `path_is_whole` is true only when the entry lies on the skin line; else the path is the *visible* path.
    """

    depth_um: int
    path_um: int
    angle_mdeg: int
    path_is_whole: bool


@dataclass(frozen=True)
class NeedleOutOfPlane:
    """Depth skin line to tip, in micrometres; path and angle of such a needle cannot be seen in the image."""

    depth_um: int


def measure_caliper(placed: PlacedMark) -> LengthUm:
    """Length of a caliper in micrometres; MarkRefused when both ends lie on one point or it is no caliper."""
    caliper = placed.mark
    if not isinstance(caliper, Caliper):
        raise MarkRefused("wrong_mark", "This mark is no caliper and has no diameter; place a caliper.")
    length = _length_um(*_apart(placed, caliper.start, caliper.end))
    if length == 0:
        raise MarkRefused("same_point", "Both ends of the caliper are one point; draw it across the gland.")
    return length


def measure_needle(placed: PlacedMark) -> NeedleInPlane | NeedleOutOfPlane:
    """What the picture shows of a needle: depth is vertical from the skin line, angle is atan2(|dy|, |dx|).

    MarkRefused when the tip, or the entry by more than a pixel, lies above the skin line: a depth is never
    negative and a path is never measured through gel.
    """
    needle = placed.mark
    if isinstance(needle, Caliper):
        raise MarkRefused("wrong_mark", "This mark is a caliper and has no needle depth; place a needle.")
    depth_um = _depth_um(placed, needle)
    if isinstance(needle, OutOfPlaneNeedle):
        return NeedleOutOfPlane(depth_um)
    below_skin = mpx(needle.entry.row) - mpx(needle.skin_row_px)
    if below_skin < -ON_THE_SKIN_MPX:
        raise MarkRefused(
            "entry_above_skin",
            "The needle's entry lies above the skin line; move the entry or the skin line.",
        )
    down_um, across_um = _apart(placed, needle.entry, needle.tip)
    path_um = _length_um(down_um, across_um)
    if path_um == 0:
        raise MarkRefused("same_point", "Entry and tip of the needle lie on one point; move one of them.")
    angle_mdeg = round(math.degrees(math.atan2(down_um, across_um)) * 1000)
    return NeedleInPlane(depth_um, path_um, angle_mdeg, path_is_whole=below_skin <= ON_THE_SKIN_MPX)


def measured_to_json(placed: PlacedMark) -> Json:
    """What is stored beside a mark and recomputed at verification: method, its version, whole numbers."""
    if isinstance(placed.mark, Caliper):
        return {"method": method("caliper"), "length_um": measure_caliper(placed)}
    measured = measure_needle(placed)
    if isinstance(measured, NeedleOutOfPlane):
        return {"method": method("needle"), "plane": "out", "depth_um": measured.depth_um}
    return {
        "method": method("needle"),
        "plane": "in",
        "depth_um": measured.depth_um,
        "path_um": measured.path_um,
        "path_is_whole": measured.path_is_whole,
        "angle_mdeg": measured.angle_mdeg,
    }


def method(name: str) -> Json:
    """Name and version of a measuring method, as stored with every value it gave."""
    return {"name": name, "version": METHODS[name]}


def _depth_um(placed: PlacedMark, needle: Needle | OutOfPlaneNeedle) -> int:
    below = mpx(needle.tip.row) - mpx(needle.skin_row_px)
    if below < 0:
        raise MarkRefused(
            "tip_above_skin", "The needle's tip lies above the skin line; move the tip or the skin line."
        )
    return _whole(_EXACT.multiply(Decimal(below), placed.scale.mm_per_px_row))


def _apart(placed: PlacedMark, a: Point, b: Point) -> tuple[Decimal, Decimal]:
    """Distance of two points down and across, each in micrometres by its own scale, never negative."""
    # thousandths of a pixel times mm per pixel is micrometres
    down = abs(mpx(b.row) - mpx(a.row))
    across = abs(mpx(b.column) - mpx(a.column))
    return (
        _EXACT.multiply(Decimal(down), placed.scale.mm_per_px_row),
        _EXACT.multiply(Decimal(across), placed.scale.mm_per_px_column),
    )


def _length_um(down_um: Decimal, across_um: Decimal) -> int:
    squares = _EXACT.add(_EXACT.multiply(down_um, down_um), _EXACT.multiply(across_um, across_um))
    return _whole(_EXACT.sqrt(squares))


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN, context=_EXACT))
