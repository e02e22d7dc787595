"""The left column: the steps with their signs, and the pictures of the visit as thumbnails."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QPushButton, QToolButton, QVBoxLayout, QWidget

from injection_log_napari.presenters.next_act import Step
from injection_log_napari.presenters.room_state import StepState
from injection_log_napari.presenters.thumbs import Thumb
from injection_log_napari.views.parts import button, in_tab_order, scrolled
from injection_log_napari.views.style import set_role
from injection_log_napari.views.thumb_grid import ThumbGrid

WIDTH = 232


class StepColumn(QFrame):
    """Reports steps and pictures that are clicked."""

    def __init__(
        self, go: Callable[[Step], None], show: Callable[[str], None], history: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("column")
        self.setFixedWidth(WIDTH)
        self._go = go
        self.steps: dict[Step, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(2)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(2)
        column.addLayout(self._steps)
        self.history = button("◷  History…", history, "step", "What was ever done to this record, and who saw it")
        column.addWidget(self.history)
        column.addSpacing(10)
        self.pictures = ThumbGrid(show, self._order_tabs)
        column.addWidget(scrolled(self.pictures), 1)
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

    @property
    def thumbs(self) -> dict[str, QToolButton]:
        """The thumbnails by SOP Instance UID."""
        return self.pictures.thumbs

    def show_thumbs(self, thumbs: tuple[Thumb, ...]) -> None:
        """Show the pictures, in groups."""
        self.pictures.show_thumbs(thumbs)

    def focus_thumb(self, uid: str) -> None:
        """Lead to a picture of the list, for a person to choose there."""
        self.pictures.focus_thumb(uid)

    def take_pixmap(self, uid: str, pixmap: QPixmap) -> None:
        """A thumbnail came from the worker."""
        self.pictures.take_pixmap(uid, pixmap)
