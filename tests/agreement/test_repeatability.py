"""Repeats of one reader: within-subject deviation, coefficient of variation, smallest detectable change."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from published_reads import CHILDREN, COWS, PEFR

from injection_log.agreement.figures import Estimate, Interval, NotComputable
from injection_log.agreement.repeatability import repeatability, smallest_detectable_change

CASES = some.lists(some.lists(some.integers(500, 9000), min_size=2, max_size=4), min_size=3, max_size=12)


def repeats(seed: int, cases: int, noise: float) -> list[list[float]]:
    random = np.random.default_rng(seed)
    return (random.normal(6000, 1000, cases)[:, None] + random.normal(0, noise, (cases, 2))).tolist()


def test_the_within_subject_deviation_is_that_of_bland_and_altman():
    spread = repeatability(CHILDREN)

    assert spread.sd.value**2 == pytest.approx(460.52, abs=0.005)
    assert (spread.cases, spread.repeats) == (20, 80)


def test_the_smallest_detectable_change_is_their_repeatability():
    assert smallest_detectable_change(repeatability(CHILDREN).sd).value == pytest.approx(60, abs=0.6)


@pytest.mark.parametrize(("columns", "printed"), [((0, 1), 43.2), ((2, 3), 56.4)])
def test_repeats_of_each_meter_spread_as_printed_in_1986(columns, printed):
    # their coefficient is twice the deviation of the differences, root of 2 times the within-subject deviation
    spread = repeatability([[row[column] for column in columns] for row in PEFR])

    assert 2 * math.sqrt(2) * spread.sd.value == pytest.approx(printed, abs=0.15)


def test_the_coefficient_of_variation_is_the_published_root_mean_square():
    assert repeatability(COWS).cv_percent.value == pytest.approx(5.96, abs=0.005)


def test_a_case_weighs_by_its_repeats_less_one():
    # deviations 10, 20 and 10 at means of 100, with 1, 2 and 1 degrees of freedom: (100 + 2 x 400 + 100) / 4
    spread = repeatability([(100 - 50**0.5, 100 + 50**0.5), (80, 100, 120), (100 - 50**0.5, 100 + 50**0.5)])

    assert spread.sd.value == spread.cv_percent.value == pytest.approx(250**0.5)


def test_for_two_repeats_a_case_has_the_spread_that_its_calipers_are_shown_with():
    from annotate.repeats import spread_of

    spread = repeatability([(10_000, 11_000)] * 3)
    assert round(10 * spread.cv_percent.value) == spread_of((10_000, 11_000)).cv_tenths


@pytest.mark.parametrize("seed", range(5))
def test_the_noise_put_in_is_recovered_within_its_interval(seed):
    spread = repeatability(repeats(seed, 150, 350.0))

    assert 350 in spread.sd.interval
    assert spread.sd.interval.high - spread.sd.interval.low < 100


def test_a_proportional_noise_is_recovered_as_coefficient_of_variation():
    random = np.random.default_rng(4)
    truth = random.normal(6000, 1500, 200)
    spread = repeatability((truth[:, None] * (1 + random.normal(0, 0.06, (200, 2)))).tolist())

    assert 6 in spread.cv_percent.interval
    assert spread.cv_percent.interval.high < 7


def test_19_of_20_intervals_hold_the_noise_put_in():
    held = sum(350 in repeatability(repeats(seed, 12, 350.0)).sd.interval for seed in range(600))

    assert held / 600 == pytest.approx(0.95, abs=0.027)


@given(cases=CASES)
@settings(max_examples=60, deadline=None)
def test_every_set_of_repeats_has_figures_within_their_intervals(cases):
    spread = repeatability(cases)

    for figure in (spread.sd, spread.cv_percent):
        assert figure.value >= 0
        if isinstance(figure.interval, Interval):
            assert figure.value in figure.interval


@given(cases=CASES)
@settings(max_examples=40, deadline=None)
def test_the_coefficient_of_variation_has_no_unit(cases):
    in_ml = [[value / 1000 for value in case] for case in cases]

    assert repeatability(in_ml).cv_percent.value == pytest.approx(repeatability(cases).cv_percent.value)


def test_four_reads_halve_the_smallest_detectable_change():
    error = Estimate(100.0, Interval(80.0, 130.0, 0.95))

    single, mean_of_four = smallest_detectable_change(error), smallest_detectable_change(error, reads_averaged=4)
    assert single.value == pytest.approx(277.18, abs=0.01)
    assert mean_of_four.value == pytest.approx(single.value / 2)
    assert mean_of_four.interval.high == pytest.approx(130 * 2.7718 / 2, abs=0.01)


def test_a_mean_of_no_reads_is_refused():
    with pytest.raises(ValueError, match="at least one read"):
        smallest_detectable_change(Estimate(1.0, Interval(0.5, 2.0, 0.95)), reads_averaged=0)


def test_a_change_smaller_than_the_smallest_detectable_happens_by_error_19_times_in_20():
    random = np.random.default_rng(8)
    changes = random.normal(0, 100, (20_000, 2)) @ [1, -1]
    limit = smallest_detectable_change(Estimate(100.0, Interval(90.0, 110.0, 0.95))).value

    assert np.mean(np.abs(changes) < limit) == pytest.approx(0.95, abs=0.005)


def test_equal_repeats_spread_by_nothing_and_have_no_interval():
    spread = repeatability([(5, 5), (6, 6), (0.1 + 0.2, 0.3)])

    assert spread.sd.value == spread.cv_percent.value == 0
    assert spread.sd.interval.reason == "no_disagreement"


@pytest.mark.parametrize(
    ("cases", "reason"),
    [
        ([(1, 2), (3, 4)], "too_few_cases"),
        ([(1, 2), (3, 4), (5,)], "missing_reads"),
        ([(1, 2), (3, 4), ()], "missing_reads"),
        ([(1, 2), (3, 4), (5, None)], "missing_reads"),
    ],
)
def test_what_has_no_figure_says_why(cases, reason):
    assert repeatability(cases).reason == reason


def test_a_spread_in_percent_of_a_mean_of_nothing_is_not_given():
    spread = repeatability([(-1, 1), (3, 4), (5, 7)])

    assert spread.sd.value > 0
    assert isinstance(spread.cv_percent, NotComputable)
    assert spread.cv_percent.reason == "not_positive"
