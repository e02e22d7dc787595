"""Where things lie in a DICOM file: file meta, data set, elements, pixel data; and the values of single
elements.

The file is memory-mapped and never read whole (a deflated data set is inflated within a bound). Values
are converted here, one by one and only when asked for, rather than by `pydicom.dcmread`: that reads
attributes nobody asked for, recurses, and puts patients' values into process-wide warnings. pydicom gives
the dictionary and the character sets; the tests hold every value against it.
"""
from __future__ import annotations

import mmap
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydicom import charset

from dicom_io.elements import PIXEL_DATA, VALUE_REPRESENTATIONS, Buffer, Coding, Element, ElementWalk, items_of
from dicom_io.errors import WITHOUT_MARK, NotReadable, RejectCode
from dicom_io.file_meta import MARK, file_meta
from dicom_io.strange_names import printable
from dicom_io.transfer_syntaxes import TransferSyntax, transfer_syntax

MAX_FILE_BYTES = 2 * 1024**3
"""A longer file than any ultrasound clip (an hour of JPEG cine is below 1 GiB)."""
MAX_INFLATED_BYTES = 256 * 1024**2
"""What a deflated data set may grow to; it is the one coding that has to be held in memory."""
_USUAL_STARTS = (b"\x02\0\0\0", b"\x02\0\x10\0", b"\x08\0\0\0", b"\x08\0\x05\0", b"\x08\0\x08\0", b"\x08\0\x16\0")
"""How a data set begins that was written without its preamble: group 0002 or 0008 and a usual element."""
_INFLATE_STEP = 1024**2
_MAX_VALUE_BYTES = 1024**2
_TEXT_DELIMITERS = set(b"\t\n\f\r\\=^")
"""Where ISO 2022 falls back to the first character set (PS3.5 6.1.2.5.3), names included."""
_SPECIFIC_CHARACTER_SET = 0x00080005
_MEDIA_STORAGE_SOP_INSTANCE_UID = 0x00020003
_TRANSFER_SYNTAX_UID = 0x00020010
_DECIMAL_STRING = re.compile(r"[+-]?(\d{1,32}(\.\d{0,32})?|\.\d{1,32})([eE][+-]?\d{1,3})?")
_NUMBER_FORMATS = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"}


@dataclass(frozen=True)
class Attributes:
    """The elements of one level (a data set or an item) and how to read them."""

    buffer: Buffer
    elements: dict[int, Element]
    coding: Coding

    def raw(self, tag: int) -> bytes:
        """The value's bytes as they lie in the file; b"" where the element is missing or beyond 1 MiB.

        No value that is asked for here is ever that long, and one that is must not be copied into memory.
        """
        element = self.elements.get(tag)
        if element is None or element.end - element.value > _MAX_VALUE_BYTES:
            return b""
        return bytes(self.buffer[element.value : element.end])

    def word(self, tag: int) -> str:
        """A value of printable ASCII (UI, CS, DA, TM), without padding; "" where it is missing or anything else."""
        raw = self.raw(tag)
        word = raw.decode("ascii").strip(" \0") if raw.isascii() else ""
        return word if word.isprintable() else ""

    def numbers(self, tag: int, vr: str) -> tuple[Decimal, ...] | None:
        """The numbers of an element; None where it is missing, empty or holds anything else.

        `vr` is what the dictionary says; a VR in the file goes before it.
        """
        element, raw = self.elements.get(tag), self.raw(tag)
        if element is None or not raw:
            return None
        actual = element.vr if element.vr in _NUMBER_FORMATS or element.vr in ("DS", "IS") else vr
        if actual in _NUMBER_FORMATS:
            return _binary_numbers(raw, self.coding.order + _NUMBER_FORMATS[actual])
        return _texts_as_numbers(raw)

    def number(self, tag: int, vr: str) -> Decimal | None:
        """The single number of an element, else None."""
        found = self.numbers(tag, vr)
        return found[0] if found is not None and len(found) == 1 else None

    def integer(self, tag: int, vr: str) -> int | None:
        """The single whole number of an element, else None."""
        found = self.number(tag, vr)
        if found is None or not found.is_finite() or abs(found) >= 2**63:
            return None
        return int(found) if found == int(found) else None

    def text(self, tag: int) -> str:
        """Words in the file's own character set; what does not fit it or cannot be printed is replaced, no error."""
        raw = self.raw(tag)
        if not raw:
            return ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                encodings = charset.convert_encodings(self.word(_SPECIFIC_CHARACTER_SET).split("\\"))
                words = str(charset.decode_bytes(raw, encodings, _TEXT_DELIMITERS))
            except (LookupError, UnicodeError, ValueError):
                words = raw.decode("latin-1")
        return printable(words.strip(" \0"))

    def items(self, tag: int) -> list[Attributes]:
        """The items of a sequence, [] where it is missing or is none."""
        element = self.elements.get(tag)
        if element is None or element.vr not in ("SQ", "UN", ""):
            return []
        found = items_of(self.buffer, element, self.coding)
        return [Attributes(self.buffer, one, self.coding) for one in found]


def _binary_numbers(raw: bytes, spelled: str) -> tuple[Decimal, ...] | None:
    width = struct.calcsize(spelled)
    if len(raw) % width:
        return None
    found = tuple(value for (value,) in struct.iter_unpack(spelled, raw))
    # repr is the shortest text that gives the same float again: what the scanner's own number was.
    return tuple(Decimal(repr(value)) for value in found)


def _texts_as_numbers(raw: bytes) -> tuple[Decimal, ...] | None:
    parts = [part.strip(" \0") for part in raw.decode("latin-1").split("\\")]
    if not all(_DECIMAL_STRING.fullmatch(part) for part in parts):
        return None
    return tuple(Decimal(part) for part in parts)


@dataclass(frozen=True)
class Layout(Attributes):
    """An open file: its top-level attributes, its coding, and where its parts lie.

    `buffer` is the mapped file, or the inflated data set of a deflated one. `data_set_start` counts in
    the file. `stored_as` is the SOP Instance UID of the file meta, "" where it has none.
    """

    file: Buffer
    data_set_start: int
    syntax: TransferSyntax
    stored_as: str

    @property
    def pixels(self) -> Element | None:
        """The PixelData element, if there is one."""
        return self.elements.get(PIXEL_DATA)


@contextmanager
def opened(path: Path) -> Iterator[Layout]:
    """The layout of a file while the block runs. Raises `NotReadable`."""
    layout, close = open_layout(path)
    try:
        yield layout
    finally:
        close()


def open_layout(path: Path) -> tuple[Layout, Callable[[], None]]:
    """The layout of a file, and what closes it. Raises `NotReadable`.

    Closing while arrays still look into the map is allowed: the map then goes with the last of them.
    """
    mapped = _mapped(path)
    view = memoryview(mapped)

    def close() -> None:
        try:
            view.release()
            mapped.close()
        except BufferError:
            pass  # an array still looks into it; the garbage collector closes it behind the last one

    try:
        return _laid_out(view), close
    except BaseException:
        close()
        raise


def _mapped(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size > MAX_FILE_BYTES:
                raise NotReadable(RejectCode.TOO_LARGE)
            if size < 132:
                raise NotReadable(RejectCode.NOT_DICOM)
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as wrong:
        raise NotReadable(RejectCode.UNREADABLE_FILE) from wrong


def _laid_out(view: memoryview) -> Layout:
    if bytes(view[128:132]) != MARK:
        head = bytes(view[:512])
        like_one = MARK in head or head.startswith(_USUAL_STARTS)
        raise NotReadable(RejectCode.NOT_DICOM, WITHOUT_MARK if like_one else "")
    meta, start = file_meta(view)
    syntax = transfer_syntax(meta.get(_TRANSFER_SYNTAX_UID, ""))
    coding = Coding(syntax.implicit, syntax.little_endian)
    buffer: Buffer = view
    begin = start
    if syntax.deflated:
        buffer, begin = _inflated(view[start:]), 0
    coding = _as_spelled(bytes(buffer[begin + 4 : begin + 6]), coding)
    elements = ElementWalk(buffer, begin, len(buffer), coding).run()
    stored_as = meta.get(_MEDIA_STORAGE_SOP_INSTANCE_UID, "")
    return Layout(buffer, elements, coding, view, start, syntax, stored_as)


def _as_spelled(where_a_vr_is: bytes, declared: Coding) -> Coding:
    """The coding that the first element shows: some writers declare explicit VR and leave the VR out."""
    if not declared.little_endian:
        return declared
    has_vr = where_a_vr_is.decode("latin-1") in VALUE_REPRESENTATIONS
    return Coding(implicit=not has_vr, little_endian=True)


def _inflated(deflated: memoryview) -> memoryview:
    """The data set behind a raw deflate stream (PS3.5 A.5), within `MAX_INFLATED_BYTES`.

    Piece by piece into one growing block: the library's own way holds everything twice while it joins it.
    """
    stream, data, rest = zlib.decompressobj(wbits=-zlib.MAX_WBITS), bytearray(), b""
    position = 0
    try:
        while not stream.eof:
            piece = rest or deflated[position : position + _INFLATE_STEP]
            position += 0 if rest else len(piece)
            grown = stream.decompress(piece, _INFLATE_STEP)
            rest = stream.unconsumed_tail
            data += grown
            if not piece and not grown:
                raise NotReadable(RejectCode.DAMAGED)
            if len(data) > MAX_INFLATED_BYTES:
                raise NotReadable(RejectCode.TOO_LARGE)
    except zlib.error as wrong:
        raise NotReadable(RejectCode.DAMAGED) from wrong
    return memoryview(data).toreadonly()
