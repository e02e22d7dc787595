"""A drawing as values: lines, boxes, markers and words in points, from which SVG, PNG and PDF are written alike.

x goes right and y goes down from the top left corner, in points of 1/72 inch; a word's place is the end of its base
line. Deliberately without paths, turned words and transparency: all three writers then draw the same, and a drawing
can be compared with another as a value.
"""
from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

from annotate.appearance import Rgb

Place = tuple[float, float]
"""(x, y) in points."""
Anchor = Literal["start", "middle", "end"]

INK: Rgb = (32, 36, 42)
QUIET: Rgb = (90, 96, 104)
RULE: Rgb = (200, 205, 211)
PAPER: Rgb = (255, 255, 255)

LEADING = 1.35
"""From one base line to the next, over the type size."""
_WIDEST_LETTER = 0.62
"""Width of an average letter over the type size, in the widest of the three typefaces."""


@dataclass(frozen=True)
class Line:
    """A straight line; dashes where `dashed`."""

    start: Place
    end: Place
    ink: Rgb
    width: float = 0.8
    dashed: bool = False


@dataclass(frozen=True)
class Box:
    """A filled rectangle from its top left `corner`, `size` is (width, height)."""

    corner: Place
    size: tuple[float, float]
    ink: Rgb


@dataclass(frozen=True)
class Marker:
    """A filled ring or square around a place, with a rim of paper that keeps neighbours apart."""

    centre: Place
    shape: Literal["round", "square"]
    radius: float
    ink: Rgb


@dataclass(frozen=True)
class Words:
    """One line of words; `at` is the base line's start, middle or end, as `anchor` says."""

    at: Place
    text: str
    size: float
    ink: Rgb = INK
    anchor: Anchor = "start"
    bold: bool = False


Shape = Line | Box | Marker | Words


@dataclass(frozen=True)
class Drawing:
    """A picture of `width` by `height` points, drawn in the order of its shapes; `title` says what it is in words."""

    width: float
    height: float
    title: str
    shapes: tuple[Shape, ...]


def heading(text: str, at: Place, room: float) -> Words:
    """The title of a drawing in one line; smaller where it would not fit into `room` points."""
    return Words(at, text, min(11.0, room / (_WIDEST_LETTER * max(1, len(text)))), bold=True)


def lines_that_fit(text: str, room: float, size: float) -> list[str]:
    """The text in lines of `room` points at this type size; a word longer than a line is broken, never cut off."""
    return wrap(text, max(4, int(room / (_WIDEST_LETTER * size))))


def paragraph(text: str, at: Place, room: float, size: float, ink: Rgb = QUIET) -> tuple[Words, ...]:
    """The text in lines that fit into `room` points, downwards from `at`."""
    return tuple(
        Words((at[0], at[1] + number * LEADING * size), line, size, ink)
        for number, line in enumerate(lines_that_fit(text, room, size))
    )


def rounded(value: float) -> str:
    """A coordinate as text: hundredths of a point, without needless zeros, never `-0`."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
