"""The marks of a picture as a layer of their own: laid over the clean frame it gives exactly the marked picture.

The layer is made of `draw_marked_picture` itself: what that function changed on the enlarged frame is opaque, all else
is clear, and the strip below is opaque too. So marks can be put on and off without a second way to draw them. The
clean frame is enlarged by whoever shows it, each pixel a square.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from annotate.marks import PlacedMark, Side
from annotate.picture import PictureImpossible, Wording, draw_marked_picture, zoom_of
from annotate.strokes import Pixels
from dicom_io.calibration import Scale

# Measured on phantom frames: a layer, mostly clear, is smallest unfiltered; speckle by the difference to its left.
_LAYER_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 6, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
_FRAME_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 3, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB]


@dataclass(frozen=True)
class MarksLayer:
    """`rgba` (rows, columns, 4), uint8; its first `picture_rows` rows lie over the frame, enlarged `zoom` times.

    The rows below them are the strip of words.
    """

    rgba: Pixels
    picture_rows: int
    zoom: int


def draw_marks_layer(
    frame: npt.NDArray[np.uint8],
    marks: Sequence[PlacedMark],
    *,
    side: Side,
    scale_bar: Scale | None,
    wording: Wording,
) -> MarksLayer:
    """The layer for one frame, grey or RGB as `draw_marked_picture` takes it. Raises what that raises."""
    marked = draw_marked_picture(frame, marks, side=side, scale_bar=scale_bar, caption=wording)
    zoom = zoom_of(frame.shape[1])
    clean = np.repeat(frame[..., None], 3, axis=2) if frame.ndim == 2 else frame
    clean = clean.repeat(zoom, axis=0).repeat(zoom, axis=1)
    rows = clean.shape[0]
    alpha = np.full(marked.shape[:2], 255, np.uint8)
    alpha[:rows] = np.any(marked[:rows] != clean, axis=2) * np.uint8(255)
    rgba = np.dstack([marked, alpha])
    rgba[alpha == 0] = 0
    return MarksLayer(rgba, rows, zoom)


def encode_layer(layer: MarksLayer) -> bytes:
    """The layer as a PNG file with transparency; equal layers give equal bytes."""
    written, data = cv2.imencode(".png", np.ascontiguousarray(layer.rgba[..., [2, 1, 0, 3]]), _LAYER_PNG)
    if not written:
        raise PictureImpossible("The marks could not be written as PNG; look at the marked picture itself.")
    return data.tobytes()


def encode_clean(frame: npt.NDArray[np.uint8]) -> bytes:
    """A frame, grey (rows, columns) or RGB, as a PNG file in its own size: nothing is lost, and grey stays small."""
    grey = frame.ndim == 3 and bool(np.all(frame[..., 0] == frame[..., 1]) and np.all(frame[..., 1] == frame[..., 2]))
    plain = frame[..., 0] if grey else frame if frame.ndim == 2 else frame[..., ::-1]
    written, data = cv2.imencode(".png", np.ascontiguousarray(plain), _FRAME_PNG)
    if not written:
        raise PictureImpossible("The frame could not be written as PNG; look at the picture itself.")
    return data.tobytes()
