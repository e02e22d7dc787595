"""The stored form of marks: to JSON for the log, and back from it.

JSON of integers and strings only. A pixel coordinate is kept in thousandths of a pixel
(`row_mpx`, `column_mpx`), rounded half to even; a screen cannot place a mark finer, and no float ever reaches
the log. Everything that measures works on these rounded coordinates, so a value measured live equals the
value recomputed from the log years later, to the last digit.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from annotate.errors import MarkMalformed, MarkRefused
from annotate.marks import (
    ALONG,
    AXES,
    FEWEST_POINTS,
    LARGEST_DEPOSIT_UL,
    LAYERS,
    MOST_POINTS,
    SIDES,
    STRUCTURES,
    TIP_VISIBILITIES,
    Caliper,
    Contour,
    Deposit,
    ImageUse,
    Mark,
    Microlitres,
    Needle,
    OutOfPlaneNeedle,
    PlacedMark,
    Structure,
    VolumeUnknown,
    Zone,
)
from annotate.stored_parts import (
    Json,
    frame_of,
    keys_of,
    mpx,
    one_of,
    pair_of,
    pixels_of,
    point_of,
    point_to_json,
    sha256_of,
    whole_of,
    word_of,
)
from dicom_io.calibration import Scale
from dicom_io.image import Digests

_UNKNOWN = "unknown"
# Far outside of any scanner; kept so that no stored scale can make the arithmetic overflow.
_SMALLEST_MM_PER_PX, _LARGEST_MM_PER_PX = Decimal("0.000001"), Decimal(1000)


def on_grid(mark: Mark) -> Mark:
    """The same mark with its coordinates rounded to the stored thousandths of a pixel."""
    return mark_from_json(mark_to_json(mark))


def mark_to_json(mark: Mark) -> Json:
    """The stored form of a mark: `type` and its coordinates, integers and strings only.

    Raises MarkRefused for a mark that can never be kept as it is: a contour with too few or too many points, a deposit
    whose volume is none.
    """
    match mark:
        case Caliper():
            ends = {"start": point_to_json(mark.start), "end": point_to_json(mark.end)}
            return {"type": "caliper", "axis": mark.axis, **ends}
        case Needle():
            return {"type": "needle_in_plane", "entry": point_to_json(mark.entry), **_seen_from_the_tip(mark)}
        case OutOfPlaneNeedle():
            return {"type": "needle_out_of_plane", **_seen_from_the_tip(mark)}
        case Contour():
            _refuse_count(mark)
            return {"type": "contour", "points_mpx": [[mpx(one.row), mpx(one.column)] for one in mark.points]}
        case Deposit():
            zone = {"along": mark.zone.along, "layer": mark.zone.layer}
            return {"type": "deposit", "at": point_to_json(mark.at), "volume_ul": _volume_to_json(mark.volume), **zone}
        case Structure():
            return {"type": "structure", "kind": mark.kind, "at": point_to_json(mark.at)}


def _seen_from_the_tip(needle: Needle | OutOfPlaneNeedle) -> Json:
    return {
        "tip": point_to_json(needle.tip),
        "tip_visibility": needle.tip_visibility,
        "skin_row_mpx": mpx(needle.skin_row_px),
    }


def _refuse_count(contour: Contour) -> None:
    count = len(contour.points)
    if count < FEWEST_POINTS:
        raise MarkRefused("too_few_points", "A contour needs at least three points; go on around the gland.")
    if count > MOST_POINTS:
        raise MarkRefused(
            "too_many_points", f"A contour has at most {MOST_POINTS} points, this one {count}; draw it with fewer."
        )


def _volume_to_json(volume: Microlitres | VolumeUnknown) -> int | str:
    if isinstance(volume, VolumeUnknown):
        return _UNKNOWN
    if not 0 < volume.ul <= LARGEST_DEPOSIT_UL:
        raise MarkRefused(
            "deposit_volume",
            "A deposit holds more than nothing and at most 100 ml; type its volume or leave it unknown.",
        )
    return volume.ul


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
    fields = keys_of(value, "mark_id", "side", "on", "mark", "scale")
    on = keys_of(fields["on"], "sop_instance_uid", "frame", "digests")
    digests = keys_of(on["digests"], "file", "data_set", "pixel_data")
    return PlacedMark(
        mark_id=word_of(fields["mark_id"]),
        side=one_of(fields["side"], SIDES),
        on=ImageUse(
            sop_instance_uid=word_of(on["sop_instance_uid"]),
            frame=frame_of(on["frame"]),
            digests=Digests(**{name: sha256_of(text) for name, text in digests.items()}),
        ),
        mark=mark_from_json(fields["mark"]),
        scale=_scale(fields["scale"]),
    )


def _caliper(value: object) -> Caliper:
    fields = keys_of(value, "type", "axis", "start", "end")
    return Caliper(one_of(fields["axis"], AXES), point_of(fields["start"]), point_of(fields["end"]))


def _needle(value: object) -> Needle:
    fields = keys_of(value, "type", "entry", "tip", "tip_visibility", "skin_row_mpx")
    return Needle(
        entry=point_of(fields["entry"]),
        tip=point_of(fields["tip"]),
        tip_visibility=one_of(fields["tip_visibility"], TIP_VISIBILITIES),
        skin_row_px=pixels_of(fields["skin_row_mpx"]),
    )


def _out_of_plane_needle(value: object) -> OutOfPlaneNeedle:
    fields = keys_of(value, "type", "tip", "tip_visibility", "skin_row_mpx")
    return OutOfPlaneNeedle(
        tip=point_of(fields["tip"]),
        tip_visibility=one_of(fields["tip_visibility"], TIP_VISIBILITIES),
        skin_row_px=pixels_of(fields["skin_row_mpx"]),
    )


def _contour(value: object) -> Contour:
    pairs = keys_of(value, "type", "points_mpx")["points_mpx"]
    if not isinstance(pairs, list) or not FEWEST_POINTS <= len(pairs) <= MOST_POINTS:
        raise MarkMalformed("A stored contour has too few or too many points; check the log with `verify`.")
    return Contour(tuple(pair_of(pair) for pair in pairs))


def _deposit(value: object) -> Deposit:
    fields = keys_of(value, "type", "at", "volume_ul", "along", "layer")
    zone = Zone(one_of(fields["along"], ALONG), one_of(fields["layer"], LAYERS))
    return Deposit(point_of(fields["at"]), _volume(fields["volume_ul"]), zone)


def _volume(value: object) -> Microlitres | VolumeUnknown:
    if value == _UNKNOWN:
        return VolumeUnknown()
    volume_ul = whole_of(value)
    if not 0 < volume_ul <= LARGEST_DEPOSIT_UL:
        raise MarkMalformed("A stored deposit has a volume that none has; check the log with `verify`.")
    return Microlitres(volume_ul)


def _structure(value: object) -> Structure:
    fields = keys_of(value, "type", "kind", "at")
    return Structure(one_of(fields["kind"], STRUCTURES), point_of(fields["at"]))


_READERS: dict[str, Callable[[object], Mark]] = {
    "caliper": _caliper,
    "needle_in_plane": _needle,
    "needle_out_of_plane": _out_of_plane_needle,
    "contour": _contour,
    "deposit": _deposit,
    "structure": _structure,
}


def _scale(value: object) -> Scale:
    names = ["kind", "region", "mm_per_px_row", "mm_per_px_column", "source"]
    by_hand = isinstance(value, Mapping) and value.get("kind") == "manual"
    fields = keys_of(value, *names, "relative_error") if by_hand else keys_of(value, *names)
    try:
        scale = Scale.from_json(fields)
    except (ArithmeticError, TypeError, ValueError) as wrong:
        raise MarkMalformed("A stored mark has no readable scale; check the log with `verify`.") from wrong
    both = (scale.mm_per_px_row, scale.mm_per_px_column)
    within = all(_SMALLEST_MM_PER_PX <= one <= _LARGEST_MM_PER_PX for one in both)
    if not within or scale.to_json() != fields:
        raise MarkMalformed("A stored mark has a scale no scanner has; check the log with `verify`.")
    return scale
