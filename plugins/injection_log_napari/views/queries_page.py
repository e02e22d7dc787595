"""The page "Queries and checks": one kind of lines at a time, a filter, and the way to the record."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTableWidgetItem, QVBoxLayout, QWidget
from shiboken6 import isValid
from typing_extensions import override

from injection_log_napari.presenters.queries_list import (
    COLUMNS,
    SHOWN,
    QueriesDesk,
    QueriesPresenter,
    Run,
    Shown,
    TalkLine,
)
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.said import Entry, Table, cell
from injection_log_napari.views.parts import ENTER, as_list, button, label
from injection_log_napari.views.sentence_line import SentenceLine

WORDS = 5
"""The column of what was asked, said or found."""


class QueriesPage(QWidget):
    """Shows the list; reports the line that is opened and the wish to go back."""

    def __init__(
        self, desk: QueriesDesk, opened: Callable[[TalkLine], None], leave: Callable[[], None], run: Run
    ) -> None:
        super().__init__()
        self._opened, self._lines = opened, tuple[TalkLine, ...]()
        self.presenter = QueriesPresenter(
            desk, self._show, lambda work, came, failed: run(work, self._while_here(came), self._while_here(failed))
        )
        self.kinds: dict[Shown, QPushButton] = {}
        self.filter = Entry()
        self.filter.setPlaceholderText("filter: id, visit, value, words")
        self.filter.setAccessibleName("Filter")
        self.filter.setFixedWidth(300)
        self.filter.textChanged.connect(self.presenter.filter)
        self.filter.installEventFilter(self)
        self.table = Table()
        as_list(self.table, COLUMNS, 58, 5)
        self.table.setAccessibleName("Queries and checks")
        self.table.doubleClicked.connect(lambda _index: self.open_chosen())
        self.table.installEventFilter(self)
        self.let_ask = button("Ask what the checks find", self.presenter.let_checks_ask)
        self.back = button("List", leave, tip="Back to the work list")
        self.open = button("Open the record", self.open_chosen, "primary", "At the chosen line (Enter)")
        self.line = SentenceLine(lambda: None)
        self.line.keys.hide()
        self._compose()
        self._show()

    def _compose(self) -> None:
        top, kinds, bottom = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(label("Queries and checks", "title"))
        top.addStretch(1)
        top.addWidget(self.filter)
        for shown, words in SHOWN:
            made = button(words, lambda shown=shown: self.presenter.show(shown))  # type: ignore[misc]
            made.setCheckable(True)
            self.kinds[shown] = made
            kinds.addWidget(made)
        kinds.addStretch(1)
        kinds.addWidget(self.let_ask)
        bottom.addWidget(self.back)
        bottom.addStretch(1)
        bottom.addWidget(self.open)
        inner = QVBoxLayout()
        inner.setContentsMargins(28, 20, 28, 12)
        inner.setSpacing(12)
        for row in (top, kinds):
            inner.addLayout(row)
        inner.addWidget(self.table, 1)
        inner.addLayout(bottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(inner, 1)
        column.addWidget(self.line)

    def _while_here(self, tell: Callable[[Any], None]) -> Callable[[Any], None]:
        """The person may have gone back before the checks are through."""
        return lambda value: tell(value) if isValid(self) else None

    def refresh(self) -> None:
        """Read and show the list again."""
        self.presenter.refresh()
        self._show()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        state = self.presenter.state
        for shown, words in SHOWN:
            count = state.counts[shown]
            self.kinds[shown].setText(f"{words}  {'…' if count is None else count}")
            self.kinds[shown].setChecked(shown == state.shown)
        self.let_ask.setVisible(state.may_let_checks_ask)
        if state.lines != self._lines or self.table.rowCount() != len(state.lines):
            self._fill(state.lines, state.shown)
        self.open.setEnabled(bool(state.lines))
        self.line.show_sentence(Sentence(state.said, "refused" if state.is_refusal else "next"))

    def _fill(self, lines: tuple[TalkLine, ...], kind: Shown) -> None:
        self._lines = lines
        self.table.setRowCount(len(lines))
        for place, line in enumerate(lines):
            for column, text in enumerate(line.columns):
                # What people asked and said stands as they wrote it; what a check found is a text of the program.
                item = QTableWidgetItem(text) if column == WORDS and kind != "checks" else cell(text)
                item.setToolTip(item.text())
                self.table.setItem(place, column, item)
        if lines:
            self.table.selectRow(0)

    def open_chosen(self) -> None:
        """Open the record of the chosen line, at its value."""
        place = self.table.currentRow()
        if 0 <= place < len(self._lines):
            self._opened(self._lines[place])

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in ENTER:
            if not event.isAutoRepeat():
                self.open_chosen()
            return True
        return super().eventFilter(watched, event)
