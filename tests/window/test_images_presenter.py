"""The images step: whose pictures these are is asked once, each picture joins as it arrives, and counts are real."""
from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from dicom_io.errors import PacsUnreachable
from dicom_io.image import PatientIdentity
from injection_log.errors import Refused
from injection_log_napari.presenters.fetching import FetchNews
from injection_log_napari.presenters.images import ImagesPresenter
from injection_log_napari.presenters.images_state import Filters, Search

NAME = "PRACTICE^PHANTOM"
UIDS = ("1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.2.6")


@dataclass(frozen=True)
class Study:
    study_instance_uid: str = "1.9"
    study_date: str = "20261122"
    study_time: str = "091000"
    description: str = "US neck"
    accession: str = ""
    station: str = "US-ROOM-2"
    instances: int | None = 8
    identity: PatientIdentity = field(default_factory=lambda: PatientIdentity("0101010000", "", NAME, "20010101"))


@dataclass(frozen=True)
class Refusal:
    sop_instance_uid: str
    code: str = "transfer_syntax"
    why: str = "The file's coding cannot be decoded here; have it sent uncompressed."


@dataclass(frozen=True)
class Result:
    asked: tuple = UIDS
    missing: tuple = ()
    rejected: tuple = ()
    bytes: int = 12_000_000
    seconds: float = 0.5
    trouble: str = ""

    @property
    def complete(self) -> bool:
        return not self.missing


class ImagesDesk:
    """The record of a visit, with links in memory; `arrived` pictures are names of UIDs."""

    def __init__(self, desk) -> None:
        self._desk, self.linked, self.refusing, self.discarded = desk, False, "", []

    @property
    def record(self):
        return self._desk.record

    def belongs_to(self, identity) -> str:
        return "this participant" if self.linked else "not linked yet"

    def link_study(self, summary) -> None:
        self._refuse()
        self.linked = True

    def keep_arrived(self, arrived) -> None:
        self._refuse()
        self._desk.add_images(arrived)

    def discard(self, arrived) -> None:
        self.discarded += arrived

    def go_on_without(self, reason) -> None:
        self._desk.go_on_without(reason)

    def _refuse(self) -> None:
        if self.refusing:
            raise Refused("wrong_participant", self.refusing)


@pytest.fixture
def images(desk):
    presenter = ImagesPresenter(ImagesDesk(desk), lambda: None, has_pacs=True, may_go_without=True)
    presenter.search(Search())
    presenter.found([Study()])
    return presenter


@pytest.fixture
def fetching(images):
    """A retrieval that has begun."""
    images.choose("1.9")
    assert images.link() == "1.9"
    return images


# ---- whose they are ----------------------------------------------------------------------------------------
def test_the_list_shows_no_name_and_no_number(images):
    assert NAME not in repr(images.state.rows)
    assert "0101010000" not in repr(images.state)
    assert "0101010000" not in repr(Search("patient_id", "0101010000"))


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
    assert images.state.fetch is None


def test_the_participant_s_own_study_is_chosen_at_once(desk):
    known = ImagesDesk(desk)
    known.linked = True
    presenter = ImagesPresenter(known, lambda: None, has_pacs=True, may_go_without=True)
    presenter.found([Study()])
    assert presenter.state.chosen == "1.9"
    assert presenter.state.card is None


# ---- what the PACS left out --------------------------------------------------------------------------------
def test_a_count_that_the_pacs_left_out_is_said_quietly_beside_the_list(images):
    images.found([Study(instances=None)], ["The PACS did not say the number of images."])
    assert images.state.rows[0].images == "not said"
    assert images.state.remarks == ("The PACS did not say the number of images.",)
    assert images.sentence.tone == "next"


def test_remarks_go_with_the_list_that_they_are_about(images):
    images.found([Study()], ["Some names or texts are in an unknown character set."])
    images.search(Search())
    assert images.state.remarks == ()


def test_a_day_that_is_none_is_refused_in_words_before_anybody_is_asked(images):
    assert not images.search(Search(filters=Filters(day="22/11")))
    assert "2026-11-22" in images.sentence.text


# ---- pictures arrive ---------------------------------------------------------------------------------------
def test_a_picture_is_in_the_visit_as_soon_as_it_has_arrived(fetching):
    fetching.progress(FetchNews(UIDS, 1, 500_000, arrived=("1.2.1",)))
    assert [image.sop_instance_uid for image in fetching._desk.record.images] == ["1.2.1"]
    assert fetching.state.busy == "retrieving"


def test_progress_says_pictures_bytes_rate_and_way(fetching):
    fetching.progress(FetchNews(UIDS, 3, 12_400_000, 4_200_000.0, "C-GET", ("1.2.1", "1.2.2", "1.2.3")))
    fetch = fetching.state.fetch
    assert (fetch.here, fetch.asked) == (3, 6)
    assert fetch.words == "3 of 6 pictures, 12.4 MB, 4.2 MB/s, by C-GET"


def test_a_second_retrieval_says_what_is_here_and_what_it_fetches(fetching):
    fetching.progress(FetchNews(UIDS, 4, 9, arrived=UIDS[:4]))
    fetching.pulled(Result(missing=UIDS[4:]))
    assert fetching.fetch_missing() == "1.9"
    fetching.progress(FetchNews(UIDS, way="C-MOVE"))
    assert fetching.state.fetch.words == "4 of 6 here, fetching 2 by C-MOVE"
    assert fetching.state.left_out == ()


def test_an_incomplete_retrieval_names_what_is_missing_and_is_never_called_done(fetching):
    fetching.progress(FetchNews(UIDS, 5, 9, arrived=(*UIDS[:1], *UIDS[2:])))
    fetching.pulled(Result(missing=("1.2.2",)))
    assert fetching.sentence.tone == "refused"
    assert fetching.sentence.text == "5 of 6 pictures are here; missing is 1.2.2 (end of the UID)."


def test_many_missing_pictures_are_one_sentence_and_a_whole_list(fetching):
    fetching.pulled(Result(missing=UIDS))
    assert "1.2.1, 1.2.2, 1.2.3 and 3 more" in fetching.sentence.text
    assert [one.uid for one in fetching.state.left_out] == list(UIDS)


def test_a_rejected_picture_is_listed_once_with_the_gate_s_words(fetching):
    fetching.pulled(Result(missing=("1.2.2", "1.2.5"), rejected=(Refusal("1.2.5"),)))
    assert [(one.name, one.why) for one in fetching.state.left_out] == [
        ("1.2.5", "The file's coding cannot be decoded here; have it sent uncompressed."),
        ("1.2.2", "The PACS did not send it."),
    ]


def test_a_stopped_retrieval_says_what_was_kept(fetching):
    fetching.progress(FetchNews(UIDS, 2, 9, arrived=UIDS[:2]))
    fetching.cancelled()
    assert fetching.sentence.text.startswith("Stopped. 2 of 6 pictures are here and stay")
    assert (fetching.state.busy, len(fetching._desk.record.images)) == ("", 2)


def test_a_retrieval_stopped_before_anything_came_says_so(fetching):
    fetching.cancelled()
    assert "No picture had arrived" in fetching.sentence.text


def test_a_picture_of_somebody_else_stops_it_and_what_still_comes_is_taken_out_again(fetching):
    fetching.progress(FetchNews(UIDS, 1, 9, arrived=("1.2.1",)))
    fetching._desk.refusing = "These pictures are of another patient; none was taken."
    assert not fetching.progress(FetchNews(UIDS, 2, 9, arrived=("1.2.2",)))
    assert not fetching.progress(FetchNews(UIDS, 3, 9, arrived=("1.2.3",)))
    assert fetching._desk.discarded == ["1.2.3"]
    assert fetching.sentence.text.endswith("of another patient; none was taken. What came before stays (1).")


def test_a_folder_is_not_taken_in_between(fetching):
    assert not fetching.examining()
    assert fetching.state.busy == "retrieving"


# ---- other ends --------------------------------------------------------------------------------------------
def test_a_search_without_a_text_is_refused_in_words(images):
    assert not images.search(Search("accession", "  "))
    assert "accession number" in images.sentence.text


def test_an_error_without_a_sentence_of_its_own_shows_none_of_its_words(images):
    images.failed(ValueError("SECRET^NAME"))
    assert "SECRET" not in images.sentence.text
    assert not images.state.failed_at_pacs


def test_a_failure_between_us_and_the_pacs_leads_to_the_connection(images):
    images.failed(PacsUnreachable("unreachable", "Nothing answers at pacs.example.org, port 104."))
    assert images.state.failed_at_pacs
    assert images.sentence.text == "Nothing answers at pacs.example.org, port 104."


def test_going_on_without_images_is_said(images):
    images.go_without("pacs_down")
    assert images.state.pending == "pacs_down"
    assert "pending" in images.sentence.text
