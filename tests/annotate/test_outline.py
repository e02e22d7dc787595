"""Outlines: area, axes, the distance of a point, and which ones are refused."""
from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import MarkRefused
from annotate.exact import length_between_um
from annotate.marks import Contour
from annotate.outline import outline_size, refuse_crossing, signed_distance_um
from annotate.stored_marks import on_grid
from dicom_io.calibration import Point, Scale

SCALE = Scale("region", 0, Decimal("0.1"), Decimal("0.08"), "scanner region 1")


def in_mm(*places: tuple[float, float]) -> Contour:
    """A contour through these (down, across) places in mm."""
    contour = on_grid(Contour(tuple(Point(down / 0.1, across / 0.08) for down, across in places)))
    assert isinstance(contour, Contour)
    return contour


def ellipse(long_half: float, short_half: float, points: int = 200, tilt_deg: float = 20.0) -> Contour:
    """An ellipse around (20, 20) mm whose long axis is tilted."""
    across, down = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    places = []
    for number in range(points):
        part = 2 * math.pi * number / points
        x, y = long_half * math.cos(part), short_half * math.sin(part)
        places.append((20 + x * down + y * across, 20 + x * across - y * down))
    return in_mm(*places)


RECTANGLE = in_mm((5, 5), (5, 35), (15, 35), (15, 5))


def test_the_area_of_a_rectangle_is_exact_with_unequal_scales() -> None:
    assert outline_size(RECTANGLE, SCALE).area_um2 == 30_000 * 10_000


def test_an_ellipse_has_the_area_and_the_axes_it_was_drawn_with() -> None:
    size = outline_size(ellipse(16.3, 8.7), SCALE)
    assert size.area_um2 / 1e6 == pytest.approx(math.pi * 16.3 * 8.7, rel=3e-4)
    assert size.longest.length_um == pytest.approx(32_600, abs=2)
    assert size.across.length_um == pytest.approx(17_400, abs=5)


def test_the_longest_axis_of_a_rectangle_is_its_diagonal_and_the_width_is_perpendicular_to_it() -> None:
    size = outline_size(RECTANGLE, SCALE)
    diagonal = math.hypot(30_000, 10_000)
    assert size.longest.length_um == round(diagonal)
    assert size.across.length_um == pytest.approx(10_000 * diagonal / 30_000, abs=2)


def test_the_width_across_lies_on_the_outline_and_has_the_length_it_says() -> None:
    contour = ellipse(16.3, 8.7, points=61)
    across = outline_size(contour, SCALE).across
    for end in (across.start, across.end):
        assert abs(signed_distance_um(contour, end, SCALE)) <= 1
    assert length_between_um(across.start, across.end, SCALE) == across.length_um


def test_a_notch_leaves_the_width_from_capsule_to_capsule() -> None:
    notched = in_mm((5, 5), (5, 35), (15, 35), (15, 21), (6, 20), (15, 19), (15, 5))
    assert outline_size(notched, SCALE).across.length_um == outline_size(RECTANGLE, SCALE).across.length_um


@pytest.mark.parametrize(
    ("at_mm", "um"),
    [
        ((10, 20), 5_000), ((6, 20), 1_000), ((5, 20), 0), ((5, 5), 0), ((3, 20), -2_000), ((2, 1), -5_000),
        ((8, 36), -1_000),
    ],
)
def test_a_point_lies_as_far_inside_as_the_nearest_edge_and_outside_below_zero(
    at_mm: tuple[float, float], um: int
) -> None:
    assert signed_distance_um(RECTANGLE, Point(at_mm[0] / 0.1, at_mm[1] / 0.08), SCALE) == um


@pytest.mark.parametrize(
    "places",
    [
        [(0, 0), (10, 10), (10, 0), (0, 10)],  # a bow tie
        [(0, 0), (0, 10), (10, 10), (5, 0), (10, 5), (10, 0)],  # crosses further on
        [(0, 0), (0, 10), (10, 10), (0, 5), (10, 0)],  # a corner touches an edge
        [(0, 0), (0, 10), (5, 5), (10, 10), (10, 0), (5, 5)],  # two corners at one place
        [(0, 0), (0, 10), (0, 5), (10, 0)],  # goes back on itself
        [(0, 0), (5, 5), (10, 10)],  # has no inside
        [(0, 0), (0, 10), (10, 10), (10, 4), (0, 4), (0, 6), (8, 6), (8, 2), (10, 2), (10, 0)],  # runs along an edge
    ],
)
def test_an_outline_that_crosses_or_touches_itself_is_refused(places: list[tuple[float, float]]) -> None:
    with pytest.raises(MarkRefused) as refused:
        outline_size(in_mm(*places), SCALE)
    assert refused.value.code == "crosses_itself"


def test_two_neighbouring_points_at_one_place_are_refused_by_name() -> None:
    with pytest.raises(MarkRefused, match="Two neighbouring points of the contour are one"):
        outline_size(in_mm((0, 0), (0, 10), (0, 10), (10, 10)), SCALE)


def test_an_outline_over_a_metre_is_refused() -> None:
    wide = Scale("region", 0, Decimal(10), Decimal(10), "scanner region 1")
    with pytest.raises(MarkRefused, match="over a metre"):
        outline_size(RECTANGLE, wide)


def meets(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two segments share a point, by the parameters at which their lines meet: another way than the code's."""
    (r0, c0), (r1, c1), (r2, c2), (r3, c3) = ((Fraction(p.row), Fraction(p.column)) for p in (a, b, c, d))
    down, across, down2, across2 = r1 - r0, c1 - c0, r3 - r2, c3 - c2
    turn = down * across2 - across * down2
    if turn:
        first = ((r2 - r0) * across2 - (c2 - c0) * down2) / turn
        second = ((r2 - r0) * across - (c2 - c0) * down) / turn
        return 0 <= first <= 1 and 0 <= second <= 1
    if (r2 - r0) * across != (c2 - c0) * down:
        return False
    along = [(r - r0) * down + (c - c0) * across for r, c in ((r0, c0), (r1, c1), (r2, c2), (r3, c3))]
    return max(min(along[:2]), min(along[2:])) <= min(max(along[:2]), max(along[2:]))


def crosses(points: Sequence[Point]) -> bool:
    count = len(points)
    for i in range(count):
        for j in range(i + 2, count):
            others = points[i], points[(i + 1) % count], points[j], points[(j + 1) % count]
            if (j + 1) % count != i and meets(*others):
                return True
    for i in range(count):
        a, b, c = points[i - 1], points[i], points[(i + 1) % count]
        back = (b.row - a.row) * (c.row - b.row) + (b.column - a.column) * (c.column - b.column) < 0
        straight = (b.row - a.row) * (c.column - b.column) == (b.column - a.column) * (c.row - b.row)
        if back and straight:
            return True
    return False


small = st.integers(0, 4).map(float)
corners = st.lists(st.builds(Point, small, small), min_size=3, max_size=8).filter(
    lambda points: all(a != b for a, b in zip(points, [*points[1:], points[0]], strict=True))
)


@given(corners)
def test_what_is_refused_is_what_another_reckoning_finds_to_cross(points: list[Point]) -> None:
    try:
        refuse_crossing(Contour(tuple(points)))
        refused = False
    except MarkRefused:
        refused = True
    assert refused == crosses(points)


@st.composite
def stars(draw: st.DrawFn) -> Contour:
    """A contour around (20, 20) mm that no ray from there meets twice."""
    radii = draw(st.lists(st.floats(4, 15), min_size=4, max_size=40))
    turns = [2 * math.pi * number / len(radii) for number in range(len(radii))]
    return in_mm(*((20 + r * math.sin(t), 20 + r * math.cos(t)) for r, t in zip(radii, turns, strict=True)))


@given(stars(), st.floats(0, 40), st.floats(0, 40))
def test_area_and_distance_agree_with_opencv(contour: Contour, down: float, across: float) -> None:
    points = np.array([(p.column * 0.08, p.row * 0.1) for p in contour.points], np.float32)
    assert outline_size(contour, SCALE).area_um2 / 1e6 == pytest.approx(cv2.contourArea(points), rel=1e-3, abs=1e-3)
    theirs = cv2.pointPolygonTest(points, (across, down), measureDist=True)
    assert signed_distance_um(contour, Point(down / 0.1, across / 0.08), SCALE) == pytest.approx(theirs * 1000, abs=0.7)


@given(stars(), st.integers(0, 40))
def test_it_makes_no_difference_where_an_outline_begins_and_which_way_it_goes(contour: Contour, start: int) -> None:
    turned = contour.points[start % len(contour.points) :] + contour.points[: start % len(contour.points)]
    sizes = [outline_size(Contour(points), SCALE) for points in (contour.points, turned, turned[::-1])]
    assert len({(one.area_um2, one.longest.length_um) for one in sizes}) == 1
