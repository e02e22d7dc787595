"""Several answers at once: in one press where a person says so, in one line where they are typed; and never unasked."""
from __future__ import annotations

import pytest
from led_room import LedRoom

from annotate.marks import Needle
from injection_log.errors import Refused
from injection_log_napari.presenters.one_line import taken_apart
from injection_log_napari.presenters.unanswered import SEEN_IN_GLAND

VOLUMES = ("volume_loaded_ul", "volume_residual_ul", "volume_spilled_ul")
TIMES = ("injection_start", "injection_end")


@pytest.fixture
def opened(desk_with_images) -> LedRoom:
    """The six pictures that do not say their side, in the right gland's step."""
    made = LedRoom(desk_with_images)
    made.room.go("right")
    return made


# ---- the tip, in one press ---------------------------------------------------------------------------------
def test_seen_in_the_gland_is_two_answers_of_the_person(opened):
    opened.room.picture_chosen("1.2.5")
    opened.drag()
    assert opened.room.mark_question.choices[-1] == (SEEN_IN_GLAND, "seen, in the gland")
    opened.room.answer(SEEN_IN_GLAND)
    assert isinstance(opened.desk.record.glands["right"].marks[0].mark, Needle)
    assert opened.facts() == {"tip_in_gland": "yes"}


def test_seen_in_the_gland_has_a_key_as_the_other_answers(opened):
    opened.room.picture_chosen("1.2.5")
    opened.drag()
    opened.key("5")
    assert opened.facts() == {"tip_in_gland": "yes"}


def test_what_was_said_of_the_gland_is_not_asked_with_the_next_pass(opened):
    opened.desk.set_fact("right", "tip_in_gland", "no")
    opened.room.picture_chosen("1.2.5")
    opened.drag()
    assert SEEN_IN_GLAND not in dict(opened.room.mark_question.choices)
    opened.key("5")
    assert opened.desk.record.glands["right"].marks == ()


def test_a_refused_needle_says_nothing_of_the_gland(opened):
    opened.room.picture_chosen("1.2.5")
    opened.drag()
    opened.desk.refusing = "not there"
    opened.room.answer(SEEN_IN_GLAND)
    assert opened.refused == "not there"
    assert opened.facts() == {}


def test_seen_alone_says_nothing_of_the_gland(opened):
    opened.room.picture_chosen("1.2.5")
    opened.drag()
    opened.room.answer("seen")
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
def second(opened) -> LedRoom:
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
