"""What comes by itself after an act that was owed: the next tool with its picture, or the next field to be answered.

It does what Enter would do, and less: it never leaves the step, takes up no tool where a person must choose the
picture first, and answers nothing. After an act that was not owed it does nothing: who goes an own way is left to it.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from injection_log_napari.presenters.access import owed_now
from injection_log_napari.presenters.next_act import NextAct, act_for
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.presenters.tools import CaliperTool
from injection_log_napari.presenters.unanswered import SEEN_IN_GLAND

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log_napari.canvas.interface import PointerEvent
    from injection_log_napari.presenters.desk import Desk
    from injection_log_napari.presenters.next_act import Step
    from injection_log_napari.presenters.picture import PicturePresenter
    from injection_log_napari.presenters.taking_up import TakingUp

class LedRoom(Protocol):
    """What leading on needs of the room."""

    step: Step
    picture: PicturePresenter
    tools: TakingUp

    @property
    def next(self) -> NextAct:
        """The next sensible act."""

    @property
    def side(self) -> Side | None:
        """The gland at work."""


class LeadingOn:
    """Leads on in one room."""

    def __init__(self, desk: Desk, room: LedRoom, wish: Callable[[Wish], None]) -> None:
        self._desk, self._room, self._wish = desk, room, wish

    def arrived(self) -> None:
        """The next act led to this step: its first tool comes, where its picture is known."""
        self._room.tools.take_by_itself(self._room.next)

    def picture_opened(self) -> None:
        """A person opened a picture: the first tool that is owed on it comes into the hand."""
        picture, side = self._room.picture, self._room.side
        if side is None:
            return
        owed = [act for act in self._owed_tools() if picture.uid in picture.pictures.suited(side, act.axis)]
        if owed:
            self._room.tools.take_by_itself(owed[0])

    def pointer(self, event: PointerEvent) -> None:
        """An act of the pointer; a caliper that was owed is followed by what is owed next."""
        picture, hand = self._room.picture, self._room.picture.hand
        if event.act == "double_click" and hand.placing is not None and not hand.placing.points:
            return  # the second click on the end of the caliper before: this tool came in between
        tool = hand.tool if event.act in ("press", "release") else None
        is_owed = isinstance(tool, CaliperTool) and any(act.axis == tool.axis for act in self._owed_tools())
        placed = len(picture.marks) if is_owed else 0
        picture.pointer(event)
        if is_owed and hand.tool is None and len(picture.marks) > placed:
            self._room.tools.take_by_itself(self._room.next)

    def mark_answered(self, answer: str, in_gland: Callable[[Side], object]) -> bool:
        """Answer what a drawn mark owes; a needle that was owed leads to the next owed field.

        One answer says two things of a needle: it is placed with its tip seen, and then `in_gland` is recorded.
        """
        picture, side = self._room.picture, self._room.side
        was_owed = picture.hand.asked_needle is not None and any(act.kind == "needle" for act in self._owed_tools())
        before = len(picture.marks)
        taken = picture.hand.answer("seen" if answer == SEEN_IN_GLAND else answer)
        is_placed = taken and len(picture.marks) > before
        if is_placed and answer == SEEN_IN_GLAND and side is not None:
            in_gland(side)
        if is_placed and was_owed:
            self.to_field()
        return taken

    def answered(self, side: Side | None, field: str, answer: Callable[[], bool]) -> bool:
        """Press an answer; one that was owed leads to the next field that is. Gives what `answer` gives."""
        was_owed = field in self._owed_fields(side)
        kept = answer()
        if kept and was_owed and not self._may_have_more(side, field) and field not in self._owed_fields(side):
            self.to_field()
        return kept

    def to_field(self) -> None:
        """Put the focus into the next field that is owed, where a field is what comes next."""
        act = self._room.next
        if act.kind == "field":
            self._wish(Wish("field", act.target))

    def _owed_tools(self) -> list[NextAct]:
        side = self._room.side
        acts = [act_for(one) for one in owed_now(self._desk, side) if one.step == side] if side else []
        return [act for act in acts if act.kind in ("caliper", "needle")]

    def _owed_fields(self, side: Side | None) -> frozenset[str]:
        step = side or "participant"
        return frozenset(one.field for one in owed_now(self._desk, side) if one.step == step)

    def _may_have_more(self, side: Side | None, field: str) -> bool:
        """Whether a question takes several answers, of which this may not be the last; "none" is."""
        record = self._desk.record
        facts = record.glands[side].facts if side else record.facts
        kinds = {one.name: one.kind for one in self._desk.fields("gland" if side else "visit")}
        return kinds.get(field) == "choices" and facts.get(field) != ["none"]
