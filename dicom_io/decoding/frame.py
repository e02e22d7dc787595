"""One coded frame to what is shown: picks the decoder by transfer syntax and leaves nothing half converted."""
from __future__ import annotations

import cv2
import numpy as np

from dicom_io.decoding.colour import shown
from dicom_io.decoding.jpeg import checked_jpeg, jpeg_ls_samples, jpeg_samples
from dicom_io.decoding.jpeg_2000 import checked_codestream, jpeg_2000_samples, reduced_jpeg_2000_samples
from dicom_io.decoding.native import native_samples
from dicom_io.decoding.pixels import PixelFormat, Shown
from dicom_io.decoding.rle import rle_samples, rle_segments
from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, RejectCode
from dicom_io.transfer_syntaxes import Codec


def shown_frame(coded: Buffer, form: PixelFormat, codec: Codec, into: Shown | None = None) -> Shown:
    """The frame as it is shown: uint8, (rows, columns) for greys, (rows, columns, 3) RGB for colours.

    The result is a view of `coded` where the file holds exactly what is shown; a lossy JPEG may be decoded
    into the array `into`. Raises `NotReadable`, also where memory does not suffice.
    """
    try:
        return _decoded(coded, form, codec, into)
    except MemoryError as wrong:
        raise NotReadable(RejectCode.GAVE_UP) from wrong


def _decoded(coded: Buffer, form: PixelFormat, codec: Codec, into: Shown | None) -> Shown:
    if codec == "native":
        return shown(native_samples(coded, form), form)
    if codec == "rle":
        return shown(rle_samples(coded, form), form)
    if codec == "jpeg_ls":
        return shown(jpeg_ls_samples(coded, form), form)
    if codec == "none":
        raise NotReadable(RejectCode.TRANSFER_SYNTAX)
    if codec == "jpeg_2000":
        samples, already_rgb = jpeg_2000_samples(coded, form)
    else:
        samples, already_rgb = jpeg_samples(coded, form, into)
    return samples if already_rgb else shown(samples, form)


def has_reduced_form(form: PixelFormat, codec: Codec) -> bool:
    """Whether a blurred picture costs much less than the true one: 8-bit JPEG 2000 that needs no palette.

    The mean of two palette indices is no colour; everything else decodes in a few milliseconds.
    """
    return codec == "jpeg_2000" and form.bits_allocated == 8 and form.photometric != "PALETTE COLOR"


def reduced_frame(coded: Buffer, form: PixelFormat, codec: Codec) -> Shown:
    """A blurred picture of the frame in its full shape, where `has_reduced_form`. Raises `NotReadable`."""
    if not has_reduced_form(form, codec):
        return shown_frame(coded, form, codec)
    samples, already_rgb = reduced_jpeg_2000_samples(coded, form)
    small = samples if already_rgb else shown(samples, form)
    large = cv2.resize(np.ascontiguousarray(small), (form.columns, form.rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.uint8)


def check_frame(coded: Buffer, form: PixelFormat, codec: Codec) -> None:
    """Whether a frame says of itself what the header says of it, without decoding it. Raises `NotReadable`.

    The gate asks this of every frame, since it decodes only three of them: what is decoded later, in the
    window's own process, has no other size and asks for no more work than the decoders were tried with.
    """
    if codec == "native" and len(coded) != form.native_frame_bytes:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if codec == "rle":
        rle_segments(coded, form)
    elif codec == "jpeg_2000":
        checked_codestream(coded, form)
    elif codec in ("jpeg", "jpeg_lossless", "jpeg_ls"):
        checked_jpeg(coded, form, ls=codec == "jpeg_ls")
