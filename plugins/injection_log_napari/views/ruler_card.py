"""The card that asks about a line drawn along a ruler: its length, what it lies on, and why a scale is set again."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from annotate.scale_check import Against
from injection_log_napari.presenters.ruler import Purpose, RulerState
from injection_log_napari.said import Entry
from injection_log_napari.views.parts import AnsweringCard, Flow, button, label
from injection_log_napari.views.style import set_role
from injection_log_napari.views.taking_back_card import TakingBackActs

ON_WORDS: dict[Against, str] = {"ruler": "on the ruler", "vendor_caliper": "vendor's caliper"}


class RulerAnswers(Protocol):
    """What the card reports; each answer tells whether it was kept."""

    def add_line(self, text: str) -> bool:
        """Keep the length and draw a second line."""

    def set_scale(self, text: str, reason: str) -> bool:
        """Set the scale."""

    def draw_again(self) -> None:
        """Drop the drawn line."""

    def check(self, text: str, against: Against) -> bool:
        """Keep the cross-check."""


@dataclass(frozen=True)
class RulerActs:
    """Whom the card reports to, and what gives the picture its focus back."""

    answers: RulerAnswers
    back: Callable[[], None]
    take: Callable[[Purpose], None]
    taking_back: TakingBackActs
    ask_what_to_take_back: Callable[[], None]
    leave_it: Callable[[], None]


class RulerCard(AnsweringCard):
    """Shows a RulerState while there is one."""

    def __init__(self, acts: RulerActs) -> None:
        super().__init__()
        self.setObjectName("inline")
        self._acts = acts
        self._state: RulerState | None = None
        self._title, self._known = label("", "value"), label("", "quiet", wraps=True)
        self.length, self.reason = self._field("printed length, like 20 mm"), self._field("why it is set again")
        self.keep = button("", self._keep, "primary", "This is the answer (Enter)")
        self.again = button("draw again", self._draw_again, tip="Drops this line")
        self.second = button("+ second line", self._second, tip="Runs the other way: no square pixels are assumed")
        self.against: dict[Against, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setSpacing(6)
        for widget in (self._title, self._known, self._choices(), self.length, self.reason):
            column.addWidget(widget)
        foot = Flow()
        for made in (self.keep, self.again, self.second):
            foot.addWidget(made)
        column.addLayout(foot)
        self.hide()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return (*self.against.values(), self.length, self.reason, self.keep, self.again, self.second)

    def _field(self, words: str) -> QLineEdit:
        made = Entry()
        made.setPlaceholderText(words)
        made.setAccessibleName(words)
        made.returnPressed.connect(self._keep)
        return made

    def _choices(self) -> QWidget:
        self._on = QWidget()
        flow = Flow()
        for one, words in ON_WORDS.items():
            made = button(words, lambda one=one: self._choose(one))  # type: ignore[misc]
            made.setCheckable(True)
            self.against[one] = made
            flow.addWidget(made)
        self._on.setLayout(flow)
        return self._on

    def show_state(self, state: RulerState | None) -> None:
        """Show what is asked now, or nothing."""
        before, self._state = self._state, state
        if state is None:
            self.hide()
            return
        if before is None or before.purpose != state.purpose or before.may_add_line != state.may_add_line:
            self._begin()
        self._title.setText(state.title)
        self._known.setText(state.known)
        self._known.setVisible(bool(state.known))
        self._on.setVisible(state.purpose == "check")
        self.reason.setVisible(state.asks_reason)
        self.second.setVisible(state.may_add_line)
        self.keep.setText("Set the scale  ⏎" if state.purpose == "scale" else "Keep the check  ⏎")

    def _begin(self) -> None:
        self.length.clear()
        self.reason.clear()
        self._choose("ruler")
        self.show()
        self.length.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus(self) -> None:
        """Lead to the length."""
        self.length.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, against: Against) -> None:
        for one, made in self.against.items():
            made.setChecked(one == against)

    def _keep(self) -> None:
        answers = self._acts.answers
        if self._state is None:
            return
        if self._state.purpose == "scale":
            kept = answers.set_scale(self.length.text(), self.reason.text())
        else:
            against = next(one for one, made in self.against.items() if made.isChecked())
            kept = answers.check(self.length.text(), against)
        self._go_back(kept=kept)

    def _draw_again(self) -> None:
        self._acts.answers.draw_again()
        self._acts.back()

    def _second(self) -> None:
        self._go_back(kept=self._acts.answers.add_line(self.length.text()))

    def _go_back(self, *, kept: bool) -> None:
        if kept:
            self._acts.back()
        else:
            self.length.setFocus(Qt.FocusReason.OtherFocusReason)


class ScaleOffers(QWidget):
    """What can be done about the shown picture's scale, as buttons that keep their place."""

    def __init__(self, take: Callable[[Purpose], None]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addStretch(1)
        self.buttons: dict[Purpose, QPushButton] = {
            "scale": button("", lambda: take("scale"), tip="Draw along the burned-in ruler and type its length (S)"),
            "check": button("", lambda: take("check"), tip="Lay a line on the ruler and type what is printed (X)"),
        }
        for made in self.buttons.values():
            row.addWidget(made)

    def show_offers(self, offers: tuple[tuple[Purpose, str], ...]) -> None:
        """Show what is offered now."""
        words = dict(offers)
        for purpose, made in self.buttons.items():
            made.setVisible(purpose in words)
            made.setText(words.get(purpose, ""))
            set_role(made, "role", "missing" if purpose == "scale" and "check" not in words else "")
