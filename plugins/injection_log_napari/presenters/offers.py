"""Answers that can be taken over in one press: the own name for several people, and what was so in the other gland.

Pure. An offer is shown with every value it holds, and it is nothing before a person presses it; then each value is an
answer of that person. What was observed or measured in this gland is never offered (`COPIED` has the rest).
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotate.marks import Side
from injection_log.ledger.event import Json
from injection_log.protocol.fields import Field
from injection_log.record.checks import is_asked
from injection_log.words import volume_figures
from injection_log_napari.presenters.form import typed_text

COPIED = ("volume_loaded_ul", "needle")
"""What is chosen before the injection, and so may have been the same in the other gland."""

_LEAST_NAMES = 2  # for one there is "me"


@dataclass(frozen=True)
class Offer:
    """What one press would record: (field, text) each, and the words that say so; it stands at its first field."""

    words: str
    answers: tuple[tuple[str, str], ...]

    @property
    def field(self) -> str:
        """Where it stands."""
        return self.answers[0][0]


def own_name(fields: Sequence[Field], facts: Mapping[str, Json], printed_name: str) -> Offer | None:
    """The name of the person at work for everybody whose name is owed and not there; None for fewer than two."""
    open_ones = [one for one in fields if one.kind == "person" and one.owed and _is_open(one, facts)]
    if len(open_ones) < _LEAST_NAMES or not printed_name:
        return None
    titles = ", ".join(one.title for one in open_ones)
    return Offer(f"My name for: {titles}", tuple((one.name, printed_name) for one in open_ones))


def as_other_gland(
    fields: Sequence[Field], facts: Mapping[str, Json], other: tuple[Side, Mapping[str, Json]]
) -> Offer | None:
    """What was chosen for the other gland, where this one still lacks it; None where there is nothing."""
    side, theirs = other
    same = [
        one for one in fields
        if one.name in COPIED and _is_open(one, facts) and is_asked(one, theirs) and theirs.get(one.name)
    ]
    if not same:
        return None
    values = ", ".join(_value_words(one, theirs[one.name]) for one in same)
    answers = tuple((one.name, typed_text(one.kind, theirs[one.name])) for one in same)
    return Offer(f"As the {side} gland:\n{values}", answers)


def _is_open(field: Field, facts: Mapping[str, Json]) -> bool:
    return is_asked(field, facts) and facts.get(field.name) in (None, "", [])


def _value_words(field: Field, value: Json) -> str:
    if field.kind == "volume" and isinstance(value, int):
        return f"{field.title} {volume_figures(value)}"
    return f"needle {next((choice.title for choice in field.choices if choice.value == value), value)}"
