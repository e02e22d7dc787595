"""How marks and sides look everywhere: colours, letters, words and the shape of a handle.

Pure values, so that the window, the marked picture and the sheet cannot disagree. Colours are those of Okabe
and Ito (jfly.uni-koeln.de/color, 2008), which people with any common colour blindness tell apart; no meaning
rests on colour alone: every mark has its letter, every side its word and its handle shape. Deliberately no
drawing here.
"""
from __future__ import annotations

from typing import Literal

from annotate.marks import Axis, Caliper, Contour, Deposit, Mark, Side, Structure, StructureKind

Rgb = tuple[int, int, int]

AXIS_COLOURS: dict[Axis, Rgb] = {
    "length": (86, 180, 233),
    "width": (240, 228, 66),
    "depth": (204, 121, 167),
}
NEEDLE_COLOUR: Rgb = (0, 200, 150)
"""Okabe and Ito's bluish green, lightened: their (0, 158, 115) is made for paper and sinks into speckle."""
CONTOUR_COLOUR: Rgb = (235, 110, 30)
"""Okabe and Ito's vermilion, lightened as the needle's green is."""
DEPOSIT_COLOUR: Rgb = (230, 159, 0)
STRUCTURE_COLOUR: Rgb = (255, 255, 255)
SKIN_COLOUR: Rgb = (200, 200, 200)
HALO_COLOUR: Rgb = (0, 0, 0)

SIDE_COLOURS: dict[Side, Rgb] = {"right": (0, 114, 178), "left": (230, 159, 0)}
SIDE_INK: dict[Side, Rgb] = {"right": (255, 255, 255), "left": (0, 0, 0)}
"""Colour of words on the side's colour, by contrast (at least 4.5 to 1)."""
SIDE_WORDS: dict[Side, str] = {"right": "RIGHT GLAND", "left": "LEFT GLAND"}
HANDLE_SHAPES: dict[Side, Literal["round", "square"]] = {"right": "round", "left": "square"}

AXIS_LETTERS: dict[Axis, str] = {"length": "L", "width": "W", "depth": "D"}
NEEDLE_LETTER, CONTOUR_LETTER, DEPOSIT_LETTER = "N", "C", "B"
STRUCTURE_LETTERS: dict[StructureKind, str] = {"facial_artery": "A", "facial_vein": "V", "duct": "U"}


def colour_of(mark: Mark) -> Rgb:
    """The colour of a mark, RGB 0-255."""
    match mark:
        case Caliper():
            return AXIS_COLOURS[mark.axis]
        case Contour():
            return CONTOUR_COLOUR
        case Deposit():
            return DEPOSIT_COLOUR
        case Structure():
            return STRUCTURE_COLOUR
    return NEEDLE_COLOUR


def letter_of(mark: Mark) -> str:
    """The letter at a mark's handles: L, W, D for calipers, N needle, C contour, B deposit, A, V, U structures."""
    match mark:
        case Caliper():
            return AXIS_LETTERS[mark.axis]
        case Contour():
            return CONTOUR_LETTER
        case Deposit():
            return DEPOSIT_LETTER
        case Structure():
            return STRUCTURE_LETTERS[mark.kind]
    return NEEDLE_LETTER
