"""One varied picture for each seed: with a needle, without one, or a gland alone, each with its truth in pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicom_io.calibration import Point
from dicom_io.phantom.screen import MM_PER_COLUMN, MM_PER_ROW
from tools.varied.needles import varied_needle, with_clutter, with_needle
from tools.varied.scanner import Scanner, grey_of, varied_scanner, with_shadow
from tools.varied.tissue import neck_db, varied_gland, varied_texture


@dataclass(frozen=True)
class NeedleShown:
    """Where the needle's visible entry and its tip lie, pixels."""

    entry: Point
    tip: Point


@dataclass(frozen=True)
class VariedPicture:
    """Grey uint8 (rows, columns), its scale (row, column), the true outline (n, 2) row before column, the needle."""

    grey: NDArray[np.uint8]
    mm_per_px: tuple[float, float]
    outline: NDArray[np.float64]
    needle: NeedleShown | None


def with_one_needle(seed: int) -> VariedPicture:
    """A picture with one needle."""
    return _drawn(seed, needle=True)


def without_needle(seed: int) -> VariedPicture:
    """A picture with lines but no needle; another neck than the one with a needle of the same seed."""
    return _drawn(seed + 500_000, needle=False)


def _drawn(seed: int, *, needle: bool) -> VariedPicture:
    random = np.random.default_rng(seed)
    texture, gland, scanner = varied_texture(random), varied_gland(random), varied_scanner(random)
    echo = with_clutter(neck_db(gland, texture, random), int(random.integers(0, 12)), random)
    shown = None
    if needle:
        look = varied_needle(random)
        echo = with_needle(echo, look, random)
        shown = NeedleShown(_pixel(look.entry, scanner), _pixel(look.tip, scanner))
    if random.random() < 0.3:
        echo = with_shadow(echo, random)
    grey = grey_of(echo, texture, scanner)
    rows_columns = [_pixel((x, z), scanner) for x, z in gland.outline_mm]
    outline = np.array([(point.row, point.column) for point in rows_columns])
    return VariedPicture(grey, scanner.mm_per_px, outline, shown)


def _pixel(place_mm: tuple[float, float], scanner: Scanner) -> Point:
    """Region mm to pixels of the finished picture; a resize keeps the outer edges, not the pixel centres."""
    down, across = scanner.mm_per_px
    row = (place_mm[1] / MM_PER_ROW + 0.5) * MM_PER_ROW / down - 0.5
    return Point(row, (place_mm[0] / MM_PER_COLUMN + 0.5) * MM_PER_COLUMN / across - 0.5)
