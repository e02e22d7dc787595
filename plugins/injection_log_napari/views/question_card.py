"""The card of a question asked in the page: its choices, the line for words, and why the answer was refused."""
from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.question import Asked, Asking, Question
from injection_log_napari.said import Entry
from injection_log_napari.views.parts import ENTER, AnsweringCard, Flow, button, empty, label, scrolled

BESIDE_PRIMARY = 42
MOST_THREAD_PX = 160
"""As high as the primary button in the same row, in device-independent pixels."""


class QuestionCard(AnsweringCard):
    """Shows the open question of an Asking; hidden while nothing is asked."""

    def __init__(
        self, asking: Asking, left: Callable[[], None], history: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("inline")
        self._asking, self._left = asking, left
        self._shown: Question | None = None
        self._title = label("", "value", wraps=True)
        # Else the area gives it the height that it would have at half the width, and cuts its words in two.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self._title.setSizePolicy(policy)
        self._thread = scrolled(self._title)
        self._thread.viewport().setObjectName("clear")
        # Its words can need another height when they are laid out, or said in another language.
        self._title.installEventFilter(self)
        self.choices: dict[str, QPushButton] = {}
        self._choices = Flow()
        holder = QWidget()
        holder.setObjectName("clear")
        holder.setLayout(self._choices)
        self._holder = holder
        self.words = Entry()
        self.words.returnPressed.connect(self._answer)
        self._why = label("", "refused", wraps=True)
        self.keep = button("", self._answer, "primary", "This is the answer (Enter)")
        self.never_mind = button("Leave it", self._leave)
        self.history = button("History of this value", history)
        self._has_history = history is not None
        for made in (self.never_mind, self.history):
            made.setMinimumHeight(BESIDE_PRIMARY)
        foot = Flow()
        foot.addWidget(self.keep)
        foot.addWidget(self.never_mind)
        foot.addWidget(self.history)
        column = QVBoxLayout(self)
        column.setSpacing(6)
        for widget in (self._thread, holder, self.words, self._why):
            column.addWidget(widget)
        column.addLayout(foot)
        self.hide()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return (*self.choices.values(), self.words, self.keep, self.never_mind, self.history)

    def show_asked(self, asked: Asked | None) -> None:
        """Show the open question, or nothing; what is being typed stays while the question is the same."""
        if asked is None:
            self._shown = None
            self.hide()
            return
        if asked.question is not self._shown or self.isHidden():
            self._begin(asked.question)
        for value, made in self.choices.items():
            made.setChecked(value == asked.chosen)
        self._why.setText(asked.said)
        self._why.setVisible(bool(asked.said))

    def _begin(self, question: Question) -> None:
        self._shown = question
        self._title.setText(question.title)
        empty(self._choices)
        self.choices = {}
        for value, words in question.choices:
            made = button(words, lambda value=value: self._choose(value))  # type: ignore[misc]
            made.setCheckable(True)
            self.choices[value] = made
            self._choices.addWidget(made)
        self._holder.setVisible(bool(question.choices))
        self.words.clear()
        self.words.setVisible(bool(question.words_hint))
        self.words.setPlaceholderText(question.words_hint)
        self.words.setAccessibleName(f"{question.title}\n{question.words_hint}")
        self.keep.setText(f"{question.confirm}  ⏎")
        self.keep.setVisible(bool(question.confirm))
        self.never_mind.setText("Leave it" if question.confirm else "Close")
        self.history.setVisible(self._has_history and bool(question.about))
        self.show()
        self._fit()
        self.take_focus()

    def _fit(self) -> None:
        """As high as its words, up to a height; a longer thread scrolls, and its end is what is shown."""
        # -1 while it has no width yet.
        need = max(0, self._title.heightForWidth(self._thread.viewport().width()))
        self._thread.setFixedHeight(min(need, MOST_THREAD_PX))
        bar = self._thread.verticalScrollBar()
        bar.setValue(bar.maximum())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._title and event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def enter(self) -> None:
        """What Enter does wherever the focus is on the page: the answer; what is only told is closed."""
        if self._shown is not None and not self._shown.confirm:
            self._leave()
        else:
            self._answer()

    def take_focus(self) -> None:
        """Put the focus where the answer begins."""
        only = self.keep if self._shown is not None and self._shown.confirm and not self.choices else self.never_mind
        typed: QWidget = self.words if not self.words.isHidden() else only
        is_chosen = any(made.isChecked() for made in self.choices.values())
        first = typed if is_chosen else next(iter(self.choices.values()), typed)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Leave the question: nothing was done."""
        self._leave()

    def _choose(self, value: str) -> None:
        self._asking.choose(value)
        if self.words.isVisible():
            self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answer(self) -> None:
        if self._asking.answer(self.words.text()):
            if self._asking.asked is None:
                self._left()
        elif self.words.isVisible():
            self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        self._asking.put_away()
        self._left()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in ENTER and not event.isAutoRepeat() and not self.history.hasFocus():
            # The line and the answer's own button took theirs: this is Enter on a choice, or on the way out.
            self._leave() if self.never_mind.hasFocus() else self.enter()
        else:
            super().keyPressEvent(event)
