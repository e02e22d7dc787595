"""What puts a finished English text into another language: whole texts first, then templates, then piece by piece.

A text that nothing fits is given back as it is; nothing here ever raises for a text. The file is TOML: tables by the
place where a text is seen, in them English = other language (`template` has the form of places).
"""
from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache

from injection_log.language.template import Template, has_places, make_template

_LETTER = re.compile(r"[^\W\d_]")
_FIGURE = re.compile(r"(?<![\d.,])(\d+)\.(\d+)(?![\d.,])")
_LIST = re.compile(r"(, and |, or |, |; | and | or | \+ )")
_LINES_AND_GAPS = (re.compile(r"(\n)"), re.compile(r"(\s{2,})"))
_SENTENCES = re.compile(r"(?<=[.?!…])(\s)(?=[^\W\d_a-zæøå]|\d|')")
_SIGNS = re.compile(r"((?:[^\w(“'+]|[\u2460-\u2473])*)(.*?)((?:[^\w.)?!%”'°±µ]|[\u2460-\u2473])*)", re.DOTALL)
_KEPT = 4096
_MONTHS = "months"
_JOINERS, _ROLES = "joiners", "roles"

Said = tuple[str, tuple[str, ...]]
"""A text in the other language, and the pieces of it that no entry fits."""


class Catalogue:
    """The texts of one language."""

    def __init__(self, language: str, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.language, self.tables = language, tables
        entries = {key: value for table in tables.values() for key, value in table.items()}
        self._whole = {key: value for key, value in entries.items() if not has_places(key)}
        made = [make_template(key, value) for key, value in entries.items() if has_places(key)]
        self.templates = tuple(sorted(made, key=lambda one: (-one.literal, one.kept, one.english)))
        self._said = lru_cache(_KEPT)(self._pieces)

    def say(self, text: str) -> str:
        """The text in this language; English where the catalogue lacks it."""
        return self._said(text)[0] if self.tables and text else text

    def lacks(self, text: str) -> tuple[str, ...]:
        """The pieces of a text that no entry fits: values, or texts that were forgotten."""
        return self._said(text)[1] if self.tables and text else ()

    def fitting(self, text: str) -> tuple[Template, ...]:
        """Every template that fits a text, the one that is meant first."""
        return tuple(template for template in self.templates if template.places(text) is not None)

    # ---- from the whole to its pieces ----------------------------------------------------------------------
    def _pieces(self, text: str) -> Said:
        if _LETTER.search(text) is None:
            return (text if "," in text else _FIGURE.sub(r"\1,\2", text)), ()
        whole = self._as_a_whole(text)
        if whole is not None and not whole[1]:
            return whole
        found = [one for one in (self._enumerated(text), whole, self._at_seams(text)) if one is not None]
        return min(found, key=lambda one: sum(map(len, one[1])), default=(text, (text,)))

    def _at_seams(self, text: str) -> Said | None:
        """From large to small: lines, what a wide gap sets apart, what stands between signs, sentences."""
        for seam in _LINES_AND_GAPS:
            parts = seam.split(text)
            if len(parts) > 1:
                return self._in_runs(parts)
        signs = _SIGNS.fullmatch(text)
        if signs is not None and signs[2] not in ("", text):
            return _joined([(signs[1], ()), self._pieces(signs[2]), (signs[3], ())])
        parts = _SENTENCES.split(text)
        return self._in_runs(parts) if len(parts) > 1 else None

    def _enumerated(self, text: str) -> Said | None:
        """A list of texts with commas, where every one of them is an entry."""
        parts = text.split(", ")
        said = [self._said(part) for part in parts] if len(parts) > 1 else []
        return (", ".join(one for one, _ in said), ()) if said and not any(lack for _, lack in said) else None

    def _in_runs(self, parts: list[str]) -> Said:
        """Pieces and the seams between them; several pieces that are one entry together stay together."""
        said, first = list[Said](), 0
        while first < len(parts):
            whole = None
            for last in range(len(parts), first + 1, -2):
                whole = self._as_a_whole("".join(parts[first:last])) if last < len(parts) or first else None
                if whole is not None and not whole[1]:
                    break
                whole = None
            else:
                last = first + 1
            said.append(whole or self._pieces(parts[first]))
            said.extend((seam, ()) for seam in parts[last : last + 1])
            first = last + 1
        return _joined(said)

    def _as_a_whole(self, text: str) -> Said | None:
        """The entry that fits, written as the text begins: a sentence's start may be a word of the catalogue."""
        found = self._entry(text)
        if found is not None and not found[1]:
            return found
        turned = self._entry(text[0].swapcase() + text[1:])
        if turned is None or (found is not None and turned[1]):
            return found
        first = turned[0][:1].upper() if text[0].isupper() else turned[0][:1].lower()
        return first + turned[0][1:], turned[1]

    def _entry(self, text: str) -> Said | None:
        if text in self._whole:
            return self._whole[text], ()
        best: Said | None = None
        for template in self.templates:
            places = template.places(text)
            if places is None:
                continue
            said = self._filled(template, places)
            if not said[1]:
                return said
            if best is None:
                best = said
        return best

    def _filled(self, template: Template, places: Mapping[str, str]) -> Said:
        lacking: list[str] = []

        def put(kind: str, text: str) -> str:
            said, lacks = self._place(kind, text)
            lacking.extend(lacks)
            return said

        return template.filled(places, put), tuple(lacking)

    def _place(self, kind: str, text: str) -> Said:
        match kind:
            case "number":
                return text.replace(".", ","), ()
            case "day":
                day, month, year = text.split()
                return f"{day}. {self.tables.get(_MONTHS, {}).get(month, month)} {year}", ()
            case "text":
                return self._said(text)
            case "role":
                said = self.tables.get(_ROLES, {}).get(text)
                return (text, (text,)) if said is None else (said, ())
            case "texts":
                return self._list(text)
        return text, ()

    def _list(self, text: str) -> Said:
        whole = self._said(text)
        if not whole[1]:
            return whole
        joiners = self.tables.get(_JOINERS, {})
        parts = _LIST.split(text)
        return _joined([self._said(part) if number % 2 == 0 else (joiners.get(part, part), ()) for number, part in
                        enumerate(parts)])  # fmt: skip


def _joined(parts: list[Said]) -> Said:
    return "".join(said for said, _ in parts), tuple(lack for _, lacks in parts for lack in lacks)


def read_catalogue(text: str, language: str) -> Catalogue:
    """Compile the text of a catalogue. Raises ValueError for an entry that stands twice or whose places differ."""
    tables = tomllib.loads(text)
    seen: set[str] = set()
    for name, table in tables.items():
        if twice := seen & table.keys():
            raise ValueError(f"'{min(twice)}' stands twice in the catalogue, again under [{name}].")
        seen |= table.keys()
    return Catalogue(language, tables)


NOTHING = Catalogue("en", {})
