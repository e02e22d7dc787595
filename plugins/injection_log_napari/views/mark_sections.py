"""The marks of a gland in its panel: a row for each, with what it measures, and the buttons that begin the next one.

It shows rows and reports what was pressed; it knows no rule.
"""
from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from injection_log_napari.presenters.gland_marks import MarkRow, MarkSection
from injection_log_napari.views.gland_parts import GlandActs, pair, show_doubts
from injection_log_napari.views.parts import Flow, button, empty, label

TOOLS = (
    ("contour", "outline  C", "Click along the capsule (C)"),
    ("deposit", "deposit  B", "Click the fluid, then say its zone and its volume (B)"),
    ("structure", "structure  T", "Click an artery, a vein or the duct (T)"),
)
"""Act, words and tip of each button."""


def mark_view(row: MarkRow, acts: GlandActs, *, is_open: bool) -> QWidget:
    """One mark: where it lies, what it measures, and what is odd about it."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 2)
    grid.setVerticalSpacing(2)
    head = QHBoxLayout()
    head.setSpacing(4)
    head.addWidget(button(f"{row.title}: {row.place}", lambda: acts.show_mark(row.mark_id), "flat", "Show it"), 1)
    if row.may_ask and is_open:
        again = button("↻", lambda: acts.ask_again(row.mark_id), "small", "Say it otherwise")
        again.setAccessibleName(f"{row.title}: say it otherwise")
        again.setFixedWidth(26)
        head.addWidget(again)
    grid.addLayout(head, 0, 0, 1, 2)
    for place, (name, value) in enumerate(row.lines, start=1):
        grid.addWidget(label(name), place, 0)
        figure = label(value, "value")
        figure.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(figure, place, 1)
    if row.doubts:
        doubts = label("", "amber", wraps=True)
        show_doubts(doubts, row.doubts)
        grid.addWidget(doubts, len(row.lines) + 1, 0, 1, 2)
    return holder


def buttons_in(box: QVBoxLayout) -> list[QPushButton]:
    """The buttons of the rows in a column, from top to bottom."""
    rows = [item.widget() for place in range(box.count()) if (item := box.itemAt(place)) is not None]
    return [made for row in rows if row is not None for made in row.findChildren(QPushButton)]


class MarkSections(QWidget):
    """Outlines, deposits and structures, each kind only while there is one; and the buttons that begin one."""

    def __init__(self, acts: GlandActs) -> None:
        super().__init__()
        self._acts = acts
        self._shown: tuple[tuple[MarkSection, ...], bool] | None = None
        self.tools: dict[str, QPushButton] = {}
        self._tools = QWidget()
        flow = Flow()
        for act, words, tip in TOOLS:
            made = button(words, acts.more[act], "tight", tip)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.tools[act] = made
            flow.addWidget(made)
        self._tools.setLayout(flow)
        self._box = QVBoxLayout()
        self._box.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._tools)
        column.addLayout(self._box)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return (*self.tools.values(), *buttons_in(self._box))

    def show_sections(self, sections: Sequence[MarkSection], *, is_open: bool, injecting: bool) -> None:
        """Show the marks as they are now; what was injected is asked only where something is."""
        self._tools.setVisible(is_open)
        self.tools["deposit"].setVisible(injecting)
        now = (tuple(sections), is_open)
        if now == self._shown:
            return
        self._shown = now
        empty(self._box)
        for section in sections:
            self._box.addWidget(self._section(section, is_open=is_open))

    def _section(self, section: MarkSection, *, is_open: bool) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label(section.title, "section"))
        for row in section.rows:
            column.addWidget(mark_view(row, self._acts, is_open=is_open))
        for name, value in section.sums:
            column.addLayout(pair(label(name), label(value, "value")))
        for note in section.notes:
            column.addWidget(label(note, "aside", wraps=True))
        doubts = label("", "amber", wraps=True)
        show_doubts(doubts, section.doubts)
        column.addWidget(doubts)
        return holder
