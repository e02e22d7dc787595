"""The `?` page: all keys in one sheet over the room, and the way to have them on paper.

Any key or click puts it away, but Tab and what the one button takes.
"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.keys import KEY_GROUPS, KeyGroup
from injection_log_napari.quick_card_file import FILE_NAME, write_quick_card
from injection_log_napari.said import Said, say, spoken
from injection_log_napari.views.parts import button, card, label
from injection_log_napari.views.style import set_role

WIDTH = 1236


class KeysPage(Said, QWidget):
    """Lies over its parent until it is dismissed. `groups` are the keys of the room; a blinded reader gets no card."""

    def __init__(
        self, parent: QWidget, groups: Sequence[KeyGroup] = KEY_GROUPS, *, has_card: bool = True
    ) -> None:
        super().__init__(parent)
        self._groups = groups
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("KeysPage { background: rgba(8, 10, 12, 215); }")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Keys")
        self.save = button("Save the quick card (PDF)…", self._ask_where, tip="Steps and keys on one page")
        self.save.setVisible(has_card)
        self._said = label("", "quiet", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)  # the smallest window has no room to give away
        column.addStretch(1)
        column.addWidget(self._sheet(), 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        self.hide()

    def _sheet(self) -> QFrame:
        """Marks at the left, the rest at the right: one column alone is higher than a small screen."""
        holder = self._halves = QWidget()
        holder.setFixedWidth(WIDTH)
        halves = QHBoxLayout(holder)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(32)
        for groups in (self._groups[:1], self._groups[1:]):
            half = QWidget()
            half.setLayout(_rows(groups))
            halves.addWidget(half, 1, Qt.AlignmentFlag.AlignTop)
        return card(self._top(), holder)

    def _top(self) -> QWidget:
        top = QWidget()
        line = QHBoxLayout(top)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label("Keys, while the picture has the focus", "title"))
        line.addWidget(self._said, 1)
        line.addWidget(self.save)
        return top

    def _ask_where(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, say("Save the quick card"), str(Path.home() / FILE_NAME), say("PDF (*.pdf)")
        )
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, target: Path) -> None:
        """Write the card there, and say so."""
        try:
            write_quick_card(target, spoken())
        except REFUSALS as refused:
            self._tell(str(refused), "refused")
        else:
            self._tell(f"Saved: {target.name}", "quiet")

    def _tell(self, words: str, role: str) -> None:
        self._said.setText(words)
        set_role(self._said, "role", role)

    def open(self) -> None:
        """Show the sheet over the whole parent."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self._tell("", "quiet")
        # Lines that wrap, in this language, need more than the layout asks for by itself.
        self._halves.setMinimumHeight(self._halves.heightForWidth(WIDTH))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        self.hide()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.hide()


def _rows(groups: Sequence[KeyGroup]) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    place = 0
    for group in groups:
        grid.addWidget(label(group.title, "section"), place, 0, 1, 2)
        place += 1
        for row in group.rows:
            grid.addWidget(label(row.keys, "value"), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(row.words, wraps=True), place, 1)
            place += 1
    return grid
