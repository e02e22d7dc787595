"""RLE Lossless (DICOM PS3.5 annex G): byte planes packed with PackBits behind a table of 16 numbers."""
from __future__ import annotations

import struct
from itertools import pairwise

import cv2
import imagecodecs
import numpy as np

from dicom_io.decoding.pixels import PixelFormat, Samples
from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, RejectCode

_HEADER_BYTES = 64
_SLACK = 256
"""Some encoders pad a segment; what comes behind the last pixel is dropped."""


def rle_samples(coded: Buffer, form: PixelFormat) -> Samples:
    """Samples (rows, columns) or (rows, columns, 3) of one RLE frame. Raises `NotReadable`."""
    planes = [_plane(segment, form) for segment in rle_segments(coded, form)]
    if form.samples == 3:
        return np.asarray(cv2.merge(planes), dtype=np.uint8)  # a seventh of numpy's time for interleaving
    if form.bits_allocated == 16:
        high, low = planes
        return high.astype(np.uint16) << 8 | low
    return planes[0]


def rle_segments(coded: Buffer, form: PixelFormat) -> list[bytes]:
    """The packed byte planes of one frame, as many as its samples have bytes. Raises `NotReadable`."""
    if len(coded) < _HEADER_BYTES:
        raise NotReadable(RejectCode.UNDECODABLE)
    count, *offsets = struct.unpack_from("<16L", coded)
    if count != form.samples * form.sample_bytes:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    starts = [*offsets[:count], len(coded)]
    if starts[0] != _HEADER_BYTES or any(start >= end for start, end in pairwise(starts)):
        raise NotReadable(RejectCode.UNDECODABLE)
    return [bytes(coded[start:end]) for start, end in pairwise(starts)]


def _plane(segment: bytes, form: PixelFormat) -> Samples:
    pixels = form.rows * form.columns
    try:
        plane = imagecodecs.packbits_decode(segment, out=pixels + _SLACK)
    except (RuntimeError, ValueError) as wrong:
        raise NotReadable(RejectCode.UNDECODABLE) from wrong
    if len(plane) < pixels:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    return np.frombuffer(plane, dtype=np.uint8, count=pixels).reshape(form.rows, form.columns)
