"""What a signature of a gland record covers, as one digest: to tell whether an amendment changed anything.

Pure over current values as the log has them. Pictures that merely joined the visit are not part of it: an addition
signs for those.
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Json
from injection_log.record.assisted import ASSISTED
from injection_log.record.derived import CAPSULE, VOLUME
from injection_log.record.scales import CHECK, HAND_SCALE

SIGNED_OF_GLAND = ("fact.", "mark.", "measured.", ASSISTED, "size", "late.", CAPSULE, VOLUME)
SIGNED_OF_VISIT = ("fact.", "late.", "identifiers_confirmed", "images_pending", "transcribed")
_SIGNED_OF_IMAGE = (HAND_SCALE, CHECK)


def content_sha256(
    gland: Mapping[str, Json], visit: Mapping[str, Json], values: Callable[[str], Mapping[str, Json]]
) -> str:
    """Give the digest (hex SHA-256) of everything that a signature of this gland covers.

    `gland` and `visit` are the current values of the two subjects, `values` gives those of a picture.
    """
    images: dict[str, Json] = {uid: _part(values(f"image:{uid}"), _SIGNED_OF_IMAGE) for uid in _marked(gland)}
    content: dict[str, Json] = {
        "gland": _part(gland, SIGNED_OF_GLAND), "images": images, "visit": _part(visit, SIGNED_OF_VISIT),
    }
    return hashlib.sha256(canonical_bytes(content)).hexdigest()


def _part(stored: Mapping[str, Json], wanted: tuple[str, ...]) -> dict[str, Json]:
    return {name: value for name, value in stored.items() if name.startswith(wanted)}


def _marked(gland: Mapping[str, Json]) -> set[str]:
    marks = [value for name, value in gland.items() if name.startswith("mark.") and isinstance(value, dict)]
    used = [mark.get("on") for mark in marks]
    return {str(on["sop_instance_uid"]) for on in used if isinstance(on, dict)}
