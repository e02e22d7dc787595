"""The pictures of a case as thumbnails, under the glands that they show, by neutral names. Pure."""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log_napari.presenters.thumbs import CALIBRATION_WORDS, Thumb
from injection_log_napari.presenters.wording import CALIBRATION_SIGNS, plane_title

if TYPE_CHECKING:
    from injection_log.reading.case import Case

HAS_MARKS = "●"


def case_thumbs(case: Case, shown: str) -> tuple[Thumb, ...]:
    """One thumbnail a picture, numbered from 1 in the case's fixed order; `shown` is the one on the canvas."""
    marked = {placed.on.sop_instance_uid for gland in case.glands.values() for placed in gland.marks}
    thumbs = []
    for number, image in enumerate(case.pictures, start=1):
        uid = image.sop_instance_uid
        by_hand = image.may_be_scaled_by_hand and image.hand_scale is not None
        scale = "by_hand" if by_hand else image.calibration_state
        kind = f"{image.frames} frames" if image.frames > 1 else "still"
        tip = f"picture {number}: {plane_title(image.plane).lower()}, {kind}, {CALIBRATION_WORDS[scale]}"
        sign = f"  {HAS_MARKS}" if uid in marked else ""
        caption = f"picture {number}\n{CALIBRATION_SIGNS[scale]}{sign}"
        thumbs.append(Thumb(uid, f"{case.side_of[uid].capitalize()} gland", caption, tip, uid == shown))
    return tuple(thumbs)
