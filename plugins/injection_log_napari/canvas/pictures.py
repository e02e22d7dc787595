"""Between arrays and Qt images, without loss: grey and RGB uint8. It scales and colours nothing."""
from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from injection_log_napari.canvas.interface import Picture


def image_of(picture: Picture) -> QImage:
    """A Qt image of its own (the array may go) from (rows, columns) grey or (rows, columns, 3) RGB."""
    array = np.ascontiguousarray(picture)
    rows, columns = array.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if array.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(array.data, columns, rows, array.strides[0], kind).copy()


def picture_of(image: QImage) -> Picture:
    """RGB uint8 (height, width, 3) of a Qt image."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(plain.constBits(), dtype=np.uint8)
    rows = flat.reshape(plain.height(), plain.bytesPerLine())[:, : plain.width() * 3]
    return rows.reshape(plain.height(), plain.width(), 3).copy()


def as_rgb(picture: Picture) -> Picture:
    """The same frame as RGB; grey is repeated, so that every clip has one shape of pixel."""
    return np.repeat(picture[:, :, None], 3, axis=2) if picture.ndim == 2 else picture
