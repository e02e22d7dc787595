"""The verification hook: does every stored measurement still follow from the marks it was made from?

Answers with a sentence and never raises for what is stored: it looks at what may have been tampered with.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.recheck import wrong_size, wrong_value

_MARK, _MEASURED = "mark.", "measured."


def wrong_measurement(body: Mapping[str, Any], values_after: Mapping[str, Any]) -> str | None:
    """Say what is wrong with the measurements an event wrote, or None.

    `body` is the event as stored; `values_after` are the current values of its subject once it is applied.
    """
    changed = {change["field"]: change["new"] for change in body.get("changes", [])}
    for field, mark in changed.items():
        if not field.startswith(_MARK) or mark is None:
            continue
        measured = values_after.get(_MEASURED + field.removeprefix(_MARK))
        if (wrong := wrong_value(mark, measured or {})) is not None:
            return wrong
    size = changed.get("size")
    if size is None:
        return None
    marks = [value for name, value in values_after.items() if name.startswith(_MARK)]
    return wrong_size(marks, size)
