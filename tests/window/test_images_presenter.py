"""The images step: whose pictures these are is asked once, and progress is real."""
from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from dicom_io.image import PatientIdentity
from injection_log.errors import Refused
from injection_log_napari.presenters.images import ImagesPresenter, PullState, Search

NAME = "PRACTICE^PHANTOM"


@dataclass(frozen=True)
class Study:
    study_instance_uid: str = "1.9"
    study_date: str = "20261122"
    study_time: str = "091000"
    description: str = "US neck"
    accession: str = ""
    station: str = ""
    instances: int | None = 8
    identity: PatientIdentity = field(default_factory=lambda: PatientIdentity("0101010000", "", NAME, "20010101"))


@dataclass(frozen=True)
class Step:
    received: int
    asked: int
    bytes: int


@dataclass(frozen=True)
class Result:
    asked: tuple = ("1", "2", "3")
    missing: tuple = ()
    rejected: tuple = ()
    bytes: int = 12_000_000
    complete: bool = True


class ImagesDesk:
    """The record of a visit, with links in memory."""

    def __init__(self, desk) -> None:
        self._desk, self.linked, self.refusing = desk, False, ""

    @property
    def record(self):
        return self._desk.record

    def belongs_to(self, identity) -> str:
        return "this participant" if self.linked else "not linked yet"

    def link_study(self, summary) -> None:
        if self.refusing:
            raise Refused("wrong_participant", self.refusing)
        self.linked = True

    def keep_pulled(self, result) -> None:
        self._desk.add_images()

    def go_on_without(self, reason) -> None:
        self._desk.go_on_without(reason)


@pytest.fixture
def images(desk):
    presenter = ImagesPresenter(ImagesDesk(desk), lambda: None, has_pacs=True, may_go_without=True)
    presenter.search(Search())
    presenter.found([Study()])
    return presenter


def test_the_list_shows_no_name_and_no_number(images):
    assert NAME not in repr(images.state.rows)
    assert "0101010000" not in repr(images.state)


def test_the_identity_is_shown_for_the_chosen_study_and_gone_once_it_is_linked(images):
    images.choose("1.9")
    card = images.state.card
    assert (card.name, card.patient_id, card.birth_date) == ("PRACTICE PHANTOM", "0101010000", "1 Jan 2001")
    assert images.link() == "1.9"
    assert images.state.card is None


def test_not_this_person_links_nothing_and_forgets_the_name(images):
    images.choose("1.9")
    images.put_aside()
    assert images.state.card is None
    assert not images._desk.linked


def test_a_wrong_participant_is_refused_in_words_and_nothing_is_retrieved(images):
    images.choose("1.9")
    images._desk.refusing = "These pictures are of another patient."
    assert images.link() == ""
    assert images.sentence.tone == "refused"
    assert images.state.pull is None


def test_the_participant_s_own_study_is_chosen_at_once(desk):
    known = ImagesDesk(desk)
    known.linked = True
    presenter = ImagesPresenter(known, lambda: None, has_pacs=True, may_go_without=True)
    presenter.found([Study()])
    assert presenter.state.chosen == "1.9"
    assert presenter.state.card is None


def test_progress_counts_what_was_received(images):
    images.choose("1.9")
    images.link()
    images.progress([Step(1, 8, 500_000), Step(3, 8, 1_500_000)])
    assert images.state.pull == PullState(3, 8, 1.5)


def test_an_incomplete_retrieval_is_never_called_done(images):
    images.choose("1.9")
    images.link()
    images.pulled(Result(missing=("2",), complete=False))
    assert images.sentence.tone == "refused"
    assert "1 did not come" in images.sentence.text


def test_a_search_without_a_text_is_refused_in_words(images):
    assert not images.search(Search("accession", "  "))
    assert "accession number" in images.sentence.text


def test_an_error_without_a_sentence_of_its_own_shows_none_of_its_words(images):
    images.failed(ValueError("SECRET^NAME"))
    assert "SECRET" not in images.sentence.text


def test_going_on_without_images_is_said(images):
    images.go_without("pacs_down")
    assert images.state.pending == "pacs_down"
    assert "pending" in images.sentence.text
