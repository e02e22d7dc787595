"""Answers that belong together, typed in one line: both times of an injection, the volumes of one syringe.

Pure: it takes a typed text apart by what stands between the parts, and reads none of them. What a part means, and
whether it can be kept, is for the record to say.
"""
from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class OneLine:
    """Fields whose answers may be typed in one line, in this order; `between` takes the line apart.

    `hint` stands below the first of them, "" for none.
    """

    fields: tuple[str, ...]
    between: re.Pattern[str]
    hint: str


_DASH = re.compile(r"\s*[-–—]\s*")  # 14:05-14:07
_GAP = re.compile(r"\s+")  # 1,20 0,05 0: a comma is the decimal sign of half of Europe
_LINES = (
    OneLine(("injection_start", "injection_end"), _DASH, "Start and end at once: 14:05-14:07"),
    OneLine(("procedure_start", "procedure_end"), _DASH, "Start and end at once: 14:05-14:07"),
    OneLine(
        ("volume_loaded_ul", "volume_residual_ul", "volume_spilled_ul"), _GAP,
        "All three at once: loaded residual spilled",
    ),
    # Said once, above: another hint here would only make the form longer.
    OneLine(("volume_residual_ul", "volume_spilled_ul"), _GAP, ""),
)  # fmt: skip


def line_at(field: str, asked: Collection[str]) -> OneLine | None:
    """The line that can be typed into a field; None where not all of its fields are `asked`."""
    return next((one for one in _LINES if one.fields[0] == field and set(one.fields) <= set(asked)), None)


def taken_apart(field: str, text: str, asked: Collection[str]) -> tuple[tuple[str, str], ...]:
    """What was typed into a field as one answer or, in a line with a part for each, as (field, text) of several."""
    line = line_at(field, asked)
    parts = line.between.split(text.strip()) if line is not None else []
    if line is None or len(parts) != len(line.fields) or not all(parts):
        return ((field, text),)
    return tuple(zip(line.fields, parts, strict=True))
