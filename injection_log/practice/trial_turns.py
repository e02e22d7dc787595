"""What does not go as planned in a simulated trial, and what is done when all visits are over.

Which participant meets what follows from the place of enrolment alone, so that a trial of four has one of most. The
turns are types: a visit has exactly one.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from injection_log.acts import (
    additions,
    amending,
    deviations,
    facts,
    locking,
    queries,
    reviewing,
    source_verification,
    studies,
    unblinding,
    visits,
    withdrawing,
)
from injection_log.acts.signing import Proof
from injection_log.practice.story import sign
from injection_log.practice.trial_calendar import Appointment, participant_ids
from injection_log.practice.world import INJECTOR, INVESTIGATOR, MONITOR, USERS
from injection_log.record.reading import gland_subject
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session, Site, log_in

if TYPE_CHECKING:
    from annotate.marks import Side

AddPictures = Callable[[VisitRecord], VisitRecord]
_MANAGER = USERS[4]
_LOADED_OTHERWISE = {
    "volume_loaded_ul": "1.20", "volume_residual_ul": "0.05", "volume_reason": "loaded_otherwise",
    "deposit_volumes_ul": "0.50 0.50",
}
"""The deposits do not add up to what went in: what a check asks about."""
_LATER = "The scanner sent the pictures after the signature"


@dataclass(frozen=True)
class Turn:
    """A visit as planned; the others differ from it in one thing."""

    appointment: Appointment

    @property
    def signed_sides(self) -> tuple[Side, ...]:
        """The glands that are signed, in this order."""
        return SIDES

    def instead_of_the_visit(self, session: Session) -> bool:
        """Do what is done instead of the visit, and say whether anything was."""
        del session
        return False

    def before_the_pictures(self, session: Session, record: VisitRecord) -> VisitRecord:
        """Between the identifiers and the pictures."""
        del session
        return record

    def typed(self, side: Side) -> Mapping[str, str]:
        """What is typed for a gland otherwise than planned."""
        del side
        return {}

    def after_signing(self, session: Session, record: VisitRecord, add_pictures: AddPictures) -> None:
        """After the signatures of the day."""


class Amended(Turn):
    """The residual of one gland was read wrongly: opened again with a reason, corrected, signed again."""

    def after_signing(self, session: Session, record: VisitRecord, add_pictures: AddPictures) -> None:
        """Amend the right gland."""
        del add_pictures
        record = amending.open_amendment(session, record, "right", "The residual was read at the wrong line")
        record = facts.set_fact(session, record, "right", "volume_residual_ul", "0.09")
        sign(session, record, "right")


class AboveTheSoftLimit(Turn):
    """More than the soft limit went into the left gland, with a reason; the site reports it."""

    def typed(self, side: Side) -> Mapping[str, str]:
        """A syringe that was loaded otherwise."""
        if side == "right":
            return {}
        return _LOADED_OTHERWISE

    def after_signing(self, session: Session, record: VisitRecord, add_pictures: AddPictures) -> None:
        """Report the deviation."""
        del add_pictures
        said = "The left syringe held more than planned and all of it was given"
        deviations.report_deviation(session, record, "volume", said, side="left")


class PicturesLater(Turn):
    """Signed before the scanner sent the pictures; they join by additions that are signed too."""

    def before_the_pictures(self, session: Session, record: VisitRecord) -> VisitRecord:
        """Go on without images."""
        return studies.go_on_without_images(session, record, "scanner_sends_late")

    def after_signing(self, session: Session, record: VisitRecord, add_pictures: AddPictures) -> None:
        """Add the pictures of both glands, and sign for them."""
        for side in SIDES:
            record = additions.open_addition(session, record, side, _LATER)
        record = add_pictures(record)
        for side in SIDES:
            shown = additions.render(session, record, side).sha256
            record = additions.sign_addition(session, record, side, Proof(INJECTOR.user, INJECTOR.password, shown))


class NotDone(Turn):
    """The participant did not come."""

    def instead_of_the_visit(self, session: Session) -> bool:
        """Record it."""
        one = self.appointment
        withdrawing.mark_not_done(session, one.participant, one.visit, "The participant had moved away")
        return True


class HalfSigned(Turn):
    """The left gland was left unsigned."""

    @property
    def signed_sides(self) -> tuple[Side, ...]:
        """The right one alone."""
        return ("right",)


class Withdrawn(Turn):
    """Measured on the wrong day: the whole visit does not count."""

    def after_signing(self, session: Session, record: VisitRecord, add_pictures: AddPictures) -> None:
        """Withdraw the visit."""
        del add_pictures
        withdrawing.withdraw_visit(session, record, "Measured outside the window of the visit")


_OF_AN_INJECTION: tuple[type[Turn], ...] = (Amended, AboveTheSoftLimit, PicturesLater, Turn)
_OF_MONTH_4: tuple[type[Turn], ...] = (Turn, NotDone, HalfSigned, Turn, Turn, Withdrawn, Turn, Turn)


def turn_of(appointment: Appointment) -> Turn:
    """What happens at this visit."""
    if appointment.visit == "baseline":
        return Turn(appointment)
    turns = _OF_AN_INJECTION if appointment.is_injecting else _OF_MONTH_4
    return turns[appointment.place % len(turns)](appointment)


def look_back(site: Site, participants: int) -> None:
    """After the last visit: reviews and locks, questions and answers, source verification, an unblinding."""
    names = participant_ids(participants)
    investigator = log_in(site, INVESTIGATOR.user, INVESTIGATOR.password)
    monitor = log_in(site, MONITOR.user, MONITOR.password)
    for place, name in enumerate(names):
        record = visits.find_visit(investigator, name, "injection")
        if place % 4 == 0:
            _ask((monitor, investigator), name, is_closed=place % 8 == 0)
            _verify_source(monitor, record)
        if place % 4 != 3:
            _review(investigator, record, is_locked=place % 2 == 0)
    queries.open_queries_of_checks(log_in(site, _MANAGER.user, _MANAGER.password))
    fact = unblinding.UnblindingFact(site.clock.now() - timedelta(hours=1), "Ward physician", "An emergency", False)
    unblinding.record_unblinding(investigator, names[-1], fact)


def _ask(people: tuple[Session, Session], participant: str, *, is_closed: bool) -> None:
    monitor, investigator = people
    about = gland_subject(participant, "injection", "right")
    query = queries.open_query(monitor, about, "volume_residual_ul", "Please compare the residual with the paper form")
    if is_closed:
        queries.answer_query(investigator, query.id, "Compared; the value stands")
        queries.close_query(monitor, query.id)


def _verify_source(monitor: Session, record: VisitRecord) -> None:
    for field in ("volume_loaded_ul", "volume_residual_ul", "syringe_code"):
        source_verification.mark_verified(monitor, record, "right", field)


def _review(investigator: Session, record: VisitRecord, *, is_locked: bool) -> None:
    for side in SIDES:
        proof = Proof(INVESTIGATOR.user, INVESTIGATOR.password, reviewing.render(record, side).sha256)
        record = reviewing.review_gland(investigator, record, side, proof)
        if is_locked:
            locking.lock(investigator, locking.GlandScope(record.participant, record.visit, side))
