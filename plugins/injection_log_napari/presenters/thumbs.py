"""The pictures of a visit as thumbnails: grouped by the side their header names, the gland at work first. Pure."""
from __future__ import annotations

from dataclasses import dataclass, replace

from injection_log.record.values import SIDES, VisitImage
from injection_log_napari.presenters.cine import CLIP_OF_ONE
from injection_log_napari.presenters.desk import Desk
from injection_log_napari.presenters.picture import PicturePresenter
from injection_log_napari.presenters.wording import CALIBRATION_SIGNS, PLANE_SIGNS, plane_title

UNSAID = "Pictures"
LATER = "New since signing"
CALIBRATION_WORDS = {
    "region": "calibrated by the scanner",
    "pixel_spacing": "scale from PixelSpacing",
    "by_hand": "scale set by hand",
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


def thumbs_of(desk: Desk, picture: PicturePresenter) -> tuple[Thumb, ...]:
    """The thumbnails in the order of the column; placing a mark moves none of them."""
    later = {uid for gland in desk.record.glands.values() for uid in gland.later_images}
    thumbs = [
        replace(one, group=LATER) if one.uid in later else one
        for one in (_thumb(picture, image, _marked_sides(desk, image)) for image in desk.record.images)
    ]
    orders = {"right": (LATER, "Right", UNSAID, "Left"), "left": (LATER, "Left", UNSAID, "Right")}
    order = orders.get(picture.side or "", (LATER, "Right", "Left", UNSAID))
    rank = {group: place for place, group in enumerate(order)}
    return tuple(sorted(thumbs, key=lambda thumb: rank.get(thumb.group, len(rank))))


def _marked_sides(desk: Desk, image: VisitImage) -> str:
    """Initials of the glands that have marks on a picture."""
    uid = image.sop_instance_uid
    sides = [side for side in SIDES if any(m.on.sop_instance_uid == uid for m in desk.record.glands[side].marks)]
    return "+".join(side[0].upper() for side in sides)


def _thumb(picture: PicturePresenter, image: VisitImage, marked: str) -> Thumb:
    uid = image.sop_instance_uid
    is_clip_of_one = picture.pictures.is_clip_of_one(uid)
    frames = f"{image.frames} fr" if image.frames > 1 else "clip of 1" if is_clip_of_one else "still"
    kind = f"{image.frames} frames" if image.frames > 1 else CLIP_OF_ONE if is_clip_of_one else "still"
    tip = f"{plane_title(image.plane)}, {kind}, {_scale_words(image)}"
    caption = f"{PLANE_SIGNS.get(image.plane, '?')} {frames}\n{CALIBRATION_SIGNS[_scale_state(image)]}"
    if marked:
        tip, caption = f"{tip}, has marks ({marked})", f"{caption}  ● {marked}"
    return Thumb(uid, picture.pictures.laterality(uid).capitalize() or UNSAID, caption, tip, uid == picture.uid)


def _scale_state(image: VisitImage) -> str:
    is_by_hand = image.may_be_scaled_by_hand and image.hand_scale is not None
    return "by_hand" if is_by_hand else image.calibration_state


def _scale_words(image: VisitImage) -> str:
    by = f" by {image.hand_scale.by.printed_name}" if image.hand_scale and _scale_state(image) == "by_hand" else ""
    checks = sum(1 for one in image.scale_checks if one.checked.is_beyond)
    doubt = ", a cross-check of the scale differs" if checks else ""
    return f"{CALIBRATION_WORDS[_scale_state(image)]}{by}{doubt}"
