"""One entry of a catalogue: an English text with places, and the same text in another language.

A place is a name in braces, with the kind of what stands in it:

    {name}          kept as it stands: a name, a code, a remark, an id
    {length:number} digits; a decimal point becomes a comma
    {on:day}        `22 Nov 2026`, written as the other language does
    {at:moment}     `2026-11-22 14:02:11 (UTC+01:00)` or a part of it; it stays, the same in every language
    {who:code}      kept, and nothing but capitals, digits and what joins them: the id of a participant
    {role:role}     a role of the catalogue's table of roles
    {step:text}     a text of the catalogue itself, put into the other language too
    {steps:texts}   several of them, joined by commas, "and", "or"

The other language names each place once or not at all, without its kind. Pure; it reads no file.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_PLACE = re.compile(r"\{(\w+)(?::(number|day|moment|code|role|text|texts))?\}")
_PATTERNS = {
    "": r"[^\n]+?",
    "number": r"[-+]?\d+(?:\.\d+)?",
    "day": r"\d{1,2} [A-Z][a-z]{2} \d{4}",
    "moment": r"\d[\d:-]+(?: \d[\d:]+)?(?: \(UTC[+-][\d:]+\)| [+-]\d[\d:]+)?",
    "code": r"[A-Z0-9][A-Z0-9._-]*",
    "role": r"[a-z ]+?",
    "text": r"[^\n]+?",
    "texts": r"[^\n]+?",
}

Put = Callable[[str, str], str]
"""Gives what stands in a place in the other language; arguments are the kind of the place and its text."""


@dataclass(frozen=True)
class Template:
    """An English text with places and the same in another language; `kinds` has the kind of each place by name."""

    english: str
    other: str
    kinds: Mapping[str, str] = field(repr=False)
    pattern: re.Pattern[str] = field(repr=False)
    literal: int = field(repr=False)
    """Letters of the English text outside its places: of two that fit, the one with more of them is meant."""

    @property
    def kept(self) -> int:
        """How many places keep what stands in them."""
        return sum(kind == "" for kind in self.kinds.values())

    def places(self, text: str) -> Mapping[str, str] | None:
        """What stands in the places of this text; None where the text is another one."""
        found = self.pattern.fullmatch(text)
        return None if found is None else found.groupdict()

    def filled(self, places: Mapping[str, str], put: Put) -> str:
        """The text of the other language, `put` into its places."""
        return _PLACE.sub(lambda place: put(self.kinds[place[1]], places[place[1]]), self.other)


def has_places(english: str) -> bool:
    """Whether a text of the catalogue is a template."""
    return _PLACE.search(english) is not None


def make_template(english: str, other: str) -> Template:
    """Compile an entry. Raises ValueError where the two sides do not have the same places."""
    kinds = {name: kind or "" for name, kind in _PLACE.findall(english)}
    named = [name for name, _ in _PLACE.findall(other)]
    rest = _PLACE.sub("", english + other)
    if not set(named) <= kinds.keys() or any(kind for _, kind in _PLACE.findall(other)) or {"{", "}"} & set(rest):
        raise ValueError(f"'{other}' names a place that '{english}' does not have.")
    parts, literal, at = [], 0, 0
    for place in _PLACE.finditer(english):
        literal += place.start() - at
        parts += [re.escape(english[at : place.start()]), f"(?P<{place[1]}>{_PATTERNS[place[2] or '']})"]
        at = place.end()
    parts.append(re.escape(english[at:]))
    return Template(english, other, kinds, re.compile("".join(parts)), literal + len(english) - at)


def literals_of(english: str) -> list[str]:
    """The parts of an English text between its places, in order."""
    return [part for part in _PLACE.sub("\0", english).split("\0") if part]
