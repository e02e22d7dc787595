"""The left column: the steps with their signs, and the pictures of the visit as thumbnails."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.next_act import Step
from injection_log_napari.presenters.room_state import StepState
from injection_log_napari.presenters.thumbs import Thumb
from injection_log_napari.said import Tool
from injection_log_napari.views.parts import ENTER, button, empty, in_tab_order, label, scrolled
from injection_log_napari.views.style import set_role

WIDTH = 232
THUMB = QSize(90, 66)


class Picture(Tool):
    """A thumbnail: Space and click show it, Enter is the next act of the page."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            event.ignore()
        else:
            super().keyPressEvent(event)


class StepColumn(QFrame):
    """Reports steps and pictures that are clicked."""

    def __init__(
        self, go: Callable[[Step], None], show: Callable[[str], None], history: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("column")
        self.setFixedWidth(WIDTH)
        self._go, self._show = go, show
        self.steps: dict[Step, QPushButton] = {}
        self.thumbs: dict[str, QToolButton] = {}
        self._pixmaps: dict[str, QPixmap] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(2)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(2)
        column.addLayout(self._steps)
        self.history = button("◷  History…", history, "step", "What was ever done to this record, and who saw it")
        column.addWidget(self.history)
        column.addSpacing(10)
        self._inner = QWidget()
        self._grid = QVBoxLayout(self._inner)
        self._grid.setContentsMargins(8, 0, 2, 0)
        self._grid.setSpacing(4)
        column.addWidget(scrolled(self._inner), 1)
        self._shown: tuple[Thumb, ...] = ()
        self._before: QWidget | None = None
        self._stops: list[QWidget] = []

    def come_after(self, before: QWidget) -> None:
        """Tab comes from `before` to the steps, and from the last picture to what followed `before`."""
        self._before = before

    def _order_tabs(self) -> None:
        # Steps and pictures are made when they are known, so they stand at the end of Qt's chain; Tab goes as the eye.
        stops: list[QWidget] = [*self.steps.values(), self.history, *self.thumbs.values()]
        if self._before is not None and stops != self._stops:
            self._stops = stops
            in_tab_order([self._before, *stops])

    def show_steps(self, steps: tuple[StepState, ...]) -> None:
        """Show the steps as they are now."""
        for step in steps:
            if step.step not in self.steps:
                made = button("", lambda one=step.step: self._go(one), "step")  # type: ignore[misc]
                self.steps[step.step] = made
                self._steps.addWidget(made)
            view = self.steps[step.step]
            detail = f"  {step.detail}" if step.detail else ""
            view.setText(f"{step.sign} {step.title}{detail}".replace("&", "&&"))
            set_role(view, "current", str(step.is_current).lower())
            set_role(view, "done", str(step.is_done).lower())
        self._order_tabs()

    def show_thumbs(self, thumbs: tuple[Thumb, ...]) -> None:
        """Show the pictures, in groups; built anew only when they are others."""
        same = [(t.uid, t.group, t.caption) for t in thumbs] == [(t.uid, t.group, t.caption) for t in self._shown]
        self._shown = thumbs
        if not same:
            self._build(thumbs)
        for thumb in thumbs:
            made = self.thumbs[thumb.uid]
            made.setChecked(thumb.is_current)
            # What its words say of the scale can change while its caption does not.
            made.setToolTip(thumb.tip)
            made.setAccessibleName(thumb.tip)
        self._order_tabs()

    def _build(self, thumbs: tuple[Thumb, ...]) -> None:
        empty(self._grid)
        self.thumbs = {}
        for group in dict.fromkeys(thumb.group for thumb in thumbs):
            self._grid.addWidget(label(group, "section"))
            holder = QWidget()
            grid = QGridLayout(holder)
            grid.setContentsMargins(0, 2, 0, 6)
            grid.setSpacing(6)
            for place, thumb in enumerate(t for t in thumbs if t.group == group):
                grid.addWidget(self._thumb(thumb), place // 2, place % 2)
            self._grid.addWidget(holder)
        self._grid.addStretch(1)

    def _thumb(self, thumb: Thumb) -> QToolButton:
        made = Picture()
        made.setProperty("role", "thumb")
        made.setCheckable(True)
        made.setText(thumb.caption)
        made.setIconSize(THUMB)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        made.setFixedSize(THUMB.width() + 8, THUMB.height() + 44)
        if thumb.uid in self._pixmaps:
            made.setIcon(QIcon(self._pixmaps[thumb.uid]))
        made.clicked.connect(lambda _checked=False: self._show(thumb.uid))
        self.thumbs[thumb.uid] = made
        return made

    def focus_thumb(self, uid: str) -> None:
        """Lead to a picture of the list, for a person to choose there."""
        if uid in self.thumbs:
            self.thumbs[uid].setFocus(Qt.FocusReason.TabFocusReason)

    def take_pixmap(self, uid: str, pixmap: QPixmap) -> None:
        """A thumbnail came from the worker."""
        self._pixmaps[uid] = pixmap
        if uid in self.thumbs:
            self.thumbs[uid].setIcon(QIcon(pixmap))

    def forget_pixmaps(self) -> None:
        """Another visit: nothing of the one before stays."""
        self._pixmaps.clear()
        self.show_thumbs(())
