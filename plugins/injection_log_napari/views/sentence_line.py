"""The bottom line: one sentence with the next act or what was refused, and the way to keys and tutorial."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout

from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.views.parts import button, label
from injection_log_napari.views.style import set_role


class SentenceLine(QFrame):
    """Shows a Sentence; two lines of height are always kept, so that nothing moves.

    `teach` brings the tutorial, where there is one.
    """

    def __init__(self, keys: Callable[[], None], teach: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.setObjectName("sentence")
        self._text = label("", wraps=True)
        self.setFixedHeight(58)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 10, 4)
        row.addWidget(self._text, 1)
        self.tutorial = button("Tutorial", teach, tip="Eight lessons on the practice participant, five minutes")
        self.tutorial.setVisible(teach is not None)
        row.addWidget(self.tutorial)
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
