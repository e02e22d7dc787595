"""The text that was signed, read back in its parts, and what differs between it and a later version. Pure.

Every form so far can be read: its name stands in the first line. What was signed is compared as text, because that is
what the signature covers.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from injection_log.record.values import GlandRecord

_OF_EVERY_VERSION = "Record"
"""The section that differs between any two versions and says nothing of the gland."""
_NOTHING = "nothing"


@dataclass(frozen=True)
class Section:
    """One part of the rendered record: a title and its rows of label and value."""

    title: str
    rows: tuple[tuple[str, str], ...]


def sections_of(text: str) -> tuple[Section, ...]:
    """Read the sections back from a rendered text: what was signed is what is printed, not what stands now."""
    sections = []
    for block in text.partition("\n")[2].strip("\n").split("\n\n"):
        title, *rows = block.split("\n")
        pairs = (row.strip().split(": ", 1) for row in rows)
        sections.append(Section(title, tuple((label, value) for label, value in pairs)))
    return tuple(sections)


def with_changes(gland: GlandRecord, sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections of a version, and after the first what differs from the version before, old and new."""
    sections = tuple(sections)
    if not gland.earlier:
        return sections
    before = gland.earlier[-1]
    title = f"Changed since version {before.version}"
    changes = Section(title, tuple(_differences(sections_of(before.signature.rendering), sections)))
    return (*sections[:1], changes, *sections[1:])


def _differences(before: tuple[Section, ...], now: tuple[Section, ...]) -> Iterable[tuple[str, str]]:
    old, new = _by_place(before), _by_place(now)
    for place in dict.fromkeys([*new, *old]):
        was, is_now = old.get(place, _NOTHING), new.get(place, _NOTHING)
        if was != is_now:
            yield place[1], f"{was} -> {is_now}"


def _by_place(sections: tuple[Section, ...]) -> dict[tuple[str, str], str]:
    """Rows by section and label, several of one label joined."""
    found: dict[tuple[str, str], str] = {}
    for section in sections:
        if section.title == _OF_EVERY_VERSION or section.title.startswith("Changed since version"):
            continue
        for label, value in section.rows:
            place = (section.title, label)
            found[place] = f"{found[place]}; {value}" if place in found else value
    return found
