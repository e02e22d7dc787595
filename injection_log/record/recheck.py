"""The verification hook: does every stored measurement still follow from the marks it was made from, and every
scale that a person set from the ruler it was drawn along?

Answers with a sentence and never raises for what is stored: it looks at what may have been tampered with.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from annotate.recheck import wrong_size, wrong_value
from dicom_io.calibration import Scale
from injection_log.record.scales import stands, wrong_scale

_MARK, _MEASURED = "mark.", "measured."
Values = Callable[[str], Mapping[str, Any]]


def wrong_measurement(body: Mapping[str, Any], values_after: Mapping[str, Any], values: Values) -> str | None:
    """Say what is wrong with the measurements an event wrote, or None.

    `body` is the event as stored; `values_after` are the current values of its subject once it is applied, and
    `values` gives those of any other subject at that time.
    """
    changed = {change["field"]: change["new"] for change in body.get("changes", [])}
    if str(body.get("subject")).startswith("image:"):
        return wrong_scale(values_after, changed, str(body.get("user")))
    for field, mark in changed.items():
        if not field.startswith(_MARK) or mark is None:
            continue
        measured = values_after.get(_MEASURED + field.removeprefix(_MARK))
        # in this order: a mark that can be measured again is known to be whole
        if (wrong := wrong_value(mark, measured or {}) or _wrong_scale_of(mark, values)) is not None:
            return wrong
    size = changed.get("size")
    if size is None:
        return None
    marks = [value for name, value in values_after.items() if name.startswith(_MARK)]
    return wrong_size(marks, size)


def _wrong_scale_of(mark: Mapping[str, Any], values: Values) -> str | None:
    """A scale set by hand must be the one that stood on the picture when the mark was measured with it."""
    if mark["scale"]["kind"] != "manual":
        return None
    if stands(Scale.from_json(mark["scale"]), values(f"image:{mark['on']['sop_instance_uid']}")):
        return None
    return "A mark was measured with a scale that was not the one set by hand on its picture at that time."
