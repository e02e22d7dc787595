"""What the picture proposes, as canvas primitives: dashed and white, with the key that takes it.

Pure; nothing of it is recorded.
"""
from __future__ import annotations

from collections.abc import Sequence

from annotate import appearance
from annotate.marks import Side
from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import Handle, Label, Primitive, Stroke
from injection_log_napari.presenters.marks_view import REFUSED_COLOUR, shape_of

PROPOSED_COLOUR = "#ffffff"
_TAKES_IT = "A"
Points = tuple[Point, ...]


def proposed_line(points: Points, letter: str = "") -> tuple[Primitive, ...]:
    """A line or closed outline that is proposed; `letter` where several are."""
    named = f"{letter}: {_TAKES_IT}" if letter else _TAKES_IT
    return Stroke(points, PROPOSED_COLOUR, dashed=True), Label(points[-1], named, PROPOSED_COLOUR)


def proposed_later(points: Points) -> tuple[Primitive, ...]:
    """A line that is proposed after another one."""
    return (Stroke(points, PROPOSED_COLOUR, dashed=True, faint=True),)


def seed(at: Point, side: Side) -> Primitive:
    """The click that an outline was looked for around."""
    return Handle(at, appearance.CONTOUR_LETTER, contour_colour(), shape_of(side))


def followed_outline(
    drawn: tuple[Points, Sequence[Points], Points], side: Side, words: str, *, refused: bool
) -> tuple[Primitive, ...]:
    """An outline in the hand that follows the capsule: `drawn` are its clicks, ways, and the closed outline so far."""
    clicks, ways, closed = drawn
    colour = REFUSED_COLOUR if refused else contour_colour()
    lines = [*ways, *([(*closed, closed[0])] if closed else [])]
    primitives: list[Primitive] = [Stroke(line, colour, dashed=True) for line in lines if len(line) > 1]
    primitives.extend(
        Handle(click, appearance.CONTOUR_LETTER if place == 0 else "", colour, shape_of(side))
        for place, click in enumerate(clicks)
    )
    if words:
        primitives.append(Label(max(closed, key=lambda point: point.row), words, colour, "below"))
    return tuple(primitives)


def contour_colour() -> str:
    """The colour of outlines."""
    return "#{:02x}{:02x}{:02x}".format(*appearance.CONTOUR_COLOUR)
