"""The room: where one lands, what is said, what every key means, and what a key never does."""
from __future__ import annotations

import pytest

from dicom_io.calibration import Point
from injection_log.errors import Refused
from injection_log_napari.canvas.interface import KeyEvent, PointerEvent
from injection_log_napari.presenters.left_at import LeftAt
from injection_log_napari.presenters.room import RoomPresenter
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.presenters.tools import CaliperTool

EVERY_KEY = (
    *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,.?", "Left", "Right", "Up", "Down", "Home", "End", "Backspace", "Delete",
    "Escape", "Space", "Enter",
)  # fmt: skip
STEPS = ("participant", "images", "right", "left", "review")


class Room:
    """A room presenter with its wishes written down."""

    def __init__(self, desk) -> None:
        self.wishes: list[Wish] = []
        self.room = RoomPresenter(desk, self.wishes.append, lambda: None, lambda: None)

    def press(self, name: str, **modifiers: bool) -> bool:
        return self.room.key(KeyEvent(name, **modifiers))

    def click(self, *points: Point) -> None:
        for point in points:
            self.room.pointer(PointerEvent("press", point, 3.0))
            self.room.pointer(PointerEvent("release", point, 3.0))


@pytest.fixture
def opened(desk_with_images) -> Room:
    return Room(desk_with_images)


def complete(desk, side) -> None:
    facts = {
        "injected": "yes", "syringe_code": "SYR-2031" if side == "right" else "SYR-2032", "volume_loaded_ul": "1,05",
        "volume_residual_ul": "0.05", "volume_spilled_ul": "0", "needle": "25G-40mm", "injection_start": "10:05",
        "injection_end": "10:07", "tip_in_gland": "yes", "complications": "none",
    }  # fmt: skip
    for name, text in facts.items():
        desk.set_fact(side, name, text)


def test_a_picture_of_another_workstation_is_told_with_what_to_do_and_not_as_damaged(opened):
    sentence = "This picture is not on this workstation: pull its study again from the PACS."
    opened.room.picture_failed(Refused("image_elsewhere", sentence))
    assert opened.room.sentence.text == sentence
    opened.room.picture_failed(ValueError("a value of the header"))
    assert "may be damaged" in opened.room.sentence.text
    assert "header" not in opened.room.sentence.text


def test_a_new_visit_begins_with_the_two_identifiers(opened):
    assert opened.room.step == "participant"
    assert "two identifiers" in opened.room.sentence.text
    opened.room.go_next()
    assert opened.wishes[-1].kind == "confirm"


def test_an_opened_visit_goes_on_where_something_is_missing(desk_with_images):
    desk_with_images.confirm_identifiers()
    for name, text in (
        ("kit_code", "kit-0417"), ("injector", "A"), ("ultrasound_operator", "B"), ("local_anaesthetic", "none"),
    ):  # fmt: skip
        desk_with_images.set_fact(None, name, text)
    assert Room(desk_with_images).room.step == "right"


def test_the_banner_says_the_side_first_and_nothing_saved_before_an_act(opened):
    opened.room.go("left")
    banner = opened.room.banner
    assert (banner.side, banner.side_words, banner.saved) == ("left", "LEFT GLAND", "")
    assert banner.who == "SMG-07  ·  Injection visit  ·  22 Nov 2026"
    opened.room.confirm_identifiers()
    assert opened.room.banner.saved == "saved 14:02:11"


def test_enter_takes_up_the_tool_for_the_first_missing_diameter(opened):
    opened.room.go("right")
    opened.room.picture_chosen("1.2.2")
    opened.press("Enter")
    assert opened.room.picture.hand.tool == CaliperTool("length")
    assert opened.room.picture.uid == "1.2.2"


def test_of_two_pictures_that_do_not_say_their_side_the_program_takes_none(opened):
    opened.room.go("right")
    opened.room.picture_chosen("1.2.1")
    opened.press("L")
    opened.click(Point(100, 50), Point(150, 250))
    opened.click(Point(50, 100), Point(180, 110))  # the depth follows on the same picture
    asked = (
        "Open the RIGHT gland's transverse picture from the list (check RT in the picture), "
        "then drag from side to side."
    )
    assert opened.room.sentence.text == asked
    opened.press("Enter")
    assert (opened.room.picture.uid, opened.room.picture.hand.tool) == ("1.2.1", None)
    assert opened.room.sentence.text == asked
    assert opened.wishes[-1] == Wish("choose", "1.2.3")


def test_the_first_picture_of_a_gland_is_shown_but_no_tool_is_taken_before_a_person_chose(opened):
    opened.room.go("left")
    assert opened.room.sentence.text.startswith("Open the LEFT gland's longitudinal picture")
    opened.press("Enter")
    assert opened.room.picture.hand.tool is None
    opened.room.picture_chosen("1.2.2")
    assert opened.room.picture.hand.tool == CaliperTool("length")
    assert opened.room.sentence.text.startswith("Length: click one side")


def test_the_one_picture_that_is_left_is_opened_for_the_other_gland(opened):
    opened.room.go("right")
    opened.room.picture_chosen("1.2.2")
    opened.press("L")
    opened.click(Point(100, 50), Point(150, 250))
    opened.room.go("left")
    opened.press("Enter")
    assert (opened.room.picture.uid, opened.room.picture.hand.tool) == ("1.2.1", CaliperTool("length"))


def test_the_sentence_follows_from_tool_to_mark_to_the_next_act(opened):
    opened.room.go("right")
    opened.press("L")
    first = opened.room.sentence.text
    opened.click(Point(100, 50), Point(150, 250))
    then = opened.room.sentence.text
    opened.click(Point(50, 100), Point(180, 110))
    assert first.startswith("Length: click one side")
    assert "says right" in first
    assert then.startswith("Depth: click one side")
    assert "transverse picture" in opened.room.sentence.text


def test_a_refusal_takes_the_place_of_the_next_act_until_the_next_key(opened):
    opened.room.go("right")
    opened.press("Backspace")
    assert opened.room.sentence.tone == "refused"
    opened.press("F")
    assert opened.room.sentence.tone == "next"


def test_a_refused_volume_stays_in_its_field_with_its_sentence(opened):
    opened.room.set_fact_of("right", "injected", "yes")
    assert not opened.room.set_fact_of("right", "volume_loaded_ul", "1,234.5")
    row = next(row for row in opened.room.glands["right"].state.volume_rows if row.name == "volume_loaded_ul")
    assert row.text == "1,234.5"
    assert "millilitres" in row.refused
    assert opened.room.set_fact_of("right", "volume_loaded_ul", "1,05")


def test_a_refused_text_is_not_lost_by_leaving_until_that_was_said_once(opened):
    assert opened.room.leaving.may_leave()
    opened.room.go("right")
    opened.room.set_fact_of("right", "injected", "yes")
    opened.room.set_fact_of("right", "volume_loaded_ul", "lots")
    assert not opened.room.leaving.may_leave()
    assert "not recorded" in opened.room.sentence.text
    assert opened.room.leaving.may_leave()
    opened.room.set_fact_of("right", "volume_residual_ul", "some")
    assert not opened.room.leaving.may_leave()


def test_what_is_typed_on_the_right_never_lands_on_the_left(opened):
    opened.room.go("left")
    opened.room.set_fact_of("right", "injected", "yes")
    assert opened.room.glands["left"].gland.facts == {}


def test_pressing_none_and_another_complication_exclude_each_other(opened):
    opened.room.set_fact_of("right", "injected", "yes")
    for choice in ("none", "pain", "bleeding"):
        opened.room.press("right", "complications", choice)
    assert opened.room.glands["right"].gland.facts["complications"] == ["bleeding", "pain"]


def test_a_volume_outside_the_soft_limits_turns_amber_and_opens_its_reason(opened):
    complete(opened.room._desk, "right")
    opened.room.set_fact_of("right", "volume_loaded_ul", "1.50")
    state = opened.room.glands["right"].state
    assert state.volumes.is_outside_soft
    assert state.volumes.injected == "1.45 ml"
    assert state.volumes.outside == "outside the planned range 0.90 to 1.10 ml"
    assert "volume_reason" in [row.name for row in state.volume_rows if row.is_missing]


def test_a_measuring_visit_has_no_injection_fields(measuring_desk):
    measuring_desk.add_images()
    state = Room(measuring_desk).room.glands["right"].state
    assert not state.asks_needle
    assert state.volumes is None


@pytest.mark.parametrize("step", STEPS)
def test_no_key_on_any_step_loses_a_mark_or_a_fact(desk_with_images, step):
    desk = desk_with_images
    room = Room(desk)
    room.room.go("right")
    room.press("L")
    room.click(Point(100, 50), Point(150, 250))
    complete(desk, "right")
    before = desk.record
    room.room.go(step)
    for name in EVERY_KEY:
        for modifiers in ({}, {"shift": True}, {"control": True}):
            # Undo is asked for by Ctrl+Z, and Backspace removes what E took up; both are meant.
            if name not in ("Z", "E"):
                room.press(name, **modifiers)
    assert desk.record == before


def test_undo_takes_the_mark_back_and_the_picture_follows_to_its_frame(opened):
    room, desk = opened.room, opened.room._desk
    room.go("left")
    room.picture.show("1.2.5", 23)
    opened.press("D")
    opened.click(Point(100, 50), Point(150, 250))
    assert len(desk.record.glands["left"].marks) == 1
    room.go("review")
    opened.press("Z", control=True)
    assert desk.record.glands["left"].marks == ()
    assert room.place == LeftAt("left", "1.2.5", 23)
    assert room.sentence.text == "Undone: mark. Ctrl+Shift+Z brings it back."
    room.picture.show("1.2.1")
    opened.press("Z", control=True, shift=True)
    assert len(desk.record.glands["left"].marks) == 1
    assert room.picture.where == ("1.2.5", 23)


def test_undo_of_a_value_leads_to_its_step_and_lets_it_be_seen(opened):
    opened.room.set_fact_of("right", "gland_remark", "quiet")
    opened.room.set_fact_of(None, "visit_remark", "long")
    opened.room.go("review")
    opened.room.undo()
    assert (opened.room.step, opened.wishes[-1]) == ("participant", Wish("reveal", "visit_remark"))
    opened.room.undo()
    assert (opened.room.step, opened.wishes[-1]) == ("right", Wish("reveal", "gland_remark"))
    opened.room.undo()
    assert opened.room.sentence.text == "There is nothing to undo."


def test_what_is_half_made_in_the_hand_goes_before_what_is_recorded(opened):
    desk, room = opened.room._desk, opened.room
    desk.set_fact("right", "gland_remark", "quiet")
    room.go("right")
    opened.press("N")
    opened.click(Point(100, 50), Point(150, 250))
    assert room.picture.hand.asked_needle is not None
    opened.press("Z", control=True)
    assert room.picture.hand.asked_needle is None
    opened.press("W")
    opened.click(Point(100, 50))
    opened.press("Z", control=True)
    assert desk.record.glands["right"].facts["gland_remark"] == "quiet"
    opened.press("Z", control=True)
    assert "gland_remark" not in desk.record.glands["right"].facts


def test_a_mark_in_the_hand_is_let_go_before_it_is_undone(opened):
    opened.room.go("right")
    opened.press("L")
    opened.click(Point(100, 50), Point(150, 250))
    opened.press("E")
    opened.press("Down")
    opened.press("Z", control=True)
    assert opened.room.picture.hand.editing is None
    assert opened.room.picture.marks[0].mark.end == Point(150, 250)


def test_who_only_reads_undoes_nothing_and_is_told_why(opened):
    desk = opened.room._desk
    desk.set_fact("right", "gland_remark", "quiet")
    desk.role = "monitor"
    opened.room.undo()
    assert desk.acts[-1][0] == "set_fact"
    assert opened.room.sentence.text.startswith("You read as")


@pytest.mark.parametrize("left", [LeftAt("left", "1.2.5", 23), LeftAt("review"), LeftAt("right", "1.2.2", 0)])
def test_a_visit_that_is_opened_again_goes_on_at_the_step_picture_and_frame_where_it_was_left(desk_with_images, left):
    desk_with_images.left_at = left
    room = Room(desk_with_images).room
    room.images_changed()
    assert room.step == left.step
    assert not left.uid or room.place == left


def test_a_key_that_is_not_ours_is_not_used(opened):
    assert not opened.press("G")
    assert not opened.press("Delete")


def test_a_signed_gland_refuses_tools_in_words(opened):
    desk = opened.room._desk
    desk._set(desk._gland("right"), state="signed")
    opened.room.go("right")
    opened.press("W")
    assert opened.room.picture.hand.tool is None
    assert opened.room.sentence.text.startswith("Signed")


def test_steps_say_what_is_done_and_how_many_pictures_came(opened):
    opened.room.confirm_identifiers()
    by_step = {step.step: step for step in opened.room.steps}
    assert (by_step["images"].is_done, by_step["images"].detail) == (True, "6")
    assert not by_step["right"].is_done


def test_a_missing_thing_in_the_review_leads_to_its_place(opened):
    opened.room.go("review")
    opened.room.go_to_missing("left", "caliper.width")
    assert opened.room.side == "left"
    assert "LEFT gland's transverse picture" in opened.room.sentence.text
    opened.room.go_to_missing("left", "injected")
    assert opened.wishes[-1] == Wish("field", "injected")


def test_tab_leads_from_the_picture_to_the_first_missing_field(opened):
    opened.room.go("right")
    opened.press("Tab")
    assert opened.wishes[-1] == Wish("field", "injected")
