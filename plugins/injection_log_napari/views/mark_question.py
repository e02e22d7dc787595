"""The card that asks what a drawn mark still owes, in place: answers as buttons with their keys."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from injection_log_napari.presenters.unanswered import MarkQuestion
from injection_log_napari.views.parts import AnsweringCard, Flow, button, empty, label

NOBODY = MarkQuestion("", ())


class MarkQuestionCard(AnsweringCard):
    """Shows a MarkQuestion while there is one; an answer goes to `answer`, which tells whether it was taken."""

    def __init__(self, answer: Callable[[str], bool]) -> None:
        super().__init__()
        self.setObjectName("inline")
        self._answer, self._shown = answer, NOBODY
        self._title = label("", "value")
        self.answers: dict[str, QPushButton] = {}
        self._flow = Flow()
        column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addLayout(self._flow)
        self.hide()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return tuple(self.answers.values())

    def show_question(self, question: MarkQuestion | None) -> None:
        """Show what is asked now, or nothing."""
        question = question or NOBODY
        if question != self._shown:
            self._shown = question
            self._title.setText(question.title)
            self._make_answers(question)
        self.setVisible(question is not NOBODY)

    def _make_answers(self, question: MarkQuestion) -> None:
        empty(self._flow)
        self.answers = {}
        for key, (value, words) in enumerate(question.choices, start=1):
            made = button(f"{words}  {key}", lambda value=value: self._say(value))  # type: ignore[misc]
            self.answers[value] = made
            self._flow.addWidget(made)

    def _say(self, value: str) -> None:
        self._answer(value)
