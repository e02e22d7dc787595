"""One answer of a search, read forgivingly: keys that are missing, and text in another character set than said.

Values are decoded here from their bytes and not by pydicom, which takes a missing character set for Latin-1 without a
word and puts values into its warnings. Whatever had to be guessed is counted, so that it can be said. Nothing is sent
from here, and no value is ever part of a remark.
"""
from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence

from dicom_io.strange_names import printable

UNKNOWN_CHARACTERS = "Some names or texts are in an unknown character set; letters in them may be wrong."
_ESCAPE = b"\x1b"
_NAME_DELIMITERS = {0x0D, 0x0A, 0x09, 0x0C, 0x5C, 0x5E, 0x3D}  # PS3.5 6.1.2.5.3: control characters, \, ^ and =
_ASCII = ("", "ISO_IR 6")
_WESTERN = ("ISO_IR 100", "ISO 2022 IR 100")

Item = TypeVar("Item")


class Found(tuple[Item, ...], Generic[Item]):
    """What a search found, as a tuple, and in `remarks` the sentences about what the PACS did not say or said oddly."""

    remarks: tuple[str, ...]

    def __new__(cls, items: Iterable[Item] = (), remarks: Iterable[str] = ()) -> Found[Item]:
        """Make it of items and sentences."""
        made = super().__new__(cls, items)
        made.remarks = tuple(remarks)
        return made


class Answer:
    """One answer: `text` of a key, `has` it at all, and whether any character had to be guessed."""

    def __init__(self, data_set: Dataset, outer: Answer | None = None) -> None:
        self._data_set = data_set
        self._outer = outer
        self.guessed = False
        self._terms = self._character_sets()

    def __repr__(self) -> str:
        return "Answer(not shown)"

    def has(self, keyword: str) -> bool:
        """Whether the PACS returned this key, empty or not."""
        return _tag(keyword) in self._data_set

    def text(self, keyword: str) -> str:
        """A value as text that is safe to show; several joined by backslashes; "" when missing or unreadable."""
        value = self._raw(keyword)
        if isinstance(value, bytes):
            value = self._decoded(value)
        elif isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue":
            value = "\\".join(map(str, value))
        parts = "" if value is None else str(value)
        return printable("\\".join(part.strip(" \0") for part in parts.split("\\")))

    def number(self, keyword: str) -> int | None:
        """A whole number; None when missing or not one."""
        text = self.text(keyword)
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None

    def first_of(self, keyword: str) -> Answer:
        """The first item of a sequence; an empty answer where there is none."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom puts values into its warnings
            try:
                items = self._data_set.get(keyword)
                item = items[0] if isinstance(items, DicomSequence) and len(items) else Dataset()
            except Exception:  # noqa: BLE001 - pydicom raises many kinds on malformed values
                item = Dataset()
        return Answer(item, self)

    def _raw(self, keyword: str) -> Any:
        try:
            element = self._data_set.get_item(_tag(keyword))
        except Exception:  # noqa: BLE001 - pydicom raises many kinds on malformed values
            return None
        return None if element is None else element.value

    def _character_sets(self) -> tuple[str, ...]:
        raw = self._raw("SpecificCharacterSet")
        if raw is None:
            return self._outer._terms if self._outer is not None else ()
        if isinstance(raw, bytes):
            raw = raw.decode("ascii", "replace")
        parts = raw.split("\\") if isinstance(raw, str) else list(raw)
        return tuple(str(part).strip(" \0") for part in parts)

    def _decoded(self, raw: bytes) -> str:
        if raw.isascii() and _ESCAPE not in raw:
            return raw.decode("ascii")
        said = self._as_said(raw)
        if said is not None:
            return said
        self._guess()
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def _as_said(self, raw: bytes) -> str | None:
        """The text in the character set that the answer names; None where that one cannot be right."""
        terms = self._terms
        if not terms or any(term and term not in python_encoding for term in terms):
            return None
        if _ESCAPE in raw:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                text = str(decode_bytes(raw, convert_encodings(list(terms)), _NAME_DELIMITERS))
            return None if "\N{REPLACEMENT CHARACTER}" in text else text
        if terms[0] in _ASCII or (terms[0] in _WESTERN and _is_utf_8(raw)):
            return None  # bytes that are whole letters of UTF-8 are never meant as pairs of Latin-1 signs
        try:
            return raw.decode(python_encoding[terms[0]])
        except (UnicodeDecodeError, LookupError):
            return None

    def _guess(self) -> None:
        self.guessed = True
        if self._outer is not None:
            self._outer._guess()


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    assert tag is not None  # keywords are written in this package, not typed
    return int(tag)
