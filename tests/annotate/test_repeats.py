"""Repeats of one diameter: mean, difference, coefficient of variation; and the sizes that others published."""
from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.marks import Axis, Caliper
from annotate.published_sizes import PUBLISHED_DIAMETERS, PUBLISHED_VOLUME
from annotate.repeats import RepeatSpread, repeat_spreads, spread_of
from annotate.volume import ellipsoid_volume_ul
from dicom_io.calibration import Point


def test_two_repeats_have_their_difference_and_its_part_of_the_mean() -> None:
    assert spread_of([30_000, 32_000]) == RepeatSpread(2, 31_000, 2_000, 46)  # 2 / 31 / root of 2 is 4.56 %
    assert spread_of([30_000, 32_000]).cv_words == "4.6 %"


@given(st.lists(st.integers(1_000, 60_000), min_size=2, max_size=6))
def test_the_coefficient_is_that_of_the_statistics_library(lengths_um: list[int]) -> None:
    theirs = statistics.stdev(lengths_um) / statistics.fmean(lengths_um) * 1000
    assert spread_of(lengths_um).cv_tenths == pytest.approx(theirs, abs=0.5001)


@pytest.mark.parametrize(("other_um", "flagged"), [(20_000, False), (24_744, False), (24_780, True)])
def test_over_fifteen_percent_they_are_worth_a_second_look(other_um: int, flagged: bool) -> None:
    assert spread_of([20_000, other_um]).is_flagged is flagged


def test_only_an_axis_with_repeats_has_a_spread(placing) -> None:
    drawn: list[tuple[Axis, int]] = [("length", 400), ("length", 410), ("width", 300)]
    spreads = repeat_spreads([placing(Caliper(axis, Point(9, 0), Point(9, end))) for axis, end in drawn])
    assert {axis: one.difference_um for axis, one in spreads.items()} == {"length": 800}


def test_one_length_has_no_spread() -> None:
    with pytest.raises(ValueError, match="at least two"):
        spread_of([30_000])


def test_a_published_range_is_two_deviations_around_the_mean_in_words() -> None:
    length = PUBLISHED_DIAMETERS["length"]
    assert length.words == "published 25.8 to 39.4 mm (100 healthy adults, mean ± 2 SD)"
    assert [length.holds(um) for um in (25_799, 25_800, 39_400, 39_401)] == [False, True, True, False]


def test_the_published_volume_is_not_the_product_of_the_published_means() -> None:
    means = [PUBLISHED_DIAMETERS[axis].mean for axis in ("length", "width", "depth")]
    ratio = PUBLISHED_VOLUME.mean / ellipsoid_volume_ul(means[0], means[1], means[2])
    assert ratio == pytest.approx(1.066, abs=5e-4)  # V3
