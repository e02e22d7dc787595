"""From decoded samples to what is shown: grey and palette tables, and YBR_FULL to RGB (DICOM PS3.3
C.7.6.3.1.2).

Greys stay two-dimensional. Arithmetic is integer and rounds to nearest, as the standard's formulas are
read by other software; the tests compare it with pydicom and DCMTK.
"""
from __future__ import annotations

import numpy as np

from dicom_io.decoding.pixels import PixelFormat, Samples, Shown

_OFFSETS = np.arange(256, dtype=np.float64) - 128
_RED_OF_CR = np.floor(1.402 * _OFFSETS + 0.5).astype(np.int16)
_BLUE_OF_CB = np.floor(1.772 * _OFFSETS + 0.5).astype(np.int16)
_SCALE = 1 << 20
_GREEN_OF_CB = np.round(-0.114 * 1.772 / 0.587 * _OFFSETS * _SCALE).astype(np.int32)
_GREEN_OF_CR = np.round(-0.299 * 1.402 / 0.587 * _OFFSETS * _SCALE).astype(np.int32) + _SCALE // 2


def shown(samples: Samples, form: PixelFormat) -> Shown:
    """What is shown for decoded samples (rows, columns) or (rows, columns, 3) in the file's own colour space.

    Samples that are shown as they are come back unchanged, without a copy.
    """
    if form.table is not None:
        mask = (1 << form.bits_stored) - 1
        return form.table[samples if form.bits_stored == form.bits_allocated else samples & mask]
    if form.photometric in ("YBR_FULL", "YBR_FULL_422"):
        return rgb_of_ybr(samples)
    return samples


def rgb_of_ybr(ybr: Samples) -> Shown:
    """RGB of full-range YCbCr, both (rows, columns, 3) uint8."""
    luma, cb, cr = ybr[..., 0].astype(np.int16), ybr[..., 1], ybr[..., 2]
    rgb = np.empty(ybr.shape, dtype=np.int16)
    np.add(luma, _RED_OF_CR[cr], out=rgb[..., 0])
    np.add(luma, ((_GREEN_OF_CB[cb] + _GREEN_OF_CR[cr]) >> 20).astype(np.int16), out=rgb[..., 1])
    np.add(luma, _BLUE_OF_CB[cb], out=rgb[..., 2])
    return np.clip(rgb, 0, 255, out=rgb).astype(np.uint8)
