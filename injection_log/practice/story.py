"""The practice story: a whole visit played through the same acts as a real one.

The phantom's truth stands in place of eyes and hands; everything else - network, gate, ledger, signature - is real.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from injection_log.acts import facts, marks, signing, studies, visits
from injection_log.errors import Refused
from injection_log.practice.world import INJECTOR, PARTICIPANT, Practice
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session, log_in

if TYPE_CHECKING:
    from annotate.marks import Axis, Caliper, Side
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.pacs.find import StudySummary
    from dicom_io.pacs.pull import PullResult
    from dicom_io.phantom import GlandTruth, LineTruth, NeedleTruth, VisitTruth
    from injection_log.acts.sharing import Choice, Look
    from injection_log.clock import Clock
    from injection_log.protocol.fields import Level

Say = Callable[[str], None]

VISIT_FACTS = {
    "kit_code": "KIT-0417", "kit_intact": "yes", "injector": "Practice Injector", "assistant": "Practice Assistant",
    "ultrasound_operator": "Practice Operator", "local_anaesthetic": "lidocaine", "local_anaesthetic_ul": "1.0",
    "procedure_start": "10:02", "procedure_end": "10:14",
}
_STORY_ENDS = 10 * 60 + 14
"""The last time of the story, as minutes of the day."""


@dataclass(frozen=True)
class GlandStory:
    """What is typed for one gland, as text, the way a person types it."""

    syringe_code: str
    start: str
    end: str
    loaded: str = "1,20"
    residual: str = "0.05"
    spilled: str = "0"

    def facts(self) -> dict[str, str]:
        """Field name to typed text, in the order of the form."""
        return {
            "injected": "yes", "syringe_code": self.syringe_code, "volume_loaded_ul": self.loaded,
            "volume_residual_ul": self.residual, "volume_spilled_ul": self.spilled, "needle": "25G-40mm",
            "injection_start": self.start, "injection_end": self.end, "approach_from": "lateral",
            "tip_in_gland": "yes", "complications": "none",
        }


GLANDS: dict[Side, GlandStory] = {
    "right": GlandStory("SYR-2031", "10:05", "10:07", loaded="1,05", residual="0.05"),
    "left": GlandStory("SYR-2032", "10:10", "10:12", loaded="1.10", residual="0,05"),
}


def play_visit(practice: Practice, visit: str, say: Say) -> tuple[Session, VisitRecord]:
    """Play one visit of the practice participant from log-in to both signatures."""
    truth = truth_of(practice, visit)
    session = log_in(practice.site, INJECTOR.user, INJECTOR.password)
    record = visits.open_visit(session, PARTICIPANT, visit)
    if not all(gland.is_open for gland in record.glands.values()):
        raise Refused("already_played", "The practice story was played in this home already; choose another folder.")
    record = visits.confirm_identifiers(session, record)
    record = studies.link_study(session, record, find_study(practice.pacs, truth))
    say(f"{record.visit_title}: pulling the study over the network")
    record = studies.keep_pulled(session, record, pull(practice, truth.study_instance_uid))
    record = set_facts(session, record, None, VISIT_FACTS)
    for side in SIDES:
        say(f"{record.visit_title}: {side} gland, marks and facts")
        record = place_marks(session, record, side, truth.glands[side])
        record = set_facts(session, record, side, GLANDS[side].facts())
    for side in SIDES:
        say(f"{record.visit_title}: {side} gland, review and signature")
        record = sign(session, record, side)
    return session, record


def truth_of(practice: Practice, visit: str) -> VisitTruth:
    """Give the phantom's truth of one visit."""
    return next(truth for truth in practice.truth.visits if truth.visit == visit)


def find_study(pacs: PacsAddress, truth: VisitTruth) -> StudySummary:
    """Find the study of a visit on the PACS by its date."""
    from dicom_io.pacs.find import StudyQuery, find_studies  # pynetdicom only when the network is asked

    for summary in find_studies(pacs, StudyQuery(date_from=truth.study_date, date_to=truth.study_date)):
        if summary.study_instance_uid == truth.study_instance_uid:
            return summary
    raise Refused("study_missing", "The practice PACS does not have the study of this visit; run the demo again.")


def pull(practice: Practice, study_uid: str) -> PullResult:
    """Pull one study into the images of the practice home."""
    from dicom_io.pacs.pull import Pull

    running = Pull.start(practice.pacs, study_uid, practice.site.home.images)
    for _ in running.progress():
        pass
    return running.result()


def place_marks(session: Session, record: VisitRecord, side: Side, truth: GlandTruth) -> VisitRecord:
    """Place the three calipers and, at an injection visit, the needle where the phantom has them."""
    from annotate.marks import AXES, Caliper

    for axis in AXES:
        line = truth.calipers[axis]
        where = (line.sop_instance_uid, line.frame)
        record = marks.place(session, record, side, where, Caliper(axis, line.start, line.end))
    return record if truth.needle is None else _place_needle(session, record, side, truth.needle)


def look_through(session: Session, record: VisitRecord, choices: Sequence[Choice]) -> Look:
    """Look through the chosen frames of a visit as they would be copied, and confirm it; gives what was looked at."""
    from injection_log.acts import sharing  # copies bring the masks and OpenCV

    look = sharing.look_at(sharing.plan_copies(session, record, choices))
    sharing.confirm_look(session, look, look.sha256)
    return look


def moved_caliper(axis: str, line: LineTruth, factor: float) -> Caliper:
    """A caliper about the same middle as the truth's line, longer by a factor."""
    from annotate.marks import Caliper
    from dicom_io.calibration import Point

    middle = ((line.start.row + line.end.row) / 2, (line.start.column + line.end.column) / 2)
    ends = [
        Point(middle[0] + (end.row - middle[0]) * factor, middle[1] + (end.column - middle[1]) * factor)
        for end in (line.start, line.end)
    ]
    return Caliper(cast("Axis", axis), *ends)


def _place_needle(session: Session, record: VisitRecord, side: Side, truth: NeedleTruth) -> VisitRecord:
    from annotate.marks import Needle

    needle = Needle(truth.entry, truth.tip, "seen", truth.skin_row_px)
    return marks.place(session, record, side, (truth.sop_instance_uid, truth.frame), needle)


def set_facts(
    session: Session, record: VisitRecord, side: Side | None, typed: dict[str, str]
) -> VisitRecord:
    """Type the facts that the protocol asks for at this visit."""
    level: Level = "visit" if side is None else "gland"
    asked = {field.name: field for field in session.site.protocol.fields_for(record.visit, level)}
    for name, text in typed.items():
        if name in asked:
            is_time = asked[name].kind == "time" and text
            told = time_told(session.site.clock, text) if is_time else text
            record = facts.set_fact(session, record, side, name, told)
    return record


def time_told(clock: Clock, text: str) -> str:
    """A time of the story, so that the procedure has just ended when it is told: none of it is still to come.

    In the first quarter of an hour of a day everything happened at midnight.
    """
    hours, minutes = text.split(":")
    before_end = _STORY_ENDS - (int(hours) * 60 + int(minutes))
    now = clock.now() + timedelta(minutes=clock.utc_offset_minutes())
    told = max(now.hour * 60 + now.minute - before_end, 0)
    return f"{told // 60:02d}:{told % 60:02d}"


def sign(session: Session, record: VisitRecord, side: Side) -> VisitRecord:
    """Review and sign one gland as the practice injector."""
    shown = signing.render(session, record, side).sha256
    proof = signing.Proof(INJECTOR.user, INJECTOR.password, shown)
    return signing.sign_gland(session, record, side, proof, signing.meaning_for(record, side))
