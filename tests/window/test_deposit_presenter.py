"""Deposits and structures in the window: one click, then questions by keys; edited, said otherwise, taken back."""
from __future__ import annotations

import pytest

from annotate.marks import Deposit, Microlitres, Structure, VolumeUnknown, Zone
from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import Handle, KeyEvent, Label, PointerEvent
from injection_log_napari.presenters.room import RoomPresenter

AT = Point(120, 150)


class Room:
    """The right gland's step with its first injection clip on the screen."""

    def __init__(self, desk) -> None:
        self.desk, self.wishes = desk, []
        self.room = RoomPresenter(desk, self.wishes.append, lambda: None, lambda: None)
        self.room.go("right")
        self.room.picture_chosen("1.2.5")

    def press(self, *names: str) -> None:
        for name in names:
            assert self.room.key(KeyEvent(name)), name

    def click(self, at: Point = AT) -> None:
        self.room.pointer(PointerEvent("press", at, 3.0))
        self.room.pointer(PointerEvent("release", at, 3.0))

    @property
    def marks(self) -> list:
        return [one.mark for one in self.room.picture.marks]

    @property
    def asked(self) -> str:
        asked = self.room.picture.hand.asked
        return asked.question.title if asked else ""

    @property
    def words(self) -> str:
        return " | ".join(one.text for one in self.room.picture.primitives() if isinstance(one, Label))


@pytest.fixture
def work(desk_with_images) -> Room:
    return Room(desk_with_images)


def deposit(work: Room, zone: str = "4", volume: str = "0,25", at: Point = AT) -> Deposit:
    work.press("B")
    work.click(at)
    work.press(zone)
    assert work.room.answer(volume)
    return work.marks[-1]


def test_a_deposit_is_placed_by_a_click_a_key_for_its_zone_and_a_typed_volume(work):
    assert deposit(work) == Deposit(AT, Microlitres(250), Zone("middle", "deep"))
    assert work.room.picture.hand.tool is None


def test_nothing_is_recorded_before_the_last_answer(work):
    work.press("B")
    work.click()
    work.press("1")
    assert work.marks == []
    assert work.asked == "How much was injected there?"


@pytest.mark.parametrize(
    ("key", "zone"),
    [("1", Zone("anterior", "superficial")), ("2", Zone("anterior", "deep")), ("3", Zone("middle", "superficial")),
     ("4", Zone("middle", "deep")), ("5", Zone("posterior", "superficial")), ("6", Zone("posterior", "deep"))],
)  # fmt: skip
def test_every_zone_has_its_key(work, key, zone):
    assert deposit(work, key).zone == zone


def test_a_volume_that_was_not_seen_is_unknown_by_the_key_u(work):
    work.press("B")
    work.click()
    work.press("1", "U")
    assert work.marks[0].volume == VolumeUnknown()


@pytest.mark.parametrize("typed", ["", "0", "0.005", "abc", "101", "-1"])
def test_a_volume_that_is_none_is_refused_in_words_and_asked_on(work, typed):
    work.press("B")
    work.click()
    work.press("1")
    assert not work.room.answer(typed)
    assert work.room.sentence.tone == "refused"
    assert (work.marks, work.asked) == ([], "How much was injected there?")


def test_a_figure_pressed_over_the_picture_begins_the_typed_volume(work):
    work.press("B")
    work.click()
    work.press("1", "0")
    assert (work.wishes[-1].kind, work.wishes[-1].target) == ("answer", "0")


def test_backspace_goes_back_through_the_questions_and_then_drops_the_mark(work):
    work.press("B")
    work.click()
    work.press("1", "Backspace")
    assert work.asked == "Where in the gland does it lie?"
    work.press("Backspace")
    assert (work.asked, work.marks) == ("", [])


def test_enter_leads_to_what_is_asked_and_not_to_the_next_act(work):
    work.press("B")
    work.click()
    work.press("Enter")
    assert work.wishes[-1].kind == "answer"
    assert work.asked


def test_while_it_is_asked_about_the_picture_says_nothing_of_a_zone_or_a_volume(work):
    work.press("B")
    work.click()
    assert work.words == ""
    work.press("6")
    assert "middle" not in work.words


def test_a_placed_deposit_says_its_volume_and_zone_and_is_a_ghost_on_the_next_frame(work):
    deposit(work)
    assert "0.25 ml, middle, deep" in work.words
    work.room.picture.go(1)
    ghosts = [one for one in work.room.picture.primitives() if isinstance(one, Handle)]
    assert [one.faint for one in ghosts] == [True]


def test_a_deposit_is_nudged_and_removed_and_comes_back_by_undo(work):
    deposit(work)
    work.press("E", "Right")
    assert work.marks[0].at == Point(AT.row, AT.column + 1)
    work.press("Backspace")
    assert work.marks == []
    work.room.undo()
    assert work.marks[0].at == Point(AT.row, AT.column + 1)


def test_what_was_said_about_a_deposit_is_said_otherwise_where_it_lies(work):
    deposit(work)
    work.room.ask_again(work.room.picture.marks[0].mark_id)
    work.press("1")
    assert work.room.answer("0.5")
    assert work.marks == [Deposit(AT, Microlitres(500), Zone("anterior", "superficial"))]


def test_escape_leaves_a_deposit_that_was_asked_about_again_as_it_was(work):
    before = deposit(work)
    work.room.ask_again(work.room.picture.marks[0].mark_id)
    work.press("1", "Escape")
    assert work.marks == [before]


@pytest.mark.parametrize(("key", "kind"), [("1", "facial_artery"), ("2", "facial_vein"), ("3", "duct")])
def test_a_structure_is_placed_by_a_click_and_a_key(work, key, kind):
    work.press("T")
    work.click()
    assert work.marks == []
    work.press(key)
    assert work.marks == [Structure(kind, AT)]


def test_a_structure_that_is_not_named_yet_carries_no_letter_of_one(work):
    work.press("T")
    work.click()
    assert [one.letter for one in work.room.picture.primitives() if isinstance(one, Handle)] == ["?"]


def test_a_deposit_outside_the_region_with_a_scale_is_refused_at_once(work):
    work.press("B")
    work.click(Point(2, 2))
    assert work.room.sentence.tone == "refused"
    assert (work.asked, work.marks) == ("", [])


def test_the_tip_is_answered_by_its_number_too(work):
    work.press("N")
    work.click(Point(60, 60))
    work.click(AT)
    work.press("2")
    assert work.marks[0].tip_visibility == "inferred_hydrodissection"


def test_each_tool_says_its_next_click(work):
    for key, begins in (("B", "Deposit"), ("T", "Structure")):
        work.press(key)
        assert work.room.sentence.text.startswith(begins)
