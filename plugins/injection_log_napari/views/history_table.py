"""The list of a history: a model over the presenter's rows, so that nothing is made of a line that is not seen."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView
from typing_extensions import override

from injection_log_napari.presenters.history import HeadingRow, LineRow
from injection_log_napari.said import Said, say
from injection_log_napari.views.style import colour

if TYPE_CHECKING:
    from injection_log_napari.presenters.history import HistoryPresenter

COLUMNS = ("When", "Who", "What happened")
_WHEN, _WHO, _WHAT = range(3)
_ROW_PX = 50
"""Two lines of words: the day and the time, the name and the role, and what happened."""
_TONES = {"signature": "done_ink", "after": "amber_ink", "late": "refused_ink"}
Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """The presenter's rows as Qt asks for them."""

    def __init__(self, presenter: HistoryPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._bold = QFont()
        self._bold.setBold(True)

    def reset(self) -> None:
        """Other rows stand there now."""
        self.beginResetModel()
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._presenter.count

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return say(COLUMNS[section])
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._presenter.row(index.row())
        if isinstance(row, HeadingRow):
            return self._of_heading(row, index.column(), role)
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.when.replace(" ", "\n", 1), f"{row.who}\n{say(row.role)}", say(row.what))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == _WHAT:
            return _plain_tip(row)
        if role == Qt.ItemDataRole.ForegroundRole and row.tone:
            return QBrush(colour(_TONES[row.tone]))
        return None

    def _of_heading(self, row: HeadingRow, column: int, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return say(f"{row.title}: {row.detail}") if column == _WHEN else ""
        if role == Qt.ItemDataRole.FontRole:
            return self._bold
        if role == Qt.ItemDataRole.BackgroundRole:
            return QBrush(colour("step_now"))
        return QBrush(colour("ink_strong")) if role == Qt.ItemDataRole.ForegroundRole else None


def _plain_tip(row: LineRow) -> str:
    """A tool tip that Qt cannot read as mark-up."""
    return say(row.what).replace("&", "&amp;").replace("<", "&lt;")


class HistoryTable(Said, QTableView):
    """Lines under their versions; arrows go through them, Ctrl+C copies the chosen ones."""

    def __init__(self, presenter: HistoryPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.lines = HistoryModel(presenter)
        self.setModel(self.lines)
        self.setAccessibleName("History")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        # Fixed: asking every line for its height would make all of them.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        letters = self.fontMetrics()
        self.setColumnWidth(_WHEN, letters.horizontalAdvance("14:02:11 (UTC+01:00)") + 28)
        self.setColumnWidth(_WHO, letters.horizontalAdvance(say("principal investigator")) + 28)
        self.refresh()

    def refresh(self) -> None:
        """Show what the presenter has now; a version's heading goes across."""
        self.lines.reset()
        self.clearSpans()
        for place in self._presenter.headings():
            self.setSpan(place, 0, 1, len(COLUMNS))

    def chosen(self) -> int:
        """The place of the row the person is on, -1 for none."""
        return self.currentIndex().row() if self.selectionModel().hasSelection() else -1

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            places = sorted({index.row() for index in self.selectedIndexes()})
            QApplication.clipboard().setText("\n".join(self._presenter.text(place) for place in places))
        else:
            super().keyPressEvent(event)
