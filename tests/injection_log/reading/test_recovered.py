"""The figures of simulated readers recover the bias and limits that their noise makes, and only those."""
from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from injection_log import cli
from injection_log.agreement.campaign_figures import CampaignReads
from injection_log.agreement.reads import GlandAtVisit, VolumeRead
from injection_log.practice.reading_story import HANDS
from injection_log.practice.reading_truth import Hand, recovered

CALIPERS, VISITS = 2, ("baseline", "month_4")


def truths(participants: int) -> dict[GlandAtVisit, float]:
    chance = random.Random(3)
    return {
        GlandAtVisit(f"SMG-{number:03}", visit, side): chance.gauss(7000, 600)
        for number in range(participants) for visit in VISITS for side in ("right", "left")
    }


def read_by(hands: tuple[Hand, Hand], true: dict[GlandAtVisit, float], seed: int) -> CampaignReads:
    """Each volume the product of three diameters, each the mean of CALIPERS calipers with a hand's noise."""
    chance, volumes = random.Random(seed), []
    for gland, volume in true.items():
        for number, hand in enumerate(hands, start=1):
            factor = 1.0
            for _ in range(3):
                factor *= sum(1 + chance.gauss(hand.bias, hand.spread) for _ in range(CALIPERS)) / CALIPERS
            volumes.append(VolumeRead(gland, f"Reader {number}", "ellipsoid", round(volume * factor)))
    return CampaignReads(("Reader 1", "Reader 2"), VISITS, tuple(volumes), ())


def test_figures_of_twelve_cases_agree_with_the_noise_put_in_in_nearly_every_campaign() -> None:
    true, agreeing = truths(6), 0
    for seed in range(200):
        found = recovered(read_by(HANDS, true, seed), true, HANDS, CALIPERS)
        assert len(found) == 3 * 2 * 2
        agreeing += all(one.agrees for one in found)
    assert agreeing >= 185  # 95 % of all twelve intervals at once, less what 200 campaigns leave open


def test_many_cases_come_close_to_what_was_put_in() -> None:
    true = truths(400)
    for one in recovered(read_by(HANDS, true, 1), true, HANDS, CALIPERS):
        assert one.found_ml == pytest.approx(one.put_in_ml, abs=0.06)
        assert one.agrees


@pytest.mark.parametrize("other", [
    replace(HANDS[1], bias=0.06), replace(HANDS[1], spread=0.09),
])  # fmt: skip
def test_another_noise_than_the_one_put_in_does_not_agree(other: Hand) -> None:
    true = truths(40)
    found = recovered(read_by((HANDS[0], other), true, 1), true, HANDS, CALIPERS)
    assert not all(one.agrees for one in found)


def test_two_participants_are_too_few_to_say() -> None:
    true = truths(2)
    assert recovered(read_by(HANDS, true, 1), true, HANDS, CALIPERS) == ()


def played(folder: Path, cases: int) -> dict[str, Any]:
    """What `reading demo` says in JSON."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        words = ["reading", "demo", "--headless", "--home", str(folder / "home"), "--cases", str(cases), "--json"]
        run = CliRunner().invoke(cli.assemble(), words)
    assert run.exit_code == 0, run.output
    return dict(json.loads(run.stdout))


@pytest.mark.usefixtures("passwords_cost_little")
def test_the_demo_says_that_its_figures_agree_with_the_noise_put_in(tmp_path: Path) -> None:
    facts = played(tmp_path, 6)
    assert [len(facts["recovered"]), facts["ok"]] == [12, True]
    assert all(one["agrees"] for one in facts["recovered"]), facts["recovered"]
    assert list(facts["figures"]) == ["agreement", "repeats", "grades", "means"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_soak_of_the_demo_twelve_cases_agree_and_cost_less_than_two_minutes_of_a_processor(tmp_path: Path) -> None:
    began = time.process_time()
    facts = played(tmp_path, 12)
    assert facts["cases"] == 12
    assert all(one["agrees"] for one in facts["recovered"]), facts["recovered"]
    assert time.process_time() - began < 120
