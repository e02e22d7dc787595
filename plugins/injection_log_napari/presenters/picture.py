"""The picture zone: which clip and frame are shown, which tool is in the hand, what is drawn over it.

Pointer and keys come in as plain values and become acts of the record through the desk. Nothing is placed
without a completed act of the person; what the record refuses leaves the record as it was.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from annotate.marks import Axis, Caliper, Mark, Needle, OutOfPlaneNeedle, PlacedMark, Side, TipVisibility
from dicom_io.calibration import Point
from injection_log.record.values import VisitImage
from injection_log_napari.canvas.interface import PointerEvent, Primitive
from injection_log_napari.presenters import marks_view
from injection_log_napari.presenters.desk import REFUSALS, Desk, Where
from injection_log_napari.presenters.pictures import Pictures
from injection_log_napari.presenters.tools import CaliperTool, NeedleTool, Placing, Tool

FINE = 0.1
Say = Callable[[str], None]


@dataclass(frozen=True)
class Editing:
    """A mark taken up for editing: which one, which handle, and how it lies under the hand."""

    mark_id: str
    handle: int
    mark: Mark
    dragging: bool = False


class PicturePresenter:
    """One visit's pictures with marks for one gland at a time (`side` is None where none may be placed)."""

    def __init__(self, desk: Desk, refuse: Say, changed: Callable[[], None], redraw: Callable[[], None]) -> None:
        self._desk, self._refuse, self._changed, self._redraw = desk, refuse, changed, redraw
        self.pictures = Pictures(desk)
        self.side: Side | None = None
        self.is_settled = False
        """Somebody works on the shown picture: it must not change by itself any more."""
        self.chosen = ""
        """The picture that a person opened for this gland: only they know whose it is."""
        self.uid = ""
        self.frame = 0
        self.placing: Placing | None = None
        self.asked_needle: Needle | OutOfPlaneNeedle | None = None
        self.editing: Editing | None = None
        self._doubted = ""
        self._pointer: Point | None = None
        self._frames: dict[str, int] = {}
        self._skin_rows: dict[str, float] = {}
        self._undo: list[Callable[[], None]] = []

    # ---- what is shown -------------------------------------------------------------------------------------
    @property
    def image(self) -> VisitImage | None:
        """The shown picture."""
        return next((image for image in self._desk.record.images if image.sop_instance_uid == self.uid), None)

    @property
    def where(self) -> Where:
        """Picture and frame."""
        return self.uid, self.frame

    @property
    def marks(self) -> tuple[PlacedMark, ...]:
        """All marks of the visit, of both glands."""
        return self.pictures.marks

    @property
    def marked_frames(self) -> tuple[int, ...]:
        """Frames of the shown clip that carry marks, for the strip."""
        return tuple(sorted({m.on.frame for m in self.marks if m.on.sop_instance_uid == self.uid}))

    @property
    def tool(self) -> Tool | None:
        """The tool in the hand."""
        return self.placing.tool if self.placing else None

    def primitives(self) -> tuple[Primitive, ...]:
        """All that lies over the picture."""
        editing = self.editing
        shown = marks_view.Shown(
            self.uid, self.frame, self.side, editing.mark_id if editing else "", editing.handle if editing else -1
        )
        marks = [replace(m, mark=editing.mark) if editing and m.mark_id == editing.mark_id else m for m in self.marks]
        return (*self._recorded(marks, shown), *self._half_made())

    def _recorded(self, marks: list[PlacedMark], shown: marks_view.Shown) -> tuple[Primitive, ...]:
        try:
            return marks_view.recorded(marks, shown)
        except REFUSALS:  # a handle is just now dragged where nothing can be measured
            return ()

    def _half_made(self) -> tuple[Primitive, ...]:
        if self.side is None:
            return ()
        if self.asked_needle is not None:
            needle = self.asked_needle
            placing = Placing(NeedleTool(isinstance(needle, Needle)), marks_view.points_of(needle))
            words, refused = self._preview(needle)
            drawn = marks_view.half_made(placing, self.side, words, refused=refused)
            return (*drawn, *marks_view.skin_line(needle.skin_row_px, needle.tip))
        if self.placing is None:
            return ()
        mark = self._mark_of(self.placing, self.placing.shown_points)
        words, refused = self._preview(mark) if mark else ("", False)
        return marks_view.half_made(self.placing, self.side, words, refused=refused)

    def _preview(self, mark: Mark) -> tuple[str, bool]:
        try:
            words = marks_view.preview(mark, self._desk.scale_for(self.uid, mark), self.side or "right")
        except REFUSALS as refused:
            return str(refused), True
        return words, False

    # ---- clips and frames ----------------------------------------------------------------------------------
    def show(self, uid: str, frame: int | None = None) -> None:
        """Show a picture, at the frame where it was left."""
        if uid != self.uid:
            self._frames[self.uid] = self.frame
            self.put_away()
        self.uid = uid
        self.frame = self._bounded(self._frames.get(uid, 0) if frame is None else frame)
        self._changed()

    def go(self, frame: int) -> None:
        """Show another frame of the clip."""
        frame = self._bounded(frame)
        self.is_settled = True
        if frame != self.frame:
            ended, self.editing = self.editing is not None, None
            self.frame = frame
            self._changed() if ended else self._redraw()

    def step(self, by: int) -> None:
        """Step frames; steps never skip."""
        self.go(self.frame + by)

    def _bounded(self, frame: int) -> int:
        frames = self.image.frames if self.image else 1
        return max(0, min(frames - 1, frame))

    # ---- tools ---------------------------------------------------------------------------------------------
    def take(self, tool: Tool) -> None:
        """Take a tool up; refused in words where no mark may be placed, once where it may be the wrong gland's."""
        if self.side is None:
            self._refuse("Choose the right or the left gland first: a mark belongs to one of them.")
        elif not self._desk.record.glands[self.side].is_open:
            self._refuse(f"The {self.side} gland is signed: it can be read but not changed here.")
        elif self.image is None:
            self._refuse("There is no picture yet: pull or import the images first.")
        elif self._doubted != self.uid and (doubt := self.pictures.doubt(self.uid, self.side)):
            self.put_away()
            self._doubted = self.uid
            self._refuse(f"{doubt} press the key again.")
        else:
            self.editing = self.asked_needle = None
            self.placing, self.is_settled = Placing(tool), True
            self._changed()

    def put_away(self) -> None:
        """Put tool and edit away; a needle that was not answered for is dropped."""
        self.placing = self.asked_needle = self.editing = None
        self._doubted = ""
        self._changed()

    def answer_tip(self, visibility: TipVisibility) -> None:
        """Say how the tip was seen: the needle is placed now."""
        if self.asked_needle is None:
            return
        needle, self.asked_needle = replace(self.asked_needle, tip_visibility=visibility), None
        self._place(needle)

    def pointer(self, event: PointerEvent) -> None:
        """One act of the pointer."""
        if event.act == "leave":
            self._pointer = None
            return
        self._pointer = event.at
        self.is_settled = self.is_settled or event.act == "press"
        if self.placing is not None and self.asked_needle is None:
            self._point_with_tool(event)
        elif self.editing is not None:
            self._point_with_handle(event)
        elif event.act == "press" and self.side is not None:
            self._hint_at_edit(event)

    def _hint_at_edit(self, event: PointerEvent) -> None:
        if any(_near(m.mark, event) >= 0 for m in self._marks_here()):
            self._refuse("Marks are fixed until you edit them: press E, then drag the handle.")

    def _point_with_tool(self, event: PointerEvent) -> None:
        assert self.placing is not None  # asked by the caller
        if event.act in ("press", "double_click"):
            self.placing = self.placing.pressed(event.at)
        elif event.act == "move":
            self.placing = self.placing.moved(event.at)
        else:
            self.placing = self.placing.released(event.at, event.reach_px)
        if self.placing.is_done:
            self._finish(self.placing)
        self._redraw() if event.act == "move" else self._changed()

    def _finish(self, placing: Placing) -> None:
        mark = self._mark_of(placing, placing.points)
        assert mark is not None  # all points are given
        if isinstance(mark, Caliper):
            self._place(mark)
            return
        _, refused = self._preview(mark)
        if refused:
            self._place(mark)  # says why, and leaves the tool in the hand
            return
        self.placing, self.asked_needle = None, mark

    def _mark_of(self, placing: Placing, points: tuple[Point, ...]) -> Mark | None:
        tool = placing.tool
        if len(points) < tool.points_needed:
            return None
        if isinstance(tool, CaliperTool):
            return Caliper(tool.axis, points[0], points[1])
        tip = points[-1]
        if tool.in_plane:
            return Needle(points[0], tip, "seen", self._skin_row(tip))
        return OutOfPlaneNeedle(tip, "seen", self._skin_row(tip))

    def _skin_row(self, tip: Point) -> float:
        if self.uid in self._skin_rows:
            return self._skin_rows[self.uid]
        return self._desk.skin_row(self.uid, tip)

    def _place(self, mark: Mark) -> None:
        assert self.side is not None  # a tool cannot be taken up without a side
        side, before = self.side, {m.mark_id for m in self.marks}
        tool = self.placing.tool if self.placing else None
        self.placing = Placing(tool) if tool else None
        try:
            self._desk.place(side, self.where, mark)
        except REFUSALS as refused:
            self._refuse(str(refused))
            return
        self.placing = None
        new = next((m.mark_id for m in self.marks if m.mark_id not in before), "")
        self._undo.append(lambda: self._desk.remove(side, new))
        self._changed()

    # ---- editing -------------------------------------------------------------------------------------------
    def edit(self) -> None:
        """Take up a mark of this frame: the one under the pointer, else the next one."""
        here = self._marks_here()
        if not here:
            self._refuse("There is no mark of this gland on this frame to edit.")
            return
        ids = [m.mark_id for m in here]
        if self.editing is not None and self.editing.mark_id in ids:
            chosen = here[(ids.index(self.editing.mark_id) + 1) % len(here)]
        else:
            chosen = min(here, key=lambda m: self._distance(m.mark))
        self.placing = self.asked_needle = None
        self.editing = Editing(chosen.mark_id, len(marks_view.points_of(chosen.mark)) - 1, chosen.mark)
        self._changed()

    def _point_with_handle(self, event: PointerEvent) -> None:
        editing = self.editing
        assert editing is not None  # asked by the caller
        if event.act == "press":
            handle = _near(editing.mark, event)
            if handle >= 0:
                self.editing = replace(editing, handle=handle, dragging=True)
        elif event.act == "move" and editing.dragging:
            self.editing = replace(editing, mark=marks_view.with_point(editing.mark, editing.handle, event.at))
        elif event.act == "release" and editing.dragging:
            self._move_to(replace(editing, dragging=False), editing.mark)
        self._redraw() if event.act == "move" else self._changed()

    def nudge(self, rows: float, columns: float) -> None:
        """Move the handle being edited by pixels."""
        if self.editing is None:
            return
        at = marks_view.points_of(self.editing.mark)[self.editing.handle]
        moved = Point(at.row + rows, at.column + columns)
        self._move_to(self.editing, marks_view.with_point(self.editing.mark, self.editing.handle, moved))

    def set_skin_here(self) -> None:
        """Put the skin line of this picture at the pointer's height, also for the needle of this frame."""
        if self.side is None or self._pointer is None:
            self._refuse("Point at the skin in the picture, then press K.")
            return
        row = self._pointer.row
        self._skin_rows[self.uid] = row
        if self.asked_needle is not None:
            self.asked_needle = replace(self.asked_needle, skin_row_px=row)
        for placed in self._marks_here():
            if isinstance(placed.mark, Needle | OutOfPlaneNeedle):
                editing = Editing(placed.mark_id, 0, placed.mark)
                self._move_to(editing, replace(placed.mark, skin_row_px=row), keep_editing=self.editing is not None)
        self._changed()

    def _move_to(self, editing: Editing, mark: Mark, *, keep_editing: bool = True) -> None:
        side, old = self.side, self._recorded_mark(editing.mark_id)
        if side is None or old is None:
            self.editing = None
            return
        self.editing = replace(editing, mark=mark) if keep_editing else None
        if mark != old:
            try:
                self._desk.move(side, editing.mark_id, mark)
            except REFUSALS as refused:
                self.editing = replace(editing, mark=old) if keep_editing else None
                self._refuse(str(refused))
                return
            self._undo.append(lambda: self._desk.move(side, editing.mark_id, old))
        self._changed()

    def take_back(self) -> None:
        """Backspace: the last click of a tool, else the mark being edited."""
        if self.asked_needle is not None:
            self.asked_needle = None
        elif self.placing is not None:
            self.placing = self.placing.without_last() if self.placing.points else None
        elif self.editing is not None:
            self._remove(self.editing.mark_id)
        else:
            self._refuse("Press E to choose the mark, then Backspace removes it.")
            return
        self._changed()

    def remove(self, mark_id: str) -> None:
        """Take a mark of the gland at work out of the record."""
        self._remove(mark_id)
        self._changed()

    def _remove(self, mark_id: str) -> None:
        side = self.side
        placed = next((m for m in self.marks if m.mark_id == mark_id), None)
        self.editing = None
        if side is None or placed is None:
            return
        try:
            self._desk.remove(side, mark_id)
        except REFUSALS as refused:
            self._refuse(str(refused))
            return
        where = _where(placed)
        self._undo.append(lambda: self._desk.place(side, where, placed.mark))

    def undo(self) -> None:
        """Undo the last mark placed, moved or removed since the visit was opened here."""
        if not self._undo:
            self._refuse("There is nothing to undo.")
            return
        self.editing = None
        try:
            self._undo.pop()()
        except REFUSALS as refused:
            self._refuse(str(refused))
        self._changed()

    # ---- which picture, which side -------------------------------------------------------------------------
    def to_choose_from(self, axis: Axis | None) -> tuple[str, ...]:
        """Pictures among which a person must choose before a caliper (None: the needle); empty when that is settled.

        Two pictures of a plane may be of one gland each, and neither says so: the program never takes one of them.
        """
        suited = self.pictures.suited(self.side, axis) if self.side else ()
        return suited if len(suited) > 1 and not (self.chosen == self.uid and self.uid in suited) else ()

    def show_suited(self, axis: Axis | None) -> None:
        """Show the picture for a caliper (None: the needle); what a person chose stays, as where none suits."""
        suited = self.pictures.suited(self.side, axis) if self.side else ()
        if suited and self.uid not in suited:
            self.show(suited[0])

    def side_warning(self) -> str:
        """A sentence when the shown picture is of the other gland."""
        if self.side is None or self.image is None:
            return ""
        return self.pictures.side_warning(self.uid, self.side)

    @property
    def side_is_unsaid(self) -> bool:
        """Neither the shown picture's header nor a mark says of which gland it is."""
        return self.image is not None and not self.pictures.side_of(self.uid)

    def _marks_here(self) -> list[PlacedMark]:
        return [m for m in self.marks if m.side == self.side and _where(m) == self.where]

    def _recorded_mark(self, mark_id: str) -> Mark | None:
        return next((m.mark for m in self.marks if m.mark_id == mark_id), None)

    def _distance(self, mark: Mark) -> float:
        at = self._pointer
        if at is None:
            return 0.0
        return min(math.dist((p.row, p.column), (at.row, at.column)) for p in marks_view.points_of(mark))


def _where(placed: PlacedMark) -> Where:
    return placed.on.sop_instance_uid, placed.on.frame


def _near(mark: Mark, event: PointerEvent) -> int:
    """The handle within reach of the pointer, -1 for none."""
    distances = [
        math.dist((p.row, p.column), (event.at.row, event.at.column)) for p in marks_view.points_of(mark)
    ]
    best = min(range(len(distances)), key=distances.__getitem__)
    return best if distances[best] <= event.reach_px else -1


