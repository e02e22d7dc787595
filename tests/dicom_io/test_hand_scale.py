"""A scale from ruler lines: the arithmetic, its error, where it holds, and its stored form."""
from __future__ import annotations

import math
import random
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dicom_io.admission import admission_from_json, admission_to_json
from dicom_io.calibration import Point, Scale
from dicom_io.errors import MeasurementRefused
from dicom_io.gate import Gate
from dicom_io.hand_scale import HandScale, RulerLine, on_grid, only_region_of, refuse_impossible
from dicom_io.line_scale import scale_between
from dicom_io.reading import read_image

ROW, COLUMN = Decimal("0.0655"), Decimal("0.0712")
WHOLE = (0, 0, 599, 399)
TRUE = Scale("region", 0, ROW, COLUMN, "scanner region 1")
DOWN = RulerLine(Point(10, 500), Point(310, 500), 19_650)
places = st.integers(0, 2_000_000).map(lambda mpx: mpx / 1000)


def ruler(a: Point, b: Point) -> RulerLine:
    """A line and the length that the true scale gives it."""
    return RulerLine(a, b, round(TRUE.length_mm(a, b) * 1000))


@given(places, places, places, places)
def test_one_line_gives_back_the_scale_of_square_pixels(ax, ay, bx, by) -> None:
    pixels = math.hypot(bx - ax, by - ay)
    assume(pixels > 20.01)
    line = RulerLine(Point(ay, ax), Point(by, bx), round(pixels * 70))
    assume(1_000 <= line.length_um <= 300_000)
    scale = HandScale((line,)).scale("ruler")
    assert scale.mm_per_px_row == scale.mm_per_px_column
    assert float(scale.mm_per_px_row) == pytest.approx(0.07, rel=0.001)
    assert 0 < scale.relative_error < Decimal("0.036")


@given(st.integers(100, 900), st.integers(-45, 45), st.integers(100, 900), st.integers(-45, 45))
def test_two_lines_give_back_both_scales_however_they_lean(down, lean, across, tilt) -> None:
    one, other = ruler(Point(50, 50), Point(50 + down, 50 + lean)), ruler(Point(60, 60), Point(60 + tilt, 60 + across))
    for lines in ((one, other), (other, one)):
        scale = HandScale(lines).scale("rulers")
        # lengths are whole micrometres, and a lean of a quarter makes the equations twice as sensitive
        assert float(scale.mm_per_px_row) == pytest.approx(float(ROW), rel=2 / one.length_um)
        assert float(scale.mm_per_px_column) == pytest.approx(float(COLUMN), rel=2 / other.length_um)


@pytest.mark.parametrize("end", [Point(310, 500), Point(10, 200), Point(250, 180)])
def test_one_line_with_the_header_s_pixel_aspect_gives_both_directions(end) -> None:
    line = ruler(Point(10, 500), end)
    scale = HandScale((line,), aspect=(655, 712)).scale("ruler")
    assert float(scale.mm_per_px_row) == pytest.approx(float(ROW), rel=1e-4)
    assert float(scale.mm_per_px_column) == pytest.approx(float(COLUMN), rel=1e-4)
    assert "655 high to 712 wide" in HandScale((line,), aspect=(655, 712)).words
    assert "square pixels assumed" in HandScale((line,)).words


@pytest.mark.parametrize("aspect", [(100, 1), (1, 9_999), (31, 10)])
def test_a_header_s_pixel_of_an_impossible_shape_gives_no_scale_with_one_line(aspect) -> None:
    with pytest.raises(MeasurementRefused, match="draw two rulers"):
        HandScale((DOWN,), aspect).scale("ruler")
    across = ruler(Point(10, 100), Point(10, 400))
    assert HandScale((DOWN, across), aspect).scale("ruler").mm_per_px_row == ROW


def test_its_error_is_half_a_pixel_at_each_end_of_the_shorter_ruler() -> None:
    scale = HandScale((DOWN,)).scale("ruler")
    assert float(scale.relative_error) == pytest.approx(math.sqrt(0.5) / 300, abs=1e-6)
    short = ruler(Point(300, 100), Point(300, 140))
    assert float(HandScale((DOWN, short)).scale("r").relative_error) == pytest.approx(math.sqrt(0.5) / 40, rel=0.01)


def test_the_error_of_two_leaning_rulers_is_what_misplaced_ends_show() -> None:
    lines = (ruler(Point(10, 100), Point(310, 245)), ruler(Point(10, 100), Point(155, 400)))
    placed = HandScale(lines).scale("ruler")
    chance = random.Random(20261122)

    def misplaced(point: Point) -> Point:
        return Point(point.row + chance.gauss(0, 0.5), point.column + chance.gauss(0, 0.5))

    off = []
    for _ in range(2_000):
        moved = tuple(RulerLine(misplaced(one.start), misplaced(one.end), one.length_um) for one in lines)
        off.append(float(HandScale(moved).scale("ruler").mm_per_px_row / placed.mm_per_px_row) - 1)
    spread = math.sqrt(sum(one * one for one in off) / len(off))
    assert float(placed.relative_error) == pytest.approx(spread, rel=0.1)


@given(st.lists(st.builds(RulerLine, st.builds(Point, places, places), st.builds(Point, places, places),
                          st.integers(1_000, 300_000)), min_size=1, max_size=2))  # fmt: skip
def test_it_survives_its_stored_form_without_floats(lines) -> None:
    hand = HandScale(tuple(on_grid(line) for line in lines), aspect=(3, 4))
    stored = hand.to_json()
    assert HandScale.from_json(stored) == hand
    numbers = [value for line in stored["lines"] for end in ("start", "end") for value in line[end].values()]
    assert {type(value) for value in numbers} == {int}


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": []}, {"lines": [{}]}, {"lines": None}, {"aspect": [1]}, {"aspect": [0, 1]}, {"aspect": [1.0, 1]},
        {"x": 1},
    ],
)  # fmt: skip
def test_a_malformed_stored_form_is_not_read(changes) -> None:
    with pytest.raises(ValueError, match="set by hand"):
        HandScale.from_json({**HandScale((DOWN,)).to_json(), **changes})


def test_it_counts_only_where_the_header_gives_no_trusted_scale(write_ultrasound, region) -> None:
    by_hand = HandScale((DOWN,)).scale("ruler")
    a, b = Point(100, 100), Point(120, 100)
    trusted = read_image(write_ultrasound(regions=[region(WHOLE)], name="trusted.dcm"))
    none = read_image(write_ultrasound(name="none.dcm"))
    deep = read_image(write_ultrasound(regions=[region(WHOLE, PhysicalDeltaY=0.9)], name="deep.dcm"))
    resized = read_image(write_ultrasound(regions=[region((0, 0, 799, 599))], name="resized.dcm"))
    assert scale_between(trusted, a, b, by_hand).kind == "region"
    assert [scale_between(one, a, b, by_hand) for one in (none, deep, resized)] == [by_hand] * 3


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [((10, 310), (50, 310), "not_spatial"), ((10, 10), (10, 310), "two_regions"),
     ((350, 10), (10, 10), "no_region_here"), ((10, 10), (500, 10), "outside_image")],
)  # fmt: skip
def test_an_axis_of_time_and_the_outside_stay_refused_under_a_hand_set_scale(
    write_ultrasound, region, a, b, code
) -> None:
    m_mode = region((300, 0, 599, 299), 2, PhysicalUnitsXDirection=4)
    image = read_image(write_ultrasound(regions=[region((0, 0, 299, 299), PhysicalDeltaY=0.9), m_mode]))
    assert image.calibration.state == "refused"
    with pytest.raises(MeasurementRefused) as refused:
        scale_between(image, Point(*a), Point(*b), HandScale((DOWN,)).scale("ruler"))
    assert refused.value.code == code


def test_beside_two_2d_regions_it_holds_only_in_the_one_that_the_ruler_lies_in(write_ultrasound, region) -> None:
    boxes = (0, 0, 299, 399), (300, 0, 599, 399)
    image = read_image(write_ultrasound(regions=[region(box, PhysicalUnitsXDirection=0) for box in boxes]))
    index = only_region_of(image, (DOWN,))
    by_hand = HandScale((DOWN,)).scale("ruler", index)
    assert index == 1
    assert scale_between(image, Point(5, 400), Point(50, 500), by_hand) == by_hand
    for ends in (((5, 10), (50, 10)), ((5, 10), (5, 400))):
        with pytest.raises(MeasurementRefused) as refused:
            scale_between(image, Point(*ends[0]), Point(*ends[1]), by_hand)
        assert refused.value.code == "two_regions"
    with pytest.raises(MeasurementRefused, match="inside the one"):
        only_region_of(image, (RulerLine(Point(5, 200), Point(5, 400), 14_240),))


@pytest.mark.parametrize("changes", [{}, {"PhysicalUnitsXDirection": 0}])
def test_a_zoomed_inset_takes_and_gives_no_scale_set_by_hand(write_ultrasound, region, changes) -> None:
    inset = region((400, 0, 599, 199), PhysicalDeltaX=0.003, PhysicalDeltaY=0.003, **changes)
    image = read_image(write_ultrasound(regions=[region(WHOLE, PhysicalDeltaY=0.9, **changes), inset]))
    outside = RulerLine(Point(10, 50), Point(310, 50), 19_650)
    inside = RulerLine(Point(10, 500), Point(110, 500), 6_550)
    by_hand = HandScale((outside,)).scale("ruler", only_region_of(image, (outside,)))
    assert scale_between(image, Point(300, 50), Point(300, 250), by_hand) == by_hand
    with pytest.raises(MeasurementRefused, match="overlap"):
        scale_between(image, inside.start, inside.end, by_hand)
    with pytest.raises(MeasurementRefused, match="overlap"):
        only_region_of(image, (inside,))


def test_a_ruler_is_not_drawn_along_an_axis_of_time(write_ultrasound, region) -> None:
    m_mode = region((300, 0, 599, 399), 2, PhysicalUnitsXDirection=4)
    image = read_image(write_ultrasound(regions=[region((0, 0, 299, 399), PhysicalDeltaY=0.9), m_mode]))
    with pytest.raises(MeasurementRefused, match="axis is time"):
        only_region_of(image, (RulerLine(Point(390, 310), Point(390, 590), 20_000),))


def test_an_impossible_picture_is_refused_with_what_the_length_would_make_of_it(write_ultrasound) -> None:
    image = read_image(write_ultrasound())
    refuse_impossible(HandScale((DOWN,)).scale("ruler"), image)
    for length_um in (1_000, 300_000):
        with pytest.raises(MeasurementRefused, match="cm deep"):
            refuse_impossible(HandScale((RulerLine(DOWN.start, DOWN.end, length_um),)).scale("ruler"), image)


@pytest.mark.parametrize(("stored", "aspect"), [(["4", "3"], (4, 3)), (["0", "1"], (1, 1)), (["4"], (1, 1))])
def test_the_header_s_pixel_aspect_is_read_and_passes_the_gate(write_ultrasound, stored, aspect) -> None:
    path = write_ultrasound(attributes={"PixelAspectRatio": stored})
    assert read_image(path).pixel_aspect == aspect
    with Gate() as gate:
        admission = gate.admit(path)
    assert admission.image.pixel_aspect == aspect
    assert admission_from_json(admission_to_json(admission)) == admission
