"""How far inside the gland a needle's tip lies: the least distance of the tip to the contour on the same frame.

Pure. In the plane of the picture only: nothing is known of the capsule in front of it and behind. 0 or more is inside,
less than 0 outside. Only a needle in plane has it (what is seen of one out of plane may be its shaft), and only where
a contour of the same gland lies on the same frame, read in the same scale; else the value does not exist.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.errors import MarkMalformed, MarkRefused
from annotate.geometry import method
from annotate.marks import Contour, Needle, PlacedMark
from annotate.stored_parts import keys_of, word_of

Frame = tuple[str, int]
"""SOP Instance UID and frame, counted from 0."""


@dataclass(frozen=True)
class CapsuleDistance:
    """Tip to contour in micrometres, 0 or more inside, less than 0 outside; the contour by its id."""

    contour_id: str
    distance_um: int


def contours_by_frame(marks: Sequence[PlacedMark]) -> dict[Frame, tuple[PlacedMark, Contour]]:
    """The contours of one gland by the frame they lie on. MarkRefused `two_contours` where a frame has more."""
    found: dict[Frame, tuple[PlacedMark, Contour]] = {}
    for placed in marks:
        if not isinstance(placed.mark, Contour):
            continue
        frame = (placed.on.sop_instance_uid, placed.on.frame)
        if frame in found:
            raise MarkRefused(
                "two_contours", "This frame has a contour of this gland already; move that one, or remove it first."
            )
        found[frame] = (placed, placed.mark)
    return found


def capsule_distances(marks: Sequence[PlacedMark]) -> dict[str, CapsuleDistance]:
    """The distance of every needle of one gland that has one, by the needle's id. MarkRefused `two_contours`."""
    contours = contours_by_frame(marks)
    found: dict[str, CapsuleDistance] = {}
    for placed in marks:
        around = contours.get((placed.on.sop_instance_uid, placed.on.frame))
        if isinstance(placed.mark, Needle) and around is not None and around[0].scale == placed.scale:
            from annotate.outline import signed_distance_um  # numpy is loaded only where there is a contour

            distance_um = signed_distance_um(around[1], placed.mark.tip, placed.scale)
            found[placed.mark_id] = CapsuleDistance(around[0].mark_id, distance_um)
    return found


def capsule_to_json(distance: CapsuleDistance) -> dict[str, Any]:
    """The stored form: method, contour and whole micrometres."""
    return {
        "method": method("capsule_distance"), "contour": distance.contour_id, "distance_um": distance.distance_um,
    }


def capsule_from_json(value: object) -> CapsuleDistance:
    """The distance of a stored form. Raises MarkMalformed."""
    fields = keys_of(value, "method", "contour", "distance_um")
    named, distance_um = fields["method"], fields["distance_um"]
    if not isinstance(named, Mapping) or type(distance_um) is not int:
        raise MarkMalformed("A stored distance to the contour is none; check the log with `verify`.")
    return CapsuleDistance(word_of(fields["contour"]), distance_um)
