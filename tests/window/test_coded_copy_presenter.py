"""The coded copy step by step, by values: what may be chosen, looked at, confirmed and written, and what is said."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dicom_io.deidentify.kept_area import KeptArea
from injection_log.acts.copy_pictures import PictureFacts
from injection_log.acts.copy_writing import ReadingOrder, SharingOrder
from injection_log.acts.kept_areas import OwedArea, StandingArea
from injection_log.errors import Refused
from injection_log.record.copies import DrawnArea
from injection_log_napari.presenters.coded_copy import CodedCopyPresenter

BOX = ((10, 10, 200, 300),)


class CopiesInMemory:
    """A visit with a still, a clip and a picture without regions; acts are written down."""

    def __init__(self, user: str = "injector") -> None:
        sizes = {"1": 1, "2": 60, "3": 1}
        self.record = SimpleNamespace(participant="SMG-08", images=tuple(
            SimpleNamespace(sop_instance_uid=uid, plane="sweep" if frames > 1 else "transverse", frames=frames,
                            rows=300, columns=400)
            for uid, frames in sizes.items()
        ))
        self.user, self.drawn, self.acts, self.known = user, None, [], False

    def area_for(self, image: Any) -> Any:
        if image.sop_instance_uid != "3":
            return StandingArea(KeptArea(BOX), "scanner", "a" * 64)
        if self.drawn is not None and self.drawn.is_confirmed:
            return StandingArea(KeptArea(self.drawn.boxes), "drawn", "b" * 64)
        return OwedArea("Draw the area that stays.", "b" * 64, self.drawn)

    def facts(self, image: Any) -> PictureFacts:
        return PictureFacts("left", "10:31:00", "300 rows x 400 columns", "0123456789ab")

    def draw_area(self, image: Any, boxes: Any, *, instead_of_the_region: bool) -> Any:
        if image.sop_instance_uid != "3" and not instead_of_the_region:
            raise Refused("has_region", "The scanner's own region holds.")
        whose = self.drawn.drawn_by if self.drawn else ""
        self.drawn = DrawnArea(boxes, self.user, "")
        return OwedArea("Drawn and waits.", "b" * 64, self.drawn, "" if whose == self.user else whose)

    def agree_to_area(self, image: Any, boxes: Any) -> None:
        if self.drawn.drawn_by == self.user:
            raise Refused("same_person", "Who drew the kept area cannot confirm it; a second person does.")
        self.drawn = DrawnArea(boxes, self.drawn.drawn_by, self.user)

    def take_back_area(self, image: Any) -> None:
        self.drawn = None

    def plan(self, choices: Sequence[Any]) -> Any:
        size = SimpleNamespace(bytes=2_000_000, original_bytes=1_000_000, frames=60)
        return SimpleNamespace(images=(SimpleNamespace(image=self.record.images[1], size=size),), frames=60,
                               bytes=2_000_000, choices=choices)

    def look(self, plan: Any) -> Any:
        return SimpleNamespace(sha256="c" * 64, marked=1, plan=plan), (b"page 1", b"page 2", b"page 3")

    def is_looked_at(self, look: Any) -> bool:
        return self.known

    def confirm(self, look: Any) -> None:
        self.acts.append("confirm")

    def write(self, look: Any, order: Any, folder: Path) -> Any:
        return ()


@pytest.fixture
def copies() -> CopiesInMemory:
    return CopiesInMemory()


@pytest.fixture
def presenter(copies: CopiesInMemory) -> CodedCopyPresenter:
    return CodedCopyPresenter(copies, lambda: None)


def looked(presenter: CodedCopyPresenter, copies: CopiesInMemory) -> None:
    """A clip was chosen, measured and looked through by the program; its first page is shown."""
    presenter.choose(2, chosen=True)
    presenter.measured(copies.plan(presenter.choices()))
    presenter.looked(copies.look(presenter.plan))


def test_frames_are_counted_from_one_and_handed_over_from_zero(presenter: CodedCopyPresenter) -> None:
    presenter.choose(1, chosen=True)
    presenter.choose(2, chosen=True)
    presenter.set_ranges(2, "1-12, 40")
    assert [(one.sop_instance_uid, one.ranges) for one in presenter.choices()] == [
        ("1", ((0, 0),)), ("2", ((0, 11), (39, 39))),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "all", "1-", "-3", "1;2", "1.5"])
def test_frames_that_are_not_typed_as_such_are_refused_in_words(text: str, presenter: CodedCopyPresenter) -> None:
    presenter.choose(2, chosen=True)
    presenter.set_ranges(2, text)
    assert presenter.choices() is None
    assert presenter.state.is_refusal
    assert "1-12, 40" in presenter.state.said


def test_nothing_is_measured_before_something_is_chosen(presenter: CodedCopyPresenter) -> None:
    assert not presenter.state.may_measure
    assert presenter.choices() is None
    presenter.choose(1, chosen=True)
    assert presenter.state.may_measure


def test_the_size_is_said_beside_what_the_frames_take_now(
    presenter: CodedCopyPresenter, copies: CopiesInMemory
) -> None:
    presenter.choose(2, chosen=True)
    presenter.measured(copies.plan([]))
    assert presenter.state.size == "60 frames, about 2.0 MB (2.0 times what they take now)"
    presenter.set_ranges(2, "1-3")
    assert presenter.state.size == ""  # another choice, another size
    assert presenter.plan is None


def test_confirming_is_possible_when_every_page_was_on_screen(
    presenter: CodedCopyPresenter, copies: CopiesInMemory
) -> None:
    looked(presenter, copies)
    assert (presenter.state.sheet, presenter.state.unseen, presenter.state.may_confirm) == (b"page 1", 2, False)
    presenter.confirm()
    assert copies.acts == []
    presenter.turn_to(2)
    assert not presenter.state.may_confirm  # the second page was passed over
    presenter.turn_to(1)
    assert presenter.state.may_confirm
    presenter.confirm()
    assert copies.acts == ["confirm"]
    assert presenter.state.may_write


def test_marked_frames_are_named_while_there_is_more_to_look_through(
    presenter: CodedCopyPresenter, copies: CopiesInMemory
) -> None:
    looked(presenter, copies)
    assert presenter.state.said == "2 more pages to look through. Look twice at the 1 that changed unlike the rest."


def test_frames_that_were_confirmed_before_are_written_at_once(
    presenter: CodedCopyPresenter, copies: CopiesInMemory
) -> None:
    copies.known = True
    looked(presenter, copies)
    assert presenter.state.may_write
    assert presenter.order()[1] == SharingOrder()


def test_a_reader_gets_a_code_and_no_dates(presenter: CodedCopyPresenter, copies: CopiesInMemory) -> None:
    copies.known = True
    looked(presenter, copies)
    presenter.set_purpose("reading", shift_dates=True)
    assert (presenter.state.may_write, presenter.order()) == (False, None)
    presenter.set_purpose("reading", reading_id=" R-0031 ", shift_dates=True)
    assert presenter.order()[1] == ReadingOrder("R-0031")
    assert not presenter.state.shift_dates


def test_a_picture_without_an_area_is_drawn_by_one_and_agreed_by_another(copies: CopiesInMemory) -> None:
    first = CodedCopyPresenter(copies, lambda: None)
    first.choose(3, chosen=True)
    assert first.state.page == "area"
    first.draw_area(BOX)
    assert (first.state.page, first.state.rows[2].area, first.state.rows[2].may_agree) == ("choose", "waiting", False)
    first.show_area(3)
    first.agree_to_area()
    assert first.state.is_refusal
    copies.user = "operator"
    second = CodedCopyPresenter(copies, lambda: None)
    assert second.state.rows[2].may_agree
    second.show_area(3)
    second.agree_to_area()
    assert second.state.rows[2].area == "drawn"
    second.choose(3, chosen=True)
    assert second.state.rows[2].is_chosen


def test_what_is_not_foreseen_is_said_without_its_text(presenter: CodedCopyPresenter) -> None:
    presenter.writing()
    presenter.failed(RuntimeError("NN 010190-1234"))
    assert presenter.state.said == "That did not work; look into the folder, then try again."
    assert not presenter.state.busy


def test_what_was_drawn_can_be_taken_back_also_when_two_agreed(copies: CopiesInMemory) -> None:
    copies.drawn = DrawnArea(BOX, "operator", "injector")
    presenter = CodedCopyPresenter(copies, lambda: None)
    presenter.show_area(3)
    assert presenter.state.may_take_back
    presenter.take_back_area()
    assert (presenter.state.page, presenter.state.rows[2].area) == ("choose", "owed")
    assert presenter.state.said == "Taken back. Draw the area that stays."


def test_there_is_nothing_to_take_back_where_nobody_drew(presenter: CodedCopyPresenter) -> None:
    for number in (1, 3):
        presenter.show_area(number)
        assert not presenter.state.may_take_back


def test_a_picture_is_told_by_side_time_size_and_digest(presenter: CodedCopyPresenter) -> None:
    assert presenter.state.rows[0].title == "transverse, left, 10:31:00, 300 rows x 400 columns, 0123456789ab"


@pytest.mark.parametrize(("purpose", "words"), [
    ("sharing", "for sharing, as SMG-08, dates removed."), ("reading", "for a blinded reader, as R017, no dates."),
])  # fmt: skip
def test_what_was_written_says_for_whom_and_under_which_code(
    purpose: Any, words: str, presenter: CodedCopyPresenter
) -> None:
    presenter.set_purpose(purpose, reading_id="R017")
    presenter.written([SimpleNamespace(bytes=2_000_000, path=Path("a.dcm"))])
    assert presenter.state.said == f"1 copy written into that folder, 2.0 MB: {words}"


def test_drawing_instead_of_the_scanners_region_is_said_before_it_is_done(presenter: CodedCopyPresenter) -> None:
    presenter.show_area(1)
    assert "out of use" in presenter.state.said
    assert presenter.state.is_instead_of_region
    presenter.draw_area(BOX)
    assert (presenter.state.is_refusal, presenter.state.said[:6]) == (False, "Drawn.")


def test_drawing_over_what_somebody_else_drew_says_so(presenter: CodedCopyPresenter, copies: CopiesInMemory) -> None:
    copies.drawn = DrawnArea(BOX, "operator", "")
    presenter.show_area(3)
    presenter.draw_area(BOX)
    assert presenter.state.said.endswith("It replaces what operator drew, which was waiting.")
