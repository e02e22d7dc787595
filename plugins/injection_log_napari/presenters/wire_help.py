"""Help with an outline that is traced click by click: the way along the capsule between the clicks (live-wire).

What it shows is what Enter records; an outline that is closed before the way is there is recorded once it is. Without
help, or while it is switched off, an outline has straight sides. The prepared picture lives in the thread that looks.
"""
from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from annotate.marks import Caliper, Contour
from dicom_io.calibration import Point
from injection_log.record.assisted import Proposed
from injection_log_napari.canvas.interface import Primitive
from injection_log_napari.presenters.desk import Desk, Where
from injection_log_napari.presenters.glance import Glance
from injection_log_napari.presenters.hand import Hand
from injection_log_napari.presenters.looking import Grey, MmPerPx, Question, mm_per_px
from injection_log_napari.presenters.proposed_view import followed_outline
from injection_log_napari.presenters.sentence import Tell

if TYPE_CHECKING:
    from annotate.assist import ContourProposal, LiveWire

Points = tuple[Point, ...]
_FEWEST = 3
_TRACING = (
    "Outline: click along the capsule, the line follows it (C: straight sides). Enter, or a click on the first point, "
    "closes it."
)
_STRAIGHT = (
    "Outline: click along the capsule (C: the line follows it). Enter, or a click on the first point, closes it."
)
_FOLLOWING = "One moment: the capsule is being followed."


@dataclass(frozen=True)
class Traced:
    """What is asked: clicks on a frame, in its scale, and where the pointer is."""

    where: Where
    scale: MmPerPx
    clicks: Points
    hover: Point | None


@dataclass(frozen=True)
class Followed:
    """The ways to draw, and the whole outline through `clicks` where three or more give one."""

    clicks: Points
    ways: tuple[Points, ...]
    outline: ContourProposal | None


class WireHelp:
    """The live-wire of one hand; `is_on` is switched by the person and holds for the visit."""

    def __init__(
        self, desk: Desk, shown: Glance, hand: Hand, tell: Tell, question: Question[Traced, Followed]
    ) -> None:
        self._desk, self._shown, self._hand, self._tell, self._question = desk, shown, hand, tell, question
        self.is_on = True
        self._wire = _Prepared()
        self._to_be_closed: Points = ()

    @property
    def is_tracing(self) -> bool:
        """Whether the outline is in the hand."""
        return self._hand.tool is not None and self._hand.tool.is_traced

    def switch(self) -> None:
        """Follow the capsule, or draw straight sides; the clicks stay."""
        self.is_on, self._to_be_closed = not self.is_on, ()
        self._tell.changed()

    def follow(self) -> None:
        """Ask for the way through the clicks as they are now."""
        placing = self._hand.placing
        clicks = placing.points if placing is not None and self.is_tracing else ()
        if placing is None or not clicks or not self.is_on or not self._hand.is_where_it_drew:
            self._question.drop()
            self._to_be_closed = ()
            return
        where = self._shown.where
        scale = mm_per_px(self._desk, self._shown.uid, Caliper("length", clicks[0], clicks[-1]))
        if scale is None:
            self._question.drop()
            return
        hover = placing.hover if placing.hover != clicks[-1] else None
        traced = Traced(where, scale, clicks, hover)
        self._question.ask(traced, where, partial(self._wire.look, traced))
        if self._to_be_closed != clicks:
            self._to_be_closed = ()
        elif self.outline(clicks) != "not_yet":
            self._to_be_closed = ()
            self._hand.close_outline()

    def closing(self, clicks: Points) -> Proposed | Literal["straight", "not_yet"]:
        """As `outline`, for a person who closes it now: it is recorded as soon as the way is there."""
        found = self.outline(clicks)
        self._to_be_closed = clicks if found == "not_yet" else ()
        return found

    def outline(self, clicks: Points) -> Proposed | Literal["straight", "not_yet"]:
        """What closing the outline records: the followed one as it is drawn, or straight sides; or not yet."""
        if not self._question.is_asked or not self.can_follow:
            return "straight"
        followed = self._question.found
        if followed is None or followed.clicks != clicks:
            # Where the frame could not be looked at, nothing will come.
            return "straight" if self._question.is_answered else "not_yet"
        if followed.outline is None:
            return "straight"
        method = followed.outline.method
        return Proposed(Contour(followed.outline.points), method.name, method.version)

    @property
    def sentence(self) -> str:
        """What to do next with the outline, "" where it is not traced with help."""
        if not self.is_tracing or not self.can_follow:
            return ""
        if not self.is_on:
            return _STRAIGHT
        return _FOLLOWING if self._to_be_closed else _TRACING

    def primitives(self) -> tuple[Primitive, ...] | None:
        """The followed outline in the place of straight sides; None where there is none."""
        followed, placing = self._question.found, self._hand.placing
        if followed is None or placing is None or self._shown.side is None:
            return None
        closed = followed.outline.points if followed.outline is not None else ()
        words, refused = self._hand.preview(Contour(closed)) if closed else ("", False)
        return followed_outline((placing.points, followed.ways, closed), self._shown.side, words, refused=refused)

    @property
    def can_follow(self) -> bool:
        """Whether anybody looks into the picture."""
        return self._question.can_be_asked


def still_holds(asked: Traced, now: Traced) -> bool:
    """Whether an answer still shows something of what is asked now: the same clicks so far, on the same frame."""
    same = (asked.where, asked.scale) == (now.where, now.scale)
    return same and now.clicks[: len(asked.clicks)] == asked.clicks


class _Prepared:
    """The live-wire of the last frame, and what was found last; used by the thread that looks, and by no other."""

    def __init__(self) -> None:
        self._of: tuple[Where, MmPerPx] | None = None
        self._wire: LiveWire | None = None
        self._closed: tuple[Points, ContourProposal | None] = ((), None)

    def look(self, traced: Traced, grey: Grey) -> Followed:
        """For another thread; OpenCV is loaded there."""
        from annotate.assist import LiveWire

        if self._wire is None or self._of != (traced.where, traced.scale):
            self._wire, self._of = LiveWire(grey, traced.scale), (traced.where, traced.scale)
            self._closed = ((), None)
        outline, clicks = self._outline(self._wire, traced.clicks), traced.clicks
        sides = itertools.pairwise(clicks) if outline is None else ()
        ways = [_way(self._wire, start, end) for start, end in sides]
        if traced.hover is not None:
            ways.append(_way(self._wire, clicks[-1], traced.hover))
        return Followed(clicks, tuple(ways), outline)

    def _outline(self, wire: LiveWire, clicks: Points) -> ContourProposal | None:
        if len(clicks) < _FEWEST:
            return None
        if self._closed[0] != clicks:
            from annotate.assist import ContourProposal

            found = wire.closed_outline(clicks)
            self._closed = (clicks, found if isinstance(found, ContourProposal) else None)
        return self._closed[1]


def _way(wire: LiveWire, start: Point, end: Point) -> Points:
    wire.begin(start)
    return wire.way_to(end)
