"""A picture on which a person draws the one box that stays; everything outside of it is dimmed. Knows no record."""
from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from injection_log_napari.canvas.painting import painting
from injection_log_napari.said import Said

_DIMMED, _EDGE = QColor(0, 0, 0, 175), QColor(255, 176, 0)


class KeptAreaView(Said, QWidget):
    """Shows a frame as large as fits; a drag with the mouse makes the box, in pixels of the picture."""

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._start: tuple[int, int] | None = None
        self.boxes: tuple[tuple[int, int, int, int], ...] = ()
        """(row0, column0, row1, column1), bounds inclusive."""
        self.setMinimumSize(QSize(320, 240))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Picture: drag from corner to corner of what stays")

    def show_frame(self, frame: npt.NDArray[np.uint8], boxes: tuple[tuple[int, int, int, int], ...]) -> None:
        """Show a frame (rows, columns) or (rows, columns, 3) and what stays of it so far."""
        rows, columns = frame.shape[:2]
        pixels = np.ascontiguousarray(frame)
        form = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
        self._image = QImage(pixels.tobytes(), columns, rows, pixels.strides[0], form).copy()
        self.boxes, self._start = boxes, None
        self.update()

    def clear(self) -> None:
        """Show nothing: a picture that is not blanked stays on screen no longer than it is needed."""
        self._image, self.boxes = QImage(), ()
        self.update()

    def _place(self) -> tuple[float, float, float]:
        """Zoom, left and top of the picture in this widget."""
        if self._image.isNull():
            return 1.0, 0.0, 0.0
        zoom = min(self.width() / self._image.width(), self.height() / self._image.height())
        return (
            zoom, (self.width() - zoom * self._image.width()) / 2, (self.height() - zoom * self._image.height()) / 2
        )  # fmt: skip

    def _pixel(self, at: QPointF) -> tuple[int, int]:
        """(row, column) of the picture under a place of the widget, kept inside the picture."""
        zoom, left, top = self._place()
        row, column = int((at.y() - top) // zoom), int((at.x() - left) // zoom)
        return min(max(row, 0), self._image.height() - 1), min(max(column, 0), self._image.width() - 1)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._start = self._pixel(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._start is not None:
            (row_a, column_a), (row_b, column_b) = self._start, self._pixel(event.position())
            self.boxes = (
                (min(row_a, row_b), min(column_a, column_b), max(row_a, row_b), max(column_a, column_b)),
            )  # fmt: skip
            self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._start is not None and event.button() == Qt.MouseButton.LeftButton:
            self.mouseMoveEvent(event)
            self._start = None
            self.drawn.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        zoom, left, top = self._place()
        whole = QRectF(left, top, zoom * self._image.width(), zoom * self._image.height())
        with painting(self) as painter:
            painter.drawImage(whole, self._image)
            if self.boxes:
                painter.fillRect(whole, _DIMMED)
            for row0, column0, row1, column1 in self.boxes:
                box = QRectF(column0, row0, column1 - column0 + 1, row1 - row0 + 1)
                target = QRectF(left + zoom * box.x(), top + zoom * box.y(), zoom * box.width(), zoom * box.height())
                painter.drawImage(target, self._image, box)
                painter.setPen(QPen(_EDGE, 2))
                painter.drawRect(target)
