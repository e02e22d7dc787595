"""Lines of a Shapes layer over an ultrasound layer, in millimetres, or why not. No Qt; nothing is changed.

A line counts where its ends lie on the picture, however the two layers are scaled, moved or turned in napari: both
ends go through the world into the picture's own pixels, and there the rules of `dicom_io.line_scale` hold.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotate.readout import BY_HAND, millimetres
from annotate.uncertainty import HALF_PIXEL, measured_length
from dicom_io.calibration import Point
from dicom_io.errors import MeasurementRefused
from dicom_io.line_scale import scale_between
from injection_log_napari.in_napari.layer import PICTURE, CalibratedLayer

FRAME_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Measured:
    """A line's length in micrometres; `length` in words with its reading error, `source` where the scale is from."""

    length_um: int
    length: str
    source: str


@dataclass(frozen=True)
class NotMeasured:
    """Why this line has no length."""

    why: str


Reading = Measured | NotMeasured


def picture_of(layer: Any) -> CalibratedLayer | None:
    """The calibrated picture that a layer shows, None where it is not one that this reader opened."""
    found = layer.metadata.get(PICTURE)
    return found if isinstance(found, CalibratedLayer) else None


def readings(lines: Any, picture: Any) -> list[Reading]:
    """One reading for each shape of a Shapes layer, in its order, on an image layer that `picture_of` knows."""
    doubt = _doubt(lines, picture)
    return [
        NotMeasured(doubt) if doubt else _reading(kind, np.asarray(ends, float), lines, picture)
        for kind, ends in zip(lines.shape_type, lines.data, strict=True)
    ]


def _doubt(lines: Any, picture: Any) -> str:
    """What stands in the way of every line of the layer; "" where nothing does."""
    shown = picture_of(picture)
    if shown is None:
        return "This layer is no ultrasound picture that injection-log opened; choose one."
    columns_end = -1 if picture.rgb else None
    if tuple(picture.data.shape[:columns_end][-2:]) != (shown.rows, shown.columns):
        return "The picture in this layer was cropped or resized, so its scale says nothing; open the file again."
    for mine, its in zip(lines.units[-2:], picture.units[-2:], strict=True):
        if mine != its and mine.dimensionality == its.dimensionality:
            return "The lines are in other units than the picture; draw them in a new layer made with the button below."
    return ""


def _reading(kind: str, ends: Any, lines: Any, picture: Any) -> Reading:
    if kind != "line":
        return NotMeasured(f"This shape is a {kind}; only lines are measured.")
    if ends.shape[1] > 2 and np.any(np.abs(ends[0, :-2] - ends[1, :-2]) > FRAME_TOLERANCE):
        return NotMeasured("The ends lie on two frames; draw the line on one.")
    shown = picture.metadata[PICTURE]
    a, b = (_on_picture(end, lines, picture) for end in ends)
    try:
        scale = scale_between(shown, a, b, shown.by_hand)
    except MeasurementRefused as refused:
        return NotMeasured(refused.why)
    length_um = round(scale.length_mm(a, b) * 1000)
    error_um = measured_length(length_um, (a, b), scale, HALF_PIXEL).error_um
    words = millimetres(length_um, error_um)
    return Measured(length_um, f"{words}; {BY_HAND}" if scale.is_by_hand else words, scale.source)


def _on_picture(end: Any, lines: Any, picture: Any) -> Point:
    """An end of a line in the picture's pixels."""
    world = np.asarray(lines.data_to_world(tuple(end)), float)
    missing = picture.ndim - len(world)
    place = picture.world_to_data((*(0.0,) * max(missing, 0), *world))
    return Point(float(place[-2]), float(place[-1]))


def frame_of(ends: Any) -> str:
    """The frame that a line was drawn on, as napari's slider counts; "all" for a line that shows on every frame."""
    return "all" if len(ends[0]) < 3 else str(round(float(ends[0][-3])))
