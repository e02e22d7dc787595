"""The tutorial as a strip under the banner: the lesson one is at, a way to its place, and a way to put it away."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from injection_log_napari.presenters.next_act import Step
from injection_log_napari.presenters.tutorial import TutorialState
from injection_log_napari.views.parts import button, label


class TutorialStrip(QFrame):
    """Hidden until somebody asks for it."""

    def __init__(self, go: Callable[[Step], None]) -> None:
        super().__init__()
        self.setObjectName("tutorial")
        self._go = go
        self._step: Step | None = None
        self._title, self._words = label("", "value"), label("", wraps=True)
        self._title.setMinimumWidth(200)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.setSpacing(14)
        row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.there = button("Go there", self._pressed)
        row.addWidget(self.there, 0, Qt.AlignmentFlag.AlignTop)
        self.away = button("Put away", self.hide)
        row.addWidget(self.away, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_lesson(self, state: TutorialState, here: Step) -> None:
        """Show the lesson; the way there only from elsewhere."""
        self._step = state.step
        self._title.setText(f"Lesson {state.number} of {state.of}\n{state.title}")
        self._words.setText(state.words)
        self.there.setVisible(state.step != here)

    def _pressed(self) -> None:
        if self._step is not None:
            self._go(self._step)
