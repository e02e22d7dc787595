"""The burned-in ruler's tick marks, found on the picture: a second opinion on its calibration.

Scanners draw a ruler beside or at the edge of the picture: short bright strokes of equal spacing, lined up at one
edge, on a dark ground. They are looked for as such (a thin-stroke filter, connected parts, an arithmetic
progression), along rows and along columns. Deliberately it sets no scale and reads no digits: it knows only that
rulers are marked every 1, 2, 5, 10 or 20 mm, warns where the calibration fits none of them, and is silent wherever
it is not sure. Sector pictures, whose ticks run along a slanted edge, are left alone.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from dicom_io.calibration import NOT_SPATIAL, Region

FEWEST = 5
NICE_MM = (1.0, 2.0, 5.0, 10.0, 20.0)
_ALSO_SEEN_MM = (0.5, 2.5, 25.0, 50.0)  # some scanners; no ground for a warning
TOLERANCE = 0.02
_BRIGHTER = 40  # grey levels of a tick above its ground
_DARK = 70  # the ground's own grey level at most
_THICKEST, _LONGEST = 5, 30  # of one tick, pixels
_CLOSEST = 7.0  # spacing in pixels below which text and dither look alike
_SHORTEST_SPAN = 60.0
_OFF_LINE = 0.85  # a tick is drawn on a whole pixel: half a pixel off at most, and its blur
_MOST_IN_LINE = 120  # more strokes than this in one line are tissue or text

Axis = Literal["rows", "columns"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RulerTicks:
    """A found ruler: spaced along `rows` (it runs down) or `columns`; spacing and places in pixels.

    `line_px` is the column (row) at which the ticks line up; `first_px` and `last_px` are the rows (columns) of the
    outermost ticks.
    """

    axis: Axis
    spacing_px: float
    count: int
    line_px: float
    first_px: float
    last_px: float


def ticks_beside(frame: npt.NDArray[np.uint8], regions: Sequence[Region] = ()) -> RulerTicks | None:
    """The ruler of a frame, grey (rows, columns) or RGB (rows, columns, 3), uint8; None where none is sure.

    Rulers beside a region with an axis of time or speed are passed over: their ticks are no millimetres.
    """
    grey = frame if frame.ndim == 2 else _brightest(frame)
    found = [_ruler(grey, "rows"), _ruler(cv2.transpose(grey), "columns")]
    spatial = [one for one in found if one is not None and not _is_beside_time(one, regions)]
    return max(spatial, key=lambda one: (one.count, one.last_px - one.first_px), default=None)


def second_opinion(ticks: RulerTicks | None, mm_per_px: tuple[float, float]) -> str:
    """A warning where the ticks fit no ruler at this scale (row, column); empty where they do, or none is sure."""
    if ticks is None:
        return ""
    spacing_mm = ticks.spacing_px * mm_per_px[0 if ticks.axis == "rows" else 1]
    if any(abs(spacing_mm / nice - 1) <= TOLERANCE for nice in (*NICE_MM, *_ALSO_SEEN_MM)):
        return ""
    return (
        f"The ruler on the picture seems to be marked every {spacing_mm:.2f} mm by this calibration, which no ruler is "
        f"({ticks.count} ticks, {ticks.spacing_px:.1f} pixels apart): lay a cross-check on it."
    )


def _brightest(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The brightest of the three colours: a blue tick is as good as a white one."""
    red, green, blue = cv2.split(rgb)
    brightest: npt.NDArray[np.uint8] = cv2.max(cv2.max(red, green), blue)
    return brightest


def _is_beside_time(ticks: RulerTicks, regions: Sequence[Region]) -> bool:
    for region in regions:
        row0, column0, row1, column1 = region.box
        low, high = (row0, row1) if ticks.axis == "rows" else (column0, column1)
        if region.kind in NOT_SPATIAL and ticks.first_px <= high and low <= ticks.last_px:
            return True
    return False


def _ruler(grey: npt.NDArray[np.uint8], axis: Axis) -> RulerTicks | None:
    """The ruler that runs down this picture; for one that runs across, the picture is given transposed."""
    rows, lefts, rights = _strokes(grey)
    best: RulerTicks | None = None
    for edges in (lefts, rights, (lefts + rights) / 2):
        for line, members in _lines(edges):
            ticks = _progression(np.sort(rows[members]))
            if ticks is not None and (best is None or ticks[1] > best.count):
                spacing, count, first, last = ticks
                best = RulerTicks(axis, spacing, count, line, first, last)
    return best


def _strokes(grey: npt.NDArray[np.uint8]) -> tuple[Floats, Floats, Floats]:
    """Row, left and right end of every short thin bright stroke on dark ground."""
    tall = np.ones((2 * _THICKEST + 1, 1), np.uint8)
    ground = cv2.morphologyEx(grey, cv2.MORPH_OPEN, tall)
    risen = cv2.subtract(grey, ground)
    mask = ((risen >= _BRIGHTER) & (ground <= _DARK)).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    width, height, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    stroke = (
        (width >= 2) & (width <= _LONGEST) & (height <= _THICKEST) & (height <= width + 1)
        & (area >= 0.7 * width * height)
    )
    left = stats[stroke, cv2.CC_STAT_LEFT].astype(np.float64)
    return centres[stroke, 1], left, left + width[stroke] - 1


def _lines(edges: Floats) -> list[tuple[float, npt.NDArray[np.intp]]]:
    """Strokes that line up: (place, their indices) for every place with enough and not too many of them."""
    order = np.argsort(edges, kind="stable")
    ordered = edges[order]
    lines = []
    for place in np.unique(np.round(ordered)):
        low, high = np.searchsorted(ordered, (place - 1, place + 1), side="left")
        if FEWEST <= high - low <= _MOST_IN_LINE:
            lines.append((float(place), order[low:high]))
    return lines


def _progression(places: Floats) -> tuple[float, int, float, float] | None:
    """Spacing, count, first and last of an arithmetic progression that nearly all of these places belong to."""
    gaps = np.diff(places)
    best: tuple[float, int, float, float] | None = None
    for guess in np.unique(np.round(gaps[gaps >= _CLOSEST], 1)):
        found = _fitted(places, float(guess))
        if found is not None and (best is None or found[1] > best[1]):
            best = found
    return best


def _fitted(places: Floats, guess: float) -> tuple[float, int, float, float] | None:
    """Follow the progression from its longest run of gaps near the guess, then fit it by least squares."""
    near = np.abs(np.diff(places) - guess) <= 1.5
    if near.sum() < FEWEST - 1:
        return None
    start = int(np.argmax(near))
    ticks, index, last = [places[start]], [0], places[start]
    for place in places[start + 1 :]:
        steps = round((place - last) / guess)
        if steps >= 1 and abs(place - last - steps * guess) <= 1.5 and steps <= 2:
            ticks.append(place)
            index.append(index[-1] + steps)
            last = place
    if len(ticks) < FEWEST:
        return None
    spacing, origin = np.polyfit(index, ticks, 1)
    off = np.abs(np.asarray(ticks) - origin - spacing * np.asarray(index))
    first, end = ticks[0], ticks[-1]
    between = int(((places >= first) & (places <= end)).sum())
    whole = len(ticks) >= 0.9 * between and len(ticks) >= 0.8 * (index[-1] + 1)
    if off.max() > _OFF_LINE or not whole or spacing < _CLOSEST or end - first < _SHORTEST_SPAN:
        return None
    return float(spacing), len(ticks), float(first), float(end)
