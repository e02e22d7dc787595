"""Help with a needle that was just drawn: the shaft as the picture shows it, to be taken over or left.

The picture is asked once for each drawn line (`annotate.assist`). The person's own line stays unless they take the
other; how sure the method is, is never shown. Nothing is recorded here: the hand does that once the tip is answered.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from annotate.marks import Needle
from dicom_io.calibration import Point
from injection_log.record.assisted import Proposed
from injection_log_napari.canvas.interface import Primitive
from injection_log_napari.presenters.desk import Desk, Where
from injection_log_napari.presenters.glance import Glance
from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.looking import Grey, MmPerPx, Question, mm_per_px
from injection_log_napari.presenters.proposed_view import proposed_line
from injection_log_napari.presenters.unanswered import NeedleAsked

if TYPE_CHECKING:
    from annotate.assist import NeedleProposal, NoNeedleSeen

Drawn = tuple[Where, Point, Point, MmPerPx]
_PROPOSED = (
    "White: the needle as the picture shows it. A takes it; an answer about the tip keeps your own line. Esc drops it."
)
_NONE_SEEN = (
    "No needle is seen along your line. It can stay: how was the tip seen? Esc drops it, to drag again."
)


@dataclass(frozen=True)
class TakenNeedleAsked:
    """A needle as the picture proposed it, taken over by the person: how was its tip seen?"""

    mark: Needle
    own: NeedleAsked
    method: str
    version: str

    question = NeedleAsked.question
    sentence = (
        "The picture's line is taken. How was the tip seen? Backspace goes back to your own line."
    )

    @property
    def before(self) -> NeedleAsked:
        """The person's own line."""
        return self.own

    def answered(self, answer: str) -> Proposed:
        """The needle with its tip as it was seen, and what proposed it."""
        drawn = NeedleAsked(self.mark).answered(answer)
        return Proposed(drawn, self.method, self.version)

    def with_skin(self, row_px: float) -> TakenNeedleAsked:
        """Depth counts from there, on both lines."""
        return replace(self, mark=replace(self.mark, skin_row_px=row_px), own=self.own.with_skin(row_px))


class NeedleHelp:
    """The proposal beside the needle in the hand."""

    def __init__(
        self, desk: Desk, shown: Glance, hand: Hand, question: Question[Drawn, NeedleProposal | NoNeedleSeen]
    ) -> None:
        self._desk, self._shown, self._hand, self._question = desk, shown, hand, question

    def follow(self) -> None:
        """Ask the picture where a needle was just drawn on the shown frame; else nothing is asked."""
        needle = self._hand.drawn_needle if self._hand.is_where_it_drew else None
        scale = mm_per_px(self._desk, self._shown.uid, needle) if needle is not None else None
        if needle is None or scale is None:
            self._question.drop()
            return
        where, line = self._shown.where, (needle.entry, needle.tip)
        self._question.ask((where, *line, scale), where, partial(_looked_along, line, scale))

    @property
    def needle(self) -> Needle | None:
        """The needle as the picture shows it; None where none is seen, or it could not be recorded so."""
        own, found = self._hand.drawn_needle, self._proposal
        if own is None or found is None:
            return None
        needle = replace(own, entry=found.entry, tip=found.tip)
        return None if self._hand.preview(needle)[1] else needle

    @property
    def sentence(self) -> str:
        """What to do about the drawn needle, "" where nothing is to be said of the picture."""
        if self.needle is not None:
            return _PROPOSED
        found = self._question.found
        if found is None:
            return ""
        from annotate.assist import NoNeedleSeen  # loaded by the look that found none

        return _NONE_SEEN if isinstance(found, NoNeedleSeen) and found.code == "none_seen" else ""

    def take(self) -> bool:
        """Take the picture's line instead of the own one; False where there is none."""
        own, needle, found = self._hand.asked, self.needle, self._proposal
        if not isinstance(own, NeedleAsked) or needle is None or found is None:
            return False
        self._hand.ask(TakenNeedleAsked(needle, own, found.method.name, found.method.version))
        return True

    def primitives(self) -> tuple[Primitive, ...]:
        """The proposed line."""
        needle = self.needle
        return proposed_line((needle.entry, needle.tip)) if needle is not None else ()

    @property
    def _proposal(self) -> NeedleProposal | None:
        found = self._question.found
        if found is None:
            return None
        from annotate.assist import NeedleProposal  # loaded by the look that found it

        return found if isinstance(found, NeedleProposal) else None


def _looked_along(line: tuple[Point, Point], scale: MmPerPx, grey: Grey) -> NeedleProposal | NoNeedleSeen:
    """For another thread; OpenCV is loaded there."""
    from annotate.assist import propose_needle

    return propose_needle(grey, line, scale)
