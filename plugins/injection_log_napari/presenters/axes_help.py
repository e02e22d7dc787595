"""Calipers from an outline: the longest line across it and its perpendicular, offered as the diameters that are owed.

Offered one by one on the frame that carries the outline, while nothing is in the hand. Each is recorded only when it is
taken. A diameter is offered once: the same line a second time would be no repeat.
"""
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotate import appearance
from annotate.marks import Axis, Caliper, Contour, PlacedMark
from dicom_io.calibration import Point
from injection_log.record.assisted import Proposed
from injection_log_napari.canvas.interface import Primitive
from injection_log_napari.presenters.access import gland_access, owed_now
from injection_log_napari.presenters.desk import Desk, Where
from injection_log_napari.presenters.glance import Glance, marks_under
from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.looking import Grey, MmPerPx, Question
from injection_log_napari.presenters.proposed_view import proposed_later, proposed_line

if TYPE_CHECKING:
    from annotate.assist import AxesProposal

Outlined = tuple[Where, str, tuple[Point, ...], MmPerPx]
Line = tuple[Point, Point]
_OF_PLANE: dict[str, tuple[Axis, ...]] = {"longitudinal": ("length", "depth"), "transverse": ("width",)}
"""What the longest line and its perpendicular are, by the plane of the picture."""


class AxesHelp:
    """What an outline on the shown frame offers."""

    def __init__(self, desk: Desk, shown: Glance, hand: Hand, question: Question[Outlined, AxesProposal]) -> None:
        self._desk, self._shown, self._hand, self._question = desk, shown, hand, question
        self._dismissed: set[str] = set()
        self._owed: tuple[Axis, ...] = ()

    def follow(self, *, is_free: bool) -> None:
        """Ask for the lines of the outline on this frame; `is_free`: nothing else is in the hand or asked."""
        outline = self._outline() if is_free and self._hand.is_empty else None
        self._owed = self._still_owed() if outline is not None else ()
        if outline is None or not self._owed:
            self._question.drop()
            return
        scale = (float(outline.scale.mm_per_px_row), float(outline.scale.mm_per_px_column))
        points = outline.mark.points if isinstance(outline.mark, Contour) else ()
        where = self._shown.where
        self._question.ask((where, outline.mark_id, points, scale), where, partial(_looked_across, points, scale))

    @property
    def has_to_offer(self) -> bool:
        """Whether the shown frame carries an outline, and a diameter that it gives is owed."""
        return self._outline() is not None and bool(self._still_owed())

    @property
    def offered(self) -> tuple[tuple[Axis, Line], ...]:
        """The diameters on offer with their ends, the next one first."""
        found, image = self._question.found, self._shown.image
        if found is None or image is None:
            return ()
        lines = dict(zip(_OF_PLANE.get(image.plane, ()), (found.longest, found.widest), strict=False))
        return tuple((axis, lines[axis]) for axis in self._owed if axis in lines)

    @property
    def sentence(self) -> str:
        """What is offered, "" where nothing is."""
        for axis, _ in self.offered:
            letter = appearance.AXIS_LETTERS[axis]
            return f"White: the {axis} as the outline gives it. A takes it; {letter} places your own; Esc leaves it."
        return ""

    def take(self) -> bool:
        """Record the next diameter on offer; False where there is none."""
        found = self._question.found
        for axis, (start, end) in self.offered:
            assert found is not None  # it was offered
            self._hand.place(Proposed(Caliper(axis, start, end), found.method.name, found.method.version))
            return True
        return False

    def dismiss(self) -> None:
        """Offer nothing of this outline any more, until the visit is opened again."""
        outline = self._outline() if self.offered else None
        if outline is not None:
            self._dismissed.add(outline.mark_id)
        self._question.drop()

    def primitives(self) -> tuple[Primitive, ...]:
        """The lines on offer, the next one with its letter."""
        offered = self.offered
        later = [part for _, line in offered[1:] for part in proposed_later(line)]
        return tuple(later) + tuple(
            part for axis, line in offered[:1] for part in proposed_line(line, appearance.AXIS_LETTERS[axis])
        )

    def _outline(self) -> PlacedMark | None:
        """The outline of the gland at work on the shown frame, where its calipers may be placed."""
        side, image = self._shown.side, self._shown.image
        if side is None or image is None or image.plane not in _OF_PLANE:
            return None
        here = [one for one in marks_under(self._shown) if isinstance(one.mark, Contour)]
        here = [one for one in here if one.mark_id not in self._dismissed]
        return here[0] if here and gland_access(self._desk, side).takes_marks else None

    def _still_owed(self) -> tuple[Axis, ...]:
        side, image = self._shown.side, self._shown.image
        assert side is not None  # there is an outline of this gland on this picture
        assert image is not None
        gland = self._desk.record.glands[side]
        calipers = [(one.mark_id, one.mark.axis) for one in gland.marks if isinstance(one.mark, Caliper)]
        taken = {axis for mark_id, axis in calipers if mark_id in gland.assisted}
        owed = {one.field for one in owed_now(self._desk, side)}
        return tuple(axis for axis in _OF_PLANE[image.plane] if f"caliper.{axis}" in owed and axis not in taken)


def _looked_across(points: tuple[Point, ...], scale: MmPerPx, grey: Grey) -> AxesProposal | None:
    """For another thread; OpenCV is loaded there."""
    del grey  # the outline alone says it
    from annotate.assist import propose_axes

    return propose_axes(points, scale)
