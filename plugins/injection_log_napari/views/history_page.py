"""The history page: what was ever done to a record, in words; filters above, the chosen line in full beside it."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid
from typing_extensions import override

from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.history import DetailState, HistoryPresenter, HistoryState
from injection_log_napari.presenters.sentence import Sentence, Tone
from injection_log_napari.views.history_table import HistoryTable
from injection_log_napari.views.parts import ENTER, as_list, button, card, empty, label, scrolled
from injection_log_napari.views.sentence_line import SentenceLine
from injection_log_napari.views.workers import Workers

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.history import History
    from injection_log.acts.seeing import Sighting
    from injection_log_napari.presenters.history import HistorySource

_SIDES: tuple[tuple[Side | None, str], ...] = ((None, "Both glands"), ("right", "Right"), ("left", "Left"))
_DETAIL_PX = 410


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
        self.after_signing = QCheckBox("Only changes after signing")
        self.after_signing.toggled.connect(lambda on: self.presenter.narrow(only_after_signing=on))
        self.order = button("", self._turn)
        self.who_saw = button("Who saw this record…", self._show_sightings)
        self.export = button("Export (CSV)…", self._ask_where)
        self.back = button("Back  (Esc)", left)
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
        made = QComboBox()
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
        asking = QFileDialog(self, "Export the history", "history.csv", "Table (*.csv)")
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
    there = [(box.itemData(place), box.itemText(place)) for place in range(box.count())]
    if there != list(choices):
        box.clear()
        for value, title in choices:
            box.addItem(title, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))


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
        self._area = scrolled(self._inner)
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
            self._facts.addWidget(_selectable(words), place, 1)
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
        shown = _selectable(words, "value" if name != "Before" else "")
        shown.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(shown, 2, column)
    return holder


def _selectable(text: str, role: str = "") -> QLabel:
    made = label(text, role, wraps=True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    made.setIndent(0)
    made.setMinimumHeight(1)
    return made


class SightingsDialog(QDialog):
    """Who saw this record: a list, the newest first."""

    def __init__(self, sightings: Sequence[Sighting], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Who saw this record")
        self.resize(1000, 520)
        self.table = QTableWidget()
        as_list(self.table, ("When", "Who", "Role", "What"), 34, 3)
        self.table.setAccessibleName("Who saw this record")
        self.table.setRowCount(len(sightings))
        for place, one in enumerate(sightings):
            for column, words in enumerate((one.when, one.printed_name, one.role, one.what)):
                self.table.setItem(place, column, QTableWidgetItem(words))
        rows = QVBoxLayout(self)
        rows.addWidget(label("Who had this record before their eyes, once for each log-in", "quiet", wraps=True))
        rows.addWidget(self.table, 1)
        self.close_it = button("Close", self.accept, "primary")
        rows.addWidget(self.close_it, 0, Qt.AlignmentFlag.AlignRight)
