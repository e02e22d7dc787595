"""Facts as rows of a form: what is asked, what stands there, what is owed, what was refused. Pure.

What a person typed and the record refused stays in the row until it is corrected; it is stored nowhere.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from annotate.readout import exact_millimetres
from injection_log.ledger.event import Json
from injection_log.protocol.fields import Choice, Field, Kind
from injection_log.record.checks import is_asked


@dataclass(frozen=True)
class FieldMark:
    """The small mark beside a field: its sign, what it means in words, and how it stands out.

    `tone` is "" for nothing, "open" for a question that waits, "answered" for one that waits for its opener.
    `verified` says who compared the value with its source, "" where nobody did;
    `may_take_back`: whether a mark made by mistake may be taken away again.
    """

    sign: str
    words: str
    tone: str = ""
    verified: str = ""
    may_verify: bool = False
    may_take_back: bool = False


@dataclass(frozen=True)
class FieldRow:
    """One field as it stands now. `text` is what its editor shows; `chosen` are the values of pressed choices.

    `stored` is the recorded value as text; it differs from `text` while something refused stands in the field.
    `is_overtaken`: refused because somebody else changed the value; only the person says whose holds. `mine` is
    what was pressed then, in words. `findings` are sentences of checks to look at; they keep nobody from working.
    `hint` says what else can be typed here, `offer` what one press beside it would record; both "" for nothing.
    """

    name: str
    title: str
    kind: Kind
    unit: str
    choices: tuple[Choice, ...]
    text: str
    chosen: tuple[str, ...]
    is_owed: bool
    is_missing: bool
    refused: str = ""
    note: str = ""
    is_overtaken: bool = False
    stored: str = ""
    mine: str = ""
    findings: tuple[str, ...] = ()
    mark: FieldMark | None = None
    hint: str = ""
    offer: str = ""


@dataclass(frozen=True)
class Typed:
    """What was typed and refused, with the sentence that said so."""

    text: str
    why: str
    is_overtaken: bool = False


CHOICE_KINDS: tuple[Kind, ...] = ("choice", "choices", "yes_no")
"""Kinds that are pressed; the others are typed."""
LATE_REASONS = ("late_reason", "visit_late_reason")
"""Asked for beside the time that was entered late."""
YES_NO = (Choice("yes", "yes"), Choice("no", "no"))


def rows_of(
    fields: Sequence[Field], facts: Mapping[str, Json], refused: Mapping[str, Typed], owed: frozenset[str]
) -> tuple[FieldRow, ...]:
    """The rows that are asked now, in the protocol's order; `owed` are the names that block a signature."""
    return tuple(_row(field, facts, refused.get(field.name), owed) for field in fields if is_asked(field, facts))


def _row(field: Field, facts: Mapping[str, Json], refused: Typed | None, owed: frozenset[str]) -> FieldRow:
    value = facts.get(field.name)
    choices = YES_NO if field.kind == "yes_no" else field.choices
    return FieldRow(
        name=field.name,
        title=field.title,
        kind=field.kind,
        unit=field.unit,
        choices=choices,
        text=refused.text if refused else typed_text(field.kind, value),
        chosen=_chosen(value),
        is_owed=field.owed,
        is_missing=field.name in owed,
        refused=refused.why if refused else "",
        note=field.note,
        is_overtaken=refused is not None and refused.is_overtaken,
        stored=typed_text(field.kind, value),
        mine=_pressed_words(choices, refused),
    )


def _pressed_words(choices: Sequence[Choice], refused: Typed | None) -> str:
    """What was pressed and did not hold because somebody else was first; "" for what is typed."""
    if refused is None or not refused.is_overtaken or not choices:
        return ""
    pressed = refused.text.split(",")
    return ", ".join(choice.title for choice in choices if choice.value in pressed) or "nothing"


def beside_what_is_late(rows: tuple[FieldRow, ...], late_minutes: Mapping[str, int]) -> tuple[FieldRow, ...]:
    """Put the reason of a late entry under the last time that was entered late, and say there how late it was."""
    reason = next((row for row in rows if row.name in LATE_REASONS), None)
    late = [row.name for row in rows if row.name in late_minutes]
    if reason is None or not late:
        return rows
    others = [row for row in rows if row is not reason]
    place = next(n for n, row in enumerate(others) if row.name == late[-1])
    noted = [replace(row, note=_late_words(late_minutes[row.name])) if row.name in late else row for row in others]
    return (*noted[: place + 1], reason, *noted[place + 1 :])


def _late_words(minutes: int) -> str:
    hours = minutes // 60
    return f"entered {hours} hours after this time" if hours < 48 else f"entered {hours // 24} days after this time"


def typed_text(kind: Kind, value: Json) -> str:
    """A stored value as a person would type it: millilitres, time of day, plain text."""
    if kind == "volumes" and isinstance(value, list):
        return " + ".join(typed_text("volume", one) for one in value)
    if value is None or isinstance(value, list):
        return ""
    if kind == "volume" and isinstance(value, int):
        return f"{value / 1000:.2f}"
    if kind == "length" and isinstance(value, int):
        return exact_millimetres(value).removesuffix(" mm")
    if kind == "time":
        return str(value).partition("T")[2][:5]
    return str(value)


def _chosen(value: Json) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    return (str(value),) if isinstance(value, str) else ()


def toggled(row: FieldRow, choice: str) -> str:
    """The text that records a press on one of several choices; "none" and the others exclude each other."""
    if row.kind != "choices":
        return "" if row.chosen == (choice,) else choice
    if choice in row.chosen:
        return ",".join(one for one in row.chosen if one != choice)
    if choice == "none":
        return "none"
    return ",".join((*(one for one in row.chosen if one != "none"), choice))
