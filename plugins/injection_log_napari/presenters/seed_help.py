"""An outline from one click inside the gland: looked for in the picture, shown, and recorded only when it is taken.

Another click looks again. Nothing of it is a mark before the person takes it; how sure the method is, is never shown.
"""
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotate.marks import Caliper, Contour
from dicom_io.calibration import Point
from injection_log.record.assisted import Proposed
from injection_log_napari.canvas.interface import PointerEvent, Primitive
from injection_log_napari.presenters.desk import Desk, Where
from injection_log_napari.presenters.glance import Glance, marks_under
from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.looking import Grey, MmPerPx, Question, mm_per_px
from injection_log_napari.presenters.proposed_view import proposed_line, seed
from injection_log_napari.presenters.sentence import Tell

if TYPE_CHECKING:
    from annotate.assist import ContourProposal, NoOutlineFound

Clicked = tuple[Where, Point, MmPerPx]
_CLICK = "Outline from one click: click inside the gland. Esc puts it away."
_LOOKING = "One moment: the outline is being looked for."
_FOUND = "White: the outline around your click. A takes it; click elsewhere in the gland for another. Esc drops it."
_NONE = "No clear outline is seen around this place: click elsewhere in the gland, or click along the capsule (C)."
_NO_SCALE = "Nothing can be proposed here: this place has no scale. Click inside the gland."
_THERE_ALREADY = "This frame has a contour of this gland already; move that one, or remove it first."


class SeedHelp:
    """The click for an outline, in the hand or away."""

    def __init__(
        self, desk: Desk, shown: Glance, hand: Hand, tell: Tell,
        question: Question[Clicked, ContourProposal | NoOutlineFound],
    ) -> None:
        self._desk, self._shown, self._hand, self._tell, self._question = desk, shown, hand, tell, question
        self.is_out = False
        self._clicked: tuple[Where, Point] | None = None

    @property
    def is_half_made(self) -> bool:
        """Whether a click is given and nothing taken yet."""
        return self._clicked is not None

    def take_up(self) -> None:
        """Take it up for the gland at work, or say why not."""
        if not self._hand.may_begin():
            return
        if any(isinstance(one.mark, Contour) for one in marks_under(self._shown)):
            self._tell.refuse(_THERE_ALREADY)
            return
        self._hand.put_away()
        self.is_out, self._clicked = True, None
        self._tell.changed()

    def put_away(self) -> None:
        """Put it away; what was shown is dropped."""
        self.is_out, self._clicked = False, None
        self._question.drop()

    def pointer(self, event: PointerEvent) -> None:
        """One act of the pointer while it is in the hand."""
        if event.act in ("press", "double_click"):
            self._shown.is_settled = True
            self._clicked = (self._shown.where, event.at)
            self._tell.changed()

    def take_back(self) -> None:
        """The click taken back; without one it is put away."""
        if self._clicked is not None:
            self._clicked = None
        else:
            self.put_away()
        self._tell.changed()

    def follow(self) -> None:
        """Ask the picture around the click; another frame drops it."""
        if self._clicked is not None and self._clicked[0] != self._shown.where:
            self._clicked = None
        scale = self._scale()
        if self._clicked is None or scale is None:
            self._question.drop()
            return
        where, at = self._clicked
        self._question.ask((where, at, scale), where, partial(_looked_around, at, scale))

    @property
    def contour(self) -> Contour | None:
        """The outline that is proposed, None where there is none, or it could not be recorded so."""
        found = self._proposal
        contour = Contour(found.points) if found is not None else None
        return contour if contour is not None and not self._hand.preview(contour)[1] else None

    @property
    def sentence(self) -> str:
        """What to do next; "" while it is away."""
        if not self.is_out:
            return ""
        if self._clicked is None:
            return _CLICK
        if self.contour is not None:
            return _FOUND
        if self._scale() is None:
            return _NO_SCALE
        return _NONE if self._question.is_answered else _LOOKING

    def take(self) -> bool:
        """Record the proposed outline; False where there is none."""
        contour, found = self.contour, self._proposal
        if contour is None or found is None:
            return False
        self.put_away()
        self._hand.place(Proposed(contour, found.method.name, found.method.version))
        return True

    def primitives(self) -> tuple[Primitive, ...]:
        """The click, and the proposed outline."""
        contour = self.contour
        if self._clicked is None or self._shown.side is None:
            return ()
        shown = proposed_line((*contour.points, contour.points[0])) if contour is not None else ()
        return (seed(self._clicked[1], self._shown.side), *shown)

    def _scale(self) -> MmPerPx | None:
        if self._clicked is None:
            return None
        at = self._clicked[1]
        return mm_per_px(self._desk, self._clicked[0][0], Caliper("length", at, at))

    @property
    def _proposal(self) -> ContourProposal | None:
        found = self._question.found
        if found is None:
            return None
        from annotate.assist import ContourProposal  # loaded by the look that found it

        return found if isinstance(found, ContourProposal) else None


def _looked_around(at: Point, scale: MmPerPx, grey: Grey) -> ContourProposal | NoOutlineFound:
    """For another thread; OpenCV is loaded there."""
    from annotate.assist import propose_outline

    return propose_outline(grey, at, scale)
