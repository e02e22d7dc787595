"""What a drawn mark still owes before it is recorded, asked in the panel: how the needle's tip was seen, a deposit's
zone and volume, which structure it is.

Pure and frozen; an answer gives the mark, or what is asked next. Nothing here is recorded.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from annotate.marks import (
    ALONG,
    LAYERS,
    STRUCTURES,
    TIP_VISIBILITIES,
    Deposit,
    Mark,
    Microlitres,
    Needle,
    OutOfPlaneNeedle,
    Structure,
    TipVisibility,
    VolumeUnknown,
    Zone,
)
from annotate.readout import STRUCTURE_WORDS
from annotate.stored_marks import mark_to_json
from injection_log.protocol.typed import microlitres
from injection_log.record.assisted import Proposed
from injection_log_napari.presenters.wording import TIP_WORDS

UNKNOWN = "unknown"
SEEN_IN_GLAND = "seen_in_gland"
"""Two answers in one, for what is so nearly always: the tip was seen, and it was in the gland."""
_ZONES = {f"{along}, {layer}": Zone(along, layer) for along in ALONG for layer in LAYERS}


@dataclass(frozen=True)
class MarkQuestion:
    """What is asked about a drawn mark: a title, and the answers as (value, words) with their keys.

    The keys are the numbers from 1. Where an answer is typed (`typed` is the hint in its line) a number is not a key.
    """

    title: str
    choices: tuple[tuple[str, str], ...]
    typed: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each answer."""
        return tuple(words[0].upper() if self.typed else str(place) for place, (_, words) in enumerate(self.choices, 1))

    def choice_at(self, key: str) -> str | None:
        """The answer that a key stands for, None for any other key."""
        return next((value for one, (value, _) in zip(self.keys, self.choices, strict=True) if one == key), None)


def with_tip_in_gland(question: MarkQuestion) -> MarkQuestion:
    """The question how the tip was seen, with the answer that also says that it was in the gland."""
    return replace(question, choices=(*question.choices, (SEEN_IN_GLAND, "seen, in the gland")))


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

    def answered(self, answer: str) -> Unanswered | Mark | Proposed:
        """The mark, with what proposed it where something did, or what is asked next. Raises Refused for no answer."""

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


@dataclass(frozen=True)
class DepositAsked:
    """A place where fluid was left: in which zone of the gland?"""

    mark: Deposit

    question = MarkQuestion("Where in the gland does it lie?", tuple((zone, zone) for zone in _ZONES))
    sentence = "Deposit: choose its zone in the panel (keys 1 to 6), then its volume. Esc drops it."
    before = None

    def answered(self, answer: str) -> DepositVolumeAsked:
        """The zone; its volume is asked next."""
        return DepositVolumeAsked(replace(self.mark, zone=_ZONES[answer]), self.mark)

    def with_skin(self, row_px: float) -> DepositAsked:
        """A deposit has no depth of its own."""
        del row_px
        return self


@dataclass(frozen=True)
class DepositVolumeAsked:
    """A deposit in its zone: how much was left there? `drawn` is the deposit before its zone was said."""

    mark: Deposit
    drawn: Deposit

    question = MarkQuestion("How much was injected there?", ((UNKNOWN, UNKNOWN),), "ml, like 0.25")
    sentence = "Type the deposit's volume in ml, then Enter; U where it was not seen. Esc goes back to the picture."

    @property
    def before(self) -> DepositAsked:
        """Its zone."""
        return DepositAsked(self.drawn)

    def answered(self, answer: str) -> Deposit:
        """The deposit with its volume in millilitres, or unknown. Raises Refused or MarkRefused for what is none."""
        if answer.strip().lower() in (UNKNOWN, UNKNOWN[0]):
            return replace(self.mark, volume=VolumeUnknown())
        deposit = replace(self.mark, volume=Microlitres(microlitres(answer)))
        mark_to_json(deposit)  # refuses a volume that none has
        return deposit

    def with_skin(self, row_px: float) -> DepositVolumeAsked:
        """A deposit has no depth of its own."""
        del row_px
        return self


@dataclass(frozen=True)
class StructureAsked:
    """A structure to stay away from: which one is it?"""

    mark: Structure

    question = MarkQuestion("Which structure is it?", tuple((one, STRUCTURE_WORDS[one]) for one in STRUCTURES))
    sentence = "Which structure is it? Choose it in the panel (keys 1 to 3), and it is placed. Esc drops it."
    before = None

    def answered(self, answer: str) -> Structure:
        """The structure by its name."""
        return replace(self.mark, kind=next(one for one in STRUCTURES if one == answer))

    def with_skin(self, row_px: float) -> StructureAsked:
        """A structure has no depth of its own."""
        del row_px
        return self


def asked_again(mark: Mark) -> Unanswered | None:
    """What can be said otherwise about a recorded mark, None where nothing was asked about it."""
    match mark:
        case Needle() | OutOfPlaneNeedle():
            return NeedleAsked(mark)
        case Deposit():
            return DepositAsked(mark)
        case Structure():
            return StructureAsked(mark)
    return None
