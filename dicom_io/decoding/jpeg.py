"""JPEG baseline, extended and lossless (ISO 10918-1) and JPEG-LS (ISO 14495-1): sizes checked, colours
decided.

The colour space of a JPEG is written in up to four places that may contradict each other; `colour_space`
decides and tells the decoder, because decoders that guess show RGB-coded frames without a marker in wrong
colours.
"""
from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import imagecodecs
import numpy as np

from dicom_io.decoding.colour import AS_JPEG_LIBRARIES, rgb_of_ybr
from dicom_io.decoding.pixels import PixelFormat, Samples
from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, RejectCode

_FRAME_MARKERS = frozenset((0xC0, 0xC1, 0xC2, 0xC3, 0xF7))
"""SOF0 to SOF3 and SOF55 (JPEG-LS); the others (hierarchical, arithmetic) are in no DICOM syntax that is decoded."""
_LOSSLESS = frozenset((0xC3,))
_YBR = ("YBR_FULL", "YBR_FULL_422")
_MAX_MARKERS = 4096
_MAX_SCANS = 64
"""A scan may cost the decoder a pass over the whole picture in ten bytes; no scanner writes more than a few."""
_END_OF_IMAGE = b"\xff\xd9"
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))


@dataclass(frozen=True)
class JpegHeader:
    """What stands before the first scan: `components` are (id, horizontal, vertical sampling)."""

    marker: int
    precision: int
    rows: int
    columns: int
    components: tuple[tuple[int, int, int], ...]
    jfif: bool
    adobe_transform: int | None


def jpeg_header(coded: Buffer) -> JpegHeader:
    """The header of one JPEG or JPEG-LS frame. Raises `NotReadable` ("undecodable")."""
    jfif, adobe, position = False, None, 2
    if bytes(coded[:2]) != b"\xff\xd8":
        raise NotReadable(RejectCode.UNDECODABLE)
    for _ in range(_MAX_MARKERS):
        if position + 4 > len(coded) or coded[position] != 0xFF:
            break
        marker = int(coded[position + 1])
        if marker == 0xFF or marker in _ALONE:
            position += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", coded, position + 2)
        segment = bytes(coded[position + 4 : position + 2 + length])
        if marker in _FRAME_MARKERS:
            return _frame(marker, segment, jfif=jfif, adobe=adobe)
        if length < 2 or (0xC5 <= marker <= 0xCF and marker not in (0xC8, 0xCC)) or marker in (0xD9, 0xDA):
            break
        jfif = jfif or (marker == 0xE0 and segment[:5] == b"JFIF\0")
        if marker == 0xEE and segment[:5] == b"Adobe" and len(segment) >= 12:
            adobe = segment[11]
        position += 2 + length
    raise NotReadable(RejectCode.UNDECODABLE)


def _frame(marker: int, segment: bytes, *, jfif: bool, adobe: int | None) -> JpegHeader:
    if len(segment) < 6 or len(segment) < 6 + 3 * segment[5]:
        raise NotReadable(RejectCode.UNDECODABLE)
    precision, rows, columns, count = struct.unpack_from(">BHHB", segment)
    components = tuple(
        (segment[at], segment[at + 1] >> 4, segment[at + 1] & 0x0F) for at in range(6, 6 + 3 * count, 3)
    )
    return JpegHeader(marker, precision, rows, columns, components, jfif, adobe)


def colour_space(header: JpegHeader, photometric: str) -> Literal["RGB", "YCBCR"]:
    """The colour space that a three-component JPEG is coded in.

    A data set that says YBR is believed: other software (DCMTK's default) does so too. One that says RGB
    is often a mislabelled YCbCr stream, so the stream's own words are heard first: component ids "RGB" or
    an Adobe marker with transform 0 confirm RGB; a JFIF marker, an Adobe transform or subsampled chroma
    show YCbCr. No word: RGB.
    """
    if photometric != "RGB":
        return "YCBCR"
    ids = bytes(component[0] for component in header.components)
    if ids.upper() == b"RGB" or header.adobe_transform == 0:
        return "RGB"
    sampling = {component[1:] for component in header.components}
    if header.jfif or header.adobe_transform is not None or len(sampling) > 1:
        return "YCBCR"
    return "RGB"


def jpeg_samples(coded: Buffer, form: PixelFormat, into: Samples | None = None) -> tuple[Samples, bool]:
    """Samples of one JPEG frame, and whether they are already RGB; lossy colours in `into` where it is given.

    Raises `NotReadable`.
    """
    header = checked_jpeg(coded, form)
    if len(header.components) == 1:
        return _decoded(imagecodecs.jpeg8_decode, coded, form), False
    if header.marker in _LOSSLESS:
        # Lossless JPEG keeps the data set's own colour space: no conversion inside the decoder.
        samples = _decoded(imagecodecs.jpeg8_decode, coded, form, colorspace="RGB", outcolorspace="RGB")
        return (rgb_of_ybr(samples, AS_JPEG_LIBRARIES), True) if form.photometric in _YBR else (samples, False)
    space = colour_space(header, form.photometric)
    return _decoded(imagecodecs.jpeg8_decode, coded, form, colorspace=space, outcolorspace="RGB", out=into), True


def jpeg_ls_samples(coded: Buffer, form: PixelFormat) -> Samples:
    """Samples of one JPEG-LS frame, in the data set's own colour space. Raises `NotReadable`."""
    checked_jpeg(coded, form, ls=True)
    # A frame that is cut short lacks its end marker, and the decoder then reads on behind it: it gets one here.
    return _decoded(imagecodecs.jpegls_decode, bytes(coded) + _END_OF_IMAGE * 2, form)


def checked_jpeg(coded: Buffer, form: PixelFormat, *, ls: bool = False) -> JpegHeader:
    """The header of one JPEG or (`ls`) JPEG-LS frame, which agrees with the data set's. Raises `NotReadable`."""
    header = jpeg_header(coded)
    if (header.marker == 0xF7) != ls or _scans(coded) > _MAX_SCANS:
        raise NotReadable(RejectCode.UNDECODABLE)
    declared = (header.rows, header.columns, len(header.components))
    if declared != (form.rows, form.columns, form.samples):
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if header.precision > form.bits_allocated or (header.precision > 8) != (form.bits_allocated > 8):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    return header


def _scans(coded: Buffer) -> int:
    """How many bytes FF DA stand side by side; numpy takes a seventh of the time of `bytes.count`, frame by frame."""
    data = np.frombuffer(coded, np.uint8)
    return int(np.count_nonzero((data[:-1] == 0xFF) & (data[1:] == 0xDA)))


def _decoded(decode: Callable[..., Any], coded: Buffer, form: PixelFormat, **options: Any) -> Samples:
    try:
        samples = decode(coded, **options)
    except (RuntimeError, ValueError, TypeError) as wrong:
        raise NotReadable(RejectCode.UNDECODABLE) from wrong
    return checked_samples(samples, form)


def checked_samples(samples: Any, form: PixelFormat) -> Samples:
    """The decoder's answer where it has the shape and type that the header promised. Raises `NotReadable`."""
    shape = (form.rows, form.columns) if form.samples == 1 else (form.rows, form.columns, 3)
    dtype = np.uint8 if form.bits_allocated == 8 else np.uint16
    if not isinstance(samples, np.ndarray) or samples.shape != shape or samples.dtype != dtype:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    return samples
