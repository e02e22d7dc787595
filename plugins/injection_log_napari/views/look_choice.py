"""The two buttons that change the colours of the window, dark or light."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QApplication
from typing_extensions import override

from injection_log_napari.views.palettes import Look
from injection_log_napari.views.style import dress, worn
from injection_log_napari.views.word_choice import WordChoice


class LookChoice(WordChoice):
    """Each palette by its name."""

    not_kept = "The colours could not be kept; they hold until the program ends."

    def __init__(self, file: Path, tell: Callable[[str], None]) -> None:
        super().__init__({"dark": "Dark", "light": "Light"}, file, tell)

    @override
    def holds(self) -> str:
        return worn()

    @override
    def take(self, word: str) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            dress(app, cast("Look", word))
