"""A picture laid straight along a line: a strip in millimetres, whatever the scale of its rows and columns.

The line runs from left to right in the middle row; what lies deeper lies further down. Pure; it judges nothing.
"""
from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dicom_io.calibration import Point

Field = NDArray[np.float32]
Floats = NDArray[np.float64]
Scale = tuple[float, float]
"""Millimetres per pixel, down and across."""


@dataclass(frozen=True)
class Line:
    """A straight line in mm of the picture (row, column): where it starts, its direction, how long it is."""

    start_mm: tuple[float, float]
    direction: tuple[float, float]
    length_mm: float
    scale: Scale

    @staticmethod
    def between(start: Point, end: Point, scale: Scale) -> Line:
        """From pixel to pixel; ValueError where both are one place."""
        down, across = (end.row - start.row) * scale[0], (end.column - start.column) * scale[1]
        length_mm = math.hypot(down, across)
        if length_mm == 0:
            raise ValueError("a line needs two places")
        first = (start.row * scale[0], start.column * scale[1])
        return Line(first, (down / length_mm, across / length_mm), length_mm, scale)

    @property
    def sideways(self) -> tuple[float, float]:
        """The direction across the line that leads deeper (or to the right of a line straight down)."""
        down, across = self.direction
        return (across, -down) if across > 0 else (-across, down)

    def pixels(self, along_mm: Floats, deeper_mm: Floats) -> tuple[Field, Field]:
        """Rows and columns of places given by their way along the line and to its side."""
        side = self.sideways
        rows = (self.start_mm[0] + along_mm * self.direction[0] + deeper_mm * side[0]) / self.scale[0]
        columns = (self.start_mm[1] + along_mm * self.direction[1] + deeper_mm * side[1]) / self.scale[1]
        return np.asarray(rows, np.float32), np.asarray(columns, np.float32)

    def point(self, along_mm: float, deeper_mm: float) -> Point:
        """One such place as a pixel."""
        side = self.sideways
        row = (self.start_mm[0] + along_mm * self.direction[0] + deeper_mm * side[0]) / self.scale[0]
        column = (self.start_mm[1] + along_mm * self.direction[1] + deeper_mm * side[1]) / self.scale[1]
        return Point(row, column)


@dataclass(frozen=True)
class Strip:
    """Grey levels along a line, float32 (deeper, along); `inside` is false where there is no picture.

    Row and column 0 lie at `first_deeper_mm` and `first_along_mm`; neighbours are `step_mm` apart.
    """

    grey: Field
    inside: NDArray[np.bool_]
    first_along_mm: float
    first_deeper_mm: float
    step_mm: float

    @property
    def along_mm(self) -> Floats:
        """Way along the line of each column."""
        return np.asarray(self.first_along_mm + self.step_mm * np.arange(self.grey.shape[1]))

    @property
    def deeper_mm(self) -> Floats:
        """Way to the side of each row."""
        return np.asarray(self.first_deeper_mm + self.step_mm * np.arange(self.grey.shape[0]))


def strip_along(grey: Field, line: Line, beyond_mm: float, half_mm: float, step_mm: float) -> Strip:
    """The strip around a line: `beyond_mm` further at both ends, `half_mm` to both sides."""
    along = np.arange(-beyond_mm, line.length_mm + beyond_mm + step_mm / 2, step_mm, dtype=np.float64)
    half = int(half_mm / step_mm)
    deeper: Floats = np.arange(-half, half + 1).astype(np.float64) * step_mm
    rows, columns = line.pixels(along[None, :], deeper[:, None])
    inside = (rows >= 0) & (rows <= grey.shape[0] - 1) & (columns >= 0) & (columns <= grey.shape[1] - 1)
    straight = cv2.remap(grey, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Strip(np.asarray(straight, np.float32), inside, -beyond_mm, -half * step_mm, step_mm)


def softened(grey: NDArray[np.uint8], scale: Scale, grain_mm: float) -> Field:
    """The grey picture as float32, blurred to a grain in mm so that no step of a strip misses a thin line."""
    sigma_row, sigma_column = max(grain_mm / scale[0], 0.3), max(grain_mm / scale[1], 0.3)
    blurred = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), sigmaX=sigma_column, sigmaY=sigma_row)
    return np.asarray(blurred, np.float32)
