"""Marks of a gland as the regions and numbers of a report: nothing is measured, what the log holds is said again.

Pure. A needle becomes four regions (entry, tip, path, depth), so that nothing of it is lost; what a number is called
in DICOM is decided in `dicom_io.reports`.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from annotate.geometry import method
from annotate.marks import Caliper, Contour, Deposit, Microlitres, Needle, OutOfPlaneNeedle, PlacedMark, Structure
from annotate.readout import BY_HAND
from annotate.volume import GlandSize, IncompleteSize
from dicom_io.calibration import Point
from dicom_io.reports.values import Derivation, Finding, Measured, Method, Quantity, Region, RegionKind
from injection_log.record.values import GlandRecord

Drawn = tuple[RegionKind, tuple[Point, ...], tuple[Measured, ...], tuple[tuple[Finding, str], ...]]
"""Kind, places, numbers, choices."""
Placed = tuple[str, int]
"""SOP Instance UID of the coded copy, and the frame in it."""
_BALANCE, _AS_TYPED = Method("balance", "1"), Method("as_typed", "1")


def regions_of(
    gland: GlandRecord, placed: PlacedMark, on: Placed, tracking_uid: Callable[[str, str], str]
) -> Iterator[Region]:
    """The regions of one mark on its coded copy; `tracking_uid` gives the UID of (mark id, kind of region)."""
    for kind, points, measured, found in _drawn(gland, placed):
        yield Region(
            kind, placed.mark_id, tracking_uid(placed.mark_id, kind), on[0], on[1], points, measured, found,
            scale_words(placed),
        )


def scale_words(placed: PlacedMark) -> str:
    """In which scale a mark was read: where it came from, and millimetres per pixel."""
    scale = placed.scale
    by_hand = f"; {BY_HAND}" if scale.is_by_hand else ""
    return f"{scale.source}; {scale.mm_per_px_row:f} mm down, {scale.mm_per_px_column:f} mm across a pixel{by_hand}"


def gland_numbers(gland: GlandRecord, size: GlandSize | IncompleteSize) -> Iterator[Measured]:
    """The gland's own numbers: mean diameters, volumes by every method, the injected volume."""
    caliper, means = Method(**method("caliper")), _means_um(size)
    for axis in ("length", "width", "depth"):
        if axis in means:
            yield _length(axis, means[axis], caliper, "mean")
    if isinstance(size, GlandSize):
        yield _volume("gland_volume", size.volume_ul, Method(size.method, size.method_version))
    for volume in gland.gland_volumes.values():
        yield _volume("gland_volume", volume.volume_ul, Method(volume.method, volume.version))
    if gland.volumes is not None and gland.facts.get("injected") == "yes":
        yield _volume("injected_volume", gland.volumes.injected_ul, _BALANCE)


def _means_um(size: GlandSize | IncompleteSize) -> Mapping[str, int]:
    if isinstance(size, IncompleteSize):
        return {str(axis): mean for axis, mean in size.means_um.items()}
    return {"length": size.length_um, "width": size.width_um, "depth": size.depth_um}


def _drawn(gland: GlandRecord, placed: PlacedMark) -> Iterator[Drawn]:
    stored: Mapping[str, Any] = gland.measured.get(placed.mark_id, {})
    match placed.mark:
        case Caliper(axis, start, end):
            yield "diameter", (start, end), (_length(axis, stored["length_um"], _method(stored)),), ()
        case Needle() as needle:
            yield from _needle(gland, placed, needle, stored)
        case OutOfPlaneNeedle() as needle:
            yield from _tip(gland, placed, needle, stored)
        case Contour(points):
            made = _method(stored)
            area = Measured("area", Decimal(stored["area_um2"]).scaleb(-6), made)
            longest = _length("longest_axis", stored["longest_um"], made)
            yield "outline", points, (area, longest, _length("axis_across", stored["across_um"], made)), ()
        case Deposit() as deposit:
            yield _deposit(deposit)
        case Structure(kind, at):
            yield kind, (at,), (), ()


def _needle(gland: GlandRecord, placed: PlacedMark, needle: Needle, stored: Mapping[str, Any]) -> Iterator[Drawn]:
    made = _method(stored)
    path = _length("needle_path", stored["path_um"], made)
    angle = Measured("needle_angle", Decimal(stored["angle_mdeg"]).scaleb(-3), made)
    whole = "whole" if stored["path_is_whole"] else "visible"
    yield "needle_entry", (needle.entry,), (), ()
    yield from _tip(gland, placed, needle, stored)
    yield "needle_path", (needle.entry, needle.tip), (path, angle), (("visible_path", whole),)


def _tip(
    gland: GlandRecord, placed: PlacedMark, needle: Needle | OutOfPlaneNeedle, stored: Mapping[str, Any]
) -> Iterator[Drawn]:
    inside = gland.capsule.get(placed.mark_id)
    distance = () if inside is None else (
        _length("capsule_distance", inside.distance_um, Method(**method("capsule_distance"))),
    )  # fmt: skip
    yield "needle_tip", (needle.tip,), distance, (("tip_visibility", needle.tip_visibility),)
    skin = Point(needle.skin_row_px, needle.tip.column)
    yield "needle_depth", (skin, needle.tip), (_length("needle_depth", stored["depth_um"], _method(stored)),), ()


def _deposit(deposit: Deposit) -> Drawn:
    is_known = isinstance(deposit.volume, Microlitres)
    volume = (_typed("deposit_volume", deposit.volume.ul),) if isinstance(deposit.volume, Microlitres) else ()
    zone: tuple[tuple[Finding, str], ...] = (
        ("along", deposit.zone.along), ("layer", deposit.zone.layer),
        ("deposit_volume_known", "known" if is_known else "unknown"),
    )  # fmt: skip
    return "deposit", (deposit.at,), volume, zone


def _method(stored: Mapping[str, Any]) -> Method:
    return Method(stored["method"]["name"], stored["method"]["version"])


def _length(quantity: Quantity, um: int, made: Method, derivation: Derivation = "") -> Measured:
    return Measured(quantity, Decimal(um).scaleb(-3), made, derivation)


def _volume(quantity: Quantity, ul: int, made: Method) -> Measured:
    return Measured(quantity, Decimal(ul).scaleb(-3), made, "calculated")


def _typed(quantity: Quantity, ul: int) -> Measured:
    return Measured(quantity, Decimal(ul).scaleb(-3), _AS_TYPED)
