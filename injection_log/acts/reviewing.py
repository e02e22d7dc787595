"""The principal investigator's review of a signed gland record, with a signature of its own.

What is reviewed is the text that was signed, who signed it, and every signed addition: nothing is rendered anew from
current values. An amendment, and an addition signed afterwards, put the review aside.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts.signing import Proof, attempt, require_own, signature_value
from injection_log.acts.writing import append, changing, draft_of, locked, require, reread
from injection_log.errors import Refused
from injection_log.record.gland_history import REVIEW
from injection_log.record.later_rendering import render_review
from injection_log.record.reading import gland_subject

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.ledger.event import Json
    from injection_log.record.rendering import Rendering
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

MEANING = "I reviewed this record, its signature and its additions."


def render(record: VisitRecord, side: Side) -> Rendering:
    """Render what is reviewed: the signed text, its signature, its additions. Raises Refused when it is not signed."""
    gland = record.glands[side]
    if gland.signature is None:
        raise Refused("not_signed", f"The {side} gland is not signed, so there is nothing to review yet.")
    return render_review(record, side)


@attempt
def review_gland(session: Session, record: VisitRecord, side: Side, proof: Proof) -> VisitRecord:
    """Review a signed gland record; the event and the checkpoint that covers it are committed together.

    Raises Refused, and Overtaken when somebody else came first; WrongPassword and AccountLocked as at log-in.
    """
    stands = changing(session, record)
    gland = stands.record.glands[side]
    if gland.lock is not None:
        raise locked(gland.lock)
    if gland.review is not None:
        raise Refused(
            "already_reviewed", f"The {side} gland was reviewed by {gland.review.printed_name} at {gland.review.when}."
        )
    rendering = render(stands.record, side)
    require(session, "review_gland", gland.state)
    if gland.addition_open is not None:
        raise Refused("addition_open", "An addition to this gland is open; review the record when it is signed.")
    if rendering.sha256 != proof.shown_sha256:
        raise Refused("changed_meanwhile", "The record changed after it was shown; read it again, then review it.")
    require_own(session, proof)
    subject = gland_subject(record.participant, record.visit, side)
    review = signature_value(session, proof, (subject, MEANING, rendering))
    new: dict[str, Json] = {"state": "reviewed", REVIEW: review}
    append(session, [draft_of(session, "GlandReviewed", subject, new)], checkpoint=True, stands=stands)
    return reread(session, record)
