"""From decoded samples to what is shown: grey and palette tables, and YBR to RGB (DICOM PS3.3
C.7.6.3.1.2).

Greys stay two-dimensional. Arithmetic is integer and rounds to nearest, as the standard's formulas are
read by other software; the tests compare it with pydicom and DCMTK.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from dicom_io.decoding.pixels import PixelFormat, Samples, Shown

_OFFSETS = np.arange(256) - 128
_BAND_ROWS = 32
"""Rows converted at a time: what lies between stays in the processor's cache and needs no fresh memory."""


@dataclass(frozen=True, eq=False)
class Conversion:
    """What Cr adds to red, Cb to blue, and both take from green, by their stored value.

    The two of green are scaled by 2**`bits`, and half a level is in one of them for rounding.
    """

    red_of_cr: npt.NDArray[np.int16]
    blue_of_cb: npt.NDArray[np.int16]
    green_of_cb: npt.NDArray[np.int32]
    green_of_cr: npt.NDArray[np.int32]
    bits: int


def _conversion(red: float, blue: float, green: tuple[float, float], bits: int) -> Conversion:
    half = 1 << (bits - 1)
    of = [np.floor(factor * (1 << bits) + 0.5).astype(np.int64) * _OFFSETS for factor in (red, blue, *green)]
    return Conversion(
        red_of_cr=((of[0] + half) >> bits).astype(np.int16),
        blue_of_cb=((of[1] + half) >> bits).astype(np.int16),
        green_of_cb=(-of[2]).astype(np.int32),
        green_of_cr=(half - of[3]).astype(np.int32),
        bits=bits,
    )


AS_THE_STANDARD = _conversion(1.402, 1.772, (0.114 * 1.772 / 0.587, 0.299 * 1.402 / 0.587), 22)
AS_JPEG_LIBRARIES = _conversion(1.402, 1.772, (0.34414, 0.71414), 16)
"""Factors rounded as the Independent JPEG Group's library does, whose word counts for every JPEG: one level
beside the standard's in about one colour of two thousand."""
_PARTIAL_TO_RGB = np.array([[1.1644, 0.0, 1.5960], [1.1644, -0.3917, -0.8130], [1.1644, 2.0173, 0.0]], np.float32)
"""The inverse of the retired standard's formula: luma 16 to 235, chroma 16 to 240."""
_PARTIAL_BLACK = np.array([16, 128, 128], np.float32)


def shown(samples: Samples, form: PixelFormat) -> Shown:
    """What is shown for decoded samples (rows, columns) or (rows, columns, 3) in the file's own colour space.

    Samples that are shown as they are come back unchanged, without a copy.
    """
    if form.table is not None:
        return _looked_up(samples, form, form.table)
    if form.photometric in ("YBR_FULL", "YBR_FULL_422"):
        return rgb_of_ybr(samples)
    if form.photometric == "YBR_PARTIAL_422":
        return _rgb_of_partial_ybr(samples)
    return samples


def rgb_of_ybr(ybr: Samples, conversion: Conversion = AS_THE_STANDARD) -> Shown:
    """RGB of full-range YCbCr, both (rows, columns, 3) uint8."""
    rgb = np.empty(ybr.shape, dtype=np.uint8)
    for top in range(0, len(ybr), _BAND_ROWS):
        band = slice(top, top + _BAND_ROWS)
        rgb[band] = _rgb_band(np.ascontiguousarray(ybr[band]), conversion)
    return rgb


def _rgb_band(ybr: Samples, conversion: Conversion) -> Shown:
    """OpenCV's tables and saturating sums: a fraction of numpy's time, and other threads may run meanwhile."""
    luma, cb, cr = cv2.split(ybr)
    green = cv2.add(cv2.LUT(cb, conversion.green_of_cb), cv2.LUT(cr, conversion.green_of_cr)) >> conversion.bits
    red = cv2.add(luma, cv2.LUT(cr, conversion.red_of_cr), dtype=cv2.CV_8U)
    blue = cv2.add(luma, cv2.LUT(cb, conversion.blue_of_cb), dtype=cv2.CV_8U)
    middle = cv2.add(luma, green.astype(np.int16), dtype=cv2.CV_8U)
    return np.asarray(cv2.merge([red, middle, blue]), dtype=np.uint8)


def _looked_up(samples: Samples, form: PixelFormat, table: Shown) -> Shown:
    if form.bits_stored < form.bits_allocated:
        samples = samples & ((1 << form.bits_stored) - 1)
    if samples.dtype != np.uint8 or len(table) != 256:
        return table[samples]
    if table.ndim == 1:
        return np.asarray(cv2.LUT(samples, table), dtype=np.uint8)
    return np.asarray(cv2.merge([cv2.LUT(samples, channel.copy()) for channel in table.T]), dtype=np.uint8)


def _rgb_of_partial_ybr(ybr: Samples) -> Shown:
    """RGB of studio-range YCbCr, both (rows, columns, 3) uint8."""
    rgb = (ybr.astype(np.float32) - _PARTIAL_BLACK) @ _PARTIAL_TO_RGB.T
    return np.asarray(np.clip(np.rint(rgb), 0, 255), dtype=np.uint8)
