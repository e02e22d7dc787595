"""Files of a few kilobytes that ask for gigabytes or for hours, made at test time and never stored.

Each is a plain ultrasound file in which one thing is beyond reason; `BOMBS` names them all. Nothing here is
taken from a real file.
"""
from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np

UID = "1.2.840.10008.1.2"
EXPLICIT, DEFLATED, RLE = f"{UID}.1", f"{UID}.1.99", f"{UID}.5"
JPEG, JPEG_LS, JPEG_2000 = f"{UID}.4.50", f"{UID}.4.80", f"{UID}.4.90"
_UNDEFINED = 0xFFFFFFFF
_LONG = (b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC")
_ITEM, _ITEM_END, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0"

_BIG = (4096, 4096)
Write = Callable[[Path], None]


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """One element in explicit VR little endian; `length` where it is to lie."""
    value += b" " * (len(value) % 2) if vr not in _LONG else b""
    count = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    return head + (struct.pack("<HL", 0, count) if vr in _LONG else struct.pack("<H", count)) + value


def start(syntax: str) -> bytes:
    """Preamble and file meta."""
    meta = element(0x00020002, b"UI", b"1.2.840.10008.5.1.4.1.1.3.1") + element(0x00020010, b"UI", syntax.encode())
    return bytes(128) + b"DICM" + element(0x00020000, b"UL", struct.pack("<L", len(meta))) + meta


def header(rows: int = 40, columns: int = 56, *, samples: int = 1, frames: bytes = b"1", more: bytes = b"") -> bytes:
    """The data set up to PixelData; `more` stands where group 0009 belongs."""
    short = struct.Struct("<H").pack
    photometric = b"MONOCHROME2" if samples == 1 else b"RGB"
    return b"".join((
        element(0x00080016, b"UI", b"1.2.840.10008.5.1.4.1.1.3.1"), element(0x00080018, b"UI", b"1.2.3.4"),
        more, element(0x0020000D, b"UI", b"1.2.3.5"), element(0x0020000E, b"UI", b"1.2.3.6"),
        element(0x00280002, b"US", short(samples)), element(0x00280004, b"CS", photometric),
        element(0x00280006, b"US", short(0)), element(0x00280008, b"IS", frames),
        element(0x00280010, b"US", short(rows)), element(0x00280011, b"US", short(columns)),
        *(element(tag, b"US", short(bits)) for tag, bits in ((0x00280100, 8), (0x00280101, 8), (0x00280102, 7))),
        element(0x00280103, b"US", short(0)),
    ))  # fmt: skip


def plain_pixels(rows: int = 40, columns: int = 56) -> bytes:
    """Uncompressed PixelData."""
    return element(0x7FE00010, b"OB", bytes(rows * columns))


def item(value: bytes) -> bytes:
    """One fragment or item of defined length."""
    return _ITEM + struct.pack("<L", len(value)) + value


def encapsulated(*fragments: bytes, table: bytes = b"") -> bytes:
    """Encapsulated PixelData."""
    return element(0x7FE00010, b"OB", item(table) + b"".join(map(item, fragments)) + _END, _UNDEFINED)


def codestream(rows: int, columns: int, samples: int, in_tile: bytes = b"", **asked: int) -> bytes:
    """A JPEG 2000 codestream of a few hundred bytes with any size, layers, block and precinct exponents.

    `in_tile` stands in the header of its only tile part.
    """
    levels, precinct = asked.get("levels", 5), asked.get("precinct")
    tile_rows, tile_columns = asked.get("tile", rows), asked.get("tile", columns)
    size = struct.pack(">HLLLLLLLLH", 0, columns, rows, 0, 0, tile_columns, tile_rows, 0, 0, samples)
    size += b"\x07\x01\x01" * samples
    block = asked.get("block", 4)
    coding = struct.pack(">BBHB", precinct is not None, 0, asked.get("layers", 1), 0)
    coding += bytes((levels, block, block, 0, 1))
    coding += bytes([precinct] * (levels + 1)) if precinct is not None else b""
    segments = ((0x51, size), (0x52, coding), (0x5C, bytes([0x40]) * (3 * levels + 2)))
    main = b"".join(bytes((0xFF, marker)) + struct.pack(">H", len(one) + 2) + one for marker, one in segments)
    tile = b"\xff\x90" + struct.pack(">HHLBB", 10, 0, 214 + len(in_tile), 0, 1) + in_tile + b"\xff\x93" + bytes(200)
    return b"\xff\x4f" + main + tile + b"\xff\xd9"


def boxed(stream: bytes, decoy: bytes = b"") -> bytes:
    """The codestream in JP2 boxes, behind a box that holds `decoy`."""
    boxes = ((b"jP  ", b"\r\n\x87\n"), (b"ftyp", b"jp2 \0\0\0\0jp2 "), (b"free", decoy), (b"jp2c", stream))
    return b"".join(struct.pack(">L", len(one) + 8) + kind + one for kind, one in boxes)


def scans(count: int, rows: int, columns: int) -> bytes:
    """A progressive JPEG of so many scans, a few bytes each."""
    table = bytes([1]) + bytes(15) + b"\0"
    parts = [b"\xff\xd8\xff\xdb\0\x43\0", bytes([1]) * 64, b"\xff\xc2\0\x0b\x08", struct.pack(">HH", rows, columns)]
    parts += [b"\x01\x01\x11\0\xff\xc4\0\x14\0", table, b"\xff\xc4\0\x14\x10", table]
    parts += [b"\xff\xda\0\x08\x01\x01\0\0\0\0", bytes(10)]
    return b"".join(parts) + (b"\xff\xda\0\x08\x01\x01\0\x01\x3f\0" + bytes(4)) * count + b"\xff\xd9"


def _file(syntax: str, *parts: bytes) -> Write:
    return lambda path: _written(path, start(syntax), *parts)


def _written(path: Path, *parts: bytes) -> None:
    with path.open("wb") as file:
        for part in parts:
            file.write(part)


def _deflated(head: Callable[[int], bytes], zeros: int) -> Write:
    """A deflated data set with so many zeros behind its head; one squeezed block is written again and again."""
    block = 2**24

    def write(path: Path) -> None:
        again = _squeezed(bytes(block))
        with path.open("wb") as file:
            file.write(start(DEFLATED) + _squeezed(head(zeros)) + again * (zeros // block) + b"\x03\0")

    return write


def _squeezed(data: bytes) -> bytes:
    """Deflated up to a full flush, so that such pieces can stand behind each other."""
    squeezer = zlib.compressobj(9, wbits=-15)
    return squeezer.compress(data) + squeezer.flush(zlib.Z_FULL_FLUSH)


def _nested(depth: int, *, undefined: bool) -> bytes:
    if undefined:
        head = element(0x00081115, b"SQ", b"", _UNDEFINED) + _ITEM + struct.pack("<L", _UNDEFINED)
        return head * depth + (_ITEM_END + _END) * depth
    inner = b""
    for _ in range(depth):
        inner = element(0x00081115, b"SQ", item(inner))
    return inner


def _sparse(length: int, *parts: bytes) -> Write:
    """A file with a hole of so many bytes in front of its last part."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            for part in parts[:-1]:
                file.write(part)
            file.seek(length, 1)
            file.write(parts[-1])

    return write


def _jpeg(rows: int, columns: int) -> bytes:
    small = bytearray(imagecodecs.jpeg8_encode(np.zeros((40, 56), np.uint8)))
    place = small.index(b"\xff\xc0") + 5
    small[place : place + 4] = struct.pack(">HH", rows, columns)
    return bytes(small)


def _rle(*segments: bytes) -> bytes:
    starts, place = [], 64
    for segment in segments:
        starts.append(place)
        place += len(segment)
    return struct.pack("<16L", len(segments), *starts, *[0] * (15 - len(segments))) + b"".join(segments)


_PIXELS = plain_pixels()
_TINY_JPEG = imagecodecs.jpeg8_encode(np.zeros((40, 56), np.uint8))
_EMPTY_ITEMS = element(0x00081115, b"SQ", b"", _UNDEFINED) + item(b"") * 1_000_000 + _END
_MANY_ELEMENTS = b"".join(
    struct.pack("<HH2sH", 0x0009 + 2 * (number >> 16), number & 0xFFFF, b"LO", 0) for number in range(1_000_000)
)
_REGION = item(element(0x00186012, b"US", b"\x01\0"))
_ENDLESS = 2**31 - 2**20

BOMBS: dict[str, Write] = {
    "deflate: 2 GiB out of 2 MB": _deflated(lambda size: header() + element(0x7FE00010, b"OB", b"", size), 2**31),
    "deflate: a cine just within the bound": _deflated(
        lambda size: header(*_BIG, frames=b"15") + element(0x7FE00010, b"OB", b"", size), 15 * 2**24
    ),
    "deflate: cut short": lambda path: _written(path, start(DEFLATED), b"\xed\xc1\x01\x01\0\0\0\x80"),
    "nested 250 deep": _file(EXPLICIT, header(more=_nested(250, undefined=False)), _PIXELS),
    "nested 10,000 deep, open ended": _file(EXPLICIT, header(more=_nested(10_000, undefined=True)), _PIXELS),
    "a million empty items": _file(EXPLICIT, header(more=_EMPTY_ITEMS), _PIXELS),
    "a million elements": _file(EXPLICIT, header(more=_MANY_ELEMENTS), _PIXELS),
    "ten thousand regions": _file(
        EXPLICIT, header(more=element(0x00186011, b"SQ", _REGION * 9_999)), _PIXELS
    ),
    "a frame time vector of half a million": _file(
        EXPLICIT, header(more=element(0x00181065, b"UT", b"0\\" * 2**19 + b"0")), _PIXELS
    ),
    "2^31 frames": _file(EXPLICIT, header(frames=b"2147483647"), _PIXELS),
    "20,000 frames of 16 megapixels": _file(EXPLICIT, header(*_BIG, frames=b"20000"), _PIXELS),
    "65535 x 65535 declared": _file(EXPLICIT, header(65535, 65535), _PIXELS),
    "JPEG: 65500 x 65500 in the stream": _file(JPEG, header(), encapsulated(_jpeg(65500, 65500))),
    "JPEG: 65500 x 65500 everywhere": _file(JPEG, header(65500, 65500), encapsulated(_jpeg(65500, 65500))),
    "JPEG: a million scans": _file(JPEG, header(*_BIG), encapsulated(scans(1_000_000, *_BIG))),
    "JPEG: fill bytes without end": _sparse(0, start(JPEG), header(), encapsulated(b"\xff\xd8" + b"\xff" * 2**24)),
    "JPEG-LS: 65535 x 65535 in the stream": _file(
        JPEG_LS, header(), encapsulated(b"\xff\xd8\xff\xf7\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0" + bytes(60))
    ),
    "JPEG 2000: 60000 x 60000 in the stream": _file(JPEG_2000, header(), encapsulated(codestream(60000, 60000, 1))),
    "JPEG 2000: the same in JP2 boxes behind a decoy": _file(
        JPEG_2000, header(), encapsulated(boxed(codestream(60000, 60000, 1), codestream(40, 56, 1)))
    ),
    "JPEG 2000: 16 megapixels in 300 bytes": _file(
        JPEG_2000, header(*_BIG, samples=3), encapsulated(codestream(*_BIG, 3))
    ),
    "JPEG 2000: three million code blocks": _file(
        JPEG_2000, header(*_BIG, samples=3), encapsulated(codestream(*_BIG, 3, block=0))
    ),
    "JPEG 2000: three million code blocks, asked for by the tile": _file(
        JPEG_2000, header(*_BIG, samples=3), encapsulated(codestream(*_BIG, 3, b"\xff\x53\0\x09\0\0\x05\0\0\0\x01"))
    ),
    "JPEG 2000: 65535 layers of tiny precincts": _file(
        JPEG_2000, header(*_BIG, samples=3), encapsulated(codestream(*_BIG, 3, layers=65535, precinct=0x11))
    ),
    "JPEG 2000: sixteen million tiles": _file(JPEG_2000, header(*_BIG), encapsulated(codestream(*_BIG, 1, tile=1))),
    "RLE: 900 MB out of 14 MB": _file(
        RLE, header(), encapsulated(_rle(b"\x81\0" * 7_000_000))
    ),
    "RLE: 16 megapixels promised, none there": _file(RLE, header(*_BIG, samples=3), encapsulated(_rle(*[b"\0\0"] * 3))),
    "an offset table of 256 MB": _sparse(
        2**28, start(JPEG), header(), element(0x7FE00010, b"OB", _ITEM + struct.pack("<L", 2**28), _UNDEFINED),
        item(_TINY_JPEG) + _END,
    ),
    "a million fragments": _file(JPEG, header(), encapsulated(*[b""] * 1_000_000)),
    "one frame of 190,000 fragments": _file(JPEG, header(), encapsulated(_TINY_JPEG, *[b"\0\0"] * 190_000)),
    "a private value of 1 GB": _sparse(
        1_000_000_000, start(EXPLICIT), header(), element(0x00091010, b"UN", b"", 1_000_000_000), _PIXELS
    ),
    "a patient's name of 1 GB": _sparse(
        1_000_000_000, start(EXPLICIT), header(),
        element(0x00100010, b"UT", b"", 1_000_000_000), _PIXELS,
    ),
    "one coded frame of 2 GB": _sparse(
        _ENDLESS, start(JPEG), header(),
        element(0x7FE00010, b"OB", item(b"") + _ITEM + struct.pack("<L", _ENDLESS + len(_TINY_JPEG)), _UNDEFINED)
        + _TINY_JPEG, _END,
    ),
}  # fmt: skip
