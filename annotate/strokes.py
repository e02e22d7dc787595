"""Lines, handles and letters on a picture, each with a dark halo that keeps it readable on any speckle.

A thin shell around OpenCV: everything is given in pixels of the *measured* picture (row, column, centres at
whole numbers) and lands on the enlarged canvas to a sixteenth of a canvas pixel. Deliberately knows nothing
of glands.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from annotate.appearance import HALO_COLOUR, Rgb
from dicom_io.calibration import Point

Pixels = npt.NDArray[np.uint8]

_SHIFT = 4  # binary digits of a canvas pixel that OpenCV keeps
_REGULAR, BOLD = 400, 700


@lru_cache(maxsize=1)
def _font() -> Any:
    """The face that OpenCV 5 carries in itself; it has the Danish letters and needs no font of the system."""
    return cv2.FontFace("sans")


@dataclass(frozen=True)
class Canvas:
    """An RGB picture to draw on, `zoom` times the measured one; `unit` is the width of its thinnest line."""

    pixels: Pixels
    zoom: int
    unit: int

    def place(self, point: Point) -> tuple[float, float]:
        """(x, y) on the canvas of a place on the measured picture."""
        return (point.column + 0.5) * self.zoom - 0.5, (point.row + 0.5) * self.zoom - 0.5


def line(canvas: Canvas, start: Point, end: Point, colour: Rgb) -> None:
    """A thin line with a halo."""
    ends = _fixed(*canvas.place(start)), _fixed(*canvas.place(end))
    for ink, width in ((HALO_COLOUR, 3 * canvas.unit), (colour, canvas.unit)):
        cv2.line(canvas.pixels, *ends, ink, width, cv2.LINE_AA, _SHIFT)


def closed_line(canvas: Canvas, points: Sequence[Point], colour: Rgb) -> None:
    """A thin line with a halo through all points and back to the first."""
    places = np.array([_fixed(*canvas.place(point)) for point in points], np.int32)
    for ink, width in ((HALO_COLOUR, 3 * canvas.unit), (colour, canvas.unit)):
        cv2.polylines(canvas.pixels, [places], True, ink, width, cv2.LINE_AA, _SHIFT)


def clear_ends(canvas: Canvas, start: Point, end: Point) -> tuple[Point, Point]:
    """The ends of a line shortened so that the inside of a handle on either end stays clear."""
    length = math.dist(canvas.place(start), canvas.place(end))
    clear = min(0.5, handle_radius(canvas) / length) if length else 0.0
    return between(start, end, clear), between(start, end, 1 - clear)


def dashed_line(canvas: Canvas, start: Point, end: Point, colour: Rgb, dash_px: float) -> None:
    """A dashed thin line beginning with a gap; dashes are about `dash_px` canvas pixels long."""
    length = math.dist(canvas.place(start), canvas.place(end))
    count = max(1, int(length / (2 * dash_px)))
    for index in range(count):
        dash = between(start, end, (index + 0.5) / count), between(start, end, (index + 0.95) / count)
        line(canvas, *dash, colour)


def handle(canvas: Canvas, at: Point, shape: Literal["round", "square"], colour: Rgb) -> None:
    """An open handle that leaves its point visible: a ring or a square, and a dot exactly on the point."""
    radius = handle_radius(canvas)
    for ink, width in ((HALO_COLOUR, 3 * canvas.unit), (colour, canvas.unit)):
        _outline(canvas, at, (shape, radius), (ink, width))
    _dot(canvas, at, colour)


def tip_sight(canvas: Canvas, at: Point, shape: Literal["round", "square"], colour: Rgb) -> None:
    """The needle's tip: a handle with four ticks pointing at it, unlike any other handle."""
    radius = handle_radius(canvas)
    x, y = canvas.place(at)
    near, far = radius, 2.2 * radius
    for ink, width in ((HALO_COLOUR, 4 * canvas.unit), (colour, 2 * canvas.unit)):
        for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            ends = (x + across * near, y + down * near), (x + across * far, y + down * far)
            cv2.line(canvas.pixels, _fixed(*ends[0]), _fixed(*ends[1]), ink, width, cv2.LINE_AA, _SHIFT)
    handle(canvas, at, shape, colour)


def letters(canvas: Canvas, text: str, centre: tuple[float, float], size_px: int, colour: Rgb) -> None:
    """Bold words with a halo, centred on a canvas place (x, y), kept inside the canvas."""
    width = text_width(text, size_px, BOLD)
    height = cap_height(size_px)
    rows, columns = canvas.pixels.shape[:2]
    x = min(max(centre[0] - width / 2, canvas.unit), columns - width - canvas.unit)
    y = min(max(centre[1] + height / 2, height + canvas.unit), rows - canvas.unit)
    reach = max(1, canvas.unit)
    for down in (-reach, 0, reach):
        for across in (-reach, 0, reach):
            words(canvas.pixels, text, (round(x) + across, round(y) + down), size_px, HALO_COLOUR)
    words(canvas.pixels, text, (round(x), round(y)), size_px, colour)


def words(pixels: Pixels, text: str, left_base: tuple[int, int], size_px: int, colour: Rgb) -> None:
    """Bold words without a halo, their base line starting at `left_base` (x, y)."""
    _put(pixels, text, left_base, (size_px, colour, BOLD))


def plain_words(pixels: Pixels, text: str, left_base: tuple[int, int], size_px: int, colour: Rgb) -> None:
    """Regular words without a halo, their base line starting at `left_base` (x, y)."""
    _put(pixels, text, left_base, (size_px, colour, _REGULAR))


def text_width(text: str, size_px: int, weight: int = _REGULAR) -> int:
    """Width in canvas pixels that these words take, trailing blanks included."""
    if not text:
        return 0
    # the box of ink leaves out blanks at the ends; measure between two marks of known width instead
    return _ink_width(f"|{text}|", size_px, weight) - _ink_width("||", size_px, weight)


def cap_height(size_px: int) -> int:
    """Height of a capital letter, canvas pixels."""
    return round(size_px * 0.72)


def handle_radius(canvas: Canvas) -> int:
    """Radius of a handle in canvas pixels."""
    return 6 * canvas.unit


def between(start: Point, end: Point, part: float) -> Point:
    """The point this part (0 to 1) of the way from start to end."""
    return Point(
        start.row + (end.row - start.row) * part, start.column + (end.column - start.column) * part
    )


def _ink_width(text: str, size_px: int, weight: int) -> int:
    return int(cv2.getTextSize((0, 0), text, (0, 0), _font(), size_px, weight)[2])


def _put(pixels: Pixels, text: str, left_base: tuple[int, int], ink: tuple[int, Rgb, int]) -> None:
    size_px, colour, weight = ink
    cv2.putText(pixels, text, left_base, colour, _font(), size_px, weight)


def _outline(canvas: Canvas, at: Point, form: tuple[str, int], ink: tuple[Rgb, int]) -> None:
    (shape, radius), (colour, width) = form, ink
    x, y = canvas.place(at)
    if shape == "round":
        cv2.circle(
            canvas.pixels, _fixed(x, y), radius << _SHIFT, colour, width, cv2.LINE_AA, _SHIFT
        )
        return
    corners = _fixed(x - radius, y - radius), _fixed(x + radius, y + radius)
    cv2.rectangle(canvas.pixels, *corners, colour, width, cv2.LINE_AA, _SHIFT)


def _dot(canvas: Canvas, at: Point, colour: Rgb) -> None:
    radius = round(canvas.unit * (1 << _SHIFT))
    cv2.circle(canvas.pixels, _fixed(*canvas.place(at)), radius, colour, cv2.FILLED, cv2.LINE_AA, _SHIFT)


def _fixed(x: float, y: float) -> tuple[int, int]:
    return round(x * (1 << _SHIFT)), round(y * (1 << _SHIFT))
