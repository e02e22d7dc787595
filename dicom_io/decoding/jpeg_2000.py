"""JPEG 2000 (ISO 15444-1), as a bare codestream or in a JP2 box.

A codestream that used a component transform (YBR_RCT, YBR_ICT) comes out of the decoder as RGB; one that
did not holds the data set's own colour space.
"""
from __future__ import annotations

import struct
from dataclasses import dataclass

import imagecodecs

from dicom_io.decoding.jpeg import checked_samples
from dicom_io.decoding.pixels import PixelFormat, Samples
from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, RejectCode

_START = b"\xff\x4f\xff\x51"
_MAX_TILES = 4096


@dataclass(frozen=True)
class CodestreamHeader:
    """The SIZ marker, and whether COD asks for a component transform."""

    rows: int
    columns: int
    precisions: tuple[int, ...]
    transformed: bool


def codestream_header(coded: Buffer) -> CodestreamHeader:
    """The main header of one codestream. Raises `NotReadable`."""
    start = bytes(coded[: 64 * 1024]).find(_START)
    if start < 0 or (start > 0 and bytes(coded[4:8]) != b"jP  "):
        raise NotReadable(RejectCode.UNDECODABLE)
    try:
        x1, y1, x0, y0, tile_x, tile_y = struct.unpack_from(">6L", coded, start + 8)
        (count,) = struct.unpack_from(">H", coded, start + 40)
        if not 1 <= count <= 4 or not tile_x or not tile_y:
            raise NotReadable(RejectCode.PIXEL_FORMAT)
        components = [struct.unpack_from(">BBB", coded, start + 42 + 3 * number) for number in range(count)]
    except struct.error as wrong:
        raise NotReadable(RejectCode.UNDECODABLE) from wrong
    tiles = -(-x1 // tile_x) * -(-y1 // tile_y)
    if tiles > _MAX_TILES or any(parts[1:] != (1, 1) or parts[0] & 0x80 for parts in components):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    precisions = tuple((parts[0] & 0x7F) + 1 for parts in components)
    return CodestreamHeader(y1 - y0, x1 - x0, precisions, _transformed(coded, start + 2))


def _transformed(coded: Buffer, position: int) -> bool:
    """Whether COD (FF52) sets the multiple component transform; walks the main header's segments."""
    for _ in range(256):
        if position + 4 > len(coded):
            break
        marker, length = struct.unpack_from(">HH", coded, position)
        if marker == 0xFF52 and position + 9 <= len(coded):
            return bool(coded[position + 8])
        if marker in (0xFF90, 0xFFD9) or length < 2:
            break
        position += 2 + length
    return False


def jpeg_2000_samples(coded: Buffer, form: PixelFormat) -> tuple[Samples, bool]:
    """Samples of one JPEG 2000 frame, and whether they are already RGB. Raises `NotReadable`."""
    header = codestream_header(coded)
    if (header.rows, header.columns, len(header.precisions)) != (form.rows, form.columns, form.samples):
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if any((precision > 8) != (form.bits_allocated > 8) for precision in header.precisions):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    try:
        samples = imagecodecs.jpeg2k_decode(bytes(coded))
    except (RuntimeError, ValueError, TypeError) as wrong:
        raise NotReadable(RejectCode.UNDECODABLE) from wrong
    return checked_samples(samples, form), form.samples == 3 and header.transformed
