"""Review and signature: what is missing, what is signed, and the event that says so.

Nothing is signed that was not shown: the digest of the shown text comes back with the password.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from injection_log.acts.writing import Standing, append, draft_of, require, reread, standing
from injection_log.errors import Refused
from injection_log.people.accounts import prove
from injection_log.people.roles import Role
from injection_log.people.signature import SignatureClaim, sign_claim
from injection_log.record.checks import Caution, Missing
from injection_log.record.checks import cautions as cautions_of
from injection_log.record.checks import missing as missing_of
from injection_log.record.reading import gland_subject
from injection_log.record.rendering import Rendering
from injection_log.record.rendering import render as render_gland

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.ledger.event import Json
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

MEANINGS = {
    "performed": "I performed this procedure, and this record of it is true and complete.",
    "not_performed": "I did not inject this gland, and this record of it is true and complete.",
    "measured": "I made these measurements, and this record of them is true and complete.",
}


@dataclass(frozen=True)
class Proof:
    """What a person gives to sign: user id, password and the digest of the text that was shown."""

    user: str
    password: str = field(repr=False)
    shown_sha256: str = ""


def meaning_for(record: VisitRecord, side: Side) -> str:
    """Give the meaning a signature of this gland has: a key of MEANINGS."""
    if record.visit_kind != "injecting":
        return "measured"
    return "not_performed" if record.glands[side].facts.get("injected") == "no" else "performed"


def missing(session: Session, record: VisitRecord, side: Side | None = None) -> tuple[Missing, ...]:
    """List what is owed before signing."""
    return missing_of(record, session.site.protocol, side)


def cautions(session: Session, record: VisitRecord, side: Side) -> tuple[Caution, ...]:
    """List what to look at before signing a gland: cross-checks that the scale does not pass. Never blocks."""
    del session  # as `missing`, so that a caller treats both alike
    return cautions_of(record, side)


def render(session: Session, record: VisitRecord, side: Side) -> Rendering:
    """Render a gland record as it will be signed."""
    return render_gland(record, side, session.site.protocol)


def sign_gland(session: Session, record: VisitRecord, side: Side, proof: Proof, meaning: str) -> VisitRecord:
    """Sign one gland record; the event and the checkpoint that covers it are committed together.

    Raises Refused when something is missing, when the record is not the one that was shown, or when another
    person than the one logged in gives the password; WrongPassword and AccountLocked as at log-in.
    """
    stands = standing(session, record)
    now = stands.record
    gland = now.glands[side]
    if not gland.is_open:
        raise Refused("already_signed", f"The {side} gland is {gland.state} already.")
    require(session, "sign_gland", gland.state)
    owed = missing(session, now, side)
    if owed:
        raise Refused("incomplete", f"The {side} gland cannot be signed yet: {owed[0].sentence}")
    rendering = render(session, now, side)
    if rendering.sha256 != proof.shown_sha256:
        raise Refused("changed_meanwhile", "The record changed after it was shown; read it again, then sign.")
    if proof.user.strip() != session.account.user:
        raise Refused("other_user", "Sign with the user id that is logged in.")
    if meaning != meaning_for(now, side):
        raise Refused("malformed_choice", "This is not what a signature of this gland means; read the record again.")
    if now.visit_kind == "injecting" and session.account.role != Role.INJECTOR:
        raise Refused("not_allowed", "An injection visit is signed by the injecting physician.")
    return _write_signature(session, stands, side, proof, (meaning, rendering))


def _write_signature(
    session: Session, stands: Standing, side: Side, proof: Proof, signed: tuple[str, Rendering]
) -> VisitRecord:
    site, record, (meaning, rendering) = session.site, stands.record, signed
    subject = gland_subject(record.participant, record.visit, side)
    private = prove(
        site.ledger, proof.user.strip(), proof.password, site.clock, site.protocol.sha256
    )
    claim = SignatureClaim(
        origin=site.ledger.origin, subject=subject.key, record_sha256=rendering.sha256, meaning=MEANINGS[meaning],
        user=session.account.user, signed_at=site.clock.now().isoformat(timespec="milliseconds"),
    )
    signature: dict[str, Json] = {
        "user": claim.user, "printed_name": session.account.printed_name, "role": session.account.role,
        "meaning": claim.meaning, "signed_at": claim.signed_at,
        "offset_minutes": site.clock.utc_offset_minutes(), "record_sha256": claim.record_sha256,
        "rendering": rendering.text, "value": sign_claim(private, claim),
    }
    new: dict[str, Json] = {"state": "signed", "version": record.glands[side].version, "signature": signature}
    append(session, [draft_of(session, "GlandSigned", subject, new)], checkpoint=True, stands=stands)
    return reread(session, record)
