"""A person's hands on the real window: mouse, keys and typing at what is shown, counted, with pictures taken.

It calls no act and looks into no presenter for anything but where things are and whether they have come.
"""
from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from injection_log.practice.story import time_told

if TYPE_CHECKING:
    from dicom_io.calibration import Point
    from injection_log_napari.views.form_view import FormView
    from injection_log_napari.views.main_window import MainWindow
    from injection_log_napari.views.room_page import RoomPage

LEFT = Qt.MouseButton.LeftButton
PATIENCE_S = 60.0


class TourStuck(RuntimeError):
    """Something that had to happen did not; the message says what was waited for."""


class Hands:
    """Counts acts (a click, a drag, a typed field or a key is one) and keeps the pictures."""

    def __init__(self, window: MainWindow, out_folder: Path) -> None:
        self.window, self._out = window, out_folder
        self.pictures: list[Path] = []
        self.acts = 0
        out_folder.mkdir(parents=True, exist_ok=True)

    @property
    def room(self) -> RoomPage:
        """The room that is open."""
        if self.window.room is None:
            raise TourStuck("no visit is open")
        return self.window.room

    def spin(self, seconds: float) -> None:
        """Let the window live for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.003)

    def wait(self, for_what: str, until: Callable[[], object]) -> None:
        """Wait for something to come; TourStuck when it does not."""
        end = time.monotonic() + PATIENCE_S
        while not until():
            if time.monotonic() > end:
                self.picture("stuck")
                raise TourStuck(f"the window did not get to: {for_what}")
            QApplication.processEvents()
            time.sleep(0.003)

    def click(self, widget: QWidget) -> None:
        """Click a widget."""
        self.acts += 1
        QTest.mouseClick(widget, LEFT)
        self.spin(0.03)

    def key(self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key."""
        self.acts += 1
        QTest.keyClick(widget, key, modifier)
        self.spin(0.02)

    def type(self, editor: QLineEdit, text: str, *, enter: bool = True) -> None:
        """Click into a field, type, press Enter."""
        self.acts += 1
        QTest.mouseClick(editor, LEFT)
        editor.selectAll()
        QTest.keyClicks(editor, text)
        if enter:
            QTest.keyClick(editor, Qt.Key.Key_Return)
        self.spin(0.03)

    def picture(self, name: str) -> None:
        """Keep a picture of the window (or of the dialog over it)."""
        self.spin(0.25)
        shown = QApplication.activeModalWidget() or self.window
        path = self._out / f"{len(self.pictures) + 1:02d}-{name}.png"
        if not shown.grab().save(str(path)):
            raise TourStuck(f"the picture {path.name} could not be written")
        self.pictures.append(path)

    # ---- the picture and the forms -------------------------------------------------------------------------
    @property
    def surface(self) -> QWidget:
        """The glass."""
        canvas = self.window.zone.canvas
        if canvas is None:
            raise TourStuck("there is no canvas")
        surface: QWidget = canvas.surface
        return surface

    def at(self, point: Point) -> QPoint:
        """Where an image point is on the glass, in whole units."""
        canvas = self.window.zone.canvas
        assert canvas is not None
        x, y = canvas.image_to_widget(point)
        return QPoint(round(x), round(y))

    def point(self, point: Point) -> None:
        """Click a point of the image."""
        self.acts += 1
        QTest.mouseClick(self.surface, LEFT, pos=self.at(point))
        self.spin(0.03)

    def hover(self, point: Point) -> None:
        """Move over a point of the image."""
        QTest.mouseMove(self.surface, self.at(point))
        self.spin(0.05)

    def show(self, uid: str, frame: int) -> None:
        """Show a picture by its thumbnail, and step to a frame by keys."""
        room = self.room
        if room.room.picture.uid != uid:
            self.click(room.column.thumbs[uid])
        self.wait("the picture", lambda: room.clips.opened(uid))
        if room.room.picture.frame != frame:
            self.key(self.surface, Qt.Key.Key_Home)
            for _ in range(frame // 10):
                self.key(self.surface, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
            for _ in range(frame % 10):
                self.key(self.surface, Qt.Key.Key_Right)
        self.spin(0.05)

    def told(self, text: str) -> str:
        """A text as it is typed: a time of the story is one that has just passed."""
        return time_told(self.window.site.clock, text) if ":" in text else text

    def fill(self, form: FormView, texts: dict[str, str]) -> None:
        """Type into the fields that the protocol asks for."""
        for name, text in texts.items():
            self.type_field(form, name, text)

    def type_field(self, form: FormView, name: str, text: str) -> None:
        """Type into one field, where it is asked for."""
        field_view = form.fields.get(name)
        if field_view is not None and field_view.editor is not None:
            form.reveal(name)
            self.type(field_view.editor, text)

    def press_field(self, form: FormView, name: str, choice: str) -> None:
        """Press one choice, where it is asked for."""
        field_view = form.fields.get(name)
        if field_view is not None:
            form.reveal(name)
            self.click(field_view.choices[choice])
