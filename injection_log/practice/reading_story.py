"""The practice campaign: phantom participants, two simulated readers with noise, an adjudicator, and the way home.

The same acts as a real one; the phantom's truth, moved by a known bias and spread, stands in place of eyes and hands.
What each reader sees is a package; that the story knows which case is whose is what makes it a simulation.
"""
from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from injection_log.acts import (
    campaign_agreement,
    campaign_packages,
    campaign_results,
    campaign_returns,
    campaigns,
    studies,
    visits,
)
from injection_log.acts.sharing import Choice
from injection_log.agreement.reads import GlandAtVisit
from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.ledger.event import Actor
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.renewing import NewPassword
from injection_log.people.two_people import Proof2
from injection_log.practice.reading_truth import Hand, Recovered, recovered
from injection_log.practice.story import look_through, moved_caliper, place_marks
from injection_log.practice.world import INVESTIGATOR, USERS, PracticeUser, practice_site
from injection_log.reading import adjudicating, reading_acts
from injection_log.reading.case import Case
from injection_log.reading.package_home import PackageHome, ReaderSession, begin_with_code, log_out_reader
from injection_log.record.values import SIDES
from injection_log.site import Session, Site, log_in
from injection_log.volume_methods import OF_THE_SIZE

if TYPE_CHECKING:
    from annotate.marks import Side
    from dicom_io.phantom import GlandTruth, VisitTruth
    from injection_log.acts.campaign_results import ReadingRow
    from injection_log.agreement.campaign_figures import CampaignReads
    from injection_log.agreement.figure_words import AgreementTable
    from injection_log.reading.campaign import Campaign
    from injection_log.reading.making import MadePackage

Say = Callable[[str], None]
Scanned = Callable[[str, "VisitTruth"], None]
ADMIN = USERS[-1]
MANAGER = USERS[4]
BLINDED = (
    PracticeUser("reader-one", "Practice Reader One", "reader", "practice-reader-one"),
    PracticeUser("reader-two", "Practice Reader Two", "reader", "practice-reader-two"),
    PracticeUser("adjudicator", "Practice Adjudicator", "adjudicator", "practice-adjudicator"),
)
SEED = 11
_GRADES = (1, 2)


HANDS = (Hand(-0.01, 0.015), Hand(0.02, 0.015))
"""Of the first and the second reader: on volumes, the cube of a diameter, nine percent apart on the average."""
Truths = Mapping[tuple[str, str], "VisitTruth"]
"""By participant and visit."""


@dataclass(frozen=True)
class KnownCases:
    """What only a simulation knows of a package: whose visit each code is, and which codes are hidden repeats."""

    whose: Mapping[str, tuple[str, str]]
    repeats: frozenset[str]


def reading_site(
    home: Home, folder: Path, participants: int, say: Say, scanned: Scanned = lambda participant, visit: None
) -> tuple[Site, Truths]:
    """Make a practice site whose visits before and after the injection have pictures, measured and looked through.

    `scanned` is called for each visit of a participant before its files are imported: it may write into them what a
    scanner's operator would.
    """
    site = practice_site(home)
    admin = Actor(ADMIN.user, ADMIN.role)
    for one in BLINDED:
        account = NewAccount(one.user, one.printed_name, one.role, one.password)
        add_account(site.ledger, admin, account, clock=site.clock, protocol=site.protocol.sha256)
    operator = log_in(site, USERS[0].user, USERS[0].password)
    truths: dict[tuple[str, str], VisitTruth] = {}
    for number in range(participants):
        participant = f"SMG-{20 + number}"
        say(f"Making participant {number + 1} of {participants} (a simulated phantom)")
        truths |= _participant(operator, participant, (folder / participant, SEED + number), scanned)
    return site, truths


def play_campaign(site: Site, truths: Truths, folder: Path, say: Say) -> Campaign:
    """Play a whole campaign: set up, packages out, read, home, adjudicated where readers differ, unmasked by two."""
    manager = log_in(site, MANAGER.user, MANAGER.password)
    campaign = campaigns.open_campaign(manager, [one.user for one in BLINDED[:2]], BLINDED[2].user)
    for number, hand in enumerate(HANDS, start=1):
        say(f"Writing the package of reader {number}: {len(campaign.cases)} cases and their hidden repeats")
        place = folder / f"package-{number}"
        made = campaign_packages.write_package(manager, campaign.id, number, place)
        say(f"Reader {number} reads")
        known = KnownCases(whose(manager, campaign.id, number), hidden_repeats(manager, campaign.id, number))
        read_package(_begin(place, BLINDED[number - 1], made), known, truths, hand)
        campaign_returns.return_package(manager, campaign.id, place)
    campaign = campaigns.find_campaign(manager, campaign.id)
    if campaign_results.cases_to_adjudicate(manager, campaign):
        _adjudicate(manager, campaign, folder / "package-3", say)
    say("Two people unmask the reading")
    return campaign_results.unmask(
        manager, campaign.id, Proof2(INVESTIGATOR.user, INVESTIGATOR.password), MANAGER.password
    )


def whose(session: Session, campaign: str, number: int) -> dict[str, tuple[str, str]]:
    """Participant and visit of each code of a package: what only a simulation may look up."""
    found = campaigns.find_campaign(session, campaign)
    cases = {code: found.cases[name] for code, (name, _) in found.out[number].codes.items()}
    return {code: (case.participant, case.visit) for code, case in cases.items()}


def hidden_repeats(session: Session, campaign: str, number: int) -> frozenset[str]:
    """The codes of a package that are hidden repeats: what only a simulation may look up."""
    codes = campaigns.find_campaign(session, campaign).out[number].codes
    return frozenset(code for code, (_, is_repeat) in codes.items() if is_repeat)


def read_package(reader: ReaderSession, known: KnownCases, truths: Truths, hand: Hand) -> None:
    """Read every case of a package to its lock, as a reader of this hand would, and log out.

    The noise of a read depends on who reads which visit, first or again, so that a played reading comes out the same
    each time, in whatever order a site's own key puts the cases.
    """
    while (case := reading_acts.next_case(reader)) is not None:
        participant, visit = known.whose[case.code]
        again = "again" if case.code in known.repeats else "first"
        chance = random.Random(f"{SEED} {reader.account.user} {participant} {visit} {again}")  # noqa: S311  # no secret
        truth = truths[participant, visit]
        for side in SIDES:
            case = read_gland(reader, case, side, (truth.glands[side], hand, chance))
        reading_acts.lock_case(reader, case)
    log_out_reader(reader)


def read_gland(
    reader: ReaderSession, case: Case, side: Side, how: tuple[GlandTruth, Hand, random.Random]
) -> Case:
    """Measure and grade one gland."""
    truth, hand, chance = how
    package = reader.site.package
    for axis, line in truth.calipers.items():
        plane = next(plane for plane, uid in truth.images.items() if uid == line.sop_instance_uid)
        uid = next(
            one.sop_instance_uid for one in case.pictures
            if one.plane == plane and case.side_of[one.sop_instance_uid] == side
        )
        for _ in range(package.calipers):
            caliper = moved_caliper(axis, line, 1 + chance.gauss(hand.bias, hand.spread))
            case = reading_acts.place_mark(reader, case, side, (uid, 0), caliper)
    for kind in package.grades:
        case = reading_acts.give_grade(reader, case, side, kind, chance.choice(_GRADES))
    return reading_acts.judge_quality(reader, case, side, "adequate")


def _begin(place: Path, who: PracticeUser, made: MadePackage) -> ReaderSession:
    package = PackageHome.open(Home(place))
    return begin_with_code(package, NewPassword(who.user, made.one_time_code, who.password))


def _adjudicate(manager: Session, campaign: Campaign, place: Path, say: Say) -> None:
    say("The adjudicator decides where the two readers differ")
    made = campaign_results.write_adjudication(manager, campaign.id, place)
    session = _begin(place, BLINDED[2], made)
    while (case := reading_acts.next_case(session)) is not None:
        for side in case.glands:
            case = adjudicating.decide(session, case, side, "A")
        reading_acts.lock_case(session, case)
    log_out_reader(session)
    campaign_returns.return_package(manager, campaign.id, place)


def _participant(operator: Session, participant: str, phantom: tuple[Path, int], scanned: Scanned) -> Truths:
    """One phantom at the visits that the protocol's reading names: imported, measured by the site, looked through."""
    from dicom_io.phantom.anatomy import PlannedVisit
    from dicom_io.phantom.participant import PracticePatient, make_patient

    (folder, seed), design = phantom, operator.site.protocol.reading
    assert design is not None  # the practice protocol plans one
    day = date(2026, 1, 12) + timedelta(days=seed)
    days = {name: day + timedelta(days=120 * place) for place, name in enumerate(design.visits)}
    planned = [PlannedVisit(name, on) for name, on in days.items()]
    patient = PracticePatient(f"01010100{seed:02d}-PRACTICE", f"PRACTICE^{participant}", participant=participant)
    truth = make_patient(folder, seed, patient, planned, clips="none")
    for visit in truth.visits:
        scanned(participant, visit)
        _visit(operator, participant, visit)
    return {(participant, visit.visit): visit for visit in truth.visits}


def _visit(operator: Session, participant: str, truth: VisitTruth) -> None:
    record = visits.open_visit(operator, participant, truth.visit)
    record = studies.import_findings(operator, record, studies.examine_folder(operator, truth.files[0].parent))
    for side in SIDES:
        record = place_marks(operator, record, side, truth.glands[side])
    choices = [Choice(image.sop_instance_uid, ((0, 0),)) for image in record.images]
    look_through(operator, record, choices)


@dataclass(frozen=True)
class PlayedReading:
    """What a played campaign gave: its rows, its reads, and how its figures stand to what was put in."""

    home: Home
    cases: int
    rows: tuple[ReadingRow, ...]
    reads: CampaignReads
    tables: tuple[AgreementTable, ...]
    readers: tuple[dict[str, float], ...]
    """By reader, `found_percent` and `put_in_percent`: how far volumes lie from the truth on the average."""
    recovered: tuple[Recovered, ...]

    def facts(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "cases": self.cases, "rows": [asdict(row) for row in self.rows], "readers": list(self.readers),
            "adjudicated": len({(row.participant, row.visit) for row in self.rows if row.chosen}),
            "home": str(self.home.root), "figures": {table.name: table.lines for table in self.tables},
            "recovered": [asdict(one) | {"agrees": one.agrees} for one in self.recovered],
        }


def play_reading(home: Home, participants: int, say: Say) -> PlayedReading:
    """Play a campaign in a new home and give its rows, its figures, and how far they lie from the truth.

    Raises Refused for a home that has a log: a campaign is played once.
    """
    if home.has_ledger():
        raise Refused("already_played", "There is a log in this folder; the reading is played in a new one.")
    with tempfile.TemporaryDirectory(prefix="injection-log-reading-") as made:
        folder = Path(made)
        site, truths = reading_site(home, folder, participants, say)
        try:
            campaign = play_campaign(site, truths, folder, say)
            manager = log_in(site, MANAGER.user, MANAGER.password)
            rows = campaign_results.reading_rows(manager, campaign.id)
        finally:
            site.ledger.close()
    reads = campaign_agreement.campaign_reads(rows, campaign_agreement.visits_read(campaign, site.protocol.visits))
    truth_ul = {
        GlandAtVisit(participant, visit, side): truth.glands[side].volume_ml * 1000
        for (participant, visit), truth in truths.items() for side in SIDES
    }
    design = site.protocol.reading
    assert design is not None  # the practice protocol plans one
    return PlayedReading(
        home, len(campaign.cases), rows, reads, campaign_agreement.agreement_tables(reads),
        tuple(_from_the_truth(reads, f"Reader {number}", hand, truth_ul) for number, hand in enumerate(HANDS, start=1)),
        recovered(reads, truth_ul, HANDS, design.calipers),
    )


def _from_the_truth(
    reads: CampaignReads, reader: str, hand: Hand, truth_ul: Mapping[GlandAtVisit, float]
) -> dict[str, float]:
    by_calipers = [read for read in reads.volumes if (read.reader, read.method) == (reader, OF_THE_SIZE)]
    ratios = [read.volume_ul / truth_ul[read.gland] for read in by_calipers]
    return {
        "found_percent": round(100 * (sum(ratios) / len(ratios) - 1), 2),
        "put_in_percent": round(100 * (hand.volume_factor() - 1), 2),
    }
