"""Beside the list of a history: one line in full, with before and after; and who saw the record."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from injection_log.protocol.fields import TYPED_TITLES
from injection_log_napari.presenters.history import DetailState
from injection_log_napari.said import Said, Table, cell
from injection_log_napari.views.parts import as_list, button, card, empty, label, scrolled

if TYPE_CHECKING:
    from injection_log.acts.seeing import Sighting

_DETAIL_PX = 410


class DetailView(QFrame):
    """One line in full; every word can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(10)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._changes = QVBoxLayout()
        self._title, self.sentence = _selectable("", "section"), _selectable("", "value")
        self._inner = card(self._title, self.sentence)
        rows = self._inner.layout()
        assert isinstance(rows, QVBoxLayout)  # as `card` makes it
        rows.addLayout(self._changes)
        rows.addLayout(self._facts)
        rows.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = scrolled(self._inner, "The chosen line in full")
        outer.addWidget(self._area)
        self.setFixedWidth(_DETAIL_PX)
        self._shown: DetailState | None = None

    def show_detail(self, detail: DetailState) -> None:
        """Show one line."""
        if detail == self._shown:
            return
        self._shown = detail
        self._title.setText(detail.title)
        self._title.setVisible(bool(detail.title))
        self.sentence.setText(detail.sentence)
        empty(self._facts)
        empty(self._changes)
        for title, old, new in detail.changes:
            self._changes.addWidget(_before_and_after(title, old, new))
        for place, (name, words) in enumerate(detail.facts):
            quiet = label(name, "quiet")
            quiet.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(quiet, place, 0)
            self._facts.addWidget(_selectable(words, typed=name in ("Reason", "Workstation")), place, 1)
        self._fit()

    def _fit(self) -> None:
        """As high as its words are at this width: Qt's own guess is half as much again, and scrolls for nothing."""
        column = self._inner.layout()
        if column is not None:
            column.activate()
            self._inner.setMinimumHeight(column.heightForWidth(self._area.viewport().width()))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _before_and_after(title: str, old: str, new: str) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 2, 0, 6)
    grid.setHorizontalSpacing(10)
    grid.addWidget(_selectable(title, "section"), 0, 0, 1, 2)
    sides = (("Before", old), ("After", new)) if old else (("Recorded", new),)
    for column, (name, words) in enumerate(sides):
        grid.setColumnStretch(column, 1)
        grid.addWidget(label(name, "quiet"), 1, column)
        shown = _selectable(words, "value" if name != "Before" else "", typed=title in TYPED_TITLES)
        shown.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(shown, 2, column)
    return holder


def _selectable(text: str, role: str = "", *, typed: bool = False) -> QLabel:
    made = label(text, role, wraps=True, typed=typed)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    made.setIndent(0)
    made.setMinimumHeight(1)
    return made


class SightingsDialog(Said, QDialog):
    """Who saw this record: a list, the newest first."""

    def __init__(self, sightings: Sequence[Sighting], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Who saw this record")
        self.resize(1000, 520)
        self.table = Table()
        as_list(self.table, ("When", "Who", "Role", "What"), 34, 3)
        self.table.setAccessibleName("Who saw this record")
        self.table.setRowCount(len(sightings))
        for place, one in enumerate(sightings):
            for column, words in enumerate((one.when, one.printed_name, one.role, one.what)):
                self.table.setItem(place, column, cell(words))
        rows = QVBoxLayout(self)
        rows.addWidget(label("Who had this record before their eyes, once for each log-in", "quiet", wraps=True))
        rows.addWidget(self.table, 1)
        self.close_it = button("Close", self.accept, "primary")
        rows.addWidget(self.close_it, 0, Qt.AlignmentFlag.AlignRight)
