"""Closed outlines as (n, 2) arrays in mm (row, column): even steps, smoothing, area; pure.

Deliberately no measuring of marks: stored areas and lengths are whole numbers made elsewhere from whole coordinates.
"""
from __future__ import annotations

import itertools

import cv2
import numpy as np

from annotate.assist.strip import Floats, Scale
from dicom_io.calibration import Point

MOST_POINTS = 60
SIDE_CORNERS = 24
_STEP_MM = 0.25
_SPACING_MM = 1.2


def in_mm(points: tuple[Point, ...] | list[Point], scale: Scale) -> Floats:
    """Pixels as mm, row before column."""
    return np.array([(point.row * scale[0], point.column * scale[1]) for point in points], np.float64).reshape(-1, 2)


def in_pixels(places_mm: Floats, scale: Scale) -> tuple[Point, ...]:
    """The reverse of `in_mm`."""
    return tuple(Point(float(row) / scale[0], float(column) / scale[1]) for row, column in places_mm)


def evenly(closed_mm: Floats, count: int) -> Floats:
    """The same closed way with `count` corners at equal steps, the first one kept."""
    ring = np.vstack([closed_mm, closed_mm[:1]])
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    at = np.arange(count) / count * way[-1]
    return np.stack([np.interp(at, way, ring[:, axis]) for axis in (0, 1)], axis=1)


def evenly_open(places: Floats, count: int) -> Floats:
    """An open way with `count` corners at equal steps, both ends kept."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))])
    at = np.linspace(0, way[-1], count)
    return np.stack([np.interp(at, way, places[:, axis]) for axis in (0, 1)], axis=1)


def rounded_side(corners: Floats, number: int) -> Floats:
    """The side from one click to the next, SIDE_CORNERS corners: a centripetal Catmull-Rom curve through all clicks.

    Computed as by Barry and Goldman, 1988.
    """
    p = [corners[(number + step) % len(corners)] for step in (-1, 0, 1, 2)]
    apart = [max(float(np.hypot(*(b - a))) ** 0.5, 1e-6) for a, b in itertools.pairwise(p)]
    t = [0.0, *itertools.accumulate(apart)]
    at = np.linspace(t[1], t[2], SIDE_CORNERS)[:, None]

    def between(a: Floats, b: Floats, first: int, last: int) -> Floats:
        return np.asarray((a * (t[last] - at) + b * (at - t[first])) / (t[last] - t[first]))

    near, middle, far = (between(p[n], p[n + 1], n, n + 1) for n in range(3))
    return between(between(near, middle, 0, 2), between(middle, far, 1, 3), 1, 2)


def round_mm(closed_mm: Floats) -> float:
    """The length of the closed way."""
    return float(np.hypot(*(np.roll(closed_mm, -1, axis=0) - closed_mm).T).sum())


def area_mm2(closed_mm: Floats) -> float:
    """The area inside (Gauss's shoelace formula), never negative."""
    row, column = closed_mm.T
    return float(abs(row @ np.roll(column, -1) - column @ np.roll(row, -1)) / 2)


def smoothed(closed_mm: Floats, grain_mm: float) -> Floats:
    """The closed way without waves shorter than a few `grain_mm`; what smoothing shrinks of the area is given back."""
    count = max(int(round_mm(closed_mm) / _STEP_MM), 16)
    even = evenly(closed_mm, count)
    reach = min(4 * round(grain_mm / _STEP_MM) + 1, count)
    ring = np.vstack([even[-reach:], even, even[:reach]]).astype(np.float32)
    soft = cv2.GaussianBlur(ring, (1, 0), sigmaX=0.01, sigmaY=grain_mm / _STEP_MM)
    soft = np.asarray(soft[reach:-reach], np.float64)
    lost = area_mm2(even) / max(area_mm2(soft), 1e-9)
    middle = soft.mean(axis=0)
    return np.asarray(middle + (soft - middle) * min(lost, 1.1) ** 0.5)


def editable(closed_mm: Floats) -> Floats:
    """The outline with as many corners as a person can still move by hand: one every 1.2 mm, 12 to 60."""
    count = int(np.clip(round(round_mm(closed_mm) / _SPACING_MM), 12, MOST_POINTS))
    return evenly(closed_mm, count)
