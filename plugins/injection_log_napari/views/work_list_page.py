"""The work list page: participants and visits; type an id, choose a line, Enter opens it."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from injection_log_napari.presenters.list_acts import TITLES, ListAct, ListActs, ListDesk
from injection_log_napari.presenters.question import Asking
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.work_list import WorkListPresenter, WorkRow
from injection_log_napari.said import Entry, Table, cell
from injection_log_napari.views.parts import ENTER, as_list, button, label
from injection_log_napari.views.question_card import QuestionCard
from injection_log_napari.views.sentence_line import SentenceLine

if TYPE_CHECKING:
    from injection_log.record.values import VisitRecord
    from injection_log_napari.todays import TodaysWorklist
    from injection_log_napari.views.todays_view import TodayView

COLUMNS = ("Participant", "Visit", "Begun", "Record", "Pictures")


@dataclass(frozen=True)
class ListWays:
    """Where the list leads: a visit that is opened, the end of the work, and other pages by their titles."""

    opened: Callable[[VisitRecord], None]
    log_out: Callable[[], None]
    others: tuple[tuple[str, Callable[[], None]], ...] = ()


class WorkListPage(QWidget):
    """Shows the list, reports the opened visit."""

    def __init__(
        self, presenter: WorkListPresenter, ways: ListWays, acts: ListDesk, worklist: TodaysWorklist | None = None
    ) -> None:
        super().__init__()
        self._presenter, self._opened = presenter, ways.opened
        self.asking = Asking(self._show_asked)
        self.acts = ListActs(acts, self.asking, self._done)
        self.question = QuestionCard(self.asking, self._focus_list)
        self.act_buttons = {act: self._act_button(act) for act in self.acts.of_role}
        self.today = None if worklist is None else self._todays_view(worklist)
        self._rows: tuple[WorkRow, ...] = ()
        self.typed = Entry()
        self.typed.setPlaceholderText("type an id, as SMG-07")
        self.typed.setAccessibleName("Participant id")
        self.typed.setFixedWidth(260)
        self.typed.textChanged.connect(self._type)
        self.typed.installEventFilter(self)
        self.table = self._table()
        self.open = button("Open", self.open_chosen, "primary", "Open the chosen visit (Enter)")
        self.open.setMinimumWidth(140)
        self.line = SentenceLine(lambda: None)
        self.line.keys.hide()
        if self.today is not None:
            self.today.changed.connect(self._today_changed)
        self.log_out = button("Log out", ways.log_out)
        self.other_ways = {title: button(title, way) for title, way in ways.others}
        self._lay_out()
        self.refresh()

    def _todays_view(self, worklist: TodaysWorklist) -> TodayView:
        from injection_log_napari.views.todays_view import TodayView  # a list without a PACS does without

        return TodayView(worklist, self._opened)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(label("Participant and visit", "title"))
        top.addStretch(1)
        top.addWidget(label("Participant"))
        top.addWidget(self.typed)
        bottom = QHBoxLayout()
        # Far from where the room has "List": a second click there must not log out.
        for made in (self.log_out, *self.other_ways.values()):
            bottom.addWidget(made)
        bottom.addStretch(1)
        for made in (*self.act_buttons.values(), self.open):
            bottom.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        inner = QVBoxLayout()
        inner.setContentsMargins(28, 20, 28, 12)
        inner.setSpacing(12)
        inner.addLayout(top)
        if self.today is not None:
            inner.addWidget(self.today)
        inner.addWidget(self.table, 1)
        inner.addWidget(self.question)
        inner.addLayout(bottom)
        column.addLayout(inner, 1)
        column.addWidget(self.line)

    def _table(self) -> QTableWidget:
        table = Table()
        as_list(table, COLUMNS, 42, 3)
        table.setAccessibleName("Participants and visits")
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(130)
        table.doubleClicked.connect(lambda _index: self.open_chosen())
        table.itemSelectionChanged.connect(self._select)
        table.verticalScrollBar().valueChanged.connect(self._go_on_reading)
        table.installEventFilter(self)
        return table

    def refresh(self, left: tuple[str, str] = ("", "")) -> None:
        """Read and show the list again, as far as it was gone through; the visit that was `left` is the chosen one."""
        self._presenter.refresh(max(self._reached(), left[0]))
        self._presenter.select_visit(*left)
        self._show()
        if self.today is not None:
            self.today.ask()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        self._rows = self._presenter.rows_for_typed()
        self.table.blockSignals(True)
        self._put(0)
        state = self._presenter.state
        if state.chosen >= 0:
            self.table.selectRow(state.chosen)
        self.table.blockSignals(False)
        self._say()

    def _put(self, first: int) -> None:
        self.table.setRowCount(len(self._rows))
        for place, row in enumerate(self._rows[first:], start=first):
            for column, text in enumerate((row.participant, row.visit_title, row.day, row.state, row.pictures)):
                self.table.setItem(place, column, cell(text))

    def _reached(self) -> str:
        place = self.table.currentRow()
        return self._rows[place].participant if 0 <= place < len(self._rows) else ""

    def _go_on_reading(self, value: int) -> None:
        """The end of what was read is in sight: the next page is put below it, and nothing moves."""
        bar, shown = self.table.verticalScrollBar(), len(self._rows)
        if value >= bar.maximum() and not self.typed.text() and self._presenter.read_more():
            self._rows = self._presenter.rows_for_typed()
            self._put(shown)

    def _say(self) -> None:
        about_today = self.today.sentence if self.today is not None else None
        self._show_acts()
        self.open.setEnabled(bool(self._rows) and about_today is None and self.asking.asked is None)
        if about_today is not None:
            # One line is chosen at a time: in today's list, or in this one.
            self.table.blockSignals(True)
            self.table.clearSelection()
            self.table.blockSignals(False)
            self.line.show_sentence(about_today)
            return
        state = self._presenter.state
        if state.chosen >= 0 and not self.table.selectedItems():
            self.table.blockSignals(True)
            self.table.selectRow(state.chosen)
            self.table.blockSignals(False)
        if self.asking.asked is not None:
            self.line.show_sentence(Sentence(self.asking.sentence, "next"))
        else:
            self.line.show_sentence(Sentence(state.said, "refused" if state.is_refusal else "next"))

    def _act_button(self, act: ListAct) -> QPushButton:
        return button(TITLES[act], lambda: self._ask(act))

    def _row(self) -> WorkRow | None:
        """The line of this list that is chosen; None while one of today's is."""
        if self.today is not None and self.today.sentence is not None:
            return None
        place = self.table.currentRow()
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def _show_acts(self) -> None:
        offered = self.acts.offered(self._row())
        for act, made in self.act_buttons.items():
            made.setEnabled(act in offered)

    def _ask(self, act: ListAct) -> None:
        row = self._row()
        if row is not None:
            self.acts.ask(act, row)

    def _show_asked(self) -> None:
        self.question.show_asked(self.asking.asked)
        self._say()

    def _today_changed(self) -> None:
        """Somebody of today was chosen, or the worklist came: what is asked about a line of this list goes."""
        if self.today is not None and self.today.sentence is not None and self.asking.asked is not None:
            self.asking.put_away()
        self._say()

    def _done(self, sentence: str) -> None:
        """An act on a line was done: the list is read again, and the same line stays chosen."""
        place = self.table.currentRow()
        self._presenter.refresh(self._reached())
        self._presenter.select(place)
        self._presenter.say(sentence)
        self._show()

    def _focus_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _type(self, text: str) -> None:
        self._leave_today()
        self.asking.put_away()
        self._presenter.type_participant(text)
        self._show()

    def _leave_today(self) -> None:
        if self.today is not None:
            self.today.put_aside()

    def _select(self) -> None:
        self._leave_today()
        self.asking.put_away()
        self._presenter.select(self.table.currentRow())
        self._say()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The list has the arrows, the box has the letters, wherever the focus is; Enter opens once.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in ENTER:
                self.keyPressEvent(event)
                return True
            if watched is self.typed and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                last = self.table.rowCount() - 1
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                self.table.selectRow(max(0, min(last, self.table.currentRow() + by)))
                return True
            if watched is self.table and event.text().strip().isprintable() and event.text().strip():
                self.typed.setFocus(Qt.FocusReason.OtherFocusReason)
                self.typed.insert(event.text())
                return True
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        asks = self.asking.asked is not None
        if event.key() == Qt.Key.Key_Escape and asks:
            self.question.leave()
        elif event.key() not in ENTER:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.question.enter() if asks else self.open_chosen()

    def open_chosen(self) -> None:
        """Open the chosen line, of today's list or of this one."""
        if self.today is not None and self.today.sentence is not None:
            self.today.open()
            return
        place = self.table.currentRow()
        if not 0 <= place < len(self._rows):
            return
        row = self._rows[place]
        record = self._presenter.open(row.participant, row.visit)
        if record is None:
            self._show()
            return
        self.typed.blockSignals(True)
        self.typed.clear()
        self.typed.blockSignals(False)
        self._opened(record)
