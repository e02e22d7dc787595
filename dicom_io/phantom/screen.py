"""The phantom scanner's screen: where the 2D region lies, its scale, and everything written around it.

The pixels per millimetre differ between rows and columns on purpose, as they may on a real scanner.
It draws no tissue.
"""
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import cv2
import numpy as np
from numpy.typing import NDArray

from dicom_io.calibration import Point

ROWS = 600
COLUMNS = 800
# Inclusive bounds of the 2D region, as DICOM counts them.
TOP, LEFT, BOTTOM, RIGHT = 44, 78, 573, 717
REGION_ROWS = BOTTOM - TOP + 1
REGION_COLUMNS = RIGHT - LEFT + 1
DELTA_Y_CM = Decimal("0.00655")
DELTA_X_CM = Decimal("0.00712")
MM_PER_ROW = float(DELTA_Y_CM * 10)
MM_PER_COLUMN = float(DELTA_X_CM * 10)
WIDTH_MM = REGION_COLUMNS * MM_PER_COLUMN
DEPTH_MM = REGION_ROWS * MM_PER_ROW
# The probe face, and with it the skin, is the first row of the region.
SKIN_ROW_PX = float(TOP)

RULER_COLUMN = RIGHT + 10
RULER_STEP_MM = 5
_LONG_TICK, _SHORT_TICK = 9, 5
_WORDS = (205, 208, 204)
_DIM = (150, 152, 150)
_AMBER = (236, 178, 64)
_FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True)
class Caption:
    """What one picture says about itself: "RT SMG TRANS", and a second line such as the visit's day."""

    view: str
    day: str


def to_point(x_mm: float, z_mm: float) -> Point:
    """Millimetres from the region's upper left pixel to pixel coordinates of the whole picture."""
    return Point(row=TOP + z_mm / MM_PER_ROW, column=LEFT + x_mm / MM_PER_COLUMN)


def ruler_rows() -> tuple[tuple[int, float], ...]:
    """(depth in mm, exact row) of every tick of the burned-in ruler, every 5 mm from the probe face."""
    last = int(DEPTH_MM // RULER_STEP_MM) * RULER_STEP_MM
    return tuple((mm, TOP + mm / MM_PER_ROW) for mm in range(0, last + 1, RULER_STEP_MM))


def surround(caption: Caption) -> NDArray[np.uint8]:
    """The screen with an empty (black) region: shape (600, 800, 3), RGB."""
    screen = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    _write(screen, "PRACTICE PHANTOM", (10, 16), 0.46, _WORDS)
    _write(screen, "NOT A PATIENT", (160, 16), 0.42, _AMBER)
    _write(screen, caption.day, (COLUMNS - 150, 16), 0.40, _WORDS)
    _write(screen, "L12-4  SmallParts", (COLUMNS - 150, 34), 0.38, _DIM)
    _write(screen, caption.view, (LEFT + 22, 36), 0.50, _WORDS)
    settings = ("B  12.0MHz", "G  54%", "DR 62", "P  4", f"D  {DEPTH_MM / 10:.1f}cm", "30Hz")
    for line, words in enumerate(settings):
        _write(screen, words, (6, 210 + 17 * line), 0.34, _DIM)
    _write(screen, "SIMULATED PICTURE - FOR PRACTICE AND TESTS ONLY", (LEFT, ROWS - 9), 0.38, _DIM)
    _draw_grey_bar(screen)
    _draw_ruler(screen)
    return screen


def _write(
    screen: NDArray[np.uint8], words: str, place: tuple[int, int], size: float, colour: tuple[int, int, int]
) -> None:
    cv2.putText(screen, words, place, _FONT, size, colour, 1, cv2.LINE_AA)


def _draw_grey_bar(screen: NDArray[np.uint8]) -> None:
    bar = np.linspace(250, 0, 128, dtype=np.float32).astype(np.uint8)
    screen[62:190, 14:24] = bar[:, None, None]
    cv2.rectangle(screen, (13, 61), (24, 190), (90, 90, 90), 1)


def _draw_ruler(screen: NDArray[np.uint8]) -> None:
    for depth_mm, exact_row in ruler_rows():
        row = round(exact_row)
        whole = depth_mm % 10 == 0
        screen[row, RULER_COLUMN : RULER_COLUMN + (_LONG_TICK if whole else _SHORT_TICK)] = _WORDS
        if whole:
            _write(screen, str(depth_mm // 10), (RULER_COLUMN + 14, row + 4), 0.36, _DIM)
    _write(screen, "cm", (RULER_COLUMN + 28, BOTTOM), 0.34, _DIM)
    focus = round(TOP + 16.0 / MM_PER_ROW)
    tip, foot = RULER_COLUMN - 2, RULER_COLUMN - 8
    triangle = np.array([[tip, focus], [foot, focus - 5], [foot, focus + 5]])
    cv2.fillPoly(screen, [triangle.astype(np.int32)], _AMBER, cv2.LINE_AA)
    cv2.circle(screen, (LEFT + 6, TOP - 12), 5, (90, 200, 130), -1, cv2.LINE_AA)


def put_region(screen: NDArray[np.uint8], grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A copy of the screen with the grey tissue picture (REGION_ROWS, REGION_COLUMNS) in its region."""
    picture = screen.copy()
    picture[TOP : BOTTOM + 1, LEFT : RIGHT + 1] = grey[:, :, None]
    return picture
