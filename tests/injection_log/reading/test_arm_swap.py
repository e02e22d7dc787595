"""The same trial twice, only the arms swapped in the simulator: what is blinded comes out byte for byte the same.

Both runs begin with one site (its keys make the codes), kits belong to the same participants; what a kit holds differs,
and with it what an operator might type: into every text of a picture's header, its file's name and bytes before and
behind the data set, into remarks and a question about the injection. All that begins with STEM. The packages' keys,
password salts, ids of marks and hours of writing are chance by design; their pictures and what their logs say of cases
are compared.
"""
from __future__ import annotations

import random
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from planted_tokens import all_bytes_under, found_in, without_complaints

from injection_log.acts import campaign_report, campaign_results, facts, queries, visits
from injection_log.home import Home
from injection_log.ledger.event import Json
from injection_log.practice.reading_story import MANAGER, play_campaign, reading_site
from injection_log.practice.world import USERS, practice_site
from injection_log.protocol.reading import practice_protocol_text
from injection_log.reading.package_home import PackageHome
from injection_log.record.reading import visit_subject
from injection_log.site import Site, log_in
from injection_log_exports.reading_report import ReadingReport

if TYPE_CHECKING:
    from dicom_io.phantom import VisitTruth

STEM = "ZQARMSWAP"
HEADER = (
    "OperatorsName", "ReferringPhysicianName", "PerformingPhysicianName", "StudyComments", "ImageComments",
    "PatientComments", "AdditionalPatientHistory", "RequestedProcedureDescription", "ContrastBolusAgent",
    "PerformedProcedureStepDescription", "AcquisitionComments", "AdmittingDiagnosesDescription", "MedicalAlerts",
    "InstitutionalDepartmentName", "StationName", "ProtocolName", "RequestingService", "Allergies",
    "InterventionDrugName", "CurrentPatientLocation",
)  # fmt: skip
"""Texts that a scanner's operator may type into."""
MARKS, MARK_ID = ("mark.", "measured."), re.compile(r"'mark_id': '[0-9a-f]{18}'")


@dataclass
class Arms:
    """The simulator's secret: what each kit holds, in words that only this run uses; counts what was planted."""

    run: str
    planted: int = 0

    def word(self, participant: str) -> str:
        """What the operator who knows the kit of this participant types, never the same twice."""
        self.planted += 1
        holds = random.Random(f"{self.run} {participant}").choice("AB")
        mixed = random.Random(f"{self.run} {self.planted}").choice("KLMNPR")
        return f"{STEM}{mixed}{holds}{self.run}{self.planted % 1000:03}"

    def scan(self, participant: str, visit: VisitTruth) -> None:
        """Type it into every file of a visit, and into its name."""
        for path in visit.files:
            with without_complaints():
                image = pydicom.dcmread(path)
                for keyword in HEADER:
                    setattr(image, keyword, self.word(participant))
                block = image.private_block(0x0019, self.word(participant), create=True)
                block.add_new(1, "LO", self.word(participant))
                image.file_meta.SourceApplicationEntityTitle = self.word(participant)
                image.preamble = self.word(participant).encode().ljust(128, b"\0")
                typed = path.with_name(f"{self.word(participant)}.dcm")
                image.save_as(typed, enforce_file_format=True)
                with typed.open("ab") as file:
                    file.write(self.word(participant).encode())
            path.unlink()

    def inject(self, site: Site, participant: str) -> None:
        """Type it into the record of the injection, and into a question about it."""
        operator, manager = (log_in(site, one.user, one.password) for one in (USERS[0], MANAGER))
        record = visits.open_visit(operator, participant, "injection")
        record = facts.set_fact(operator, record, None, "visit_remark", self.word(participant))
        for side in ("right", "left"):
            record = facts.set_fact(operator, record, side, "gland_remark", self.word(participant))
        queries.open_query(manager, visit_subject(participant, "injection"), "visit_remark", self.word(participant))


@dataclass(frozen=True)
class Run:
    """What one run left: the packages' folders, what is blinded in them, tables and report, and what was planted."""

    packages: tuple[Path, ...]
    pictures: dict[str, bytes]
    said: list[dict[str, Any]]
    rows: list[dict[str, object]]
    report: dict[str, bytes]
    planted: int
    originals: bytes


@pytest.fixture(scope="module")
def swapped(tmp_path_factory: pytest.TempPathFactory, passwords_cost_little: None) -> tuple[Run, Run]:
    """Four participants at two visits, twice."""
    del passwords_cost_little
    return both(tmp_path_factory.mktemp("swap"), 4)


def three_visits() -> str:
    """The practice protocol with a third visit that is read."""
    text = practice_protocol_text()
    month_4 = text[text.index('[[visit]]\nname = "month_4"') :]
    third = month_4.replace("month_4", "month_12").replace("Four months", "Twelve months")
    return text.replace('["baseline", "month_4"]', '["baseline", "month_4", "month_12"]') + "\n" + third


def both(folder: Path, participants: int, protocol: str = "") -> tuple[Run, Run]:
    """One site, copied, and the trial played in each copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        practice_site(Home(folder / "home"), protocol).ledger.close()
        runs = []
        for name in ("X", "Y"):
            shutil.copytree(folder / "home", folder / name / "home")
            shutil.copytree(folder / "keys", folder / name / "keys")
            patch.setenv("INJECTION_LOG_KEYS", str(folder / name / "keys"))
            runs.append(played(folder / name, Arms(name), participants))
    return runs[0], runs[1]


def played(folder: Path, arms: Arms, participants: int) -> Run:
    site, truths = reading_site(Home(folder / "home"), folder, participants, lambda said: None, arms.scan)
    try:
        for participant in sorted({who for who, _ in truths}):
            arms.inject(site, participant)
        campaign = play_campaign(site, truths, folder, lambda said: None)
        manager = log_in(site, MANAGER.user, MANAGER.password)
        rows = campaign_results.reading_rows(manager, campaign.id)
        content = campaign_report.report_content(manager, campaign.id)
    finally:
        site.ledger.close()
    packages = tuple(sorted(folder.glob("package-*")))
    return Run(
        packages, all_bytes_under([package / "images" for package in packages]), [told(one) for one in packages],
        [asdict(row) for row in rows],
        {file.name: file.data for file in ReadingReport().files(replace(content, printed_at=""))},
        arms.planted, b"".join(all_bytes_under([folder / "home" / "images"]).values()),
    )


def told(package: Path) -> dict[str, Any]:
    """What the log of a package says of its design, pictures, cases and reads."""
    opened = PackageHome.open(Home(package))
    try:
        said = {name: without_ids(opened.ledger.values_of(f"{name}:")) for name in ("image", "case", "read")}
        return {**said, "ledger": {"package": opened.ledger.values("ledger:")["package"]}}
    finally:
        opened.ledger.close()


def without_ids(values: Mapping[str, Mapping[str, Json]]) -> dict[str, Any]:
    """By subject, each field's values without the id of a mark, which is made of the hour and of chance."""
    found: dict[str, dict[str, list[str]]] = {}
    for subject, fields in values.items():
        for name, value in fields.items():
            family = name.split(".")[0] if name.startswith(MARKS) else name
            found.setdefault(subject, {}).setdefault(family, []).append(MARK_ID.sub("", str(value)))
    return {subject: {name: sorted(said) for name, said in fields.items()} for subject, fields in found.items()}


def test_the_arms_are_in_the_site_and_not_the_same_in_both_runs(swapped: tuple[Run, Run]) -> None:
    one, other = swapped
    assert one.planted == other.planted >= 500
    assert STEM.encode() in one.originals
    assert one.originals != other.originals


@pytest.mark.proves("G-01")
def test_no_word_of_an_arm_reaches_a_package_or_the_report(swapped: tuple[Run, Run]) -> None:
    for run in swapped:
        assert len(run.packages) >= 2
        for name, blob in (all_bytes_under(run.packages) | run.report).items():
            assert found_in(blob, [STEM]) == [], name
        assert STEM not in str(run.said)


def test_the_pictures_of_every_package_are_byte_for_byte_the_same(swapped: tuple[Run, Run]) -> None:
    one, other = swapped
    assert one.pictures
    assert one.pictures == other.pictures


def test_the_log_of_every_package_says_the_same_of_design_cases_and_reads(swapped: tuple[Run, Run]) -> None:
    one, other = swapped
    assert all(told["image"] for told in one.said)
    assert one.said == other.said


@pytest.mark.proves("G-01")
def test_tables_and_report_are_byte_for_byte_the_same(swapped: tuple[Run, Run]) -> None:
    one, other = swapped
    assert one.rows == other.rows
    assert one.report == other.report
    assert one.report["reading_report_RC-1.pdf"].startswith(b"%PDF")


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_soak_of_an_arm_swap_of_forty_participants_at_three_visits(
    tmp_path: Path, passwords_cost_little: None
) -> None:
    one, other = both(tmp_path, 40, three_visits())
    assert len({(row["participant"], row["visit"]) for row in one.rows}) == 120
    assert one.planted == other.planted >= 10_000
    assert one.originals != other.originals
    for run in (one, other):
        for name, blob in (all_bytes_under(run.packages) | run.report).items():
            assert found_in(blob, [STEM]) == [], name
    assert one.pictures == other.pictures
    assert one.said == other.said
    assert (one.rows, one.report) == (other.rows, other.report)
