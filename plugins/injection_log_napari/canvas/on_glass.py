"""What both canvases do alike: everything that only concerns the glass over the picture.

The hosts say which widget they are and show frames; marks, zoom and pointer are the glass's own business.
"""
from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import Listeners, Picture, Primitive, ScaleNote
from injection_log_napari.canvas.pictures import picture_of
from injection_log_napari.canvas.surface import Surface


class OnGlass:
    """The half of a canvas that is its glass; a host gives it its widget and its surface."""

    def __init__(self, widget: QWidget, surface: Surface) -> None:
        self.widget, self.surface = widget, surface

    def listen(self, listeners: Listeners) -> None:
        """Replace who is told."""
        self.surface.listen(listeners)

    def draw(self, primitives: Sequence[Primitive], scale: ScaleNote | None) -> None:
        """Replace what lies over the picture."""
        self.surface.draw(primitives, scale)

    def fit(self) -> None:
        """The whole picture."""
        self.surface.fit()

    def actual_pixels(self) -> None:
        """One image pixel on one pixel of the screen."""
        self.surface.actual_pixels()

    def image_to_widget(self, point: Point) -> tuple[float, float]:
        """(x, y) on the glass."""
        return self.surface.view.to_widget(point)

    def widget_to_image(self, x: float, y: float) -> Point:
        """The image point under (x, y)."""
        return self.surface.view.to_image(x, y)

    def snapshot(self) -> Picture:
        """Picture and marks as RGB."""
        return picture_of(self.widget.grab().toImage())
