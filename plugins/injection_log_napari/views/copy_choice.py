"""Choosing what is copied and for whom: the pictures of the visit with their frames, the purpose, the size."""
from __future__ import annotations

from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from injection_log_napari.presenters.coded_copy import CodedCopyPresenter
from injection_log_napari.presenters.coded_copy_state import CopyState, PictureRow
from injection_log_napari.said import Entry
from injection_log_napari.views.parts import Flow, button, label, scrolled
from injection_log_napari.views.style import set_role


def _toggle(text: str) -> QPushButton:
    """A button that stays down: a tick of the toolkit's own is hardly seen on a dark page."""
    made = button(text)
    made.setCheckable(True)
    return made


class _Row:
    """The widgets of one picture in the grid."""

    def __init__(self, presenter: CodedCopyPresenter, row: PictureRow) -> None:
        number = row.number
        self.chosen = _toggle(f"{number}   {row.title}")
        self.chosen.setStyleSheet("text-align: left")  # so that the numbers stand under each other
        self.chosen.clicked.connect(lambda on: presenter.choose(number, chosen=on))
        self.frames = Entry(row.ranges)
        self.frames.setAccessibleName(f"Frames of picture {number}")
        self.frames.setFixedWidth(160)
        self.frames.setEnabled(row.frames > 1)
        self.frames.textEdited.connect(lambda text: presenter.set_ranges(number, text))
        self.count = label(f"of {row.frames}" if row.frames > 1 else "still", "quiet")
        self.stays = label(row.stays, "quiet", wraps=True)
        self.area = button("Draw…", lambda: presenter.show_area(number))

    def show_row(self, row: PictureRow, *, busy: bool) -> None:
        """Show what stands."""
        self.chosen.setChecked(row.is_chosen)
        if self.frames.text() != row.ranges:
            self.frames.setText(row.ranges)
        self.stays.setText(row.stays)
        set_role(self.stays, "role", "quiet" if row.area in ("scanner", "drawn") else "amber")
        instead = "Draw instead…" if row.area == "scanner" else "Draw…"
        self.area.setText("Look and agree…" if row.may_agree else instead)
        for one in (self.chosen, self.area):
            one.setEnabled(not busy)


class CopyChoice(QWidget):
    """The first page of the dialog."""

    def __init__(self, presenter: CodedCopyPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.rows = [_Row(presenter, row) for row in presenter.state.rows]
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        for column, title in enumerate(("Picture", "Frames", "", "What stays of it", "")):
            grid.addWidget(label(title, "section"), 0, column)
        for place, row in enumerate(self.rows, start=1):
            for column, widget in enumerate((row.chosen, row.frames, row.count, row.stays, row.area)):
                grid.addWidget(widget, place, column)
        grid.setColumnStretch(3, 1)
        inner = QWidget()
        holder = QVBoxLayout(inner)
        holder.setContentsMargins(0, 0, 8, 0)
        holder.addLayout(grid)
        holder.addStretch(1)
        self.size_line = label("", "strong")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(label("Copies under a code: no name, no hospital number, no true date", "title"))
        whole.addWidget(scrolled(inner), 1)
        whole.addLayout(self._purpose_row())
        whole.addWidget(self.size_line)

    def _purpose_row(self) -> Flow:
        self.sharing = _toggle("For sharing: participant and visit as codes")
        self.shift = _toggle("Dates shifted, days between visits kept")
        self.reading = _toggle("For a blinded reader, under this code alone")
        self.code = Entry()
        self.code.setPlaceholderText("reading code")
        self.code.setAccessibleName("Reading code")
        self.code.setFixedWidth(160)
        group = QButtonGroup(self)
        for one in (self.sharing, self.reading):
            group.addButton(one)
        self.sharing.setChecked(True)
        for toggle in (self.sharing, self.reading, self.shift):
            toggle.clicked.connect(self._report)
        self.code.textEdited.connect(self._report)
        # Wraps: in the program's own type, and in Danish still more, they are wider than the smallest screen.
        row = Flow()
        for widget in (self.sharing, self.shift, self.reading, self.code):
            row.addWidget(widget)
        return row

    def _report(self) -> None:
        if self.reading.isChecked():
            self._presenter.set_purpose("reading", reading_id=self.code.text())
        else:
            self._presenter.set_purpose("sharing", shift_dates=self.shift.isChecked())

    def show_state(self, state: CopyState) -> None:
        """Show what stands."""
        busy = bool(state.busy)
        for shown, row in zip(self.rows, state.rows, strict=True):
            shown.show_row(row, busy=busy)
        self.size_line.setText(state.size)
        self.shift.setEnabled(state.purpose == "sharing")
        self.shift.setChecked(state.shift_dates)
        self.code.setEnabled(state.purpose == "reading")
