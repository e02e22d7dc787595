"""The content tree of a structured report, to read from: items by concept, and the value of each kind.

Knows no template; what an item means is `reading`'s.
"""
from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from dicom_io.reports.codes import key_of

_VALUES = {"TEXT": "TextValue", "UIDREF": "UID", "PNAME": "PersonName"}


def children(item: Dataset) -> Iterator[Dataset]:
    """The items right below this one."""
    yield from item.get("ContentSequence", ())


def concept(item: Dataset) -> tuple[str, str]:
    """The concept of an item, by value and scheme; ("", "") where it has no name."""
    named = item.get("ConceptNameCodeSequence")
    return coded(named[0]) if named else ("", "")


def coded(item: Dataset) -> tuple[str, str]:
    """A code, by value and scheme."""
    return str(item.CodeValue), str(item.CodingSchemeDesignator)


def named(item: Dataset, name: Code) -> Iterator[Dataset]:
    """The items right below this one that have this concept."""
    yield from (child for child in children(item) if concept(child) == key_of(name))


def texts(item: Dataset, name: Code) -> tuple[str, ...]:
    """The texts, UIDs or names right below this item under this concept, in their order."""
    return tuple(str(child[_VALUES[child.ValueType]].value) for child in named(item, name))


def text(item: Dataset, name: Code) -> str:
    """The first of `texts`, "" where there is none."""
    return next(iter(texts(item, name)), "")


def chosen(item: Dataset, name: Code) -> tuple[str, str]:
    """The code right below this item under this concept, ("", "") where there is none."""
    found = next(named(item, name), None)
    return coded(found.ConceptCodeSequence[0]) if found is not None else ("", "")
