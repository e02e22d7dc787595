"""The typed marks a person places on a picture, and their stored form.

Pure values. A mark knows pixels only; which picture it lies on and in which scale it is read is said by the
`PlacedMark` around it. Deliberately without measuring (geometry.py), drawing (picture.py) and storing.

Stored form: JSON of integers and strings only. A pixel coordinate is kept in thousandths of a pixel
(`row_mpx`, `column_mpx`), rounded half to even; a screen cannot place a mark finer, and no float ever reaches
the log. Everything that measures works on these rounded coordinates, so a value measured live equals the
value recomputed from the log years later, to the last digit.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeVar, get_args

from annotate.errors import MarkMalformed
from dicom_io.calibration import Point, Scale
from dicom_io.image import Digests

Axis = Literal["length", "width", "depth"]
Side = Literal["right", "left"]
TipVisibility = Literal["seen", "inferred_hydrodissection", "inferred_shaft", "not_seen"]

AXES: tuple[Axis, ...] = get_args(Axis)
SIDES: tuple[Side, ...] = get_args(Side)
TIP_VISIBILITIES: tuple[TipVisibility, ...] = get_args(TipVisibility)

MILLI = 1000
_LARGEST_MPX = 10_000_000  # ten thousand pixels: ten times the widest ultrasound picture known
_HEX_SHA256 = 64
# Far outside of any scanner; kept so that no stored scale can make the arithmetic overflow.
_SMALLEST_MM_PER_PX, _LARGEST_MM_PER_PX = Decimal("0.000001"), Decimal(1000)

Json = dict[str, Any]
_Choice = TypeVar("_Choice", bound=str)


@dataclass(frozen=True)
class Caliper:
    """One gland diameter, capsule to capsule; `start` and `end` in pixels (row, column)."""

    axis: Axis
    start: Point
    end: Point


@dataclass(frozen=True)
class Needle:
    """A needle in the image plane: its visible entry and its tip in pixels; the skin line is a row (px)."""

    entry: Point
    tip: Point
    tip_visibility: TipVisibility
    skin_row_px: float


@dataclass(frozen=True)
class OutOfPlaneNeedle:
    """A needle that crosses the image plane: only its tip is seen, so it has no entry and no angle."""

    tip: Point
    tip_visibility: TipVisibility
    skin_row_px: float


Mark = Caliper | Needle | OutOfPlaneNeedle


@dataclass(frozen=True)
class ImageUse:
    """The one picture a mark lies on: SOP Instance UID, frame (from 0), digests of the file it came from."""

    sop_instance_uid: str
    frame: int
    digests: Digests


@dataclass(frozen=True)
class PlacedMark:
    """A mark with all that is needed to measure it again: side, picture, the scale that held at its place."""

    mark_id: str
    side: Side
    on: ImageUse
    mark: Mark
    scale: Scale

    @cached_property
    def measured(self) -> dict[tuple[object, ...], Any]:
        """What geometry.py measured of this mark: a value, the gland's size and the signed text ask for the same."""
        return {}


def mpx(pixels: float) -> int:
    """A pixel coordinate in whole thousandths of a pixel, half to even; MarkMalformed when not a place."""
    if not math.isfinite(pixels) or abs(pixels) * MILLI > _LARGEST_MPX:
        raise MarkMalformed("A mark has a coordinate that is no place on a picture; place the mark again.")
    return round(pixels * MILLI)


def on_grid(mark: Mark) -> Mark:
    """The same mark with its coordinates rounded to the stored thousandths of a pixel."""
    return mark_from_json(mark_to_json(mark))


def mark_to_json(mark: Mark) -> Json:
    """The stored form of a mark: `type` and its coordinates, integers and strings only."""
    if isinstance(mark, Caliper):
        return {"type": "caliper", "axis": mark.axis, "start": _point(mark.start), "end": _point(mark.end)}
    seen_from_the_tip: Json = {
        "tip": _point(mark.tip),
        "tip_visibility": mark.tip_visibility,
        "skin_row_mpx": mpx(mark.skin_row_px),
    }
    if isinstance(mark, Needle):
        return {"type": "needle_in_plane", "entry": _point(mark.entry), **seen_from_the_tip}
    return {"type": "needle_out_of_plane", **seen_from_the_tip}


def mark_from_json(value: object) -> Mark:
    """The mark of a stored form; MarkMalformed for anything that `mark_to_json` could not have written."""
    kind = value.get("type") if isinstance(value, Mapping) else None
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise MarkMalformed("A stored mark is of no known type; check the log with `verify`.")
    return reader(value)


def placed_to_json(placed: PlacedMark) -> Json:
    """The stored form of a placed mark: integers, decimal strings and words only."""
    digests = placed.on.digests
    return {
        "mark_id": placed.mark_id,
        "side": placed.side,
        "on": {
            "sop_instance_uid": placed.on.sop_instance_uid,
            "frame": placed.on.frame,
            "digests": {"file": digests.file, "data_set": digests.data_set, "pixel_data": digests.pixel_data},
        },
        "mark": mark_to_json(placed.mark),
        "scale": placed.scale.to_json(),
    }


def placed_from_json(value: object) -> PlacedMark:
    """The placed mark of a stored form; MarkMalformed for anything `placed_to_json` cannot have written."""
    fields = _keys(value, "mark_id", "side", "on", "mark", "scale")
    on = _keys(fields["on"], "sop_instance_uid", "frame", "digests")
    digests = _keys(on["digests"], "file", "data_set", "pixel_data")
    return PlacedMark(
        mark_id=_word(fields["mark_id"]),
        side=_one_of(fields["side"], SIDES),
        on=ImageUse(
            sop_instance_uid=_word(on["sop_instance_uid"]),
            frame=_frame(on["frame"]),
            digests=Digests(**{name: _sha256(text) for name, text in digests.items()}),
        ),
        mark=mark_from_json(fields["mark"]),
        scale=_scale(fields["scale"]),
    )


def _caliper(value: object) -> Caliper:
    fields = _keys(value, "type", "axis", "start", "end")
    return Caliper(_one_of(fields["axis"], AXES), _read_point(fields["start"]), _read_point(fields["end"]))


def _needle(value: object) -> Needle:
    fields = _keys(value, "type", "entry", "tip", "tip_visibility", "skin_row_mpx")
    return Needle(
        entry=_read_point(fields["entry"]),
        tip=_read_point(fields["tip"]),
        tip_visibility=_one_of(fields["tip_visibility"], TIP_VISIBILITIES),
        skin_row_px=_pixels(fields["skin_row_mpx"]),
    )


def _out_of_plane_needle(value: object) -> OutOfPlaneNeedle:
    fields = _keys(value, "type", "tip", "tip_visibility", "skin_row_mpx")
    return OutOfPlaneNeedle(
        tip=_read_point(fields["tip"]),
        tip_visibility=_one_of(fields["tip_visibility"], TIP_VISIBILITIES),
        skin_row_px=_pixels(fields["skin_row_mpx"]),
    )


_READERS: dict[str, Callable[[object], Mark]] = {
    "caliper": _caliper,
    "needle_in_plane": _needle,
    "needle_out_of_plane": _out_of_plane_needle,
}


def _point(point: Point) -> Json:
    return {"row_mpx": mpx(point.row), "column_mpx": mpx(point.column)}


def _read_point(value: object) -> Point:
    fields = _keys(value, "row_mpx", "column_mpx")
    return Point(_pixels(fields["row_mpx"]), _pixels(fields["column_mpx"]))


def _keys(value: object, *names: str) -> Json:
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise MarkMalformed("A stored mark lacks a part or has one too many; check the log with `verify`.")
    return dict(value)


def _pixels(value: object) -> float:
    return _integer(value) / MILLI


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST_MPX:
        raise MarkMalformed("A stored mark has a coordinate out of bounds; check the log with `verify`.")
    return value


def _frame(value: object) -> int:
    frame = _integer(value)
    if frame < 0:
        raise MarkMalformed("A stored mark names a frame before the first; check the log with `verify`.")
    return frame


def _word(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise MarkMalformed("A stored mark lacks its name or its picture; check the log with `verify`.")
    return value


def _sha256(value: object) -> str:
    if not isinstance(value, str) or len(value) != _HEX_SHA256 or not set(value) <= set("0123456789abcdef"):
        raise MarkMalformed("A stored mark lacks a digest of its picture; check the log with `verify`.")
    return value


def _one_of(value: object, allowed: tuple[_Choice, ...]) -> _Choice:
    for choice in allowed:
        if value == choice:
            return choice
    raise MarkMalformed("A stored mark uses a word that marks do not have; check the log with `verify`.")


def _scale(value: object) -> Scale:
    names = ["kind", "region", "mm_per_px_row", "mm_per_px_column", "source"]
    by_hand = isinstance(value, Mapping) and value.get("kind") == "manual"
    fields = _keys(value, *names, "relative_error") if by_hand else _keys(value, *names)
    try:
        scale = Scale.from_json(fields)
    except (ArithmeticError, TypeError, ValueError) as wrong:
        raise MarkMalformed("A stored mark has no readable scale; check the log with `verify`.") from wrong
    both = (scale.mm_per_px_row, scale.mm_per_px_column)
    within = all(_SMALLEST_MM_PER_PX <= one <= _LARGEST_MM_PER_PX for one in both)
    if not within or scale.to_json() != fields:
        raise MarkMalformed("A stored mark has a scale no scanner has; check the log with `verify`.")
    return scale
