"""Places on a picture as DICOM spells them, and back: column before row, and the first pixel's centre at 0.5.

Source: PS3.3 C.18.6.1.2 (Graphic Data, FL): 0.0\\0.0 is the corner of the first pixel, Columns\\Rows that of the last.
Ours are row before column with pixel centres at whole numbers, in thousandths of a pixel. FL has 24 bits: up to 8,192
pixels a thousandth comes back whole; `point_of` rounds to it.
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dicom_io.calibration import Point

_TO_CENTRE = 0.5
_PLACES = 3


def graphic_data(points: Sequence[Point], *, is_closed: bool) -> npt.NDArray[np.float64]:
    """An array (points, 2) of column, row; a closed outline ends where it began."""
    pairs = [(point.column + _TO_CENTRE, point.row + _TO_CENTRE) for point in points]
    return np.array(pairs + pairs[:1] if is_closed else pairs)


def points_of(values: Sequence[float], *, is_closed: bool) -> tuple[Point, ...]:
    """The places of GraphicData (0070,0022); the repeated last one of a closed outline is left away."""
    points = tuple(
        Point(round(float(row) - _TO_CENTRE, _PLACES), round(float(column) - _TO_CENTRE, _PLACES))
        for column, row in zip(values[::2], values[1::2], strict=True)
    )
    return points[:-1] if is_closed else points
