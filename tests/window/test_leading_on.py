"""What comes by itself after an owed act, what never does; answers in one line, and answers taken over in one press."""
from __future__ import annotations

from dataclasses import replace

import pytest

from annotate.marks import Needle
from dicom_io.calibration import Point
from injection_log.errors import Refused
from injection_log_napari.canvas.interface import KeyEvent, PointerEvent
from injection_log_napari.presenters.one_line import taken_apart
from injection_log_napari.presenters.room import RoomPresenter
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.presenters.tools import CaliperTool, NeedleTool

A, B = Point(100, 50), Point(150, 250)
VOLUMES = ("volume_loaded_ul", "volume_residual_ul", "volume_spilled_ul")
TIMES = ("injection_start", "injection_end")


class Room:
    """A room presenter with its wishes written down, and a hand over its picture."""

    def __init__(self, desk) -> None:
        self.desk, self.wishes = desk, []
        self.room = RoomPresenter(desk, self.wishes.append, lambda: None, lambda: None)

    @property
    def tool(self):
        return self.room.picture.hand.tool

    @property
    def refused(self) -> str:
        return self.room.sentence.text if self.room.sentence.tone == "refused" else ""

    def key(self, name: str) -> None:
        self.room.key(KeyEvent(name))

    def drag(self, start: Point = A, end: Point = B) -> None:
        for act, point in (("press", start), ("move", end), ("release", end)):
            self.room.pointer(PointerEvent(act, point, 3.0))

    def facts(self, side="right"):
        return self.desk.record.glands[side].facts

    def row(self, name: str, side="right"):
        state = self.room.glands[side].state
        return next(row for row in (*state.before, *state.volume_rows, *state.after) if row.name == name)


@pytest.fixture
def opened(desk_with_images) -> Room:
    """The six pictures that do not say their side, in the right gland's step."""
    made = Room(desk_with_images)
    made.room.go("right")
    return made


@pytest.fixture
def labelled(desk_with_images) -> Room:
    """The same six with their sides in the header: odd ones right, even ones left."""
    desk = desk_with_images
    for number, (uid, header) in enumerate(desk.headers.items(), start=1):
        desk.headers[uid] = replace(header, laterality="R" if number % 2 else "L")
    return Room(desk)


# ---- tools and pictures ------------------------------------------------------------------------------------
def test_each_owed_caliper_is_followed_by_the_next_on_its_own_picture(labelled):
    labelled.room._do(replace(labelled.room.next, kind="step", target="right"))
    seen = []
    for _ in range(3):
        seen.append((labelled.room.picture.uid, labelled.tool))
        labelled.drag()
    assert seen == [
        ("1.2.1", CaliperTool("length")), ("1.2.3", CaliperTool("width")), ("1.2.1", CaliperTool("depth")),
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
    assert labelled.tool == CaliperTool("width")


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
    assert (hand.tool, hand.placing.points) == (CaliperTool("width"), ())


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


def test_a_person_who_may_only_read_gets_nothing_into_the_hand(labelled):
    labelled.desk.role = "monitor"
    labelled.room.go("right")
    labelled.room.picture_chosen("1.2.1")
    assert labelled.tool is None


# ---- while pictures arrive ---------------------------------------------------------------------------------
@pytest.fixture
def arriving(desk) -> Room:
    """One longitudinal picture is there; others are on their way."""
    desk.add_images(("1.2.1",))
    made = Room(desk)
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
    room = Room(desk)
    room.room.tools.are_arriving = lambda: True
    room.room.go("right")
    room.key("Enter")
    assert room.tool is None


def test_no_owed_caliper_is_followed_by_a_tool_on_a_picture_that_may_be_the_other_glands(arriving):
    arriving.desk.add_images(("1.2.3",))
    arriving.room.picture_chosen("1.2.1")
    arriving.drag()
    assert arriving.tool is None
    assert "still arriving" in arriving.room.sentence.text


# ---- answers that lead on ----------------------------------------------------------------------------------
@pytest.fixture
def measured(opened) -> Room:
    """The right gland has its marks; its facts are open."""
    for uid in ("1.2.1", "1.2.3", "1.2.1", "1.2.5"):
        opened.room.picture_chosen(uid)
        opened.drag()
    opened.room.answer_tip("seen")
    opened.wishes.clear()
    return opened


def test_the_answer_for_the_tip_leads_to_the_first_owed_field(opened):
    for uid in ("1.2.1", "1.2.3", "1.2.1", "1.2.5"):
        opened.room.picture_chosen(uid)
        opened.drag()
    opened.room.answer_tip("seen")
    assert opened.wishes[-1] == Wish("field", "injected")


def test_a_pressed_answer_leads_to_the_next_owed_field(measured):
    measured.room.press("right", "injected", "yes")
    assert measured.wishes == [Wish("field", "syringe_code")]


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
    room = Room(desk_with_images)
    room.room.confirm_identifiers()
    assert room.wishes == [Wish("field", "kit_code")]


# ---- the tip, in one press ---------------------------------------------------------------------------------
def test_seen_in_the_gland_is_two_answers_of_the_person(opened):
    opened.room.picture_chosen("1.2.5")
    opened.drag()
    assert opened.room.glands["right"].state.asks_tip_in_gland
    opened.room.answer_tip_in_gland()
    assert isinstance(opened.desk.record.glands["right"].marks[0].mark, Needle)
    assert opened.facts() == {"tip_in_gland": "yes"}
    assert not opened.room.glands["right"].state.asks_tip_in_gland


def test_a_refused_needle_says_nothing_of_the_gland(opened):
    opened.room.picture_chosen("1.2.5")
    opened.drag()
    opened.desk.refusing = "not there"
    opened.room.answer_tip_in_gland()
    assert opened.refused == "not there"
    assert opened.facts() == {}


def test_seen_alone_says_nothing_of_the_gland(opened):
    opened.room.picture_chosen("1.2.5")
    opened.drag()
    opened.room.answer_tip("seen")
    assert opened.facts() == {}


# ---- one line ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "text", "parts"),
    [
        ("volume_loaded_ul", "1,10 0,05 0", ("1,10", "0,05", "0")),
        ("volume_residual_ul", " 0.05  0 ", ("0.05", "0")),
        ("injection_start", "10:05-10:07", ("10:05", "10:07")),
        ("injection_start", "10:05 – 10:07", ("10:05", "10:07")),
    ],
)
def test_a_line_is_taken_apart_for_the_fields_that_it_answers(field, text, parts):
    fields = VOLUMES if field in VOLUMES else TIMES
    names = fields[fields.index(field):]
    assert taken_apart(field, text, (*VOLUMES, *TIMES)) == tuple(zip(names, parts, strict=True))


@pytest.mark.parametrize(
    ("field", "text"),
    [("volume_loaded_ul", "1.10"), ("volume_loaded_ul", "1.10 0.05"), ("volume_spilled_ul", "0.05 0"),
     ("injection_start", "10:05"), ("injection_start", "10:05-"), ("gland_remark", "at rest - quiet")],
)  # fmt: skip
def test_what_is_no_whole_line_is_one_answer(field, text):
    assert taken_apart(field, text, (*VOLUMES, *TIMES)) == ((field, text),)


def test_a_line_is_one_answer_where_the_protocol_does_not_ask_for_all_of_it():
    assert taken_apart("injection_start", "10:05-10:07", ("injection_start",)) == (("injection_start", "10:05-10:07"),)


def test_three_volumes_in_one_line_are_three_facts(opened):
    opened.desk.set_fact("right", "injected", "yes")
    assert opened.room.set_fact_of("right", "volume_loaded_ul", "1,10 0,05 0")
    assert [opened.facts()[name] for name in VOLUMES] == [1100, 50, 0]


def test_the_part_of_a_line_that_is_refused_stands_in_its_own_field(opened):
    opened.desk.set_fact("right", "injected", "yes")
    assert not opened.room.set_fact_of("right", "volume_loaded_ul", "1,10 0,05 lots")
    assert [opened.facts().get(name) for name in VOLUMES] == [1100, 50, None]
    spilled = opened.row("volume_spilled_ul")
    assert (spilled.text, bool(spilled.refused)) == ("lots", True)
    assert opened.row("volume_loaded_ul").text == "1.10"
    assert [one.field for one in opened.room.standing] == ["volume_spilled_ul"]


# ---- taken over in one press -------------------------------------------------------------------------------
def test_the_own_name_is_offered_for_all_owed_roles_and_recorded_only_when_pressed(opened):
    row = next(row for row in opened.room.visit_rows if row.offer)
    assert (row.name, row.offer) == ("injector", "My name for: Injecting physician, Ultrasound operator")
    assert opened.desk.record.facts == {}
    opened.room.take_offer(None, "injector")
    assert dict(opened.desk.record.facts) == {
        "injector": "Practice Injector", "ultrasound_operator": "Practice Injector",
    }  # fmt: skip
    assert not any(row.offer for row in opened.room.visit_rows)


def test_the_own_name_is_not_offered_where_another_stands(opened):
    opened.desk.set_fact(None, "ultrasound_operator", "B")
    assert not any(row.offer for row in opened.room.visit_rows)


@pytest.fixture
def second(opened) -> Room:
    """Everything was answered for the right gland; the left one was injected."""
    for name, text in (
        ("injected", "yes"), ("syringe_code", "SYR-2031"), ("volume_loaded_ul", "1.10"),
        ("volume_residual_ul", "0.05"), ("volume_spilled_ul", "0"), ("needle", "25G-40mm"),
        ("injection_start", "10:05"), ("injection_end", "10:07"), ("tip_in_gland", "yes"), ("complications", "none"),
        ("approach_from", "lateral"),
    ):  # fmt: skip
        opened.desk.set_fact("right", name, text)
    opened.desk.set_fact("left", "injected", "yes")
    return opened


def test_only_what_was_chosen_before_the_injection_is_offered_as_in_the_other_gland(second):
    before = dict(second.facts("left"))
    assert second.row("volume_loaded_ul", "left").offer == "As the right gland:\nLoaded 1.10 ml, needle 25 G × 40 mm"
    assert second.facts("left") == before
    second.room.take_offer("left", "volume_loaded_ul")
    assert dict(second.facts("left")) == {"injected": "yes", "volume_loaded_ul": 1100, "needle": "25G-40mm"}


def test_what_stands_is_never_taken_over(second):
    second.desk.set_fact("left", "volume_loaded_ul", "1.00")
    assert second.row("volume_loaded_ul", "left").offer == ""
    assert second.row("needle", "left").offer == "As the right gland:\nneedle 25 G × 40 mm"
    second.room.take_offer("left", "needle")
    assert second.facts("left")["volume_loaded_ul"] == 1000


def test_a_gland_that_is_closed_offers_nothing(second):
    second.desk._set(second.desk._gland("left"), state="signed")
    assert second.row("volume_loaded_ul", "left").offer == ""


def test_an_offer_that_is_refused_says_why_and_leaves_the_field_open(second, monkeypatch):
    def refuse(*_answer):
        raise Refused("refused", "not now")

    monkeypatch.setattr(second.desk, "set_fact", refuse)
    second.room.take_offer("left", "volume_loaded_ul")
    assert second.refused == "not now"
    assert "volume_loaded_ul" not in second.facts("left")
