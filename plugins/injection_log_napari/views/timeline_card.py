"""The card with the course of the visit: minutes down, visit and glands across. It shows rows and asks for nothing."""
from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from injection_log_napari.presenters.timeline import TYPED, TimelineRow
from injection_log_napari.views.parts import card, empty, label

HEADS = ("Time", "Visit", "Right gland", "Left gland")


class TimelineCard(QWidget):
    """Hidden while there is nothing to show."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(18)
        self._rows.setVerticalSpacing(4)
        for place in (1, 2, 3):
            self._rows.setColumnStretch(place, 1)
        holder = QWidget()
        holder.setLayout(self._rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        told = label(f"{TYPED} a person told the time; all others were noted when it was done", "quiet")
        column.addWidget(card(label("Course of the visit", "section"), holder, told))
        self.hide()

    def show_rows(self, rows: Sequence[TimelineRow]) -> None:
        """Show these rows in place of those before."""
        empty(self._rows)
        for column, words in enumerate(HEADS):
            self._rows.addWidget(label(words, "quiet"), 0, column)
        for place, row in enumerate(rows, start=1):
            for column, words in enumerate((row.time, row.visit, row.right, row.left)):
                cell = label(words, "value" if column == 0 else "", wraps=column > 0)
                self._rows.addWidget(cell, place, column, Qt.AlignmentFlag.AlignTop)
        self.setVisible(bool(rows))
