"""Parts of a gland's panel: one diameter, one pass of the needle. No state."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget
from typing_extensions import override

from annotate.marks import Axis
from injection_log_napari.presenters.form import FieldMark
from injection_log_napari.presenters.gland import NEEDLE, NeedleRow, SizeRow
from injection_log_napari.views.access_head import AccessActs
from injection_log_napari.views.field_view import TALK_KEY, show_mark, small_button
from injection_log_napari.views.parts import button, label
from injection_log_napari.views.ruler_card import RulerActs
from injection_log_napari.views.style import set_role


@dataclass(frozen=True)
class GlandActs:
    """What the panel reports."""

    caliper: Callable[[Axis], None]
    needle: Callable[[bool], None]
    answer: Callable[[str], bool]
    show_mark: Callable[[str], None]
    measure_again: Callable[[str], None]
    go_on: Callable[[], None]
    ruler: RulerActs
    access: AccessActs
    talk: Callable[[str], None]


class SizeLine(QWidget):
    """One diameter: the figure with its repeats, or the button that starts it."""

    def __init__(self, axis: Axis, acts: GlandActs) -> None:
        super().__init__()
        self._acts, self._axis, self._mark = acts, axis, ""
        self._figure = button("", self._show_mark, "figure", "Show the last caliper on its picture")
        self.place = button("", lambda: acts.caliper(axis))
        self.mark = small_button("⋯", lambda: acts.talk(f"caliper.{axis}"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label(axis))
        row.addStretch(1)
        row.addWidget(self._figure)
        row.addWidget(self.place)
        row.addWidget(self.mark)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return self._figure, self.place, self.mark

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == TALK_KEY and self.mark.isVisible():
            self.mark.click()
        else:
            super().keyPressEvent(event)

    def show_row(self, row: SizeRow, *, is_open: bool) -> None:
        """Show the diameter as it is now."""
        self._mark = row.mark_ids[-1] if row.mark_ids else ""
        self._figure.setText(f"{row.value} {row.repeats}".strip() if row.value else "—")
        # Beside a value there is little room: its unit must not be the part that is left out.
        self.place.setText(f"+{row.key}" if row.value else f"place {row.key}")
        self.place.setAccessibleName(f"repeat {row.axis}" if row.value else f"place {row.axis}")
        self.place.setFixedWidth(56 if row.value else 106)
        how = f"Click both ends, or drag across ({row.key})"
        self.place.setToolTip("adds a second measurement; the mean counts" if row.value else how)
        set_role(self.place, "role", "missing" if row.is_missing else "")
        self.place.setVisible(is_open)
        self._figure.setEnabled(bool(self._mark))
        show_talk(self.mark, row.axis, row.mark, is_open=is_open)

    def _show_mark(self) -> None:
        if self._mark:
            self._acts.show_mark(self._mark)


class NeedleHead(QWidget):
    """The heading of the needle, with what is asked about its marks."""

    def __init__(self, acts: GlandActs) -> None:
        super().__init__()
        self.mark = small_button("⋯", lambda: acts.talk(NEEDLE))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label("Needle", "section"), 1)
        row.addWidget(self.mark)

    def show_mark(self, mark: FieldMark | None, *, is_open: bool) -> None:
        """Show what is asked."""
        show_talk(self.mark, "needle", mark, is_open=is_open)


def show_talk(made: QPushButton, title: str, mark: FieldMark | None, *, is_open: bool) -> None:
    """Show the talk about a measured value; Tab stops there where nothing else beside it can be pressed."""
    made.setVisible(mark is not None)
    made.setFocusPolicy(Qt.FocusPolicy.ClickFocus if is_open else Qt.FocusPolicy.StrongFocus)
    if mark is not None:
        show_mark(made, title, mark)


def pair(left: QLabel, right: QLabel) -> QHBoxLayout:
    """A label at the left, a figure at the right."""
    row = QHBoxLayout()
    row.addWidget(left)
    row.addStretch(1)
    row.addWidget(right)
    return row


def needle_view(row: NeedleRow, acts: GlandActs) -> QWidget:
    """One pass of the needle: where it lies, and what it measures."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 4)
    grid.setVerticalSpacing(2)
    there = button(f"{row.title}: {row.place}", lambda: acts.show_mark(row.mark_id), "flat", "Show it")
    grid.addWidget(there, 0, 0, 1, 2)
    for place, (name, value) in enumerate(row.lines, start=1):
        grid.addWidget(label(name), place, 0)
        figure = label(value, "value")
        figure.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(figure, place, 1)
    return holder
