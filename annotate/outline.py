"""Measures of a closed outline: area, longest axis and the width across it, and how far inside it a point lies.

Pure. The outline is the polygon of its points, rows and columns each in their own scale: the shoelace formula and the
distances to segments work on whole numbers of any size and are rounded once, half to even. Floating point only picks
the few candidates that are then compared exactly, so the same outline gives the same integers on every machine.
Deliberately without an error of the area: the points of a traced outline are not independent of each other.
Sources: shoelace formula (Meister 1769); the longest axis is the largest distance of two points of the outline.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from annotate.errors import MarkRefused
from annotate.exact import EXACT, length_between_um, whole, whole_steps
from annotate.marks import Contour
from annotate.stored_parts import MILLI, mpx
from dicom_io.calibration import Point, Scale

_NEARLY = 1 - 1e-9
"""Candidates within this part of the best are compared exactly; floating point is some 1e-15 off."""
_LONGEST_UM = 1_000_000  # a metre, as for calipers
_Grid = npt.NDArray[np.int64]
_Place = tuple[int, int]


@dataclass(frozen=True)
class Span:
    """A line across an outline, as a caliper would lie: its ends in pixels, its length in micrometres."""

    start: Point
    end: Point
    length_um: int


@dataclass(frozen=True)
class OutlineSize:
    """Area in square micrometres, the longest axis, and the longest line perpendicular to it."""

    area_um2: int
    longest: Span
    across: Span


@lru_cache(maxsize=512)
def outline_size(contour: Contour, scale: Scale) -> OutlineSize:
    """Area and axes of an outline. Raises MarkRefused as `refuse_crossing`, and `size_out_of_range` over a metre.

    Remembered, because the volume of a sweep asks for all its outlines whenever one mark of the gland changes.
    """
    refuse_crossing(contour)
    longest = _longest(contour, scale)
    if longest.length_um > _LONGEST_UM:
        raise MarkRefused("size_out_of_range", "The contour is over a metre long; trace it again.")
    return OutlineSize(_area_um2(contour, scale), longest, _across(contour, scale, longest))


def refuse_crossing(contour: Contour) -> None:
    """Refuse an outline that has no inside: two neighbouring points are one, or it crosses, touches or retraces itself.

    Raises MarkRefused `same_point` or `crosses_itself`. Exact, on thousandths of a pixel.
    """
    starts = _grid(contour)
    ends = np.roll(starts, -1, axis=0)
    steps = ends - starts
    if not np.any(steps, axis=1).all():
        raise MarkRefused("same_point", "Two neighbouring points of the contour are one; take one of them out.")
    turns = steps[:, 0] * np.roll(steps[:, 1], -1) - steps[:, 1] * np.roll(steps[:, 0], -1)
    onward = np.sum(steps * np.roll(steps, -1, axis=0), axis=1)
    if np.any((turns == 0) & (onward < 0)) or _edges_meet(starts, ends).any():
        raise MarkRefused(
            "crosses_itself", "The contour crosses or touches itself; move its points so that it goes round once."
        )


def signed_distance_um(contour: Contour, at: Point, scale: Scale) -> int:
    """How far a point lies from the outline, whole micrometres: 0 or more inside, less than 0 outside.

    The least distance to any of its segments, in the plane of the picture.
    """
    row, column, digits = whole_steps(scale)
    corners = [(r * row, c * column) for r, c in _mpx_of(contour.points)]
    place = (mpx(at.row) * row, mpx(at.column) * column)
    nearest = min(Fraction(*_square_distance(place, a, b)) for a, b in _edges(corners))
    square = EXACT.divide(Decimal(nearest.numerator), Decimal(nearest.denominator))
    distance_um = whole(EXACT.sqrt(square).scaleb(-digits, EXACT))
    return distance_um if nearest == 0 or _is_inside(place, corners) else -distance_um


def _grid(contour: Contour) -> _Grid:
    """The points in thousandths of a pixel; products of two of them stay far below 2**63."""
    return np.array(_mpx_of(contour.points), np.int64)


def _mpx_of(points: Sequence[Point]) -> list[_Place]:
    return [(mpx(point.row), mpx(point.column)) for point in points]


def _edges_meet(starts: _Grid, ends: _Grid) -> npt.NDArray[np.bool_]:
    """Which pairs of edges that are no neighbours share a point, ends included. Exact in whole numbers."""
    parted = _side_of(starts, ends, starts) * _side_of(starts, ends, ends) <= 0
    numbers = np.arange(len(starts))
    between = (numbers[:, None] - numbers[None]) % len(starts)
    meet: npt.NDArray[np.bool_] = parted & parted.T & (between > 1) & (between < len(starts) - 1)
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    for axis in (0, 1):
        meet &= (low[:, None, axis] <= high[None, :, axis]) & (low[None, :, axis] <= high[:, None, axis])
    return meet


def _side_of(starts: _Grid, ends: _Grid, points: _Grid) -> npt.NDArray[np.int64]:
    """On which side of edge i point j lies: -1, 0 or 1."""
    down, right = (ends - starts).T
    away_down, away_right = (points[None, :, axis] - starts[:, None, axis] for axis in (0, 1))
    return np.asarray(np.sign(down[:, None] * away_right - right[:, None] * away_down))


def _area_um2(contour: Contour, scale: Scale) -> int:
    here = _grid(contour)
    there = np.roll(here, -1, axis=0)
    twice = abs(int(np.sum(here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0])))
    square = EXACT.multiply(scale.mm_per_px_row, scale.mm_per_px_column)
    return whole(EXACT.divide(EXACT.multiply(Decimal(twice), square), Decimal(2)))


def _longest(contour: Contour, scale: Scale) -> Span:
    row, column, _ = whole_steps(scale)
    places = _mpx_of(contour.points)
    downs, rights = np.array(places, float).T
    down = (downs[:, None] - downs[None]) * float(scale.mm_per_px_row)
    across = (rights[:, None] - rights[None]) * float(scale.mm_per_px_column)
    squares = np.triu(down * down + across * across)

    def exactly(pair: tuple[int, ...]) -> int:
        (r0, c0), (r1, c1) = (places[index] for index in pair)
        return ((r1 - r0) * row) ** 2 + ((c1 - c0) * column) ** 2

    first, second = _best(squares, exactly)
    a, b = contour.points[first], contour.points[second]
    return Span(a, b, length_between_um(a, b, scale))


def _across(contour: Contour, scale: Scale, axis: Span) -> Span:
    """The longest line from side to side that is perpendicular to the axis; it begins or ends at a point."""
    row, column, _ = whole_steps(scale)
    ends = [(r * row, c * column) for r, c in _mpx_of((axis.start, axis.end))]
    along = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1])
    turned = [
        (r * row * along[0] + c * column * along[1], c * column * along[0] - r * row * along[1])
        for r, c in _mpx_of(contour.points)
    ]

    def exactly(index: tuple[int, ...]) -> Fraction:
        low, high = _crossings(turned, turned[index[0]][0])
        return high - low

    (best,) = _best(_widths(turned), exactly)
    position = turned[best][0]
    square = along[0] ** 2 + along[1] ** 2

    def back(across: Fraction) -> Point:
        down, right = position * along[0] - across * along[1], position * along[1] + across * along[0]
        return Point(round(down / (square * row)) / MILLI, round(right / (square * column)) / MILLI)

    start, end = (back(across) for across in _crossings(turned, position))
    return Span(start, end, length_between_um(start, end, scale))


def _widths(turned: Sequence[_Place]) -> npt.NDArray[np.float64]:
    """About how wide the outline is at each of its points, in a frame that is turned along the axis."""
    here = np.array(turned, float)
    there = np.roll(here, -1, axis=0)
    at = here[:, 0][:, None]
    run = there[:, 0] - here[:, 0]
    part = (at - here[:, 0]) / np.where(run == 0, 1.0, run)
    crossed = (np.minimum(here[:, 0], there[:, 0]) <= at) & (at <= np.maximum(here[:, 0], there[:, 0]))
    across = here[:, 1] + part * (there[:, 1] - here[:, 1])
    # an edge that lies along the line has both its ends on it, and its neighbours cross there too
    return np.asarray(np.where(crossed, across, -np.inf).max(axis=1) - np.where(crossed, across, np.inf).min(axis=1))


def _crossings(turned: Sequence[_Place], position: int) -> tuple[Fraction, Fraction]:
    """The lowest and the highest place at which the line at this position meets the outline."""
    found: list[Fraction] = []
    for (t0, s0), (t1, s1) in _edges(turned):
        if t0 == position:
            found.append(Fraction(s0))
        elif min(t0, t1) < position < max(t0, t1):
            found.append(s0 + Fraction((s1 - s0) * (position - t0), t1 - t0))
    return min(found), max(found)


def _best(scores: npt.NDArray[np.float64], exactly: Callable[[tuple[int, ...]], int | Fraction]) -> tuple[int, ...]:
    """The index of the greatest score, exactly; the first one where several are equal."""
    near = np.argwhere(scores >= scores.max() * _NEARLY)
    return max((tuple(map(int, index)) for index in near), key=exactly)


def _edges(corners: Sequence[_Place]) -> Iterator[tuple[_Place, _Place]]:
    return zip(corners, (*corners[1:], corners[0]), strict=True)


def _square_distance(place: _Place, a: _Place, b: _Place) -> tuple[int, int]:
    """The square of the distance of a place to a segment, as numerator and denominator."""
    run = (b[0] - a[0], b[1] - a[1])
    away = (place[0] - a[0], place[1] - a[1])
    length, along = run[0] ** 2 + run[1] ** 2, away[0] * run[0] + away[1] * run[1]
    if along <= 0:
        return away[0] ** 2 + away[1] ** 2, 1
    if along >= length:
        return (place[0] - b[0]) ** 2 + (place[1] - b[1]) ** 2, 1
    return (run[0] * away[1] - run[1] * away[0]) ** 2, length


def _is_inside(place: _Place, corners: Sequence[_Place]) -> bool:
    """Whether a ray from the place crosses the outline an odd number of times (even-odd rule), exactly."""
    inside = False
    for (r0, c0), (r1, c1) in _edges(corners):
        if (r0 > place[0]) != (r1 > place[0]):
            cross = (r1 - r0) * (place[1] - c0) - (c1 - c0) * (place[0] - r0)
            inside ^= (cross < 0) == (r1 > r0)
    return inside
