"""What a person's hand does on a varied picture: a rough drag, clicks on the outline, a click into the gland."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dicom_io.calibration import Point
from tools.varied.pictures import NeedleShown, VariedPicture

Floats = NDArray[np.float64]


def drag_along(picture: VariedPicture, needle: NeedleShown, random: np.random.Generator) -> tuple[Point, Point]:
    """A drag from entry to tip by a careful or a hasty hand.

    Each end is off by 0.5 to 1.8 mm (standard deviation, one for each drag) across the shaft, 2.5 times as much along.
    """
    scale = np.array(picture.mm_per_px)
    entry, tip = _mm(needle.entry, scale), _mm(needle.tip, scale)
    along = (tip - entry) / np.linalg.norm(tip - entry)
    across = np.array([-along[1], along[0]])
    haste = random.uniform(0.5, 1.8)
    ends = [end + haste * (along * random.normal(0, 2.5) + across * random.normal(0, 1.0)) for end in (entry, tip)]
    edge = (np.array(picture.grey.shape) - 1) * scale
    return _point(np.clip(ends[0], 0, edge), scale), _point(np.clip(ends[1], 0, edge), scale)


def drag_anywhere(picture: VariedPicture, random: np.random.Generator) -> tuple[Point, Point]:
    """A drag where a needle might be but none is: 12 to 70 degrees, 12 to 30 mm long, ending in the middle part."""
    scale = np.array(picture.mm_per_px)
    size = (np.array(picture.grey.shape) - 1) * scale
    tip = size * np.array([random.uniform(0.3, 0.7), random.uniform(0.3, 0.7)])
    angle = math.radians(random.uniform(12, 70))
    way = np.array([-math.sin(angle), math.cos(angle) * (1 if random.integers(2) else -1)])
    start = np.clip(tip + way * random.uniform(12, 30), 0, size)
    return _point(start, scale), _point(tip, scale)


def clicks_on(picture: VariedPicture, count: int, random: np.random.Generator) -> list[Point]:
    """Clicks around the outline at equal steps of its length in mm, each 0.4 mm (standard deviation) off, both ways."""
    scale = np.array(picture.mm_per_px)
    closed = np.vstack([picture.outline, picture.outline[:1]]) * scale
    way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = (np.arange(count) + random.uniform(0, 1)) / count * way[-1]
    places = np.stack([np.interp(at, way, closed[:, axis]) for axis in (0, 1)], axis=1)
    return [_point(place + random.normal(0, 0.4, size=2), scale) for place in places]


def click_inside(picture: VariedPicture, random: np.random.Generator) -> Point:
    """A click into the middle third of the gland."""
    middle = picture.outline.mean(axis=0)
    place = middle + (picture.outline[random.integers(len(picture.outline))] - middle) * random.uniform(0, 0.35)
    return Point(float(place[0]), float(place[1]))


def _mm(point: Point, scale: Floats) -> Floats:
    return np.asarray(np.array([point.row, point.column]) * scale)


def _point(place_mm: Floats, scale: Floats) -> Point:
    row, column = place_mm / scale
    return Point(float(row), float(column))
