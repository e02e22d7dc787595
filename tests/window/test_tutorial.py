"""The tutorial reads off the practice record which lesson one is at; the strip is there only where it is practice."""
from __future__ import annotations

import pytest
from opened_window import OpenedVisit

from annotate.marks import Caliper, Contour, Needle
from dicom_io.calibration import Point
from injection_log_napari.presenters.tutorial import LESSONS, tutorial_at


def _learn(desk, title: str) -> None:
    """Bring the record to where a lesson begins."""
    ways = {
        "Who it is": desk.confirm_identifiers,
        "Facts of the visit": lambda: _facts(desk),
        "Pictures from the PACS": desk.add_images,
        "Size of a gland": lambda: _measure(desk, "right"),
        "The needle": lambda: desk.place("right", ("1.2.5", 3), Needle(Point(20, 60), Point(120, 160), "seen", 10.0)),
    }
    ways[title]()


def _facts(desk) -> None:
    owed = {"kit_code": "KIT-0417", "injector": "A", "ultrasound_operator": "B", "local_anaesthetic": "none"}
    for name, text in owed.items():
        desk.set_fact(None, name, text)


def _measure(desk, side) -> None:
    for axis in ("length", "width", "depth"):
        desk.place(side, ("1.2.1", 0), Caliper(axis, Point(50, 60), Point(150, 260)))


def test_a_new_visit_begins_with_the_first_lesson(desk):
    state = tutorial_at(desk)
    assert (state.number, state.of, state.step) == (1, 8, "participant")


@pytest.mark.parametrize("learned", range(1, 6))
def test_a_lesson_ends_when_the_record_holds_what_it_teaches(desk, learned):
    for lesson in LESSONS[:learned]:
        _learn(desk, lesson.title)
    assert tutorial_at(desk).title == LESSONS[learned].title


def test_an_outline_is_no_needle(desk):
    for lesson in LESSONS[:4]:
        _learn(desk, lesson.title)
    desk.place("right", ("1.2.5", 3), Contour((Point(60, 80), Point(60, 240), Point(180, 240))))
    assert tutorial_at(desk).title == "The needle"


def test_what_is_done_out_of_order_is_not_taught_again(desk):
    desk.add_images()
    for title in ("Who it is", "Facts of the visit"):
        _learn(desk, title)
    assert tutorial_at(desk).title == "Size of a gland"


def test_after_the_last_lesson_it_says_what_else_there_is_to_try(desk):
    state = tutorial_at(desk, ())
    assert "Amend" in state.words
    assert (state.number, state.of) == (0, 0)


def test_the_strip_comes_and_goes_with_its_button_and_leads_to_the_lesson(app, tmp_path, phantom_visit):
    opened = OpenedVisit(app, tmp_path, phantom_visit.files[0].parent)
    try:
        page = opened.page
        page.line.tutorial.click()
        assert page.tutorial.isVisible()
        page.tutorial.there.click()
        assert page.room.step == "participant"
        assert not page.tutorial.there.isVisible()
        page.line.tutorial.click()
        assert not page.tutorial.isVisible()
    finally:
        opened.window.close()
