"""Pictures and marks that come after the signature: added to what was signed, with a signature of their own.

What was signed stays as it is: no fact and no earlier mark changes. Pictures join a visit by `acts.studies` as
always; an addition signs for those that no signature names yet.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts.reasons import checked_reason, statement
from injection_log.acts.signing import Proof, attempt, require_own, require_shown, signature_value
from injection_log.acts.writing import Standing, append, changing, draft_of, locked, require, reread
from injection_log.errors import Refused
from injection_log.record.checks import measured_with_another_scale
from injection_log.record.gland_history import ADDITION, ADDITION_OPEN, REVIEW, SIGNED_IMAGES
from injection_log.record.later_rendering import render_addition
from injection_log.record.reading import gland_subject

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.ledger.event import Json
    from injection_log.record.rendering import Rendering
    from injection_log.record.values import GlandRecord, VisitRecord
    from injection_log.record.versions import OpenAddition
    from injection_log.site import Session

MEANING = "I added these pictures and marks to the record signed before, and they are true and complete."


def open_addition(session: Session, record: VisitRecord, side: Side, reason: str) -> VisitRecord:
    """Open an addition to a signed or reviewed gland record. Raises Refused, Overtaken."""
    stands = changing(session, record)
    gland = stands.record.glands[side]
    if gland.lock is not None:
        raise locked(gland.lock)
    if gland.signature is None:
        raise Refused("not_signed", f"The {side} gland is not signed; place the marks in the record itself.")
    if gland.addition_open is not None:
        one = gland.addition_open
        raise Refused("addition_open", f"An addition to the {side} gland is open since {one.when}, by {one.by}.")
    require(session, "add_images", gland.state)
    said = statement(session, checked_reason(session, reason, "add to a signed record"))
    opened: dict[str, Json] = {
        **said, "number": len(gland.additions) + 1, "of_version": gland.version,
        "marks_before": [placed.mark_id for placed in gland.marks],
    }
    subject = gland_subject(record.participant, record.visit, side)
    draft = draft_of(session, "AdditionOpened", subject, {ADDITION_OPEN: opened}, reason=said["reason"])
    append(session, [draft], stands=stands)
    return reread(session, record)


def close_addition(session: Session, record: VisitRecord, side: Side) -> VisitRecord:
    """Close an addition in which no mark was placed, without a signature. Raises Refused, Overtaken."""
    stands, gland, addition = _open_one(session, record, side)
    require(session, "add_images", gland.state)
    if _new_marks(gland, addition):
        raise Refused("addition_has_marks", "Marks were placed in this addition: sign it, or remove them first.")
    subject = gland_subject(record.participant, record.visit, side)
    append(session, [draft_of(session, "AdditionClosed", subject, {ADDITION_OPEN: None})], stands=stands)
    return reread(session, record)


def render(session: Session, record: VisitRecord, side: Side) -> Rendering:
    """Render the open addition as it will be signed. Raises Refused when none is open."""
    if record.glands[side].addition_open is None:
        raise Refused("no_addition", f"No addition to the {side} gland is open.")
    return render_addition(record, side, session.site.protocol)


def missing(record: VisitRecord, side: Side) -> str:
    """Say, in one sentence, what an open addition owes before it can be signed; "" when it owes nothing."""
    gland = record.glands[side]
    if gland.addition_open is None:
        return f"No addition to the {side} gland is open."
    new_marks = _new_marks(gland, gland.addition_open)
    if not new_marks and not gland.later_images:
        return "Nothing was added yet: pull or import the pictures, or place a mark."
    if any(placed.mark_id in new_marks for placed in measured_with_another_scale(record, side)):
        return "A mark of this addition was measured with a scale that has changed; measure it again."
    return ""


@attempt
def sign_addition(session: Session, record: VisitRecord, side: Side, proof: Proof) -> VisitRecord:
    """Sign what was added; the event and the checkpoint over it are committed together.

    A review that did not cover the addition is put aside, and asked for again. Raises Refused, Overtaken,
    WrongPassword and AccountLocked as signing a record does.
    """
    stands, gland, addition = _open_one(session, record, side)
    now = stands.record
    require(session, "sign_addition", gland.state)
    owed = missing(now, side)
    if owed:
        raise Refused("incomplete", f"This addition cannot be signed yet. {owed}")
    rendering = render(session, now, side)
    require_shown(session, (record, now), side, rendering, proof)
    require_own(session, proof)
    subject = gland_subject(now.participant, now.visit, side)
    stored = stands.values[subject.key]
    signed: dict[str, Json] = {
        **signature_value(session, proof, (subject, MEANING, rendering)), "number": addition.number,
        "of_version": addition.of_version, "reason": addition.reason, "opened_at": addition.at,
        "images": list(gland.later_images), "marks": list(_new_marks(gland, addition)),
    }
    new: dict[str, Json] = {
        f"{ADDITION}.{addition.number}": signed, ADDITION_OPEN: None,
        SIGNED_IMAGES: [image.sop_instance_uid for image in now.images],
    }
    if REVIEW in stored:
        new |= {"state": "signed", REVIEW: None, f"{REVIEW}.{gland.version}.{addition.number}": stored[REVIEW]}
    append(session, [draft_of(session, "AdditionSigned", subject, new)], checkpoint=True, stands=stands)
    return reread(session, now)


def _open_one(session: Session, record: VisitRecord, side: Side) -> tuple[Standing, GlandRecord, OpenAddition]:
    stands = changing(session, record)
    gland = stands.record.glands[side]
    if gland.lock is not None:
        raise locked(gland.lock)
    if gland.addition_open is None:
        signed = f"; the last one was signed by {gland.additions[-1].signature.printed_name}" if gland.additions else ""
        raise Refused("no_addition", f"No addition to the {side} gland is open{signed}.")
    return stands, gland, gland.addition_open


def _new_marks(gland: GlandRecord, addition: OpenAddition) -> tuple[str, ...]:
    return tuple(placed.mark_id for placed in gland.marks if placed.mark_id not in addition.marks_before)
