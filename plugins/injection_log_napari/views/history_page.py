"""The history page: what was ever done to a record, in words; filters above, the chosen line in full beside it."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid
from typing_extensions import override

from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.history import HistoryPresenter, HistoryState
from injection_log_napari.presenters.sentence import Sentence, Tone
from injection_log_napari.said import ENGLISH_ROLE, Box, Check, say
from injection_log_napari.views.history_detail import DetailView, SightingsDialog
from injection_log_napari.views.history_table import HistoryTable
from injection_log_napari.views.parts import ENTER, button, label
from injection_log_napari.views.sentence_line import SentenceLine
from injection_log_napari.views.workers import Workers

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.history import History
    from injection_log_napari.presenters.history import HistorySource

_SIDES: tuple[tuple[Side | None, str], ...] = ((None, "Both glands"), ("right", "Right"), ("left", "Left"))


class HistoryPage(QWidget):
    """One record's history; `left` is called when the person goes back."""

    def __init__(
        self, source: HistorySource, left: Callable[[], None], *, side: Side | None = None, field: str = ""
    ) -> None:
        super().__init__()
        self._left = left
        self._is_ready, self._arranged = False, -1
        self.presenter = HistoryPresenter(source, self.refresh, side=side, field=field)
        self._title, self._summary = label("", "title"), label("", "quiet")
        self.sides: dict[Side | None, QPushButton] = {one: self._side_button(one, words) for one, words in _SIDES}
        self.field = self._choice("Field", "field")
        self.person = self._choice("Person", "user")
        self.group = self._choice("What was done", "group")
        self.after_signing = Check()
        self.after_signing.setText("Only changes after signing")
        self.after_signing.toggled.connect(lambda on: self.presenter.narrow(only_after_signing=on))
        self.order = button("", self._turn)
        self.who_saw = button("Who saw this record…", self._show_sightings)
        self.export = button("Export (CSV)…", self._ask_where)
        self.back = button("Back  (Esc)", left, tip="To where you came from (Esc)")
        self.table = HistoryTable(self.presenter)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_detail())
        self.detail = DetailView()
        self.line = SentenceLine(lambda: None)
        self.line.keys.hide()
        self._workers = Workers(1)
        self._compose()
        self._is_ready = True
        self.refresh()

    def _side_button(self, side: Side | None, words: str) -> QPushButton:
        made = button(words, lambda: self.presenter.show_side(side))
        made.setCheckable(True)
        return made

    def _choice(self, name: str, asked: str) -> QComboBox:
        made = Box()
        made.setAccessibleName(name)
        made.setMinimumHeight(34)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(16)
        made.activated.connect(lambda place: self.presenter.narrow(**{asked: made.itemData(place)}))
        return made

    def _compose(self) -> None:
        head, filters, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._title)
        head.addSpacing(12)
        head.addWidget(self._summary)
        head.addStretch(1)
        for made in self.sides.values():
            head.addWidget(made)
        for choice in (self.field, self.person, self.group):
            filters.addWidget(choice, 1)
        filters.addWidget(self.after_signing)
        filters.addWidget(self.order)
        for made in (self.back, self.who_saw, self.export):
            foot.addWidget(made)
        foot.insertStretch(1, 1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.table, 1)
        middle.addWidget(self.detail)
        inner = QVBoxLayout()
        inner.setContentsMargins(20, 14, 20, 10)
        inner.setSpacing(10)
        inner.addLayout(head)
        inner.addLayout(filters)
        inner.addLayout(middle, 1)
        inner.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(inner, 1)
        column.addWidget(self.line)

    def arrive(self) -> None:
        """The page was opened: the arrows go through its lines."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.arrive()

    # ---- showing -------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show what the presenter holds."""
        if not self._is_ready:
            return
        state = self.presenter.state
        self._title.setText(state.title)
        self._summary.setText(state.summary)
        for side, made in self.sides.items():
            made.setChecked(side == state.side)
        self._show_choices(state)
        self.order.setText("Oldest first" if state.is_newest_first else "Newest first")
        self.order.setToolTip("Put the other end of the history first")
        if self._arranged != self.presenter.arranged:
            self._arranged = self.presenter.arranged
            self._show_lines()
            self._read_rest()
        self._show_detail()
        tone: Tone = "refused" if self._is_refused(state) else "next"
        self.line.show_sentence(Sentence(state.said or self._advice(), tone))

    def _show_lines(self) -> None:
        self.table.refresh()
        if self.presenter.count:
            # A line, not the heading above it.
            first = next((n for n in range(self.presenter.count) if not self.presenter.is_heading(n)), 0)
            self.table.selectRow(first)
            self.table.scrollToTop()

    def _read_rest(self) -> None:
        if not self.presenter.is_whole and self._workers.is_idle:
            self._workers.run(self.presenter.read_rest, self._rest_came, self._rest_failed)

    def _rest_came(self, read: tuple[Side | None, History]) -> None:
        if not isValid(self):  # the person went back meanwhile
            return
        place, at = self.table.chosen(), self.table.verticalScrollBar().value()
        if not self.presenter.take_rest(read):
            self._read_rest()
        elif self.presenter.state.is_newest_first and place >= 0:
            # The newest lines stand where they stood: whoever reads one goes on reading it.
            self.table.selectRow(place)
            self.table.verticalScrollBar().setValue(at)

    def _rest_failed(self, error: BaseException) -> None:
        if isValid(self):
            why = str(error) if isinstance(error, REFUSALS) else "go back and open the history again."
            self.line.show_sentence(Sentence(f"Only the newest lines could be read: {why}", "refused"))

    def _show_choices(self, state: HistoryState) -> None:
        wanted = state.wanted
        _fill(self.field, state.fields, wanted.field)
        _fill(self.person, state.people, wanted.user)
        _fill(self.group, state.groups, str(wanted.group))
        self.after_signing.blockSignals(True)
        self.after_signing.setChecked(wanted.only_after_signing)
        self.after_signing.blockSignals(False)

    def _advice(self) -> str:
        if not self.presenter.count:
            return "No line is like that; ask for less with the boxes above."
        return "Choose a line with the arrows to see before and after; Ctrl+C copies it."

    def _is_refused(self, state: HistoryState) -> bool:
        return bool(state.said) and not state.said.startswith("Written")

    def _show_detail(self) -> None:
        self.detail.show_detail(self.presenter.detail(self.table.chosen()))

    # ---- acts ----------------------------------------------------------------------------------------------
    def _turn(self) -> None:
        self.presenter.turn()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_sightings(self) -> None:
        self.sightings = SightingsDialog(self.presenter.sightings(), self.window())
        self.sightings.open()

    def _ask_where(self) -> None:
        asking = QFileDialog(self, say("Export the history"), "history.csv", say("Table (*.csv)"))
        asking.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asking.setDefaultSuffix("csv")
        asking.fileSelected.connect(self.presenter.export)
        asking.open()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._left()
        elif event.key() not in ENTER:
            super().keyPressEvent(event)


def _fill(box: QComboBox, choices: Sequence[tuple[str, str]], chosen: str) -> None:
    there = [(box.itemData(place), box.itemData(place, ENGLISH_ROLE)) for place in range(box.count())]
    if there != list(choices):
        box.clear()
        for value, title in choices:
            box.addItem(title, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
