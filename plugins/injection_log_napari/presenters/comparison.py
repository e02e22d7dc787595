"""What changed between the text that was signed and the record as it stands: row by row, old beside new. Pure.

It reads the signed text itself, not the values it was made from: what was signed is what is compared.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from injection_log.record.rendering import Section

_Key = tuple[str, str, int]
_OF_EVERY_VERSION = ("Version of this record",)
"""Rows that differ between any two versions and say nothing about the gland."""


@dataclass(frozen=True)
class Difference:
    """One row that differs; "" where one of the two versions does not have it."""

    section: str
    label: str
    old: str
    new: str


def differences(signed_text: str, sections: Iterable[Section]) -> tuple[Difference, ...]:
    """The rows in which a signed text and the rendered sections differ, in the order of the new ones."""
    old = _keyed(_rows_of_text(signed_text))
    new = _keyed((section.title, label, value) for section in sections for label, value in section.rows)
    found = [
        Difference(key[0], key[1], old.get(key, ""), value) for key, value in new.items()
        if old.get(key) != value and key[1] not in _OF_EVERY_VERSION
    ]
    gone = [Difference(key[0], key[1], value, "") for key, value in old.items() if key not in new]
    return (*found, *gone)


def sections_of_text(signed_text: str) -> tuple[Section, ...]:
    """The parts of a signed text, to be shown as the sheet prints them."""
    rows = list(_rows_of_text(signed_text))
    titles = list(dict.fromkeys(title for title, _, _ in rows))
    return tuple(
        Section(title, tuple((label, value) for one, label, value in rows if one == title)) for title in titles
    )


def _rows_of_text(text: str) -> Iterable[tuple[str, str, str]]:
    title = ""
    for line in text.splitlines()[1:]:  # the first line names the form
        if line.startswith("  "):
            label, _, value = line.strip().partition(": ")
            yield title, label, value
        elif line:
            title = line


def _keyed(rows: Iterable[tuple[str, str, str]]) -> dict[_Key, str]:
    """Rows by section and label; the same label again (a second pass of the needle) is counted."""
    seen: Counter[tuple[str, str]] = Counter()
    keyed = {}
    for title, label, value in rows:
        keyed[(title, label, seen[(title, label)])] = value
        seen[(title, label)] += 1
    return keyed
