"""The card that asks what a drawn mark still owes, in place: answers as buttons with their keys, or typed."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from injection_log_napari.presenters.unanswered import MarkQuestion
from injection_log_napari.said import Entry
from injection_log_napari.views.parts import AnsweringCard, Flow, button, empty, label

NOBODY = MarkQuestion("", ())


class MarkQuestionCard(AnsweringCard):
    """Shows a MarkQuestion while there is one; an answer goes to `answer`, which tells whether it was taken.

    Answers of two parts ("middle, deep") stand in a table: a row for each first part.
    """

    def __init__(self, answer: Callable[[str], bool]) -> None:
        super().__init__()
        self.setObjectName("inline")
        self._answer, self._shown = answer, NOBODY
        self._title = label("", "value")
        self.typed = Entry()
        self.typed.returnPressed.connect(lambda: self._say(self.typed.text()))
        self.answers: dict[str, QPushButton] = {}
        self._flow, self._table = Flow(), QGridLayout()
        self._table.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addWidget(self.typed)
        column.addLayout(self._flow)
        column.addLayout(self._table)
        self.hide()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return (self.typed, *self.answers.values())

    def show_question(self, question: MarkQuestion | None) -> None:
        """Show what is asked now, or nothing; a line to type in takes the focus when it comes."""
        question = question or NOBODY
        if question == self._shown:
            return
        self._shown = question
        self._title.setText(question.title)
        self.typed.clear()
        self.typed.setVisible(bool(question.typed))
        self.typed.setPlaceholderText(question.typed)
        self.typed.setAccessibleName(question.title)
        self._make_answers(question)
        self.setVisible(question is not NOBODY)
        if question.typed:
            self.focus()

    def focus(self, begun: str = "") -> None:
        """Lead to the answer; `begun` is what was typed of it already."""
        if not self._shown.typed:
            next(iter(self.answers.values())).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.typed.setFocus(Qt.FocusReason.OtherFocusReason)
        self.typed.insert(begun)

    def _make_answers(self, question: MarkQuestion) -> None:
        empty(self._flow)
        empty(self._table)
        self.answers = {}
        in_table = all(", " in words for _, words in question.choices)
        for place, (key, (value, words)) in enumerate(zip(question.keys, question.choices, strict=True)):
            row, _, of_row = words.partition(", ")
            made = button(
                f"{of_row if in_table else words}  {key}",
                lambda value=value: self._say(value),  # type: ignore[misc]
            )
            made.setAccessibleName(words)
            self.answers[value] = made
            if not in_table:
                self._flow.addWidget(made)
                continue
            if place % 2 == 0:
                self._table.addWidget(label(row), place // 2, 0)
            self._table.addWidget(made, place // 2, 1 + place % 2)

    def _say(self, answer: str) -> None:
        if not self._answer(answer) and self._shown.typed:
            self.typed.setFocus(Qt.FocusReason.OtherFocusReason)
