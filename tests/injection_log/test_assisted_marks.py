"""A mark that the picture proposed: stored as assisted from its placing on, and what a forger cannot say of it."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kept_once import import_kept, keep_without_and_with_scale

from annotate.assist import proposal
from annotate.marks import Caliper, Contour, Needle, OutOfPlaneNeedle
from dicom_io.calibration import Point
from dicom_io.hand_scale import RulerLine
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import marks, scales, undoing, visits
from injection_log.acts.history import history_of
from injection_log.acts.studies import FolderFindings
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Json
from injection_log.record.assisted import METHOD_WORDS, Proposed, assisted_by
from injection_log.record.mark_columns import mark_cells
from injection_log.record.reading import gland_subject
from injection_log.record.rendering import render
from injection_log.record.values import VisitRecord
from injection_log.site import Session
from injection_log.verify import verify

RIGHT = gland_subject("SMG-07", "baseline", "right")
LINE = Caliper("length", Point(300, 200), Point(300, 400))
LOWER = replace(LINE, start=Point(305, 200), end=Point(305, 400))
AXES = Proposed(LINE, "axes_of_contour", "1")
NEEDLE = Needle(Point(200, 200), Point(300, 400), "seen", 60.0)
SHAFT = Proposed(NEEDLE, "shaft_in_corridor", "1")
DOWN = RulerLine(Point(44, 727), Point(502.02, 727), 30_000)


@pytest.fixture(scope="module")
def pictures(phantom_visit: ParticipantTruth, tmp_path_factory: pytest.TempPathFactory) -> tuple[FolderFindings, Path]:
    return keep_without_and_with_scale(phantom_visit.visits[0].files, tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def record(injector: Session, pictures: tuple[FolderFindings, Path]) -> VisitRecord:
    """A baseline visit with a picture that has a scale and one that has none."""
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "baseline"))
    return import_kept(injector, opened, *pictures)


@pytest.fixture
def where(record: VisitRecord) -> marks.Where:
    return next(one.sop_instance_uid for one in record.images if one.calibration_state == "region"), 0


@pytest.fixture
def assisted(injector: Session, record: VisitRecord, where: marks.Where) -> VisitRecord:
    """The visit with one caliper that was proposed and taken over."""
    return marks.place(injector, record, "right", where, AXES)


def is_changed(record: VisitRecord) -> list[bool]:
    return [one.is_changed for one in record.glands["right"].assisted.values()]


def only_id(record: VisitRecord) -> str:
    (placed,) = record.glands["right"].marks
    return placed.mark_id


def first_wrong(session: Session) -> str:
    wrong = verify(session.site.home).first_wrong
    return wrong.why if wrong is not None else ""


def forge(session: Session, *changes: Change) -> None:
    session.site.ledger.append(session.actor, [EventDraft("MarkMoved", RIGHT, changes)], protocol="p")


def test_it_is_one_event_that_holds_mark_measure_and_help(injector: Session, assisted: VisitRecord) -> None:
    (event,) = [one for one in injector.site.ledger.events() if one.subject == RIGHT]
    assert event.kind == "CaliperPlaced"
    assert {change.field.partition(".")[0] for change in event.changes} == {"mark", "measured", "assisted"}
    stored: Any = injector.site.ledger.values(RIGHT.key)[f"assisted.{only_id(assisted)}"]
    assert (stored["method"], stored["changed"]) == ({"name": "axes_of_contour", "version": "1"}, False)
    assert first_wrong(injector) == ""


def test_a_mark_placed_by_hand_has_nothing_of_it(injector: Session, record: VisitRecord, where: marks.Where) -> None:
    record = marks.place(injector, record, "right", where, LINE)
    assert record.glands["right"].assisted == {}
    assert not [name for name in injector.site.ledger.values(RIGHT.key) if name.startswith("assisted")]
    assert "assisted" not in render(record, "right", injector.site.protocol).text


def test_moved_afterwards_it_is_said_to_be_changed_in_the_same_event(injector: Session, assisted: VisitRecord) -> None:
    moved = marks.move(injector, assisted, "right", only_id(assisted), LOWER)
    last = list(injector.site.ledger.events())[-1]
    assert (is_changed(moved), last.kind) == ([True], "MarkMoved")
    assert f"assisted.{only_id(moved)}" in {change.field for change in last.changes}
    assert first_wrong(injector) == ""


def test_how_the_tip_was_seen_and_the_skin_line_are_no_change_of_the_places(
    injector: Session, record: VisitRecord, where: marks.Where
) -> None:
    record = marks.place(injector, record, "right", where, SHAFT)
    moved = replace(NEEDLE, tip_visibility="inferred_shaft", skin_row_px=62.0)
    record = marks.move(injector, record, "right", only_id(record), moved)
    assert is_changed(record) == [False]
    crossing = OutOfPlaneNeedle(NEEDLE.tip, "seen", 60.0)
    assert is_changed(marks.move(injector, record, "right", only_id(record), crossing)) == [True]
    assert first_wrong(injector) == ""


def test_removed_it_goes_with_the_mark_and_an_undo_brings_both_back(injector: Session, assisted: VisitRecord) -> None:
    gone = marks.remove(injector, assisted, "right", only_id(assisted))
    assert gone.glands["right"].assisted == {}
    back = undoing.undo(injector, gone).record
    assert back.glands["right"].assisted == assisted.glands["right"].assisted
    assert first_wrong(injector) == ""


def test_undo_and_redo_take_placing_and_moving_each_as_one_act(injector: Session, assisted: VisitRecord) -> None:
    moved = marks.move(injector, assisted, "right", only_id(assisted), LOWER)
    seen = [is_changed(moved)]
    for turn in (undoing.undo, undoing.undo, undoing.redo, undoing.redo):
        moved = turn(injector, moved).record
        seen.append(is_changed(moved))
    assert seen == [[True], [False], [], [False], [True]]
    assert first_wrong(injector) == ""


def test_what_the_person_changed_before_placing_it_is_changed_from_the_first(
    injector: Session, record: VisitRecord, where: marks.Where
) -> None:
    own = Proposed(LOWER, "axes_of_contour", "1", as_proposed=LINE)
    record = marks.place(injector, record, "right", where, own)
    assert is_changed(record) == [True]
    assert is_changed(marks.move(injector, record, "right", only_id(record), LINE)) == [False]


def test_measured_again_with_another_scale_it_is_not_changed(injector: Session, record: VisitRecord) -> None:
    bare = next(one.sop_instance_uid for one in record.images if one.calibration_state == "none")
    record = scales.set_by_hand(injector, record, (bare, 0), [DOWN])
    record = marks.place(injector, record, "right", (bare, 0), AXES)
    record = scales.set_by_hand(injector, record, (bare, 0), [replace(DOWN, length_um=31_000)], "typed wrongly")
    record = scales.measure_again(injector, record, bare)
    assert is_changed(record) == [False]
    assert first_wrong(injector) == ""


@pytest.mark.parametrize("wrong", [
    Proposed(LINE, "shaft_in_corridor", "1"), Proposed(NEEDLE, "axes_of_contour", "1"),
    Proposed(LINE, "a_guess", "1"), Proposed(LINE, "axes_of_contour", "1", as_proposed=NEEDLE),
])
def test_help_that_proposes_no_such_mark_is_refused_and_nothing_kept(
    injector: Session, record: VisitRecord, where: marks.Where, wrong: Proposed
) -> None:
    head = injector.site.ledger.head()
    with pytest.raises(Refused, match="place the mark by hand"):
        marks.place(injector, record, "right", where, wrong)
    assert injector.site.ledger.head() == head


FORGED: dict[str, tuple[Json, str]] = {
    "the opposite": ({"changed": True}, "otherwise than it says"),
    "another method": ({"method": {"name": "a_guess", "version": "1"}}, "later said"),
    "places of its own": ({"places_sha256": "a" * 64, "changed": True}, "later said"),
}


@pytest.mark.parametrize("case", FORGED)
def test_help_that_was_changed_is_named_by_verify(injector: Session, assisted: VisitRecord, case: str) -> None:
    part, why = FORGED[case]
    name = f"assisted.{only_id(assisted)}"
    value: Any = injector.site.ledger.values(RIGHT.key)[name]
    forge(injector, Change(name, value, {**value, **part}))  # type: ignore[dict-item]
    assert why in first_wrong(injector)


def test_help_that_is_taken_from_a_mark_or_given_to_one_later_is_named_by_verify(
    injector: Session, assisted: VisitRecord
) -> None:
    name = f"assisted.{only_id(assisted)}"
    forge(injector, Change(name, injector.site.ledger.values(RIGHT.key)[name], None))
    assert "later said to be, or not to be, assisted" in first_wrong(injector)


def test_help_given_later_to_a_mark_drawn_by_hand_is_named_by_verify(
    injector: Session, record: VisitRecord, where: marks.Where
) -> None:
    record = marks.place(injector, record, "right", where, LINE)
    forge(injector, Change(f"assisted.{only_id(record)}", None, assisted_by(AXES).to_json()))
    assert "later said to be, or not to be, assisted" in first_wrong(injector)


@pytest.mark.parametrize(("new", "why"), [
    ({"method": {"name": "a_guess", "version": "1"}}, "does not propose such: a_guess version 1"),
    ({"method": {"name": "live_wire", "version": "1"}}, "does not propose such: live_wire version 1"),
    ({"changed": 1}, "A stored help from the picture is none"),
    ({"more": 1}, "lacks a part or has one too many"),
])
def test_help_that_never_was_is_named_by_verify(
    injector: Session, record: VisitRecord, where: marks.Where, new: dict[str, Json], why: str
) -> None:
    record = marks.place(injector, record, "right", where, LINE)
    name, stored = only_id(record), injector.site.ledger.values(RIGHT.key)
    placed: Any = stored[f"mark.{name}"]
    forge(
        injector,
        Change("mark.forged", None, {**placed, "mark_id": "forged"}),
        Change("measured.forged", None, stored[f"measured.{name}"]),
        Change("assisted.forged", None, {**assisted_by(AXES).to_json(), **new}),
    )
    assert why in first_wrong(injector)


def test_help_for_a_mark_that_is_not_there_is_named_by_verify(injector: Session, record: VisitRecord) -> None:
    forge(injector, Change("assisted.gone", None, assisted_by(AXES).to_json()))
    assert "for a mark that is not there" in first_wrong(injector)


def test_what_is_signed_says_what_helped_and_that_the_person_confirmed_it(
    injector: Session, assisted: VisitRecord, where: marks.Where
) -> None:
    record = marks.place(injector, assisted, "right", where, SHAFT)
    text = render(record, "right", injector.site.protocol).text
    helped = "assisted by axes of contour, version 1 (confirmed by the person)\n"
    assert f"pixels as (row, column); {helped}" in text
    assert "assisted by shaft in corridor, version 1 (confirmed by the person)\n" in text
    sizes = [line for line in text.split("\n") if line.startswith(("  Length: ", "  Needle: ")) and "mm" in line]
    assert [line.endswith("; assisted") for line in sizes] == [True, True]
    length = next(one.mark_id for one in record.glands["right"].marks if isinstance(one.mark, Caliper))
    moved = marks.move(injector, record, "right", length, LOWER)
    assert "(changed and confirmed by the person)" in render(moved, "right", injector.site.protocol).text


def test_the_history_tells_it_with_the_mark(injector: Session, assisted: VisitRecord) -> None:
    marks.move(injector, assisted, "right", only_id(assisted), LOWER)
    told = {line.kind: line.sentence for line in history_of(injector, "SMG-07", "baseline", side="right")}
    placed, moved = told["CaliperPlaced"], told["MarkMoved"]
    assert "; help from the picture: the longest lines across the contour (axes of contour version 1), as " in placed
    assert "changed by the person" in moved


def test_the_table_has_it_in_a_column_of_its_own(
    injector: Session, assisted: VisitRecord, where: marks.Where
) -> None:
    moved = marks.move(injector, assisted, "right", only_id(assisted), LOWER)
    record = marks.place(injector, moved, "right", where, SHAFT)
    cells = mark_cells(record.glands["right"])
    assert cells["assisted_marks"] == "length: axes_of_contour 1, changed;needle: shaft_in_corridor 1, as_proposed"
    assert mark_cells(record.glands["left"])["assisted_marks"] is None


def test_the_methods_of_the_picture_are_those_that_the_record_knows() -> None:
    ours = {value for value in vars(proposal).values() if isinstance(value, proposal.AssistMethod)}
    assert {method.name for method in ours} == set(METHOD_WORDS)
    drawn = {
        "shaft_in_corridor": NEEDLE, "outline_from_seed": Contour((Point(1, 1), Point(9, 1), Point(9, 9))),
        "live_wire": Contour((Point(1, 1), Point(9, 1), Point(9, 9))), "axes_of_contour": LINE,
    }
    for method in ours:
        assert not assisted_by(Proposed(drawn[method.name], method.name, method.version)).is_changed
