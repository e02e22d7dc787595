"""Stored values are recomputed from their marks."""
from __future__ import annotations

import pytest

from annotate.geometry import measured_to_json
from annotate.marks import Caliper, Contour, Deposit, Needle, VolumeUnknown, Zone
from annotate.recheck import wrong_size, wrong_value
from annotate.stored_marks import placed_to_json
from annotate.volume import GlandSize, gland_size, size_to_json
from dicom_io.calibration import Point

CALIPER = Caliper("length", Point(3, 4.25), Point(100, 80))
NEEDLE = Needle(Point(0.5, 0), Point(100.125, 50), "seen", 0.0)
CONTOUR = Contour((Point(10, 10), Point(12, 90), Point(60, 50.5)))
DEPOSIT = Deposit(Point(10, 10), VolumeUnknown(), Zone("middle", "deep"))


@pytest.mark.parametrize("mark", [CALIPER, NEEDLE, CONTOUR])
def test_a_value_that_follows_from_its_mark_is_right(placing, mark) -> None:
    placed = placing(mark)
    assert wrong_value(placed_to_json(placed), measured_to_json(placed)) is None


def test_a_changed_value_is_named_with_what_the_marks_give(placing) -> None:
    placed = placing(CALIPER)
    stored = measured_to_json(placed)
    stored["length_um"] += 1
    was, now = stored["length_um"] - 1, stored["length_um"]
    said = wrong_value(placed_to_json(placed), stored)
    assert said == f"The stored length_um is {now}, but its marks and scale give {was}."


def test_a_moved_mark_is_noticed(placing) -> None:
    stored = placed_to_json(placing(CALIPER))
    stored["mark"]["end"]["row_mpx"] += 500
    assert wrong_value(stored, measured_to_json(placing(CALIPER))) is not None


def test_a_changed_scale_is_noticed(placing) -> None:
    stored = placed_to_json(placing(NEEDLE))
    stored["scale"]["mm_per_px_column"] = "0.09"
    assert wrong_value(stored, measured_to_json(placing(NEEDLE))) is not None


def test_an_angle_may_differ_by_its_last_digit_only(placing) -> None:
    placed = placing(NEEDLE)
    stored = measured_to_json(placed)
    assert wrong_value(placed_to_json(placed), stored | {"angle_mdeg": stored["angle_mdeg"] + 1}) is None
    assert wrong_value(placed_to_json(placed), stored | {"angle_mdeg": stored["angle_mdeg"] + 2}) is not None


@pytest.mark.parametrize(
    "measured",
    [{}, {"method": None}, {"method": {"name": "caliper", "version": "3"}}, {"method": {"name": []}}],
)
def test_a_value_of_an_unknown_method_is_named_not_raised(placing, measured) -> None:
    assert "method" in str(wrong_value(placed_to_json(placing(CALIPER)), measured))


@pytest.mark.parametrize("placed", [{}, [], None, {"mark": 1}])
def test_a_mark_that_is_none_ends_in_a_sentence(placed) -> None:
    stored = {"method": {"name": "caliper", "version": "1"}, "length_um": 1}
    assert "cannot be measured again" in str(wrong_value(placed, stored))


def test_a_truth_value_in_place_of_a_number_is_noticed(placing) -> None:
    placed = placing(NEEDLE)
    assert wrong_value(placed_to_json(placed), measured_to_json(placed) | {"path_is_whole": 1}) is not None


def test_a_gland_size_follows_from_its_calipers_or_is_named(placing) -> None:
    calipers = [placing(Caliper(axis, Point(0, 0), Point(200, 40))) for axis in ("length", "width", "depth")]
    size = gland_size(calipers)
    assert isinstance(size, GlandSize)
    stored = [placed_to_json(one) for one in calipers]
    assert wrong_size(stored, size_to_json(size)) is None
    assert "volume_ul" in str(wrong_size(stored, size_to_json(size) | {"volume_ul": 1}))
    assert "no caliper for its depth" in str(wrong_size(stored[:2], size_to_json(size)))


@pytest.mark.parametrize("field", ["area_um2", "longest_um", "across_um"])
def test_a_changed_measure_of_a_contour_is_named(placing, field: str) -> None:
    placed = placing(CONTOUR)
    stored = measured_to_json(placed)
    assert f"stored {field} is 1," in str(wrong_value(placed_to_json(placed), stored | {field: 1}))


def test_a_moved_point_of_a_contour_is_noticed(placing) -> None:
    stored = placed_to_json(placing(CONTOUR))
    stored["mark"]["points_mpx"][1][0] += 500
    assert wrong_value(stored, measured_to_json(placing(CONTOUR))) is not None


def test_a_stored_contour_that_crosses_itself_ends_in_a_sentence(placing) -> None:
    stored = placed_to_json(placing(Contour((Point(0, 0), Point(9, 9), Point(9, 0), Point(0, 9)))))
    assert "crosses or touches itself" in str(wrong_value(stored, measured_to_json(placing(CONTOUR))))


def test_a_deposit_measures_nothing_and_no_value_may_stand_beside_it(placing) -> None:
    stored = placed_to_json(placing(DEPOSIT))
    assert wrong_value(stored, {}) is None
    assert wrong_value(stored, measured_to_json(placing(CONTOUR))) is not None
    assert wrong_value(placed_to_json(placing(CONTOUR)), {}) == "A stored measurement does not name its method."


def test_the_contour_has_no_version_before_its_first(placing) -> None:
    stored = measured_to_json(placing(CONTOUR)) | {"method": {"name": "contour", "version": "2"}}
    assert "does not have: contour version 2" in str(wrong_value(placed_to_json(placing(CONTOUR)), stored))
