"""Review and signature: what is missing, what is signed, and the event that says so.

Nothing is signed that was not shown: the digest of the shown text comes back with the password.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from injection_log.acts.overtaken import overtaken
from injection_log.acts.writing import Standing, append, changing, draft_of, locked, require, reread
from injection_log.errors import Refused
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Subject
from injection_log.people.accounts import prove
from injection_log.people.permission import record_failed_signing
from injection_log.people.roles import Role
from injection_log.people.signature import SignatureClaim, sign_claim
from injection_log.record.checks import Caution, Missing
from injection_log.record.checks import cautions as cautions_of
from injection_log.record.checks import missing as missing_of
from injection_log.record.gland_history import AMENDMENT, REVIEW, SIGNATURE, SIGNED_IMAGES
from injection_log.record.reading import gland_subject, visit_subject
from injection_log.record.rendering import Rendering
from injection_log.record.rendering import render as render_gland

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.ledger.event import Json
    from injection_log.record.values import GlandRecord, VisitRecord
    from injection_log.site import Session

_Sign = TypeVar("_Sign", bound=Callable[..., Any])
Signed = tuple[Subject, str, Rendering]
"""What a signature is put under: the record's subject, the meaning in words, the text that was shown."""
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


def attempt(sign: _Sign) -> _Sign:
    """Let a signature that was tried and refused leave an event, whatever it was refused for."""

    @wraps(sign)
    def tried(session: Session, record: VisitRecord, side: Side, *more: Any, **named: Any) -> VisitRecord:
        try:
            return cast("VisitRecord", sign(session, record, side, *more, **named))
        except Refused as refused:
            record_failed_signing(session, gland_subject(record.participant, record.visit, side), refused)
            raise

    return cast("_Sign", tried)


@attempt
def sign_gland(session: Session, record: VisitRecord, side: Side, proof: Proof, meaning: str) -> VisitRecord:
    """Sign one gland record; the event and the checkpoint that covers it are committed together.

    Where the record was amended, the old signature, its review and the amendment stay under the number of their
    version. Raises Refused when something is missing, when the record is not the one that was shown, or when another
    person than the one logged in gives the password; WrongPassword and AccountLocked as at log-in.
    """
    stands = changing(session, record)
    now = stands.record
    gland = now.glands[side]
    if gland.lock is not None:
        raise locked(gland.lock)
    if not gland.is_open:
        raise Refused("already_signed", f"The {side} gland is {gland.state} already{_by_whom(gland)}.")
    require(session, "sign_gland", gland.state)
    owed = missing(session, now, side)
    if owed:
        raise Refused("incomplete", f"The {side} gland cannot be signed yet: {owed[0].sentence}")
    rendering = render(session, now, side)
    require_shown(session, (record, now), side, rendering, proof)
    require_own(session, proof)
    if meaning != meaning_for(now, side):
        raise Refused("malformed_choice", "This is not what a signature of this gland means; read the record again.")
    if now.visit_kind == "injecting" and session.account.role != Role.INJECTOR:
        raise Refused("not_allowed", "An injection visit is signed by the injecting physician.")
    subject = gland_subject(now.participant, now.visit, side)
    signature = signature_value(session, proof, (subject, MEANINGS[meaning], rendering))
    images: list[Json] = [image.sop_instance_uid for image in now.images]
    new: dict[str, Json] = {
        "state": "signed", "version": gland.version, SIGNATURE: signature, SIGNED_IMAGES: images,
        **_kept_of_the_amended(stands, gland, subject),
    }
    append(session, [draft_of(session, "GlandSigned", subject, new)], checkpoint=True, stands=stands)
    return reread(session, now)


def require_own(session: Session, proof: Proof) -> None:
    """Refuse a signature by another person than the one who is logged in."""
    if proof.user.strip() != session.account.user:
        raise Refused("other_user", "Sign with the user id that is logged in.")


def require_shown(
    session: Session, records: tuple[VisitRecord, VisitRecord], side: Side, rendering: Rendering, proof: Proof
) -> None:
    """Refuse a text that is not the one that was shown. `records`: as shown, and as it is now.

    Raises Overtaken, which says who changed what, where the two records tell it.
    """
    if rendering.sha256 == proof.shown_sha256:
        return
    shown, now = (_values_of(record, side) for record in records)
    for place in sorted({*shown, *now}):
        if shown.get(place) != now.get(place):
            seen, found = shown.get(place), now.get(place)
            raise overtaken(session, ChangedMeanwhile(*place, expected=seen, found=found))
    raise Refused("changed_meanwhile", "The record changed after it was shown; read it again, then sign.")


def signature_value(session: Session, proof: Proof, signed: Signed) -> dict[str, Json]:
    """Make the stored form of a signature by whoever is logged in. Raises WrongPassword, AccountLocked.

    It has the same fields wherever it stands: for a record, a review, an addition.
    """
    site, (subject, meaning, rendering) = session.site, signed
    private = prove(site.ledger, proof.user.strip(), proof.password, site.clock, site.protocol.sha256)
    claim = SignatureClaim(
        origin=site.ledger.origin, subject=subject.key, record_sha256=rendering.sha256, meaning=meaning,
        user=session.account.user, signed_at=site.clock.now().isoformat(timespec="milliseconds"),
    )
    return {
        "user": claim.user, "printed_name": session.account.printed_name, "role": str(session.account.role),
        "meaning": claim.meaning, "signed_at": claim.signed_at,
        "offset_minutes": site.clock.utc_offset_minutes(), "record_sha256": claim.record_sha256,
        "rendering": rendering.text, "value": sign_claim(private, claim),
        # So that what is said of this key (confirmed or not) is said of this signature, also after a later key.
        "public_key": private.public_key().public_bytes_raw().hex(),
    }


def _kept_of_the_amended(stands: Standing, gland: GlandRecord, subject: Subject) -> dict[str, Json]:
    """The signature, review and amendment of the version that this one replaces, each under its number."""
    if gland.amendment is None:
        return {}
    stored, old = stands.values[subject.key], gland.amendment.of_version
    kept = {
        f"{SIGNATURE}.{old}": stored[SIGNATURE], f"{AMENDMENT}.{gland.version}": stored[AMENDMENT], AMENDMENT: None,
    }
    return {**kept, f"{REVIEW}.{old}": stored[REVIEW], REVIEW: None} if REVIEW in stored else kept


def _by_whom(gland: GlandRecord) -> str:
    signature = gland.review or gland.signature
    return f", by {signature.printed_name} at {signature.when}" if signature else ""


def _values_of(record: VisitRecord, side: Side) -> dict[tuple[str, str], object]:
    """What a person can have changed of one gland, by subject and field."""
    gland = record.glands[side]
    visit = visit_subject(record.participant, record.visit).key
    about = gland_subject(record.participant, record.visit, side).key
    return {
        **{(visit, f"fact.{name}"): value for name, value in record.facts.items()},
        **{(about, f"fact.{name}"): value for name, value in gland.facts.items()},
        **{(about, f"mark.{placed.mark_id}"): placed for placed in gland.marks},
        (visit, "identifiers_confirmed"): record.identifiers_confirmed or None,
        (visit, "images_pending"): record.images_pending or None,
    }
