"""The sentence at the bottom: one at a time, with its tone; and how presenters report to the room."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Tone = Literal["next", "refused", "note"]


@dataclass(frozen=True)
class Sentence:
    """What is said, and whether it is the next act, a refusal, or a remark."""

    text: str
    tone: Tone


def _nobody(_sentence: str) -> None:
    """Nobody listens to remarks."""


@dataclass(frozen=True)
class Tell:
    """How a presenter of the picture reports: a refusal or a remark, a change of the record or of the picture alone."""

    refuse: Callable[[str], None]
    changed: Callable[[], None]
    redraw: Callable[[], None]
    note: Callable[[str], None] = _nobody
