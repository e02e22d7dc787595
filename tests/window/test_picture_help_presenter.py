"""Help from the picture, by values: what is asked of the picture, what is shown and said, and what a person takes."""
from __future__ import annotations

from dataclasses import replace

import pytest

from annotate.assist import AxesProposal, ContourProposal, NeedleProposal, NoNeedleSeen, NoOutlineFound
from annotate.assist.proposal import LIVE_WIRE_METHOD, OUTLINE_METHOD
from annotate.marks import Caliper, Contour, Needle
from dicom_io.calibration import Point
from injection_log.record.assisted import Proposed
from injection_log_napari.canvas.interface import KeyEvent, Label, PointerEvent, Stroke
from injection_log_napari.presenters.proposed_view import PROPOSED_COLOUR
from injection_log_napari.presenters.room import RoomPresenter
from injection_log_napari.presenters.unanswered import SEEN_IN_GLAND
from injection_log_napari.presenters.wire_help import Followed

CLIP, LONG, ACROSS = "1.2.5", "1.2.1", "1.2.3"
DRAG = (Point(40, 60), Point(150, 200))
SHAFT = NeedleProposal(Point(36, 57), Point(146, 204), 97)
NONE_SEEN = NoNeedleSeen("none_seen", "No needle is seen along this line.")
CORNERS = (Point(60, 80), Point(60, 240), Point(180, 240), Point(180, 80))
AROUND = (
    Point(58, 82), Point(56, 160), Point(62, 238), Point(120, 246), Point(178, 242), Point(182, 160), Point(120, 76),
)  # fmt: skip
OUTLINE = ContourProposal(AROUND, 93, OUTLINE_METHOD)
AXES = AxesProposal((Point(120, 76), Point(120, 246)), (Point(56, 160), Point(182, 160)))


class HeldLooking:
    """Looks nowhere: keeps what was asked until a test answers it."""

    is_there = True

    def __init__(self) -> None:
        self.asked: list[tuple] = []

    def look(self, where, work, came) -> None:
        self.asked.append((where, came))

    def answer(self, found, number: int = 0) -> None:
        _, came = self.asked.pop(number)
        came(found)


class Room:
    """The right gland's step with a picture on the screen, and somebody who looks."""

    def __init__(self, desk) -> None:
        self.desk, self.room = desk, RoomPresenter(desk, lambda _wish: None, lambda: None, lambda: None)
        self.picture, self.looking = self.room.picture, HeldLooking()
        self.picture.help.looking = self.looking
        self.room.go("right")

    def show(self, uid: str) -> None:
        self.room.picture_chosen(uid)

    def key(self, *names: str) -> None:
        for name in names:
            assert self.room.key(KeyEvent(name))

    def click(self, *points: Point) -> None:
        for point in points:
            self.room.pointer(PointerEvent("press", point, 3.0))
            self.room.pointer(PointerEvent("release", point, 3.0))

    def drag(self, start: Point, end: Point) -> None:
        self.room.pointer(PointerEvent("press", start, 3.0))
        self.room.pointer(PointerEvent("move", end, 3.0))
        self.room.pointer(PointerEvent("release", end, 3.0))

    @property
    def gland(self):
        return self.desk.record.glands["right"]

    @property
    def said(self) -> str:
        return self.room.sentence.text

    @property
    def white(self) -> list[tuple[Point, ...]]:
        """The lines that are proposed."""
        drawn = self.picture.primitives()
        return [one.points for one in drawn if isinstance(one, Stroke) and one.colour == PROPOSED_COLOUR]

    @property
    def placed(self) -> list:
        return [what[3] for what in self.desk.acts if what[0] == "place"]


@pytest.fixture
def room(desk_with_images) -> Room:
    return Room(desk_with_images)


@pytest.fixture
def dragged(room) -> Room:
    """A needle that was just dragged on the injection clip."""
    room.show(CLIP)
    room.key("N")
    room.drag(*DRAG)
    return room


# ---- needle --------------------------------------------------------------------------------------------------------
def test_a_dragged_needle_asks_the_picture_once_and_records_nothing(dragged):
    dragged.room.pointer(PointerEvent("move", Point(90, 90), 3.0))
    assert [where for where, _ in dragged.looking.asked] == [(CLIP, 0)]
    assert dragged.white == []
    assert dragged.placed == []


def test_the_proposal_is_drawn_beside_the_own_line_with_one_sentence_and_its_key(dragged):
    dragged.looking.answer(SHAFT)
    assert dragged.white == [(SHAFT.entry, SHAFT.tip)]
    lines = [one.points for one in dragged.picture.primitives() if isinstance(one, Stroke)]
    assert DRAG in lines
    assert "A takes it" in dragged.said
    words = [one for one in dragged.picture.primitives() if isinstance(one, Label) and one.colour == PROPOSED_COLOUR]
    assert [one.text for one in words] == ["A"]
    assert "97" not in dragged.said
    assert dragged.placed == []


def test_taken_it_is_recorded_as_assisted_once_the_tip_is_answered_for(dragged):
    dragged.looking.answer(SHAFT)
    dragged.key("A")
    assert dragged.placed == []
    dragged.key("1")
    (placed,) = dragged.placed
    assert isinstance(placed, Proposed)
    assert (placed.mark.entry, placed.mark.tip, placed.mark.tip_visibility) == (SHAFT.entry, SHAFT.tip, "seen")
    (assisted,) = dragged.gland.assisted.values()
    assert (assisted.method, assisted.is_changed) == ("shaft_in_corridor", False)


def test_taken_it_is_recorded_with_both_answers_in_one(dragged):
    dragged.looking.answer(SHAFT)
    dragged.key("A")
    dragged.room.answer(SEEN_IN_GLAND)
    assert [one.method for one in dragged.gland.assisted.values()] == ["shaft_in_corridor"]
    assert dragged.gland.facts["tip_in_gland"] == "yes"


def test_an_answer_without_taking_it_keeps_the_persons_own_line(dragged):
    dragged.looking.answer(SHAFT)
    dragged.key("2")
    (placed,) = dragged.placed
    assert isinstance(placed, Needle)
    assert (placed.entry, placed.tip) == DRAG
    assert dragged.gland.assisted == {}


def test_undo_after_taking_it_gives_the_own_line_back_as_one_act(dragged):
    dragged.looking.answer(SHAFT)
    dragged.key("A")
    dragged.room.undo()
    dragged.key("1")
    assert (dragged.placed[0].entry, dragged.placed[0].tip) == DRAG


def test_where_none_is_seen_that_is_said_and_the_own_line_can_stay(dragged):
    dragged.looking.answer(NONE_SEEN)
    assert "No needle is seen along your line" in dragged.said
    assert dragged.white == []
    dragged.key("A")
    assert dragged.room.sentence.tone == "refused"
    dragged.key("1")
    assert isinstance(dragged.placed[0], Needle)


def test_an_answer_that_comes_after_the_frame_was_changed_is_dropped(dragged):
    dragged.picture.go(5)
    dragged.looking.answer(SHAFT)
    assert dragged.white == []
    dragged.key("A")
    assert dragged.room.sentence.tone == "refused"


def test_an_answer_that_comes_after_another_needle_was_drawn_is_dropped_and_the_new_one_asked(dragged):
    dragged.key("Escape", "N")
    dragged.drag(Point(60, 60), Point(160, 180))
    assert len(dragged.looking.asked) == 1
    dragged.looking.answer(SHAFT)
    assert dragged.white == []
    assert len(dragged.looking.asked) == 1
    dragged.looking.answer(replace(SHAFT, entry=Point(61, 61)))
    assert dragged.white == [(Point(61, 61), SHAFT.tip)]


def test_a_needle_out_of_plane_asks_nothing(room):
    room.show(CLIP)
    room.key("O")
    room.click(DRAG[1])
    assert room.looking.asked == []


def test_a_recorded_needle_that_is_asked_about_again_asks_nothing(dragged):
    dragged.looking.answer(SHAFT)
    dragged.key("1")
    dragged.picture.hand.ask_again(dragged.gland.marks[0])
    assert dragged.looking.asked == []


def test_a_proposal_outside_the_picture_is_none(dragged):
    dragged.looking.answer(replace(SHAFT, tip=Point(299, 399)))
    assert dragged.white == []


def test_a_picture_without_a_scale_is_not_asked(room):
    room.desk.without_scale(CLIP)
    room.show(CLIP)
    room.key("N")
    room.drag(*DRAG)
    assert room.looking.asked == []


# ---- outline along the capsule ---------------------------------------------------------------------------------------
@pytest.fixture
def tracing(room) -> Room:
    room.show(LONG)
    room.key("C")
    room.click(*CORNERS)
    return room


def followed(clicks=CORNERS) -> Followed:
    return Followed(clicks, (), ContourProposal(AROUND, 80, LIVE_WIRE_METHOD))


def answered(room: Room) -> None:
    """What was asked after the first click says nothing of the last; then the newest is asked."""
    while room.looking.asked:
        room.looking.answer(followed())


def test_one_look_at_a_time_however_fast_the_clicks_and_moves_are(tracing):
    for column in range(80, 120):
        tracing.room.pointer(PointerEvent("move", Point(190, column), 3.0))
    assert len(tracing.looking.asked) == 1


def test_what_is_drawn_along_the_capsule_is_what_enter_records(tracing):
    answered(tracing)
    lines = [one.points for one in tracing.picture.primitives() if isinstance(one, Stroke)]
    assert (*AROUND, AROUND[0]) in lines
    tracing.key("Enter")
    assert tracing.placed == [Proposed(Contour(AROUND), "live_wire", "1")]
    assert tracing.picture.hand.tool is None


def test_closed_before_the_way_is_there_it_is_recorded_once_it_is(tracing):
    tracing.key("Enter")
    assert tracing.placed == []
    assert "is being followed" in tracing.said
    answered(tracing)
    assert tracing.placed == [Proposed(Contour(AROUND), "live_wire", "1")]


@pytest.mark.parametrize("then", ["Escape", "N", "C", "Backspace"])
def test_whatever_is_done_after_closing_it_and_before_the_way_is_there_ends_the_closing(tracing, then):
    tracing.key("Enter", then)
    answered(tracing)
    assert tracing.placed == []


def test_another_click_after_closing_it_goes_on_with_the_outline(tracing):
    tracing.key("Enter")
    tracing.click(Point(120, 60))
    assert "is being followed" not in tracing.said
    while tracing.looking.asked:
        tracing.looking.answer(followed((*CORNERS, Point(120, 60))))
    assert tracing.placed == []
    tracing.key("Enter")
    assert len(tracing.placed) == 1


def test_c_again_draws_straight_sides_and_keeps_the_clicks(tracing):
    answered(tracing)
    tracing.key("C")
    assert "the line follows it" in tracing.said
    tracing.key("Enter")
    assert tracing.placed == [Contour(CORNERS)]
    assert tracing.gland.assisted == {}


def test_c_once_more_follows_the_capsule_again(tracing):
    tracing.key("C", "C")
    answered(tracing)
    tracing.key("Enter")
    assert isinstance(tracing.placed[0], Proposed)


def test_an_outline_whose_frame_cannot_be_looked_at_has_straight_sides(tracing):
    while tracing.looking.asked:
        tracing.looking.answer(None)
    tracing.key("Enter")
    assert tracing.placed == [Contour(CORNERS)]


# ---- outline from one click ------------------------------------------------------------------------------------------
@pytest.fixture
def seeded(room) -> Room:
    room.show(LONG)
    room.key("V")
    room.click(Point(120, 160))
    return room


def test_a_click_inside_proposes_an_outline_that_a_takes(seeded):
    assert "being looked for" in seeded.said
    seeded.looking.answer(OUTLINE)
    assert seeded.white == [(*AROUND, AROUND[0])]
    assert seeded.placed == []
    seeded.key("A")
    assert seeded.placed == [Proposed(Contour(AROUND), "outline_from_seed", "1")]
    assert not seeded.picture.help.seed.is_out


def test_another_click_looks_again_and_the_first_answer_is_dropped(seeded):
    seeded.click(Point(100, 150))
    seeded.looking.answer(OUTLINE)
    assert seeded.white == []
    seeded.looking.answer(OUTLINE)
    assert len(seeded.white) == 1


def test_no_outline_is_said_in_words_and_escape_puts_it_away(seeded):
    seeded.looking.answer(NoOutlineFound("none_found", "none"))
    assert "No clear outline" in seeded.said
    seeded.key("Escape")
    assert not seeded.picture.help.seed.is_out
    assert seeded.placed == []


def test_undo_takes_the_click_back_before_any_mark(seeded):
    seeded.looking.answer(OUTLINE)
    seeded.room.undo()
    assert seeded.white == []
    assert "undo" not in [what[0] for what in seeded.desk.acts]


def test_another_picture_drops_the_click_and_its_answer(seeded):
    seeded.show("1.2.2")
    seeded.looking.answer(OUTLINE)
    assert seeded.white == []


def test_a_frame_that_has_an_outline_takes_no_second_one(seeded):
    seeded.looking.answer(OUTLINE)
    seeded.key("A", "V")
    assert "has a contour of this gland already" in seeded.said
    assert not seeded.picture.help.seed.is_out


# ---- calipers of an outline ------------------------------------------------------------------------------------------
@pytest.fixture
def outlined(seeded) -> Room:
    """An outline on the longitudinal picture, taken over; its lines are found."""
    seeded.looking.answer(OUTLINE)
    seeded.key("A")
    seeded.looking.answer(AXES)
    return seeded


def test_the_owed_diameters_are_offered_and_taken_one_by_one(outlined):
    assert "the length as the outline gives it" in outlined.said
    outlined.key("A")
    assert outlined.placed[-1] == Proposed(Caliper("length", *AXES.longest), "axes_of_contour", "1")
    assert "the depth as the outline gives it" in outlined.said
    outlined.key("A")
    assert outlined.placed[-1] == Proposed(Caliper("depth", *AXES.widest), "axes_of_contour", "1")
    assert outlined.white == []


def test_on_a_transverse_picture_the_longest_line_is_the_width(room):
    room.show(ACROSS)
    room.desk.place("right", (ACROSS, 0), Contour(CORNERS))
    room.show(ACROSS)
    room.looking.answer(AXES)
    room.key("A")
    assert room.placed[-1] == Proposed(Caliper("width", *AXES.longest), "axes_of_contour", "1")


def test_a_diameter_that_is_there_is_not_offered(outlined):
    outlined.key("L")
    outlined.drag(Point(100, 90), Point(110, 230))
    outlined.looking.answer(AXES)
    assert "the depth as the outline gives it" in outlined.said
    assert outlined.white == [AXES.widest]


def test_an_own_tool_puts_the_offer_away_and_escape_leaves_it_for_good(outlined):
    outlined.key("L")
    assert outlined.white == []
    outlined.key("Escape")
    outlined.looking.answer(AXES)
    assert len(outlined.white) == 2
    outlined.key("Escape")
    assert outlined.white == []
    outlined.show("1.2.2")
    outlined.show(LONG)
    assert outlined.looking.asked == []


def test_an_undone_caliper_is_offered_again(outlined):
    outlined.key("A")
    outlined.room.undo()
    assert [axis for axis, _ in outlined.picture.help.axes.offered] == ["length", "depth"]
    assert outlined.gland.assisted.keys() == {outlined.gland.marks[0].mark_id}


def test_a_with_nothing_proposed_says_what_it_is_for(room):
    room.show(LONG)
    room.key("A")
    assert "Nothing is proposed here" in room.said


# ---- what stands afterwards ------------------------------------------------------------------------------------------
def test_a_mark_that_was_moved_later_is_changed_and_its_numbers_carry_the_sign(outlined):
    outlined.key("A", "A")
    state = outlined.room.glands["right"].state
    assert [row.value[-1] for row in state.sizes if row.value] == ["✦", "✦"]
    assert state.scale_words == "✦ proposed by the picture, confirmed by a person"
    outlined.key("E")
    outlined.key("Up")
    changed = [one.is_changed for one in outlined.gland.assisted.values()]
    assert sorted(changed) == [False, False, True]


def test_a_dense_outline_bends_softly_where_a_point_is_moved(room):
    from injection_log_napari.presenters.marks_view import with_point

    ring = tuple(Point(100.0 + 2 * place, 50.0) for place in range(12))
    bent = with_point(Contour(ring), 0, Point(100, 60))
    assert [point.column for point in bent.points] == [60, 57, 52.5, *[50] * 7, 52.5, 57]
