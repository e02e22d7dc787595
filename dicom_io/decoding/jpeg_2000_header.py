"""What a JPEG 2000 codestream (ISO 15444-1) says of itself, read strictly and counted before a decoder sees it.

The size in the header bounds the picture but not the work: a few hundred bytes can ask a decoder for millions
of code blocks, precincts or layers, and for gigabytes of tables. So the blocks and packets that a stream
declares are counted here, in the main header and in every tile part, and a stream that spells them in a way
that cannot be counted is refused. No sample is decoded.
"""
from __future__ import annotations

import struct
from dataclasses import dataclass

from dicom_io.elements import Buffer
from dicom_io.errors import NotReadable, RejectCode

_START = b"\xff\x4f\xff\x51"
_JP2_SIGNATURE = b"\0\0\0\x0cjP  "
_MAX_BOXES = 64
_MAX_SEGMENTS = 256
_MAX_TILES = 4096
_MAX_TILE_PARTS = 8192
_MAX_BLOCKS = 250_000
"""A 16-megapixel colour picture in blocks of 32 x 32 has 49,000; the decoder takes about 0.5 kB for each."""
_MAX_PACKETS = 1_000_000
_SIZ, _COD, _COC, _SOT, _SOD, _EOC = 0xFF51, 0xFF52, 0xFF53, 0xFF90, 0xFF93, 0xFFD9
_CAP, _HIGH_THROUGHPUT = 0xFF50, 0x00020000
"""The marker of later parts of the standard; what it says of part 15, whose blocks and packets COD counts as well."""
_UNCOUNTED = frozenset((0xFF5F, 0xFF60, 0xFF61))
"""POC, PPM, PPT: other packets than COD and COC count."""


@dataclass(frozen=True)
class CodestreamHeader:
    """The SIZ marker; from COD whether there is a component transform, and how often the picture is halved."""

    rows: int
    columns: int
    precisions: tuple[int, ...]
    transformed: bool
    halvings: int


@dataclass(frozen=True)
class _Coding:
    """COD: decomposition `levels`, and the exponents of the code blocks and precincts of each resolution."""

    layers: int
    transformed: bool
    levels: int
    block: tuple[int, int]
    precincts: tuple[tuple[int, int], ...]


def codestream_of(coded: Buffer) -> Buffer:
    """The bare codestream of a frame, out of its JP2 boxes where it has them. Raises `NotReadable` ("undecodable").

    A decoder that is given this, not the boxes, reads the very header that was checked.
    """
    if bytes(coded[:8]) != _JP2_SIGNATURE:
        return coded
    position = 0
    for _ in range(_MAX_BOXES):
        if position + 8 > len(coded):
            break
        length, kind = struct.unpack_from(">L4s", coded, position)
        head = 8
        if length == 1 and position + 16 <= len(coded):
            (length,), head = struct.unpack_from(">Q", coded, position + 8), 16
        end = len(coded) if length == 0 else position + length
        if kind == b"jp2c":
            return coded[position + head : end]
        if length < head:
            break
        position = end
    raise NotReadable(RejectCode.UNDECODABLE)


def codestream_header(codestream: Buffer) -> CodestreamHeader:
    """The main header of a bare codestream whose tile parts were looked through too.

    Raises `NotReadable`: "undecodable" where it is broken, "pixel_format" where it asks for what no ultrasound needs.
    """
    if bytes(codestream[:4]) != _START:
        raise NotReadable(RejectCode.UNDECODABLE)
    try:
        x1, y1, x0, y0, tile_x, tile_y = struct.unpack_from(">6L", codestream, 8)
        (count,) = struct.unpack_from(">H", codestream, 40)
        if not 1 <= count <= 4 or not tile_x or not tile_y:
            raise NotReadable(RejectCode.PIXEL_FORMAT)
        components = [struct.unpack_from(">BBB", codestream, 42 + 3 * number) for number in range(count)]
        coding, others, position = _main_header(codestream)
        others |= _codings_of_tiles(codestream, position, coding)
    except (struct.error, IndexError) as wrong:
        raise NotReadable(RejectCode.UNDECODABLE) from wrong
    tiles = -(-x1 // tile_x) * -(-y1 // tile_y)
    if tiles > _MAX_TILES or any(parts[1:] != (1, 1) or parts[0] & 0x80 for parts in components):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    for one in {coding, *others}:
        # As if all of the picture were coded so: a stream says it of single components, or tiles, at most.
        _check_work(one, min(x1 - x0, tile_x), min(y1 - y0, tile_y), tiles * count)
    precisions = tuple((parts[0] & 0x7F) + 1 for parts in components)
    halvings = min(one.levels for one in {coding, *others})
    return CodestreamHeader(y1 - y0, x1 - x0, precisions, coding.transformed, halvings)


def _main_header(codestream: Buffer) -> tuple[_Coding, set[_Coding], int]:
    """COD, the codings that COC gives single components, and where the first tile part starts."""
    position, coding = 2, None
    others = set[_Coding]()
    for _ in range(_MAX_SEGMENTS):
        marker, length = struct.unpack_from(">HH", codestream, position)
        if marker == _SOT and coding is not None:
            return coding, others, position
        twice = (marker == _COD and coding is not None) or (marker == _SIZ) != (position == 2)
        if length < 2 or marker < 0xFF01 or twice:
            raise NotReadable(RejectCode.UNDECODABLE)
        later_part = marker == _CAP and struct.unpack_from(">L", codestream, position + 4) != (_HIGH_THROUGHPUT,)
        if marker in _UNCOUNTED or later_part:
            raise NotReadable(RejectCode.PIXEL_FORMAT)
        if marker == _COD:
            coding = _coding(bytes(codestream[position + 4 : position + 2 + length]))
        if marker == _COC:
            others.add(_coding_of_component(bytes(codestream[position + 4 : position + 2 + length]), coding))
        position += 2 + length
    raise NotReadable(RejectCode.UNDECODABLE)


def _coding(segment: bytes) -> _Coding:
    style, _, layers, transform = struct.unpack_from(">BBHB", segment)
    return _resolutions(style, layers, bool(transform), segment[5:])


def _coding_of_component(segment: bytes, of_all: _Coding | None) -> _Coding:
    """COC: one component's own resolutions; the layers are those of COD, which stands before it."""
    if of_all is None:
        raise NotReadable(RejectCode.UNDECODABLE)
    _, style = struct.unpack_from(">BB", segment)
    return _resolutions(style, of_all.layers, of_all.transformed, segment[2:])


def _resolutions(style: int, layers: int, transformed: bool, segment: bytes) -> _Coding:
    levels, width, height = struct.unpack_from(">BBB", segment)
    block = ((width & 0x0F) + 2, (height & 0x0F) + 2)
    if levels > 32 or not layers or max(block) > 10 or sum(block) > 12:
        raise NotReadable(RejectCode.UNDECODABLE)
    sizes = segment[5 : 6 + levels] if style & 1 else b"\xff" * (levels + 1)
    precincts = tuple((size & 0x0F, size >> 4) for size in sizes)
    if len(precincts) != levels + 1:
        raise NotReadable(RejectCode.UNDECODABLE)
    return _Coding(layers, transformed, levels, block, precincts)


def _check_work(coding: _Coding, width: int, height: int, tile_components: int) -> None:
    """Count what the decoder will build for tiles of this size; a stream that asks for too much is refused."""
    blocks = packets = 0
    for resolution, (wide, high) in enumerate(coding.precincts):
        step = coding.levels - resolution
        columns, rows = (width >> step) + 1, (height >> step) + 1
        precincts = _pieces(columns, wide) * _pieces(rows, high)
        inner = 0 if resolution == 0 else 1  # the bands of a higher resolution are half as large as it is
        block = (min(coding.block[0], max(wide - inner, 0)), min(coding.block[1], max(high - inner, 0)))
        blocks += precincts + _pieces(columns, block[0]) * _pieces(rows, block[1])
        packets += precincts * coding.layers
    if blocks * tile_components > _MAX_BLOCKS or packets * tile_components > _MAX_PACKETS:
        raise NotReadable(RejectCode.PIXEL_FORMAT)


def _pieces(length: int, exponent: int) -> int:
    """How many pieces of 2**exponent cover a length, wherever their grid starts."""
    return (length >> exponent) + 1


def _codings_of_tiles(codestream: Buffer, position: int, coding: _Coding) -> set[_Coding]:
    """The codings that tile parts give single components; each part must end where the next one, or the end, stands."""
    found = set[_Coding]()
    for _ in range(_MAX_TILE_PARTS):
        if position + 2 > len(codestream) or struct.unpack_from(">H", codestream, position) == (_EOC,):
            return found
        marker, _, _, length = struct.unpack_from(">HHHL", codestream, position)
        if marker != _SOT:
            raise NotReadable(RejectCode.UNDECODABLE)
        found |= _codings_of_tile(codestream, position + 12, coding)
        if length == 0:
            return found
        if length < 14:
            raise NotReadable(RejectCode.UNDECODABLE)
        position += length
    raise NotReadable(RejectCode.PIXEL_FORMAT)


def _codings_of_tile(codestream: Buffer, position: int, coding: _Coding) -> set[_Coding]:
    """What COC says in one tile part's header (older OpenJPEG writes one each); a COD of its own is refused."""
    found = set[_Coding]()
    for _ in range(_MAX_SEGMENTS):
        (marker,) = struct.unpack_from(">H", codestream, position)
        if marker == _SOD:
            return found
        (length,) = struct.unpack_from(">H", codestream, position + 2)
        if marker in (_COD, _CAP) or marker in _UNCOUNTED:
            raise NotReadable(RejectCode.PIXEL_FORMAT)
        if length < 2 or marker < 0xFF01:
            raise NotReadable(RejectCode.UNDECODABLE)
        if marker == _COC:
            found.add(_coding_of_component(bytes(codestream[position + 4 : position + 2 + length]), coding))
        position += 2 + length
    raise NotReadable(RejectCode.UNDECODABLE)
