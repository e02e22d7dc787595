"""Lengths, depths and angles of placed marks, in whole micrometres and thousandths of a degree.

Pure. Rows and columns keep their own scale everywhere; nothing is averaged over the two. Arithmetic is
decimal and exact (coordinates are whole thousandths of a pixel, scales are decimals), rounded once, half to
even, at the end: the same marks give the same integer on every machine. The angle alone passes through
`math.atan2`, whose last binary digit may differ between platforms (recheck.py allows for it). Outlines are measured in
`outline`, what lies between a needle and a contour in `capsule`.
Deliberately without judgement: whether a length is plausible is the protocol's business.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from annotate.errors import MarkRefused
from annotate.exact import EXACT, LengthUm, apart_um, hypotenuse_um, length_between_um, whole
from annotate.marks import Caliper, Contour, Deposit, Mark, Needle, OutOfPlaneNeedle, PlacedMark, Structure
from annotate.stored_parts import MILLI, mpx
from annotate.uncertainty import HALF_PIXEL, MeasuredLength, PerCaliper, ReadingError, measured_length
from dicom_io.calibration import Point

if TYPE_CHECKING:
    from annotate.outline import OutlineSize

METHODS = {"caliper": "2", "needle": "2", "ellipsoid": "2", "contour": "1", "capsule_distance": "1"}
"""Versions of the methods as they are stored today. Version 1 of calipers, needles and the ellipsoid gave the same
lengths and volumes, without errors.
"""

# An entry within one pixel of the skin line lies on it: a click is at best half a pixel exact, and both the
# entry and the line were placed by one, so a smaller difference says nothing about the needle.
ON_THE_SKIN_MPX = 1 * MILLI

Json = dict[str, Any]
_Said = ParamSpec("_Said")
_Found = TypeVar("_Found")


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


def _once_a_mark(
    measure: Callable[Concatenate[PlacedMark, _Said], _Found],
) -> Callable[Concatenate[PlacedMark, _Said], _Found]:
    """Measure each mark once, however often it is asked: neither the mark nor its scale ever changes.

    The answer is kept at the mark itself, so an equal mark of another record is measured for itself.
    """

    @wraps(measure)
    def measured(placed: PlacedMark, /, *args: _Said.args, **kwargs: _Said.kwargs) -> _Found:
        asked = (measure, *args, *kwargs.values())
        if asked not in placed.measured:
            placed.measured[asked] = measure(placed, *args, **kwargs)
        return cast("_Found", placed.measured[asked])

    return measured


def measure_caliper(placed: PlacedMark) -> LengthUm:
    """Length of a caliper in micrometres; MarkRefused when both ends lie on one point or it is no caliper."""
    caliper = placed.mark
    if not isinstance(caliper, Caliper):
        raise MarkRefused("wrong_mark", "This mark is no caliper and has no diameter; place a caliper.")
    length = length_between_um(caliper.start, caliper.end, placed.scale)
    if length == 0:
        raise MarkRefused("same_point", "Both ends of the caliper are one point; draw it across the gland.")
    return length


@_once_a_mark
def measure_needle(placed: PlacedMark) -> NeedleInPlane | NeedleOutOfPlane:
    """What the picture shows of a needle: depth is vertical from the skin line, angle is atan2(|dy|, |dx|).

    MarkRefused when the tip, or the entry by more than a pixel, lies above the skin line: a depth is never
    negative and a path is never measured through gel.
    """
    needle = placed.mark
    if not isinstance(needle, Needle | OutOfPlaneNeedle):
        raise MarkRefused("wrong_mark", "This mark is no needle and has no needle depth; place a needle.")
    depth_um = _depth_um(placed, needle)
    if isinstance(needle, OutOfPlaneNeedle):
        return NeedleOutOfPlane(depth_um)
    below_skin = mpx(needle.entry.row) - mpx(needle.skin_row_px)
    if below_skin < -ON_THE_SKIN_MPX:
        raise MarkRefused(
            "entry_above_skin",
            "The needle's entry lies above the skin line; move the entry or the skin line.",
        )
    down_um, across_um = apart_um(needle.entry, needle.tip, placed.scale)
    path_um = hypotenuse_um(down_um, across_um)
    if path_um == 0:
        raise MarkRefused("same_point", "Entry and tip of the needle lie on one point; move one of them.")
    angle_mdeg = round(math.degrees(math.atan2(down_um, across_um)) * 1000)
    return NeedleInPlane(depth_um, path_um, angle_mdeg, path_is_whole=below_skin <= ON_THE_SKIN_MPX)


def measure_contour(placed: PlacedMark) -> OutlineSize:
    """Area and axes of a contour. MarkRefused as `outline_size`, or `wrong_mark`."""
    from annotate.outline import outline_size  # numpy is loaded only where there is a contour

    if not isinstance(placed.mark, Contour):
        raise MarkRefused("wrong_mark", "This mark is no contour and has no area; trace a contour.")
    return outline_size(placed.mark, placed.scale)


def measures(mark: Mark) -> bool:
    """Whether a mark measures anything by itself: a deposit and a structure only say where something is."""
    return not isinstance(mark, Deposit | Structure)


@_once_a_mark
def caliper_length(placed: PlacedMark, reading: ReadingError = HALF_PIXEL) -> MeasuredLength:
    """The length of a caliper with its error. MarkRefused as `measure_caliper`."""
    length_um, caliper = measure_caliper(placed), placed.mark
    assert isinstance(caliper, Caliper)  # else it was refused
    return measured_length(length_um, (caliper.start, caliper.end), placed.scale, reading)


@_once_a_mark
def depth_length(placed: PlacedMark, reading: ReadingError = HALF_PIXEL) -> MeasuredLength:
    """The depth of a needle with its error: tip and skin line are the two ends. MarkRefused as `measure_needle`."""
    depth_um, needle = measure_needle(placed).depth_um, placed.mark
    assert isinstance(needle, Needle | OutOfPlaneNeedle)  # else it was refused
    on_skin, below = Point(needle.skin_row_px, 0.0), Point(needle.skin_row_px + 1, 0.0)  # straight down
    return measured_length(depth_um, (on_skin, below), placed.scale, reading)


@_once_a_mark
def path_length(placed: PlacedMark, reading: ReadingError = HALF_PIXEL) -> MeasuredLength:
    """The path of a needle in plane with its error. MarkRefused as `measure_needle`, or `wrong_mark`."""
    measured, needle = measure_needle(placed), placed.mark
    if not isinstance(measured, NeedleInPlane) or not isinstance(needle, Needle):
        raise MarkRefused("wrong_mark", "Only a needle in plane has a path; place one.")
    return measured_length(measured.path_um, (needle.entry, needle.tip), placed.scale, reading)


def measured_to_json(placed: PlacedMark, reading: ReadingError = HALF_PIXEL) -> Json:
    """What is stored beside a mark and recomputed at verification: method, its version, whole numbers.

    MarkRefused where it cannot be measured as it lies, `wrong_mark` where it measures nothing (`measures`).
    """
    if isinstance(placed.mark, Contour):
        size = measure_contour(placed)
        axes = {"longest_um": size.longest.length_um, "across_um": size.across.length_um}
        return {"method": method("contour"), "area_um2": size.area_um2, **axes}
    if isinstance(placed.mark, Caliper):
        length = caliper_length(placed, reading)
        lengths: Json = {"length_um": length.length_um, "error_um": length.error_um}
        return {"method": method("caliper"), **lengths, "reading": reading_to_json(reading)}
    measured, depth = measure_needle(placed), depth_length(placed, reading)
    stored: Json = {
        "method": method("needle"), "plane": "out", "depth_um": depth.length_um, "depth_error_um": depth.error_um,
        "reading": reading_to_json(reading),
    }
    if isinstance(measured, NeedleOutOfPlane):
        return stored
    path = path_length(placed, reading)
    return {
        **stored, "plane": "in", "path_um": path.length_um, "path_error_um": path.error_um,
        "path_is_whole": measured.path_is_whole, "angle_mdeg": measured.angle_mdeg,
    }


def reading_to_json(reading: ReadingError) -> Json:
    """How the reading error was reckoned, as stored with every error."""
    if isinstance(reading, PerCaliper):
        return {"model": "per_caliper", "error_um": reading.error_um}
    return {"model": "half_pixel"}


def reading_from_json(value: object) -> ReadingError:
    """The reading error of a stored form. Raises ValueError for anything else."""
    if value == {"model": "half_pixel"}:
        return HALF_PIXEL
    if isinstance(value, dict) and value.keys() == {"model", "error_um"} and value["model"] == "per_caliper":
        error_um = value["error_um"]
        if type(error_um) is int and error_um > 0:
            return PerCaliper(error_um)
    raise ValueError("a stored reading error is of no known model")


def method(name: str) -> Json:
    """Name and version of a measuring method, as stored with every value it gave."""
    return {"name": name, "version": METHODS[name]}


def _depth_um(placed: PlacedMark, needle: Needle | OutOfPlaneNeedle) -> int:
    below = mpx(needle.tip.row) - mpx(needle.skin_row_px)
    if below < 0:
        raise MarkRefused(
            "tip_above_skin", "The needle's tip lies above the skin line; move the tip or the skin line."
        )
    return whole(EXACT.multiply(Decimal(below), placed.scale.mm_per_px_row))
