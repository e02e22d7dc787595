"""Both glands side by side: one scale for all pictures, whatever their own, and every mark where it was placed."""
from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from annotate.appearance import AXIS_COLOURS
from annotate.marks import Caliper, ImageUse, PlacedMark, Side
from annotate.side_by_side import ROOM, GlandPicture, GlandsAtVisit, NoGlandPicture, common_scale, draw_side_by_side
from dicom_io.calibration import Point, Scale
from dicom_io.image import Digests

FINE = Scale("region", 0, Decimal("0.05"), Decimal("0.08"), "test")
COARSE = Scale("region", 0, Decimal("0.125"), Decimal("0.1"), "test")
WHITE = 255


def square(scale: Scale, side: Side = "right", mm: float = 20.0) -> GlandPicture:
    """A picture of 40 x 40 mm with a white square of so many mm in the middle, and a caliper across it."""
    high, wide = round(40 / float(scale.mm_per_px_row)), round(40 / float(scale.mm_per_px_column))
    frame = np.full((high + 30, wide + 50), 60, np.uint8)  # beside the box nothing is shown
    down, across = round(mm / float(scale.mm_per_px_row)), round(mm / float(scale.mm_per_px_column))
    top, left = 30 + (high - down) // 2, 50 + (wide - across) // 2
    frame[top : top + down, left : left + across] = WHITE
    row = top + down / 4
    mark = Caliper("length", Point(row, left - 0.5), Point(row, left + across - 0.5))
    placed = PlacedMark("1", side, ImageUse("1.2.3", 0, Digests("a", "b", "c")), mark, scale)
    return GlandPicture(frame, (30, 50, high + 29, wide + 49), (placed,), scale, "7.00 ml")


def white_boxes(sheet: np.ndarray) -> list[tuple[int, int]]:
    """Height and width of every large white patch, by the half of the sheet it lies in."""
    found = []
    for part in np.array_split(sheet[170:-74], 2, axis=1):  # without heads and the scale bar
        is_white = (part == WHITE).all(axis=2)
        rows, columns = (np.flatnonzero(is_white.sum(axis=axis) > 60) for axis in (1, 0))
        found.append((int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1))
    return found


def test_the_same_millimetres_are_the_same_pixels_in_every_picture_and_both_directions() -> None:
    row = GlandsAtVisit("Baseline", {"right": square(FINE), "left": square(COARSE, "left")})
    (high, wide), (other_high, other_wide) = white_boxes(draw_side_by_side("SMG-07", [row]))
    pixels = 20 / common_scale(list(row.glands.values()))
    for extent in (high, wide, other_high, other_wide):
        assert extent == pytest.approx(pixels, abs=3)
    assert max(high, other_high) - min(high, other_high) <= 3
    assert ROOM[0] / 40 * 20 == pytest.approx(pixels, abs=3)


def test_the_largest_picture_sets_the_scale_of_all() -> None:
    small, large = square(FINE), square(COARSE, "left")
    assert common_scale([small, large, NoGlandPicture("none")]) == pytest.approx(40 / ROOM[0], rel=0.01)
    assert common_scale([NoGlandPicture("none")]) is None


def test_a_mark_is_drawn_from_end_to_end_of_what_it_measures() -> None:
    row = GlandsAtVisit("Baseline", {"right": square(FINE), "left": NoGlandPicture("No picture of this gland.")})
    sheet = draw_side_by_side("SMG-07", [row])
    coloured = np.abs(sheet.astype(int) - AXIS_COLOURS["length"]).sum(axis=2) < 30
    columns = np.flatnonzero(coloured.sum(axis=0))
    length = 20 / common_scale(list(row.glands.values()))
    line = max(np.split(columns, np.flatnonzero(np.diff(columns) > 8) + 1), key=len)
    assert len(line) == pytest.approx(length + 24, abs=4)  # half a handle of 12 pixels stands out at each end


def test_a_gland_without_a_picture_says_why_and_two_visits_are_two_rows() -> None:
    none = NoGlandPicture("No mark on a transverse picture of this gland.")
    one = draw_side_by_side("SMG-07", [GlandsAtVisit("Baseline", {"right": none, "left": none})])
    said: list[str] = []
    two = draw_side_by_side("SMG-07", [
        GlandsAtVisit("Baseline", {"right": none, "left": none}),
        GlandsAtVisit("Four months", {"right": none, "left": none}),
    ], lambda text: said.append(text) or text)  # type: ignore[func-returns-value]
    assert two.shape[0] > one.shape[0] + ROOM[0]
    assert said.count(none.why) == 4


def test_no_visit_is_no_sheet() -> None:
    with pytest.raises(ValueError, match="at least one visit"):
        draw_side_by_side("SMG-07", [])
