"""The pictures of a visit as thumbnails: grouped by the side their header names, the gland at work first. Pure."""
from __future__ import annotations

from dataclasses import dataclass

from annotate.marks import Side
from injection_log.record.values import VisitImage
from injection_log_napari.presenters.desk import Desk
from injection_log_napari.presenters.wording import CALIBRATION_SIGNS, PLANE_SIGNS, plane_title

CALIBRATION_WORDS = {
    "region": "calibrated by the scanner",
    "pixel_spacing": "scale from PixelSpacing",
    "none": "no scale: pixels only",
    "refused": "scale not trusted: pixels only",
}


@dataclass(frozen=True)
class Thumb:
    """One picture: what stands under it, in which group it is, whether it is shown now."""

    uid: str
    group: str
    caption: str
    tip: str
    is_current: bool


def thumbs_of(desk: Desk, side: Side | None, shown: str) -> tuple[Thumb, ...]:
    """The thumbnails in the order of the column."""
    marked = {m.on.sop_instance_uid for gland in desk.record.glands.values() for m in gland.marks}
    thumbs = [_thumb(desk, image, shown, marked) for image in desk.record.images]
    order = {"right": ("Right", "Left", ""), "left": ("Left", "Right", "")}.get(side or "", ("Right", "Left", ""))
    rank = {group: place for place, group in enumerate(order)}
    return tuple(sorted(thumbs, key=lambda thumb: rank.get(thumb.group, len(rank))))


def _thumb(desk: Desk, image: VisitImage, shown: str, marked: set[str]) -> Thumb:
    uid = image.sop_instance_uid
    header = desk.header(uid)
    laterality = {"R": "Right", "L": "Left"}.get(header.laterality, "") if header else ""
    frames = f"{image.frames} fr" if image.frames > 1 else "still"
    dot = "● " if uid in marked else ""
    sign = PLANE_SIGNS.get(image.plane, "?")
    tip = f"{plane_title(image.plane)}, {frames}, {CALIBRATION_WORDS[image.calibration_state]}"
    caption = f"{dot}{sign} {frames} {CALIBRATION_SIGNS[image.calibration_state]}"
    return Thumb(uid, laterality or "Pictures", caption, tip, uid == shown)
