"""Whose pictures are these: keyed hashes of the patient id, compared without keeping the id.

Two hashes are taken, of the id alone and of id and issuer. Many PACS leave the issuer out of what they answer to a
search while the pictures carry it, so an issuer that is not said on one side cannot tell two people apart; issuers
that are said on both sides do.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log.acts.writing import draft_of
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Json, Subject

if TYPE_CHECKING:
    from dicom_io.image import PatientIdentity
    from injection_log.site import Session


_LEDGER = Subject("ledger")
_LINKED_COUNT = "linked_count"


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of a patient id: hex HMAC-SHA256 of the id, and of id and issuer ("" when no issuer is said)."""

    of_id: str
    of_id_and_issuer: str

    def is_same_person_as(self, other: Fingerprint) -> bool:
        """Tell whether two fingerprints are of one person."""
        issuers = {self.of_id_and_issuer, other.of_id_and_issuer} - {""}
        return self.of_id == other.of_id and len(issuers) < 2

    def changes(self, stands: Fingerprint | None) -> dict[str, Json]:
        """Give the fields to write so that this fingerprint and the one that stands are both known."""
        known = stands.of_id_and_issuer if stands else ""
        return {"identity_hash": self.of_id, "issuer_hash": self.of_id_and_issuer or known or None}


def fingerprint(session: Session, identity: PatientIdentity) -> Fingerprint:
    """Take the fingerprint of a patient's identity. Raises Refused when there is no patient id."""
    if not identity.patient_id.strip():
        raise Refused("no_patient_id", "These pictures carry no patient id, so they cannot be tied to anyone.")
    ledger = session.site.ledger
    issuer = identity.issuer.strip()
    return Fingerprint(
        ledger.identity_hash(identity.patient_id, ""),
        ledger.identity_hash(identity.patient_id, issuer) if issuer else "",
    )


def stored_fingerprint(values: Mapping[str, Json]) -> Fingerprint | None:
    """Read the fingerprint that a participant was linked with; None for one not linked yet."""
    if not values.get("identity_hash"):
        return None
    return Fingerprint(str(values["identity_hash"]), str(values.get("issuer_hash") or ""))


def linked_count(session: Session) -> int:
    """How often the identity of a participant was written so far; to be read before `learned_of` is decided on."""
    count = session.site.ledger.values(_LEDGER.key).get(_LINKED_COUNT)
    return count if isinstance(count, int) else 0


def learned_of(session: Session, participant: str, found: Sequence[Fingerprint], count: int) -> list[EventDraft]:
    """The drafts of what is learned of a participant's identity: the link itself, or an issuer that pictures say.

    None where nothing is new. `count` was read before it was decided that nobody else is this person: it changes
    with every link, so that of two links in one instant, of one patient to two participants, only one is written.
    """
    subject = Subject("participant", participant=participant)
    people = [one for one in found if one.of_id_and_issuer] or list(found[:1])
    changed = people[0].changes(stored_fingerprint(session.site.ledger.values(subject.key))) if people else {}
    linked = draft_of(session, "ParticipantLinked", subject, changed)
    if not linked.changes:
        return []
    return [linked, EventDraft("ParticipantsCounted", _LEDGER, (Change(_LINKED_COUNT, count or None, count + 1),))]


def is_linked(session: Session, participant: str) -> bool:
    """Tell whether a participant has been linked to a patient."""
    values = session.site.ledger.values(Subject("participant", participant=participant).key)
    return stored_fingerprint(values) is not None


def is_linked_elsewhere(session: Session, participant: str, found: Fingerprint) -> bool:
    """Tell whether another participant than `participant` (its subject's key) is this person."""
    others = session.site.ledger.values_of("participant:")
    stored = (stored_fingerprint(values) for key, values in others.items() if key != participant)
    return any(other is not None and other.is_same_person_as(found) for other in stored)
