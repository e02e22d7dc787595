"""The two buttons that change the language of the window. Decides no text."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typing_extensions import override

from injection_log.language import LANGUAGES
from injection_log_napari.said import speak, spoken
from injection_log_napari.views.word_choice import WordChoice


class LanguageChoice(WordChoice):
    """Each language by its own name."""

    not_kept = "The language could not be kept; it holds until the program ends."

    def __init__(self, file: Path, tell: Callable[[str], None]) -> None:
        super().__init__(LANGUAGES, file, tell)
        for code, made in self.buttons.items():
            made.setAccessibleName(f"Language: {LANGUAGES[code]}")

    @override
    def holds(self) -> str:
        return spoken()

    @override
    def take(self, word: str) -> None:
        speak(word)
