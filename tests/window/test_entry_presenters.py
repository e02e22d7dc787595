"""Log-in and work list: the small presenters."""
from __future__ import annotations

from dataclasses import dataclass

import pytest

from injection_log.errors import Refused
from injection_log_napari.presenters.log_in import LogInPresenter, LogInState
from injection_log_napari.presenters.work_list import Listed, WorkListPresenter


@dataclass(frozen=True)
class Row:
    participant: str
    visit: object
    record: object
    state: str = "not begun"


@pytest.fixture
def work_list(desk):
    visits = list(desk.protocol.visits.values())
    rows = [Row("SMG-07", visit, desk.record if visit.name == "injection" else None) for visit in visits]
    listed = Listed(
        lambda after: () if after else rows,
        lambda typed: rows if typed == "SMG-07" else [Row(typed, visit, None) for visit in visits],
    )
    return WorkListPresenter(listed, lambda who, visit: (who, visit), desk.protocol.accepts_participant)


def test_a_wrong_password_is_one_sentence_and_no_session():
    def refuse(_user, _password):
        raise Refused("wrong_password", "The user id or the password is wrong; type both again.")

    page = LogInPresenter(refuse, LogInState())
    assert page.enter("injector", "wrong") is None
    assert page.state.said.startswith("The user id")


def test_nothing_is_tried_without_a_password():
    tried = []
    page = LogInPresenter(lambda *typed: tried.append(typed), LogInState())
    page.enter("injector", "")
    assert tried == []


def test_the_visit_that_was_begun_is_the_one_to_go_on_with(work_list):
    state = work_list.state
    assert state.rows[state.chosen].visit == "injection"
    assert "go on with SMG-07" in state.said


def test_the_visit_that_was_come_from_is_chosen_and_an_unknown_one_changes_nothing(work_list):
    work_list.select_visit("SMG-07", "month_4")
    state = work_list.state
    assert state.rows[state.chosen].visit == "month_4"
    work_list.select_visit("SMG-99", "month_4")
    assert work_list.state == state


def test_a_typed_participant_shows_the_planned_visits_of_a_new_one(work_list):
    work_list.type_participant("smg-12")
    assert [row.visit for row in work_list.rows_for_typed()] == ["baseline", "injection", "month_4"]


def test_a_malformed_participant_is_refused_in_words(work_list):
    work_list.type_participant("0101010000")
    assert work_list.state.is_refusal
    assert work_list.rows_for_typed() == ()


def test_the_list_is_read_page_by_page_and_no_further_than_it_was_gone_through(work_list, desk):
    visit, asked = next(iter(desk.protocol.visits.values())), []

    def page(after: str) -> list[Row]:
        asked.append(after)
        return [Row(f"SMG-{n:02d}", visit, None) for n in range(10, 30) if f"SMG-{n:02d}" > after][:5]

    shown = WorkListPresenter(Listed(page, lambda _typed: []), lambda *_visit: None, lambda _id: True)
    assert (len(shown.rows_for_typed()), asked) == (5, [""])
    assert shown.read_more()
    assert asked == ["", "SMG-14"]
    shown.refresh("SMG-17")
    assert len(shown.rows_for_typed()) == 10
    while shown.read_more():
        pass
    assert len(shown.rows_for_typed()) == 20
