"""The `?` page: all keys in one sheet over the room. Any key or click puts it away."""
from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.keys import KEY_GROUPS
from injection_log_napari.views.parts import card, label


class KeysPage(QWidget):
    """Lies over its parent until it is dismissed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("KeysPage { background: rgba(8, 10, 12, 215); }")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self._sheet(), 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        self.hide()

    def _sheet(self) -> QFrame:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(1)
        place = 0
        for group in KEY_GROUPS:
            grid.addWidget(label(group.title, "section"), place, 0, 1, 2)
            place += 1
            for row in group.rows:
                grid.addWidget(label(row.keys, "value"), place, 0)
                grid.addWidget(label(row.words), place, 1)
                place += 1
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
