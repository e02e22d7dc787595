"""Placing, moving and removing marks. Each is one event that carries mark, picture, scale and measured value.

A mark is refused where the picture has no scale that can be trusted; nothing is converted by guess.
"""
from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from annotate.errors import AnnotateError
from annotate.marks import (
    Caliper,
    Contour,
    Deposit,
    ImageUse,
    Mark,
    Needle,
    OutOfPlaneNeedle,
    PlacedMark,
    Side,
    Structure,
)
from annotate.stored_marks import on_grid, placed_to_json
from dicom_io.calibration import Point
from dicom_io.errors import MeasurementRefused
from dicom_io.image import Digests, UltrasoundImage
from dicom_io.line_scale import boxes_are_inside
from injection_log.acts.writing import Standing, changing, require, require_as_shown, require_open, write_gland
from injection_log.errors import Refused
from injection_log.ledger.event import Subject
from injection_log.record.assisted import ASSISTED, Proposed, assisted_by, assisted_values
from injection_log.record.derived import capsule_values, volume_values
from injection_log.record.mark_values import placed_values, scale_for
from injection_log.record.reading import gland_subject
from injection_log.record.scales import HAND_SCALE
from injection_log.record.values import VisitRecord

if TYPE_CHECKING:
    from injection_log.ledger.event import Json
    from injection_log.record.values import GlandRecord, VisitImage
    from injection_log.site import Session

Where = tuple[str, int]
"""SOP Instance UID and frame, counted from 0."""


def place(session: Session, record: VisitRecord, side: Side, where: Where, mark: Mark | Proposed) -> VisitRecord:
    """Place a mark on one frame of a picture of this visit: a person's own, or one that the picture proposed and the
    person took over, which is stored as assisted.

    Raises Refused with the reason when the picture is not of this visit, the frame does not exist, the place
    has no trusted scale, or the mark cannot be measured as it lies.
    """
    stands = changing(session, record)
    gland = stands.record.glands[side]
    _require_takes_marks(session, gland)
    _scale_as_shown(session, record, stands.record, where[0])
    drawn = mark.mark if isinstance(mark, Proposed) else mark
    placed = _placed(session, stands.record, (_new_id(session), side), where, drawn)
    new = changed_marks(session, gland, {placed.mark_id: placed})
    if isinstance(mark, Proposed):
        new[f"{ASSISTED}{placed.mark_id}"] = _helped(mark)
    return write_gland(session, stands, gland, _kind_of(drawn), new)


def move(session: Session, record: VisitRecord, side: Side, mark_id: str, mark: Mark) -> VisitRecord:
    """Give a placed mark another place on the same frame; the old place stays in the log."""
    stands = changing(session, record)
    gland = stands.record.glands[side]
    _require_takes_marks(session, gland, mark_id)
    old = _as_shown(session, (record, stands.record), side, mark_id)
    where = (old.on.sop_instance_uid, old.on.frame)
    _scale_as_shown(session, record, stands.record, where[0])
    placed = _placed(session, stands.record, (mark_id, side), where, mark)
    return _write_marks(session, stands, gland, "MarkMoved", {mark_id: placed})


def remove(session: Session, record: VisitRecord, side: Side, mark_id: str) -> VisitRecord:
    """Take a mark out of the record; the log keeps it."""
    stands = changing(session, record)
    gland = stands.record.glands[side]
    _require_takes_marks(session, gland, mark_id)
    _as_shown(session, (record, stands.record), side, mark_id)
    return _write_marks(session, stands, gland, "MarkRemoved", {mark_id: None})


def put_back(
    session: Session, record: VisitRecord, side: Side, wanted: dict[str, PlacedMark | None]
) -> dict[str, Json]:
    """The fields of a gland once these marks stand as they stood before (None: are gone again), to undo and redo.

    `record` is the visit as it stands. A mark whose picture was given another scale by hand since is measured with
    that one. Raises Refused.
    """
    gland, marks = record.glands[side], dict(wanted)
    for mark_id, placed in wanted.items():
        _require_takes_marks(session, gland, mark_id)
        if placed is None:
            continue
        by_hand = image_at(record, (placed.on.sop_instance_uid, placed.on.frame)).hand_scale
        if placed.scale.is_by_hand and (by_hand is None or by_hand.scale != placed.scale):
            marks[mark_id] = placed_again(session, record, placed)
    return changed_marks(session, gland, marks)


def default_skin_row(image: UltrasoundImage, tip: Point) -> float:
    """Give the row (px) from which depth is counted unless a person moves it: the top of the tip's 2D region.

    Also of one without a trusted scale: under a scale set by hand the picture still begins there, not at row 0.
    """
    spatial = [region for region in image.regions if region.kind == "2d" and region.holds(tip)]
    found = [region for region in spatial if region.usable] or (spatial if boxes_are_inside(image) else [])
    return float(found[0].box[0]) if found else 0.0


def _kind_of(mark: Mark) -> str:
    match mark:
        case Caliper():
            return "CaliperPlaced"
        case Needle() | OutOfPlaneNeedle():
            return "NeedleMarked"
        case Contour():
            return "ContourTraced"
        case Deposit():
            return "DepositMarked"
        case Structure():
            return "StructureTagged"


def _require_takes_marks(session: Session, gland: GlandRecord, mark_id: str = "") -> None:
    """Marks belong to an open record, or to an open addition, which leaves those alone that were signed before it."""
    addition = gland.addition_open
    if addition is None or gland.lock is not None:
        require_open(session, "place_mark", gland)
        return
    require(session, "add_images", gland.state)
    if mark_id in addition.marks_before:
        raise Refused(
            "already_signed", "This mark was signed; an addition leaves it as it is: open an amendment to change it."
        )


def _as_shown(session: Session, records: tuple[VisitRecord, VisitRecord], side: Side, mark_id: str) -> PlacedMark:
    """The mark as it stands. `records`: as shown, and as it is now. Raises Refused when it is gone, Overtaken when it
    is not where it was shown.
    """
    seen, found = (_of(record.glands[side], mark_id) for record in records)
    subject = gland_subject(records[1].participant, records[1].visit, side)
    require_as_shown(session, (subject, f"mark.{mark_id}"), placed_to_json(seen), placed_to_json(found))
    return found


def _scale_as_shown(session: Session, shown: VisitRecord, now: VisitRecord, uid: str) -> None:
    """Nothing is measured with a hand-set scale that its person did not see. Raises Overtaken."""
    seen, found = (
        next((one.hand_scale for one in record.images if one.sop_instance_uid == uid), None)
        for record in (shown, now)
    )
    stored = (seen.to_json() if seen else None, found.to_json() if found else None)
    require_as_shown(session, (Subject("image", id=uid), HAND_SCALE), *stored)


def _helped(proposed: Proposed) -> Json:
    try:
        return assisted_by(proposed).to_json()
    except AnnotateError as refused:
        raise Refused(refused.code, refused.why) from refused


def _new_id(session: Session) -> str:
    """A name that sorts by the time of placing, so that marks are listed in the order of the procedure."""
    milliseconds = int(session.site.clock.now().timestamp() * 1000)
    return f"{milliseconds:012x}{secrets.token_hex(3)}"


def _of(gland: GlandRecord, mark_id: str) -> PlacedMark:
    for placed in gland.marks:
        if placed.mark_id == mark_id:
            return placed
    raise Refused("no_such_mark", "This mark is no longer there; the picture shows what is recorded now.")


def _placed(
    session: Session, record: VisitRecord, name: tuple[str, Side], where: Where, mark: Mark
) -> PlacedMark:
    image = image_at(record, where)
    by_hand = image.hand_scale.scale if image.hand_scale else None
    digests = Digests(image.sha256, image.data_set_sha256, image.pixel_data_sha256)
    try:
        mark = on_grid(mark)
        scale = scale_for(session.site.image_header(image.sha256), mark, by_hand)
    except MeasurementRefused as refused:
        raise Refused(refused.code, refused.why) from refused
    except AnnotateError as refused:
        raise Refused(refused.code, refused.why) from refused
    return PlacedMark(name[0], name[1], ImageUse(*where, digests), mark, scale)


def image_at(record: VisitRecord, where: Where) -> VisitImage:
    """The picture of this visit that may be measured on. Raises Refused."""
    uid, frame = where
    try:
        image = record.image(uid)
    except KeyError:
        raise Refused("other_visit", "This picture is not of this visit; open one from the list.") from None
    if image.conflicts:
        raise Refused(
            "image_conflict",
            "Two different pictures came under this image's identity; it cannot be measured until that is cleared.",
        )
    if not 0 <= frame < image.frames:
        raise Refused("no_such_frame", f"This picture has {image.frames} frames; go to one of them.")
    return image


def placed_again(session: Session, record: VisitRecord, old: PlacedMark) -> PlacedMark:
    """The same mark measured with the scale that stands now. Raises Refused where there is none."""
    return _placed(session, record, (old.mark_id, old.side), (old.on.sop_instance_uid, old.on.frame), old.mark)


def changed_marks(
    session: Session, gland: GlandRecord, marks: dict[str, PlacedMark | None]
) -> dict[str, Json]:
    """The fields of a gland that change with its marks: each mark, what it measures, the size, what follows from
    several marks, and whether the picture's help was changed. Raises Refused.
    """
    kept = [placed for placed in gland.marks if placed.mark_id not in marks]
    after = [*kept, *(placed for placed in marks.values() if placed)]
    try:
        new = placed_values(marks, after, session.site.protocol.reading_error)
        new |= capsule_values(after, gland.capsule)
        new |= volume_values(after, gland.facts, gland.gland_volumes)
    except AnnotateError as refused:
        raise Refused(refused.code, refused.why) from refused
    new |= assisted_values(gland.assisted, marks)
    return new


def _write_marks(
    session: Session, stands: Standing, gland: GlandRecord, kind: str, marks: dict[str, PlacedMark | None]
) -> VisitRecord:
    return write_gland(session, stands, gland, kind, changed_marks(session, gland, marks))
