"""The parts of a stored mark: written exactly, read strictly.

Each reader gives the one value that the writer beside it can have been given, or raises MarkMalformed: what is read may
have been tampered with. Deliberately knows no kind of mark.
"""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from annotate.errors import MarkMalformed
from dicom_io.calibration import Point

MILLI = 1000
_LARGEST_MPX = 10_000_000  # ten thousand pixels: ten times the widest ultrasound picture known
_HEX_SHA256 = 64

Json = dict[str, Any]
_Choice = TypeVar("_Choice", bound=str)


def mpx(pixels: float) -> int:
    """A pixel coordinate in whole thousandths of a pixel, half to even; MarkMalformed when not a place."""
    if not math.isfinite(pixels) or abs(pixels) * MILLI > _LARGEST_MPX:
        raise MarkMalformed("A mark has a coordinate that is no place on a picture; place the mark again.")
    return round(pixels * MILLI)


def point_to_json(point: Point) -> Json:
    """The stored form of a place in pixels."""
    return {"row_mpx": mpx(point.row), "column_mpx": mpx(point.column)}


def point_of(value: object) -> Point:
    """The place of a stored form."""
    fields = keys_of(value, "row_mpx", "column_mpx")
    return Point(pixels_of(fields["row_mpx"]), pixels_of(fields["column_mpx"]))


def pair_of(value: object) -> Point:
    """The place of `[row_mpx, column_mpx]`, the form of the many points of an outline."""
    if not isinstance(value, list) or len(value) != 2:
        raise MarkMalformed("A stored outline has a point without row or column; check the log with `verify`.")
    return Point(pixels_of(value[0]), pixels_of(value[1]))


def keys_of(value: object, *names: str) -> Json:
    """A mapping that has exactly these keys."""
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise MarkMalformed("A stored mark lacks a part or has one too many; check the log with `verify`.")
    return dict(value)


def pixels_of(value: object) -> float:
    """Pixels of a stored coordinate, which is in thousandths."""
    return whole_of(value) / MILLI


def whole_of(value: object) -> int:
    """A whole number within the bounds of a picture."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST_MPX:
        raise MarkMalformed("A stored mark has a coordinate out of bounds; check the log with `verify`.")
    return value


def frame_of(value: object) -> int:
    """A frame, counted from 0."""
    frame = whole_of(value)
    if frame < 0:
        raise MarkMalformed("A stored mark names a frame before the first; check the log with `verify`.")
    return frame


def word_of(value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise MarkMalformed("A stored mark lacks its name or its picture; check the log with `verify`.")
    return value


def sha256_of(value: object) -> str:
    """A SHA-256 in 64 small hexadecimal digits."""
    if not isinstance(value, str) or len(value) != _HEX_SHA256 or not set(value) <= set("0123456789abcdef"):
        raise MarkMalformed("A stored mark lacks a digest of its picture; check the log with `verify`.")
    return value


def one_of(value: object, allowed: tuple[_Choice, ...]) -> _Choice:
    """One of the allowed words."""
    for choice in allowed:
        if value == choice:
            return choice
    raise MarkMalformed("A stored mark uses a word that marks do not have; check the log with `verify`.")
