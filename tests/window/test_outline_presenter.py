"""The outline of a gland is traced by clicks, closed by a person's act, kept as one mark, and edited point by point."""
from __future__ import annotations

import pytest

from annotate.marks import Contour
from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import KeyEvent, PointerEvent
from injection_log_napari.presenters.room import RoomPresenter

CORNERS = (Point(60, 80), Point(60, 240), Point(180, 240), Point(180, 80))


class Room:
    """The right gland's step with its longitudinal picture on the screen."""

    def __init__(self, desk) -> None:
        self.desk, self.room = desk, RoomPresenter(desk, lambda _wish: None, lambda: None, lambda: None)
        self.room.go("right")
        self.room.picture_chosen("1.2.1")

    def press(self, name: str) -> None:
        assert self.room.key(KeyEvent(name))

    def click(self, *points: Point, act: str = "press") -> None:
        for point in points:
            self.room.pointer(PointerEvent(act, point, 3.0))
            self.room.pointer(PointerEvent("release", point, 3.0))

    @property
    def contours(self) -> list[Contour]:
        return [one.mark for one in self.room.picture.marks if isinstance(one.mark, Contour)]


@pytest.fixture
def tracing(desk_with_images) -> Room:
    room = Room(desk_with_images)
    room.press("C")
    room.click(*CORNERS)
    return room


def test_clicks_alone_record_nothing(tracing):
    assert tracing.contours == []
    assert "Enter" in tracing.room.sentence.text


def test_enter_closes_it(tracing):
    tracing.press("Enter")
    assert tracing.contours == [Contour(CORNERS)]
    assert tracing.room.picture.hand.tool is None


def test_a_click_on_the_first_point_closes_it(tracing):
    tracing.click(Point(61, 81))
    assert tracing.contours == [Contour(CORNERS)]


def test_a_double_click_closes_it(tracing):
    tracing.click(Point(120, 60), act="double_click")
    assert tracing.contours == [Contour(CORNERS)]


def test_backspace_takes_the_last_point_back_and_escape_puts_it_away(tracing):
    tracing.press("Backspace")
    tracing.press("Enter")
    assert tracing.contours == [Contour(CORNERS[:3])]
    tracing.press("C")
    tracing.click(*CORNERS)
    tracing.press("Escape")
    assert len(tracing.contours) == 1


def test_enter_with_two_points_is_the_next_act_and_records_nothing(desk_with_images):
    room = Room(desk_with_images)
    room.press("C")
    room.click(*CORNERS[:2])
    room.press("Enter")
    assert room.contours == []


def test_an_outline_that_crosses_itself_is_refused_in_words_and_can_be_mended(tracing):
    tracing.press("Backspace")
    tracing.press("Backspace")
    tracing.click(Point(180, 100), Point(40, 200))
    tracing.press("Enter")
    assert tracing.contours == []
    assert tracing.room.sentence.tone == "refused"


def test_its_area_is_shown_while_it_is_traced(tracing):
    words = [one.text for one in tracing.room.picture.primitives() if hasattr(one, "text")]
    assert any("mm²" in text for text in words), words


def test_a_point_of_it_is_moved_by_editing(tracing):
    tracing.press("Enter")
    tracing.press("E")
    tracing.click(CORNERS[0])
    tracing.room.pointer(PointerEvent("press", CORNERS[0], 3.0))
    tracing.room.pointer(PointerEvent("move", Point(50, 70), 3.0))
    tracing.room.pointer(PointerEvent("release", Point(50, 70), 3.0))
    assert tracing.contours == [Contour((Point(50, 70), *CORNERS[1:]))]
