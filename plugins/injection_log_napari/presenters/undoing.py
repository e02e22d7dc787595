"""Undo and redo in the room: the record is undone, and the room follows to the step, picture and frame of it.

What is half made in the hand goes first, one click at a time. What can be undone is reckoned by the record's floor.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from annotate.marks import Side
from injection_log.people.roles import allowed
from injection_log.record.undone import InForm
from injection_log_napari.presenters.access import reads_only
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.next_act import Step
from injection_log_napari.presenters.room_state import Wish

if TYPE_CHECKING:
    from injection_log.acts.undoing import Turned
    from injection_log.record.undone import OnPicture
    from injection_log_napari.presenters.picture import PicturePresenter


class TurnedRoom(Protocol):
    """What undoing needs of the room."""

    picture: PicturePresenter
    step: Step

    @property
    def side(self) -> Side | None:
        """The gland at work."""

    def go(self, step: Step) -> None:
        """Go to a step."""

    def note(self, sentence: str) -> None:
        """Show a remark."""

    def refuse(self, sentence: str) -> None:
        """Show why something was refused."""


class Undoing:
    """Ctrl+Z and Ctrl+Shift+Z of one room."""

    def __init__(self, desk: Desk, room: TurnedRoom, wish: Callable[[Wish], None]) -> None:
        self._desk, self._room, self._wish = desk, room, wish

    def undo(self) -> None:
        """Take the last click of a half-made mark back, else the newest own act of the visit."""
        if self._room.picture.is_half_made:
            self._room.picture.take_back()
        else:
            self._turn(self._desk.undo, "Undone: {}. Ctrl+Shift+Z brings it back.")

    def redo(self) -> None:
        """Bring back what was undone last."""
        self._turn(self._desk.redo, "Done again: {}. Ctrl+Z takes it back.")

    def _turn(self, act: Callable[[], Turned], sentence: str) -> None:
        if not allowed(self._desk.role, "undo_own_act"):
            self._room.refuse(reads_only(self._desk.role))
            return
        self._room.picture.hand.end_editing()
        try:
            turned = act()
        except REFUSALS as refused:
            self._room.refuse(str(refused))
            return
        if isinstance(turned.place, InForm):
            self._show_field(turned.place)
        else:
            self._show_picture(turned.place)
        self._room.note(sentence.format(turned.what))

    def _show_field(self, place: InForm) -> None:
        step: Step = place.side or "participant"
        if self._room.step != step:
            self._room.go(step)
        self._wish(Wish("reveal", place.field))

    def _show_picture(self, place: OnPicture) -> None:
        step: Step = place.side or self._room.side or "right"
        if self._room.step != step:
            self._room.go(step)
        self._room.picture.show(place.uid, place.frame)
        self._room.picture.is_settled = True
