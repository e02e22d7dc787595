"""Where each frame's coded bytes lie in a file (DICOM PS3.5 A.4, PS3.3 C.7.6.3.1.8 and C.7.6.3.1.10).

Uncompressed frames follow each other; encapsulated ones are fragments, told apart by the extended or
basic offset table, by their number, or by the codestreams' own first bytes. Nothing is decoded, and a
count that does not agree with the header is refused rather than made to fit.
"""
from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from dicom_io import tags
from dicom_io.decoding.pixels import PixelFormat
from dicom_io.elements import Buffer, Element
from dicom_io.errors import NotReadable, RejectCode
from dicom_io.layout import Layout
from dicom_io.reading import MAX_DECODED_BYTES

Span = tuple[int, int]
"""Offset and length in the file's buffer."""

_CODESTREAM_STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  ")
_ITEM_HEAD = 8
_MOST_CODED, _LEAST_CODED_BYTES = 4, 1024**2
"""No coding makes a frame four times longer than it is uncompressed, but for the tables of a tiny one: what is
longer is no picture, and putting it together must not fill the memory of whoever looks at it."""


@dataclass(frozen=True)
class FrameTable:
    """The spans of each frame, in order; a frame of several fragments has several.

    `words_from`: where PixelData starts if its bytes lie in big-endian 16-bit words, else None.
    """

    frames: tuple[tuple[Span, ...], ...]
    words_from: int | None = None

    def coded(self, buffer: Buffer, frame: int) -> Buffer:
        """One frame's coded bytes; a view where it is one piece."""
        spans = self.frames[frame]
        if self.words_from is not None:
            return _unswapped(buffer, spans[0], self.words_from)
        if len(spans) == 1:
            offset, length = spans[0]
            return buffer[offset : offset + length]
        return b"".join(buffer[offset : offset + length] for offset, length in spans)


def frame_table(layout: Layout, form: PixelFormat, frames: int) -> FrameTable:
    """Where `frames` frames lie. Raises `NotReadable` ("pixel_size", "too_large")."""
    if math.prod(form.shown_shape) * frames > MAX_DECODED_BYTES:
        raise NotReadable(RejectCode.TOO_LARGE)
    pixels = layout.pixels
    if pixels is None or (pixels.fragments is None) == layout.syntax.encapsulated:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if pixels.fragments is None:
        return _native(pixels, form, frames)
    table = tuple(_encapsulated(layout, pixels.fragments, frames))
    limit = _MOST_CODED * form.native_frame_bytes + _LEAST_CODED_BYTES
    if any(sum(length for _, length in spans) > limit for spans in table):
        raise NotReadable(RejectCode.PIXEL_SIZE)
    return FrameTable(table)


def _unswapped(buffer: Buffer, span: Span, words_from: int) -> bytes:
    """8-bit samples out of big-endian words: the bytes of each pair change places.

    A frame of an odd number of bytes starts or ends inside a word, so whole words are taken first.
    """
    offset, length = span
    first = offset - (offset - words_from) % 2
    words = buffer[first : offset + length + (offset + length - words_from) % 2]
    swapped = bytearray(len(words))
    swapped[0::2], swapped[1::2] = words[1::2], words[0::2]
    return bytes(swapped[offset - first : offset - first + length])


def _native(pixels: Element, form: PixelFormat, frames: int) -> FrameTable:
    """Frames one behind the other; an odd total has one padding byte, and nothing else may follow."""
    frame_bytes = form.native_frame_bytes
    total = frame_bytes * frames
    if pixels.end - pixels.value not in (total, total + total % 2):
        raise NotReadable(RejectCode.PIXEL_SIZE)
    if form.swapped and (pixels.end - pixels.value) % 2:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    spans = tuple(((pixels.value + frame_bytes * number, frame_bytes),) for number in range(frames))
    return FrameTable(spans, pixels.value if form.swapped else None)


def _encapsulated(layout: Layout, items: tuple[Span, ...], frames: int) -> list[tuple[Span, ...]]:
    if len(items) < 2:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    fragments = items[1:]
    for offsets in (_extended_offsets(layout), _basic_offsets(layout, items[0], frames)):
        by_table = _grouped(fragments, offsets, frames)
        if by_table is not None:
            return by_table
    if frames == 1:
        return [fragments]
    if len(fragments) == frames:
        return [(fragment,) for fragment in fragments]
    return _by_first_bytes(layout.buffer, fragments, frames)


def _extended_offsets(layout: Layout) -> tuple[int, ...]:
    raw = layout.raw(tags.EXTENDED_OFFSET_TABLE)
    return struct.unpack(f"<{len(raw) // 8}Q", raw) if len(raw) % 8 == 0 else ()


def _basic_offsets(layout: Layout, table: Span, frames: int) -> tuple[int, ...]:
    offset, length = table
    # A table of another length is of no use, however long it is.
    return struct.unpack_from(f"<{frames}L", layout.buffer, offset) if length == 4 * frames else ()


def _grouped(
    fragments: tuple[Span, ...], offsets: tuple[int, ...], frames: int
) -> list[tuple[Span, ...]] | None:
    """Fragments grouped by an offset table; None where the table is empty or contradicts the fragments.

    Offsets count from the first fragment's item tag to the item tag of each frame's first fragment.
    """
    if len(offsets) != frames:
        return None
    base = fragments[0][0] - _ITEM_HEAD
    number_at = {fragment[0] - _ITEM_HEAD - base: number for number, fragment in enumerate(fragments)}
    firsts = [number_at.get(offset, -1) for offset in offsets]
    if firsts[0] != 0 or any(a >= b for a, b in zip(firsts, [*firsts[1:], len(fragments)], strict=True)):
        return None
    return [fragments[a:b] for a, b in zip(firsts, [*firsts[1:], len(fragments)], strict=True)]


def _by_first_bytes(buffer: Buffer, fragments: tuple[Span, ...], frames: int) -> list[tuple[Span, ...]]:
    """Several fragments a frame without a table: a new frame starts where a codestream starts."""
    grouped: list[list[Span]] = []
    for offset, length in fragments:
        head = bytes(buffer[offset : offset + min(length, 12)])
        if head.startswith(_CODESTREAM_STARTS) or not grouped:
            grouped.append([])
        grouped[-1].append((offset, length))
    if len(grouped) != frames:
        raise NotReadable(RejectCode.PIXEL_SIZE)
    return [tuple(spans) for spans in grouped]
