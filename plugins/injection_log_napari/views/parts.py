"""Small parts that all pages use: labels, buttons, cards, a layout that wraps. They know no presenter."""
from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from injection_log_napari.said import Label, Said, SaidOnButton, cell, say
from injection_log_napari.views.style import TARGET


def label(text: str = "", role: str = "", *, wraps: bool = False, typed: bool = False) -> QLabel:
    """A label; its role is a word of the stylesheet. Plain text always: nothing typed can become mark-up.

    `typed` is for what a person or the hospital wrote: it stands as it is in every language.
    """
    made = QLabel() if typed else Label()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    if role:
        made.setProperty("role", role)
    if wraps:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return made


class Elided(Said, QLabel):
    """A line that gives way where there is no room: cut with "…", in full in its tip. For what is least needed."""

    def __init__(self, role: str, least_px: int) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self._whole, self._given, self._least_px = "", "", least_px

    def show_text(self, text: str) -> None:
        """Show another text."""
        self._given, self._whole = text, say(text)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._cut()
        self.updateGeometry()

    @override
    def say_again(self) -> None:
        self.show_text(self._given)

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 6, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._least_px, self.sizeHint().width()), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()


ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Primary(SaidOnButton, QPushButton):
    """A button that Enter presses too, not only Space: the next act itself, or a button of a dialog."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif self.isEnabled() and not event.isAutoRepeat():
            self.click()


class PassesEnterOn(SaidOnButton):
    """Mixed in before a button's class: Space and click only; Enter passes on to the page, where it is the next act."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            # Some desktops let Enter press any button: a fact could be answered by it.
            event.ignore()
        else:
            super().keyPressEvent(event)


class Quiet(PassesEnterOn, QPushButton):
    """A button that Enter does not press."""


class AnsweringCard(QFrame):
    """A card in the page whose fields answer to Enter; it goes no further, where it is the page's next act."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            event.accept()
        else:
            super().keyPressEvent(event)


def fill_page(page: QWidget, above: Sequence[QWidget], middle: QLayout, below: QWidget) -> None:
    """Lay a page out without gaps: lines above, what takes the room there is, a line below."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for line in above:
        column.addWidget(line)
    column.addLayout(middle, 1)
    column.addWidget(below)


def as_list(table: QTableWidget, columns: Sequence[str], row_height_px: int, stretched: int) -> None:
    """Make a table a list of lines: one chosen at a time, none edited, one column as wide as there is room.

    What a screen reader calls it is the caller's to say.
    """
    table.setColumnCount(len(columns))
    for place, title in enumerate(columns):
        table.setHorizontalHeaderItem(place, cell(title))
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(row_height_px)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)


def button(
    text: str, pressed: Callable[[], None] | None = None, role: str = "", tip: str = "", *, takes_enter: bool = False
) -> QPushButton:
    """A button that is large enough for a gloved hand; Enter presses it only where it is the primary one."""
    # "&" would become a shortcut mark of Qt's; keys are ours.
    made = (Primary if takes_enter or role == "primary" else Quiet)()
    made.setText(text.replace("&", "&&"))
    made.setMinimumHeight(TARGET)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    if tip:
        made.setToolTip(tip)
    if pressed is not None:
        # clicked carries a bool that nobody asked for
        made.clicked.connect(lambda _checked=False: pressed())
    return made


def card(*widgets: QWidget) -> QFrame:
    """A framed column."""
    frame = QFrame()
    frame.setObjectName("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(18, 14, 18, 14)
    column.setSpacing(8)
    for widget in widgets:
        column.addWidget(widget)
    return frame


class Area(Said, QScrollArea):
    """A scroll area whose name is said."""


def scrolled(inner: QWidget, name: str = "") -> QScrollArea:
    """A scroll area that scrolls up and down only.

    With a name Tab comes to it, and arrows scroll it: for what is read and holds nothing else that takes the focus.
    """
    area = Area()
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name else Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inner)
    return area


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and let the widgets go."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            empty(inner)


def in_tab_order(widgets: Sequence[QWidget]) -> None:
    """Let Tab go through widgets in this order."""
    for first, second in itertools.pairwise(widgets):
        QWidget.setTabOrder(first, second)


class Flow(QLayout):
    """A layout that sets its widgets in lines and wraps, as words do."""

    def __init__(self, spacing: int = 6) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), place=False)

    @override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    @override
    def sizeHint(self) -> QSize:
        return self.minimumSize()

    @override
    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():  # what is hidden leaves no gap
                continue
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, line = rect.x(), y + line + self.spacing(), 0
            if place:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self.spacing()
            line = max(line, hint.height())
        return y + line - rect.y()
