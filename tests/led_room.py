"""A room presenter over a desk in memory, its wishes written down, with a hand over its picture; it asserts nothing."""
from __future__ import annotations

from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import KeyEvent, PointerEvent
from injection_log_napari.presenters.room import RoomPresenter

A, B = Point(100, 50), Point(150, 250)


class LedRoom:
    """The room of one visit."""

    def __init__(self, desk) -> None:
        self.desk, self.wishes = desk, []
        self.room = RoomPresenter(desk, self.wishes.append, lambda: None, lambda: None)

    @property
    def tool(self):
        return self.room.picture.hand.tool

    @property
    def refused(self) -> str:
        return self.room.sentence.text if self.room.sentence.tone == "refused" else ""

    def key(self, name: str) -> None:
        self.room.key(KeyEvent(name))

    def drag(self, start: Point = A, end: Point = B) -> None:
        for act, point in (("press", start), ("move", end), ("release", end)):
            self.room.pointer(PointerEvent(act, point, 3.0))

    def facts(self, side="right"):
        return self.desk.record.glands[side].facts

    def row(self, name: str, side="right"):
        state = self.room.glands[side].state
        return next(row for row in (*state.before, *state.volume_rows, *state.after) if row.name == name)
