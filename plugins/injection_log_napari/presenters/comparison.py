"""What changed between the text that was signed and the record as it stands: row by row, old beside new. Pure.

It reads the signed text itself, not the values it was made from: what was signed is what is compared.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from injection_log.record.signed_text import Section, sections_of

_Key = tuple[str, str, int]
_OF_EVERY_VERSION = "Record"
"""The part that differs between any two versions and says nothing about the gland."""
_COMPARED_ALREADY = "Changed since version"
"""Begins the title of the part in which a signed text itself says what changed."""


@dataclass(frozen=True)
class Difference:
    """One row that differs; "" where one of the two versions does not have it."""

    section: str
    label: str
    old: str
    new: str


def differences(signed_text: str, sections: Iterable[Section]) -> tuple[Difference, ...]:
    """The rows in which a signed text and the rendered sections differ, in the order of the new ones."""
    old, new = _keyed(sections_of(signed_text)), _keyed(sections)
    found = [Difference(key[0], key[1], old.get(key, ""), value) for key, value in new.items() if old.get(key) != value]
    gone = [Difference(key[0], key[1], value, "") for key, value in old.items() if key not in new]
    return (*found, *gone)


def without_comparison(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The parts of a record but the one that says what changed, where that is shown side by side already."""
    return tuple(section for section in sections if not section.title.startswith(_COMPARED_ALREADY))


def _keyed(sections: Iterable[Section]) -> dict[_Key, str]:
    """Rows by section and label; the same label again (a second pass of the needle) is counted."""
    seen: Counter[tuple[str, str]] = Counter()
    keyed = {}
    for section in without_comparison(sections):
        for label, value in section.rows if section.title != _OF_EVERY_VERSION else ():
            place = (section.title, label)
            keyed[(*place, seen[place])] = value
            seen[place] += 1
    return keyed
