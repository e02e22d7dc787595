"""A drawing as SVG: a small file of plain elements, the same bytes for the same drawing.

No script, no style sheet, no font and nothing from outside: it may stand in a page with a strict content policy.
Deliberately no general writer of SVG; it knows the shapes of `drawing` and no others.
"""
from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from annotate.appearance import Rgb
from injection_log.agreement.drawing import PAPER, Box, Drawing, Line, Marker, Shape, Words, rounded

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_bytes(drawing: Drawing) -> bytes:
    """The SVG file, UTF-8; width and height in points, its title for whoever cannot see it."""
    width, height = rounded(drawing.width), rounded(drawing.height)
    title = _clean(drawing.title)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(title)} '
        f'font-family="Helvetica, Arial, sans-serif">'
    )
    paper = Box((0, 0), (drawing.width, drawing.height), PAPER)
    lines = [head, f"<title>{escape(title)}</title>", *map(_element, (paper, *drawing.shapes)), "</svg>", ""]
    return "\n".join(lines).encode("utf-8")


def _element(shape: Shape) -> str:
    match shape:
        case Line():
            (x1, y1), (x2, y2) = (_places(place) for place in (shape.start, shape.end))
            dashes = ' stroke-dasharray="5 3"' if shape.dashed else ""
            return (
                f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{_colour(shape.ink)}" '
                f'stroke-width="{rounded(shape.width)}"{dashes}/>'
            )
        case Box():
            (x, y), (width, height) = _places(shape.corner), _places(shape.size)
            return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{_colour(shape.ink)}"/>'
        case Marker():
            return _marker(shape)
        case Words():
            return _words(shape)


def _marker(marker: Marker) -> str:
    paint = f'fill="{_colour(marker.ink)}" stroke="{_colour(PAPER)}" stroke-width="0.6"'
    (x, y), radius = marker.centre, marker.radius
    if marker.shape == "round":
        return f'<circle cx="{rounded(x)}" cy="{rounded(y)}" r="{rounded(radius)}" {paint}/>'
    side = rounded(2 * radius)
    return f'<rect x="{rounded(x - radius)}" y="{rounded(y - radius)}" width="{side}" height="{side}" {paint}/>'


def _words(words: Words) -> str:
    x, y = _places(words.at)
    anchor = "" if words.anchor == "start" else f' text-anchor="{words.anchor}"'
    weight = ' font-weight="bold"' if words.bold else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{rounded(words.size)}" fill="{_colour(words.ink)}"{anchor}{weight}>'
        f"{escape(_clean(words.text))}</text>"
    )


def _places(pair: tuple[float, float]) -> tuple[str, str]:
    return rounded(pair[0]), rounded(pair[1])


def _colour(ink: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*ink)


def _clean(text: str) -> str:
    """The text without what an XML file cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
