"""Judging the Sequence of Ultrasound Regions (0018,6011): which regions give millimetres, and which do
not, and why.

Source: DICOM PS3.3 C.8.5.5. Works on plain numbers taken from a header; reads no file. The rule is that a
scale which cannot be trusted makes the whole picture's calibration "refused": a box outside the picture
or an impossible depth shows that the picture was cut or resized after the scanner described it. It
deliberately repairs nothing, except that a maximum equal to the picture's size is read as exclusive, and
says so.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dicom_io.calibration import (
    Calibration,
    NoCalibration,
    PixelSpacingCalibration,
    RefusedCalibration,
    Region,
    RegionCalibration,
    RegionKind,
)

CENTIMETRES = 3
"""Physical Units X/Y Direction: 3 is cm."""
DEEPEST_MM, SHALLOWEST_MM = Decimal(300), Decimal(5)
WIDEST_MM = Decimal(1000)
"""No single picture is wider, panoramas included; a scale that says so is wrong in X."""
SPACING_TOLERANCE = Decimal("0.01")

_KINDS: dict[int, RegionKind] = {1: "2d", 2: "m_mode", 3: "spectral", 4: "wave", 5: "graphics"}


@dataclass(frozen=True)
class RegionHeader:
    """One item as its header spells it; None where an attribute is missing or no number.

    `bounds` is (min x, min y, max x, max y) in pixels, `units` and `deltas` are (x, y).
    """

    spatial_format: int | None
    bounds: tuple[int | None, int | None, int | None, int | None]
    units: tuple[int | None, int | None]
    deltas: tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True)
class PictureSize:
    """Size in pixels."""

    rows: int
    columns: int


@dataclass(frozen=True)
class _Judged:
    region: Region
    distrust: str = ""


def calibrate(
    headers: Sequence[RegionHeader], pixel_spacing: tuple[Decimal, Decimal] | None, size: PictureSize
) -> tuple[tuple[Region, ...], Calibration]:
    """The regions as judged and the picture's calibration. `pixel_spacing` is (row, column) in mm."""
    judged = [_judge(index, header, size) for index, header in enumerate(headers)]
    judged = _without_impossible_scales(judged)
    regions = tuple(one.region for one in judged)
    distrust = [one for one in judged if one.distrust]
    if distrust:
        why = f"Region {distrust[0].region.number}: {distrust[0].distrust}; a person must set the scale."
        return _none_usable(regions, why), RefusedCalibration(why)
    if any(region.usable for region in regions):
        return _beside_pixel_spacing(regions, pixel_spacing)
    return regions, _without_regions(regions, pixel_spacing, size)


def _judge(index: int, header: RegionHeader, size: PictureSize) -> _Judged:
    kind = _KINDS.get(header.spatial_format or 0, "none")
    known = tuple(bound for bound in header.bounds if bound is not None)
    if len(known) != 4:
        region = Region(index, kind, (0, 0, 0, 0), None, False, "the header gives no whole bounds")
        return _Judged(region)
    box, said = _box(known, size)
    scale, unusable = _scale(kind, header)
    why = _joined(unusable or "lengths in cm in both directions", said)
    region = Region(index, kind, box, scale, not unusable, why)
    if not _is_inside(box, size):
        distrust = "its box reaches outside the picture, which was cut or resized after it was described"
        return _Judged(replace(region, usable=False, why=distrust), distrust)
    return _Judged(region)


def _joined(why: str, said: str) -> str:
    return f"{why}; {said}" if said else why


def _box(known: tuple[int, ...], size: PictureSize) -> tuple[tuple[int, int, int, int], str]:
    """The inclusive box (row0, column0, row1, column1) and what had to be read differently."""
    x0, y0, x1, y1 = known
    said = []
    if x1 == size.columns:
        x1 -= 1
        said.append("maximum column equals Columns, read as exclusive")
    if y1 == size.rows:
        y1 -= 1
        said.append("maximum row equals Rows, read as exclusive")
    return (y0, x0, y1, x1), "; ".join(said)


def _is_inside(box: tuple[int, int, int, int], size: PictureSize) -> bool:
    row0, column0, row1, column1 = box
    return 0 <= row0 <= row1 < size.rows and 0 <= column0 <= column1 < size.columns


def _scale(kind: RegionKind, header: RegionHeader) -> tuple[tuple[Decimal, Decimal] | None, str]:
    """mm per pixel (row, column), or None and why not. A negative delta only mirrors."""
    if kind != "2d":
        return None, {
            "m_mode": "M-mode: one axis is time",
            "spectral": "spectral: the axes are time and speed",
            "wave": "waveform: one axis is time",
            "graphics": "graphics, not a picture",
            "none": "no spatial format",
        }[kind]
    if header.units != (CENTIMETRES, CENTIMETRES):
        return None, "the units are not cm in both directions"
    delta_x, delta_y = header.deltas
    if delta_x is None or delta_y is None or not (delta_x.is_finite() and delta_y.is_finite()):
        return None, "the size of a pixel is missing or not a number"
    if delta_x == 0 or delta_y == 0:
        return None, "the size of a pixel is zero"
    return (abs(delta_y) * 10, abs(delta_x) * 10), ""


def _without_impossible_scales(judged: list[_Judged]) -> list[_Judged]:
    """Distrust scales by the tallest and widest region that has them.

    A small colour box shares the scale of the tissue below it, so each scale is judged on its largest
    region.
    """
    checked = []
    for one in judged:
        same = [other.region for other in judged if other.region.mm_per_px == one.region.mm_per_px]
        scale = one.region.mm_per_px
        distrust = "" if one.distrust or scale is None else _impossible(same, scale)
        if distrust:
            checked.append(_Judged(replace(one.region, usable=False, why=distrust), distrust))
        else:
            checked.append(one)
    return checked


def _impossible(same: list[Region], mm_per_px: tuple[Decimal, Decimal]) -> str:
    depth = max(region.box[2] - region.box[0] + 1 for region in same) * mm_per_px[0]
    width = max(region.box[3] - region.box[1] + 1 for region in same) * mm_per_px[1]
    if depth > DEEPEST_MM:
        return f"its scale makes the picture {float(depth) / 10:.3g} cm deep, more than 30 cm"
    if depth < SHALLOWEST_MM:
        return f"its scale makes the picture {float(depth) / 10:.3g} cm deep, less than 0.5 cm"
    if width > WIDEST_MM:
        return f"its scale makes the picture {float(width) / 10:.3g} cm wide, more than 100 cm"
    return ""


def _none_usable(regions: tuple[Region, ...], why: str) -> tuple[Region, ...]:
    return tuple(
        replace(region, usable=False, why=f"not used: {why[0].lower()}{why[1:]}") if region.usable else region
        for region in regions
    )


def _beside_pixel_spacing(
    regions: tuple[Region, ...], pixel_spacing: tuple[Decimal, Decimal] | None
) -> tuple[tuple[Region, ...], Calibration]:
    """Regions go before PixelSpacing, unless the two contradict each other by more than 1 %."""
    usable = [region for region in regions if region.usable]
    indexes = ", ".join(str(region.number) for region in usable)
    if pixel_spacing is None:
        return regions, RegionCalibration(f"Scanner region {indexes}: cm in both directions.")
    for region in usable:
        if region.mm_per_px is not None and _differ(region.mm_per_px, pixel_spacing):
            why = f"PixelSpacing and region {region.number} differ by over 1 %; a person must set the scale."
            return _none_usable(regions, why), RefusedCalibration(why, "spacing_disagrees")
    return regions, RegionCalibration(f"Scanner region {indexes}: cm in both directions, as PixelSpacing.")


def _differ(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> bool:
    return any(abs(a - b) > SPACING_TOLERANCE * max(a, b) for a, b in zip(one, other, strict=True))


def _without_regions(
    regions: tuple[Region, ...], pixel_spacing: tuple[Decimal, Decimal] | None, size: PictureSize
) -> Calibration:
    nothing = "No region gives lengths" if regions else "The header has no ultrasound regions"
    if pixel_spacing is None:
        return NoCalibration(f"{nothing} and no PixelSpacing: pixels stay pixels.")
    whole = Region(0, "2d", (0, 0, size.rows - 1, size.columns - 1), pixel_spacing, True, "")
    impossible = _impossible([whole], pixel_spacing)
    if impossible:
        return RefusedCalibration(f"PixelSpacing: {impossible}; a person must set the scale.")
    return PixelSpacingCalibration(pixel_spacing, f"{nothing}; PixelSpacing is used instead.")
