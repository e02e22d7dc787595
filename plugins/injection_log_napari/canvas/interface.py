"""What every canvas can do: show a frame, draw primitives, report pointer and keys in image coordinates.

Pure values and protocols: no Qt, no napari. Coordinates are pixels (row, column), pixel centres at whole
numbers; how large a pixel is on the glass is the canvas's own business. The canvas measures nothing.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from dicom_io.calibration import Point

Picture = npt.NDArray[np.uint8]
HandleShape = Literal["round", "square"]
PointerAct = Literal["press", "move", "release", "double_click", "leave"]
Offset = Literal["right", "left", "above", "below"]


class Frames(Protocol):
    """A clip: frames x rows x columns (grey) or x 3 (RGB), uint8, decoded when asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(frames, rows, columns) or (frames, rows, columns, 3)."""

    def frame(self, index: int) -> Picture:
        """One frame, (rows, columns) or (rows, columns, 3)."""


@dataclass(frozen=True)
class Stroke:
    """An open line through points; `faint` marks are not of the shown frame, `dashed` ones not settled."""

    points: tuple[Point, ...]
    colour: str
    dashed: bool = False
    faint: bool = False
    arrow: bool = False


@dataclass(frozen=True)
class Handle:
    """A small exact handle with its letter; its shape says the side (right round, left square)."""

    at: Point
    letter: str
    colour: str
    shape: HandleShape = "round"
    hot: bool = False
    faint: bool = False


@dataclass(frozen=True)
class Label:
    """Words beside a point."""

    at: Point
    text: str
    colour: str
    offset: Offset = "right"
    faint: bool = False


Primitive = Stroke | Handle | Label


@dataclass(frozen=True)
class ScaleNote:
    """What the scale bar says: millimetres per pixel along a row (None: no scale), its source in words.

    `is_doubtful`: a person set it, or something speaks against it; its words stand out.
    """

    mm_per_px_column: float | None
    words: str
    is_doubtful: bool = False


@dataclass(frozen=True)
class PointerEvent:
    """One act of the pointer, where it is in the image, and how near in image pixels counts as a hit."""

    act: PointerAct
    at: Point
    reach_px: float
    shift: bool = False


@dataclass(frozen=True)
class KeyEvent:
    """A key pressed while the picture has the focus: its name ("L", "Left", "Backspace") and modifiers."""

    name: str
    shift: bool = False
    control: bool = False


@dataclass(frozen=True)
class PixelAspect:
    """Relative height and width of a pixel on the glass; the smaller one is 1."""

    row: float = 1.0
    column: float = 1.0

    @classmethod
    def of(cls, mm_per_px_row: float, mm_per_px_column: float) -> PixelAspect:
        """Aspect of a calibrated picture (millimetres per pixel), so that it is not distorted."""
        smaller = min(mm_per_px_row, mm_per_px_column)
        return cls(mm_per_px_row / smaller, mm_per_px_column / smaller)


@dataclass(frozen=True)
class Listeners:
    """Who is told. A key listener answers whether it used the key; an unused key does nothing at all."""

    pointer: Callable[[PointerEvent], None] = lambda _event: None
    key: Callable[[KeyEvent], bool] = lambda _event: False
    view_changed: Callable[[], None] = lambda: None


class Canvas(Protocol):
    """One picture with marks over it. All calls belong to the window's thread."""

    name: str

    @property
    def widget(self) -> Any:
        """The widget to put into a layout."""

    @property
    def surface(self) -> Any:
        """The widget that gets pointer and keys (the one a test sends events to)."""

    def listen(self, listeners: Listeners) -> None:
        """Replace who is told about pointer and keys."""

    def show_clip(self, source: Frames, frame: int, aspect: PixelAspect) -> None:
        """Show another clip at one of its frames, fitted; marks drawn before are gone."""

    def show_frame(self, index: int) -> None:
        """Show another frame of the same clip, or the shown one anew; zoom and pan stay."""

    def clear(self) -> None:
        """Show nothing and forget the clip."""

    def draw(self, primitives: Sequence[Primitive], scale: ScaleNote | None) -> None:
        """Replace all that lies over the picture."""

    def fit(self) -> None:
        """The whole picture, as large as it can be."""

    def actual_pixels(self) -> None:
        """One image pixel (its smaller side) on one pixel of the window."""

    def image_to_widget(self, point: Point) -> tuple[float, float]:
        """(x, y) on the surface of a point of the image."""

    def widget_to_image(self, x: float, y: float) -> Point:
        """The point of the image under (x, y) of the surface."""

    def snapshot(self) -> Picture:
        """What is on the glass: picture and marks, RGB uint8 (height, width, 3)."""
