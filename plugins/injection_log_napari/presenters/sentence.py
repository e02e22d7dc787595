"""The sentence at the bottom: one at a time, with its tone."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["next", "refused", "note"]


@dataclass(frozen=True)
class Sentence:
    """What is said, and whether it is the next act, a refusal, or a remark."""

    text: str
    tone: Tone
