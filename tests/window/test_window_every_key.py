"""Every key of a full keyboard with modifiers, on every step of the real window, on both canvases: nothing is lost."""
from __future__ import annotations

import pytest
from opened_window import OpenedVisit, rewritten
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from annotate.marks import Caliper
from dicom_io.calibration import Point

STEPS = ("participant", "images", "right", "left", "review")
NAMES = (
    *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", *(f"F{number}" for number in range(1, 13)), "Delete", "Backspace",
    "Insert", "Home", "End", "PageUp", "PageDown", "Left", "Right", "Up", "Down", "Tab", "Backtab", "Escape", "Space",
    "Return", "Enter", "Print", "Pause", "Menu", "Comma", "Period", "Minus", "Plus", "Equal", "Slash", "Backslash",
    "Semicolon", "Colon", "Apostrophe", "QuoteLeft", "BracketLeft", "BracketRight", "Less", "Greater", "Question",
    "Asterisk", "Exclam", "NumberSign", "Dollar", "Percent", "Ampersand", "CapsLock", "NumLock", "ScrollLock", "Back",
    "Forward", "AE", "Ooblique", "Aring",
)  # fmt: skip
NONE, SHIFT, CONTROL = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("No", "Shift", "Control"))
ALT = Qt.KeyboardModifier.AltModifier
MODIFIERS = (NONE, SHIFT, CONTROL, CONTROL | SHIFT, ALT)
MEANT = {("Z", CONTROL), ("Z", CONTROL | SHIFT), ("L", CONTROL)}
"""Undo, redo and the lock: they do what they say, and are pressed in a test of their own."""


class Pressed(OpenedVisit):
    """The visit with a caliper in each gland, a hand in nothing, and facts of the visit and of a gland."""

    def fill(self) -> None:
        desk = self.page.desk
        uid = desk.record.images[0].sop_instance_uid
        for side in ("right", "left"):
            desk.place(side, (uid, 0), Caliper("length", Point(200, 200), Point(300, 400)))
        desk.set_fact(None, "visit_remark", "long")
        desk.set_fact("right", "gland_remark", "quiet")
        self.page.room.go("right")
        self.page.room.picture.show(uid, 0)

    @property
    def held(self) -> tuple:
        record = self.page.desk.record
        glands = [(gland.marks, gland.facts, gland.size) for gland in record.glands.values()]
        return glands, record.facts, record.images, record.identifiers_confirmed

    def press(self, step: str, name: str, modifier: Qt.KeyboardModifier) -> None:
        """One key on the picture of a gland's step, or on the page of another, and back to where that was."""
        room = self.page.room
        if room.step != step:
            room.go(step)
        on = self.surface if step in ("right", "left") else self.page
        QTest.keyClick(on, getattr(Qt.Key, f"Key_{name}"), modifier)
        hand, ruler = room.picture.hand, room.picture.ruler
        if hand.tool is not None or hand.editing is not None or ruler.is_out:
            QTest.keyClick(self.surface, Qt.Key.Key_Escape)
        if self.page.keys.isVisible():
            self.page.keys.close()


@pytest.fixture(params=["plain", "napari"])
def pressed(app, tmp_path, phantom_visit, monkeypatch, request):
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(tmp_path / "keys"))
    still = min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    folder = rewritten([still], tmp_path / "files", lambda _: None)
    made = Pressed(app, tmp_path, folder, canvas=request.param)
    if made.window.zone.canvas.name != request.param:
        made.window.close()
        pytest.skip("this canvas cannot be made here")
    made.fill()
    yield made
    made.window.close()


def test_every_key_on_every_step_leaves_every_mark_and_fact(pressed):
    held, lost = pressed.held, []
    for step in STEPS:
        for name in NAMES:
            for modifier in MODIFIERS:
                if (name, modifier) not in MEANT:
                    pressed.press(step, name, modifier)
            if pressed.held != held:
                lost.append((step, name))
                held = pressed.held
    assert lost == []
    assert pressed.window.stack.currentWidget() is pressed.page


def test_undo_and_redo_do_what_they_say_on_every_step_and_the_lock_keeps_everything(pressed):
    held = pressed.held
    for step in STEPS:
        pressed.press(step, "Z", CONTROL)
        assert "gland_remark" not in pressed.page.desk.record.glands["right"].facts, step
        pressed.press(step, "Z", CONTROL | SHIFT)
        assert pressed.held == held
    pressed.press("right", "L", CONTROL)
    pressed.spin(0.05)
    assert pressed.window.stack.currentWidget() is pressed.window.log_in
    assert pressed.held == held
