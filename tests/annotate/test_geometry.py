"""Lengths, depths and angles, with unequal scales down (0.1 mm) and across (0.08 mm)."""
from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotate.errors import MarkRefused
from annotate.geometry import (
    NeedleInPlane,
    NeedleOutOfPlane,
    caliper_length,
    measure_caliper,
    measure_needle,
    measured_to_json,
)
from annotate.marks import Caliper, Needle, OutOfPlaneNeedle
from annotate.uncertainty import PerCaliper
from dicom_io.calibration import Point, Scale


def at(x_mm: float, y_mm: float) -> Point:
    """A point `x_mm` to the right and `y_mm` below the origin of the made-up picture."""
    return Point(y_mm / 0.1, x_mm / 0.08)


def test_the_needle_of_the_domain_text_measures_15_mm_36_87_degrees_and_9_mm_deep(placing) -> None:
    measured = measure_needle(placing(Needle(at(0, 0), at(12, 9), "seen", 0.0)))
    assert measured == NeedleInPlane(depth_um=9000, path_um=15000, angle_mdeg=36870, path_is_whole=True)


def test_a_caliper_keeps_rows_and_columns_apart(placing) -> None:
    assert measure_caliper(placing(Caliper("length", Point(0, 0), Point(10, 0)))) == 1000
    assert measure_caliper(placing(Caliper("length", Point(0, 0), Point(0, 10)))) == 800


def test_a_caliper_agrees_with_the_scale_it_lies_in(placing) -> None:
    a, b = Point(12.25, 300.5), Point(245.75, 17.125)
    assert measure_caliper(placing(Caliper("width", a, b))) / 1000 == pytest.approx(
        placing.scale.length_mm(a, b), abs=0.0006
    )


def test_the_direction_of_a_mark_does_not_change_its_length(placing) -> None:
    a, b = Point(12.25, 300.5), Point(245.75, 17.125)
    there, back = Caliper("width", a, b), Caliper("width", b, a)
    assert measure_caliper(placing(there)) == measure_caliper(placing(back))


def test_a_length_on_the_tie_is_rounded_half_to_even(placing) -> None:
    # 0.5 um and 1.5 um across, at 0.5 um a thousandth of a pixel
    fine = replace(placing(Caliper("depth", Point(0, 0), Point(0, 0.005))), scale=scale_across("0.5"))
    assert measure_caliper(fine) == 2
    assert measure_caliper(replace(fine, mark=Caliper("depth", Point(0, 0), Point(0, 0.003)))) == 2


def scale_across(mm_per_px: str) -> Scale:
    return Scale("region", 0, Decimal("0.1"), Decimal(mm_per_px), "scanner region 0")


def test_an_entry_within_a_pixel_of_the_skin_line_lies_on_it(placing) -> None:
    def path_is_whole(entry_row: float) -> bool:
        needle = Needle(Point(entry_row, 0), Point(100, 100), "seen", 10.0)
        measured = measure_needle(placing(needle))
        assert isinstance(measured, NeedleInPlane)
        return measured.path_is_whole

    assert [path_is_whole(row) for row in (9.0, 10.0, 11.0, 11.001)] == [True, True, True, False]


def test_depth_is_measured_from_the_skin_line_and_not_from_the_entry(placing) -> None:
    measured = measure_needle(placing(Needle(Point(30, 0), Point(100, 50), "seen", 20.0)))
    assert measured.depth_um == 8000


def test_an_out_of_plane_needle_has_a_depth_only(placing) -> None:
    placed = placing(OutOfPlaneNeedle(Point(100, 50), "seen", 20.0))
    assert measure_needle(placed) == NeedleOutOfPlane(8000)
    assert set(measured_to_json(placed)) == {"method", "plane", "depth_um", "depth_error_um", "reading"}


def test_the_stored_measurement_names_its_method_and_version(placing) -> None:
    stored = measured_to_json(placing(Caliper("length", Point(0, 0), Point(10, 0))))
    assert stored == {
        "method": {"name": "caliper", "version": "2"}, "length_um": 1000, "error_um": 71,
        "reading": {"model": "half_pixel"},
    }


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (Caliper("length", Point(5, 5), Point(5.0001, 5)), "same_point"),
        (Needle(Point(30, 30), Point(30, 30), "seen", 20.0), "same_point"),
        (Needle(Point(20, 0), Point(19, 9), "seen", 20.0), "tip_above_skin"),
        (OutOfPlaneNeedle(Point(19, 9), "seen", 20.0), "tip_above_skin"),
        (Needle(Point(18, 0), Point(90, 9), "seen", 20.0), "entry_above_skin"),
    ],
)
def test_a_mark_that_cannot_be_measured_is_refused_in_words(placing, mark: object, code: str) -> None:
    with pytest.raises(MarkRefused) as refused:
        measured_to_json(placing(mark))
    assert refused.value.code == code
    assert refused.value.why.endswith(".")


coordinates = st.floats(0, 2000)


@given(coordinates, coordinates, coordinates, coordinates)
def test_path_depth_and_angle_of_a_needle_from_the_skin_fit_together(placing_always, ax, ay, bx, by) -> None:
    assume(by - ay > 2)
    measured = measure_needle(placing_always(Needle(Point(ay, ax), Point(by, bx), "seen", ay)))
    assert isinstance(measured, NeedleInPlane)
    assert 0 <= measured.angle_mdeg <= 90000
    down = measured.path_um * math.sin(math.radians(measured.angle_mdeg / 1000))
    assert down == pytest.approx(measured.depth_um, abs=4 + measured.path_um * 2e-5)


def test_a_mark_is_measured_once_for_each_reading_error_and_an_equal_mark_for_itself(placing) -> None:
    mark = placing(Caliper("length", Point(0, 0), Point(30, 40)))
    first = caliper_length(mark)
    assert caliper_length(mark) is first
    assert caliper_length(mark, PerCaliper(500)).error_um == 500
    assert caliper_length(replace(mark)) is not first


def test_a_mark_that_is_moved_is_measured_anew(placing) -> None:
    mark = placing(Caliper("length", Point(0, 0), Point(10, 0)))
    assert caliper_length(mark).length_um == 1000
    assert caliper_length(replace(mark, mark=Caliper("length", Point(0, 0), Point(20, 0)))).length_um == 2000
