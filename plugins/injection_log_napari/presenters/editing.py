"""A recorded mark taken up: which one, dragged or nudged by its handles, moved to the skin, removed.

Every finished act is one act of the record through the desk; what the record refuses leaves the mark where it was. New
marks are placed by `hand.py`.
"""
from __future__ import annotations

import math
from dataclasses import replace

from annotate.marks import Mark, Needle, OutOfPlaneNeedle
from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import PointerEvent
from injection_log_napari.presenters import marks_view
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.glance import Glance, marks_under
from injection_log_napari.presenters.mark_desk import MarkDesk
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.tools import Editing


class Editor:
    """The edit of one mark of the gland at work; `at_work` is None while none is taken up."""

    def __init__(self, desk: MarkDesk, shown: Glance, tell: Tell) -> None:
        self._desk, self._shown, self._tell = desk, shown, tell
        self.at_work: Editing | None = None

    def take(self, pointer_at: Point | None) -> bool:
        """Take up a mark of this frame: the one under the pointer, else the next one; False where there is none."""
        here = marks_under(self._shown)
        if not here:
            self._tell.refuse("There is no mark of this gland on this frame to edit.")
            return False
        ids = [m.mark_id for m in here]
        if self.at_work is not None and self.at_work.mark_id in ids:
            chosen = here[(ids.index(self.at_work.mark_id) + 1) % len(here)]
        else:
            chosen = min(here, key=lambda m: _distance(m.mark, pointer_at))
        self.at_work = Editing(chosen.mark_id, len(marks_view.points_of(chosen.mark)) - 1, chosen.mark)
        return True

    def end(self) -> bool:
        """End the edit, as where another frame is shown; tells whether there was one."""
        was_editing, self.at_work = self.at_work is not None, None
        return was_editing

    def pointer(self, event: PointerEvent) -> None:
        """One act of the pointer while a mark is taken up."""
        editing = self.at_work
        assert editing is not None  # asked by the caller
        if event.act == "press":
            handle = marks_view.near(editing.mark, event)
            if handle >= 0:
                self.at_work = replace(editing, handle=handle, dragging=True)
        elif event.act == "move" and editing.dragging:
            self.at_work = replace(editing, mark=marks_view.with_point(editing.mark, editing.handle, event.at))
        elif event.act == "release" and editing.dragging:
            self._move_to(replace(editing, dragging=False), editing.mark)
        self._tell.redraw() if event.act == "move" else self._tell.changed()

    def nudge(self, rows: float, columns: float) -> None:
        """Move the handle being edited by pixels."""
        if self.at_work is None:
            return
        at = marks_view.points_of(self.at_work.mark)[self.at_work.handle]
        moved = Point(at.row + rows, at.column + columns)
        self._move_to(self.at_work, marks_view.with_point(self.at_work.mark, self.at_work.handle, moved))

    def change(self, mark_id: str, mark: Mark) -> None:
        """Say a recorded mark otherwise, where it lies."""
        self._move_to(Editing(mark_id, 0, mark), mark, keep_editing=False)

    def put_skin_at(self, row_px: float) -> None:
        """The needles of this frame count their depth from another row."""
        for placed in marks_under(self._shown):
            if isinstance(placed.mark, Needle | OutOfPlaneNeedle):
                editing = Editing(placed.mark_id, 0, placed.mark)
                moved = replace(placed.mark, skin_row_px=row_px)
                self._move_to(editing, moved, keep_editing=self.at_work is not None)

    def remove(self, mark_id: str) -> None:
        """Take a mark of the gland at work out of the record."""
        side = self._shown.side
        placed = next((m for m in self._shown.marks if m.mark_id == mark_id), None)
        self.at_work = None
        if side is None or placed is None:
            return
        try:
            self._desk.remove(side, mark_id)
        except REFUSALS as refused:
            self._tell.refuse(str(refused))

    def _move_to(self, editing: Editing, mark: Mark, *, keep_editing: bool = True) -> None:
        side, old = self._shown.side, self._recorded_mark(editing.mark_id)
        if side is None or old is None:
            self.at_work = None
            return
        self.at_work = replace(editing, mark=mark) if keep_editing else None
        if mark != old:
            try:
                self._desk.move(side, editing.mark_id, mark)
            except REFUSALS as refused:
                self.at_work = replace(editing, mark=old) if keep_editing else None
                self._tell.refuse(str(refused))
                return
        self._tell.changed()

    def _recorded_mark(self, mark_id: str) -> Mark | None:
        return next((m.mark for m in self._shown.marks if m.mark_id == mark_id), None)


def _distance(mark: Mark, at: Point | None) -> float:
    if at is None:
        return 0.0
    return min(math.dist((p.row, p.column), (at.row, at.column)) for p in marks_view.points_of(mark))
