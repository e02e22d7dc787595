"""JPEG 2000 (ISO 15444-1), as a bare codestream or in a JP2 box.

A codestream that used a component transform (YBR_RCT, YBR_ICT) comes out of the decoder as RGB; one that
did not holds the data set's own colour space.
"""
from __future__ import annotations

import imagecodecs

from dicom_io.decoding.jpeg import checked_samples
from dicom_io.decoding.jpeg_2000_header import CodestreamHeader, codestream_header, codestream_of
from dicom_io.decoding.pixels import PixelFormat, Samples
from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, RejectCode


def jpeg_2000_samples(coded: Buffer, form: PixelFormat) -> tuple[Samples, bool]:
    """Samples of one JPEG 2000 frame, and whether they are already RGB. Raises `NotReadable`."""
    codestream, header = checked_codestream(coded, form)
    try:
        samples = imagecodecs.jpeg2k_decode(bytes(codestream))
    except (RuntimeError, ValueError, TypeError) as wrong:
        raise NotReadable(RejectCode.UNDECODABLE) from wrong
    return checked_samples(samples, form), form.samples == 3 and header.transformed


def checked_codestream(coded: Buffer, form: PixelFormat) -> tuple[Buffer, CodestreamHeader]:
    """The bare codestream of a frame and its header, which agrees with the data set's. Raises `NotReadable`."""
    codestream = codestream_of(coded)
    header = codestream_header(codestream)
    if (header.rows, header.columns, len(header.precisions)) != (form.rows, form.columns, form.samples):
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if any((precision > 8) != (form.bits_allocated > 8) for precision in header.precisions):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    return codestream, header
