"""The Bland-Altman picture: differences of two readers over their means, with bias, limits, and intervals of both.

Intervals are bands, and every line has its figure beside it, so that the picture can be read without a table.
Deliberately one ink for all points: participants are not told apart.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

from annotate.appearance import Rgb
from injection_log.agreement.axis import VolumeAxis, volume_axis
from injection_log.agreement.drawing import (
    INK,
    QUIET,
    RULE,
    Box,
    Drawing,
    Line,
    Marker,
    Shape,
    Words,
    heading,
    paragraph,
)
from injection_log.agreement.figures import Estimate, Interval, NotComputable
from injection_log.agreement.limits import BlandAltman
from injection_log.agreement.plot_values import BlandAltmanPlot

WIDTH, HEIGHT = 480.0, 300.0
_HEIGHT_OF_WORDS = 84.0  # a picture that holds a sentence only
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 348.0, 48.0, 252.0
_LABELS = _RIGHT + 8
_LABEL_APART = 23.0
_POINT: Rgb = (0, 114, 178)
_BIAS: Rgb = (32, 36, 42)
_LIMIT: Rgb = (178, 72, 0)
_BIAS_BAND: Rgb = (226, 229, 233)
_LIMIT_BAND: Rgb = (250, 230, 215)

Say = Callable[[str], str]


def draw_bland_altman(plot: BlandAltmanPlot, say: Say = str) -> Drawing:
    """The picture of one method and pair of readers; where nothing is computable, the reason in its place.

    `say` puts each finished English text into the language of the picture.
    """
    title = say(f"Bland-Altman, {plot.method.replace('_', ' ')}: {plot.first} less {plot.second}")
    room, height = WIDTH - 2 * _LEFT, HEIGHT
    shapes: list[Shape] = [heading(title, (_LEFT, 17), room)]
    if isinstance(plot.figures, NotComputable):
        shapes += paragraph(say(plot.figures.why), (_LEFT, 42), room, 9, INK)
        height = _HEIGHT_OF_WORDS
    else:
        shapes += _figures(plot.figures, plot, say)
    if plot.lacking:
        left_out = say(f"Cases left out for want of a read: {plot.lacking}.")
        shapes += paragraph(left_out, (_LEFT, height - 8), room, 7.5)
    return Drawing(WIDTH, height, title, tuple(shapes))


def _figures(figures: BlandAltman, plot: BlandAltmanPlot, say: Say) -> list[Shape]:
    across = volume_axis([pair.mean for pair in figures.pairs], _LEFT, _RIGHT)
    up = volume_axis(_heights(figures), _BOTTOM, _TOP)
    lines = (
        (figures.upper, "upper limit", _LIMIT), (figures.bias, "bias", _BIAS), (figures.lower, "lower limit", _LIMIT)
    )
    shapes: list[Shape] = []
    for estimate, _, ink in lines:
        shapes += _band(estimate, up, _BIAS_BAND if ink == _BIAS else _LIMIT_BAND)
    shapes += _frame(across, up, (plot.first, plot.second), say)
    for estimate, _, ink in lines:
        y = up.place(estimate.value)
        shapes.append(Line((_LEFT, y), (_RIGHT, y), ink, 1.1, dashed=ink == _LIMIT))
    shapes += [
        Marker((across.place(pair.mean), up.place(pair.difference)), "round", 2.4, _POINT) for pair in figures.pairs
    ]
    places = _apart([up.place(estimate.value) for estimate, _, _ in lines])
    for (estimate, name, ink), y in zip(lines, places, strict=True):
        shapes += [
            Words((_LABELS, y - 2), f"{say(name)} {say(_ml(estimate.value))}", 8, ink, bold=True),
            Words((_LABELS, y + 8), _interval_words(estimate, say), 7, QUIET),
        ]
    below = say(f"mean of both reads of {figures.cases} cases (ml)")
    return [*shapes, Words(((_LEFT + _RIGHT) / 2, _BOTTOM + 26), below, 8, QUIET, "middle")]


def _heights(figures: BlandAltman) -> list[float]:
    """Every difference that the picture has to hold: zero, points, lines, bands, and a margin; microlitres."""
    heights = [0.0, *(pair.difference for pair in figures.pairs)]
    for estimate in (figures.bias, figures.lower, figures.upper):
        heights.append(estimate.value)
        if isinstance(estimate.interval, Interval):
            heights += [estimate.interval.low, estimate.interval.high]
    margin = 0.05 * (max(heights) - min(heights))
    return [min(heights) - margin, max(heights) + margin]


def _band(estimate: Estimate, up: VolumeAxis, ink: Rgb) -> list[Shape]:
    if not isinstance(estimate.interval, Interval):
        return []
    top, bottom = up.place(estimate.interval.high), up.place(estimate.interval.low)
    return [Box((_LEFT, top), (_RIGHT - _LEFT, bottom - top), ink)]


def _frame(across: VolumeAxis, up: VolumeAxis, readers: tuple[str, str], say: Say) -> list[Shape]:
    """Both axes with their labels, and the line of no difference."""
    zero = up.place(0)
    shapes: list[Shape] = [
        Line((_LEFT, zero), (_RIGHT, zero), RULE, 0.8),
        Line((_LEFT, _TOP), (_LEFT, _BOTTOM), QUIET, 0.6),
        Line((_LEFT, _BOTTOM), (_RIGHT, _BOTTOM), QUIET, 0.6),
    ]
    for tick in across.ticks_ul:
        x = across.place(tick)
        shapes.append(Line((x, _BOTTOM), (x, _BOTTOM + 3), QUIET, 0.6))
        shapes.append(Words((x, _BOTTOM + 12), say(across.label(tick)), 7.5, QUIET, "middle"))
    for tick in up.ticks_ul:
        y = up.place(tick)
        shapes.append(Line((_LEFT - 3, y), (_LEFT, y), QUIET, 0.6))
        shapes.append(Words((_LEFT - 6, y + 2.6), say(up.label(tick)), 7.5, QUIET, "end"))
    difference = say(f"{readers[0]} less {readers[1]} (ml)")
    return [*shapes, Words((_LEFT, _TOP - 12), difference, 8, QUIET)]


def _apart(places: Sequence[float]) -> list[float]:
    """The places from top to bottom, moved so that labels beside them do not touch; the middle one stays."""
    upper, middle, lower = places
    return [min(upper, middle - _LABEL_APART), middle, max(lower, middle + _LABEL_APART)]


def _interval_words(estimate: Estimate, say: Say) -> str:
    if not isinstance(estimate.interval, Interval):
        return say("no interval")
    percent = f"{100 * estimate.interval.confidence:.0f}"
    return say(f"{percent} % interval {_figure(estimate.interval.low)} to {_figure(estimate.interval.high)}")


def _ml(volume_ul: float) -> str:
    return f"{_figure(volume_ul)} ml"


def _figure(volume_ul: float) -> str:
    """Millilitres with two decimals, never `-0.00`."""
    text = f"{volume_ul / 1000:.2f}"
    return text.removeprefix("-") if float(text) == 0 else text
