"""Uncompressed pixels (DICOM PS3.5 8.1, PS3.3 C.7.6.3.1): a frame as samples, without a copy where none is needed."""
from __future__ import annotations

import cv2
import numpy as np

from dicom_io.decoding.pixels import HALVED_CHROMA, PixelFormat, Samples
from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, RejectCode


def native_samples(coded: Buffer, form: PixelFormat) -> Samples:
    """Samples (rows, columns) or (rows, columns, 3); a read-only view of `coded` where its layout allows."""
    if len(coded) != form.native_frame_bytes:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if form.bits_allocated == 16:
        order = "<u2" if form.little_endian else ">u2"
        return np.frombuffer(coded, dtype=order).reshape(form.rows, form.columns)
    flat = np.frombuffer(coded, dtype=np.uint8)
    if form.photometric in HALVED_CHROMA:
        return _upsampled(flat, form)
    if form.samples == 1:
        return flat.reshape(form.rows, form.columns)
    if form.planar:
        return np.asarray(cv2.merge(list(flat.reshape(3, form.rows, form.columns))), dtype=np.uint8)
    return flat.reshape(form.rows, form.columns, 3)


def _upsampled(flat: Samples, form: PixelFormat) -> Samples:
    """YBR_FULL_422 and YBR_PARTIAL_422 store Y1 Y2 Cb Cr for two pixels side by side; both get the same chroma."""
    if form.columns % 2:
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    pairs = flat.reshape(form.rows, form.columns // 2, 4)
    ybr = np.empty((form.rows, form.columns, 3), dtype=np.uint8)
    ybr[:, 0::2, 0] = pairs[..., 0]
    ybr[:, 1::2, 0] = pairs[..., 1]
    for channel in (1, 2):
        ybr[:, 0::2, channel] = ybr[:, 1::2, channel] = pairs[..., channel + 1]
    return ybr
