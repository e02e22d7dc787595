"""The element structure of a DICOM data set: where each element lies, without reading any value.

One loop over the bytes with an explicit stack, so that nesting, element and item counts are bounded
before any library recurses into a hostile file (DICOM PS3.5 part 7). It deliberately converts no value
and keeps only the elements of one level; it stops behind PixelData, since nothing that follows is used.
"""
from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import lru_cache

from pydicom.datadict import dictionary_VR

from dicom_io.errors import NotReadable, RejectCode

Buffer = bytes | memoryview

PIXEL_DATA = 0x7FE00010
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF

MAX_DEPTH = 16
MAX_ELEMENTS = 100_000
MAX_ITEMS = 10_000
MAX_FRAGMENTS = 200_000

_LONG = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
_SHORT = frozenset(
    (
        *("AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN"),
        *("SH", "SL", "SS", "ST", "TM", "UI", "UL", "US"),
    )
)
VALUE_REPRESENTATIONS = _LONG | _SHORT


@dataclass(frozen=True)
class Coding:
    """How elements are spelled: with or without VR, and in which byte order."""

    implicit: bool
    little_endian: bool

    @property
    def order(self) -> str:
        """The struct module's mark for the byte order."""
        return "<" if self.little_endian else ">"


@dataclass(frozen=True)
class Element:
    """One element: `vr` is "" in implicit VR; the value is `buffer[value:end]`.

    An undefined-length PixelData has its fragments as (offset, length) of each item's value, the offset
    table first; its value reaches to behind the last item.
    """

    tag: int
    vr: str
    value: int
    end: int
    fragments: tuple[tuple[int, int], ...] | None = None


@dataclass
class _Budget:
    elements: int = MAX_ELEMENTS
    items: int = MAX_ITEMS

    def spend_element(self) -> None:
        self.elements -= 1
        if self.elements < 0:
            raise NotReadable(RejectCode.TOO_COMPLEX)

    def spend_item(self) -> None:
        self.items -= 1
        if self.items < 0:
            raise NotReadable(RejectCode.TOO_COMPLEX)


@dataclass
class _Level:
    """An open item or sequence. `end` None: ended by a delimiter."""

    in_sequence: bool
    end: int | None
    implicit: bool
    found: dict[int, Element] = field(default_factory=dict)


class ElementWalk:
    """Walks one data set in `buffer[start:end]`.

    `run` gives the top-level elements; a sequence's value span holds its items, see `items_of`.
    Raises `NotReadable`: "damaged" where the structure contradicts itself, "too_complex" beyond the caps.
    """

    def __init__(self, buffer: Buffer, start: int, end: int, coding: Coding) -> None:
        self._buffer = buffer
        self._position = start
        self._end = end
        self._coding = coding
        self._budget = _Budget()
        self._levels = [_Level(False, end, coding.implicit)]
        self._open: list[tuple[int, str, int]] = []  # sequences not yet closed: tag, vr, value
        self._tag_format = struct.Struct(coding.order + "HH")
        self._long_format = struct.Struct(coding.order + "L")
        self._short_format = struct.Struct(coding.order + "H")

    def run(self) -> dict[int, Element]:
        """The elements of the top level by tag, up to and including PixelData."""
        return self._loop(stop_at_pixels=True)

    def run_item(self, *, open_end: bool) -> tuple[dict[int, Element], int]:
        """The elements of one item and where the next item starts; `open_end`: ended by a delimiter."""
        if open_end:
            self._levels[0].end = None
        return self._loop(stop_at_pixels=False), self._position

    def _loop(self, *, stop_at_pixels: bool) -> dict[int, Element]:
        top = self._levels[0].found
        while self._levels:
            level = self._levels[-1]
            if level.end is not None and self._position >= level.end:
                if self._position > level.end:
                    raise NotReadable(RejectCode.DAMAGED)
                self._close()
            elif level.in_sequence:
                self._enter_item(level)
            else:
                self._take_element(level)
                if stop_at_pixels and PIXEL_DATA in top:
                    break
        return top

    def _tag(self) -> int:
        self._need(4)
        group, element = self._tag_format.unpack_from(self._buffer, self._position)
        return int(group) << 16 | int(element)

    def _need(self, count: int) -> None:
        if self._position + count > self._end:
            raise NotReadable(RejectCode.DAMAGED)

    def _long(self, offset: int) -> int:
        self._need(offset + 4)
        return int(self._long_format.unpack_from(self._buffer, self._position + offset)[0])

    def _close(self) -> None:
        """Leave the innermost level; a closed sequence becomes an element of its parent."""
        closed = self._levels.pop()
        if closed.in_sequence:
            tag, vr, value = self._open.pop()
            self._keep(self._levels[-1], Element(tag, vr, value, self._position))

    def _keep(self, level: _Level, element: Element) -> None:
        if len(self._levels) > 1:
            return
        if element.tag in level.found:
            raise NotReadable(RejectCode.DAMAGED)
        level.found[element.tag] = element

    def _enter_item(self, level: _Level) -> None:
        tag, length = self._tag(), self._long(4)
        self._position += 8
        if tag == SEQUENCE_END and level.end is None:
            self._close()
        elif tag == ITEM:
            self._budget.spend_item()
            self._levels.append(_Level(False, self._span(length), level.implicit))
        else:
            raise NotReadable(RejectCode.DAMAGED)

    def _span(self, length: int) -> int | None:
        """Where a value of this length ends; it may not reach behind what encloses it."""
        if length == UNDEFINED:
            return None
        end = self._position + length
        limit = next((level.end for level in reversed(self._levels) if level.end is not None), self._end)
        if end > limit:
            raise NotReadable(RejectCode.DAMAGED)
        return end

    def _take_element(self, level: _Level) -> None:
        self._budget.spend_element()
        tag = self._tag()
        if tag == ITEM_END and level.end is None:
            self._position += 8
            self._close()
            return
        if tag >> 16 == 0xFFFE:
            raise NotReadable(RejectCode.DAMAGED)
        vr, length = self._head(level)
        undefined = length == UNDEFINED
        if undefined and (tag == PIXEL_DATA or vr in ("OB", "OW")):
            self._take_fragments(level, tag, vr)
        elif vr == "SQ" or undefined or (vr == "" and _is_sequence(tag)):
            self._enter_sequence(level, tag, vr, length)
        else:
            value, end = self._position, self._span(length)
            assert end is not None
            self._position = end
            self._keep(level, Element(tag, vr, value, end))

    def _head(self, level: _Level) -> tuple[str, int]:
        """VR and length of the element here; the position moves to its value."""
        if level.implicit:
            length = self._long(4)
            self._position += 8
            return "", length
        self._need(8)
        vr = bytes(self._buffer[self._position + 4 : self._position + 6]).decode("latin-1")
        if vr in _SHORT:
            length = int(self._short_format.unpack_from(self._buffer, self._position + 6)[0])
            self._position += 8
        elif vr in _LONG:
            length = self._long(8)
            self._position += 12
        else:
            raise NotReadable(RejectCode.DAMAGED)
        return vr, length

    def _enter_sequence(self, level: _Level, tag: int, vr: str, length: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise NotReadable(RejectCode.TOO_COMPLEX)
        end = self._span(length)
        self._open.append((tag, vr, self._position))
        # An UN of undefined length holds implicit VR little endian (PS3.5 6.2.2 note 4).
        self._levels.append(_Level(True, end, level.implicit or vr == "UN"))

    def _take_fragments(self, level: _Level, tag: int, vr: str) -> None:
        # A clip has many fragments and its first frame waits for all of them: one short loop.
        start = position = self._position
        end, head = self._end, struct.Struct(self._coding.order + "HHL").unpack_from
        fragments: list[tuple[int, int]] = []
        while position < end:
            if position + 8 > end:
                raise NotReadable(RejectCode.DAMAGED)
            group, element, length = head(self._buffer, position)
            item = group << 16 | element
            if item == SEQUENCE_END:
                break
            position += 8
            if item != ITEM or position + length > end:
                raise NotReadable(RejectCode.DAMAGED)
            if len(fragments) >= MAX_FRAGMENTS:
                raise NotReadable(RejectCode.TOO_COMPLEX)
            fragments.append((position, length))
            position += length
        # A last delimiter that is missing at the end of the file loses nothing and is seen in the wild.
        self._keep(level, Element(tag, vr, start, position, tuple(fragments)))
        self._position = min(position + 8, end)


@lru_cache(maxsize=4096)
def _is_sequence(tag: int) -> bool:
    """Whether the dictionary spells this tag as a sequence (implicit VR says nothing itself)."""
    try:
        return bool(dictionary_VR(tag) == "SQ")
    except KeyError:
        return False


def items_of(buffer: Buffer, sequence: Element, coding: Coding) -> list[dict[int, Element]]:
    """The items of a sequence that a walk has passed, each as its elements by tag."""
    walked: list[dict[int, Element]] = []
    order = struct.Struct(coding.order + "HHL")
    # The content of an UN sequence is implicit VR little endian whatever surrounds it.
    inner = Coding(True, True) if sequence.vr == "UN" else coding
    position = sequence.value
    while position + 8 <= sequence.end:
        group, element, length = order.unpack_from(buffer, position)
        if (group << 16 | element) != ITEM:
            break
        position += 8
        end = sequence.end if length == UNDEFINED else position + length
        elements, position = ElementWalk(buffer, position, end, inner).run_item(open_end=length == UNDEFINED)
        walked.append(elements)
    return walked

