"""The course of a visit: what was done when, of which gland, and which times a person told."""
from __future__ import annotations

from datetime import datetime

import pytest
from kept_once import import_kept, keep_once
from signed_visits import signed_visit

from annotate.marks import Caliper
from dicom_io.calibration import Point
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import marks, undoing, visits
from injection_log.acts.procedure_timeline import timeline_of
from injection_log.errors import Refused
from injection_log.record.timeline import Moment
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log_napari.presenters.timeline import timeline_rows


def _words(moments: tuple[Moment, ...], side: str | None) -> list[str]:
    return [one.words for one in moments if one.side == side]


@pytest.fixture
def with_picture(
    injector: Session, phantom_visit: ParticipantTruth, tmp_path_factory: pytest.TempPathFactory
) -> VisitRecord:
    """A baseline visit with one phantom still."""
    still = min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    images = tmp_path_factory.mktemp("pictures") / "images"
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "baseline"))
    return import_kept(injector, opened, keep_once([still], images), images)


def test_a_signed_visit_is_told_from_its_beginning_to_both_signatures(injector: Session) -> None:
    moments = timeline_of(injector, signed_visit(injector))
    assert [one.words for one in moments if one.side is None and not one.is_typed] == [
        "visit begun", "identifiers compared", "went on without images",
    ]  # fmt: skip
    for side, injected in (("right", "1.00 ml"), ("left", "1.05 ml")):
        assert f"volumes: {injected} injected" in _words(moments, side)
        assert _words(moments, side)[-1] == "signed"


def test_moments_are_in_order_and_typed_times_are_told_from_noted_ones(injector: Session) -> None:
    record = signed_visit(injector)
    moments, facts = timeline_of(injector, record), record.glands["right"].facts
    assert [one.at for one in moments] == sorted(one.at for one in moments)
    typed = {one.words: one.at.isoformat() for one in moments if one.is_typed and one.side == "right"}
    assert typed == {"injection start": facts["injection_start"], "injection end": facts["injection_end"]}


def test_a_visit_that_was_just_begun_has_its_beginning_only(injector: Session) -> None:
    record = visits.open_visit(injector, "SMG-07", "injection")
    assert _words(timeline_of(injector, record), None) == ["visit begun"]


def test_it_is_kept_from_a_role_that_sees_no_record(injector: Session, site: Site) -> None:
    record = visits.open_visit(injector, "SMG-07", "injection")
    with pytest.raises(Refused):
        timeline_of(log_in(site, "admin", "practice-admin"), record)


def test_what_was_done_in_one_minute_stands_in_one_row_and_is_counted() -> None:
    at = datetime.fromisoformat("2026-11-22T10:05:07+01:00")
    moments = (
        Moment(at, "right", "length caliper"), Moment(at.replace(second=30), "right", "length caliper"),
        Moment(at.replace(second=40), "left", "needle mark"), Moment(at.replace(minute=6), None, "procedure end", True),
        Moment(at.replace(day=23), "left", "signed"),
    )  # fmt: skip
    rows = [(row.time, row.visit, row.right, row.left) for row in timeline_rows(moments)]
    assert rows == [
        ("10:05", "", "length caliper ×2", "needle mark"),
        ("10:06", "◦ procedure end", "", ""),
        ("2026-11-23 10:05", "", "", "signed"),
    ]


def test_what_was_undone_and_done_again_is_told_once(injector: Session, with_picture: VisitRecord) -> None:
    uid = with_picture.images[0].sop_instance_uid
    placed = marks.place(injector, with_picture, "right", (uid, 0), Caliper("length", Point(300, 200), Point(300, 400)))
    back = undoing.undo(injector, placed).record
    again = undoing.redo(injector, back).record
    assert _words(timeline_of(injector, again), "right") == ["length caliper"]
