"""The ruler by value: when a scale can be set, what is asked, what is refused, and how every number is flagged."""
from __future__ import annotations

import pytest

from annotate.marks import Needle
from annotate.ruler_ticks import RulerTicks
from dicom_io.calibration import Point
from dicom_io.hand_scale import RulerLine
from injection_log.errors import Refused
from injection_log_napari.canvas.interface import KeyEvent, Label, PointerEvent
from injection_log_napari.presenters.room import RoomPresenter
from injection_log_napari.presenters.thumbs import thumbs_of
from injection_log_napari.presenters.typed_length import micrometres

TOP, BOTTOM = Point(20, 380), Point(220, 380)


class Room:
    """A room in the right gland's step on one picture."""

    def __init__(self, desk, uid="1.2.1") -> None:
        self.desk, self.wishes = desk, []
        self.room = RoomPresenter(desk, self.wishes.append, lambda: None, lambda: None)
        self.room.go("right")
        self.room.picture.show(uid)
        self.picture, self.ruler = self.room.picture, self.room.picture.ruler

    def key(self, name: str) -> None:
        self.room.key(KeyEvent(name))

    def click(self, *points: Point) -> None:
        for point in points:
            for act in ("move", "press", "release"):
                self.room.pointer(PointerEvent(act, point, 3.0))

    def labels(self) -> list[str]:
        return [one.text for one in self.picture.primitives() if isinstance(one, Label)]


@pytest.fixture
def without_scale(desk_with_images) -> Room:
    desk_with_images.without_scale("1.2.1")
    return Room(desk_with_images)


def set_scale(room: Room, text: str = "20 mm", reason: str = "") -> bool:
    room.key("S")
    room.click(TOP, BOTTOM)
    return room.ruler.set_scale(text, reason)


@pytest.mark.parametrize(
    ("text", "um"), [("20 mm", 20_000), ("2cm", 20_000), ("2,5 cm", 25_000), (" 12.34 MM ", 12_340), ("0,05 cm", 500)]
)
def test_a_length_is_typed_in_millimetres_or_centimetres(text, um):
    assert micrometres(text) == um


@pytest.mark.parametrize("text", ["20", "", "2 m", "1,234 mm", "-2 cm", "2 cm 3", "٢ cm"])
def test_a_length_without_a_unit_or_of_another_form_is_refused(text):
    with pytest.raises(Refused):
        micrometres(text)


def test_the_scale_is_set_from_a_line_and_its_typed_length(without_scale):
    assert set_scale(without_scale)
    assert without_scale.desk.acts == [("set_scale", ("1.2.1", 0), (RulerLine(TOP, BOTTOM, 20_000),), "")]
    assert "every number measured on this picture says so" in without_scale.room.sentence.text


def test_the_sentence_says_each_step_of_it(without_scale):
    said = []
    without_scale.key("S")
    said.append(without_scale.room.sentence.text)
    without_scale.click(TOP)
    said.append(without_scale.room.sentence.text)
    without_scale.click(BOTTOM)
    said.append(without_scale.room.sentence.text)
    assert [words.split(":")[0].split(" (")[0] for words in said] == [
        "Set the scale",
        "Now click the other end of the ruler. Backspace takes the click back, Esc puts the ruler away.",
        "Type the length that is printed along the line, with its unit",
    ]  # fmt: skip


def test_a_second_line_across_joins_the_first(without_scale):
    without_scale.key("S")
    without_scale.click(TOP, BOTTOM)
    assert without_scale.ruler.add_line("2 cm")
    assert without_scale.ruler.state is None
    without_scale.click(Point(200, 50), Point(200, 300))
    assert without_scale.ruler.set_scale("30 mm", "")
    assert [line.length_um for line in without_scale.desk.acts[0][2]] == [20_000, 30_000]


def test_a_wrong_length_keeps_the_line_and_says_what_is_expected(without_scale):
    assert not set_scale(without_scale, "20")
    assert without_scale.room.sentence.text == "Say the unit too: 20 mm or 20 cm."
    assert without_scale.ruler.state is not None
    assert without_scale.desk.acts == []


def test_what_the_record_refuses_is_said_and_the_line_stays(without_scale):
    without_scale.desk.refusing = "A ruler line must be at least 20 pixels long."
    assert not set_scale(without_scale)
    assert "20 pixels" in without_scale.room.sentence.text
    assert without_scale.ruler.is_out


def test_a_trusted_scale_is_not_replaced_and_a_check_is_offered(desk_with_images):
    room = Room(desk_with_images)
    room.key("S")
    assert not room.ruler.is_out
    assert "press X" in room.room.sentence.text
    assert [purpose for purpose, _ in room.ruler.offers] == ["check"]


def test_a_picture_without_a_scale_asks_for_it_before_a_mark(without_scale):
    without_scale.picture.chosen = "1.2.1"
    assert without_scale.room.sentence.text.startswith("This picture has no scale: press S")
    set_scale(without_scale)
    without_scale.room.pointer(PointerEvent("press", Point(5, 5), 3.0))
    assert without_scale.room.sentence.text.startswith("Place the length")


def test_a_protocol_that_forbids_it_is_said_in_words(without_scale):
    without_scale.desk.hand_scale_allowed = False
    without_scale.key("S")
    assert not without_scale.ruler.is_out
    assert "protocol does not allow" in without_scale.room.sentence.text
    assert without_scale.ruler.offers == ()
    assert "S:" not in without_scale.picture.pictures.scale_note("1.2.1").words


def test_every_number_of_a_hand_set_scale_is_flagged(without_scale):
    set_scale(without_scale)
    without_scale.key("L")
    without_scale.click(Point(100, 50), Point(150, 250))
    state = without_scale.room.glands["right"].state
    note = without_scale.picture.pictures.scale_note("1.2.1")
    assert next(row.value for row in state.sizes if row.axis == "length").endswith(" ✎")
    assert "± 0." in next(row.value for row in state.sizes if row.axis == "length")
    assert state.scale_words == "✎ SCALE SET BY HAND."
    assert any(words.endswith("✎ scale by hand") for words in without_scale.labels())
    assert note.words.startswith("set by hand by Practice Injector")
    assert note.is_doubtful
    thumb = thumbs_of(without_scale.desk, without_scale.picture)[0]
    assert "scale set by hand by Practice Injector" in thumb.tip
    assert "mm✎" in thumb.caption


def test_an_angle_is_flagged_too_since_the_shape_of_a_pixel_came_with_the_scale(without_scale):
    set_scale(without_scale)
    without_scale.desk.place("right", ("1.2.1", 0), Needle(Point(100, 50), Point(150, 250), "seen", 100.0))
    (needle,) = without_scale.room.glands["right"].state.needles
    values = dict(needle.lines)
    assert all(values[name].endswith(" ✎") for name in ("depth", "path", "angle"))


def test_replacing_a_scale_asks_why_and_stale_marks_are_measured_again_with_one_act(without_scale):
    set_scale(without_scale)
    without_scale.key("L")
    without_scale.click(Point(100, 50), Point(150, 250))
    without_scale.key("S")
    without_scale.click(TOP, BOTTOM)
    assert without_scale.ruler.state.asks_reason
    assert without_scale.ruler.set_scale("40 mm", "typed wrongly")
    assert "earlier one: length" in without_scale.room.glands["right"].state.scale_words
    owed = [one for one in without_scale.desk.missing() if one.field.startswith("mark.")]
    without_scale.room.go_to_missing("right", owed[0].field)
    assert without_scale.desk.acts[-1] == ("measure_again", "1.2.1")
    assert without_scale.room.glands["right"].state.scale_words == "✎ SCALE SET BY HAND."


def test_a_cross_check_shows_the_difference_and_warns_at_once(desk_with_images):
    room = Room(desk_with_images)
    room.key("X")
    room.click(TOP, BOTTOM)
    assert any(words.startswith("calibration gives 20.0") for words in room.labels())
    assert room.ruler.check("18 mm", "ruler")
    assert room.room.sentence.tone == "refused"
    assert "The scale may be wrong" in room.room.sentence.text
    assert any(words.startswith("▲ printed 18.0 mm") for words in room.labels())
    assert room.picture.pictures.scale_note("1.2.1").words.endswith("▲ a cross-check differs")


def test_a_cross_check_that_agrees_says_so(desk_with_images):
    room = Room(desk_with_images)
    room.key("X")
    room.click(TOP, BOTTOM)
    assert room.ruler.check("2 cm", "vendor_caliper")
    assert room.room.sentence.text.startswith("The scale agrees: vendor's caliper printed 20.0 mm")


def test_ticks_that_contradict_warn_and_change_nothing(desk_with_images):
    desk_with_images.found_ticks = {"1.2.1": RulerTicks("rows", 83.0, 7, 385.0, 20.0, 270.0)}
    room = Room(desk_with_images)
    assert "8.30 mm" in room.room.sentence.text
    assert "its ruler says otherwise" in room.picture.pictures.scale_note("1.2.1").words
    room.key("L")
    assert room.picture.hand.tool is not None


def test_found_ticks_are_offered_as_the_first_line_and_can_be_declined(without_scale):
    without_scale.desk.found_ticks = {"1.2.1": RulerTicks("columns", 50.0, 6, 290.0, 40.0, 290.0)}
    without_scale.key("S")
    assert (without_scale.ruler.drawn.start, without_scale.ruler.drawn.end) == (Point(290, 40), Point(290, 290))
    assert "6 marks" in without_scale.ruler.state.known
    without_scale.key("Backspace")
    assert without_scale.ruler.drawn is None
    without_scale.click(TOP, BOTTOM)
    assert without_scale.ruler.set_scale("20 mm", "")


def test_the_ends_of_a_drawn_line_can_be_dragged(without_scale):
    without_scale.key("S")
    without_scale.click(TOP, BOTTOM)
    for act, at in (("press", BOTTOM), ("move", Point(240, 380)), ("release", Point(240, 380))):
        without_scale.room.pointer(PointerEvent(act, at, 3.0))
    assert without_scale.ruler.drawn.end == Point(240, 380)


def test_escape_drops_the_ruler_and_another_tool_takes_its_place(without_scale):
    without_scale.key("S")
    without_scale.click(TOP, BOTTOM)
    without_scale.key("Escape")
    assert not without_scale.ruler.is_out
    without_scale.key("X")
    assert "no scale to check" in without_scale.room.sentence.text
    without_scale.key("S")
    without_scale.key("L")
    assert not without_scale.ruler.is_out
    assert without_scale.desk.acts == []


def test_a_scale_set_by_hand_is_cleared_with_a_reason_and_nothing_drawn(without_scale):
    taking_back = without_scale.picture.taking_back
    assert not taking_back.state.is_offered
    set_scale(without_scale)
    without_scale.picture.ask_what_to_take_back()
    assert (taking_back.state.items, taking_back.state.chosen) == ((("scale", "the scale set by hand"),), "scale")
    assert taking_back.take_back("drawn on the wrong ruler")
    assert without_scale.desk.acts[-1] == ("clear_scale", "1.2.1", "drawn on the wrong ruler")
    assert not taking_back.state.is_offered
    assert without_scale.room.sentence.text == "The scale that was set by hand is cleared; the log keeps it."


def test_among_several_a_person_chooses_what_is_taken_back(without_scale):
    set_scale(without_scale)
    without_scale.key("X")
    without_scale.click(TOP, BOTTOM)
    without_scale.ruler.check("18 mm", "ruler")
    taking_back = without_scale.picture.taking_back
    without_scale.picture.ask_what_to_take_back()
    assert taking_back.state.items[1] == ("c1", "check 18.0 mm, found 20.0 mm")
    assert not taking_back.take_back("typed wrongly")
    assert "Choose first" in without_scale.room.sentence.text
    taking_back.choose("c1")
    assert taking_back.take_back("typed wrongly")
    assert without_scale.desk.acts[-1] == ("withdraw_check", "1.2.1", "c1", "typed wrongly")
    assert without_scale.desk.record.image("1.2.1").scale_checks == ()


def test_a_refusal_leaves_the_question_open_and_another_tool_closes_it(without_scale):
    set_scale(without_scale)
    taking_back = without_scale.picture.taking_back
    without_scale.picture.ask_what_to_take_back()
    without_scale.desk.refusing = "Say why the scale is cleared."
    assert not taking_back.take_back("")
    assert without_scale.room.sentence.text == "Say why the scale is cleared."
    assert taking_back.state.items
    without_scale.key("L")
    assert taking_back.state.items == ()


def test_enter_while_a_length_is_asked_leads_to_it(without_scale):
    without_scale.key("S")
    without_scale.click(TOP, BOTTOM)
    without_scale.key("Enter")
    assert without_scale.wishes[-1].kind == "ruler"
    assert without_scale.ruler.is_out
