"""Undo and redo from the log: own acts only, as far as they still stand, with the limits and rights of the acts."""
from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from subprocess import run

import pytest
from kept_once import import_kept, keep_without_and_with_scale
from signed_visits import filled_visit

from annotate.marks import AXES, Caliper, Needle
from annotate.scale_check import CalibrationCheck
from dicom_io.calibration import Point
from dicom_io.hand_scale import RulerLine
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import additions, amending, facts, marks, scales, undoing, visits
from injection_log.acts.history import history_of
from injection_log.acts.log_export import export_log
from injection_log.acts.overtaken import Overtaken
from injection_log.acts.studies import FolderFindings
from injection_log.errors import Refused
from injection_log.practice.story import VISIT_FACTS, set_facts, sign
from injection_log.record.undone import InForm, OnPicture
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

DOWN = RulerLine(Point(44, 727), Point(502.02, 727), 30_000)
ACROSS = RulerLine(Point(300, 100), Point(300, 521.35), 30_000)
LINE = Caliper("length", Point(300, 200), Point(300, 400))
NEEDLE = Needle(Point(200, 200), Point(300, 400), "inferred_shaft", 60.0)


@pytest.fixture(scope="module")
def pictures(phantom_visit: ParticipantTruth, tmp_path_factory: pytest.TempPathFactory) -> tuple[FolderFindings, Path]:
    """A phantom still as it is, and the same without a scale under another identity."""
    return keep_without_and_with_scale(phantom_visit.visits[0].files, tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def record(injector: Session, pictures: tuple[FolderFindings, Path]) -> VisitRecord:
    """A baseline visit with both pictures."""
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "baseline"))
    return import_kept(injector, opened, *pictures)


@pytest.fixture
def uid(record: VisitRecord) -> str:
    """The picture with a scale of its own."""
    return next(one.sop_instance_uid for one in record.images if one.calibration_state == "region")


@pytest.fixture
def bare(record: VisitRecord) -> str:
    """The picture without a scale."""
    return next(one.sop_instance_uid for one in record.images if one.calibration_state == "none")


@pytest.fixture
def filled(injector: Session) -> VisitRecord:
    """An injection visit without images, every fact typed in."""
    return filled_visit(injector)


@pytest.fixture
def operator(site: Site) -> Session:
    """The other person."""
    return log_in(site, "operator", "practice-operator")


def test_a_fact_is_undone_and_redone_with_its_words_and_place(injector, filled) -> None:
    changed = facts.set_fact(injector, filled, "right", "volume_residual_ul", "0.10")
    undone = undoing.undo(injector, changed)
    assert undone.record == filled
    assert (undone.what, undone.place) == ("residual volume of the right gland", InForm("right", "volume_residual_ul"))
    redone = undoing.redo(injector, undone.record)
    assert redone.record == changed
    assert verify(injector.site.home).ok


def test_a_mark_that_is_placed_moved_and_removed_comes_back_step_by_step(injector, record, uid) -> None:
    stages = [record, marks.place(injector, record, "left", (uid, 0), NEEDLE)]
    (placed,) = stages[-1].glands["left"].marks
    moved = replace(NEEDLE, tip=Point(310, 390), tip_visibility="not_seen")
    stages.append(marks.move(injector, stages[-1], "left", placed.mark_id, moved))
    stages.append(marks.remove(injector, stages[-1], "left", placed.mark_id))
    words = []
    for before in reversed(stages[:-1]):
        turned = undoing.undo(injector, stages[-1])
        words.append(turned.what)
        assert turned.record == before
        assert turned.place == OnPicture("left", uid, 0)
    name = "needle mark of the left gland"
    assert words == [f"removing the {name}", f"moving the {name}", name]
    assert [undoing.redo(injector, record).record for _ in range(3)] == stages[1:]


def test_everything_is_undone_in_order_across_forms_glands_and_pictures(injector, record, uid, bare) -> None:
    stages = [record, scales.set_by_hand(injector, record, (bare, 0), [DOWN, ACROSS])]
    stages.append(marks.place(injector, stages[-1], "right", (bare, 0), LINE))
    stages.append(facts.set_fact(injector, stages[-1], None, "visit_remark", "quiet"))
    stages.append(marks.place(injector, stages[-1], "left", (uid, 0), LINE))
    check = CalibrationCheck(DOWN.start, DOWN.end, 30_000, "ruler")
    stages.append(scales.check_against(injector, stages[-1], (uid, 0), check))
    assert [undoing.undo(injector, record).record for _ in stages[1:]] == stages[-2::-1]
    with pytest.raises(Refused, match="nothing of yours to undo"):
        undoing.undo(injector, record)
    assert [undoing.redo(injector, record).record for _ in stages[1:]] == stages[1:]
    with pytest.raises(Refused, match="nothing to redo"):
        undoing.redo(injector, record)
    assert verify(injector.site.home).ok


def test_what_can_be_undone_is_still_known_after_a_restart_and_a_new_log_in(injector, filled) -> None:
    changed = facts.set_fact(injector, filled, "right", "gland_remark", "quiet")
    changed = facts.set_fact(injector, changed, "right", "gland_remark", "very quiet")
    undoing.undo(injector, changed)
    home = injector.site.home
    injector.site.ledger.close()
    again = log_in(Site.open(home), "injector", "practice-injector")
    assert undoing.undo(again, filled).record.glands["right"].facts == filled.glands["right"].facts
    assert undoing.redo(again, filled).record.glands["right"].facts["gland_remark"] == "quiet"
    assert undoing.redo(again, filled).record.glands["right"].facts["gland_remark"] == "very quiet"
    again.site.ledger.close()


def test_a_new_act_ends_what_can_be_redone(injector, filled) -> None:
    changed = facts.set_fact(injector, filled, "right", "gland_remark", "quiet")
    undone = undoing.undo(injector, changed).record
    facts.set_fact(injector, undone, "left", "gland_remark", "other")
    with pytest.raises(Refused, match="nothing to redo"):
        undoing.redo(injector, filled)


def test_only_own_acts_are_undone(injector, operator, filled) -> None:
    theirs = facts.set_fact(operator, filled, "right", "gland_remark", "theirs")
    mine = facts.set_fact(injector, theirs, "left", "gland_remark", "mine")
    assert undoing.undo(operator, mine).what == "remark of the right gland"
    left = undoing.undo(injector, mine).record
    assert "gland_remark" not in left.glands["left"].facts


def test_what_somebody_else_changed_since_is_left_alone_and_who_did_is_said(injector, operator, filled) -> None:
    mine = facts.set_fact(injector, filled, "right", "gland_remark", "mine")
    facts.set_fact(operator, mine, "right", "gland_remark", "theirs")
    before = injector.site.ledger.head()[0]
    with pytest.raises(Overtaken, match=r"Practice Operator changed Remark .* after you, so your act is not undone"):
        undoing.undo(injector, mine)
    assert injector.site.ledger.head()[0] == before


def test_a_gland_that_somebody_else_measured_too_keeps_their_marks_and_its_size_follows(
    injector, operator, record, uid
) -> None:
    for axis in AXES:
        record = marks.place(injector, record, "right", (uid, 0), replace(LINE, axis=axis))
    theirs = marks.place(operator, record, "right", (uid, 0), replace(LINE, end=Point(300, 500)))
    undone = undoing.undo(injector, theirs).record
    assert undone.glands["right"].size.missing == ("depth",)
    assert undoing.redo(injector, undone).record.glands["right"].size == theirs.glands["right"].size
    assert verify(injector.site.home).ok


@pytest.mark.parametrize("side", ["right", None])
def test_what_is_signed_is_not_undone_and_the_other_gland_can_still_be(injector, filled, side) -> None:
    other = facts.set_fact(injector, filled, "left", "gland_remark", "left")
    signed = sign(injector, facts.set_fact(injector, other, side, _remark(side), "a remark"), "right")
    undone = undoing.undo(injector, signed)
    assert undone.what == "remark of the left gland"
    signed = sign(injector, undone.record, "left")
    with pytest.raises(Refused, match="nothing of yours to undo"):
        undoing.undo(injector, signed)


def _remark(side: str | None) -> str:
    return "gland_remark" if side else "visit_remark"


def test_in_an_amendment_only_what_was_done_in_it_is_undone_and_carries_its_reason(injector, filled) -> None:
    signed = sign(injector, filled, "right")
    opened = amending.open_amendment(injector, signed, "right", "the syringe was misread")
    changed = facts.set_fact(injector, opened, "right", "volume_residual_ul", "0.10")
    undone = undoing.undo(injector, changed)
    *_, event = injector.site.ledger.events()
    assert (event.kind, event.reason) == ("ActUndone", "the syringe was misread")
    assert undone.record == opened
    assert undoing.in_reach(injector, opened).undo.side == "left"
    assert amending.close_amendment(injector, opened, "right").glands["right"].state == "signed"


def test_marks_of_an_addition_are_undone_and_those_signed_before_are_not(injector, record, uid) -> None:
    for axis in AXES:
        record = marks.place(injector, record, "right", (uid, 0), replace(LINE, axis=axis))
    signed = sign(injector, set_facts(injector, record, None, VISIT_FACTS), "right")
    added = additions.open_addition(injector, signed, "right", "another picture came")
    more = marks.place(injector, added, "right", (uid, 0), LINE)
    assert undoing.undo(injector, more).record == added
    with pytest.raises(Refused, match="nothing of yours to undo"):
        undoing.undo(injector, added)
    assert verify(injector.site.home).ok


def test_a_limit_counts_what_somebody_else_typed_meanwhile(injector, operator, filled) -> None:
    less = facts.set_fact(injector, filled, "right", "volume_residual_ul", "0.00")
    back = facts.set_fact(injector, less, "right", "volume_residual_ul", "0.05")
    less = undoing.undo(injector, back).record
    low = facts.set_fact(operator, less, "right", "volume_loaded_ul", "0.51")
    low = facts.set_fact(operator, low, "right", "volume_spilled_ul", "0.48")
    with pytest.raises(Refused, match=r"More is left|allows"):
        undoing.redo(injector, low)
    assert verify(injector.site.home).ok


def test_a_time_that_was_entered_in_time_is_not_called_late_when_it_comes_back(injector, filled) -> None:
    at = filled.facts["procedure_start"]
    injector.site.clock.advance(timedelta(days=3))
    changed = facts.set_fact(injector, filled, None, "procedure_start", "07:30")
    assert changed.late_minutes
    undone = undoing.undo(injector, changed).record
    assert (undone.facts["procedure_start"], undone.late_minutes) == (at, {})
    (line,) = (one for one in history_of(injector, "SMG-07", "injection") if one.kind == "ActUndone")
    assert line.when.startswith("2026-11-25")
    assert not line.is_late


def test_a_scale_that_is_undone_leaves_marks_that_must_be_measured_again(injector, record, bare) -> None:
    first = scales.set_by_hand(injector, record, (bare, 0), [DOWN, ACROSS])
    placed = marks.place(injector, first, "right", (bare, 0), LINE)
    longer = replace(DOWN, length_um=33_000), replace(ACROSS, length_um=33_000)
    second = scales.set_by_hand(injector, placed, (bare, 0), longer, "the ruler's end was misread")
    again = scales.measure_again(injector, second, bare)
    undone = undoing.undo(injector, again)
    assert undone.what.startswith("scale set by hand, on picture")
    assert undone.record.image(bare).hand_scale == first.image(bare).hand_scale
    assert undoing.undo(injector, undone.record).record.glands["right"].marks == ()
    assert undoing.redo(injector, record).record.glands["right"].marks == placed.glands["right"].marks
    assert verify(injector.site.home).ok


def test_a_scale_that_somebody_else_had_drawn_is_not_put_back_in_another_name(
    injector, operator, record, bare
) -> None:
    theirs = scales.set_by_hand(operator, record, (bare, 0), [DOWN, ACROSS])
    mine = scales.set_by_hand(injector, theirs, (bare, 0), [DOWN], "one line is enough")
    with pytest.raises(Refused, match="drawn by Practice Operator"):
        undoing.undo(injector, mine)


def test_a_monitors_mark_falls_with_the_value_that_is_undone(site, injector, filled) -> None:
    from injection_log.acts import source_verification

    changed = facts.set_fact(injector, filled, "right", "gland_remark", "quiet")
    monitor = log_in(site, "monitor", "practice-monitor")
    source_verification.mark_verified(monitor, changed, "right", "gland_remark")
    undoing.undo(injector, changed)
    left = site.ledger.values("gland:SMG-07/injection/right")
    assert not [name for name in left if name.startswith("verified.")]


def test_who_may_not_write_undoes_nothing(site, filled) -> None:
    monitor = log_in(site, "monitor", "practice-monitor")
    with pytest.raises(Refused, match="may not undo own act"):
        undoing.undo(monitor, filled)


def test_the_history_tells_what_was_undone_and_by_which_event(injector, filled) -> None:
    changed = facts.set_fact(injector, filled, "right", "volume_residual_ul", "0.10")
    act = injector.site.ledger.head()[0]
    undoing.undo(injector, changed)
    (line,) = (one for one in history_of(injector, "SMG-07", "injection", side="right") if one.kind == "ActUndone")
    assert line.told == (
        f"Event {act} was undone by who did it: "
        "Residual volume of the right gland changed from 0.10 ml to 0.05 ml."
    )


def test_an_exported_log_with_undone_acts_passes_the_verifier_that_needs_no_program(
    site, injector, filled, tmp_path
) -> None:
    undoing.undo(injector, facts.set_fact(injector, filled, "right", "gland_remark", "quiet"))
    export_log(log_in(site, "monitor", "practice-monitor"), tmp_path / "out")
    command = [sys.executable, "-I", tmp_path / "out/check_log.py", tmp_path / "out"]
    answer = run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_any_mixture_of_acts_undone_and_redone_stands_as_a_list_of_states_says(injector, record, uid) -> None:
    """The oracle is a plain list of records with a cursor, as an editor keeps it."""
    chance, states, cursor = random.Random(5), [record], 0
    for turn in range(60):
        now, choice = states[cursor], chance.random()
        if choice < 0.4 and cursor:
            cursor -= 1
            assert undoing.undo(injector, now).record == states[cursor]
        elif choice < 0.6 and cursor + 1 < len(states):
            cursor += 1
            assert undoing.redo(injector, now).record == states[cursor]
        else:
            states[cursor + 1 :] = [_any_act(injector, now, uid, chance, turn)]
            cursor += 1
    assert verify(injector.site.home).ok


def _any_act(session: Session, now: VisitRecord, uid: str, chance: random.Random, turn: int) -> VisitRecord:
    side = chance.choice(["right", "left"])
    here = now.glands[side].marks
    if chance.random() < 0.3:
        return facts.set_fact(session, now, None, "visit_remark", f"quiet in turn {turn}")
    if here and chance.random() < 0.4:
        return marks.remove(session, now, side, chance.choice(here).mark_id)
    if here and chance.random() < 0.5:
        mark = replace(LINE, axis="depth", end=Point(301 + turn, 300))
        return marks.move(session, now, side, chance.choice(here).mark_id, mark)
    mark = replace(LINE, axis=chance.choice(AXES), end=Point(300, 400 + turn))
    return marks.place(session, now, side, (uid, 0), mark)
