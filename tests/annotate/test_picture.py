"""The marked picture: what is drawn where, and what is left alone."""
from __future__ import annotations

import cv2
import numpy as np
import pytest

from annotate.appearance import (
    AXIS_COLOURS,
    CONTOUR_COLOUR,
    DEPOSIT_COLOUR,
    NEEDLE_COLOUR,
    SIDE_COLOURS,
    STRUCTURE_COLOUR,
)
from annotate.caption import text_size
from annotate.errors import MarkRefused
from annotate.marks import Caliper, Contour, Deposit, Needle, OutOfPlaneNeedle, Structure, VolumeUnknown, Zone
from annotate.picture import PictureImpossible, draw_marked_picture, encode_png, zoom_of
from dicom_io.calibration import Point

GREY = np.full((300, 400), 90, np.uint8)
LENGTH = Caliper("length", Point(150, 100), Point(150, 300))
NEEDLE = Needle(Point(20, 60), Point(160, 210), "seen", 20.0)


def draw(frame=GREY, marks=(), *, side="right", scale=None, caption="SMG-07"):
    return draw_marked_picture(frame, marks, side=side, scale_bar=scale, caption=caption)


def coloured(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Where the picture has exactly this colour."""
    return np.all(picture == np.array(colour, np.uint8), axis=2)


@pytest.mark.parametrize("shape", [(300, 400), (300, 400, 3)])
def test_grey_and_rgb_frames_give_an_rgb_picture_with_a_strip_below(shape: tuple[int, ...]) -> None:
    picture = draw(np.full(shape, 90, np.uint8))
    zoom = zoom_of(400)
    assert picture.dtype == np.uint8
    assert picture.shape[1:] == (400 * zoom, 3)
    assert picture.shape[0] > 300 * zoom


def test_the_frame_itself_is_not_changed(placing) -> None:
    for frame in (GREY.copy(), np.full((900, 1200, 3), 90, np.uint8)):
        before = frame.copy()
        draw(frame, [placing(LENGTH)])
        assert np.array_equal(frame, before)


def test_without_marks_every_pixel_of_the_frame_is_a_square_of_itself() -> None:
    frame = np.arange(300 * 400, dtype=np.uint32).astype(np.uint8).reshape(300, 400)
    picture = draw(frame)
    zoom = zoom_of(400)
    assert zoom == 3
    assert np.array_equal(picture[: 300 * zoom : zoom, ::zoom, 1], frame)
    assert np.array_equal(picture[2 : 300 * zoom : zoom, 2::zoom, 1], frame)


def test_a_wide_picture_is_not_enlarged() -> None:
    assert draw(np.zeros((300, 1200), np.uint8)).shape[1] == 1200


def test_a_caliper_ends_exactly_on_its_points(placing) -> None:
    ink = coloured(draw(marks=[placing(LENGTH)]), AXIS_COLOURS["length"])
    zoom = zoom_of(400)
    for point in (LENGTH.start, LENGTH.end):
        row, column = round((point.row + 0.5) * zoom - 0.5), round((point.column + 0.5) * zoom - 0.5)
        assert ink[row, column]
    line_rows = np.flatnonzero(ink[:, 200 * zoom])
    assert abs(line_rows.mean() - ((150 + 0.5) * zoom - 0.5)) <= 0.5


def test_a_contour_goes_round_through_all_its_points_and_leaves_its_inside_alone(placing) -> None:
    corners = (Point(50, 50), Point(50, 350), Point(150, 350), Point(150, 50))
    ink = coloured(draw(marks=[placing(Contour(corners))]), CONTOUR_COLOUR)
    edges = zip(corners, corners[1:] + corners[:1], strict=True)
    middles = [((a.row + b.row) / 2, (a.column + b.column) / 2) for a, b in edges]
    assert all(ink[round((row + 0.5) * 3 - 0.5), round((column + 0.5) * 3 - 0.5)] for row, column in middles)
    assert not ink[60 * 3 : 140 * 3, 60 * 3 : 340 * 3].any()


def test_deposits_and_structures_are_dots_exactly_on_their_points(placing) -> None:
    deposit = Deposit(Point(100, 200), VolumeUnknown(), Zone("middle", "deep"))
    picture = draw(marks=[placing(deposit), placing(Structure("facial_vein", Point(50, 80)))])
    for colour, (row, column) in ((DEPOSIT_COLOUR, (100, 200)), (STRUCTURE_COLOUR, (50, 80))):
        assert coloured(picture, colour)[row * 3 + 1, column * 3 + 1]


def test_right_handles_are_round_and_left_handles_square(placing) -> None:
    corner_inked = {}
    for side in ("right", "left"):
        ink = coloured(draw(marks=[placing(LENGTH, side=side)], side=side), AXIS_COLOURS["length"])
        top, left_edge = 451 - 12, 301 - 12  # the start, three times enlarged, less the handle's radius
        corner_inked[side] = bool(ink[top - 1 : top + 2, left_edge - 1 : left_edge + 2].any())
    assert corner_inked == {"right": False, "left": True}


def test_the_strip_carries_the_sides_colour_below_the_picture_only() -> None:
    picture = draw(np.zeros((300, 400), np.uint8), side="left")
    flag = coloured(picture, SIDE_COLOURS["left"])
    assert flag[900:].any()
    assert not flag[:900].any()


def test_the_echo_of_the_needle_shows_between_the_dashes(placing) -> None:
    ink = coloured(draw(marks=[placing(NEEDLE)]), NEEDLE_COLOUR)
    along = [
        ink[round((20 + 140 * t + 0.5) * 3 - 0.5), round((60 + 150 * t + 0.5) * 3 - 0.5)]
        for t in np.linspace(0.1, 0.9, 200)
    ]
    assert 0.2 < np.mean(along) < 0.8


def test_the_scale_bar_is_ten_millimetres_by_the_column_scale(placing) -> None:
    strip = draw(scale=placing.scale)[900:]
    bright = coloured(strip, (235, 235, 235))
    bar_row = bright[round(text_size(1200) * 1.9) // 2]
    right = np.flatnonzero(bar_row).max()
    left = np.flatnonzero(~bar_row[:right]).max() + 1
    assert right - left + 1 == pytest.approx(10 / 0.08 * 3, abs=1)


def test_marks_of_the_other_gland_are_refused(placing) -> None:
    with pytest.raises(MarkRefused, match="other gland"):
        draw(marks=[placing(LENGTH, side="left")], side="right")


@pytest.mark.parametrize(
    "frame",
    [np.zeros((3, 3), np.uint16), np.zeros((3, 3, 4), np.uint8), np.zeros((0, 3), np.uint8)],
)
def test_what_is_no_picture_is_named(frame: np.ndarray) -> None:
    with pytest.raises(PictureImpossible):
        draw(frame)


def test_marks_at_and_beyond_the_edge_are_drawn_without_error(placing) -> None:
    outside = Caliper("width", Point(-5, -5), Point(400, 500))
    assert draw(marks=[placing(outside), placing(OutOfPlaneNeedle(Point(299, 399), "not_seen", 0.0))]).any()


def test_a_long_caption_makes_the_strip_higher_instead_of_being_cut() -> None:
    assert draw(caption="ord " * 200).shape[0] > draw(caption="ord").shape[0] + 200
    assert draw(caption="x" * 400).shape[0] > draw(caption="x").shape[0] + 100


def test_the_png_holds_exactly_the_drawn_pixels_and_equal_pictures_give_equal_bytes(placing) -> None:
    picture = draw(marks=[placing(NEEDLE)])
    data = encode_png(picture)
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.array_equal(read, picture)
    assert encode_png(draw(marks=[placing(NEEDLE)])) == data
