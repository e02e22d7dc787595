"""Parts of a gland's panel: what it reports, one diameter, what is asked about a measured value. No state."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from annotate.marks import Axis
from injection_log_napari.presenters.form import FieldMark
from injection_log_napari.presenters.gland import NEEDLE
from injection_log_napari.presenters.gland_size import Beside, SizeRow
from injection_log_napari.views.access_head import AccessActs
from injection_log_napari.views.field_view import TALK_KEY, show_mark, small_button
from injection_log_napari.views.parts import button, label
from injection_log_napari.views.ruler_card import RulerActs
from injection_log_napari.views.style import set_role


@dataclass(frozen=True)
class GlandActs:
    """What the panel reports; `more` takes a tool up by the name of its key's act."""

    caliper: Callable[[Axis], None]
    needle: Callable[[bool], None]
    more: Mapping[str, Callable[[], None]]
    answer: Callable[[str], bool]
    show_mark: Callable[[str], None]
    ask_again: Callable[[str], None]
    measure_again: Callable[[str], None]
    go_on: Callable[[], None]
    ruler: RulerActs
    access: AccessActs
    talk: Callable[[str], None]


class SizeActs(Protocol):
    """What a diameter reports."""

    @property
    def caliper(self) -> Callable[[Axis], None]:
        """Take the caliper up."""

    @property
    def show_mark(self) -> Callable[[str], None]:
        """Show where a mark lies."""

    @property
    def talk(self) -> Callable[[str], None]:
        """Open what is asked about a value."""


class SizeLine(QWidget):
    """One diameter: the figure with its repeats, or the button that starts it."""

    def __init__(self, axis: Axis, acts: SizeActs) -> None:
        super().__init__()
        self._acts, self._axis, self._mark = acts, axis, ""
        self._figure = button("", self._show_mark, "figure", "Show the last caliper on its picture")
        self.place = button("", lambda: acts.caliper(axis))
        self.mark = small_button("⋯", lambda: acts.talk(f"caliper.{axis}"))
        self.beside, self.doubts = BesideLine(), label("", "amber", wraps=True)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(label(axis))
        row.addStretch(1)
        row.addWidget(self._figure)
        row.addWidget(self.place)
        row.addWidget(self.mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.beside)
        column.addWidget(self.doubts)

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
        self.beside.show_beside(row.beside)
        show_doubts(self.doubts, row.doubts)

    def _show_mark(self) -> None:
        if self._mark:
            self._acts.show_mark(self._mark)


class BesideLine(QWidget):
    """The line of small letters below a figure; it is always there, so that nothing moves when a repeat comes."""

    def __init__(self) -> None:
        super().__init__()
        self.repeats, self.published = label("", "aside"), label("", "aside")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.repeats)
        row.addStretch(1)
        row.addWidget(self.published)

    def show_beside(self, beside: Beside) -> None:
        """Show the repeats at the left and the published range at the right."""
        self.repeats.setText(beside.repeats)
        self.published.setText(beside.published)
        self.published.setToolTip(beside.source)


def show_doubts(shown: QLabel, doubts: Sequence[str]) -> None:
    """Sentences of the checks, amber and with a sign; nothing where there is none."""
    shown.setText("\n".join(f"▲ {sentence}" for sentence in doubts))
    shown.setVisible(bool(doubts))


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
