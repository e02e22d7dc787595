"""What a drawn mark still owes before it is recorded, asked in the panel: how the needle's tip was seen.

Pure and frozen; an answer gives the mark, or what is asked next. Nothing here is recorded.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from annotate.marks import TIP_VISIBILITIES, Mark, Needle, OutOfPlaneNeedle, TipVisibility
from injection_log_napari.presenters.wording import TIP_WORDS


@dataclass(frozen=True)
class MarkQuestion:
    """What is asked about a drawn mark: a title, and the answers as (value, words); the first is key 1."""

    title: str
    choices: tuple[tuple[str, str], ...]

    def choice_at(self, key: str) -> str | None:
        """The answer that a key stands for, by its number; None for any other key."""
        place = int(key) if len(key) == 1 and key in "123456789" else 0
        return self.choices[place - 1][0] if 0 < place <= len(self.choices) else None


class Unanswered(Protocol):
    """A drawn mark with a question."""

    @property
    def mark(self) -> Mark:
        """The mark as it lies, for drawing and for refusing it at once."""

    @property
    def question(self) -> MarkQuestion:
        """What is asked now."""

    @property
    def sentence(self) -> str:
        """What to do, for the foot of the window."""

    @property
    def before(self) -> Unanswered | None:
        """What was asked before, None at the first question: taking that back drops the mark."""

    def answered(self, answer: str) -> Unanswered | Mark:
        """The mark, or what is asked next. Raises Refused for what is no answer."""

    def with_skin(self, row_px: float) -> Unanswered:
        """The same with the skin line at another row."""


@dataclass(frozen=True)
class NeedleAsked:
    """A pass of the needle: how was its tip seen?"""

    mark: Needle | OutOfPlaneNeedle

    question = MarkQuestion("How was the tip seen?", tuple((one, TIP_WORDS[one]) for one in TIP_VISIBILITIES))
    sentence = "How was the tip seen? Choose it in the panel (keys 1 to 4), and the needle is placed. Esc drops it."
    before = None

    def answered(self, answer: str) -> Needle | OutOfPlaneNeedle:
        """The needle, with its tip as it was seen."""
        seen: TipVisibility = next(one for one in TIP_VISIBILITIES if one == answer)
        return replace(self.mark, tip_visibility=seen)

    def with_skin(self, row_px: float) -> NeedleAsked:
        """Depth counts from there."""
        return NeedleAsked(replace(self.mark, skin_row_px=row_px))
