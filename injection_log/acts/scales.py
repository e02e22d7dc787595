"""The scale of a picture: set by a person where the header has none, checked against what is printed on it.

Setting, changing and clearing a scale are events on the image; marks that were measured with another one stay as
they are until somebody measures them again (`measure_again`), and block signing until then. A cross-check changes
no scale.
"""
from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from annotate.errors import AnnotateError
from annotate.scale_check import CalibrationCheck, checked
from annotate.scale_check import on_grid as check_on_grid
from dicom_io.errors import MeasurementRefused
from dicom_io.hand_scale import HandScale, RulerLine, on_grid, only_region_of, refuse_impossible
from dicom_io.line_scale import scale_beside
from injection_log.acts.marks import Where, changed_marks, image_at, placed_again
from injection_log.acts.writing import (
    Standing,
    append,
    changing,
    draft_of,
    require,
    require_as_shown,
    require_takes_marks,
    reread,
)
from injection_log.errors import Refused
from injection_log.ledger.event import EventDraft, Subject
from injection_log.protocol.typed import check_words
from injection_log.record.checks import measured_with_another_scale
from injection_log.record.reading import gland_subject
from injection_log.record.scales import CHECK, HAND_SCALE, Doing, ScaleCheck, SetByHand, check_from_json

if TYPE_CHECKING:
    from injection_log.ledger.event import Json
    from injection_log.record.values import VisitImage, VisitRecord
    from injection_log.site import Session

_LONGEST_REASON = 400


def set_by_hand(
    session: Session, record: VisitRecord, where: Where, lines: Sequence[RulerLine], reason: str = ""
) -> VisitRecord:
    """Set the scale of a picture from one ruler line, or from one down and one across, with their typed lengths.

    A `reason` is owed where it replaces one. Raises Refused: the header's own scale is trusted, the protocol
    forbids it, no scale follows from the lines, or a signed gland was measured with the one that stands;
    Overtaken when somebody else set it since it was shown.
    """
    stands, image = _begin(session, record, where)
    _refuse_forbidden(session, image)
    if image.hand_scale is not None:
        _refuse_without_reason(session, reason, "Say why the scale is set again.")
    header = session.site.image_header(image.sha256)
    try:
        drawn = tuple(on_grid(line) for line in lines)
        by_hand = SetByHand(
            HandScale(drawn, header.pixel_aspect), only_region_of(header, drawn), _doing(session, where[1])
        )
        refuse_impossible(by_hand.scale, header)
    except (MeasurementRefused, ValueError) as refused:
        raise _refused(refused) from refused
    return _write(session, stands, image, ("ScaleSetByHand", {HAND_SCALE: by_hand.to_json()}, reason))


def clear(session: Session, record: VisitRecord, uid: str, reason: str) -> VisitRecord:
    """Take a hand-set scale away; the log keeps it. Raises Refused, Overtaken as `set_by_hand`."""
    stands, image = _begin(session, record, (uid, 0))
    if image.hand_scale is None:
        raise Refused("no_hand_scale", "Nobody has set a scale on this picture; there is nothing to clear.")
    _refuse_without_reason(session, reason, "Say why the scale is cleared.")
    return _write(session, stands, image, ("HandScaleCleared", {HAND_SCALE: None}, reason))


def measure_again(session: Session, record: VisitRecord, uid: str) -> VisitRecord:
    """Measure again, with the scale that stands, every open mark of a picture that was measured with another.

    One event a gland, all in one transaction. Raises Refused where the picture has no scale now, or nothing is
    to be measured again.
    """
    stands = changing(session, record)
    drafts: list[EventDraft] = []
    for side, gland in stands.record.glands.items():
        old = [
            one for one in measured_with_another_scale(stands.record, side)
            if one.on.sop_instance_uid == uid and one not in gland.signed_marks
        ]
        if not old or not gland.takes_marks:
            continue
        require(session, "place_mark" if gland.is_open else "add_images", gland.state)
        new = changed_marks(session, gland, {one.mark_id: placed_again(session, stands.record, one) for one in old})
        subject = gland_subject(record.participant, record.visit, side)
        drafts.append(draft_of(session, "MarksMeasuredAgain", subject, new))
    if not drafts:
        raise Refused("nothing_to_measure", "Every mark on this picture is measured with the scale that stands.")
    append(session, drafts, stands=stands)
    return reread(session, record)


def check_against(session: Session, record: VisitRecord, where: Where, check: CalibrationCheck) -> VisitRecord:
    """Keep what a laid line gives beside what is printed there; `VisitImage.scale_checks` says how far apart.

    Raises Refused where the picture has no scale to check, or the line none.
    """
    stands = changing(session, record)
    require_takes_marks(stands.record)
    require(session, "check_scale", "draft")
    image = image_at(stands.record, where)
    by_hand = image.hand_scale.scale if image.hand_scale else None
    try:
        check = check_on_grid(check)
        scale = scale_beside(session.site.image_header(image.sha256), check.start, check.end, by_hand)
        done = ScaleCheck(_new_id(session), checked(check, scale), _doing(session, where[1]))
    except (MeasurementRefused, AnnotateError) as refused:
        raise _refused(refused) from refused
    return _write(session, stands, image, ("ScaleChecked", {CHECK + done.check_id: done.to_json()}, ""))


def withdraw_check(session: Session, record: VisitRecord, uid: str, check_id: str, reason: str) -> VisitRecord:
    """Take back a cross-check that was laid or typed wrongly; the log keeps it. Raises Refused, also where a gland is
    signed that was measured on this picture: what was signed holds the cross-check.
    """
    stands = changing(session, record)
    require_takes_marks(stands.record)
    require(session, "check_scale", "draft")
    image = image_at(stands.record, (uid, 0))
    if check_id not in [one.check_id for one in image.scale_checks]:
        raise Refused("no_such_check", "This cross-check is no longer there; the picture shows what is recorded now.")
    for gland in stands.record.glands.values():
        if any(one.on.sop_instance_uid == uid for one in gland.signed_marks):
            raise Refused(
                "already_signed",
                f"The {gland.side} gland is {gland.state} with this cross-check; open an amendment to withdraw it.",
            )
    _refuse_without_reason(session, reason, "Say why the cross-check is withdrawn.")
    return _write(session, stands, image, ("ScaleCheckWithdrawn", {CHECK + check_id: None}, reason))


def require_may_turn(session: Session, record: VisitRecord, uid: str, wanted: Mapping[str, Json]) -> None:
    """Refuse to put a picture's scale or cross-check back as it was before, to undo and redo, as it would be to set it.

    `record` is the visit as it stands, `wanted` the stored values by field. Raises Refused.
    """
    require_takes_marks(record)
    is_scale = HAND_SCALE in wanted
    require(session, "set_scale" if is_scale else "check_scale", "draft")
    image = image_at(record, (uid, 0))
    if is_scale and wanted[HAND_SCALE] is not None:
        _refuse_forbidden(session, image)
    _refuse_not_own(session, image, wanted)
    for gland in record.glands.values():
        signed = [one for one in gland.signed_marks if one.on.sop_instance_uid == uid]
        if any(one.scale.is_by_hand or not is_scale for one in signed):
            raise Refused(
                "already_signed",
                f"The {gland.side} gland is {gland.state} with what was measured on this picture; it stays as it is.",
            )


def _refuse_not_own(session: Session, image: VisitImage, wanted: Mapping[str, Json]) -> None:
    """Refuse to record in one person's name what another one drew, or a cross-check of a scale that is gone."""
    for field, value in wanted.items():
        if value is None:
            continue
        made = SetByHand.from_json(value) if field == HAND_SCALE else check_from_json("", value)
        if made.by.user != session.account.user:
            raise Refused(
                "not_your_own", f"What stood here before was drawn by {made.by.printed_name}; draw it anew if it holds."
            )
        by_hand = image.hand_scale.scale if image.hand_scale else None
        if isinstance(made, ScaleCheck) and made.checked.scale.is_by_hand and made.checked.scale != by_hand:
            raise Refused("another_scale", "The scale was changed since this cross-check; lay it anew if it is needed.")


def _begin(session: Session, shown: VisitRecord, where: Where) -> tuple[Standing, VisitImage]:
    """What stands, once it is sure that its scale may be changed and is the one that was shown."""
    stands = changing(session, shown)
    require_takes_marks(stands.record)
    require(session, "set_scale", "draft")
    image, seen = image_at(stands.record, where), image_at(shown, where)
    place = (Subject("image", id=where[0]), HAND_SCALE)
    require_as_shown(session, place, _stored(seen.hand_scale), _stored(image.hand_scale))
    for gland in stands.record.glands.values():
        if any(one.scale.is_by_hand and one.on.sop_instance_uid == where[0] for one in gland.signed_marks):
            raise Refused(
                "already_signed",
                f"The {gland.side} gland is {gland.state} with marks measured by this scale; it can no longer change.",
            )
    return stands, image


def _stored(by_hand: SetByHand | None) -> Json:
    return by_hand.to_json() if by_hand is not None else None


def _refuse_forbidden(session: Session, image: VisitImage) -> None:
    if not session.site.protocol.measuring.hand_scale_allowed:
        raise Refused("hand_scale_forbidden", "The protocol does not allow a scale set by hand; use another picture.")
    if not image.may_be_scaled_by_hand:
        raise Refused(
            "scale_is_trusted",
            "This picture has a scale of its own that is trusted; lay a cross-check on its ruler instead.",
        )


def _refuse_without_reason(session: Session, reason: str, sentence: str) -> None:
    text = reason.strip()
    if not text or len(text) > _LONGEST_REASON or not text.isprintable():
        raise Refused("reason_owed", f"{sentence} One line of at most {_LONGEST_REASON} characters.")
    check_words(text, session.site.protocol)


def _refused(why: MeasurementRefused | AnnotateError | ValueError) -> Refused:
    if isinstance(why, ValueError):
        return Refused("malformed_number", "A ruler's length must be a whole number of micrometres; type it again.")
    return Refused(why.code, why.why)


def _doing(session: Session, frame: int) -> Doing:
    clock, account = session.site.clock, session.account
    at = clock.now().isoformat(timespec="milliseconds")
    return Doing(account.user, account.printed_name, frame, at, clock.utc_offset_minutes())


def _new_id(session: Session) -> str:
    return f"{int(session.site.clock.now().timestamp() * 1000):012x}{secrets.token_hex(3)}"


def _write(
    session: Session, stands: Standing, image: VisitImage, event: tuple[str, dict[str, Json], str]
) -> VisitRecord:
    kind, new, reason = event
    draft = draft_of(session, kind, Subject("image", id=image.sop_instance_uid), new)
    append(session, [replace(draft, reason=reason.strip())], stands=stands)
    return reread(session, stands.record)
