"""A question asked in the page, never in a box over it: why something is done, or what somebody has to say.

One question at a time; what the record refuses leaves the question and every typed character where they are. It
knows no act of its own: who asks brings what is done with the answer.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from injection_log_napari.presenters.desk import REFUSALS

Answer = Callable[[str, str], None]
"""What is done with the chosen answer ("" where there is no choice) and the words beside it; raises a refusal."""


@dataclass(frozen=True)
class Question:
    """What is asked. `choices` are (value, words); `words_hint` stands in the line for words, "" where none are.

    With an empty `confirm` it is only told. `about` names the value whose history can be opened from here. `enter`
    says what Enter does, to stand after "Press Enter to"; "{choice}" in it is the chosen answer's words.
    """

    title: str
    confirm: str
    choices: tuple[tuple[str, str], ...] = ()
    words_hint: str = "in words"
    about: str = ""
    enter: str = ""


@dataclass(frozen=True)
class Asked:
    """The question that is open, what is chosen, and why the last answer was refused."""

    question: Question
    chosen: str = ""
    said: str = ""

    @property
    def sentence(self) -> str:
        """What Enter and Esc do while the card is open."""
        asked = self.question
        if not asked.confirm:
            return "Press Enter or Esc to close it."
        if asked.choices and not self.chosen:
            return "Choose one of the answers, then press Enter; Esc leaves it."
        first = "Write it in the line. " if asked.words_hint and not asked.choices else ""
        choice = next((words for value, words in asked.choices if value == self.chosen), "")
        act = f"to {asked.enter.replace('{choice}', choice)}" if asked.enter else f"for: {asked.confirm}"
        return f"{first}Press Enter {act}; Esc leaves it."


class Asking:
    """Holds the open question of one page."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._answer: Answer = _nothing
        self.asked: Asked | None = None

    @property
    def sentence(self) -> str:
        """What Enter does with the open question, "" while nothing is asked."""
        return self.asked.sentence if self.asked is not None else ""

    def ask(self, question: Question, answer: Answer) -> None:
        """Ask; an earlier question is dropped."""
        only = question.choices[0][0] if len(question.choices) == 1 else ""
        self.asked, self._answer = Asked(question, only), answer
        self._changed()

    def choose(self, value: str) -> None:
        """Choose one of the answers that are offered."""
        if self.asked is not None:
            self.asked = Asked(self.asked.question, value)
            self._changed()

    def answer(self, words: str) -> bool:
        """Give the answer; False, with the sentence in the card, when it was refused."""
        asked = self.asked
        if asked is None:
            return False
        if asked.question.choices and not asked.chosen:
            return self._say(asked, "Choose one of the answers first.")
        try:
            self._answer(asked.chosen, words.strip())
        except REFUSALS as refused:
            return self._say(asked, str(refused))
        if self.asked is asked:  # what was done may have asked the next question
            self.asked = None
        self._changed()
        return True

    def put_away(self) -> None:
        """Ask no more; nothing was done."""
        self.asked = None
        self._changed()

    def _say(self, asked: Asked, why: str) -> bool:
        self.asked = Asked(asked.question, asked.chosen, why)
        self._changed()
        return False


def reason_of(question: Question, chosen: str, words: str) -> str:
    """The reason as it is recorded: the words of the choice, then what was typed."""
    title = next((title for value, title in question.choices if value == chosen), "")
    return ": ".join(part for part in (title, words) if part)


def _nothing(_chosen: str, _words: str) -> None:
    """Nobody asked."""
