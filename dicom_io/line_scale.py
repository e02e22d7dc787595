"""Which scale a line on an ultrasound picture has, or why it has none.

Sources: DICOM PS3.3 C.8.5.5 (Sequence of Ultrasound Regions) and this project's rule that millimetres are
never guessed. This module deliberately reads no file, copies nothing from one image to another, and has no
default scale: where a length cannot be trusted it raises `MeasurementRefused`.
"""
from __future__ import annotations

from dicom_io.calibration import (
    KIND_WORDS,
    NOT_SPATIAL,
    CalibratedPicture,
    NoCalibration,
    PixelSpacingCalibration,
    Point,
    RefusedCalibration,
    Region,
    Scale,
)
from dicom_io.errors import MeasurementRefused


def scale_between(image: CalibratedPicture, a: Point, b: Point, by_hand: Scale | None = None) -> Scale:
    """The scale of the line a-b. Raises `MeasurementRefused` wherever a length could not be trusted.

    Both ends must lie in one 2D region. Overlapping 2D regions count as one only where their scales are
    equal. A scale set `by_hand` counts only where the header's own calibration is none or refused.
    """
    _check_inside(image, a, b)
    calibration = image.calibration
    if by_hand is not None and isinstance(calibration, RefusedCalibration | NoCalibration):
        _check_by_hand(image, by_hand, a, b)
        return by_hand
    if isinstance(calibration, RefusedCalibration):
        raise MeasurementRefused(calibration.code, calibration.why)
    if isinstance(calibration, NoCalibration):
        raise MeasurementRefused("no_calibration", calibration.why)
    region = _region_of_both(image.regions, a, b)
    if isinstance(calibration, PixelSpacingCalibration):
        row, column = calibration.mm_per_px
        return Scale("pixel_spacing", None, row, column, "PixelSpacing of the header, no region")
    if region is None:
        raise MeasurementRefused(
            "no_region_here", "The line lies outside every calibrated region; draw it inside the picture."
        )
    if region.mm_per_px is None or not region.usable:
        raise MeasurementRefused("not_spatial", f"Region {region.number} gives no lengths: {region.why}.")
    return Scale("region", region.index, *region.mm_per_px, f"scanner region {region.number}")


def scale_beside(image: CalibratedPicture, a: Point, b: Point, by_hand: Scale | None = None) -> Scale:
    """The scale to hold against a ruler a-b drawn on the picture: scanners draw it beside the region too.

    As `scale_between`; where an end lies outside every region, the one scale that all usable regions have.
    Raises `MeasurementRefused` also where there are several.
    """
    try:
        return scale_between(image, a, b, by_hand)
    except MeasurementRefused as refused:
        usable = [region for region in image.regions if region.usable]
        if refused.code != "no_region_here" or len({region.mm_per_px for region in usable}) != 1:
            raise
    first = usable[0]
    assert first.mm_per_px is not None  # a usable region has a scale
    return Scale("region", first.index, *first.mm_per_px, f"scanner region {first.number}")


def _check_by_hand(image: CalibratedPicture, by_hand: Scale, a: Point, b: Point) -> None:
    """Where a hand-set scale holds: never on an axis of time, nor from one region to another.

    Whether an end lies outside every box is asked only where all of them lie inside the picture: of one that
    was cut or resized they say nothing.
    """
    refuse_doubtful_place(image.regions, a, b)
    spatial = [region for region in image.regions if region.kind == "2d"]
    at_a, at_b = ([region for region in spatial if region.holds(point)] for point in (a, b))
    common = [region for region in at_a if region in at_b]
    if spatial and boxes_are_inside(image) and not (at_a and at_b):
        raise MeasurementRefused(
            "no_region_here", "An end of the line lies outside every 2D region; draw it inside the picture."
        )
    if at_a and at_b and not common:
        raise MeasurementRefused(
            "two_regions",
            f"The ends lie in two regions ({at_a[0].number}, {at_b[0].number}); measure inside one.",
        )
    if by_hand.region is not None and by_hand.region not in [region.index for region in common]:
        raise MeasurementRefused(
            "two_regions",
            f"The scale was set by hand in region {by_hand.region + 1} and holds there only; measure inside it.",
        )


def boxes_are_inside(image: CalibratedPicture) -> bool:
    """Whether every region lies inside the picture; else it was cut or resized, and its boxes say nothing."""
    return all(
        0 <= row0 <= row1 < image.rows and 0 <= column0 <= column1 < image.columns
        for row0, column0, row1, column1 in (region.box for region in image.regions)
    )


def refuse_doubtful_place(regions: tuple[Region, ...], a: Point, b: Point) -> None:
    """Refuse a line to which no scale set by hand can belong, nor be drawn along: an end on an axis of time, or
    where 2D regions overlap that are not known to have one scale (a zoomed inset over the picture).

    Raises `MeasurementRefused` `not_spatial` or `two_regions`.
    """
    _refuse_time_axes(regions, a, b)
    for point in (a, b):
        at_point = [region for region in regions if region.kind == "2d" and region.holds(point)]
        if len(at_point) > 1 and any(region.mm_per_px is None for region in at_point):
            numbers = " and ".join(str(region.number) for region in at_point)
            raise MeasurementRefused(
                "two_regions",
                f"2D regions {numbers} overlap there and may be zoomed differently; use a place where only one lies.",
            )
        _refuse_unequal_overlap(point, at_point)


def _check_inside(image: CalibratedPicture, a: Point, b: Point) -> None:
    """Both ends on a pixel of the picture (NaN is on none)."""
    for point in (a, b):
        if not (-0.5 <= point.row <= image.rows - 0.5 and -0.5 <= point.column <= image.columns - 0.5):
            raise MeasurementRefused(
                "outside_image", "A point of the line lies outside the picture; draw both ends on it."
            )


def _region_of_both(regions: tuple[Region, ...], a: Point, b: Point) -> Region | None:
    """The 2D region that holds both ends; None where the header describes no 2D region at all.

    A common region is asked for, even where two regions of equal scale overlap: two pictures side by side
    that share a border column would otherwise be measured across.
    """
    _refuse_time_axes(regions, a, b)
    spatial = [region for region in regions if region.kind == "2d"]
    at_a = [region for region in spatial if region.holds(a)]
    at_b = [region for region in spatial if region.holds(b)]
    if not spatial:
        return None
    if not at_a or not at_b:
        raise MeasurementRefused(
            "no_region_here", "An end of the line lies outside every 2D region; draw it inside the picture."
        )
    common = [region for region in at_a if region in at_b]
    if not common:
        raise MeasurementRefused(
            "two_regions",
            f"The ends lie in two regions ({at_a[0].number}, {at_b[0].number}); measure inside one.",
        )
    for point, at_point in ((a, at_a), (b, at_b)):
        _refuse_unequal_overlap(point, at_point)
    return next((region for region in common if region.usable), common[0])


def _refuse_time_axes(regions: tuple[Region, ...], a: Point, b: Point) -> None:
    """Refuse ends in M-mode, spectral or waveform regions; say apart whether one end or both lie there."""
    at_a = next((region for region in regions if region.kind in NOT_SPATIAL and region.holds(a)), None)
    at_b = next((region for region in regions if region.kind in NOT_SPATIAL and region.holds(b)), None)
    found = at_a or at_b
    if found is None:
        return
    words = f"{KIND_WORDS[found.kind]} {found.number}"
    if at_a is None or at_b is None:
        raise MeasurementRefused(
            "two_regions", f"The line leaves the 2D picture for {words}, where an axis is time or speed."
        )
    raise MeasurementRefused("not_spatial", f"The line lies in {words}, where an axis is time or speed.")


def _refuse_unequal_overlap(point: Point, at_point: list[Region]) -> None:
    """Two 2D regions at one point with different (or missing) scales: which one is shown there is unknown."""
    if len({region.mm_per_px for region in at_point}) > 1:
        indexes = " and ".join(str(region.number) for region in at_point)
        raise MeasurementRefused(
            "two_regions",
            f"2D regions {indexes} overlap with different scales at row {point.row:g}, "
            f"column {point.column:g}; measure where only one lies.",
        )
