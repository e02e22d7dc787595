"""The `?` page: all keys in one sheet over the room. Any key or click puts it away."""
from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.keys import KEY_GROUPS, KeyGroup
from injection_log_napari.said import Said
from injection_log_napari.views.parts import card, label

WIDTH = 1250


class KeysPage(Said, QWidget):
    """Lies over its parent until it is dismissed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("KeysPage { background: rgba(8, 10, 12, 215); }")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Keys")
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self._sheet(), 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        self.hide()

    def _sheet(self) -> QFrame:
        """Marks at the left, the rest at the right: one column alone is higher than a small screen."""
        holder = QWidget()
        holder.setFixedWidth(WIDTH)
        halves = QHBoxLayout(holder)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(32)
        for groups in (KEY_GROUPS[:1], KEY_GROUPS[1:]):
            half = QWidget()
            half.setLayout(_rows(groups))
            halves.addWidget(half, 1, Qt.AlignmentFlag.AlignTop)
        return card(label("Keys, while the picture has the focus", "title"), holder)

    def open(self) -> None:
        """Show the sheet over the whole parent."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
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
