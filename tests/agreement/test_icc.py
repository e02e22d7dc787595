"""ICC(2,1), ICC(3,1) and the error of measurement: published example, another program, limits, what has no figure."""
from __future__ import annotations

import math

import numpy as np
import pandas
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from published_reads import SHROUT_FLEISS
from scipy import stats

from injection_log.agreement.figures import Estimate, Interval, NotComputable
from injection_log.agreement.icc import icc_2_1, icc_3_1, mean_squares, measurement_error

TABLES = some.integers(3, 12).flatmap(
    lambda cases: some.integers(2, 4).flatmap(
        lambda readers: some.lists(
            some.lists(some.integers(500, 9000), min_size=readers, max_size=readers), min_size=cases, max_size=cases
        )
    )
)


def ends(estimate: Estimate) -> tuple[float, float]:
    assert isinstance(estimate.interval, Interval)
    return estimate.interval.low, estimate.interval.high


def reads(seed: int, cases: int, bias: float, noise: float) -> list[list[float]]:
    """Two readers of the same glands, the second with a bias, both with noise; microlitres."""
    random = np.random.default_rng(seed)
    truth = random.normal(6000, 1000, cases)
    return (truth[:, None] + [0, bias] + random.normal(0, noise, (cases, 2))).tolist()


def test_mean_squares_are_those_shrout_and_fleiss_printed():
    squares = mean_squares(SHROUT_FLEISS)

    assert squares.between_cases == pytest.approx(11.24, abs=0.005)
    assert squares.between_readers == pytest.approx(32.49, abs=0.005)
    assert squares.residual == pytest.approx(1.02, abs=0.005)


@pytest.mark.parametrize(("icc", "printed"), [(icc_2_1, 0.29), (icc_3_1, 0.71)])
def test_icc_is_what_shrout_and_fleiss_printed(icc, printed):
    assert icc(SHROUT_FLEISS).value == pytest.approx(printed, abs=0.005)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pingouin")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("icc", "name"), [(icc_2_1, "ICC(A,1)"), (icc_3_1, "ICC(C,1)")])
def test_icc_and_interval_are_those_of_pingouin(icc, name, seed):
    rows = SHROUT_FLEISS if seed == 0 else reads(seed, 10 * seed, 300.0, 400.0)
    long = pandas.DataFrame(
        [(case, reader, float(value)) for case, row in enumerate(rows) for reader, value in enumerate(row)],
        columns=["case", "reader", "volume"],
    )
    theirs = pingouin.intraclass_corr(long, targets="case", raters="reader", ratings="volume")
    ours = icc(rows)

    row = theirs[theirs["Type"] == name].iloc[0]
    assert ours.value == pytest.approx(row["ICC"], abs=1e-9)
    assert ends(ours) == pytest.approx(tuple(row["CI95"]), abs=0.005)  # they round to two digits


def test_a_constant_difference_counts_for_agreement_and_not_for_consistency():
    alike, shifted = reads(5, 40, 0.0, 200.0), reads(5, 40, 1500.0, 200.0)

    assert icc_3_1(shifted).value == pytest.approx(icc_3_1(alike).value)
    assert icc_2_1(shifted).value < icc_2_1(alike).value - 0.3


@pytest.mark.parametrize("icc", [icc_2_1, icc_3_1])
@given(rows=TABLES)
@settings(max_examples=60, deadline=None)
def test_every_table_has_a_figure_within_its_interval_or_a_reason(icc, rows):
    figure = icc(rows)

    if isinstance(figure, Estimate):
        assert figure.value <= 1
        if isinstance(figure.interval, Interval):
            low, high = ends(figure)
            assert low <= figure.value + 1e-9
            assert figure.value <= high + 1e-9
            assert high <= 1 + 1e-9
    else:
        assert figure.why


@pytest.mark.parametrize("icc", [icc_2_1, icc_3_1])
@given(rows=TABLES, step=some.sampled_from([2, 4, 1000]))
@settings(max_examples=40, deadline=None)
def test_the_unit_does_not_matter(icc, rows, step):
    figure, scaled = icc(rows), icc([[value * step for value in row] for row in rows])

    if isinstance(figure, Estimate):
        assert scaled.value == pytest.approx(figure.value)
    else:
        assert scaled == figure


def test_readers_who_contradict_each_other_have_an_interval_around_their_figure():
    figure = icc_2_1([[500, 529], [500, 534], [530, 500]])

    assert figure.value == pytest.approx(-1.877, abs=0.001)
    assert figure.value in figure.interval


def test_19_of_20_intervals_hold_the_true_value():
    # cases vary with 1000, errors with 400, the readers with nothing: 1000^2 / (1000^2 + 400^2)
    truth = 1 / 1.16
    held = sum(truth in icc_3_1(reads(seed, 30, 0.0, 400.0)).interval for seed in range(400))

    assert held / 400 == pytest.approx(0.95, abs=0.035)  # three standard errors of 400 tries


def test_19_of_20_intervals_of_agreement_hold_the_true_value_of_four_readers_by_chance():
    def table(seed: int) -> list[list[float]]:
        random = np.random.default_rng(seed)
        cases, readers = random.normal(6000, 1000, (30, 1)), random.normal(0, 300, (1, 4))
        return (cases + readers + random.normal(0, 400, (30, 4))).tolist()

    truth = 1 / (1 + 0.3**2 + 0.4**2)
    held = sum(truth in icc_2_1(table(seed)).interval for seed in range(400))

    assert held / 400 == pytest.approx(0.95, abs=0.035)


def test_perfect_reads_have_a_value_and_no_interval():
    rows = [[value, value] for value in (5000, 6000, 7000)]

    for icc in (icc_2_1, icc_3_1):
        assert icc(rows).value == 1
        assert icc(rows).interval.reason == "no_disagreement"


def test_perfect_reads_in_decimals_are_perfect_too():
    rows = [[0.1, 0.2], [0.2, 0.3], [0.3, 0.4]]

    assert icc_3_1(rows).interval.reason == "no_disagreement"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "too_few_cases"),
        ([[1, 2], [2, 3]], "too_few_cases"),
        ([[1], [2], [3]], "too_few_readers"),
        ([[1, 2], [2, None], [3, 4]], "missing_reads"),
        ([[1, 2], [2, math.nan], [3, 4]], "missing_reads"),
        ([[1, 2], [2, math.inf], [3, 4]], "missing_reads"),
        ([[4, 4], [4, 4], [4, 4]], "no_variance"),
        ([[4, 6], [5, 5], [6, 4]], "no_variance"),
        ([[0, 0], [0, 0], [0, 0]], "no_variance"),
    ],
)
def test_what_has_no_figure_says_why(rows, reason):
    for figure in (icc_2_1(rows), icc_3_1(rows), measurement_error(rows, "agreement")):
        assert isinstance(figure, NotComputable)
        assert figure.reason == reason


def test_how_many_reads_are_missing_is_said():
    assert "1 of 3 cases" in icc_2_1([[1, 2], [2, None], [3, 4]]).why


def test_rows_of_different_length_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="one place for each reader"):
        icc_2_1([[1, 2], [3], [4, 5]])


def test_the_noise_of_readers_is_recovered_within_its_interval():
    error = measurement_error(reads(11, 200, 300.0, 400.0), "consistency")

    low, high = ends(error)
    assert low < 400 < high
    assert high - low < 90


def test_a_bias_between_readers_adds_to_the_error_of_agreement_only():
    alike, shifted = reads(3, 100, 0.0, 300.0), reads(3, 100, 2000.0, 300.0)

    assert measurement_error(shifted, "consistency").value == pytest.approx(
        measurement_error(alike, "consistency").value
    )
    # the variance of two readers 2000 apart is 2000^2 / 2
    assert measurement_error(shifted, "agreement").value == pytest.approx(math.hypot(2000 / 2**0.5, 300), rel=0.05)


def test_the_error_of_agreement_is_that_of_readers_and_residual_together():
    # variance of the readers by the printed mean squares: (32.49 - 1.02) / 6; the residual's: 1.02
    assert measurement_error(SHROUT_FLEISS, "agreement").value**2 == pytest.approx(31.47 / 6 + 1.02, abs=0.005)


def test_readers_who_differ_by_less_than_chance_add_nothing_to_the_error_of_agreement():
    rows = [[5000, 5300, 4900], [6200, 6000, 6100], [7000, 6900, 7200], [5500, 5400, 5600]]
    squares = mean_squares(rows)
    assert squares.between_readers < squares.residual

    agreement, consistency = (measurement_error(rows, kind) for kind in ("agreement", "consistency"))
    assert agreement.value == consistency.value
    assert agreement.value in agreement.interval


@pytest.mark.parametrize("readers", [2, 3, 6])
def test_19_of_20_intervals_of_the_error_of_agreement_hold_the_noise_put_in(readers):
    def table(seed: int) -> list[list[float]]:
        random = np.random.default_rng(seed)
        cases, biases = random.normal(6000, 1000, (30, 1)), random.normal(0, 300, (1, readers))
        return (cases + biases + random.normal(0, 400, (30, readers))).tolist()

    held = sum(500 in measurement_error(table(seed), "agreement").interval for seed in range(400))

    assert held / 400 == pytest.approx(0.95, abs=0.035)


def test_the_interval_of_the_error_of_agreement_is_that_of_graybill_and_wang():
    parts = ((32.4861 / 6, 3), (1.01944 * 5 / 6, 15))
    upwards = math.sqrt(sum((part * (freedom / stats.chi2.ppf(0.025, freedom) - 1)) ** 2 for part, freedom in parts))

    _, high = ends(measurement_error(SHROUT_FLEISS, "agreement"))
    assert high**2 == pytest.approx(sum(part for part, _ in parts) + upwards, rel=1e-4)
