"""Ellipsoid volumes and the size of a gland."""
from __future__ import annotations

from decimal import Decimal

import pytest

from annotate.errors import MarkRefused
from annotate.marks import Axis, Caliper, OutOfPlaneNeedle, PlacedMark
from annotate.uncertainty import MeasuredLength, mean_length
from annotate.volume import GlandSize, IncompleteSize, ellipsoid_volume_ul, gland_size, size_to_json
from dicom_io.calibration import Point, Scale


def across(placing, axis: Axis, mm: float, side: str = "right") -> PlacedMark:
    """A caliper of this length, drawn across (0.08 mm a pixel)."""
    return placing(Caliper(axis, Point(10, 0), Point(10, mm / 0.08)), side=side)


@pytest.mark.parametrize(
    ("diameters_um", "ul"),
    [
        ((32_600, 22_300, 17_400), 6_623),
        ((40_000, 25_000, 20_000), 10_472),
        ((20_000, 20_000, 20_000), 4_189),
    ],
)
def test_known_ellipsoids_have_their_known_volume(diameters_um: tuple[int, int, int], ul: int) -> None:
    assert ellipsoid_volume_ul(*diameters_um) == ul


@pytest.mark.parametrize("wrong", [0, -1, 1_000_001])
def test_a_diameter_that_no_gland_has_gives_no_volume(wrong: int) -> None:
    with pytest.raises(MarkRefused):
        ellipsoid_volume_ul(20_000, wrong, 20_000)


def test_three_calipers_give_the_gland_its_size(placing) -> None:
    diameters: list[tuple[Axis, int]] = [("length", 40), ("width", 25), ("depth", 20)]
    size = gland_size([across(placing, axis, mm) for axis, mm in diameters])
    errors_um: dict[Axis, int] = {"length": 57, "width": 57, "depth": 57}
    repeats: dict[Axis, int] = {"length": 1, "width": 1, "depth": 1}
    assert size == GlandSize(40_000, 25_000, 20_000, 10_472, repeats, errors_um, 41)


def test_repeats_are_averaged_per_axis_and_not_as_volumes(placing) -> None:
    size = gland_size(
        [across(placing, "length", mm) for mm in (30, 40)]
        + [across(placing, "width", mm) for mm in (20, 30)]
        + [across(placing, "depth", 20)]
    )
    assert isinstance(size, GlandSize)
    assert (size.length_um, size.width_um) == (35_000, 25_000)
    assert size.volume_ul == ellipsoid_volume_ul(35_000, 25_000, 20_000)
    assert size.repeats == {"length": 2, "width": 2, "depth": 1}
    each = (ellipsoid_volume_ul(30_000, 20_000, 20_000), ellipsoid_volume_ul(40_000, 30_000, 20_000))
    assert size.volume_ul != sum(each) // 2


def test_a_mean_on_the_tie_is_rounded_half_to_even() -> None:
    scale = Scale("region", 0, Decimal("0.1"), Decimal("0.1"), "scanner region 1")

    def mean_um(lengths_um: list[int]) -> int:
        return mean_length([MeasuredLength(length, Decimal(0), scale) for length in lengths_um]).mean_um

    assert [mean_um([1, 2]), mean_um([2, 3]), mean_um([1, 1, 2])] == [2, 2, 1]


def test_missing_axes_are_named_and_the_others_kept(placing) -> None:
    size = gland_size([across(placing, "length", 40), across(placing, "length", 42)])
    assert size == IncompleteSize(("width", "depth"), {"length": 41_000}, {"length": 2}, {"length": 1_000})


def test_needles_are_passed_over(placing) -> None:
    size = gland_size([placing(OutOfPlaneNeedle(Point(90, 9), "seen", 0.0))])
    assert size == IncompleteSize(("length", "width", "depth"), {}, {})


def test_calipers_of_two_glands_never_make_one_size(placing) -> None:
    with pytest.raises(MarkRefused, match="each gland by itself"):
        gland_size([across(placing, "length", 40), across(placing, "width", 25, side="left")])


def test_a_size_is_stored_as_whole_numbers_with_its_method(placing) -> None:
    size = gland_size([across(placing, axis, 20) for axis in ("length", "width", "depth")])
    assert isinstance(size, GlandSize)
    stored = size_to_json(size)
    assert stored["method"] == {"name": "ellipsoid", "version": "2"}
    assert stored["volume_ul"] == 4_189
