"""Bland and Altman's bias and limits of agreement: the paper's own example, simulated readers, what has no figure."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from published_reads import PEFR
from scipy import stats

from injection_log.agreement.figures import Interval, NotComputable
from injection_log.agreement.limits import bland_altman

METERS = [(wright, mini) for wright, _, mini, _ in PEFR]
PAIRS = some.lists(some.tuples(some.integers(500, 9000), some.integers(500, 9000)), min_size=3, max_size=30)


def simulated(seed: int, cases: int, bias: float, noise: float) -> list[tuple[float, float]]:
    random = np.random.default_rng(seed)
    truth = random.normal(6000, 1000, cases)
    return list(
        zip(
            (truth + bias + random.normal(0, noise, cases)).tolist(),
            (truth + random.normal(0, noise, cases)).tolist(),
            strict=True,
        )
    )


def test_bias_and_limits_are_those_of_the_paper():
    figures = bland_altman(METERS, form="1986")

    assert figures.cases == 17
    assert figures.bias.value == pytest.approx(-2.1, abs=0.05)
    assert figures.sd == pytest.approx(38.8, abs=0.05)
    # the paper goes on with rounded figures: -2.1 and 2 x 38.8
    assert figures.lower.value == pytest.approx(-79.7, abs=0.1)
    assert figures.upper.value == pytest.approx(75.5, abs=0.1)


@pytest.mark.parametrize(
    ("which", "low", "high"), [("bias", -22.0, 17.8), ("lower", -114.3, -45.1), ("upper", 40.9, 110.1)]
)
def test_intervals_are_those_of_the_paper(which, low, high):
    interval = getattr(bland_altman(METERS, form="1986"), which).interval

    assert (interval.low, interval.high) == pytest.approx((low, high), abs=0.2)


def test_the_exact_limits_are_196_deviations_and_their_interval_is_longer_outwards():
    figures = bland_altman(METERS)

    assert figures.upper.value == pytest.approx(figures.bias.value + 1.959964 * figures.sd)
    upper = figures.upper.interval
    assert upper.high - figures.upper.value > 1.5 * (figures.upper.value - upper.low)


def test_the_exact_interval_agrees_with_the_non_central_t_of_another_module():
    figures, n = bland_altman(METERS), 17
    far = stats.nct.ppf(0.975, n - 1, 1.959964 * math.sqrt(n)) * figures.sd / math.sqrt(n)

    assert figures.upper.interval.high == pytest.approx(figures.bias.value + far, rel=1e-5)
    assert figures.lower.interval.low == pytest.approx(figures.bias.value - far, rel=1e-5)


def test_the_true_limit_is_held_by_19_of_20_exact_intervals():
    # differences of two reads with noise 300 have the deviation 300 x root of 2
    truth = 250 + 1.959964 * 300 * math.sqrt(2)
    held = sum(truth in bland_altman(simulated(seed, 12, 250.0, 300.0)).upper.interval for seed in range(600))

    assert held / 600 == pytest.approx(0.95, abs=0.027)  # three standard errors of 600 tries


def test_two_glands_that_err_exactly_alike_make_an_interval_of_83_percent():
    # what docs/decisions/agreement-of-readers.md says of cases that hang together, at its worst
    held = sum(250 in bland_altman(simulated(seed, 40, 250.0, 300.0) * 2).bias.interval for seed in range(600))

    assert held / 600 == pytest.approx(0.83, abs=0.045)


def test_the_bias_put_in_is_recovered_within_its_interval():
    figures = bland_altman(simulated(7, 200, 250.0, 300.0))

    assert 250 in figures.bias.interval
    assert figures.bias.interval.high - figures.bias.interval.low < 130


def test_points_are_mean_and_difference_in_the_order_of_the_cases():
    points = bland_altman([(10, 8), (20, 26), (31, 30)]).pairs

    assert [(point.mean, point.difference) for point in points] == [(9, 2), (23, -6), (30.5, 1)]


@given(pairs=PAIRS)
@settings(max_examples=60, deadline=None)
def test_exchanged_readers_turn_the_picture_upside_down(pairs):
    figures, turned = bland_altman(pairs), bland_altman([(second, first) for first, second in pairs])

    assert turned.bias.value == pytest.approx(-figures.bias.value)
    assert turned.lower.value == pytest.approx(-figures.upper.value)
    if isinstance(figures.upper.interval, Interval):
        assert turned.lower.interval.low == pytest.approx(-figures.upper.interval.high)


@given(pairs=PAIRS)
@settings(max_examples=60, deadline=None)
def test_limits_lie_around_the_bias_and_each_within_its_interval(pairs):
    figures = bland_altman(pairs)

    assert figures.lower.value <= figures.bias.value <= figures.upper.value
    for figure in (figures.bias, figures.lower, figures.upper):
        assert isinstance(figure.interval, NotComputable) or figure.value in figure.interval


def test_reads_that_differ_by_a_constant_have_limits_without_an_interval():
    figures = bland_altman([(5.1, 5.0), (6.1, 6.0), (7.1, 7.0)])

    assert figures.lower.value == figures.upper.value == pytest.approx(0.1)
    assert figures.upper.interval.reason == figures.bias.interval.reason == "no_variance"


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([], "too_few_cases"),
        ([(1, 2), (3, 4)], "too_few_cases"),
        ([(1, 2), (3, 4), (5, None)], "missing_reads"),
        ([(1, 2), (3, 4), (math.nan, 6)], "missing_reads"),
    ],
)
def test_what_has_no_figure_says_why(pairs, reason):
    assert bland_altman(pairs).reason == reason
