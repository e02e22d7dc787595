"""Broken ultrasound, made from good one: what a bad disk, a bad writer or somebody hostile does to a file.

`good_files` gives the phantom's picture in every coding, `Mutator` one broken file after the other from one random
number; the same number gives the same files. It knows the format well enough to break it where it matters.
"""
from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import encapsulate

from dicom_io.elements import PIXEL_DATA
from dicom_io.errors import NotReadable
from dicom_io.frames import open_frames
from dicom_io.layout import opened

UID = "1.2.840.10008.1.2"
FRAMES, ROWS, COLUMNS = 5, 48, 66
_VRS = b"AEASATCSDADSDTFDFLISLOLTODOFOLOBOVOWPNSHSLSQSSSTSVTMUCUIULUNURUSUTUV??"
_LENGTHS = (0, 1, 2, 7, 0x7F, 0xFF, 0xFFFE, 0xFFFF, 0x10000, 2**24, 2**31 - 1, 2**31, 0xFFFFFFFE, 0xFFFFFFFF)
_TAGS = (0x7FE00010, 0x00280010, 0x00280008, 0x00186011, 0x00080018, 0x00281101, 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD)
_WEIGHTS = (5, 1, 1, 2, 3, 1, 3, 1, 14, 1)
"""Of the ways in `Mutator`, in their order: what breaks a file at once is tried less often."""
_CODESTREAM_MARKERS = bytes((*range(0x4F, 0x65), *range(0x90, 0x95), *range(0xC0, 0xFF)))


@dataclass(frozen=True)
class Seed:
    """A good file, and where its elements lie: (start of the tag, start of the value, end)."""

    name: str
    content: bytes
    elements: tuple[tuple[int, int, int], ...]
    fragments: tuple[tuple[int, int], ...]
    data_set_start: int
    deflated: bool


def good_files(phantom: Path, folder: Path) -> list[Path]:
    """A few frames of the phantom in each coding that is read, with their header as the phantom writes it."""
    with open_frames(phantom) as source:
        picture = np.array(source.frame(0))
    parts = [picture[90 + 60 * n : 90 + 60 * n + ROWS, 200 : 200 + COLUMNS] for n in range(FRAMES)]
    colours = np.stack([part if part.ndim == 3 else np.stack([part] * 3, -1) for part in parts])
    return [_written(phantom, folder / f"{name}.dcm", form, colours) for name, form in _FORMS.items()]


def seeds(phantom: Path, folder: Path) -> list[Seed]:
    """The good files of the phantom as seeds."""
    return [seed_of(path) for path in good_files(phantom, folder)]


def seed_of(path: Path) -> Seed:
    """A file as a seed. Raises `NotReadable` where it has no structure."""
    with opened(path) as layout:
        deflated, start = layout.syntax.deflated, layout.data_set_start
        content = bytes(layout.file[:start]) + bytes(layout.buffer) if deflated else bytes(layout.file)
        shift = start if deflated else 0
        elements = []
        for one in layout.elements.values():
            head = 8 if one.vr == "" or one.vr not in ("OB", "OW", "SQ", "UN", "UT", "OF", "UC", "UR") else 12
            elements.append((one.value - head + shift, one.value + shift, one.end + shift))
        pixels = layout.elements.get(PIXEL_DATA)
        return Seed(path.stem, content, tuple(elements), (pixels and pixels.fragments) or (), start, deflated)


def corpus_seeds(folder: Path, most_bytes: int = 700_000) -> list[Seed]:
    """The smaller real and broken files of the corpus, as far as they have a structure at all."""
    found = []
    for path in sorted(folder.glob("*/*.dcm")):
        if path.stat().st_size <= most_bytes:
            try:
                found.append(seed_of(path))
            except NotReadable:
                continue
    return found


class Mutator:
    """One broken file after the other. `number` of a mutant and the seed of the run give its bytes again."""

    def __init__(self, seeds: list[Seed], run: int) -> None:
        self._seeds, self._run = seeds, run
        self._ways: dict[str, Callable[[bytearray, Seed, random.Random], None]] = {
            "bits": _bits, "bytes": _bytes, "cut": _cut, "length": _length, "tag or VR": _tag_or_vr,
            "nesting": _nesting, "fragment": _fragment, "twice": _twice, "codestream": _codestream,
            "splice": self._splice,
        }  # fmt: skip

    def mutant(self, number: int) -> tuple[str, bytes]:
        """What was done to which file, and the broken file."""
        chance = random.Random(f"{self._run}/{number}")
        seed = chance.choice(self._seeds)
        data, done = bytearray(seed.content), []
        for _ in range(chance.choice((1, 1, 1, 1, 2, 3, 8))):
            (way,) = chance.choices(list(self._ways), _WEIGHTS)
            self._ways[way](data, seed, chance)
            done.append(way)
        head, body = bytes(data[: seed.data_set_start]), bytes(data[seed.data_set_start :])
        if seed.deflated:
            squeezer = zlib.compressobj(1, wbits=-15)
            body = squeezer.compress(body) + squeezer.flush()
            if chance.random() < 0.3:
                body = _broken_bits(body, chance)
        return f"{seed.name}: {', '.join(done)}", head + body

    def _splice(self, data: bytearray, seed: Seed, chance: random.Random) -> None:
        other = chance.choice(self._seeds)
        if other.elements:
            begin, _, end = chance.choice(other.elements)
            place = _element(seed, chance)[0]
            data[place:place] = other.content[begin : min(end, begin + 20_000)]


def _element(seed: Seed, chance: random.Random) -> tuple[int, int, int]:
    return chance.choice(seed.elements) if seed.elements else (seed.data_set_start, seed.data_set_start, 200)


def _place(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(min(132, max(len(data) - 1, 0)), max(len(data), 133))


def _bits(data: bytearray, seed: Seed, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 4, 32))):
        place = _place(data, chance)
        if place < len(data):
            data[place] ^= 1 << chance.randrange(8)


def _broken_bits(body: bytes, chance: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(chance.choice((1, 4))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _bytes(data: bytearray, seed: Seed, chance: random.Random) -> None:
    place, count = _place(data, chance), chance.choice((1, 2, 4, 16, 200))
    filler = chance.choice((b"\0" * count, b"\xff" * count, chance.randbytes(count)))
    data[place : place + chance.choice((0, count))] = filler


def _cut(data: bytearray, seed: Seed, chance: random.Random) -> None:
    place = _place(data, chance)
    end = chance.choice((len(data), place + chance.choice((1, 2, 8, 300))))
    del data[place:end]


def _length(data: bytearray, seed: Seed, chance: random.Random) -> None:
    start, value, end = _element(seed, chance)
    offset, width = chance.choice((value - 4, value - 2, start + 4)), chance.choice(("<H", "<L", ">L"))
    length = chance.choice((*_LENGTHS, end - value + 1, end - value - 1, end - value + 2, 2 * (end - value)))
    if offset >= 0 and offset + struct.calcsize(width) <= len(data):
        struct.pack_into(width, data, offset, max(length, 0) & (0xFFFF if width == "<H" else 0xFFFFFFFF))


def _tag_or_vr(data: bytearray, seed: Seed, chance: random.Random) -> None:
    start, value, end = _element(seed, chance)
    kind = chance.randrange(4)
    if kind == 0:
        at = 2 * chance.randrange(len(_VRS) // 2)
        data[start + 4 : start + 6] = _VRS[at : at + 2]
    elif kind == 1:
        tag = chance.choice(_TAGS)
        data[start : start + 4] = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    elif kind == 2:
        other = _element(seed, chance)
        data[start : start + 4], data[other[0] : other[0] + 4] = data[other[0] : other[0] + 4], data[start : start + 4]
    else:
        hostile = (b"../../../../x", b"\0", b"-1", b"1e999", b"\x1b[2J", b"99999999999", b"nan", b"\\" * 99, b"1.2.\n3")
        count = min(end - value, 200)
        data[value : value + count] = chance.choice(hostile).ljust(count, b" ")[: max(count, 0)]


def _nesting(data: bytearray, seed: Seed, chance: random.Random) -> None:
    start, _, end = _element(seed, chance)
    depth = chance.choice((1, 2, 15, 17, 64, 300))
    open_head = b"\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    close = b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
    wrapped = bytes(data[start:end]) if chance.random() < 0.5 and end - start < 5000 else b""
    closing = close * chance.choice((depth, depth, depth - 1, depth + 1, 0))
    data[start:start] = open_head * depth + wrapped + closing


def _fragment(data: bytearray, seed: Seed, chance: random.Random) -> None:
    if not seed.fragments:
        return _length(data, seed, chance)
    offset, length = chance.choice(seed.fragments)
    kind = chance.randrange(7)
    if kind >= 5:
        # Cut short, and honest about its length: only the codestream inside is wrong.
        left = chance.randrange(length + 1) // 2 * 2
        data[offset - 4 : offset] = struct.pack("<L", left)
        del data[offset + left : offset + length]
    elif kind == 0:
        data[offset - 4 : offset] = struct.pack("<L", chance.choice((*_LENGTHS, length + 2, max(length - 2, 0))))
    elif kind == 1:
        del data[offset - 8 : offset + length]
    elif kind == 2:
        data[offset - 8 : offset - 8] = data[offset - 8 : offset + length]
    elif kind == 3:
        cut = chance.randrange(length + 1)
        data[offset + cut : offset + cut] = b"\xfe\xff\x00\xe0" + struct.pack("<L", max(length - cut, 0))
    else:
        other, size = chance.choice(seed.fragments)
        data[offset : offset + length] = data[other : other + size]
    return None


def _codestream(data: bytearray, seed: Seed, chance: random.Random) -> None:
    """Inside one fragment: its markers, its header's numbers, or its packed bytes."""
    if len(seed.fragments) < 2:
        return _bits(data, seed, chance)
    offset, length = chance.choice(seed.fragments[1:])
    reach = chance.choice((min(length, 200), length))
    for _ in range(chance.choice((1, 1, 2, 6))):
        place = offset + chance.randrange(max(reach, 1))
        if place + 4 > len(data):
            continue
        kind = chance.randrange(4)
        if kind == 0:
            data[place] = chance.randrange(256)
        elif kind == 1:
            data[place : place + 2] = bytes((0xFF, chance.choice(_CODESTREAM_MARKERS)))
        elif kind == 2:
            struct.pack_into(">H", data, place, chance.choice((0, 1, 2, 0x7FFF, 0xFFFF, ROWS, COLUMNS, ROWS + 1)))
        else:
            struct.pack_into(">L", data, place, chance.choice((0, 1, ROWS, COLUMNS, 2**16, 2**31, 2**32 - 1)))
    return None


def _twice(data: bytearray, seed: Seed, chance: random.Random) -> None:
    start, _, end = _element(seed, chance)
    again = bytes(data[start : min(end, start + 30_000)])
    data[start:start] = again * chance.choice((1, 1, 3, 200 if len(again) < 100 else 1))


def _by(encode: Callable[..., Any], **options: Any) -> Callable[[np.ndarray], bytes]:
    return lambda frame: bytes(encode(frame, **options))


@dataclass(frozen=True)
class _Form:
    syntax: str
    photometric: str = "RGB"
    encode: Callable[[np.ndarray], bytes] | None = None
    pieces: int = 1
    table: bool = True


_JPEG = _by(imagecodecs.jpeg8_encode, level=90, colorspace="RGB", outcolorspace="YCBCR", subsampling="422")
_FORMS: dict[str, _Form] = {
    "explicit": _Form(f"{UID}.1"),
    "implicit": _Form(UID, "MONOCHROME2"),
    "big endian palette": _Form(f"{UID}.2", "PALETTE COLOR"),
    "palette": _Form(f"{UID}.1", "PALETTE COLOR"),
    "deflated": _Form(f"{UID}.1.99", "MONOCHROME2"),
    "raw 4:2:2": _Form(f"{UID}.1", "YBR_FULL_422"),
    "RLE": _Form(f"{UID}.5"),
    "RLE palette": _Form(f"{UID}.5", "PALETTE COLOR"),
    "JPEG": _Form(f"{UID}.4.50", "YBR_FULL_422", _JPEG),
    "JPEG in pieces": _Form(f"{UID}.4.50", "YBR_FULL_422", _JPEG, pieces=3, table=False),
    "JPEG grey": _Form(f"{UID}.4.50", "MONOCHROME2", _by(imagecodecs.jpeg8_encode, level=90)),
    "JPEG lossless": _Form(f"{UID}.4.70", "RGB", _by(imagecodecs.jpeg8_encode, lossless=True)),
    "JPEG lossless grey": _Form(f"{UID}.4.57", "MONOCHROME2", _by(imagecodecs.jpeg8_encode, lossless=True)),
    "JPEG-LS": _Form(f"{UID}.4.80", "RGB", _by(imagecodecs.jpegls_encode)),
    "JPEG-LS grey": _Form(f"{UID}.4.81", "MONOCHROME2", _by(imagecodecs.jpegls_encode, level=2)),
    "JPEG 2000": _Form(f"{UID}.4.90", "YBR_RCT", _by(imagecodecs.jpeg2k_encode, mct=True, codecformat="j2k")),
    "JPEG 2000 grey": _Form(f"{UID}.4.91", "MONOCHROME2", _by(imagecodecs.jpeg2k_encode, level=40, codecformat="j2k")),
    "JP2 boxes": _Form(f"{UID}.4.90", "RGB", _by(imagecodecs.jpeg2k_encode, codecformat="jp2")),
}


def _written(phantom: Path, path: Path, form: _Form, colours: np.ndarray) -> Path:
    read, image = pydicom.dcmread(phantom), pydicom.Dataset()
    image.update({element.tag: element for element in read})  # none of the raw bytes, which know one byte order only
    image.file_meta = read.file_meta
    grey = form.photometric in ("MONOCHROME2", "PALETTE COLOR")
    frames = np.ascontiguousarray(colours[..., 1]) if grey else colours
    image.NumberOfFrames, image.Rows, image.Columns = FRAMES, ROWS, COLUMNS
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
    image.SamplesPerPixel, image.PhotometricInterpretation = (1 if grey else 3), form.photometric
    image.PlanarConfiguration = 0
    image.file_meta.TransferSyntaxUID = f"{UID}.1"
    if form.photometric == "PALETTE COLOR":
        for colour in ("Red", "Green", "Blue"):
            setattr(image, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
            setattr(image, f"{colour}PaletteColorLookupTableData", (np.arange(256, dtype="<u2") * 257).tobytes())
    pixels = frames[..., ::2, :][..., :2].tobytes() * 2 if form.photometric == "YBR_FULL_422" else frames.tobytes()
    image.PixelData = pixels[: FRAMES * ROWS * COLUMNS * (2 if form.photometric == "YBR_FULL_422" else 3)]
    image["PixelData"].VR = "OB"
    if form.syntax == f"{UID}.5":
        image.compress(form.syntax)
    elif form.encode is not None:
        image.PixelData = _coded([form.encode(frame) for frame in frames], form)
        image["PixelData"].is_undefined_length = True
    image.file_meta.TransferSyntaxUID = form.syntax
    image.save_as(path, enforce_file_format=True)
    return path


def _coded(frames: list[bytes], form: _Form) -> bytes:
    return bytes(encapsulate(frames, fragments_per_frame=form.pieces, has_bot=form.table))
