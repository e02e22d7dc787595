"""The search of the images step: by what, the filters, the list of studies, and what the PACS left out. No rule."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from injection_log_napari.presenters.images_state import SEARCH_TITLES, Filters, ImagesState, Search, SearchBy, StudyRow
from injection_log_napari.said import Entry, Table, cell
from injection_log_napari.views.parts import ENTER, as_list, button, label

COLUMNS = ("When", "Study", "Scanner", "Pictures", "Whose")
_STRETCHED = 1
_THEIRS = (1, 2)
"""Columns with words of the hospital, which are never put into another language; "(no description)" is ours."""


class SearchField(Entry):
    """Enter does its own act here, and is not the next act of the page as well."""

    def __init__(self, name: str, search: Callable[[], None]) -> None:
        super().__init__()
        self._search = search
        self.setAccessibleName(name)
        self.setMinimumHeight(34)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self._search()
        else:
            super().keyPressEvent(event)


class SearchRow(QWidget):
    """By what to search, and what narrows it; `asked` carries a Search, `by_chosen` only its kind."""

    asked = Signal(object)
    by_chosen = Signal(str)

    def __init__(self, day: str) -> None:
        super().__init__()
        self._by: SearchBy = "day"
        self.by = {by: self._kind(by, title) for by, title in SEARCH_TITLES.items()}
        self.text = SearchField("Patient id or accession number", self.search)
        self.day = SearchField("Day", self.search)
        self.day.setPlaceholderText(day)
        self.modality = SearchField("Modality", self.search)
        self.modality.setText(Filters().modality)
        self.modality.setPlaceholderText("any")
        self.station = SearchField("Scanner (station name)", self.search)
        self.station.setPlaceholderText("any")
        self.find_now = button("Search", self.search)
        first, second = QHBoxLayout(), QHBoxLayout()
        for made in self.by.values():
            first.addWidget(made)
        first.addWidget(self.text, 1)
        first.addStretch(1)
        for title, field, width in (
            ("Day", self.day, 140), ("Modality", self.modality, 76), ("Scanner", self.station, 180),
        ):
            field.setFixedWidth(width)
            second.addWidget(label(title, "quiet"))
            second.addWidget(field)
            second.addSpacing(8)
        second.addStretch(1)
        second.addWidget(self.find_now)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(first)
        column.addLayout(second)

    def _kind(self, by: SearchBy, title: str) -> QPushButton:
        made = button(title, lambda: self._choose(by))
        made.setCheckable(True)
        return made

    def _choose(self, by: SearchBy) -> None:
        self._by = by
        self.text.clear()
        self.by_chosen.emit(by)
        if by == "day":
            self.search()
        else:
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Ask for what is chosen and typed."""
        text = "" if self._by == "day" else self.text.text()
        filters = Filters(self.day.text(), self.modality.text(), self.station.text())
        self.asked.emit(Search(self._by, text, filters))

    def show_state(self, state: ImagesState) -> None:
        """Show what is searched for."""
        self._by = state.search.by
        may = state.has_pacs and not state.busy
        self.setVisible(state.has_pacs)
        for by, made in self.by.items():
            made.setChecked(by == self._by)
            made.setEnabled(may)
        self.text.setVisible(self._by != "day")
        self.find_now.setEnabled(may)


class StudyTable(Table):
    """The studies; `chosen` carries the UID of the one that a person chose."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[StudyRow, ...] = ()
        self.setAccessibleName("Studies")
        as_list(self, COLUMNS, 38, _STRETCHED)
        self.setMinimumHeight(124)
        self.itemSelectionChanged.connect(self._choose)

    def show_state(self, state: ImagesState) -> None:
        """Show the studies and the chosen one."""
        self.setVisible(state.has_pacs)
        self.setEnabled(not state.busy)
        self.blockSignals(True)
        if state.rows != self._shown:
            self._shown = state.rows
            self.setRowCount(len(state.rows))
            for place, row in enumerate(state.rows):
                for column, text in enumerate((row.when, row.description, row.station, row.images, row.belongs)):
                    is_theirs = column in _THEIRS and not text.startswith("(")
                    self.setItem(place, column, QTableWidgetItem(text) if is_theirs else cell(text))
        chosen = next((n for n, row in enumerate(state.rows) if row.uid == state.chosen), -1)
        if chosen != self.currentRow() or bool(self.selectedItems()) != (chosen >= 0):
            self.selectRow(chosen) if chosen >= 0 else self.clearSelection()
        self.blockSignals(False)

    def _choose(self) -> None:
        place = self.currentRow()
        if self.selectedItems() and 0 <= place < len(self._shown):
            self.chosen.emit(self._shown[place].uid)
