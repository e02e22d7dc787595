"""Today's participants: no name before somebody is chosen, one act to the visit, and one line where it fails."""
from __future__ import annotations

import pytest

from dicom_io.errors import PacsUnreachable
from dicom_io.image import PatientIdentity
from injection_log.acts.today import Expected, Today
from injection_log.errors import Refused
from injection_log_napari.presenters.todays_list import TodayDesk, TodayPresenter

TITLES = {"baseline": "Baseline", "injection": "Injection visit"}


class World:
    """Opened visits, and which participants have a patient."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, str]] = []
        self.linked = {"SMG-07"}

    def open_visit(self, participant: str, visit: str):
        if visit == "baseline":
            raise Refused("signed", "This visit is signed.")
        self.opened.append((participant, visit))
        return participant, visit

    def presenter(self, *, configured: bool = True) -> TodayPresenter:
        desk = TodayDesk(TITLES, lambda text: text.startswith("SMG-"), lambda one: one in self.linked, self.open_visit)
        return TodayPresenter(desk, is_configured=configured)


def expected(participant: str = "", visits: tuple[str, ...] = ("injection",), name: str = "Hidden^Person") -> Expected:
    identity = PatientIdentity("250950-9999", "", name, "19500925")
    return Expected(participant, visits, "093000", "US1", "UL spytkirtel", "ACC1", "2.25.1", identity)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def today(world) -> TodayPresenter:
    presenter = world.presenter()
    presenter.take(Today((expected("SMG-07"), expected()), 3, ()))
    return presenter


def test_rows_have_the_time_the_code_and_the_visit_and_nobody_s_name(today):
    rows = [(row.time, row.who, row.visits) for row in today.state.rows]
    assert rows == [("09:30", "SMG-07", "Injection visit"), ("09:30", "not linked yet", "Injection visit")]
    assert "Hidden" not in repr(today.state)
    assert "250950" not in repr(today.state)


def test_a_linked_participant_is_opened_at_once_and_no_name_is_shown(today, world):
    today.choose(0)
    assert today.state.card is None
    assert today.state.sentence.text == "Press Enter to open SMG-07, Injection visit."
    assert today.open() == ("SMG-07", "injection")


def test_a_name_is_shown_only_while_its_line_is_chosen(today):
    today.choose(1)
    assert (today.state.card.name, today.state.card.patient_id) == ("Hidden Person", "250950-9999")
    today.put_aside()
    assert today.state.card is None


def test_somebody_not_linked_is_opened_as_the_participant_that_was_typed(today, world):
    today.choose(1)
    assert today.open() is None
    assert "Type which participant" in today.state.sentence.text
    today.type_participant(" smg-08 ")
    today.open()
    assert world.opened == [("SMG-08", "injection")]
    assert today.state.card is None


def test_a_participant_of_another_patient_is_refused_before_a_record_is_begun(today, world):
    today.choose(1)
    today.type_participant("SMG-07")
    assert today.open() is None
    assert today.state.sentence.text.startswith("SMG-07 is linked to another patient")
    assert world.opened == []


def test_what_was_typed_for_one_person_is_not_there_for_the_next(today):
    today.choose(1)
    today.type_participant("SMG-08")
    today.choose(0)
    today.choose(1)
    assert today.state.typed == ""


def test_of_several_visits_a_person_chooses(world):
    presenter = world.presenter()
    presenter.take(Today((expected("SMG-07", ("baseline", "injection")),), 0, ()))
    presenter.choose(0)
    assert presenter.open() is None
    assert [choice.title for choice in presenter.state.choices] == ["Baseline", "Injection visit"]
    assert presenter.open("injection") == ("SMG-07", "injection")


def test_a_participant_here_for_something_else_may_be_opened_at_any_visit(world):
    presenter = world.presenter()
    presenter.take(Today((expected("SMG-07", ()),), 0, ()))
    presenter.choose(0)
    assert presenter.state.rows[0].visits == "no visit of the protocol"
    assert len(presenter.state.choices) == 2


def test_a_visit_that_cannot_be_opened_says_why(world):
    presenter = world.presenter()
    presenter.take(Today((expected("SMG-07", ("baseline",)),), 0, ()))
    presenter.choose(0)
    assert presenter.open() is None
    assert (presenter.state.sentence.text, presenter.state.sentence.tone) == ("This visit is signed.", "refused")


def test_who_is_chosen_stays_chosen_when_the_list_comes_again(today):
    today.choose(1)
    today.take(Today((expected(name="New^One"), expected("SMG-07"), expected()), 0, ()))
    assert today.state.chosen == 2


def test_a_configured_worklist_that_fails_is_one_line(world):
    presenter = world.presenter()
    presenter.failed(PacsUnreachable("unreachable", "Nothing answers at ris.example.org, port 104."))
    assert presenter.state.line == "The worklist is not shown: Nothing answers at ris.example.org, port 104."
    assert presenter.state.rows == ()


@pytest.mark.parametrize("error", [PacsUnreachable("unreachable", "Nothing answers."), ValueError("Hidden^Person")])
def test_where_no_worklist_is_configured_its_failure_is_nothing(world, error):
    presenter = world.presenter(configured=False)
    presenter.failed(error)
    assert not presenter.state.is_shown


def test_an_error_without_a_sentence_of_its_own_shows_none_of_its_words(world):
    presenter = world.presenter()
    presenter.failed(ValueError("Hidden^Person"))
    assert "Hidden" not in presenter.state.line


def test_somebody_without_a_part_in_it_is_told_nothing(world):
    presenter = world.presenter()
    presenter.failed(Refused("not_allowed", "A monitor may not link studies."))
    assert not presenter.state.is_shown


def test_what_the_worklist_left_out_is_said_beside_the_list(world):
    presenter = world.presenter()
    presenter.take(Today((expected(),), 0, ("The worklist did not say which procedures were requested.",)))
    assert presenter.state.line == "The worklist did not say which procedures were requested."
