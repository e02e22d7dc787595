"""The tool in the hand: placing marks of one gland on the shown picture, and answering what a drawn mark owes.

Pointer and keys come in as plain values and become acts of the record through the desk. Nothing is placed without a
completed act of the person; what the record refuses leaves the record as it was. It shows nothing. What the tools are
is in `tools.py`, what they ask in `unanswered.py`; recorded marks are changed by `editing.py`.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from annotate.geometry import measures
from annotate.marks import Mark, Needle, OutOfPlaneNeedle, PlacedMark, Side, TipVisibility
from dicom_io.calibration import Point
from injection_log.record.assisted import Proposed
from injection_log_napari.canvas.interface import PointerEvent
from injection_log_napari.presenters import marks_view
from injection_log_napari.presenters.desk import REFUSALS, Where
from injection_log_napari.presenters.editing import Editor
from injection_log_napari.presenters.glance import Glance, marks_under
from injection_log_napari.presenters.mark_desk import MarkDesk
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.tools import Editing, Placing, Tool
from injection_log_napari.presenters.unanswered import NeedleAsked, Unanswered, asked_again

FINE = 0.1


class Hand:
    """One hand over the shown picture; it belongs to the gland at work (`side` of the glance).

    `why_closed` says why no mark of a gland may be placed now, "" where one may.
    """

    def __init__(self, desk: MarkDesk, shown: Glance, tell: Tell, why_closed: Callable[[Side], str]) -> None:
        self._desk, self._shown, self._tell, self._why_closed = desk, shown, tell, why_closed
        self.placing: Placing[Tool] | None = None
        self.asked: Unanswered | None = None
        self._again = ""
        """The recorded mark that `asked` is about, "" while it is about a new one."""
        self._drawn_on: Where | None = None
        self._editor = Editor(desk, shown, tell)
        self.pointer_at: Point | None = None
        self._doubted = ""
        self._skin_rows: dict[str, float] = {}
        self.outline_of: Callable[[tuple[Point, ...]], Proposed | Literal["straight", "not_yet"]] = lambda _: "straight"
        """What closing an outline with these clicks records: the picture may have been followed between them."""

    @property
    def tool(self) -> Tool | None:
        """The tool in the hand."""
        return self.placing.tool if self.placing else None

    @property
    def editing(self) -> Editing | None:
        """The mark that is taken up, None while there is none."""
        return self._editor.at_work

    @property
    def asked_needle(self) -> Needle | OutOfPlaneNeedle | None:
        """The needle that waits for the answer how its tip was seen."""
        mark = self.asked.mark if self.asked is not None else None
        return mark if isinstance(mark, Needle | OutOfPlaneNeedle) else None

    @property
    def asks_about_new_needle(self) -> bool:
        """Whether it is asked how the tip of a needle was seen that is not recorded yet."""
        return self.asked_needle is not None and not self._again

    @property
    def drawn_needle(self) -> Needle | None:
        """A needle in plane as the person just drew it, not answered for yet; none that was recorded before."""
        own = self.asked if isinstance(self.asked, NeedleAsked) and not self._again else None
        return own.mark if own is not None and isinstance(own.mark, Needle) else None

    @property
    def is_empty(self) -> bool:
        """Whether no tool is in the hand, nothing is asked and no mark is taken up."""
        return self.placing is None and self.asked is None and self.editing is None

    def preview(self, mark: Mark) -> tuple[str, bool]:
        """What a mark not yet placed would measure, or the sentence that refuses it and True."""
        try:
            scale = self._desk.scale_for(self._shown.uid, mark)
        except REFUSALS as refused:
            return str(refused), True
        # What measures nothing says only what a person answered, and that is not said yet.
        return (marks_view.preview(mark, scale, self._desk.reading_error) if measures(mark) else ""), False

    # ---- tools ---------------------------------------------------------------------------------------------
    def take(self, tool: Tool) -> None:
        """Take a tool up; refused in words where no mark may be placed, once where it may be the wrong gland's."""
        if self.may_begin():
            self._empty()
            self.placing, self._shown.is_settled = Placing(tool), True
            self._tell.changed()

    def may_begin(self) -> bool:
        """Whether a mark may be begun here, else it is said why not; a picture that may be the other gland's once."""
        uid, side = self._shown.uid, self._shown.side
        if side is None:
            self._tell.refuse("Choose the right or the left gland first: a mark belongs to one of them.")
        elif why := self._why_closed(side):
            self._tell.refuse(why)
        elif self._shown.image is None:
            self._tell.refuse("There is no picture yet: pull or import the images first.")
        elif self._doubted != uid and (doubt := self._shown.pictures.doubt(uid, side)):
            self.put_away()
            self._doubted = uid
            self._tell.refuse(f"{doubt} press the key again.")
        else:
            return True
        return False

    def put_away(self) -> None:
        """Put tool and edit away; a mark that was not answered for is dropped."""
        self._empty()
        self._doubted = ""
        self._tell.changed()

    def _empty(self) -> None:
        self.placing = self.asked = self._drawn_on = None
        self._again = ""
        self._editor.end()

    @property
    def is_half_made(self) -> bool:
        """Whether a mark is begun and not recorded yet."""
        return self.asked is not None or bool(self.placing and self.placing.points)

    @property
    def is_where_it_drew(self) -> bool:
        """Whether the half-made mark was drawn on the frame that is shown; a mark belongs to one frame."""
        return self._drawn_on is None or self._drawn_on == self._shown.where

    def pointer(self, event: PointerEvent) -> None:
        """One act of the pointer."""
        if event.act == "leave":
            self.pointer_at = None
            return
        self.pointer_at = event.at
        self._shown.is_settled = self._shown.is_settled or event.act == "press"
        if self.placing is not None and self.asked is None:
            self._point_with_tool(event)
        elif self.editing is not None:
            self._editor.pointer(event)
        elif event.act == "press" and self._shown.side is not None:
            self._hint_at_edit(event)

    def _hint_at_edit(self, event: PointerEvent) -> None:
        if any(marks_view.near(m.mark, event) >= 0 for m in marks_under(self._shown)):
            self._tell.refuse("Marks are fixed until you edit them: press E, then drag the handle.")

    def _point_with_tool(self, event: PointerEvent) -> None:
        assert self.placing is not None  # asked by the caller
        if event.act in ("press", "double_click"):
            if self.placing.points and not self.is_where_it_drew:
                self.placing = Placing(self.placing.tool)
                self._tell.refuse("The first click was on another frame; a mark lies on one, so it begins here.")
            self._drawn_on = self._shown.where
            self.placing = (
                self.placing.closed()
                if event.act == "double_click" and self.placing.may_be_closed
                else self.placing.pressed(event.at, event.reach_px)
            )
        elif event.act == "move":
            self.placing = self.placing.moved(event.at)
        else:
            self.placing = self.placing.released(event.at, event.reach_px)
        if self.placing.is_done:
            self._finish(self.placing)
        self._tell.redraw() if event.act == "move" else self._tell.changed()

    def close_outline(self) -> bool:
        """Close the outline in the hand and record it; tells whether there is one that has an area."""
        if self.placing is None or not self.placing.may_be_closed:
            return False
        self._finish(self.placing.closed())
        return True

    def _finish(self, placing: Placing[Tool]) -> None:
        followed = self.outline_of(placing.points) if placing.tool.is_traced else "straight"
        if followed == "not_yet":
            self.placing = replace(placing, is_closed=False)
            return
        if isinstance(followed, Proposed):
            self.place(followed)
            return
        mark = self.mark_of(placing, placing.points)
        assert mark is not None  # all points are given
        asked = placing.tool.asked_of(mark)
        if asked is None or self.preview(mark)[1]:
            self.place(mark)  # one that is refused says why, and leaves the tool in the hand
        else:
            self.placing, self.asked = None, asked

    def mark_of(self, placing: Placing[Tool], points: tuple[Point, ...]) -> Mark | None:
        """The mark that these points make, None while points are missing."""
        if len(points) < placing.tool.points_needed:
            return None
        return placing.tool.mark_of(points, self._skin_row(points[-1]))

    def _skin_row(self, tip: Point) -> float:
        if self._shown.uid in self._skin_rows:
            return self._skin_rows[self._shown.uid]
        return self._desk.skin_row(self._shown.uid, tip)

    def place(self, mark: Mark | Proposed) -> None:
        """Record a mark of the gland at work where it was drawn; the tool stays in the hand where that is refused."""
        assert self._shown.side is not None  # a tool cannot be taken up without a side
        side = self._shown.side
        tool = self.placing.tool if self.placing else None
        self.placing = Placing(tool) if tool else None
        where, self._drawn_on = self._drawn_on or self._shown.where, None
        try:
            self._desk.place(side, where, mark)
        except REFUSALS as refused:
            self._tell.refuse(str(refused))
            return
        self.placing = None
        self._tell.changed()

    # ---- what a drawn mark owes ----------------------------------------------------------------------------
    def ask(self, asked: Unanswered) -> None:
        """Ask this instead about the mark that was just drawn."""
        self.asked = asked
        self._tell.changed()

    def ask_again(self, placed: PlacedMark) -> None:
        """Ask again what was said about a recorded mark of the gland at work; an answer changes it."""
        self._empty()
        self.asked, self._again = asked_again(placed.mark), placed.mark_id
        self._drawn_on = (placed.on.sop_instance_uid, placed.on.frame)
        self._tell.changed()

    def answer(self, answer: str) -> bool:
        """Answer what is asked: the mark is recorded, or the next thing is asked; False, in words, when refused."""
        if self.asked is None:
            return False
        try:
            found = self.asked.answered(answer)
        except REFUSALS as refused:
            self._tell.refuse(str(refused))
            return False
        if isinstance(found, Mark | Proposed):
            self.asked, again, self._again = None, self._again, ""
            if again and not isinstance(found, Proposed):
                self._editor.change(again, found)
            else:
                self.place(found)
        else:
            self.asked = found
            self._tell.changed()
        return True

    def answer_tip(self, visibility: TipVisibility) -> None:
        """Say how the tip was seen: the needle is placed now."""
        if self.asked_needle is not None:
            self.answer(visibility)

    # ---- editing -------------------------------------------------------------------------------------------
    def edit(self) -> None:
        """Take up a mark of this frame: the one under the pointer, else the next one."""
        if self._editor.take(self.pointer_at):
            self.placing = self.asked = None
            self._again = ""
            self._tell.changed()

    def end_editing(self) -> bool:
        """End an edit, as where another frame is shown; tells whether there was one."""
        return self._editor.end()

    def nudge(self, rows: float, columns: float) -> None:
        """Move the handle being edited by pixels."""
        self._editor.nudge(rows, columns)

    def set_skin_here(self) -> None:
        """Put the skin line of this picture at the pointer's height, also for the needle of this frame."""
        if self._shown.side is None or self.pointer_at is None:
            self._tell.refuse("Point at the skin in the picture, then press K.")
            return
        row = self.pointer_at.row
        self._skin_rows[self._shown.uid] = row
        if self.asked is not None:
            self.asked = self.asked.with_skin(row)
        self._editor.put_skin_at(row)
        self._tell.changed()

    def take_back(self) -> None:
        """Backspace: the last answer or click of a tool, else the mark being edited."""
        if self.asked is not None:
            self.asked = self.asked.before
            self._again = self._again if self.asked is not None else ""
        elif self.placing is not None:
            self.placing = self.placing.without_last() if self.placing.points else None
        elif self.editing is not None:
            self._editor.remove(self.editing.mark_id)
        else:
            self._tell.refuse("Press E to choose the mark, then Backspace removes it.")
            return
        self._tell.changed()

    def remove(self, mark_id: str) -> None:
        """Take a mark of the gland at work out of the record."""
        self._editor.remove(mark_id)
        self._tell.changed()
