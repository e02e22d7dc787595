"""Both glands side by side at several visits: pictures with their marks, all on one scale, one scale bar below.

Each picture is brought to the same millimetres for a pixel, in both directions, so that what looks larger is larger;
for that it is interpolated, which the marked picture itself never is: nobody measures on this one. Marks are drawn
where they were placed, with the letters and colours of `picture`. Deliberately knows no participant and no visit: rows
and words come from who calls.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from annotate.appearance import SIDE_COLOURS, SIDE_INK, SIDE_WORDS
from annotate.caption import INK, PAPER, QUIET
from annotate.marks import Caliper, Contour, PlacedMark, Side
from annotate.picture import draw_marks
from annotate.strokes import Canvas, Pixels, cap_height, plain_words, text_width, words
from dicom_io.calibration import Point, Scale

SIDES: tuple[Side, Side] = ("right", "left")
"""From left to right, as one looks at the participant."""
Box = tuple[int, int, int, int]
ROOM = (520, 640)
"""Rows and columns for each picture; the one that needs most fills it."""
_MARGIN, _FLAG, _LINE, _SIZE, _FOOT = 24, 44, 40, 26, 74
_GAP = 24
"""Between two visits."""
_BAR_MM = 10


@dataclass(frozen=True)
class GlandPicture:
    """One frame, uint8 (rows, columns) or (rows, columns, 3), of which `box` (row0, column0, row1, column1, bounds
    inclusive) is shown, with its marks; `scale` holds at all of them. `words` stand below.
    """

    frame: npt.NDArray[np.uint8]
    box: Box
    marks: tuple[PlacedMark, ...]
    scale: Scale
    words: str


@dataclass(frozen=True)
class NoGlandPicture:
    """There is no picture of this gland: why, in words, stands in its place."""

    why: str


@dataclass(frozen=True)
class GlandsAtVisit:
    """One row: both glands at one visit, and what stands at its head."""

    heading: str
    glands: dict[Side, GlandPicture | NoGlandPicture]


def draw_side_by_side(heading: str, rows: Sequence[GlandsAtVisit], say: Callable[[str], str] = str) -> Pixels:
    """The sheet, RGB uint8 (rows, columns, 3). ValueError where no row is given."""
    if not rows:
        raise ValueError("give at least one visit")
    mm_per_px = common_scale([one for row in rows for one in row.glands.values()])
    high, wide = _FLAG + ROOM[0] + _LINE + _GAP, ROOM[1] + _MARGIN
    head = 2 * _LINE
    sheet: Pixels = np.empty((head + len(rows) * (_LINE + high) + _FOOT, 2 * wide + _MARGIN, 3), np.uint8)
    sheet[:] = PAPER
    words(sheet, heading, (_MARGIN, _LINE + cap_height(_SIZE) // 2), _SIZE, INK)
    for number, row in enumerate(rows):
        top = head + number * (_LINE + high)
        words(sheet, row.heading, (_MARGIN, top + cap_height(_SIZE)), _SIZE, INK)
        for place, side in enumerate(SIDES):
            corner = (top + _LINE, _MARGIN + place * wide)
            _put(sheet, corner, (side, row.glands[side]), (mm_per_px, say))
    if mm_per_px is not None:
        _draw_bar(sheet, mm_per_px, say)
    return sheet


def common_scale(glands: Sequence[GlandPicture | NoGlandPicture]) -> float | None:
    """Millimetres for a pixel with which the largest of these pictures just fits its room; None where there is none."""
    needed = [
        max(_extent(one.box)[0] * float(one.scale.mm_per_px_row) / ROOM[0],
            _extent(one.box)[1] * float(one.scale.mm_per_px_column) / ROOM[1])
        for one in glands if isinstance(one, GlandPicture)
    ]  # fmt: skip
    return max(needed, default=None)


def _put(
    sheet: Pixels, corner: tuple[int, int], what: tuple[Side, GlandPicture | NoGlandPicture],
    how: tuple[float | None, Callable[[str], str]],
) -> None:
    (top, left), (side, gland), (mm_per_px, say) = corner, what, how
    flag = say(SIDE_WORDS[side])
    sheet[top : top + _FLAG - 6, left : left + text_width(flag, _SIZE) + 48] = SIDE_COLOURS[side]
    words(sheet, flag, (left + 20, top + (_FLAG - 6 + cap_height(_SIZE)) // 2), _SIZE, SIDE_INK[side])
    top += _FLAG
    if isinstance(gland, NoGlandPicture) or mm_per_px is None:
        why = gland.why if isinstance(gland, NoGlandPicture) else ""
        _in_lines(sheet, say(why), (top + ROOM[0] // 2, left))
        return
    picture = _on_scale(gland, mm_per_px)
    rows, columns = picture.shape[:2]
    row, column = top + (ROOM[0] - rows) // 2, left + (ROOM[1] - columns) // 2
    sheet[row : row + rows, column : column + columns] = picture
    plain_words(sheet, gland.words, (left, top + ROOM[0] + cap_height(_SIZE) + 10), _SIZE, QUIET)


def _on_scale(gland: GlandPicture, mm_per_px: float) -> Pixels:
    """The picture's box with its marks, so many millimetres for a pixel in both directions."""
    row0, column0, row1, column1 = gland.box
    cut = gland.frame[row0 : row1 + 1, column0 : column1 + 1]
    rgb = np.repeat(cut[..., None], 3, axis=2) if cut.ndim == 2 else cut
    down, across = (float(part) / mm_per_px for part in (gland.scale.mm_per_px_row, gland.scale.mm_per_px_column))
    size = min(ROOM[1], max(1, round(rgb.shape[1] * across))), min(ROOM[0], max(1, round(rgb.shape[0] * down)))
    way = cv2.INTER_AREA if max(down, across) < 1 else cv2.INTER_LINEAR
    pixels = np.asarray(cv2.resize(np.ascontiguousarray(rgb), size, interpolation=way), dtype=np.uint8)

    def moved(point: Point) -> Point:
        # a pixel's centre stays the middle of what became of the pixel
        return Point((point.row - row0 + 0.5) * down - 0.5, (point.column - column0 + 0.5) * across - 0.5)

    marks = [replace(placed, mark=_moved(placed.mark, moved)) for placed in gland.marks]
    draw_marks(Canvas(pixels, zoom=1, unit=2), marks)
    return pixels


def _moved(mark: object, moved: Callable[[Point], Point]) -> Caliper | Contour:
    if isinstance(mark, Caliper):
        return Caliper(mark.axis, moved(mark.start), moved(mark.end))
    if isinstance(mark, Contour):
        return Contour(tuple(map(moved, mark.points)))
    raise ValueError("a reader places calipers and contours only")


def _draw_bar(sheet: Pixels, mm_per_px: float, say: Callable[[str], str]) -> None:
    """The scale bar at the left of the foot: it holds for every picture above, in both directions."""
    length = round(_BAR_MM / mm_per_px)
    middle = sheet.shape[0] - _FOOT // 2
    sheet[middle - 2 : middle + 2, _MARGIN : _MARGIN + length] = INK
    for end in (_MARGIN, _MARGIN + length - 3):
        sheet[middle - 10 : middle + 10, end : end + 3] = INK
    said = say(f"{_BAR_MM} mm in all pictures, down and across")
    plain_words(sheet, said, (_MARGIN + length + 20, middle + cap_height(_SIZE) // 2), _SIZE, INK)


def _in_lines(sheet: Pixels, text: str, place: tuple[int, int]) -> None:
    (base, left), line = place, ""
    for word in [*text.split(), ""]:
        joined = f"{line} {word}".strip()
        if word and text_width(joined, _SIZE) <= ROOM[1]:
            line = joined
            continue
        plain_words(sheet, line, (left, base), _SIZE, QUIET)
        base, line = base + _LINE, word


def _extent(box: Box) -> tuple[int, int]:
    return box[2] - box[0] + 1, box[3] - box[1] + 1
