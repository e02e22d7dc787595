"""Coded copies before they are written: what they would hold, how large they are, what a person looked at.

Nothing leaves before a person has looked through every different frame as it would leave. A look is remembered
with its digest, so the same frames are not looked at twice, whatever the copy is for; frames of a scanner that
is known are looked at all the same, because words can be typed into any picture. Who drew and confirmed areas
is `kept_areas`, writing is `copy_writing`.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log.acts.copy_pictures import counted
from injection_log.acts.kept_areas import OwedArea, StandingArea, area_for
from injection_log.acts.writing import append, draft_of, require
from injection_log.errors import Refused
from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Json, Subject
from injection_log.record.copies import LOOKED_AT, LookedAtImage, look_field, ranges_in_words, ranges_of, stored_boxes
from injection_log.record.reading import visit_subject

if TYPE_CHECKING:
    from annotate.contact_sheet import Tile
    from dicom_io.deidentify.copying import SizeEstimate
    from dicom_io.deidentify.looking import DistinctFrame, FrameLook
    from dicom_io.deidentify.request import Selection
    from injection_log.record.values import VisitImage, VisitRecord
    from injection_log.site import Session


@dataclass(frozen=True)
class Choice:
    """One picture and the inclusive ranges of its frames, from 0, that are wanted."""

    sop_instance_uid: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PlannedImage:
    """One picture of a plan: the frames, the area that stays, and how large its copy will be."""

    image: VisitImage
    selection: Selection
    standing: StandingArea
    size: SizeEstimate


@dataclass(frozen=True)
class CopyPlan:
    """What would be copied of one visit; nothing was decided or written yet."""

    record: VisitRecord
    images: tuple[PlannedImage, ...]

    @property
    def bytes(self) -> int:
        """About how many bytes the copies will take, measured."""
        return sum(one.size.bytes for one in self.images)

    @property
    def frames(self) -> int:
        """How many frames in all."""
        return sum(one.size.frames for one in self.images)


@dataclass(frozen=True)
class Look:
    """Every different frame of a plan as it would leave. `sha256` stands for all of it."""

    plan: CopyPlan
    sha256: str
    images: tuple[LookedAtImage, ...]
    distinct: tuple[tuple[DistinctFrame, ...], ...]

    @property
    def tiles(self) -> int:
        """How many frames a person sees."""
        return sum(map(len, self.distinct))

    @property
    def marked(self) -> int:
        """How many of them are to be looked at twice."""
        return sum(frame.look.is_marked for frames in self.distinct for frame in frames)


def plan_copies(session: Session, record: VisitRecord, choices: Sequence[Choice]) -> CopyPlan:
    """Choose pictures and frames, and measure how large their copies will be.

    Raises Refused: nothing chosen, a picture that is not of this visit or in conflict, a frame that does not
    exist, or a kept area that is still owed.
    """
    require(session, "plan_copies")
    if not choices:
        raise Refused("nothing_chosen", "Choose at least one picture and one frame to copy.")
    if len({choice.sop_instance_uid for choice in choices}) < len(choices):
        raise Refused("chosen_twice", "A picture is named twice; give all its frames at once.")
    return CopyPlan(record, tuple(_planned(session, record, choice) for choice in choices))


def look_at(plan: CopyPlan) -> Look:
    """Decode every chosen frame and find those that differ. Slow for long clips: for a worker thread."""
    from dicom_io.deidentify.look_digest import look_digest
    from dicom_io.deidentify.looking import distinct_frames, look_through
    from dicom_io.errors import DicomIoError

    images, distinct = [], []
    for one in plan.images:
        try:
            looks: tuple[FrameLook, ...] = look_through(one.selection)
        except DicomIoError as refused:
            raise Refused(refused.code, refused.why) from refused
        digest = look_digest(one.selection.area, [(look.frame, look.sha256) for look in looks])
        images.append(_looked_at(one, digest))
        distinct.append(distinct_frames(looks))
    told: dict[str, Json] = {image.sop_instance_uid: image.to_json() for image in images}
    return Look(plan, hashlib.sha256(canonical_bytes(told)).hexdigest(), tuple(images), tuple(distinct))


def contact_sheet(session: Session, look: Look) -> Iterator[bytes]:
    """The pages to look through, PNG, one after the other: marked frames first within each picture."""
    require(session, "look_at_copies")
    from annotate.contact_sheet import contact_pages
    from annotate.picture import encode_png

    heading = f"As it would leave: {counted(look.tiles, 'different frame')} of {look.plan.frames}"
    if look.marked:
        heading += f", {look.marked} changed unlike the rest: look at those twice"
    for page in contact_pages(_tiles(look), heading, look.tiles):
        yield encode_png(page)


def is_looked_at(session: Session, look: Look) -> bool:
    """Whether somebody has confirmed just these frames with just this area before."""
    return look_field(look.sha256) in session.site.ledger.values(visit_of(look.plan.record).key)


def confirm_look(session: Session, look: Look, seen_sha256: str) -> None:
    """Confirm, as who looked through it, that nothing on the contact sheet says who the participant is.

    `seen_sha256` is the digest of the sheet that was seen. Raises Refused where it is another one by now.
    """
    require(session, "confirm_copies")
    if seen_sha256 != look.sha256:
        raise Refused("other_frames", "These are not the frames that were looked at; look through them again.")
    by = session.account.user
    stored: dict[str, Json] = {
        "sha256": look.sha256, "by": by, "images": {one.sop_instance_uid: one.to_json() for one in look.images},
    }
    layouts: dict[str, Json] = {
        one.layout: {"by": by, "area": stored_boxes(one.boxes), "area_from": one.area_from} for one in look.images
    }
    append(session, [
        draft_of(session, "CopyLookConfirmed", visit_of(look.plan.record), {look_field(look.sha256): stored}),
        *(
            draft_of(session, "LayoutLookedAt", Subject("layout", id=layout), {LOOKED_AT: seen})
            for layout, seen in layouts.items()
        ),
    ])


def _planned(session: Session, record: VisitRecord, choice: Choice) -> PlannedImage:
    from dicom_io.deidentify.copying import estimate
    from dicom_io.deidentify.request import Selection, frames_of
    from dicom_io.errors import DicomIoError

    try:
        image = record.image(choice.sop_instance_uid)
    except KeyError:
        raise Refused("other_visit", "This picture is not of this visit; choose one of the list.") from None
    if image.conflicts:
        raise Refused("image_conflict", "Two different pictures came under one identity; clear that before copying.")
    by_hand = image.hand_scale.hand if image.hand_scale and image.may_be_scaled_by_hand else None
    try:
        found = area_for(session, image)
        if isinstance(found, OwedArea):
            raise Refused("no_kept_area", found.why)
        frames = frames_of(choice.ranges, image.frames)
        selection = Selection(session.site.image_path(image.sha256), frames, found.area, by_hand)
        return PlannedImage(image, selection, found, estimate(selection))
    except DicomIoError as refused:
        raise Refused(refused.code, refused.why) from refused


def _looked_at(one: PlannedImage, digest: str) -> LookedAtImage:
    return LookedAtImage(
        one.image.sop_instance_uid, ranges_of(one.selection.frames), one.selection.area.boxes,
        one.standing.layout, one.standing.area_from, digest,
    )  # fmt: skip


def _tiles(look: Look) -> Iterator[Tile]:
    from annotate.contact_sheet import Tile
    from dicom_io.deidentify.masking import masked_frames

    for one, distinct in zip(look.plan.images, look.distinct, strict=True):
        number = look.plan.record.images.index(one.image) + 1
        place_of = {frame: place for place, frame in enumerate(one.selection.frames)}
        with masked_frames(one.selection) as frames:
            for shown in distinct:
                title = f"picture {number}, frame {shown.look.frame + 1} of {one.image.frames}"
                if shown.same:
                    title += f" (the same: {ranges_in_words(ranges_of(tuple(sorted(shown.same))))})"
                if shown.look.is_marked:
                    title += ": changed"
                frame = frames.masked(place_of[shown.look.frame])
                yield Tile(frame, title, one.selection.area.bounds, shown.look.is_marked)


def visit_of(record: VisitRecord) -> Subject:
    """The subject under which looks and copies of a visit stand."""
    return visit_subject(record.participant, record.visit)
