"""A drawing as PNG: the same shapes in pixels, in the typeface that marked pictures have.

A thin shell around OpenCV. Equal drawings give equal bytes. Deliberately imported only by whoever wants pixels:
OpenCV takes a while to load.
"""
from __future__ import annotations

import math

import cv2
import numpy as np

from annotate.appearance import Rgb
from annotate.picture import encode_png
from annotate.strokes import BOLD, Pixels, plain_words, text_width, words
from injection_log.agreement.drawing import PAPER, Box, Drawing, Line, Marker, Shape, Words

PIXELS_PER_POINT = 3
"""216 pixels an inch: sharp on paper, and 1440 pixels for a picture 480 points wide."""

_SHIFT = 4  # binary digits of a pixel that OpenCV keeps
_SOFT_EDGE = 0.72  # pixels by which OpenCV's smooth edges reach beyond the outline; measured
_DASH, _GAP = 5.0, 3.0  # points, as in the SVG


def png_bytes(drawing: Drawing, pixels_per_point: int = PIXELS_PER_POINT) -> bytes:
    """The PNG file. ValueError for less than one pixel a point."""
    return encode_png(drawn(drawing, pixels_per_point))


def drawn(drawing: Drawing, pixels_per_point: int = PIXELS_PER_POINT) -> Pixels:
    """The drawing as RGB uint8 (rows, columns, 3), `pixels_per_point` times its size, rounded up."""
    if pixels_per_point < 1:
        raise ValueError("a drawing has at least one pixel a point")
    rows, columns = (math.ceil(side * pixels_per_point) for side in (drawing.height, drawing.width))
    pixels: Pixels = np.empty((rows, columns, 3), np.uint8)
    pixels[:] = PAPER
    for shape in drawing.shapes:
        _draw(pixels, shape, pixels_per_point)
    return pixels


def _draw(pixels: Pixels, shape: Shape, zoom: int) -> None:
    match shape:
        case Line():
            for start, end in _strokes(shape):
                _draw_stroke(pixels, Line(start, end, shape.ink, shape.width), zoom)
        case Box():
            (x, y), (width, height) = shape.corner, shape.size
            left, top, right, bottom = (round(each * zoom) for each in (x, y, x + width, y + height))
            pixels[top:bottom, left:right] = shape.ink
        case Marker():
            _draw_marker(pixels, shape, zoom)
        case Words():
            _draw_words(pixels, shape, zoom)


def _draw_stroke(pixels: Pixels, line: Line, zoom: int) -> None:
    """A stroke as a filled oblong: OpenCV's own lines are of whole pixels, and nearly two wider than asked for."""
    (x1, y1), (x2, y2) = line.start, line.end
    length = math.dist(line.start, line.end)
    if not length:
        return
    along, across = (x2 - x1) / length, (y2 - y1) / length
    ends = min(_SOFT_EDGE / zoom, length / 2)
    half = max(0.0, line.width / 2 - _SOFT_EDGE / zoom)
    corners = [
        (x + side * half * across + inwards * ends * along, y - side * half * along + inwards * ends * across)
        for x, y, inwards, side in ((x1, y1, 1, 1), (x2, y2, -1, 1), (x2, y2, -1, -1), (x1, y1, 1, -1))
    ]
    _fill(pixels, corners, line.ink, zoom)


def _draw_marker(pixels: Pixels, marker: Marker, zoom: int) -> None:
    (x, y), rim, soft = marker.centre, 0.3, _SOFT_EDGE / zoom
    for radius, ink in ((marker.radius + rim - soft, PAPER), (marker.radius - rim - soft, marker.ink)):
        if marker.shape == "round":
            reach = max(0, round(radius * zoom * (1 << _SHIFT)))
            cv2.circle(pixels, _fixed((x, y), zoom), reach, ink, cv2.FILLED, cv2.LINE_AA, _SHIFT)
        else:
            turns = ((-1, -1), (1, -1), (1, 1), (-1, 1))
            _fill(pixels, [(x + right * radius, y + down * radius) for right, down in turns], ink, zoom)


def _fill(pixels: Pixels, corners: list[tuple[float, float]], ink: Rgb, zoom: int) -> None:
    places = np.array([_fixed(corner, zoom) for corner in corners], np.int32)
    cv2.fillConvexPoly(pixels, places, ink, cv2.LINE_AA, _SHIFT)


def _draw_words(pixels: Pixels, shape: Words, zoom: int) -> None:
    size = round(shape.size * zoom)
    width = text_width(shape.text, size, BOLD) if shape.bold else text_width(shape.text, size)
    before = {"start": 0.0, "middle": width / 2, "end": float(width)}[shape.anchor]
    at = round(shape.at[0] * zoom - before), round(shape.at[1] * zoom)
    (words if shape.bold else plain_words)(pixels, shape.text, at, size, shape.ink)


def _strokes(line: Line) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The line itself, or its dashes, in points."""
    length = math.dist(line.start, line.end)
    if not line.dashed or not length:
        return [(line.start, line.end)]
    starts = [number * (_DASH + _GAP) for number in range(math.ceil(length / (_DASH + _GAP)))]
    return [(_along(line, start / length), _along(line, min(start + _DASH, length) / length)) for start in starts]


def _along(line: Line, part: float) -> tuple[float, float]:
    (x1, y1), (x2, y2) = line.start, line.end
    return x1 + (x2 - x1) * part, y1 + (y2 - y1) * part


def _fixed(place: tuple[float, float], zoom: int) -> tuple[int, int]:
    """OpenCV's fixed-point coordinates, whose whole numbers are the centres of pixels."""
    x, y = place
    return round((x * zoom - 0.5) * (1 << _SHIFT)), round((y * zoom - 0.5) * (1 << _SHIFT))
