"""The verification hook for what is signed: did a value change under a signature, or a signature outlive a change?

Answers with a sentence and never raises for what is stored: it looks at what may have been tampered with. Additions
may place marks of their own; everything else that is signed changes only while an amendment is open.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from injection_log.ledger.errors import NotCanonical
from injection_log.record.assisted import ASSISTED
from injection_log.record.derived import CAPSULE, VOLUME
from injection_log.record.gland_history import ADDITION_OPEN, AMENDMENT, SIGNATURE
from injection_log.record.signed_content import SIGNED_OF_GLAND, content_sha256

Values = Callable[[str], Mapping[str, Any]]
_SIGNED = ("signed", "reviewed", "locked")
_OF_MARKS = ("mark.", "measured.", ASSISTED, "size", CAPSULE, VOLUME)
_FOLLOWS = ("size", CAPSULE, VOLUME)
"""What follows from several marks: an addition's contour gives a signed needle its distance, and is signed for."""
_OF_VISIT = ("fact.", "late.", "transcribed")


def wrong_under_signature(body: Mapping[str, Any], after: Mapping[str, Any], values: Values) -> str | None:
    """Say what an event changed that a signature covers, or None.

    `body` is the event as stored; `after` are the current values of its subject once it is applied, `values` gives
    those of any other subject at that time.
    """
    kind, _, place = str(body.get("subject")).partition(":")
    if kind not in ("gland", "visit"):
        return None
    changes = {change["field"]: (change["old"], change["new"]) for change in body.get("changes", [])}
    if kind == "gland":
        return _wrong_gland(changes, after, (values, f"visit:{place.rpartition('/')[0]}"))
    if kind == "visit" and any(field.startswith(_OF_VISIT) for field in changes):
        glands = (values(f"gland:{place}/{side}") for side in ("right", "left"))
        if any(gland.get("state") in _SIGNED for gland in glands):
            return "A fact of the visit was changed while a gland of it was signed, without an amendment."
    return None


def _wrong_gland(
    changes: Mapping[str, tuple[Any, Any]], after: Mapping[str, Any], around: tuple[Values, str]
) -> str | None:
    now = after.get("state")
    before = changes["state"][0] if "state" in changes else now
    touched = [field for field in changes if field.startswith(SIGNED_OF_GLAND)]
    if touched and before in _SIGNED and not _is_added(touched, changes, after):
        return "A value of a signed record was changed without an amendment."
    if before in _SIGNED and now not in _SIGNED and AMENDMENT not in changes:
        return "A signed record was opened without an amendment."
    if now in _SIGNED and before not in _SIGNED and SIGNATURE not in changes:
        return _wrong_again(changes, after, around)
    return None


def _is_added(touched: list[str], changes: Mapping[str, tuple[Any, Any]], after: Mapping[str, Any]) -> bool:
    """Whether all that changed are marks of an addition that is open, and none that was signed before it."""
    addition = changes[ADDITION_OPEN][0] if ADDITION_OPEN in changes else after.get(ADDITION_OPEN)
    signed = addition.get("marks_before") if isinstance(addition, dict) else None
    return isinstance(signed, list) and all(
        field.startswith(_OF_MARKS) and (field.startswith(_FOLLOWS) or field.partition(".")[2] not in signed)
        for field in touched
    )


def _wrong_again(
    changes: Mapping[str, tuple[Any, Any]], after: Mapping[str, Any], around: tuple[Values, str]
) -> str | None:
    """A signature holds again only where an amendment was closed and nothing differs from what was signed."""
    amendment, (values, visit) = changes.get(AMENDMENT, (None, None))[0], around
    try:
        content = content_sha256(after, values(visit), values)
    except (NotCanonical, LookupError, TypeError, AttributeError):
        content = ""
    if not isinstance(amendment, dict) or amendment.get("content_sha256") != content:
        return "A signature is said to hold again, although the record is not the one that was signed."
    return None
