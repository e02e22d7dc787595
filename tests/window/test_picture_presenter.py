"""The picture: what the pointer and the tools do to the record, and what they never do."""
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from annotate.marks import Caliper, Needle, OutOfPlaneNeedle
from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import Handle, PixelAspect, PointerEvent
from injection_log_napari.presenters.picture import PicturePresenter
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.tools import CaliperTool, NeedleTool

A, B = Point(100, 50), Point(150, 250)


class Hand:
    """A picture presenter with somebody's hand over it."""

    def __init__(self, desk, side="right", uid="1.2.1", frame=0) -> None:
        self.desk, self.said = desk, []
        self.picture = PicturePresenter(desk, Tell(self.said.append, lambda: None, lambda: None))
        self.picture.side = side
        self.picture.show(uid, frame)

    def click(self, *points: Point) -> None:
        for point in points:
            for act in ("move", "press", "release"):
                self.picture.pointer(PointerEvent(act, point, 3.0))

    def drag(self, start: Point, end: Point) -> None:
        for act, point in (("press", start), ("move", end), ("release", end)):
            self.picture.pointer(PointerEvent(act, point, 3.0))

    @property
    def marks(self):
        return [placed.mark for placed in self.picture.marks]


@pytest.fixture
def hand(desk_with_images) -> Hand:
    return Hand(desk_with_images)


def test_a_caliper_belongs_to_the_gland_at_work_and_the_shown_frame(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    assert hand.desk.acts == [("place", "right", ("1.2.1", 0), Caliper("length", A, B))]
    assert hand.picture.hand.tool is None


def test_no_side_no_mark(hand):
    hand.picture.side = None
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    assert hand.desk.acts == []
    assert "right or the left" in hand.said[0]


def test_a_refused_caliper_says_why_and_leaves_the_tool_in_the_hand(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(Point(2, 2), B)
    assert hand.marks == []
    assert hand.said
    assert hand.picture.hand.tool == CaliperTool("length")


def test_a_needle_is_placed_only_when_the_tip_was_answered_for(desk_with_images):
    hand = Hand(desk_with_images, uid="1.2.5", frame=34)
    hand.picture.hand.take(NeedleTool(in_plane=True))
    hand.click(Point(10, 60), B)
    assert hand.desk.acts == []
    hand.picture.hand.answer_tip("inferred_shaft")
    assert hand.desk.acts == [("place", "right", ("1.2.5", 34), Needle(Point(10, 60), B, "inferred_shaft", 10.0))]


def test_a_needle_answered_for_on_another_frame_lies_on_the_frame_it_was_drawn_on(desk_with_images):
    hand = Hand(desk_with_images, uid="1.2.5", frame=34)
    hand.picture.hand.take(NeedleTool(in_plane=True))
    hand.click(Point(10, 60), B)
    hand.picture.go(36)
    hand.picture.hand.answer_tip("seen")
    assert [act[2] for act in hand.desk.acts] == [("1.2.5", 34)]


def test_a_mark_begun_on_another_frame_begins_anew(desk_with_images):
    hand = Hand(desk_with_images, uid="1.2.5", frame=34)
    hand.picture.hand.take(CaliperTool("depth"))
    hand.click(A)
    hand.picture.go(36)
    hand.click(B)
    assert hand.desk.acts == []
    assert "another frame" in str(hand.said)
    hand.click(A)
    assert hand.desk.acts == [("place", "right", ("1.2.5", 36), Caliper("depth", B, A))]


def test_a_needle_that_was_not_answered_for_is_dropped_with_escape(desk_with_images):
    hand = Hand(desk_with_images, uid="1.2.5")
    hand.picture.hand.take(NeedleTool(in_plane=False))
    hand.click(B)
    hand.picture.hand.put_away()
    hand.picture.hand.answer_tip("seen")
    assert hand.desk.acts == []


def test_an_out_of_plane_needle_has_its_tip_only(desk_with_images):
    hand = Hand(desk_with_images, uid="1.2.5")
    hand.picture.hand.take(NeedleTool(in_plane=False))
    hand.click(B)
    hand.picture.hand.answer_tip("seen")
    assert hand.marks == [OutOfPlaneNeedle(B, "seen", 10.0)]


def test_marks_are_fixed_until_edit_is_chosen(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    hand.drag(B, Point(160, 260))
    assert hand.marks == [Caliper("length", A, B)]
    assert "press E" in hand.said[-1]


def test_a_completed_drag_is_one_act(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    hand.picture.hand.edit()
    hand.picture.pointer(PointerEvent("press", B, 3.0))
    for column in (251, 253, 255):
        hand.picture.pointer(PointerEvent("move", Point(155, column), 3.0))
    hand.picture.pointer(PointerEvent("release", Point(155, 255), 3.0))
    assert [act[0] for act in hand.desk.acts] == ["place", "move"]
    assert hand.marks == [Caliper("length", A, Point(155, 255))]


def test_arrows_nudge_the_handle_that_is_edited(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    hand.picture.hand.edit()
    hand.picture.hand.nudge(0, 1)
    hand.picture.hand.nudge(0.1, 0)
    assert hand.marks == [Caliper("length", A, Point(150.1, 251))]


def test_a_drag_to_where_nothing_is_measured_leaves_the_mark_as_it_was(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    hand.picture.hand.edit()
    hand.desk.refusing = "not there"
    hand.drag(B, Point(160, 300))
    assert hand.marks == [Caliper("length", A, B)]
    assert hand.said[-1] == "not there"


def test_backspace_takes_back_a_click_and_removes_only_the_edited_mark(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    hand.picture.hand.take_back()
    assert len(hand.marks) == 1
    hand.picture.hand.edit()
    hand.picture.hand.take_back()
    assert hand.marks == []


def test_marks_of_near_frames_are_ghosts_and_far_ones_are_not_shown(desk_with_images):
    hand = Hand(desk_with_images, uid="1.2.5", frame=10)
    hand.picture.hand.take(CaliperTool("depth"))
    hand.click(A, B)
    faint = {}
    for frame in (10, 12, 20):
        hand.picture.go(frame)
        faint[frame] = [one.faint for one in hand.picture.primitives() if isinstance(one, Handle)]
    assert faint == {10: [False, False], 12: [True, True], 20: []}


def test_handles_are_round_on_the_right_and_square_on_the_left(desk_with_images):
    shapes = {}
    for side, uid in (("right", "1.2.1"), ("left", "1.2.2")):
        hand = Hand(desk_with_images, side=side, uid=uid)
        hand.picture.hand.take(CaliperTool("length"))
        hand.click(A, B)
        shapes[side] = {one.shape for one in hand.picture.primitives() if isinstance(one, Handle)}
    assert shapes == {"right": {"round"}, "left": {"square"}}


def test_the_picture_is_shown_with_its_physical_aspect_and_its_scale_s_source(hand):
    assert hand.picture.pictures.aspect("1.2.1") == PixelAspect(pytest.approx(1.25), 1.0)
    note = hand.picture.pictures.scale_note("1.2.1")
    assert note.mm_per_px_column == pytest.approx(0.08)
    assert note.words.startswith("scale: ")


def test_regions_that_are_zoomed_differently_have_no_scale_bar_in_common(hand):
    header = hand.desk.headers["1.2.1"]
    whole = header.regions[0]
    row0, column0, row1, column1 = whole.box
    left = replace(whole, box=(row0, column0, row1, column1 // 2))
    right = replace(whole, index=1, box=(row0, column1 // 2 + 1, row1, column1), mm_per_px=(Decimal("0.2"),) * 2)
    hand.desk.headers["1.2.1"] = replace(header, regions=(left, right))
    note = hand.picture.pictures.scale_note("1.2.1")
    assert (note.mm_per_px_column, "different scales" in note.words) == (None, True)
    assert hand.picture.pictures.aspect("1.2.1") == PixelAspect()


def test_an_uncalibrated_picture_says_pixels_only(hand):
    del hand.desk.headers["1.2.1"]
    assert hand.picture.pictures.scale_note("1.2.1").words.startswith("pixels only: ")


def test_the_left_gland_is_never_led_to_a_picture_that_carries_marks_of_the_right(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    assert hand.picture.pictures.suited("left", "length") == ("1.2.2",)
    hand.picture.side = "left"
    assert "marks of the other gland" in hand.picture.side_warning()


def test_stepping_stops_at_both_ends(desk_with_images):
    hand = Hand(desk_with_images, uid="1.2.5")
    hand.picture.step(-1)
    assert hand.picture.frame == 0
    hand.picture.go(1000)
    assert hand.picture.frame == 59


def test_each_clip_is_left_and_found_at_its_own_frame(desk_with_images):
    hand = Hand(desk_with_images, uid="1.2.5")
    hand.picture.go(34)
    hand.picture.show("1.2.6")
    hand.picture.show("1.2.5")
    assert hand.picture.frame == 34


def test_a_first_mark_on_a_picture_with_marks_of_the_other_gland_asks_to_press_again(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    hand.picture.side = "left"
    hand.picture.hand.take(CaliperTool("length"))
    assert hand.picture.hand.tool is None
    assert hand.said == [
        "This picture carries marks of the RIGHT gland; if it really shows both, press the key again."
    ]
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    assert [placed.side for placed in hand.picture.marks] == ["right", "left"]


def test_the_answer_to_that_holds_for_this_picture_only(hand):
    hand.picture.hand.take(CaliperTool("length"))
    hand.click(A, B)
    hand.picture.side = "left"
    for uid in ("1.2.1", "1.2.2", "1.2.1"):
        hand.picture.show(uid)
        hand.picture.hand.take(CaliperTool("width"))
        assert (hand.picture.hand.tool is None) is (uid == "1.2.1")


def test_the_side_in_the_header_settles_which_picture_it_is(hand):
    from dataclasses import replace

    hand.desk.headers["1.2.4"] = replace(hand.desk.headers["1.2.4"], laterality="R")
    assert hand.picture.to_choose_from("width") == ()
    hand.picture.show_suited("width")
    assert hand.picture.uid == "1.2.4"
    hand.picture.side = "left"
    assert hand.picture.pictures.suited("left", "width") == ("1.2.3",)
