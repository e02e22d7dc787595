"""Whether a picture, its scale and a person's places can be worked on at all; else one sentence why not.

Never raises for what a person can do. A picture that is no grey uint8 picture is a mistake of the caller: ValueError.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.assist.strip import Scale
from dicom_io.calibration import Point

_SMALLEST_MM, _LARGEST_MM = 4.0, 600.0
_FINEST_MM_PER_PX, _COARSEST_MM_PER_PX = 0.005, 1.0


@dataclass(frozen=True)
class Refusal:
    """Why no help is possible: `code` for programs, `why` one sentence for the person."""

    code: str
    why: str


def grey_of(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The grey levels (rows, columns) of a decoded frame, grey or RGB (rows, columns, 3), uint8."""
    return frame if frame.ndim == 2 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


def not_usable(grey: NDArray[np.uint8], scale: Scale, points: Sequence[Point]) -> Refusal | None:
    """None where help is possible. Codes: `no_scale`, `too_small`, `outside`."""
    if grey.ndim != 2 or grey.dtype != np.uint8:
        raise ValueError("help from the picture needs a grey picture: uint8, rows by columns")
    if not all(_FINEST_MM_PER_PX <= mm <= _COARSEST_MM_PER_PX for mm in scale):
        return Refusal("no_scale", "This picture has no usable scale, so nothing can be proposed; place it by hand.")
    sides_mm = [pixels * mm for pixels, mm in zip(grey.shape, scale, strict=True)]
    if min(sides_mm) < _SMALLEST_MM or max(sides_mm) > _LARGEST_MM:
        return Refusal("too_small", "This picture is too small or too large to look at for you; place it by hand.")
    if not all(_lies_in(point, grey.shape) for point in points):
        return Refusal("outside", "This place lies outside the picture; begin and end on the picture.")
    return None


def _lies_in(point: Point, shape: tuple[int, ...]) -> bool:
    """Within the picture with the outer half of its edge pixels."""
    if not (math.isfinite(point.row) and math.isfinite(point.column)):
        return False
    return -0.5 <= point.row <= shape[0] - 0.5 and -0.5 <= point.column <= shape[1] - 0.5
