"""The marked picture: one frame with its marks, as review, sheet, binder and reports show it.

One function draws it, so that what was signed and what is printed later look alike. The frame is enlarged by
a whole number at most, equally in both directions, each pixel becoming a square: nothing is interpolated,
turned or cropped, and only letters stand on the picture. Deliberately reads no file and judges no mark.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from annotate.appearance import HANDLE_SHAPES, SKIN_COLOUR, Rgb, colour_of, letter_of
from annotate.caption import Caption, caption_strip, text_size
from annotate.errors import AnnotateError, MarkRefused
from annotate.marks import Caliper, Contour, Deposit, Needle, OutOfPlaneNeedle, PlacedMark, Side, Structure
from annotate.stored_marks import on_grid
from annotate.strokes import (
    Canvas,
    Pixels,
    clear_ends,
    closed_line,
    dashed_line,
    handle,
    handle_radius,
    letters,
    line,
    tip_sight,
)
from annotate.uncertainty import HALF_PIXEL, ReadingError
from dicom_io.calibration import Point, Scale

_WIDE_ENOUGH = 1000  # canvas pixels across from which lines stay thin and letters smooth in print
_LARGEST_ZOOM = 8
# Rows of an enlarged frame repeat: predicting each from the one above makes a third of the default bytes.
_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 6, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP]


class PictureImpossible(AnnotateError):
    """The frame is not a grey or RGB picture of bytes, or OpenCV cannot write it; code `not_a_picture`."""

    def __init__(self, why: str) -> None:
        super().__init__("not_a_picture", why)


@dataclass(frozen=True)
class Wording:
    """The caller's line of the caption, and how exactly the marks are placed, for the errors shown beside it.

    `say` puts a finished English text into the language of the picture; the caller's line is in it already.
    """

    caption: str
    reading: ReadingError = HALF_PIXEL
    say: Callable[[str], str] = str


def draw_marked_picture(
    frame: npt.NDArray[np.uint8],
    marks: Sequence[PlacedMark],
    *,
    side: Side,
    scale_bar: Scale | None,
    caption: str | Wording,
) -> Pixels:
    """The frame with its marks and a caption strip below, RGB uint8 (rows, columns, 3).

    `frame` is grey (rows, columns) or RGB (rows, columns, 3), uint8, and is not changed. The picture part is
    the frame enlarged by a whole number. MarkRefused `mixed_sides` when a mark belongs to the other gland.
    """
    if any(placed.side != side for placed in marks):
        raise MarkRefused("mixed_sides", "A mark of the other gland is given; show each side by itself.")
    canvas = _canvas(frame)
    named = draw_marks(canvas, marks)
    wording = caption if isinstance(caption, Wording) else Wording(caption)
    said = Caption(side, wording.caption, named, scale_bar, wording.reading, wording.say)
    strip = caption_strip(said, canvas.pixels.shape[1], canvas.zoom)
    return np.concatenate([canvas.pixels, strip])


def draw_marks(canvas: Canvas, marks: Sequence[PlacedMark]) -> list[tuple[str, PlacedMark]]:
    """Draw marks on a canvas, each with its letter, and give the letters (a running number where several are alike)."""
    named = [(_name_of(placed, marks), placed) for placed in marks]
    for name, placed in named:
        _draw(canvas, placed, name)
    return named


def encode_png(rgb: npt.NDArray[np.uint8]) -> bytes:
    """The picture (rows, columns, 3) as a PNG file; equal pixels give equal bytes."""
    _check(rgb)
    written, data = cv2.imencode(".png", np.ascontiguousarray(rgb[..., ::-1]), _PNG)
    if not written:
        raise PictureImpossible("The marked picture could not be written as PNG; look at the frame itself.")
    return data.tobytes()


def encode_jpeg(rgb: npt.NDArray[np.uint8]) -> bytes:
    """The same as a JPEG file for print, a tenth as long: nobody measures on it. Equal pixels give equal bytes."""
    _check(rgb)
    written, data = cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 88])
    if not written:
        raise PictureImpossible("The picture could not be written as JPEG; look at the frame itself.")
    return data.tobytes()


def zoom_of(width: int) -> int:
    """By how much a picture this wide is enlarged before marks are drawn on it, a whole number."""
    return min(_LARGEST_ZOOM, max(1, math.ceil(_WIDE_ENOUGH / max(width, 1))))


def _canvas(frame: npt.NDArray[np.uint8]) -> Canvas:
    _check(frame)
    rgb = np.repeat(frame[..., None], 3, axis=2) if frame.ndim == 2 else frame
    zoom = zoom_of(rgb.shape[1])
    enlarged = np.ascontiguousarray(rgb.repeat(zoom, axis=0).repeat(zoom, axis=1))
    if enlarged is frame or np.shares_memory(enlarged, frame):
        enlarged = enlarged.copy()
    return Canvas(enlarged, zoom, unit=max(1, round(enlarged.shape[1] / 550)))


def _check(frame: npt.NDArray[np.uint8]) -> None:
    grey_or_rgb = frame.ndim == 2 or (frame.ndim == 3 and frame.shape[2] == 3)
    if frame.dtype != np.uint8 or not grey_or_rgb or frame.size == 0:
        raise PictureImpossible("This is no grey or RGB picture of bytes; decode the frame first.")


def _name_of(placed: PlacedMark, marks: Sequence[PlacedMark]) -> str:
    """The mark's letter, with a running number where several marks on the picture have the same."""
    letter = letter_of(placed.mark)
    alike = [one for one in marks if letter_of(one.mark) == letter]
    return letter if len(alike) == 1 else f"{letter}{alike.index(placed) + 1}"


def _draw(canvas: Canvas, placed: PlacedMark, name: str) -> None:
    mark = on_grid(placed.mark)
    shape, colour = HANDLE_SHAPES[placed.side], colour_of(mark)
    match mark:
        case Caliper():
            line(canvas, *clear_ends(canvas, mark.start, mark.end), colour)
            for end, other in ((mark.start, mark.end), (mark.end, mark.start)):
                handle(canvas, end, shape, colour)
                _letter_beyond(canvas, (end, other), name, colour)
        case Contour():
            _draw_contour(canvas, mark, name)
        case Deposit() | Structure():
            handle(canvas, mark.at, shape, colour)
            _letter_beyond(canvas, (mark.at, Point(mark.at.row, mark.at.column - 1)), name, colour)
        case Needle() | OutOfPlaneNeedle():
            _draw_needle(canvas, mark, (placed.side, name))


def _draw_contour(canvas: Canvas, contour: Contour, name: str) -> None:
    """The outline alone: handles on every point would hide the capsule. The letter stands outside its lowest point."""
    closed_line(canvas, contour.points, colour_of(contour))
    lowest = max(contour.points, key=lambda point: point.row)
    _letter_beyond(canvas, (lowest, Point(lowest.row - 1, lowest.column)), name, colour_of(contour))


def _draw_needle(canvas: Canvas, mark: Needle | OutOfPlaneNeedle, naming: tuple[Side, str]) -> None:
    shape, colour, name = HANDLE_SHAPES[naming[0]], colour_of(mark), naming[1]
    above_tip = Point(mark.skin_row_px, mark.tip.column)
    _draw_skin(canvas, mark)
    dashed_line(canvas, *clear_ends(canvas, above_tip, mark.tip), SKIN_COLOUR, 4 * canvas.unit)
    if isinstance(mark, Needle):
        # dashes, so that the echo of the needle itself shows between them
        dashed_line(canvas, *clear_ends(canvas, mark.entry, mark.tip), colour, 10 * canvas.unit)
        handle(canvas, mark.entry, shape, colour)
        _letter_beside_entry(canvas, mark, name)
    tip_sight(canvas, mark.tip, shape, colour)
    _letter_beyond(canvas, (mark.tip, mark.entry if isinstance(mark, Needle) else above_tip), name, colour)


def _draw_skin(canvas: Canvas, needle: Needle | OutOfPlaneNeedle) -> None:
    """The skin line near the needle only: further out it would cross the scanner's own words."""
    size = round(text_size(canvas.pixels.shape[1]) * 0.8)
    margin = 60 * canvas.unit / canvas.zoom
    entry_column = needle.entry.column if isinstance(needle, Needle) else needle.tip.column + 1
    # words stand on the tip's side of the line: the entry is often at the picture's edge
    towards_tip = math.copysign(1, needle.tip.column - entry_column)
    start = Point(needle.skin_row_px, entry_column - towards_tip * margin / 2)
    end = Point(needle.skin_row_px, needle.tip.column + towards_tip * margin)
    dashed_line(canvas, start, end, SKIN_COLOUR, 9 * canvas.unit)
    x, y = canvas.place(end)
    letters(canvas, "skin", (x + towards_tip * 1.5 * size, y), size, SKIN_COLOUR)


def _letter_beyond(canvas: Canvas, ends: tuple[Point, Point], name: str, colour: Rgb) -> None:
    """The letter outside of a handle, further along the line that comes from the other end."""
    size = text_size(canvas.pixels.shape[1])
    (x, y), (other_x, other_y) = canvas.place(ends[0]), canvas.place(ends[1])
    distance = math.dist((x, y), (other_x, other_y)) or 1.0
    reach = 2.4 * handle_radius(canvas) + 0.75 * size
    away = (x + (x - other_x) / distance * reach, y + (y - other_y) / distance * reach)
    letters(canvas, name, away, size, colour)


def _letter_beside_entry(canvas: Canvas, needle: Needle, name: str) -> None:
    """The letter below the entry, on the side the needle does not take: above are the scanner's words."""
    size = text_size(canvas.pixels.shape[1])
    x, y = canvas.place(needle.entry)
    away = math.copysign(1, needle.entry.column - needle.tip.column)
    letters(canvas, name, (x + away * 1.1 * size, y + 1.1 * size), size, colour_of(needle))
