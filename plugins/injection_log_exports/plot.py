"""A drawing of the agreement package as something reportlab can place on a page, its words selectable.

Pure layout. Words take the embedded typeface of the sheet; letters it lacks are printed as the sheet prints them.
"""
from __future__ import annotations

from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Rect, String
from reportlab.lib.colors import Color

from annotate.appearance import Rgb
from injection_log.agreement import drawing as ours
from injection_log_exports.lettering import BOLD, REGULAR, printable, register_fonts, text_width

_RIM = 0.6


def plot_flowable(drawing: ours.Drawing, width: float | None = None) -> Any:
    """The drawing as a flowable of `width` points (its own width where none is given), as high as that makes it."""
    register_fonts()
    zoom = 1.0 if width is None else width / drawing.width
    group = Group(*(_shape(shape, drawing.height) for shape in drawing.shapes))
    group.scale(zoom, zoom)
    placed = Drawing(drawing.width * zoom, drawing.height * zoom)
    placed.add(group)
    return placed


def _shape(shape: ours.Shape, height: float) -> Any:
    """The shape for a page on which y goes up."""
    match shape:
        case ours.Line():
            (x1, y1), (x2, y2) = shape.start, shape.end
            return Line(
                x1, height - y1, x2, height - y2, strokeColor=_colour(shape.ink), strokeWidth=shape.width,
                strokeDashArray=[5, 3] if shape.dashed else None,
            )
        case ours.Box():
            (x, y), (across, down) = shape.corner, shape.size
            return Rect(x, height - y - down, across, down, fillColor=_colour(shape.ink), strokeColor=None)
        case ours.Marker():
            return _marker(shape, height)
        case ours.Words():
            return _words(shape, height)


def _marker(marker: ours.Marker, height: float) -> Any:
    (x, y), radius = marker.centre, marker.radius
    paint = {"fillColor": _colour(marker.ink), "strokeColor": _colour(ours.PAPER), "strokeWidth": _RIM}
    if marker.shape == "round":
        return Circle(x, height - y, radius, **paint)
    return Rect(x - radius, height - y - radius, 2 * radius, 2 * radius, **paint)


def _words(words: ours.Words, height: float) -> Any:
    text, font = printable(words.text), BOLD if words.bold else REGULAR
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor] * text_width(text, font, words.size)
    x, y = words.at
    return String(x - before, height - y, text, fontName=font, fontSize=words.size, fillColor=_colour(words.ink))


def _colour(ink: Rgb) -> Color:
    return Color(*(level / 255 for level in ink))
