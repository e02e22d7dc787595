"""The letters of the sheet: an embedded typeface, and what to do with letters it lacks.

Bitstream Vera comes with reportlab and may be embedded freely; it has the Western European letters and the signs
that the sheet needs. Deliberately no font of the system: the same record must print the same on every machine.
"""
from __future__ import annotations

import unicodedata
from functools import lru_cache
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Vera", "VeraBd"
MONO = "Courier"
"""One of the fourteen fonts that every PDF reader has; used for the checkpoint and digests, which are ASCII."""

NOTICE = "Letters in [U+...] or without their accent are not in this sheet's typeface; the signed record has them."
_SAME = {"\u2011": "-", "\u202f": "\u00a0", "\u03bc": "µ", "\t": " ", "\n": " ", "\r": " "}


def register_fonts() -> None:
    """Make the typefaces known to reportlab; harmless when done twice."""
    if REGULAR not in pdfmetrics.getRegisteredFontNames():
        for name in (REGULAR, BOLD):
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
        pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def printable(text: str) -> str:
    """The text in letters that the typeface has, so that no letter is ever lost or printed as an empty box.

    A letter it lacks loses its accent; where that does not help, its number is printed, `[U+0416]`.
    """
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def markup(text: str) -> str:
    """The printable text as reportlab's paragraph markup."""
    return escape(printable(text))


def is_printed_exactly(text: str) -> bool:
    """Whether every letter of the text is printed as it is."""
    known = _known_letters()
    return all(ord(letter) in known or letter in _SAME for letter in unicodedata.normalize("NFC", text))


def text_width(text: str, font: str, size: float) -> float:
    """Width of a line of text in points."""
    return float(pdfmetrics.stringWidth(text, font, size))


def _letter(letter: str) -> str:
    letter = _SAME.get(letter, letter)
    if ord(letter) in _known_letters():
        return letter
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)
    )
    if plain and all(ord(part) in _known_letters() for part in plain):
        return plain
    return f"[U+{ord(letter):04X}]"


@lru_cache(maxsize=1)
def _known_letters() -> frozenset[int]:
    register_fonts()
    return frozenset(
        code for code in pdfmetrics.getFont(REGULAR).face.charToGlyph if code >= ord(" ")
    )
