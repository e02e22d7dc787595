"""How far lengths and volumes may be off: half a pixel, the protocol's error, repeats, a scale set by hand."""
from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.geometry import measured_to_json, reading_from_json, reading_to_json
from annotate.marks import Axis, Caliper
from annotate.recheck import wrong_size, wrong_value
from annotate.stored_marks import placed_to_json
from annotate.uncertainty import HALF_PIXEL, MeasuredLength, PerCaliper, mean_length, measured_length, volume_error_ul
from annotate.volume import GlandSize, ellipsoid_volume_ul, gland_size, size_to_json
from dicom_io.calibration import Point, Scale

SQUARE = Scale("region", 0, Decimal("0.1"), Decimal("0.1"), "scanner region 1")
BY_HAND = Scale("manual", None, Decimal("0.1"), Decimal("0.08"), "set by hand", Decimal("0.01"))
V1_UM: dict[Axis, int] = {"length": 32_600, "width": 22_300, "depth": 17_400}
places = st.floats(0, 2_000).map(lambda value: round(value, 3))
points = st.builds(Point, places, places)


def axes_of(error_um: int, scale: Scale = SQUARE):
    return {axis: mean_length([MeasuredLength(um, Decimal(error_um), scale)]) for axis, um in V1_UM.items()}


@pytest.mark.parametrize(("error_um", "part"), [(500, 4.0), (1_000, 7.9), (2_000, 15.8)])
def test_the_known_errors_of_a_volume(error_um: int, part: float) -> None:
    volume_ul = ellipsoid_volume_ul(*V1_UM.values())
    assert 100 * volume_error_ul(volume_ul, axes_of(error_um)) / volume_ul == pytest.approx(part, abs=0.05)


def test_half_a_pixel_at_each_end_is_the_same_in_every_direction_of_square_pixels() -> None:
    ends = [(0, 100), (100, 0), (60, 80), (-60, 80)]
    errors = [measured_length(10_000, (Point(0, 0), Point(*end)), SQUARE, HALF_PIXEL).error_um for end in ends]
    assert errors == [71] * 4  # 0.1 mm x half a pixel x root of two ends


@given(points, points)
def test_the_reading_error_lies_between_those_of_the_two_directions(a: Point, b: Point) -> None:
    low, high = (size * 1000 * math.sqrt(0.5) for size in (0.08, 0.1))
    assert low - 1e-6 <= float(BY_HAND.reading_error_um(a, b)) <= high + 1e-6
    assert BY_HAND.reading_error_um(a, b) == BY_HAND.reading_error_um(b, a)


@given(points, points, st.integers(0, 10_000))
def test_moving_both_ends_by_half_a_pixel_never_changes_a_length_by_more_than_both_half_pixels(a, b, turn) -> None:
    angle = turn * math.pi / 5_000
    moved = Point(a.row + 0.5 * math.sin(angle), a.column + 0.5 * math.cos(angle))
    off_um = abs(SQUARE.length_mm(moved, b) - SQUARE.length_mm(a, b)) * 1000
    assert off_um <= float(SQUARE.reading_error_um(a, b)) / math.sqrt(2) + 1e-6


def test_the_mean_of_repeats_is_surer_than_one_unless_the_repeats_differ() -> None:
    alike = mean_length([MeasuredLength(30_000, Decimal(500), SQUARE)] * 4)
    assert (alike.mean_um, alike.error_um) == (30_000, 250)
    apart = mean_length([MeasuredLength(um, Decimal(50), SQUARE) for um in (29_000, 31_000)])
    assert (apart.mean_um, apart.error_um) == (30_000, 1_000)  # standard error of 29 and 31


def test_the_error_of_a_hand_set_scale_comes_threefold_in_a_volume_and_is_not_lessened_by_repeats() -> None:
    volume_ul = ellipsoid_volume_ul(*V1_UM.values())
    assert volume_error_ul(volume_ul, axes_of(0, BY_HAND)) == round(0.03 * volume_ul)
    repeats = mean_length([MeasuredLength(30_000, Decimal(0), BY_HAND)] * 9)
    assert repeats.error_um == 300


def test_two_scales_set_by_hand_on_two_pictures_are_independent() -> None:
    volume_ul, other = 6_623, replace(BY_HAND, source="another ruler")
    axes = axes_of(0, BY_HAND) | {"depth": axes_of(0, other)["depth"]}
    assert volume_error_ul(volume_ul, axes) == round(volume_ul * math.hypot(0.02, 0.01))


three_lengths = st.lists(st.integers(1_000, 60_000), min_size=3, max_size=3)
three_errors = st.lists(st.integers(0, 900), min_size=3, max_size=3)


@given(three_lengths, three_errors)
def test_a_volume_is_as_far_off_as_the_sum_of_its_parts_by_their_squares(lengths, errors) -> None:
    axes = {
        axis: mean_length([MeasuredLength(um, Decimal(error), SQUARE)])
        for axis, um, error in zip(V1_UM, lengths, errors, strict=True)
    }
    volume_ul = ellipsoid_volume_ul(*lengths)
    expected = volume_ul * math.hypot(*(error / um for error, um in zip(errors, lengths, strict=True)))
    assert volume_error_ul(volume_ul, axes) == pytest.approx(expected, abs=0.51)


@pytest.mark.parametrize("reading", [HALF_PIXEL, PerCaliper(500)])
def test_stored_errors_follow_from_marks_and_reading_or_are_named(placing, reading) -> None:
    assert reading_from_json(reading_to_json(reading)) == reading
    placed = [placing(Caliper(axis, Point(0, 0), Point(200, 40)), axis) for axis in V1_UM]
    stored, measured = placed_to_json(placed[0]), measured_to_json(placed[0], reading)
    assert wrong_value(stored, measured) is None
    assert "error_um" in str(wrong_value(stored, measured | {"error_um": 1}))
    size = gland_size(placed, reading)
    assert isinstance(size, GlandSize)
    marks, kept = [placed_to_json(one) for one in placed], size_to_json(size)
    assert wrong_size(marks, kept) is None
    assert "volume_error_ul" in str(wrong_size(marks, kept | {"volume_error_ul": 1}))
    assert "no known model" in str(wrong_size(marks, kept | {"reading": {"model": "sure"}}))


def test_what_version_1_stored_without_errors_still_follows_from_its_marks(placing) -> None:
    placed = placing(Caliper("length", Point(0, 0), Point(200, 40)))
    old = {"method": {"name": "caliper", "version": "1"}, "length_um": measured_to_json(placed)["length_um"]}
    assert wrong_value(placed_to_json(placed), old) is None
    assert "length_um" in str(wrong_value(placed_to_json(placed), old | {"length_um": 1}))
    assert "error_um" in str(wrong_value(placed_to_json(placed), old | {"error_um": 1}))
