"""The tool in the hand: placing, editing and removing marks of one gland on the shown picture.

Pointer and keys come in as plain values and become acts of the record through the desk. Nothing is placed
without a completed act of the person; what the record refuses leaves the record as it was. It shows nothing.
"""
from __future__ import annotations

import math
from dataclasses import replace
from typing import Protocol

from annotate.marks import Caliper, Contour, Mark, Needle, OutOfPlaneNeedle, PlacedMark, Side, TipVisibility
from dicom_io.calibration import Point
from injection_log.record.values import VisitImage
from injection_log_napari.canvas.interface import PointerEvent
from injection_log_napari.presenters import marks_view
from injection_log_napari.presenters.access import gland_access
from injection_log_napari.presenters.desk import REFUSALS, Desk, Where
from injection_log_napari.presenters.pictures import Pictures
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.tools import CaliperTool, ContourTool, Editing, Placing, Tool

FINE = 0.1


class Glance(Protocol):
    """What the hand needs of the picture under it."""

    side: Side | None
    is_settled: bool
    uid: str
    pictures: Pictures

    @property
    def image(self) -> VisitImage | None:
        """The shown picture."""

    @property
    def where(self) -> Where:
        """Picture and frame."""

    @property
    def marks(self) -> tuple[PlacedMark, ...]:
        """All marks of the visit, of both glands."""


class Hand:
    """One hand over the shown picture; it belongs to the gland at work (`side` of the glance)."""

    def __init__(self, desk: Desk, shown: Glance, tell: Tell) -> None:
        self._desk, self._shown, self._tell = desk, shown, tell
        self.placing: Placing[Tool] | None = None
        self.asked_needle: Needle | OutOfPlaneNeedle | None = None
        self._drawn_on: Where | None = None
        self.editing: Editing | None = None
        self.pointer_at: Point | None = None
        self._doubted = ""
        self._skin_rows: dict[str, float] = {}

    @property
    def tool(self) -> Tool | None:
        """The tool in the hand."""
        return self.placing.tool if self.placing else None

    def preview(self, mark: Mark) -> tuple[str, bool]:
        """What a mark not yet placed would measure, or the sentence that refuses it and True."""
        try:
            words = marks_view.preview(mark, self._desk.scale_for(self._shown.uid, mark), self._desk.reading_error)
        except REFUSALS as refused:
            return str(refused), True
        return words, False

    # ---- tools ---------------------------------------------------------------------------------------------
    def take(self, tool: Tool) -> None:
        """Take a tool up; refused in words where no mark may be placed, once where it may be the wrong gland's."""
        uid, side = self._shown.uid, self._shown.side
        if side is None:
            self._tell.refuse("Choose the right or the left gland first: a mark belongs to one of them.")
        elif not (access := gland_access(self._desk, side)).takes_marks:
            self._tell.refuse(access.why)
        elif self._shown.image is None:
            self._tell.refuse("There is no picture yet: pull or import the images first.")
        elif self._doubted != uid and (doubt := self._shown.pictures.doubt(uid, side)):
            self.put_away()
            self._doubted = uid
            self._tell.refuse(f"{doubt} press the key again.")
        else:
            self.editing = self.asked_needle = self._drawn_on = None
            self.placing, self._shown.is_settled = Placing(tool), True
            self._tell.changed()

    def put_away(self) -> None:
        """Put tool and edit away; a needle that was not answered for is dropped."""
        self.placing = self.asked_needle = self.editing = self._drawn_on = None
        self._doubted = ""
        self._tell.changed()

    def end_editing(self) -> bool:
        """End an edit, as where another frame is shown; tells whether there was one."""
        was_editing, self.editing = self.editing is not None, None
        return was_editing

    def answer_tip(self, visibility: TipVisibility) -> None:
        """Say how the tip was seen: the needle is placed now."""
        if self.asked_needle is None:
            return
        needle, self.asked_needle = replace(self.asked_needle, tip_visibility=visibility), None
        self._place(needle)

    @property
    def is_half_made(self) -> bool:
        """Whether a mark is begun and not recorded yet."""
        return self.asked_needle is not None or bool(self.placing and self.placing.points)

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
        if self.placing is not None and self.asked_needle is None:
            self._point_with_tool(event)
        elif self.editing is not None:
            self._point_with_handle(event)
        elif event.act == "press" and self._shown.side is not None:
            self._hint_at_edit(event)

    def _hint_at_edit(self, event: PointerEvent) -> None:
        if any(marks_view.near(m.mark, event) >= 0 for m in self._marks_here()):
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
        mark = self.mark_of(placing, placing.points)
        assert mark is not None  # all points are given
        if isinstance(mark, Caliper | Contour):
            self._place(mark)
            return
        _, refused = self.preview(mark)
        if refused:
            self._place(mark)  # says why, and leaves the tool in the hand
            return
        self.placing, self.asked_needle = None, mark

    def mark_of(
        self, placing: Placing[Tool], points: tuple[Point, ...]
    ) -> Caliper | Needle | OutOfPlaneNeedle | Contour | None:
        """The mark that these points make, None while points are missing."""
        tool = placing.tool
        if len(points) < tool.points_needed:
            return None
        if isinstance(tool, CaliperTool):
            return Caliper(tool.axis, points[0], points[1])
        if isinstance(tool, ContourTool):
            return Contour(tuple(dict.fromkeys(points)))  # the pointer rests on the point just given
        tip = points[-1]
        if tool.in_plane:
            return Needle(points[0], tip, "seen", self._skin_row(tip))
        return OutOfPlaneNeedle(tip, "seen", self._skin_row(tip))

    def _skin_row(self, tip: Point) -> float:
        if self._shown.uid in self._skin_rows:
            return self._skin_rows[self._shown.uid]
        return self._desk.skin_row(self._shown.uid, tip)

    def _place(self, mark: Mark) -> None:
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

    # ---- editing -------------------------------------------------------------------------------------------
    def edit(self) -> None:
        """Take up a mark of this frame: the one under the pointer, else the next one."""
        here = self._marks_here()
        if not here:
            self._tell.refuse("There is no mark of this gland on this frame to edit.")
            return
        ids = [m.mark_id for m in here]
        if self.editing is not None and self.editing.mark_id in ids:
            chosen = here[(ids.index(self.editing.mark_id) + 1) % len(here)]
        else:
            chosen = min(here, key=lambda m: self._distance(m.mark))
        self.placing = self.asked_needle = None
        self.editing = Editing(chosen.mark_id, len(marks_view.points_of(chosen.mark)) - 1, chosen.mark)
        self._tell.changed()

    def _point_with_handle(self, event: PointerEvent) -> None:
        editing = self.editing
        assert editing is not None  # asked by the caller
        if event.act == "press":
            handle = marks_view.near(editing.mark, event)
            if handle >= 0:
                self.editing = replace(editing, handle=handle, dragging=True)
        elif event.act == "move" and editing.dragging:
            self.editing = replace(editing, mark=marks_view.with_point(editing.mark, editing.handle, event.at))
        elif event.act == "release" and editing.dragging:
            self._move_to(replace(editing, dragging=False), editing.mark)
        self._tell.redraw() if event.act == "move" else self._tell.changed()

    def nudge(self, rows: float, columns: float) -> None:
        """Move the handle being edited by pixels."""
        if self.editing is None:
            return
        at = marks_view.points_of(self.editing.mark)[self.editing.handle]
        moved = Point(at.row + rows, at.column + columns)
        self._move_to(self.editing, marks_view.with_point(self.editing.mark, self.editing.handle, moved))

    def set_skin_here(self) -> None:
        """Put the skin line of this picture at the pointer's height, also for the needle of this frame."""
        if self._shown.side is None or self.pointer_at is None:
            self._tell.refuse("Point at the skin in the picture, then press K.")
            return
        row = self.pointer_at.row
        self._skin_rows[self._shown.uid] = row
        if self.asked_needle is not None:
            self.asked_needle = replace(self.asked_needle, skin_row_px=row)
        for placed in self._marks_here():
            if isinstance(placed.mark, Needle | OutOfPlaneNeedle):
                editing = Editing(placed.mark_id, 0, placed.mark)
                self._move_to(editing, replace(placed.mark, skin_row_px=row), keep_editing=self.editing is not None)
        self._tell.changed()

    def _move_to(self, editing: Editing, mark: Mark, *, keep_editing: bool = True) -> None:
        side, old = self._shown.side, self._recorded_mark(editing.mark_id)
        if side is None or old is None:
            self.editing = None
            return
        self.editing = replace(editing, mark=mark) if keep_editing else None
        if mark != old:
            try:
                self._desk.move(side, editing.mark_id, mark)
            except REFUSALS as refused:
                self.editing = replace(editing, mark=old) if keep_editing else None
                self._tell.refuse(str(refused))
                return
        self._tell.changed()

    def take_back(self) -> None:
        """Backspace: the last click of a tool, else the mark being edited."""
        if self.asked_needle is not None:
            self.asked_needle = None
        elif self.placing is not None:
            self.placing = self.placing.without_last() if self.placing.points else None
        elif self.editing is not None:
            self._remove(self.editing.mark_id)
        else:
            self._tell.refuse("Press E to choose the mark, then Backspace removes it.")
            return
        self._tell.changed()

    def remove(self, mark_id: str) -> None:
        """Take a mark of the gland at work out of the record."""
        self._remove(mark_id)
        self._tell.changed()

    def _remove(self, mark_id: str) -> None:
        side = self._shown.side
        placed = next((m for m in self._shown.marks if m.mark_id == mark_id), None)
        self.editing = None
        if side is None or placed is None:
            return
        try:
            self._desk.remove(side, mark_id)
        except REFUSALS as refused:
            self._tell.refuse(str(refused))

    def _marks_here(self) -> list[PlacedMark]:
        return [m for m in self._shown.marks if m.side == self._shown.side and _where(m) == self._shown.where]

    def _recorded_mark(self, mark_id: str) -> Mark | None:
        return next((m.mark for m in self._shown.marks if m.mark_id == mark_id), None)

    def _distance(self, mark: Mark) -> float:
        at = self.pointer_at
        if at is None:
            return 0.0
        return min(math.dist((p.row, p.column), (at.row, at.column)) for p in marks_view.points_of(mark))


def _where(placed: PlacedMark) -> Where:
    return placed.on.sop_instance_uid, placed.on.frame
