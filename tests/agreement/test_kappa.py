"""Weighted kappa of grades: published example, another program, what has no figure."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from published_reads import RADIOLOGISTS
from statsmodels.stats.inter_rater import cohens_kappa, to_table

from injection_log.agreement.figures import Estimate, Interval
from injection_log.agreement.kappa import weighted_kappa

GRADE = some.integers(0, 3)
PAIRS = some.lists(some.tuples(GRADE, GRADE), min_size=3, max_size=60)


@pytest.mark.parametrize(("weighting", "printed"), [("linear", 0.5684), ("quadratic", 0.6714)])
def test_kappa_is_what_is_printed_for_the_radiologists(weighting, printed):
    assert weighted_kappa(RADIOLOGISTS, weighting).value == pytest.approx(printed, abs=0.00005)


def test_with_two_grades_kappa_is_the_plain_one():
    # Cohen's own (unweighted) kappa of 40 agreements in 50 with even margins: (0.8 - 0.5) / 0.5
    pairs = [(0, 0)] * 20 + [(1, 1)] * 20 + [(0, 1)] * 5 + [(1, 0)] * 5

    for weighting in ("linear", "quadratic"):
        assert weighted_kappa(pairs, weighting, grades=(0, 1)).value == pytest.approx(0.6)


@pytest.mark.parametrize("weighting", ["linear", "quadratic"])
@given(pairs=PAIRS)
@settings(max_examples=80, deadline=None)
def test_value_and_interval_are_those_of_statsmodels(weighting, pairs):
    ours = weighted_kappa(pairs, weighting)
    if not isinstance(ours, Estimate) or not isinstance(ours.interval, Interval):
        return

    table, _ = to_table(np.array(pairs), bins=np.arange(5) - 0.5)
    theirs = cohens_kappa(table, wt=weighting)
    assert ours.value == pytest.approx(theirs.kappa, abs=1e-9)
    expected = (max(-1.0, theirs.kappa_low), min(1.0, theirs.kappa_upp))
    assert (ours.interval.low, ours.interval.high) == pytest.approx(expected, abs=1e-6)


@given(pairs=PAIRS)
@settings(max_examples=60, deadline=None)
def test_exchanged_readers_agree_as_much(pairs):
    kappa, turned = (weighted_kappa(each, "linear") for each in (pairs, [(b, a) for a, b in pairs]))

    if isinstance(kappa, Estimate):
        assert turned.value == pytest.approx(kappa.value)
    else:
        assert turned == kappa


def test_a_grade_nobody_gave_still_stands_between_the_others():
    pairs = [(0, 0), (1, 1), (3, 3), (0, 3), (1, 0)]

    with_it, without = weighted_kappa(pairs, "linear"), weighted_kappa(pairs, "linear", grades=(0, 1, 3))
    assert with_it.value != pytest.approx(without.value)


def test_readers_who_always_agree_have_kappa_1_and_no_interval():
    kappa = weighted_kappa([(0, 0), (1, 1), (2, 2), (1, 1)], "quadratic")

    assert kappa.value == 1
    assert kappa.interval.reason == "no_disagreement"


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([(0, 1), (1, 1)], "too_few_cases"),
        ([(0, 1), (1, 1), (2, None)], "missing_reads"),
        ([(2, 2), (2, 2), (2, 2)], "no_variance"),
    ],
)
def test_what_has_no_figure_says_why(pairs, reason):
    assert weighted_kappa(pairs, "linear").reason == reason


def test_a_reader_who_gives_one_grade_throughout_agrees_no_better_than_by_chance():
    kappa = weighted_kappa([(1, 0), (1, 1), (1, 2), (1, 3)], "linear")

    assert kappa.value == pytest.approx(0, abs=1e-12)
    assert kappa.interval.reason == "no_variance"


def test_a_grade_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="one of 0, 1, 2, 3"):
        weighted_kappa([(0, 1), (1, 1), (4, 2)], "linear")
