"""A read by contours and calipers, one picture of it scaled by hand at the site, from the command to the table."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pydicom
import pytest
from phantom_sweep import Sweep
from typer.testing import CliRunner

from annotate.readout import BY_HAND
from dicom_io.calibration import Point
from dicom_io.hand_scale import RulerLine
from dicom_io.phantom import PlannedVisit, VisitTruth
from dicom_io.phantom.participant import PracticePatient, make_patient
from injection_log import cli
from injection_log.acts import (
    campaign_results,
    campaign_returns,
    campaigns,
    facts,
    kept_areas,
    scales,
    studies,
    visits,
)
from injection_log.acts.campaign_agreement import agreement_tables, campaign_reads
from injection_log.acts.campaign_packages import write_package
from injection_log.acts.sharing import Choice
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.event import Actor
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.two_people import Proof2
from injection_log.practice.reading_story import ADMIN, BLINDED, MANAGER
from injection_log.practice.story import look_through
from injection_log.practice.world import INVESTIGATOR, USERS, practice_site
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

READER = BLINDED[0]
# The phantom's pixels: 0.0655 mm down, 0.0712 mm across.
RULERS = (RulerLine(Point(44, 727), Point(502.02, 727), 30_000), RulerLine(Point(300, 100), Point(300, 521.35), 30_000))
BOX = ((44, 90, 540, 700),)
CHANGED = (
    ('planes = ["transverse", "longitudinal"]', 'planes = ["transverse", "longitudinal", "sweep"]'),
    ("readers = 2", "readers = 1"), ("repeats_percent = 10", "repeats_percent = 0"),
    ("differs_percent = 15", "#"), ("grade_differs = true", "#"), ('grades = ["grey_scale"]', "grades = []"),
)


@dataclass(frozen=True)
class Desk:
    """A site with one visit, and the package of its one reader, begun."""

    site: Site
    truth: VisitTruth
    place: Path
    keys: Path

    def run(self, *words: str, as_json: bool = True) -> Any:
        """What a command of the package answers."""
        end = ["--user", READER.user, "--password-stdin", "--home", str(self.place), *(["--json"] if as_json else [])]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("INJECTION_LOG_KEYS", str(self.keys))
            return CliRunner().invoke(cli.assemble(), ["reading", *words, *end], input=f"{READER.password}\n")

    def next(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("next").stdout)
        return found

    def picture(self, case: dict[str, Any], side: str, view: str) -> str:
        return next(str(one["picture"]) for one in case["pictures"] if (one["gland"], one["view"]) == (side, view))


def recorded(session: Session, second: Session, truth: VisitTruth) -> None:
    """The visit as the site records it: pictures, spacing of both sweeps, one scale by hand, all looked through."""
    record = visits.open_visit(session, "SMG-31", "baseline")
    record = studies.import_findings(session, record, studies.examine_folder(session, truth.files[0].parent))
    without = truth.glands["right"].images["longitudinal"]
    record = scales.set_by_hand(session, record, (without, 0), RULERS)
    kept_areas.draw_kept_area(session, record.image(without), BOX)
    kept_areas.confirm_kept_area(second, record.image(without), BOX)
    for side in ("right", "left"):
        spacing_mm = Sweep(truth.glands[side]).spacing_mm
        record = facts.set_fact(session, record, side, "sweep_spacing_um", f"{spacing_mm:.3f}")
    choices = [Choice(one.sop_instance_uid, ((0, one.frames - 1),)) for one in record.images]
    look_through(session, record, choices)


def as_some_scanners_send(truth: VisitTruth) -> None:
    """The files say the side, and the right longitudinal still has no scale."""
    for path in truth.files:
        image = pydicom.dcmread(path)
        image.ImageLaterality = "R" if "right" in path.name else "L"
        if "right-longitudinal" in path.name:
            del image.SequenceOfUltrasoundRegions
        image.save_as(path)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, passwords_cost_little: None) -> Iterator[Desk]:
    del passwords_cost_little
    folder, text = tmp_path_factory.mktemp("contours"), practice_protocol_text()
    for before, after in CHANGED:
        assert before in text
        text = text.replace(before, after)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        site = practice_site(Home(folder / "home"), text)
        for one in BLINDED:
            account = NewAccount(one.user, one.printed_name, one.role, one.password)
            add_account(site.ledger, Actor(ADMIN.user, ADMIN.role), account, clock=site.clock, protocol="")
        patient = PracticePatient("0101010031-PRACTICE", "PRACTICE^SMG-31", participant="SMG-31")
        truth = make_patient(folder / "phantom", 3, patient, [PlannedVisit("baseline", date(2026, 2, 3))]).visits[0]
        as_some_scanners_send(truth)
        recorded(log_in(site, USERS[0].user, USERS[0].password), log_in(site, USERS[1].user, USERS[1].password), truth)
        manager = log_in(site, MANAGER.user, MANAGER.password)
        campaigns.open_campaign(manager, [READER.user])
        made = write_package(manager, "RC-1", 1, folder / "package")
        desk = Desk(site, truth, folder / "package", folder / "keys")
        begun = CliRunner().invoke(
            cli.assemble(), ["reading", "begin", "--user", READER.user, "--password-stdin", "--home", str(desk.place)],
            input=f"{made.one_time_code}\n{READER.password}\n",
        )
        assert begun.exit_code == 0, begun.stderr
        yield desk
        site.ledger.close()


def ends(line: Any) -> str:
    return f"{line.start.row},{line.start.column},{line.end.row},{line.end.column}"


def test_a_contour_by_points_and_one_from_a_file_are_told_with_their_area_and_removed_by_their_id(
    desk: Desk, tmp_path: Path
) -> None:
    case = desk.next()
    where = ("--picture", desk.picture(case, "right", "transverse"))
    (tmp_path / "points.csv").write_text("200,300\n200,400\n\n300,400\n300,300\n", "utf-8")
    for given in (("--points", "200,300,200,400,300,400,300,300"), ("--points-file", str(tmp_path / "points.csv"))):
        traced = json.loads(desk.run("contour", case["case"], "right", *where, *given).stdout)
        (mark,) = traced["glands"]["right"]["marks"]
        assert (mark["what"], mark["measures"], mark["scale"]) == ("contour", "46.6 mm²", "")
        again = desk.run("contour", case["case"], "right", *where, *given)
        assert "contour of this gland already" in str(again.exception)
        removed = json.loads(desk.run("remove", case["case"], mark["mark"]).stdout)
        assert removed["glands"]["right"]["marks"] == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--points", "1,2,3"), "Points are row,column"), ((), "Give the outline once"),
        (("--points", "1,2,3,4"), "3 to 400 points; here are 2"), (("--points-file", "/nowhere"), "cannot be read"),
        (("--points", "1,2,3,4,5,x"), "Points are row,column"),
    ],
)  # fmt: skip
def test_points_that_are_no_outline_are_refused_in_a_sentence(desk: Desk, words: tuple[str, ...], why: str) -> None:
    told = desk.run("contour", desk.next()["case"], "right", "--picture", "1", *words)
    assert told.exit_code != 0
    assert why in told.stdout + told.stderr


def test_a_mark_that_is_not_there_is_not_removed(desk: Desk) -> None:
    told = desk.run("remove", desk.next()["case"], "0123456789abcdef01")
    assert "no longer there" in str(told.exception)


@pytest.fixture(scope="module")
def read(desk: Desk) -> dict[str, Any]:
    """The case read by both methods, as it was told before its lock."""
    case = desk.next()
    for side in ("right", "left"):
        gland = desk.truth.glands[side]
        for axis, line in gland.calipers.items():
            view = "transverse" if axis == "width" else "longitudinal"
            words = ("--picture", desk.picture(case, side, view), "--axis", axis, "--points", ends(line))
            assert desk.run("caliper", case["case"], side, *words).exit_code == 0
        for frame, contour in Sweep(gland).contours().items():
            points = ",".join(f"{point.row},{point.column}" for point in contour.points)
            words = ("--picture", desk.picture(case, side, "sweep"), "--frame", str(frame), "--points", points)
            assert desk.run("contour", case["case"], side, *words).exit_code == 0
        desk.run("quality", case["case"], side, "--is", "adequate")
    return desk.next()


def test_contours_of_a_read_have_a_volume_near_the_truth_beside_the_ellipsoid(
    desk: Desk, read: dict[str, Any]
) -> None:
    for side, gland in read["glands"].items():
        true = desk.truth.glands[side].volume_ml * 1000
        assert list(gland["volumes_ul"]) == ["ellipsoid", "contour_stack"]
        assert all(abs(volume / true - 1) < 0.03 for volume in gland["volumes_ul"].values())
    assert verify(Home(desk.place), keys=KeyFolder(desk.keys)).first_wrong is None


def test_a_scale_set_by_hand_at_the_site_measures_in_the_package_and_is_said_without_who_and_when(
    desk: Desk, read: dict[str, Any]
) -> None:
    said = {mark["what"]: mark["scale"] for mark in read["glands"]["right"]["marks"]}
    assert (said["length"], said["width"]) == (BY_HAND, "")
    text = desk.run("next", as_json=False).stdout
    assert BY_HAND in text
    assert not re.search(r"Practice Injector|2026-02-03", text)


def test_a_read_by_two_methods_comes_home_into_rows_and_figures_of_each(desk: Desk, read: dict[str, Any]) -> None:
    locked = desk.run("lock", read["case"])
    assert locked.exit_code == 0, locked.stdout
    manager = log_in(desk.site, MANAGER.user, MANAGER.password)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(desk.keys))
        campaign_returns.return_package(manager, "RC-1", desk.place)
        second = Proof2(INVESTIGATOR.user, INVESTIGATOR.password)
        campaign_results.unmask(manager, "RC-1", second, MANAGER.password)
    rows = campaign_results.reading_rows(manager, "RC-1")
    assert [(row.gland, row.method, row.scale) for row in rows] == [
        ("left", "ellipsoid", ""), ("left", "contour_stack", ""),
        ("right", "ellipsoid", BY_HAND), ("right", "contour_stack", ""),
    ]
    tables = agreement_tables(campaign_reads(rows, ("baseline",)))
    assert {line["method"] for table in tables if table.name == "means" for line in table.lines} == {
        "contour_stack", "ellipsoid",
    }  # fmt: skip
    assert verify(desk.site.home, keys=KeyFolder(desk.keys)).first_wrong is None
