"""The two buttons that change the colours of the window, dark or light, at once and for the next start."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from injection_log.kept_word import keep_word
from injection_log_napari.views.palettes import LOOKS, Look
from injection_log_napari.views.parts import button
from injection_log_napari.views.style import dress, worn

NOT_KEPT = "The colours could not be kept; they hold until the program ends."
_NAMES: Mapping[Look, str] = {"dark": "Dark", "light": "Light"}


class LookChoice(QWidget):
    """`file` is where the choice is kept, `tell` says that it could not be."""

    def __init__(self, file: Path, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._file, self._tell = file, tell
        self.looks: dict[Look, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for look in LOOKS:
            made = button(_NAMES[look], lambda one=look: self._choose(one), "flat")  # type: ignore[misc]
            made.setCheckable(True)
            self.looks[look] = made
            row.addWidget(made)
        row.addStretch(1)
        self._show()

    def _show(self) -> None:
        for look, made in self.looks.items():
            made.setChecked(look == worn())

    def _choose(self, look: Look) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            dress(app, look)
        self._show()
        try:
            keep_word(self._file, LOOKS, look)
        except OSError:
            self._tell(NOT_KEPT)
