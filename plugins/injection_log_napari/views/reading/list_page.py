"""The reader's first page: the own cases in order, how far they are, and the one button that opens the next."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QTableWidgetItem, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.reading.case_list import CaseList
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.said import Table, cell
from injection_log_napari.views.parts import ENTER, as_list, button, card, label
from injection_log_napari.views.sentence_line import SentenceLine

COLUMNS = ("Case", "Code", "State")
WIDTH = 720
ROW_PX = 34


class CaseListPage(QWidget):
    """Shows a CaseList. Lines cannot be opened: only the button opens, and only the case whose turn it is."""

    def __init__(self, go_on: Callable[[], None], log_out: Callable[[], None], keys: Callable[[], None]) -> None:
        super().__init__()
        self._go_on = go_on
        self._title, self._progress = label("", "title"), label("", "value")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.table = Table()
        as_list(self.table, COLUMNS, ROW_PX, 1)
        self.table.setAccessibleName("Cases in the order of reading")
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setSelectionMode(Table.SelectionMode.NoSelection)
        self._done = label("", "good", wraps=True)
        self.go = button("", go_on, "primary", "Enter does it too")
        self.log_out = button("Log out", log_out)
        self.line = SentenceLine(keys)
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._progress)
        row.addSpacing(12)
        row.addWidget(self.log_out)
        body = card(head, self.bar, self._done, self.go, self.table)
        body.setFixedWidth(WIDTH)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 24, 0, 16)
        middle.addStretch(1)
        middle.addWidget(body)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(self.line)

    def show_list(self, shown: CaseList) -> None:
        """Show the list as it is now."""
        self._title.setText(shown.title)
        self._progress.setText(shown.progress)
        self.bar.setRange(0, max(1, len(shown.rows)))
        self.bar.setValue(shown.locked)
        self.bar.setAccessibleName(shown.progress)
        self._done.setText(f"✓ {shown.sentence}")
        self._done.setVisible(shown.is_done)
        self.go.setText(f"{shown.button}  ⏎")
        self.go.setVisible(bool(shown.button))
        self.line.show_sentence(Sentence(shown.sentence, "next"))
        self._fill(shown)
        (self.log_out if shown.is_done else self.go).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, shown: CaseList) -> None:
        self.table.setRowCount(len(shown.rows))
        for place, one in enumerate(shown.rows):
            items = (QTableWidgetItem(one.place), QTableWidgetItem(one.code), cell(one.state))
            for column, item in enumerate(items):
                font = item.font()
                font.setBold(one.is_next)
                item.setFont(font)
                self.table.setItem(place, column, item)
            if one.is_next:
                self.table.scrollToItem(items[0], Table.ScrollHint.PositionAtCenter)

    def refuse(self, sentence: str) -> None:
        """Say why a case was not opened."""
        self.line.show_sentence(Sentence(sentence, "refused"))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self.go.isVisible() and not event.isAutoRepeat():
            self._go_on()
        else:
            super().keyPressEvent(event)
