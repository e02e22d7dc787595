"""A small trial with pictures for the tests of what leaves: one injection visit, marked, signed, asked about."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from copied_visits import pictured_visit, share
from opened_window import practice_site

from annotate.marks import Deposit, Microlitres, VolumeUnknown, Zone
from dicom_io.calibration import Point
from dicom_io.phantom import ParticipantTruth, VisitTruth
from injection_log.acts import deviations, marks, queries
from injection_log.acts.outputs import export_facts
from injection_log.acts.trial import gather_trial
from injection_log.practice.story import sign
from injection_log.practice.world import INVESTIGATOR
from injection_log.record.reading import gland_subject
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.trial_content import TrialContent

ZONES = (Zone("anterior", "superficial"), Zone("posterior", "deep"))


@dataclass
class TrialSite:
    """A site at work: its injection visit as it stands, and who may do what in it."""

    site: Site
    record: VisitRecord
    truth: VisitTruth

    def session(self, user: str) -> Session:
        """A practice user at work."""
        return log_in(self.site, user, f"practice-{user}")

    def content(self) -> TrialContent:
        """What an exporter of the trial is given."""
        session = log_in(self.site, INVESTIGATOR.user, INVESTIGATOR.password)
        content = gather_trial(session, export_facts(session)).content
        assert isinstance(content, TrialContent)
        return content

    def rows(self, table: str) -> list[dict[str, object]]:
        """The rows of one table as it would leave now."""
        return [dict(row) for row in self.content().tables[table].rows]

    def deposit(self, volume_ul: int | None, zone: Zone = ZONES[0]) -> str:
        """Mark a deposit in the right gland; its id."""
        before = {one.mark_id for one in self.record.glands["right"].marks}
        volume = Microlitres(volume_ul) if volume_ul else VolumeUnknown()
        where = (self.truth.glands["right"].images["longitudinal"], 0)
        mark = Deposit(Point(250.0 + len(before), 380.0), volume, zone)
        self.record = marks.place(self.session("injector"), self.record, "right", where, mark)
        return next(one.mark_id for one in self.record.glands["right"].marks if one.mark_id not in before)

    def remove(self, mark_id: str) -> None:
        """Take a mark of the right gland out."""
        self.record = marks.remove(self.session("injector"), self.record, "right", mark_id)

    def sign(self, *sides: str) -> None:
        """Sign glands as they stand."""
        for side in SIDES:
            if side in sides:
                self.record = sign(self.session("injector"), self.record, side)

    def share(self, folder: Path) -> None:
        """Write coded copies of the frames with marks: what DICOM reports point at."""
        share(self.session("injector"), self.record, folder)


def drafted_trial(folder: Path, truth: ParticipantTruth, pictures: Sequence[Path] = ()) -> TrialSite:
    """One injection visit with pictures, calipers, needles and facts, not signed; `pictures` in place of its own."""
    site, visit = practice_site(folder), truth.visits[0]
    injector = log_in(site, "injector", "practice-injector")
    return TrialSite(site, pictured_visit(injector, truth, pictures), visit)


def whole_trial(folder: Path, truth: ParticipantTruth) -> TrialSite:
    """The same with two deposits, both glands signed, coded copies, a query and a deviation."""
    trial = drafted_trial(folder, truth)
    trial.deposit(500)
    trial.deposit(None, ZONES[1])
    trial.sign(*SIDES)
    trial.share(folder / "copies")
    about = gland_subject("SMG-07", "injection", "left")
    queries.open_query(trial.session("monitor"), about, "volume_loaded_ul", "Is this the barrel that was read?")
    deviations.report_deviation(trial.session("injector"), trial.record, "timing", "The left gland was first.")
    return trial
