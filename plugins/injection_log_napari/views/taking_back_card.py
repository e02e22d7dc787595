"""The card that asks which scale or cross-check is to be taken back, and why."""
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.taking_back import TakingBackState
from injection_log_napari.said import Entry
from injection_log_napari.views.parts import AnsweringCard, Flow, button, empty, label


class TakingBackActs(Protocol):
    """What the card reports."""

    def choose(self, name: str) -> None:
        """Choose one."""

    def take_back(self, reason: str) -> bool:
        """Take the chosen one back; whether it went."""


class TakingBackCard(AnsweringCard):
    """Shows a TakingBackState while there is something to choose from."""

    def __init__(self, acts: TakingBackActs, leave: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("inline")
        self._acts, self._leave = acts, leave
        self._items: tuple[tuple[str, str], ...] = ()
        self.choices: dict[str, QPushButton] = {}
        self._choices = QVBoxLayout()
        self._choices.setSpacing(4)
        self.reason = Entry()
        self.reason.setPlaceholderText("why it is taken back")
        self.reason.setAccessibleName("why it is taken back")
        self.reason.returnPressed.connect(self._take_back)
        self.keep = button("Take it back  ⏎", self._take_back, "primary", "With the reason (Enter)")
        self.never_mind = button("leave it", leave)
        foot = Flow()
        foot.addWidget(self.keep)
        foot.addWidget(self.never_mind)
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.addWidget(label("Take back on this picture", "value"))
        column.addLayout(self._choices)
        column.addWidget(self.reason)
        column.addLayout(foot)
        self.hide()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return (*self.choices.values(), self.reason, self.keep, self.never_mind)

    def show_state(self, state: TakingBackState) -> None:
        """Show what can be taken back, or nothing."""
        if state.items != self._items:
            self._offer(state.items)
        for name, made in self.choices.items():
            made.setChecked(name == state.chosen)
        if state.items and self.isHidden():
            self.reason.clear()
            self.show()
            self.take_focus()
        elif not state.items:
            self.hide()

    def _offer(self, items: tuple[tuple[str, str], ...]) -> None:
        self._items = items
        empty(self._choices)
        self.choices = {}
        for name, words in items:
            made = button(words, lambda name=name: self._acts.choose(name))  # type: ignore[misc]
            made.setCheckable(True)
            self.choices[name] = made
            self._choices.addWidget(made)

    def take_focus(self) -> None:
        """Put the focus where the reason is typed."""
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self) -> None:
        """What Enter does wherever the focus is on the page."""
        self._take_back()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _take_back(self) -> None:
        if self._acts.take_back(self.reason.text()):
            self._leave()
        else:
            self.take_focus()
