"""JPEG 2000 (ISO 15444-1) and its high-throughput form (ISO 15444-15), as a bare codestream or in a JP2 box.

A codestream that used a component transform (YBR_RCT, YBR_ICT) comes out of the decoder as RGB; one that
did not holds the data set's own colour space. OpenJPEG decodes both forms; the reduced picture comes from
Pillow's OpenJPEG, since imagecodecs does not hand out its resolutions.
"""
from __future__ import annotations

import io
from typing import Any, cast

import imagecodecs
import numpy as np
from PIL import Image

from dicom_io.decoding.jpeg import checked_samples
from dicom_io.decoding.jpeg_2000_header import CodestreamHeader, codestream_header, codestream_of
from dicom_io.decoding.pixels import PixelFormat, Samples
from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, RejectCode

_HALVINGS = 2
"""How often rows and columns are halved for a reduced picture: a seventh of the time at a quarter of the size."""


def jpeg_2000_samples(coded: Buffer, form: PixelFormat) -> tuple[Samples, bool]:
    """Samples of one JPEG 2000 frame, and whether they are already RGB. Raises `NotReadable`."""
    codestream, header = checked_codestream(coded, form)
    try:
        samples = imagecodecs.jpeg2k_decode(bytes(codestream))
    except (RuntimeError, ValueError, TypeError) as wrong:
        raise NotReadable(RejectCode.UNDECODABLE) from wrong
    return checked_samples(samples, form), form.samples == 3 and header.transformed


def reduced_jpeg_2000_samples(coded: Buffer, form: PixelFormat) -> tuple[Samples, bool]:
    """Samples of one 8-bit frame with about a quarter of its rows and columns, and whether they are already RGB.

    Raises `NotReadable`.
    """
    codestream, header = checked_codestream(coded, form)
    try:
        with Image.open(io.BytesIO(codestream), formats=("JPEG2000",)) as picture:
            # The plugin's own attribute, under the name of a method of its base class.
            cast("Any", picture).reduce = min(_HALVINGS, header.halvings)
            samples = np.asarray(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise NotReadable(RejectCode.UNDECODABLE) from wrong
    if samples.dtype != np.uint8 or samples.shape[2:] != form.shown_shape[2:]:
        raise NotReadable(RejectCode.UNDECODABLE)
    return samples, form.samples == 3 and header.transformed


def checked_codestream(coded: Buffer, form: PixelFormat) -> tuple[Buffer, CodestreamHeader]:
    """The bare codestream of a frame and its header, which agrees with the data set's. Raises `NotReadable`."""
    codestream = codestream_of(coded)
    header = codestream_header(codestream)
    if (header.rows, header.columns, len(header.precisions)) != (form.rows, form.columns, form.samples):
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if any((precision > 8) != (form.bits_allocated > 8) for precision in header.precisions):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    return codestream, header
