"""Visits as far as a test needs them: typed in without images, signed, reviewed, with the people who do it."""
from __future__ import annotations

from annotate.marks import Side
from injection_log.acts import reviewing, signing, studies, visits
from injection_log.practice.story import GLANDS, VISIT_FACTS, set_facts, sign
from injection_log.practice.world import INVESTIGATOR
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session


def filled_visit(injector: Session, participant: str = "SMG-07") -> VisitRecord:
    """An injection visit without images, every fact typed in."""
    record = visits.confirm_identifiers(injector, visits.open_visit(injector, participant, "injection"))
    record = set_facts(injector, studies.go_on_without_images(injector, record, "pacs_down"), None, VISIT_FACTS)
    for side in SIDES:
        record = set_facts(injector, record, side, GLANDS[side].facts())
    return record


def signed_visit(injector: Session, participant: str = "SMG-07") -> VisitRecord:
    """The same with both glands signed."""
    record = filled_visit(injector, participant)
    for side in SIDES:
        record = sign(injector, record, side)
    return record


def reviewed(investigator: Session, record: VisitRecord, *sides: Side) -> VisitRecord:
    """A signed visit with these glands, or both, reviewed by the practice investigator."""
    for side in sides or SIDES:
        record = reviewing.review_gland(investigator, record, side, review_proof(record, side))
    return record


def review_proof(record: VisitRecord, side: Side) -> signing.Proof:
    """What the practice investigator gives to review a gland as it is shown."""
    shown = reviewing.render(record, side).sha256
    return signing.Proof(INVESTIGATOR.user, INVESTIGATOR.password, shown)
