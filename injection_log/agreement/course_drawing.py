"""The picture of one participant's glands over the visits: the mean of readers, and how far the readers lie apart.

Both sides stand in one picture on one scale, told apart by colour, shape of the marker and words. A visit without a
mean stays empty, its line is broken, and the reason stands below. The scale of volumes need not begin at 0.
Deliberately one participant a picture; nothing is averaged over participants.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

from annotate.appearance import HANDLE_SHAPES, SIDE_COLOURS
from annotate.marks import Side
from injection_log.agreement.axis import VolumeAxis, volume_axis
from injection_log.agreement.drawing import (
    INK,
    LEADING,
    QUIET,
    RULE,
    Drawing,
    Line,
    Marker,
    Shape,
    Words,
    heading,
    lines_that_fit,
    paragraph,
)
from injection_log.agreement.plot_values import GlandCourse, VisitVolume, VisitWithoutVolume

WIDTH = 480.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 466.0, 60.0, 252.0
_ASIDE: dict[Side, float] = {"right": -5.0, "left": 5.0}
"""Points that each side stands beside the visit's place, so that spreads do not cover each other."""
_NOTE = 7.5

Say = Callable[[str], str]


def draw_gland_courses(courses: Sequence[GlandCourse], say: Say = str) -> Drawing:
    """The picture of the glands of one participant by one method, over the same visits.

    ValueError where courses of several participants, methods or lists of visits are mixed, or none is given.
    """
    kinds = {(course.participant, course.method, tuple(at.visit for at in course.visits)) for course in courses}
    if len(kinds) != 1:
        raise ValueError("a picture is of one participant, one method and the same visits")
    participant, method, visits = kinds.pop()
    title = say(f"{participant}: gland volume over the visits, {method.replace('_', ' ')}")
    known = [at.mean for course in courses for at in course.visits if isinstance(at, VisitVolume)]
    shapes: list[Shape] = [heading(title, (_LEFT, 17), _RIGHT - _LEFT), *_key(courses, say)]
    if known:
        up = volume_axis([volume for mean in known for volume in (mean.lowest_ul, mean.highest_ul)], _BOTTOM, _TOP)
        shapes += _frame(up, say)
        for course in courses:
            shapes += _course(course, up)
    names, end = _visit_names(visits, say)
    notes, end = _notes(courses, end + 10, say)
    return Drawing(WIDTH, end, title, (*shapes, *names, *notes))


def _key(courses: Sequence[GlandCourse], say: Say) -> list[Shape]:
    shapes: list[Shape] = []
    for number, course in enumerate(courses):
        x = _LEFT + 6 + 110 * number
        shapes.append(Marker((x, 32.5), HANDLE_SHAPES[course.side], 3.4, SIDE_COLOURS[course.side]))
        shapes.append(Words((x + 8, 35.5), say(f"{course.side} gland"), 8, INK))
    return shapes


def _frame(up: VolumeAxis, say: Say) -> list[Shape]:
    shapes: list[Shape] = [Words((_LEFT, _TOP - 8), say("mean of readers, lowest to highest (ml)"), 8, QUIET)]
    for tick in up.ticks_ul:
        y = up.place(tick)
        shapes.append(Line((_LEFT, y), (_RIGHT, y), RULE, 0.5))
        shapes.append(Words((_LEFT - 6, y + 2.6), say(up.label(tick)), 7.5, QUIET, "end"))
    return shapes


def _visit_names(visits: Sequence[str], say: Say) -> tuple[list[Words], float]:
    """The name of each visit under its place, in as many lines as it needs, and the y where the longest ends."""
    words, most, size = list[Words](), 1, 8.0
    for number, visit in enumerate(visits):
        lines = lines_that_fit(say(visit), (_RIGHT - _LEFT) / len(visits) - 4, size)
        most = max(most, len(lines))
        for row, line in enumerate(lines):
            at = (_column(number, len(visits)), _BOTTOM + 14 + row * LEADING * size)
            words.append(Words(at, line, size, INK, "middle"))
    return words, _BOTTOM + 14 + most * LEADING * size


def _course(course: GlandCourse, up: VolumeAxis) -> list[Shape]:
    """Line, spread and marker of one gland; the line only between neighbouring visits that both have a mean."""
    ink, shapes, before = SIDE_COLOURS[course.side], list[Shape](), None
    markers: list[Shape] = []
    for number, at in enumerate(course.visits):
        if not isinstance(at, VisitVolume):
            before = None
            continue
        x = _column(number, len(course.visits)) + _ASIDE[course.side]
        here = (x, up.place(at.mean.volume_ul))
        low, high = up.place(at.mean.lowest_ul), up.place(at.mean.highest_ul)
        shapes.append(Line((x, low), (x, high), ink, 1.2))
        shapes += [Line((x - 3.5, y), (x + 3.5, y), ink, 1.2) for y in (low, high)]
        if before is not None:
            shapes.append(Line(before, here, ink, 0.9))
        markers.append(Marker(here, HANDLE_SHAPES[course.side], 3.4, ink))
        before = here
    return shapes + markers


def _notes(courses: Sequence[GlandCourse], y: float, say: Say) -> tuple[list[Words], float]:
    """Why a visit has no mean, a paragraph each downwards from `y`, and the y where they end."""
    words = list[Words]()
    for course in courses:
        for at in course.visits:
            if isinstance(at, VisitWithoutVolume):
                text = f"{say(f'{course.side} gland')}, {say(at.visit)}: {say(at.why.why)}"
                lines = paragraph(text, (_LEFT, y), _RIGHT - _LEFT, _NOTE)
                words += lines
                y += len(lines) * LEADING * _NOTE
    return words, y


def _column(number: int, of: int) -> float:
    """The x of a visit: all are equally far apart, whatever the time between them."""
    return _LEFT + (_RIGHT - _LEFT) * (number + 0.5) / of
