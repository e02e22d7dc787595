"""The rules of a campaign: who differs, what is unmasked when, and what both verifiers say to a forged reading."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from annotate.volume import GlandSize
from injection_log import cli
from injection_log.acts import campaign_results, campaign_returns, campaigns
from injection_log.acts.campaign_results import differs
from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.people.two_people import Proof2
from injection_log.reading.case import Case, GlandReading
from injection_log.store.ledger_store import Ledger
from injection_log.store.snapshot import open_snapshot
from injection_log.verify import verify
from injection_log.verify.export import write_export

if TYPE_CHECKING:
    from conftest import Played

RULE = {"differs_percent": 15, "differs_ul": None, "grade_differs": True}


def case(volume_ul: int | None, grade: int = 1) -> Case:
    size: Any = None if volume_ul is None else GlandSize(1, 1, 1, volume_ul, {}, {}, 0, frozenset())
    gland = GlandReading("right", (), size, {"grey_scale": grade}, "adequate", "")
    return Case("C-1", "locked", 1, (), {}, {"right": gland})


@pytest.mark.parametrize(
    ("rule", "one", "other", "expected"),
    [
        (RULE, case(1000), case(1000), False),
        (RULE, case(925), case(1075), False),  # 150 of a mean of 1000: exactly 15 %
        (RULE, case(924), case(1076), True),
        (RULE, case(1000, 1), case(1000, 2), True),
        (RULE | {"grade_differs": False}, case(1000, 1), case(1000, 2), False),
        (RULE, case(1000), case(None), True),
        ({"differs_percent": None, "differs_ul": 100, "grade_differs": False}, case(1000), case(1100), False),
        ({"differs_percent": None, "differs_ul": 100, "grade_differs": False}, case(1000), case(1101), True),
    ],
)
def test_readings_differ_beyond_the_limit_and_not_on_it(
    rule: dict[str, Any], one: Case, other: Case, expected: bool
) -> None:
    assert differs(rule, (one, other)) is expected


def test_a_package_that_came_home_stands_and_a_campaign_is_unmasked_once(played: Played) -> None:
    manager = played.manager()
    with pytest.raises(Refused, match="came home before"):
        campaign_returns.return_package(manager, played.campaign.id, played.folder / "package-1")
    with pytest.raises(Refused, match="unmasked before"):
        campaign_results.unmask(
            manager, played.campaign.id, Proof2("investigator", "practice-investigator"), "practice-manager"
        )


def test_nothing_is_shown_or_unmasked_before_all_packages_are_home(played: Played) -> None:
    manager = played.manager()
    fresh = campaigns.open_campaign(manager, ["reader-one", "reader-two"], "adjudicator")
    with pytest.raises(Refused, match="not home and locked yet: 1, 2"):
        campaign_results.text_to_sign(manager, fresh)
    with pytest.raises(Refused, match="not unmasked"):
        campaign_results.reading_rows(manager, fresh.id)


def test_a_package_of_another_campaign_does_not_come_home(played: Played) -> None:
    manager = played.manager()
    fresh = campaigns.open_campaign(manager, ["reader-one", "reader-two"], "adjudicator")
    with pytest.raises(Refused, match="no package of this campaign"):
        campaign_returns.return_package(manager, fresh.id, played.folder / "package-1")


@pytest.mark.parametrize("readers", [["reader-one"], ["reader-one", "reader-one"], ["reader-one", "injector"]])
def test_a_campaign_has_as_many_different_readers_as_planned_and_none_who_sees_records(
    readers: list[str], played: Played
) -> None:
    with pytest.raises(Refused, match=r"asks for 2 readers|not an open one of the role reader"):
        campaigns.open_campaign(played.manager(), readers, "adjudicator")


def test_both_verifiers_see_a_reading_that_was_changed_after_its_lock(played: Played, tmp_path: Path) -> None:
    place, keys = tmp_path / "package", KeyFolder(played.keys)
    shutil.copytree(played.folder / "package-1", place)
    ledger = Ledger.open(Home(place).ledger_folder, clock=played.site.clock, keys=KeyFolder(tmp_path / "keys"))
    code = ledger.values("ledger:")["package"]["cases"][0]  # type: ignore[index,call-overload]
    subject = Subject("read", id=str(code), gland="right")
    change = Change("grade.grey_scale", ledger.values(subject.key)["grade.grey_scale"], 3)
    ledger.append(Actor("reader-one", "reader"), [EventDraft("GlandGraded", subject, (change,))], protocol="")
    ledger.close()
    report = verify(place, keys=keys)
    assert report.first_wrong is not None
    assert (report.first_wrong.what, "after it was locked" in report.first_wrong.why) == ("reading", True)
    (tmp_path / "out").mkdir()
    with open_snapshot(Home(place).ledger_folder) as snapshot:
        write_export(snapshot, tmp_path / "out", exported_at="2026-11-30T00:00:00.000Z")
    script = tmp_path / "out" / "check_log.py"
    run = subprocess.run([sys.executable, script, tmp_path / "out"], capture_output=True, text=True, check=False)
    assert (run.returncode, "reading" in run.stdout) == (1, True)


def test_the_adjudicator_sees_two_readings_without_names(played: Played) -> None:
    campaign = campaigns.find_campaign(played.manager(), played.campaign.id)
    if 3 not in campaign.home:
        pytest.skip("the simulated readers differed nowhere")
    returned = campaign_returns.returned_package(played.manager(), campaign, 3)
    for one in returned.cases.values():
        assert set(one.shown) == {"A", "B"}
        assert "reader" not in json.dumps(one.shown)
        glands = [gland for told in one.shown.values() for gland in told.values()]
        pictures = {mark["picture"] for gland in glands for mark in gland["marks"]}
        assert pictures <= {image.sop_instance_uid for image in one.pictures}


def run(played: Played, *words: str, user: str = "manager") -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(played.keys))
        end = ["--user", user, "--password-stdin", "--home", str(played.site.home.root), "--json"]
        return CliRunner().invoke(cli.assemble(), [*words, *end], input=f"practice-{user}\n")


def test_the_command_lists_campaigns_and_reports_an_unmasked_one(played: Played) -> None:
    listed = json.loads(run(played, "reading", "list").stdout)
    assert {"campaign": "RC-1", "state": "unmasked"}.items() <= listed[0].items()
    rows = json.loads(run(played, "reading", "report", "RC-1").stdout)
    assert {row["reader"] for row in rows} == {1, 2}
    assert {row["method"] for row in rows} == {"ellipsoid"}


def test_the_report_gives_the_figures_of_the_very_rows_and_says_why_one_is_missing(played: Played) -> None:
    told = json.loads(run(played, "reading", "report", "RC-1", "--figures").stdout)
    assert list(told) == ["agreement", "repeats", "grades", "means"]
    rows = json.loads(run(played, "reading", "report", "RC-1").stdout)
    first = [row for row in rows if not row["is_repeat"]]
    sums = {reader: sum(row["volume_ul"] for row in first if row["reader"] == reader) for reader in (1, 2)}
    (bias,) = [line for line in told["agreement"] if (line["figure"], line["visit"]) == ("bias", "all")]
    assert float(bias["value"]) == pytest.approx((sums[1] - sums[2]) / (len(first) // 2) / 1000, abs=0.0006)
    alone = [line for line in told["agreement"] if line["visit"] != "all"]  # two participants: too few for a figure
    assert {(line["value"], "at least 3 cases" in line["why"]) for line in alone} == {("", True)}


def test_the_printed_report_says_every_reason_in_words(played: Played) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(played.keys))
        words = ["reading", "report", "RC-1", "--user", "manager", "--password-stdin", "--home"]
        said = CliRunner().invoke(cli.assemble(), [*words, str(played.site.home.root)], input="practice-manager\n")
    assert said.exit_code == 0
    for expected in ("ICC(2,1)", "CV of repeats", "kappa, quadratic weights", "change percent", "at least 3 cases"):
        assert expected in said.stdout


def test_the_command_says_what_a_reader_could_see(played: Played) -> None:
    told = run(played, "reading", "seen", "RC-1", "--folder", str(played.folder / "package-1"), user="investigator")
    assert (told.exit_code, json.loads(told.stdout)["leaks"]) == (0, [])
