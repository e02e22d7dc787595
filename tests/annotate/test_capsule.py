"""The needle's tip against the contour on its frame."""
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from annotate.capsule import CapsuleDistance, capsule_distances, capsule_from_json, capsule_to_json
from annotate.errors import MarkMalformed, MarkRefused
from annotate.marks import Contour, ImageUse, Needle, OutOfPlaneNeedle
from dicom_io.calibration import Point, Scale

# 0.1 mm a row, 0.08 mm a column: from 5 to 15 mm down, from 4 to 28 mm across
AROUND = Contour((Point(50, 50), Point(50, 350), Point(150, 350), Point(150, 50)))
NEEDLE = Needle(Point(0, 0), Point(80, 200), "seen", 0.0)


@pytest.mark.parametrize(
    ("tip", "um"),
    [
        (Point(80, 200), 3_000), (Point(100, 60), 800), (Point(160, 200), -1_000), (Point(150, 200), 0),
        (Point(100, 25), -2_000),
    ],
)
def test_the_distance_is_the_least_in_the_plane_and_negative_outside(placing, tip: Point, um: int) -> None:
    marks = [placing(AROUND, "c"), placing(replace(NEEDLE, tip=tip), "n")]
    assert capsule_distances(marks) == {"n": CapsuleDistance("c", um)}


def test_every_pass_has_its_own_distance(placing) -> None:
    marks = [placing(NEEDLE, "n1"), placing(replace(NEEDLE, tip=Point(160, 200)), "n2"), placing(AROUND, "c")]
    assert {name: one.distance_um for name, one in capsule_distances(marks).items()} == {"n1": 3_000, "n2": -1_000}


def test_without_a_contour_on_that_very_frame_there_is_no_distance(placing) -> None:
    needle, contour = placing(NEEDLE, "n"), placing(AROUND, "c")
    beside = replace(contour, on=replace(contour.on, frame=contour.on.frame + 1))
    elsewhere = replace(contour, on=ImageUse("1.2.9", contour.on.frame, contour.on.digests))
    assert [capsule_distances([needle, *others]) for others in ((), (beside,), (elsewhere,))] == [{}, {}, {}]


def test_a_contour_read_in_another_scale_gives_no_distance(placing) -> None:
    other = Scale("region", 1, Decimal("0.1"), Decimal("0.08"), "scanner region 2")
    assert capsule_distances([placing(NEEDLE, "n"), replace(placing(AROUND, "c"), scale=other)]) == {}


def test_a_needle_out_of_plane_has_none(placing) -> None:
    across = placing(OutOfPlaneNeedle(Point(80, 200), "seen", 0.0), "n")
    assert capsule_distances([across, placing(AROUND, "c")]) == {}


def test_two_contours_on_one_frame_are_refused(placing) -> None:
    with pytest.raises(MarkRefused, match="has a contour of this gland already"):
        capsule_distances([placing(AROUND, "c1"), placing(AROUND, "c2")])


def test_a_distance_comes_back_from_its_stored_form() -> None:
    distance = CapsuleDistance("c", -1_250)
    stored = capsule_to_json(distance)
    assert capsule_from_json(stored) == distance
    assert stored["method"] == {"name": "capsule_distance", "version": "1"}
    with pytest.raises(MarkMalformed):
        capsule_from_json(stored | {"distance_um": True})
