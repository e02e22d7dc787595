"""A simulated trial: every visit of many phantom participants, played through the same acts as real ones.

The arm is not simulated: nothing here knows one. Values follow from the seed; salts, keys and ids of marks do not. What
goes otherwise than planned (an amendment, pictures that come later, a visit not done) is in `trial_turns`.
"""
from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.acts import marks, studies, visits
from injection_log.acts.sharing import Choice
from injection_log.clock import FixedClock
from injection_log.errors import Refused
from injection_log.practice.story import VISIT_FACTS, GlandStory, look_through, moved_caliper, set_facts, sign
from injection_log.practice.trial_calendar import Appointment, calendar, participant_ids
from injection_log.practice.trial_phantoms import TrialPhantoms
from injection_log.practice.trial_turns import Turn, look_back, turn_of
from injection_log.practice.world import INJECTOR, practice_site
from injection_log.protocol.reading import practice_protocol_text
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session, log_in

if TYPE_CHECKING:
    from annotate.marks import Side
    from dicom_io.phantom import VisitTruth
    from dicom_io.phantom.truth import GlandTruth
    from injection_log.home import Home

Say = Callable[[str], None]
FEWEST, MOST = 1, 90
_SPREAD_OF_A_CALIPER = 0.015
_STEP = timedelta(seconds=1)
_COMPLICATIONS = ("none", "none", "none", "pain", "bleeding")


@dataclass(frozen=True)
class SimulatedTrial:
    """What was played: how many of what, and how many events the log has."""

    participants: int
    visits: int
    signed_glands: int
    events: int


def simulate_trial(home: Home, participants: int, seed: int, say: Say) -> SimulatedTrial:
    """Play a whole trial in a new home. Raises Refused for a home that has a log, and for a number out of range."""
    if home.has_ledger():
        raise Refused("already_played", "There is a log in this folder; a trial is simulated in a new one.")
    if not FEWEST <= participants <= MOST:
        raise Refused("malformed_number", f"A simulated trial has {FEWEST} to {MOST} participants.")
    appointments = calendar(participants)
    clock = FixedClock(appointments[0].begins - timedelta(days=1), _STEP)
    site = practice_site(home, protocol_for(participants), clock)
    try:
        session = log_in(site, INJECTOR.user, INJECTOR.password)
        with (
            tempfile.TemporaryDirectory(prefix="injection-log-trial-") as folder,
            TrialPhantoms(Path(folder), seed, appointments) as phantoms,
        ):
            for appointment in appointments:
                _wait_until(clock, appointment)
                _play(session, (appointment, phantoms), seed, say)
        say("Reviews, queries and locks")
        look_back(site, participants)
        return _counted(session, participants)
    finally:
        site.ledger.close()


def protocol_for(participants: int) -> str:
    """The practice protocol with the simulated participants on its list."""
    listed = ", ".join(f'"{name}"' for name in participant_ids(participants))
    return practice_protocol_text().replace('listed = ["SMG-07"]', f"listed = [{listed}]")


def _wait_until(clock: FixedClock, appointment: Appointment) -> None:
    """Let the simulated clock go on to an appointment; never back, where the one before took longer."""
    clock.advance(max(appointment.begins - clock.now(), timedelta()))


def _play(session: Session, what: tuple[Appointment, TrialPhantoms], seed: int, say: Say) -> None:
    appointment, phantoms = what
    say(f"{appointment.begins.date()}: {appointment.participant}, {appointment.visit}")
    turn = turn_of(appointment)
    if turn.instead_of_the_visit(session):
        return
    truth = phantoms.visit(appointment)
    chance = random.Random(f"{seed} {appointment.participant} {appointment.visit}")  # noqa: S311  # no secret
    record = visits.confirm_identifiers(
        session, visits.open_visit(session, appointment.participant, appointment.visit)
    )
    record = turn.before_the_pictures(session, record)
    if not record.images_pending:
        record = add_pictures(session, record, truth, chance)
    record = _type_facts(session, record, (appointment, turn), chance)
    for side in turn.signed_sides:
        record = sign(session, record, side)
    turn.after_signing(session, record, lambda now: add_pictures(session, now, truth, chance))
    phantoms.leave(appointment)


def add_pictures(session: Session, record: VisitRecord, truth: VisitTruth, chance: random.Random) -> VisitRecord:
    """Import the pictures of a visit through the gate, look through what may be copied, and mark both glands."""
    record = studies.import_findings(session, record, studies.examine_folder(session, truth.files[0].parent))
    for side in SIDES:
        record = _mark(session, record, side, truth.glands[side], chance)
    choices = [Choice(image.sop_instance_uid, ((0, image.frames - 1),)) for image in record.images]
    look_through(session, record, choices)
    return record


def _mark(
    session: Session, record: VisitRecord, side: Side, truth: GlandTruth, chance: random.Random
) -> VisitRecord:
    """Measure one gland as a careful person would, and mark its needle and the deposit at the tip."""
    from annotate.marks import Deposit, Needle, VolumeUnknown, Zone

    for axis, line in truth.calipers.items():
        caliper = moved_caliper(axis, line, 1 + chance.gauss(0, _SPREAD_OF_A_CALIPER))
        record = marks.place(session, record, side, (line.sop_instance_uid, line.frame), caliper)
    needle = truth.needle
    if needle is None:
        return record
    where = (needle.sop_instance_uid, needle.frame)
    record = marks.place(session, record, side, where, Needle(needle.entry, needle.tip, "seen", needle.skin_row_px))
    deposit = Deposit(needle.tip, VolumeUnknown(), Zone("middle", "superficial"))
    return marks.place(session, record, side, where, deposit)


def _type_facts(
    session: Session, record: VisitRecord, what: tuple[Appointment, Turn], chance: random.Random
) -> VisitRecord:
    appointment, turn = what
    record = set_facts(session, record, None, VISIT_FACTS | {"kit_code": f"KIT-{1000 + 7 * appointment.place:04d}"})
    for number, side in enumerate(SIDES):
        residual = chance.randrange(2, 9)
        story = GlandStory(
            f"SYR-{2000 + 2 * appointment.place + number:04d}", "10:05", "10:07",
            loaded=f"{(100 + residual) / 100:.2f}", residual=f"{residual / 100:.2f}",
        )
        complication = chance.choice(_COMPLICATIONS)
        typed = story.facts() | {"complications": complication, "omeract_grade": str(chance.randrange(1, 3))}
        typed |= {"pain_nrs": str(chance.randrange(1, 6))} if complication == "pain" else {}
        record = set_facts(session, record, side, {**typed, **turn.typed(side)})
    return record


def _counted(session: Session, participants: int) -> SimulatedTrial:
    records = [row.record for row in visits.list_visits(session) if row.record is not None]
    signed = sum(gland.signature is not None for record in records for gland in record.glands.values())
    return SimulatedTrial(participants, len(records), signed, session.site.ledger.head()[0])
