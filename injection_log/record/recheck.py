"""The verification hook: does every stored measurement still follow from the marks it was made from, and every
scale that a person set from the ruler it was drawn along, and did nothing change under a signature?

Answers with a sentence and never raises for what is stored: it looks at what may have been tampered with.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from annotate.recheck import Reader, wrong_size, wrong_value
from annotate.stored_marks import placed_from_json
from dicom_io.calibration import Scale
from injection_log.record.assisted import wrong_assisted
from injection_log.record.derived import depends_on, wrong_derived
from injection_log.record.recheck_signed import wrong_under_signature
from injection_log.record.scales import stands, wrong_scale

_MARK, _MEASURED = "mark.", "measured."
Values = Callable[[str], Mapping[str, Any]]


def wrong_measurement(
    body: Mapping[str, Any], values_after: Mapping[str, Any], values: Values, read: Reader = placed_from_json
) -> str | None:
    """Say what is wrong with the measurements an event wrote, or None.

    `body` is the event as stored; `values_after` are the current values of its subject once it is applied, and
    `values` gives those of any other subject at that time; `read` reads a stored mark.
    """
    under_signature = wrong_under_signature(body, values_after, values)
    if under_signature is not None:
        return under_signature
    changes = {change["field"]: (change["old"], change["new"]) for change in body.get("changes", [])}
    changed = {field: new for field, (_, new) in changes.items()}
    subject = str(body.get("subject"))
    if subject.startswith("image:"):
        return wrong_scale(values_after, changed, str(body.get("user")))
    touched = [field.partition(".")[2] for field in changed if field.startswith((_MARK, _MEASURED))]
    for mark_id in dict.fromkeys(touched):
        mark, measured = values_after.get(_MARK + mark_id), values_after.get(_MEASURED + mark_id)
        if mark is None and measured is None:
            continue
        # in this order: a mark that can be measured again is known to be whole
        wrong = wrong_value(mark or {}, measured or {}, read)
        wrong = wrong or _wrong_place(mark or {}, read(mark).scale, (subject, mark_id), values)
        if wrong is not None:
            return wrong
    size = values_after.get("size")
    if size is not None and (touched or "size" in changed):
        marks = [value for name, value in values_after.items() if name.startswith(_MARK)]
        wrong = wrong_size(marks, size, read)
        if wrong is not None:
            return wrong
    wrong = wrong_assisted(changes, values_after, read)
    return wrong or (wrong_derived(values_after, read) if any(map(depends_on, changed)) else None)


def _wrong_place(mark: Mapping[str, Any], scale: Scale, name: tuple[str, str], values: Values) -> str | None:
    """A mark must stand where it says: under its own name and gland, on a picture of the log, with a scale that
    this picture had when the mark was measured: of the header's kind, or the one set by hand that stood then.
    """
    subject, mark_id = name
    if mark["mark_id"] != mark_id or not subject.endswith(f"/{mark['side']}"):
        return "A mark stands under another name or gland than its own."
    on = mark["on"]
    kept = values(f"image:{on['sop_instance_uid']}")
    digests = (kept.get("sha256"), kept.get("data_set_sha256"), kept.get("pixel_data_sha256"))
    if digests != tuple(on["digests"][part] for part in ("file", "data_set", "pixel_data")):
        return "A mark lies on a picture, or names digests of one, that the log does not have."
    if scale.is_by_hand and not stands(scale, kept):
        return "A mark was measured with a scale that was not the one set by hand on its picture at that time."
    if not scale.is_by_hand and scale.kind != kept.get("calibration_state"):
        return "A mark was measured with a scale of the scanner's that its picture does not have."
    return None
