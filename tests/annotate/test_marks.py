"""Marks and their stored form."""
from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import MarkMalformed, MarkRefused
from annotate.marks import (
    Caliper,
    Contour,
    Deposit,
    Mark,
    Microlitres,
    Needle,
    OutOfPlaneNeedle,
    Structure,
    VolumeUnknown,
    Zone,
)
from annotate.stored_marks import mark_from_json, mark_to_json, on_grid, placed_from_json, placed_to_json
from dicom_io.calibration import Point

CALIPER = Caliper("width", Point(10.5, 20.25), Point(30.0, 40.125))
NEEDLE = Needle(Point(5, 6), Point(70, 80), "inferred_hydrodissection", 4.5)
ACROSS = OutOfPlaneNeedle(Point(70, 80), "not_seen", 4.5)
CONTOUR = Contour((Point(10, 10.5), Point(10, 90), Point(60.125, 50)))
DEPOSIT = Deposit(Point(40, 50), Microlitres(550), Zone("middle", "deep"))
UNKNOWN = Deposit(Point(40, 50), VolumeUnknown(), Zone("anterior", "superficial"))
VEIN = Structure("facial_vein", Point(33, 44))

SCALE = {"kind": "region", "region": 0, "mm_per_px_row": "1", "mm_per_px_column": "1", "source": ""}

pixels = st.floats(-100, 5000)
points = st.builds(Point, pixels, pixels)
seen = st.sampled_from(["seen", "inferred_hydrodissection", "inferred_shaft", "not_seen"])
marks = st.one_of(
    st.builds(Caliper, st.sampled_from(["length", "width", "depth"]), points, points),
    st.builds(Needle, points, points, seen, pixels),
    st.builds(OutOfPlaneNeedle, points, seen, pixels),
    st.builds(Contour, st.lists(points, min_size=3, max_size=9).map(tuple)),
    st.builds(
        Deposit, points, st.just(VolumeUnknown()) | st.builds(Microlitres, st.integers(1, 100_000)),
        st.builds(Zone, st.sampled_from(["anterior", "middle", "posterior"]), st.sampled_from(["superficial", "deep"])),
    ),
    st.builds(Structure, st.sampled_from(["facial_artery", "facial_vein", "duct"]), points),
)


def no_floats(value: object) -> bool:
    if isinstance(value, dict):
        return all(no_floats(one) for one in value.values())
    if isinstance(value, list):
        return all(map(no_floats, value))
    return isinstance(value, str | int | None)


@pytest.mark.parametrize("mark", [CALIPER, NEEDLE, ACROSS, CONTOUR, DEPOSIT, UNKNOWN, VEIN])
def test_a_mark_comes_back_from_its_stored_form(mark: Mark) -> None:
    assert mark_from_json(json.loads(json.dumps(mark_to_json(mark)))) == mark


@given(marks)
def test_every_mark_is_stored_without_floats_and_comes_back_on_the_grid(mark: Mark) -> None:
    stored = mark_to_json(mark)
    assert no_floats(stored)
    assert mark_to_json(mark_from_json(stored)) == stored
    assert on_grid(on_grid(mark)) == on_grid(mark)


def test_coordinates_are_kept_in_thousandths_of_a_pixel_half_to_even() -> None:
    stored = mark_to_json(Caliper("depth", Point(1.0004, 2.0006), Point(0.0005, -3.25)))
    assert stored["start"] == {"row_mpx": 1000, "column_mpx": 2001}
    assert stored["end"] == {"row_mpx": 0, "column_mpx": -3250}


def test_a_placed_mark_comes_back_whole(placing) -> None:
    placed = placing(NEEDLE, side="left")
    stored = json.loads(json.dumps(placed_to_json(placed)))
    assert placed_from_json(stored) == placed
    assert no_floats(stored)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("side", "middle"),
        ("mark_id", ""),
        ("mark", {"type": "circle"}),
        ("mark", {"type": "caliper"}),
        ("mark", None),
        ("scale", {}),
        ("scale", SCALE | {"mm_per_px_row": "1e999"}),
        ("scale", SCALE | {"mm_per_px_row": "-0.1"}),
        ("on", {"sop_instance_uid": "1.2", "frame": -1, "digests": {}}),
    ],
)
def test_a_stored_mark_that_is_not_one_is_malformed(placing, part: str, wrong: object) -> None:
    stored = placed_to_json(placing(CALIPER)) | {part: wrong}
    with pytest.raises(MarkMalformed):
        placed_from_json(stored)


@pytest.mark.parametrize("wrong", [1.5, "1", True, None, 10**9])
def test_a_stored_coordinate_must_be_a_whole_number_within_bounds(wrong: object) -> None:
    stored = mark_to_json(CALIPER) | {"start": {"row_mpx": wrong, "column_mpx": 1}}
    with pytest.raises(MarkMalformed):
        mark_from_json(stored)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 1e9])
def test_a_place_that_is_no_place_cannot_be_stored(wrong: float) -> None:
    with pytest.raises(MarkMalformed):
        mark_to_json(Caliper("length", Point(wrong, 0), Point(1, 1)))


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        (Contour((Point(1, 1), Point(2, 2))), "at least three points"),
        (Contour(tuple(Point(row, row) for row in range(401))), "at most 400 points, this one 401"),
        (replace(DEPOSIT, volume=Microlitres(0)), "more than nothing"),
        (replace(DEPOSIT, volume=Microlitres(100_001)), "at most 100 ml"),
    ],
)
def test_a_mark_that_can_never_be_kept_is_refused_in_words(mark: Mark, why: str) -> None:
    with pytest.raises(MarkRefused, match=why):
        on_grid(mark)


@pytest.mark.parametrize(
    ("mark", "part", "wrong"),
    [
        (CONTOUR, "points_mpx", [[1, 2], [3, 4]]),
        (CONTOUR, "points_mpx", [[1, 2], [3, 4], [5]]),
        (CONTOUR, "points_mpx", [[1, 2], [3, 4], [5.0, 6]]),
        (CONTOUR, "points_mpx", [[row, row] for row in range(401)]),
        (CONTOUR, "points_mpx", "1, 2"),
        (DEPOSIT, "volume_ul", 0),
        (DEPOSIT, "volume_ul", None),
        (DEPOSIT, "volume_ul", "550"),
        (DEPOSIT, "along", "front"),
        (DEPOSIT, "layer", "anterior"),
        (VEIN, "kind", "nerve"),
        (VEIN, "at", {"row_mpx": 1}),
        (VEIN, "note", "one too many"),
    ],
)
def test_a_stored_outline_deposit_or_structure_that_is_none_is_malformed(mark: Mark, part: str, wrong: object) -> None:
    with pytest.raises(MarkMalformed):
        mark_from_json(mark_to_json(mark) | {part: wrong})
