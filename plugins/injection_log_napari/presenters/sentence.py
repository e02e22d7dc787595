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


@dataclass(frozen=True)
class Tell:
    """How a presenter of the picture reports: a refusal in words, a change of the record, a change of the picture."""

    refuse: Callable[[str], None]
    changed: Callable[[], None]
    redraw: Callable[[], None]
