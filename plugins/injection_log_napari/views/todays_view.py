"""Today's participants over the work list: a short table, and a card while somebody is chosen who is not linked yet.

Nothing is shown where there is no worklist; where it fails, one line is.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.todays_list import TodayState, VisitChoice
from injection_log_napari.said import Table, cell
from injection_log_napari.views.parts import ENTER, as_list, button, card, empty, label
from injection_log_napari.views.study_table import SearchField

if TYPE_CHECKING:
    from injection_log.acts.today import Today
    from injection_log.record.values import VisitRecord
    from injection_log_napari.todays import TodaysWorklist

COLUMNS = ("Time", "Participant", "Visit", "Examination", "Scanner")
_ROW_HEIGHT, _MOST_ROWS = 36, 4
_STRETCHED = 3


_THEIRS = (3, 4)
"""Columns with words of the hospital, which are never put into another language."""


class TodayTable(Table):
    """Enter opens the chosen line."""

    def __init__(self, opened: Callable[[], None]) -> None:
        super().__init__()
        self._open = opened
        self.setAccessibleName("Today, from the worklist")
        as_list(self, COLUMNS, _ROW_HEIGHT, _STRETCHED)
        self.horizontalHeader().setHighlightSections(False)
        self.doubleClicked.connect(lambda _index: opened())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._open()

    def show_rows(self, state: TodayState) -> None:
        """Show the rows; of many, as many as leave the work list its place."""
        self.blockSignals(True)
        self.setRowCount(len(state.rows))
        for place, row in enumerate(state.rows):
            for column, text in enumerate((row.time, row.who, row.visits, row.procedure, row.station)):
                self.setItem(place, column, QTableWidgetItem(text) if column in _THEIRS else cell(text))
        self.selectRow(state.chosen) if state.chosen >= 0 else self.clearSelection()
        self.blockSignals(False)
        rows = min(len(state.rows), _MOST_ROWS)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows * _ROW_HEIGHT + 4)


class TodayView(QWidget):
    """The list and its card; reports the opened visit, and in `changed` that something else is chosen or said."""

    changed = Signal()

    def __init__(self, worklist: TodaysWorklist, opened: Callable[[VisitRecord], None]) -> None:
        super().__init__()
        presenter = worklist.presenter()
        self._worklist, self._presenter, self._opened = worklist, presenter, opened
        self._shown: TodayState | None = None
        self.table = TodayTable(self.open)
        self.table.itemSelectionChanged.connect(self._choose)
        self._title = label("Today, from the worklist", "section")
        self._line = label("", "quiet", wraps=True)
        self._name, self._facts = label("", "big"), label("", "value")
        self.participant = SearchField("Participant id of this person", self.open)
        self.participant.setPlaceholderText("id, as SMG-07")
        self.participant.setFixedWidth(260)
        self.participant.textEdited.connect(self._type)
        self.not_this = button("Nobody of this trial", self.put_aside)
        self.choices: list[QPushButton] = []
        self._card = self._identity_card()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self._title, self.table, self._card, self._line):
            column.addWidget(part)
        self.refresh()

    def _identity_card(self) -> QFrame:
        self._who = QWidget()
        who, acts = QVBoxLayout(self._who), QWidget()
        who.setContentsMargins(0, 0, 0, 0)
        for part in (label("Who is this? Shown once, kept nowhere.", "section"), self._name, self._facts):
            who.addWidget(part)
        row = QHBoxLayout(acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.participant)
        self._buttons = QHBoxLayout()
        row.addLayout(self._buttons)
        row.addStretch(1)
        row.addWidget(self.not_this)
        return card(self._who, acts)

    # ---- showing -------------------------------------------------------------------------------------------
    def ask(self) -> None:
        """Read the worklist again; what came is shown when it has come."""
        self._worklist.ask(self._came, self._failed)

    def _came(self, today: Today) -> None:
        self._presenter.take(today)
        self.refresh()

    def _failed(self, error: BaseException) -> None:
        self._presenter.failed(error)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        state = self._presenter.state
        if state == self._shown:
            return
        before, self._shown = self._shown, state
        self.setVisible(state.is_shown)
        self._title.setVisible(bool(state.rows))
        self.table.setVisible(bool(state.rows))
        self.table.show_rows(state)
        self._card.setVisible(state.chosen >= 0)
        self._who.setVisible(state.asks_participant)
        self.participant.setVisible(state.asks_participant)
        self.not_this.setVisible(state.asks_participant)
        if state.typed != self.participant.text().strip().upper():
            self.participant.setText(state.typed)
        identity = state.card
        self._name.setText(identity.name if identity else "")
        self._facts.setText(f"id {identity.patient_id},  born {identity.birth_date}" if identity else "")
        self._line.setText(state.line)
        self._line.setVisible(bool(state.line))
        if before is None or before.choices != state.choices:
            self._show_choices(state.choices)
        self.changed.emit()

    def _show_choices(self, choices: tuple[VisitChoice, ...]) -> None:
        empty(self._buttons)
        role = "primary" if len(choices) == 1 else ""
        self.choices = [button(f"Open {one.title}", lambda n=one.name: self.open(n), role) for one in choices]  # type: ignore[misc]
        for made in self.choices:
            self._buttons.addWidget(made)

    @property
    def sentence(self) -> Sentence | None:
        """What is said about who is chosen; None when nobody is."""
        return self._presenter.state.sentence

    # ---- reporting -----------------------------------------------------------------------------------------
    def _choose(self) -> None:
        self._presenter.choose(self.table.currentRow() if self.table.selectedItems() else -1)
        self.refresh()

    def _type(self, text: str) -> None:
        self._presenter.type_participant(text)
        self.refresh()

    def put_aside(self) -> None:
        """Nobody is chosen here any more."""
        self._presenter.put_aside()
        self.refresh()

    def open(self, visit: str = "") -> None:
        """Open the chosen person's visit; the caret goes to what is still to be typed."""
        record = self._presenter.open(visit)
        self.refresh()
        if record is not None:
            self._opened(record)
        elif self.participant.isVisible():
            self.participant.setFocus(Qt.FocusReason.OtherFocusReason)
