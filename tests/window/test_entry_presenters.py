"""Log-in and work list: the small presenters."""
from __future__ import annotations

from dataclasses import dataclass

import pytest

from injection_log.errors import Refused
from injection_log_napari.presenters.log_in import LogInPresenter, LogInState
from injection_log_napari.presenters.work_list import WorkListPresenter


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
    return WorkListPresenter(lambda: rows, lambda who, visit: (who, visit), desk.protocol.accepts_participant)


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


def test_a_typed_participant_shows_the_planned_visits_of_a_new_one(work_list):
    work_list.type_participant("smg-12")
    assert [row.visit for row in work_list.rows_for_typed()] == ["baseline", "injection", "month_4"]


def test_a_malformed_participant_is_refused_in_words(work_list):
    work_list.type_participant("0101010000")
    assert work_list.state.is_refusal
    assert work_list.rows_for_typed() == ()
