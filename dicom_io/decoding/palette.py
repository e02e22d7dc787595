"""Palette colour tables (DICOM PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9.2): 8 and 16 bit, segmented, either
byte order.

The result is one table with a colour for every value a sample can have, so that a lookup needs no test.
Scanners disagree on how 8-bit entries are laid out; the table's length and its values decide, as
described at `_entries`.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from dicom_io import tags
from dicom_io.errors import NotReadable, RejectCode
from dicom_io.layout import Layout

Table = npt.NDArray[np.uint8]
_Words = npt.NDArray[np.int64]
_MAX_ENTRIES = 65536


def palette_table(layout: Layout, bits_stored: int) -> Table:
    """(2**bits_stored, 3) uint8: the colour of each sample value. Raises `NotReadable` ("pixel_format")."""
    channels = []
    firsts = []
    for descriptor, plain, segmented in zip(
        tags.PALETTE_DESCRIPTORS, tags.PALETTE_DATA, tags.SEGMENTED_PALETTE_DATA, strict=True
    ):
        length, first, bits = _descriptor(layout, descriptor)
        if layout.raw(plain):
            entries = _entries(layout, plain, length)
        else:
            entries = _expanded(_SegmentWords(_segment_words(layout, segmented, bits), bits // 8), length)
        channels.append(entries)
        firsts.append(first)
        if bits == 16:
            continue
        if entries.max(initial=0) > 255:
            # 8-bit entries in the high byte of each word: only the used byte counts.
            channels[-1] = entries >> 8
    wide = max(int(channel.max(initial=0)) for channel in channels) > 255
    return _full_table([channel >> 8 if wide else channel for channel in channels], firsts, bits_stored)


def _descriptor(layout: Layout, tag: int) -> tuple[int, int, int]:
    """Number of entries (0 means 65536), the first value mapped, bits of an entry."""
    found = layout.numbers(tag, "US")
    if found is None or len(found) != 3 or found[2] not in (8, 16):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    # Spelled SS in some files although it is a count: take it as the 16 bits that were written.
    length, first = int(found[0]) & 0xFFFF, int(found[1])
    return length or _MAX_ENTRIES, first, int(found[2])


def _entries(layout: Layout, tag: int, length: int) -> _Words:
    """The entries of a plain table: one 16-bit word each, or packed bytes where the value is half as long.

    Whether words hold 8 or 16 significant bits is decided over all three channels by their largest value,
    since files that declare 16 bits and write 0 to 255 exist.
    """
    raw = layout.raw(tag)
    if len(raw) >= 2 * length:
        return np.frombuffer(raw, dtype=layout.coding.order + "u2", count=length).astype(np.int64)
    if len(raw) >= length:
        entries = np.frombuffer(raw, dtype=np.uint8)
        if not layout.coding.little_endian and len(raw) % 2 == 0:
            entries = entries.reshape(-1, 2)[:, ::-1].reshape(-1)
        return entries[:length].astype(np.int64)
    raise NotReadable(RejectCode.PIXEL_FORMAT)


def _segment_words(layout: Layout, tag: int, bits: int) -> list[int]:
    """The words that describe a segmented table: 8-bit ones are bytes, 16-bit ones words in the file's order."""
    raw = layout.raw(tag)
    if not raw or (bits == 16 and len(raw) % 2):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    dtype: Any = np.uint8 if bits == 8 else np.dtype(layout.coding.order + "u2")
    words = np.frombuffer(raw, dtype=dtype)
    if bits == 8 and not layout.coding.little_endian and len(raw) % 2 == 0:
        words = words.reshape(-1, 2)[:, ::-1].reshape(-1)
    return cast("list[int]", words.tolist())


@dataclass(frozen=True)
class _SegmentWords:
    """A segmented table as a list of numbers, and how many bytes each took in the file."""

    words: list[int]
    width: int


def _expanded(described: _SegmentWords, length: int) -> _Words:
    """The entries that discrete (0), linear (1) and indirect (2) segments stand for (PS3.3 C.7.9.2)."""
    entries: list[int] = []
    position = 0
    while position < len(described.words) and len(entries) < length:
        if described.words[position] == 2:
            position = _copied_segments(described, position, entries)
        else:
            position = _segment(described.words, position, entries)
    if len(entries) < length:
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    return np.array(entries[:length], dtype=np.int64)


def _segment(words: list[int], position: int, entries: list[int]) -> int:
    """Append the entries of a discrete or linear segment; answer where the next segment starts."""
    if position + 2 > len(words):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    kind, count = words[position], words[position + 1]
    if kind == 0 and count and position + 2 + count <= len(words):
        entries.extend(words[position + 2 : position + 2 + count])
        return position + 2 + count
    if kind == 1 and count and entries and position + 3 <= len(words):
        start, end = entries[-1], words[position + 2]
        entries.extend(int(start + (end - start) * step / count + 0.5) for step in range(1, count + 1))
        return position + 3
    raise NotReadable(RejectCode.PIXEL_FORMAT)


def _copied_segments(described: _SegmentWords, position: int, entries: list[int]) -> int:
    """An indirect segment: `count` earlier segments again, from an offset in bytes, its low part first."""
    words, width = described.words, described.width
    parts = 4 // width
    if position + 2 + parts > len(words):
        raise NotReadable(RejectCode.PIXEL_FORMAT)
    offset = sum(words[position + 2 + part] << (8 * width * part) for part in range(parts))
    source = offset // width
    for _ in range(words[position + 1]):
        if source >= position or len(entries) > _MAX_ENTRIES:
            raise NotReadable(RejectCode.PIXEL_FORMAT)
        source = _segment(words, source, entries)
    return position + 2 + parts


def _full_table(channels: list[_Words], firsts: list[int], bits_stored: int) -> Table:
    """One colour for every sample value; values outside the table take its first or last entry."""
    values = np.arange(2**bits_stored)
    table = np.empty((len(values), 3), dtype=np.uint8)
    for number, (channel, first) in enumerate(zip(channels, firsts, strict=True)):
        table[:, number] = channel[np.clip(values - first, 0, len(channel) - 1)]
    return table
