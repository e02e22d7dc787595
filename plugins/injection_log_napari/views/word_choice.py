"""A row of buttons of which one holds: what a person chooses for this workstation, at once and for the next start."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from injection_log.kept_word import keep_word
from injection_log_napari.said import Said
from injection_log_napari.views.parts import button


class WordChoice(Said, QWidget):
    """`names` are the words with what they are called; `file` keeps the one that is chosen, `tell` that it could not.

    Which word holds, what choosing does and what is told are the subclass's.
    """

    not_kept: str

    def __init__(self, names: Mapping[str, str], file: Path, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._names, self._file, self._tell = names, file, tell
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for word, name in names.items():
            made = button(name, lambda one=word: self._choose(one), "flat")  # type: ignore[misc]
            made.setCheckable(True)
            self.buttons[word] = made
            row.addWidget(made)
        row.addStretch(1)
        self.say_again()

    def holds(self) -> str:
        """The word that holds now."""
        raise NotImplementedError

    def take(self, word: str) -> None:
        """Let another word hold, at once."""
        raise NotImplementedError

    @override
    def say_again(self) -> None:
        super().say_again()
        for word, made in self.buttons.items():
            made.setChecked(word == self.holds())

    def _choose(self, word: str) -> None:
        self.take(word)
        self.say_again()
        try:
            keep_word(self._file, self._names, word)
        except OSError:
            self._tell(self.not_kept)
