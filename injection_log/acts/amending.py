"""Amending what was signed: opened with a reason, changed like a draft, signed again as a new version.

The old signature is neither changed nor moved while the amendment is open: closed without a change, it is given back.
Every event in between carries the amendment's reason. Nothing is deleted.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts.reasons import checked_reason, statement
from injection_log.acts.writing import append, changing, draft_of, locked, require, reread
from injection_log.errors import Refused
from injection_log.record.gland_history import AMENDMENT
from injection_log.record.reading import gland_subject, visit_subject
from injection_log.record.signed_content import content_sha256

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.writing import Standing
    from injection_log.ledger.event import Json
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session


def open_amendment(session: Session, record: VisitRecord, side: Side, reason: str) -> VisitRecord:
    """Open a signed or reviewed gland record again, as a draft of the next version.

    Raises Refused when it is not signed, is locked, or an addition to it is open, and without a reason; Overtaken
    when somebody else came first.
    """
    stands = changing(session, record)
    gland = stands.record.glands[side]
    if gland.lock is not None:
        raise locked(gland.lock)
    if gland.amendment is not None:
        one = gland.amendment
        raise Refused("amendment_open", f"An amendment of the {side} gland is open since {one.when}, by {one.by}.")
    if gland.signature is None or gland.is_open:
        raise Refused("not_signed", f"The {side} gland is not signed; it can be changed without an amendment.")
    require(session, "amend_gland", gland.state)
    if gland.addition_open is not None:
        raise Refused("addition_open", "An addition to this gland is open; sign or close it, then open the amendment.")
    said = statement(session, checked_reason(session, reason, "amend a signed record"))
    subject = gland_subject(record.participant, record.visit, side)
    amendment: dict[str, Json] = {
        **said, "of_version": gland.version, "state_before": gland.state,
        "content_sha256": _content(session, stands, side),
    }
    new: dict[str, Json] = {"state": "draft", "version": gland.version + 1, AMENDMENT: amendment}
    draft = draft_of(session, "AmendmentOpened", subject, new, reason=said["reason"])
    append(session, [draft], stands=stands)
    return reread(session, record)


def close_amendment(session: Session, record: VisitRecord, side: Side) -> VisitRecord:
    """Close an amendment that changed nothing: the old signature, and its review, hold again.

    Raises Refused when something differs from what was signed: then the record has to be signed again.
    """
    stands = changing(session, record)
    gland = stands.record.glands[side]
    amendment = gland.amendment
    if amendment is None:
        raise Refused("no_amendment", f"No amendment of the {side} gland is open.")
    require(session, "amend_gland", amendment.state_before)
    if _content(session, stands, side) != amendment.content_sha256:
        raise Refused(
            "amended", "This record differs from what was signed: sign it again, or put the old values back first."
        )
    subject = gland_subject(record.participant, record.visit, side)
    new: dict[str, Json] = {
        "state": amendment.state_before, "version": amendment.of_version, AMENDMENT: None,
    }
    append(session, [draft_of(session, "AmendmentClosed", subject, new)], stands=stands)
    return reread(session, record)


def _content(session: Session, stands: Standing, side: Side) -> str:
    record, values = stands.record, stands.values
    place = (record.participant, record.visit)
    return content_sha256(
        values[gland_subject(*place, side).key], values[visit_subject(*place).key],
        lambda subject: values[subject] if subject in values else session.site.ledger.values(subject),
    )
