"""The plain Qt canvas: for machines without OpenGL, with the same marks, keys and pointer as the other one.

It paints the frame as an image with QPainter; it knows no napari.
"""
from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import Frames, PixelAspect
from injection_log_napari.canvas.on_glass import OnGlass
from injection_log_napari.canvas.painting import painting
from injection_log_napari.canvas.pictures import image_of
from injection_log_napari.canvas.surface import Surface
from injection_log_napari.canvas.view_transform import ViewTransform

NEAREST_FROM_ZOOM = 2.0


class PlainPicture(QWidget):
    """The frame, painted where the transform says."""

    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None
        self.view = ViewTransform()
        self.glass = Surface(self, self._follow)

    def _follow(self, view: ViewTransform) -> None:
        self.view = view
        self.update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.glass.setGeometry(self.rect())

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), QColor("#000000"))
            if self.image is not None:
                smooth = self.view.zoom < NEAREST_FROM_ZOOM
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
                x0, y0 = self.view.to_widget(Point(-0.5, -0.5))
                x1, y1 = self.view.to_widget(Point(self.image.height() - 0.5, self.image.width() - 0.5))
                painter.drawImage(QRectF(x0, y0, x1 - x0, y1 - y0), self.image)


class QtCanvas(OnGlass):
    """A canvas without OpenGL."""

    name = "plain"

    def __init__(self) -> None:
        self._picture = PlainPicture()
        super().__init__(self._picture, self._picture.glass)
        self._source: Frames | None = None

    def show_clip(self, source: Frames, frame: int, aspect: PixelAspect) -> None:
        """Show another clip at one of its frames."""
        self._source = source
        self.show_frame(frame)
        self.surface.take_image((source.shape[1], source.shape[2]), aspect)

    def show_frame(self, index: int) -> None:
        """Show another frame of the clip."""
        if self._source is not None:
            self._picture.image = image_of(np.asarray(self._source.frame(index)))
            self._picture.update()

    def clear(self) -> None:
        """Show nothing."""
        self._source, self._picture.image = None, None
        self.surface.take_image(None, PixelAspect())
        self._picture.update()
