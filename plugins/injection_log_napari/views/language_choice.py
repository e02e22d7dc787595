"""The two buttons that change the language of the window, at once and for the next start. Decides no text."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from injection_log.language import LANGUAGES
from injection_log.language.choice import keep_language
from injection_log_napari.said import Said, speak, spoken
from injection_log_napari.views.parts import button

NOT_KEPT = "The language could not be kept; it holds until the program ends."


class LanguageChoice(Said, QWidget):
    """Each language by its own name; `file` is where the choice is kept, `tell` says that it could not be."""

    def __init__(self, file: Path, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._file, self._tell = file, tell
        self.languages: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for code, name in LANGUAGES.items():
            made = button(name, lambda one=code: self._choose(one), "flat")  # type: ignore[misc]
            made.setCheckable(True)
            made.setAccessibleName(f"Language: {name}")
            self.languages[code] = made
            row.addWidget(made)
        row.addStretch(1)
        self.say_again()

    @override
    def say_again(self) -> None:
        super().say_again()
        for code, made in self.languages.items():
            made.setChecked(code == spoken())

    def _choose(self, language: str) -> None:
        speak(language)
        self.say_again()
        try:
            keep_language(self._file, language)
        except OSError:
            self._tell(NOT_KEPT)
