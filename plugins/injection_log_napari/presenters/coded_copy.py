"""A coded copy, step by step: pictures and frames, their size, the contact sheet page by page, and where they go.

Here is only what is shown, what is allowed and what is said; measuring, looking through and writing take time and
are run by the view, which reports back. Confirming is possible when every page was on screen, not before.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from injection_log_napari.presenters.coded_copy_state import CopyState, PictureRow, Purpose
from injection_log_napari.presenters.copies_desk import CopiesDesk, ranges_of, read_row
from injection_log_napari.presenters.desk import REFUSALS

if TYPE_CHECKING:
    from dicom_io.deidentify.copying import CodedCopy
    from injection_log.acts.copy_writing import CopyOrder
    from injection_log.acts.kept_areas import OwedArea, StandingArea
    from injection_log.acts.sharing import Choice, CopyPlan, Look
    from injection_log.record.copies import Boxes
    from injection_log.record.values import VisitImage

INSTEAD = (
    "The scanner's own region already says what stays. What you draw instead puts it out of use, and no picture of "
    "this scanner can be copied until a second person agrees."
)
_GENERAL = "That did not work; look into the folder, then try again."


class CodedCopyPresenter:
    """One dialog for the visit on the desk."""

    def __init__(self, desk: CopiesDesk, changed: Callable[[], None]) -> None:
        self._desk, self._changed = desk, changed
        self._plan: CopyPlan | None = None
        self._look: Look | None = None
        self._pages: tuple[bytes, ...] = ()
        self._seen: set[int] = set()
        self.state = CopyState(said="Choose pictures and frames; their size is measured before anything else.")
        self._read_rows()

    # ---- choosing ------------------------------------------------------------------------------------------
    def choose(self, number: int, *, chosen: bool) -> None:
        """Take a picture into the copies or leave it out; one without an area asks for it first."""
        row = self._row(number)
        if chosen and row.area in ("waiting", "owed"):
            self.show_area(number)
            return
        self._put_row(replace(row, is_chosen=chosen))

    def set_ranges(self, number: int, text: str) -> None:
        """The frames of a clip as typed, counted from 1: `1-12, 40`."""
        if text != self._row(number).ranges:
            self._put_row(replace(self._row(number), ranges=text))

    def set_purpose(self, purpose: Purpose, *, reading_id: str = "", shift_dates: bool = False) -> None:
        """For whom the copies are; a reader gets a code alone and no dates."""
        reading = purpose == "reading"
        self._set(purpose=purpose, reading_id=reading_id if reading else "", shift_dates=shift_dates and not reading)

    def choices(self) -> list[Choice] | None:
        """What is chosen, for `plan`; None, in words, where nothing is or frames are not typed as such."""
        from injection_log.acts.sharing import Choice

        found = []
        for row in self.state.rows:
            if not row.is_chosen:
                continue
            ranges = ranges_of(row.ranges) if row.frames > 1 else ((0, 0),)
            if ranges is None:
                self._refuse(f"Type the frames of picture {row.number} as numbers and ranges: 1-12, 40.")
                return None
            found.append(Choice(self._image(row.number).sop_instance_uid, ranges))
        if not found:
            self._refuse("Choose at least one picture.")
            return None
        return found

    def measuring(self) -> None:
        """The size is being measured."""
        self._set(busy="measuring", said="Measuring how large the copies will be", is_refusal=False, size="")

    def measured(self, plan: CopyPlan) -> None:
        """The size is known."""
        from injection_log.acts.copy_pictures import counted

        self._plan = plan
        originals = sum(one.size.original_bytes * one.size.frames // one.image.frames for one in plan.images)
        times = plan.bytes / originals if originals else 1.0
        size = f"{counted(plan.frames, 'frame')}, about {_megabytes(plan.bytes)} ({times:.1f} times what they take now)"
        self._set(busy="", size=size, said="Look through the frames as they would leave.", is_refusal=False)

    # ---- looking -------------------------------------------------------------------------------------------
    @property
    def plan(self) -> CopyPlan | None:
        """What was measured, None before."""
        return self._plan

    def looking(self) -> None:
        """The frames are being looked through by the program."""
        self._set(busy="looking through the frames", said="Finding every frame that differs", is_refusal=False)

    def looked(self, found: tuple[Look, tuple[bytes, ...]]) -> None:
        """The contact sheet is ready: its first page is on screen."""
        self._look, self._pages = found
        self._seen = set()
        known = self._desk.is_looked_at(self._look)
        self.state = replace(self.state, busy="", page="look", is_confirmed=known)
        self.turn_to(0)

    def turn_to(self, page: int) -> None:
        """Show a page of the contact sheet."""
        if not 0 <= page < len(self._pages):
            return
        self._seen.add(page)
        unseen = len(self._pages) - len(self._seen)
        self._set(
            sheet=self._pages[page], sheet_at=page, sheet_pages=len(self._pages), unseen=unseen,
            said=self._advice(unseen), is_refusal=False,
        )  # fmt: skip

    def _advice(self, unseen: int) -> str:
        assert self._look is not None  # there is a page to show
        if self.state.is_confirmed:
            return "These frames were looked through and confirmed; write them."
        if unseen:
            marked = self._look.marked
            twice = f" Look twice at the {marked} that changed unlike the rest." if marked else ""
            return f"{unseen} more {'page' if unseen == 1 else 'pages'} to look through.{twice}"
        return "If no frame says who the participant is or when this was, confirm it."

    def confirm(self) -> None:
        """Confirm that nothing on the sheet says who it is."""
        if self._look is None or not self.state.may_confirm:
            return
        try:
            self._desk.confirm(self._look)
        except REFUSALS as refused:
            self._refuse(str(refused))
            return
        self._set(is_confirmed=True, said="Confirmed. Write the copies into a folder.", is_refusal=False)

    # ---- writing -------------------------------------------------------------------------------------------
    def order(self) -> tuple[Look, CopyOrder] | None:
        """What to write, for `write`; None where that is not allowed yet."""
        from injection_log.acts.copy_writing import ReadingOrder, SharingOrder

        state = self.state
        if self._look is None or not state.may_write:
            return None
        if state.purpose == "reading":
            return self._look, ReadingOrder(state.reading_id.strip())
        return self._look, SharingOrder(state.shift_dates)

    @property
    def written_as(self) -> str:
        """For whom the copies are and under which code, in one line."""
        from injection_log.acts.copy_writing import ReadingOrder, SharingOrder, written_as

        state = self.state
        is_reading = state.purpose == "reading"
        order = ReadingOrder(state.reading_id.strip()) if is_reading else SharingOrder(state.shift_dates)
        return written_as(self._desk.record.participant, order)

    def writing(self) -> None:
        """The copies are being written."""
        self._set(busy="writing", said="Writing, and reading every copy back", is_refusal=False)

    def written(self, copies: Sequence[CodedCopy]) -> None:
        """They are in the folder and in the log."""
        total = sum(copy.bytes for copy in copies)
        files = tuple(copy.path.name for copy in copies)
        copies_ = "1 copy" if len(files) == 1 else f"{len(files)} copies"
        said = f"{copies_} written into that folder, {_megabytes(total)}: {self.written_as}."
        self._set(busy="", page="done", files=files, said=said, is_refusal=False)

    def failed(self, error: BaseException) -> None:
        """Something did not work, with its own sentence where it has one."""
        self._set(busy="")
        self._refuse(str(error) if isinstance(error, REFUSALS) else _GENERAL)

    def back(self) -> None:
        """To the choice of pictures."""
        self._set(page="choose", area_number=0, said="Choose pictures and frames.", is_refusal=False)
        self._read_rows()

    # ---- the kept area -------------------------------------------------------------------------------------
    def show_area(self, number: int) -> None:
        """Show a picture to draw what stays of it, or to agree to what was drawn."""
        found = self._row(number)
        said = {
            "waiting": "Somebody drew what stays. Agree to it, as a second person, or draw it anew.",
            "owed": found.stays,
            "scanner": INSTEAD,
        }.get(found.area, "Two people agreed on this. Drawn anew, it takes two people again before anything is copied.")
        self._set(page="area", area_number=number, said=said, is_refusal=False)

    @property
    def area_image(self) -> VisitImage:
        """The picture whose area is drawn."""
        return self._image(self.state.area_number)

    def area_boxes(self) -> Boxes:
        """What stays as it stands, () where nothing was drawn."""
        from injection_log.acts.kept_areas import StandingArea

        found = self._desk.area_for(self.area_image)
        if isinstance(found, StandingArea):
            return found.area.boxes
        return found.drawn.boxes if found.drawn else ()

    def draw_area(self, boxes: Boxes) -> None:
        """Record what was drawn; the page said where that puts the scanner's own region out of use."""
        instead = self._row(self.state.area_number).area == "scanner"
        waits = "Drawn. Somebody else logs in, opens this and agrees to it; then the picture can be copied."
        self._about_area(
            lambda: self._desk.draw_area(self.area_image, boxes, instead_of_the_region=instead), waits
        )

    def agree_to_area(self) -> None:
        """Agree to what was drawn, as the second person."""
        shown = self.area_boxes()
        agreed = "Two people agree on what stays."
        self._about_area(lambda: self._desk.agree_to_area(self.area_image, shown), agreed)

    def take_back_area(self) -> None:
        """Forget what was drawn for this scanner's pictures."""
        number = self.state.area_number
        if self._about_area(lambda: self._desk.take_back_area(self.area_image), "Taken back."):
            row = self._row(number)
            stands = "The scanner's own regions count again." if row.area == "scanner" else row.stays
            self._set(said=f"Taken back. {stands}")

    def _about_area(self, act: Callable[[], StandingArea | OwedArea | None], said: str) -> bool:
        try:
            found = act()
        except REFUSALS as refused:
            self._refuse(str(refused))
            return False
        self.back()
        went = getattr(found, "replaces", "")
        self._set(said=f"{said} It replaces what {went} drew, which was waiting." if went else said, is_refusal=False)
        return True

    # ---- inside --------------------------------------------------------------------------------------------
    def _read_rows(self) -> None:
        before = {row.number: row for row in self.state.rows}
        rows = []
        for number, image in enumerate(self._desk.record.images, start=1):
            made = read_row(self._desk, number, image)
            old = before.get(number)
            if old is not None:
                made = replace(made, is_chosen=old.is_chosen and made.area in ("scanner", "drawn"), ranges=old.ranges)
            rows.append(made)
        self._set(rows=tuple(rows))

    def _row(self, number: int) -> PictureRow:
        return self.state.rows[number - 1]

    def _image(self, number: int) -> VisitImage:
        return self._desk.record.images[number - 1]

    def _put_row(self, row: PictureRow) -> None:
        """Another choice is another plan: size and look are of the one before."""
        self._plan = self._look = None
        rows = tuple(row if one.number == row.number else one for one in self.state.rows)
        self._set(rows=rows, size="", is_confirmed=False)

    def _refuse(self, sentence: str) -> None:
        self._set(said=sentence, is_refusal=True)

    def _set(self, **new: object) -> None:
        self.state = replace(self.state, **new)  # type: ignore[arg-type]  # names of the dataclass above
        self._changed()


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"
