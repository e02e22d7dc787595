"""The strip under a marked picture: side, caption, what each mark measures, and the scale bar.

It stands below the picture, never over it. Deliberately says nothing that the marks, their scales and the
given caption do not say. Sizes are canvas pixels; they follow the picture's width, to stay readable in print.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.appearance import SIDE_COLOURS, SIDE_INK, SIDE_WORDS, Rgb, colour_of
from annotate.marks import PlacedMark, Side
from annotate.readout import BY_HAND, value_words
from annotate.strokes import BOLD, Pixels, cap_height, plain_words, text_width, words
from annotate.uncertainty import HALF_PIXEL, ReadingError
from dicom_io.calibration import Scale

PAPER: Rgb = (22, 24, 28)
INK: Rgb = (235, 235, 235)
QUIET: Rgb = (165, 170, 178)
_BARS_MM = (50, 20, 10, 5, 2, 1)


@dataclass(frozen=True)
class Caption:
    """What the strip says: side, a line of the caller's words, the named marks drawn above, the scale.

    `say` puts each English text of the strip into its language.
    """

    side: Side
    text: str
    marks: Sequence[tuple[str, PlacedMark]]
    scale: Scale | None
    reading: ReadingError = HALF_PIXEL
    say: Callable[[str], str] = str


@dataclass(frozen=True)
class _Line:
    """One piece of text on the strip; a letter in front carries its mark's colour."""

    text: str
    ink: Rgb
    letter: str = ""
    colour: Rgb = INK


def caption_strip(caption: Caption, width: int, zoom: int) -> Pixels:
    """The strip as RGB pixels, `width` wide, as high as its words need; `zoom` is that of the picture."""
    size = text_size(width)
    margin, step = size // 2, round(size * 1.45)
    lines = _lines(caption, width - 2 * margin, size)
    head = round(size * 1.9)
    strip: Pixels = np.empty((head + margin + step * len(lines) + margin // 2, width, 3), np.uint8)
    strip[:] = PAPER
    flag_end = _draw_flag(strip, caption, size, head)
    _draw_scale(strip, caption, (zoom, size), flag_end)
    base = head + margin + cap_height(size)
    for line in lines:
        left = margin
        if line.letter:
            words(strip, line.letter, (left, base), size, line.colour)
            left += _indent(caption, size)
        plain_words(strip, line.text, (left, base), size, line.ink)
        base += step
    return strip


def text_size(width: int) -> int:
    """Type size in pixels for a picture this wide: 5 points where the picture is printed 60 mm wide."""
    return max(13, round(width / 34))


def _lines(caption: Caption, room: int, size: int) -> list[_Line]:
    lines = [_Line(part, INK) for part in _wrapped(caption.text, room, size)]
    for name, placed in caption.marks:
        measured = caption.say(value_words(placed, caption.reading))
        first, *rest = _wrapped(measured, room - _indent(caption, size), size) or [""]
        lines.append(_Line(first, INK, name, colour_of(placed.mark)))
        lines.extend(_Line(part, INK, " ") for part in rest)
    sources = sorted({placed.scale.source for _, placed in caption.marks})
    if sources:
        lines.extend(_Line(part, QUIET) for part in _wrapped(caption.say(f"scale: {'; '.join(sources)}"), room, size))
    return lines


def _indent(caption: Caption, size: int) -> int:
    """Room for the longest name of a mark in front of its values."""
    return max((text_width(name, size, BOLD) for name, _ in caption.marks), default=0) + size // 2


def _wrapped(text: str, room: int, size: int) -> list[str]:
    """The text in lines that fit; a single word longer than a line is broken, never cut off."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size) <= room:
            lines[-1] = joined
        else:
            lines.extend(_broken(word, room, size))
    return lines


def _broken(word: str, room: int, size: int) -> list[str]:
    parts = [""]
    for character in word:
        if parts[-1] and text_width(parts[-1] + character, size) > room:
            parts.append("")
        parts[-1] += character
    return parts


def _draw_flag(strip: Pixels, caption: Caption, size: int, head: int) -> int:
    """The side as a coloured flag with its words; returns the column where it ends."""
    side = caption.side
    said = caption.say(SIDE_WORDS[side])
    end = text_width(said, size, BOLD) + 2 * size
    strip[:head, :end] = SIDE_COLOURS[side]
    words(strip, said, (size, (head + cap_height(size)) // 2), size, SIDE_INK[side])
    return end


def _draw_scale(strip: Pixels, caption: Caption, sizes: tuple[int, int], flag_end: int) -> None:
    """The scale bar at the right end: a round number of millimetres across, by the scale of the columns."""
    (zoom, size), scale = sizes, caption.scale
    width = strip.shape[1]
    middle = round(size * 1.9) // 2
    base = middle + cap_height(size) // 2
    room = width - flag_end - size
    bar = _bar(scale, zoom, room // 2)
    if bar is None:
        said = caption.say("no one scale, no scale bar" if scale is None else "the scale bar does not fit")
        plain_words(strip, said, (width - size - text_width(said, size), base), size, QUIET)
        return
    millimetres_long, length = bar
    by_hand = f", {BY_HAND}" if scale is not None and scale.is_by_hand else ""
    said = caption.say(f"{millimetres_long} mm across{by_hand}")
    right = width - size
    left = right - length
    thick, tick = max(2, size // 8), size // 2
    strip[middle - thick // 2 : middle - thick // 2 + thick, left:right] = INK
    for end in (left, right - thick):
        strip[middle - tick : middle + tick, end : end + thick] = INK
    plain_words(strip, said, (left - size // 2 - text_width(said, size), base), size, INK)


def _bar(scale: Scale | None, zoom: int, room: int) -> tuple[int, int] | None:
    """Millimetres and canvas pixels of the bar: 10 mm where it fits, else the longest that does."""
    if scale is None:
        return None
    lengths = {mm: round(mm / float(scale.mm_per_px_column) * zoom) for mm in _BARS_MM}
    fitting = [mm for mm in _BARS_MM if 8 <= lengths[mm] <= room]
    if not fitting:
        return None
    chosen = 10 if 10 in fitting else fitting[0]
    return chosen, lengths[chosen]
