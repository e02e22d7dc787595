"""What comes by itself after an act that was owed, and what never does."""
from __future__ import annotations

from dataclasses import replace

import pytest
from led_room import A, B, LedRoom

from annotate.marks import Contour
from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import PointerEvent
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.presenters.tools import CaliperTool, NeedleTool


@pytest.fixture
def opened(desk_with_images) -> LedRoom:
    """The six pictures that do not say their side, in the right gland's step."""
    made = LedRoom(desk_with_images)
    made.room.go("right")
    return made


@pytest.fixture
def labelled(desk_with_images) -> LedRoom:
    """The same six with their sides in the header: odd ones right, even ones left."""
    desk = desk_with_images
    for number, (uid, header) in enumerate(desk.headers.items(), start=1):
        desk.headers[uid] = replace(header, laterality="R" if number % 2 else "L")
    return LedRoom(desk)


# ---- tools and pictures ------------------------------------------------------------------------------------
def test_each_owed_caliper_is_followed_by_the_next_on_its_own_picture(labelled):
    labelled.room._do(replace(labelled.room.next, kind="step", target="right"))
    seen = []
    for _ in range(3):
        seen.append((labelled.room.picture.uid, labelled.tool))
        labelled.drag()
    assert seen == [
        ("1.2.1", CaliperTool("length")), ("1.2.1", CaliperTool("depth")), ("1.2.3", CaliperTool("width")),
    ]  # fmt: skip
    assert (labelled.room.picture.uid, labelled.tool) == ("1.2.5", NeedleTool(in_plane=True))


def test_a_step_that_was_only_looked_into_puts_nothing_into_the_hand(labelled):
    labelled.room.go("right")
    assert labelled.tool is None


def test_an_owed_repeat_is_taken_up_again_on_the_same_picture(labelled):
    labelled.desk.protocol = replace(
        labelled.desk.protocol, measuring=replace(labelled.desk.protocol.measuring, repeats=2)
    )
    labelled.room.go("right")
    labelled.key("L")
    labelled.drag()
    assert (labelled.room.picture.uid, labelled.tool) == ("1.2.1", CaliperTool("length"))
    labelled.drag()
    assert labelled.tool == CaliperTool("depth")


def test_a_caliper_that_is_not_owed_leads_nowhere(labelled):
    labelled.room.go("right")
    labelled.key("L")
    labelled.drag()
    labelled.key("L")
    labelled.drag()
    assert labelled.tool is None


def test_a_refused_caliper_stays_in_the_hand_and_leads_nowhere(labelled):
    labelled.room.go("right")
    labelled.key("L")
    labelled.drag(Point(2, 2))
    assert labelled.tool == CaliperTool("length")
    assert labelled.refused


def test_the_second_click_of_a_double_click_does_not_begin_the_next_caliper(labelled):
    labelled.room.go("right")
    labelled.key("L")
    for act, point in (("press", A), ("release", A), ("press", B), ("release", B), ("double_click", B)):
        labelled.room.pointer(PointerEvent(act, point, 3.0))
    hand = labelled.room.picture.hand
    assert (hand.tool, hand.placing.points) == (CaliperTool("depth"), ())


def test_opening_a_picture_takes_up_what_is_owed_on_it(opened):
    opened.room.picture_chosen("1.2.4")
    assert opened.tool == CaliperTool("width")
    opened.room.picture_chosen("1.2.5")
    assert opened.tool == NeedleTool(in_plane=True)


def test_opening_a_picture_of_the_other_gland_takes_nothing_up(labelled):
    labelled.room.go("right")
    labelled.room.picture_chosen("1.2.2")
    assert labelled.tool is None


def test_opening_a_picture_on_which_nothing_is_owed_takes_nothing_up(opened):
    opened.room.picture_chosen("1.2.4")
    opened.drag()
    opened.room.picture_chosen("1.2.4")
    assert opened.tool is None


def test_opening_a_picture_without_a_scale_asks_for_the_scale_and_takes_nothing_up(opened):
    opened.desk.without_scale("1.2.1")
    opened.room.picture_chosen("1.2.1")
    assert opened.tool is None
    assert "no scale" in opened.room.sentence.text


def test_an_outline_that_gives_the_owed_diameters_is_not_hidden_by_a_tool(opened):
    opened.desk.place("right", ("1.2.1", 0), Contour((A, Point(100, 250), B, Point(150, 50))))
    opened.room.picture_chosen("1.2.1")
    assert opened.tool is None
    assert opened.room.picture.help.axes.has_to_offer


def test_a_person_who_may_only_read_gets_nothing_into_the_hand(labelled):
    labelled.desk.role = "monitor"
    labelled.room.go("right")
    labelled.room.picture_chosen("1.2.1")
    assert labelled.tool is None


# ---- while pictures arrive ---------------------------------------------------------------------------------
@pytest.fixture
def arriving(desk) -> LedRoom:
    """One longitudinal picture is there; others are on their way."""
    desk.add_images(("1.2.1",))
    made = LedRoom(desk)
    made.room.tools.are_arriving = lambda: True
    made.room.go("right")
    return made


def test_enter_takes_no_tool_on_the_only_picture_that_says_no_side_while_others_arrive(arriving):
    arriving.key("Enter")
    assert arriving.tool is None
    assert arriving.room.sentence.text.startswith("Pictures are still arriving. Open the RIGHT gland's longitudinal")


def test_the_only_picture_is_taken_when_all_have_come(arriving):
    arriving.room.tools.are_arriving = lambda: False
    arriving.key("Enter")
    assert (arriving.room.picture.uid, arriving.tool) == ("1.2.1", CaliperTool("length"))


def test_a_picture_that_says_its_side_is_taken_while_others_arrive(arriving):
    arriving.desk.headers["1.2.1"] = replace(arriving.desk.headers["1.2.1"], laterality="R")
    arriving.key("Enter")
    assert arriving.tool == CaliperTool("length")


def test_a_picture_that_a_person_opened_is_taken_while_others_arrive(arriving):
    arriving.room.picture_chosen("1.2.1")
    assert arriving.tool == CaliperTool("length")


def test_a_picture_of_another_plane_is_not_taken_for_it_while_others_arrive(desk):
    desk.add_images(("1.2.3",))
    room = LedRoom(desk)
    room.room.tools.are_arriving = lambda: True
    room.room.go("right")
    room.key("Enter")
    assert room.tool is None


def test_no_owed_caliper_is_followed_by_a_tool_on_a_picture_that_may_be_the_other_glands(arriving):
    arriving.desk.add_images(("1.2.3",))
    arriving.room.picture_chosen("1.2.1")
    arriving.drag()
    arriving.drag()
    assert arriving.tool is None
    assert "still arriving" in arriving.room.sentence.text


# ---- answers that lead on ----------------------------------------------------------------------------------
@pytest.fixture
def measured(opened) -> LedRoom:
    """The right gland has its marks; its facts are open."""
    for uid in ("1.2.1", "1.2.3", "1.2.1", "1.2.5"):
        opened.room.picture_chosen(uid)
        opened.drag()
    opened.room.answer("seen")
    opened.wishes.clear()
    return opened


def test_the_answer_for_the_tip_leads_to_the_first_owed_field(opened):
    for uid in ("1.2.1", "1.2.3", "1.2.1", "1.2.5"):
        opened.room.picture_chosen(uid)
        opened.drag()
    opened.room.answer("seen")
    assert opened.wishes[-1] == Wish("field", "injected")


def test_a_pressed_answer_leads_to_the_next_owed_field(measured):
    measured.room.press("right", "injected", "yes")
    assert measured.wishes == [Wish("field", "syringe_code")]


def test_a_choice_that_has_the_focus_says_arrows_space_and_click(measured):
    room = measured.room
    assert room.next.kind == "field"
    assert room.sentence.text.endswith("Press Enter to go to it.")
    room.focused.at = ("right", room.next.target)
    assert room.sentence.text.endswith("is missing. Choose an answer: arrows, then Space, or a click.")
    room.focused.at = ("left", room.next.target)
    assert room.sentence.text.endswith("Press Enter to go to it.")


def test_an_answer_taken_back_or_changed_leads_nowhere(measured):
    measured.room.press("right", "injected", "yes")
    measured.wishes.clear()
    measured.room.press("right", "injected", "no")
    measured.room.press("right", "injected", "no")
    assert measured.wishes == []


def test_an_answer_beside_marks_that_are_owed_first_leads_nowhere(opened):
    opened.room.press("right", "injected", "yes")
    assert opened.wishes == []


def test_of_several_complications_only_none_says_that_there_are_no_more(measured):
    measured.desk.set_fact("right", "injected", "yes")
    measured.room.press("right", "complications", "bleeding")
    assert measured.wishes == []
    measured.room.press("right", "complications", "bleeding")
    measured.room.press("right", "complications", "none")
    assert measured.wishes == [Wish("field", "syringe_code")]


def test_the_check_of_identifiers_leads_to_the_first_owed_fact(desk_with_images):
    room = LedRoom(desk_with_images)
    room.room.confirm_identifiers()
    assert room.wishes == [Wish("field", "kit_code")]
