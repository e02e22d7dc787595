"""The bottom line: one sentence with the next act or what was refused, and the way to keys and tutorial."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout

from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.views.parts import button, label
from injection_log_napari.views.style import set_role

TURN_WIDTH = 44


@dataclass(frozen=True)
class Turns:
    """What the two buttons for undo and redo do."""

    undo: Callable[[], None]
    redo: Callable[[], None]


class SentenceLine(QFrame):
    """Shows a Sentence; two lines of height are always kept, so that nothing moves.

    `turns` brings undo and redo, `teach` the tutorial, where there is one.
    """

    def __init__(
        self, keys: Callable[[], None], turns: Turns | None = None, teach: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("sentence")
        self._text = label("", wraps=True)
        self.setFixedHeight(58)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 10, 4)
        row.addWidget(self._text, 1)
        if teach is not None:
            self.tutorial = button("Tutorial", teach, tip="Eight lessons on the practice participant, five minutes")
            row.addWidget(self.tutorial)
        if turns is not None:
            self.undo = button("↶", turns.undo, tip="Undo your last act at this visit (Ctrl+Z)")
            self.redo = button("↷", turns.redo, tip="Do again what was undone (Ctrl+Shift+Z)")
            for made, name in ((self.undo, "Undo"), (self.redo, "Redo")):
                made.setAccessibleName(name)
                made.setFixedWidth(TURN_WIDTH)
                row.addWidget(made)
        self.keys = button("?  keys", keys, tip="All keys (?)")
        row.addWidget(self.keys)

    @property
    def text(self) -> str:
        """What is said now."""
        return self._text.text()

    def show_sentence(self, sentence: Sentence) -> None:
        """Say something else."""
        sign = "▲ " if sentence.tone == "refused" else ""
        self._text.setText(sign + sentence.text)
        set_role(self, "tone", sentence.tone)
