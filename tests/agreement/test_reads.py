"""Tables of reads, the mean of readers, the change from baseline."""
from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from injection_log.agreement.figures import NotComputable
from injection_log.agreement.icc import icc_2_1
from injection_log.agreement.kappa import weighted_kappa
from injection_log.agreement.limits import bland_altman
from injection_log.agreement.reads import (
    Change,
    GlandAtVisit,
    GradeRead,
    MeanOfReaders,
    VolumeRead,
    change_from_baseline,
    means_of_readers,
    read_table,
    repeats_of,
)
from injection_log.agreement.repeatability import repeatability

READERS = ("R1", "R2")
BASELINE = GlandAtVisit("SMG-07", "baseline", "right")
MONTH_6 = GlandAtVisit("SMG-07", "month 6", "right")


def volume(gland: GlandAtVisit, reader: str, volume_ul: int, repeat: int = 1, method: str = "ellipsoid") -> VolumeRead:
    return VolumeRead(gland, reader, method, volume_ul, repeat)


def campaign(seed: int, bias_ul: int, noise_ul: int) -> list[VolumeRead]:
    """Forty participants, both glands, two readers, the first of whom reads everything twice."""
    random = np.random.default_rng(seed)
    reads = []
    for number in range(40):
        for side in ("right", "left"):
            gland = GlandAtVisit(f"SMG-{number:02}", "baseline", side)
            truth = random.normal(6000, 1000)
            for reader, offset, repeat in (("R1", 0, 1), ("R1", 0, 2), ("R2", bias_ul, 1)):
                reads.append(volume(gland, reader, round(truth + offset + random.normal(0, noise_ul)), repeat))
    return reads


def test_a_table_has_a_row_for_each_gland_and_a_column_for_each_reader():
    reads = [volume(MONTH_6, "R2", 5200), volume(BASELINE, "R1", 6000), volume(BASELINE, "R2", 6100)]

    table = read_table(reads, READERS)

    assert table.glands == (BASELINE, MONTH_6)
    assert table.rows == ((6000, 6100), (None, 5200))
    assert table.lacking == 1


def test_the_order_in_which_reads_arrive_does_not_matter():
    reads = campaign(1, 0, 100)

    assert read_table(reversed(reads), READERS) == read_table(reads, READERS)


def test_a_table_with_a_gap_has_no_figure_until_the_case_is_left_out():
    reads = campaign(2, 0, 100)[1:]  # without the first read of R1

    table = read_table(reads, READERS)
    assert icc_2_1(table.rows).reason == "missing_reads"
    assert len(table.complete().rows) == 79
    assert icc_2_1(table.complete().rows).value > 0.9


def test_repeats_do_not_enter_the_agreement_of_readers():
    table = read_table([volume(BASELINE, "R1", 6000), volume(BASELINE, "R1", 9000, repeat=2)], ("R1",))

    assert table.rows == ((6000,),)


def test_methods_are_never_mixed_in_one_table():
    with pytest.raises(ValueError, match="of one method"):
        read_table([volume(BASELINE, "R1", 6000), volume(BASELINE, "R2", 6000, method="contour_stack")], READERS)


def test_two_first_reads_of_a_reader_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="one first read"):
        read_table([volume(BASELINE, "R1", 6000), volume(BASELINE, "R1", 6001)], READERS)


def test_grades_make_a_table_for_kappa():
    glands = [GlandAtVisit(f"SMG-{number:02}", "baseline", "left") for number in range(4)]
    grades = {"R1": (0, 1, 2, 3), "R2": (0, 1, 2, 2)}
    reads = [
        GradeRead(gland, reader, "grey_scale", grade)
        for reader, given_grades in grades.items()
        for gland, grade in zip(glands, given_grades, strict=True)
    ]

    table = read_table(reads, READERS)
    assert table.rows == ((0, 0), (1, 1), (2, 2), (3, 2))
    # squared differences: 1 in 4 cases seen, 32 in 16 combinations by chance: 1 - (1 / 4) / (32 / 16)
    assert weighted_kappa([(row[0], row[1]) for row in table.rows], "quadratic").value == pytest.approx(0.875)


def test_repeats_are_found_in_their_order_for_each_gland():
    reads = [volume(BASELINE, "R1", 6100, repeat=2), volume(BASELINE, "R1", 6000), volume(MONTH_6, "R1", 5000)]

    assert repeats_of(reads, "R1") == ((6000, 6100),)
    assert repeats_of(reads, "R2") == ()


def test_the_mean_of_readers_has_their_spread_and_is_rounded_half_to_even():
    means = means_of_readers([volume(BASELINE, "R1", 6000), volume(BASELINE, "R2", 6101)], READERS)

    assert means[BASELINE, "ellipsoid"] == MeanOfReaders(6050, 6000, 6101, 2)


def test_hidden_repeats_do_not_enter_the_mean():
    reads = [volume(BASELINE, "R1", 6000), volume(BASELINE, "R1", 9000, repeat=2)]

    for order in (reads, reads[::-1]):
        assert means_of_readers(order, ("R1",))[BASELINE, "ellipsoid"] == MeanOfReaders(6000, 6000, 6000, 1)


def test_a_mean_lacks_a_reader_rather_than_being_of_the_others():
    mean = means_of_readers([volume(BASELINE, "R1", 6000)], READERS)[BASELINE, "ellipsoid"]

    assert mean.reason == "missing_reads"
    assert "1 of 2 readers" in mean.why


def test_the_change_from_baseline_is_in_ml_and_percent():
    means = means_of_readers([volume(BASELINE, "R1", 6000), volume(MONTH_6, "R1", 5200)], ("R1",))

    change = change_from_baseline(means, (MONTH_6, "ellipsoid"), "baseline")
    assert change == Change(6000, 5200, -133)
    assert (change.change_ml, change.change_percent) == (Decimal("-0.800"), Decimal("-13.3"))


def test_a_change_is_of_one_gland_by_one_method():
    other_side = GlandAtVisit("SMG-07", "baseline", "left")
    other_method = volume(BASELINE, "R1", 6000, method="contour_stack")
    reads = [volume(other_side, "R1", 6000), volume(MONTH_6, "R1", 5200), other_method]

    change = change_from_baseline(means_of_readers(reads, ("R1",)), (MONTH_6, "ellipsoid"), "baseline")
    assert change.reason == "missing_reads"
    assert "Nobody has read" in change.why


def test_a_change_has_the_baseline_of_its_own_method():
    reads = [
        volume(gland, "R1", volume_ul, method=method)
        for method, volumes in (("ellipsoid", (6000, 5200)), ("contour_stack", (5000, 5500)))
        for gland, volume_ul in zip((BASELINE, MONTH_6), volumes, strict=True)
    ]

    change = change_from_baseline(means_of_readers(reads, ("R1",)), (MONTH_6, "contour_stack"), "baseline")
    assert change == Change(5000, 5500, 100)


def test_a_change_with_a_reader_missing_says_so():
    reads = [volume(BASELINE, "R1", 6000), volume(BASELINE, "R2", 6000), volume(MONTH_6, "R1", 5200)]

    change = change_from_baseline(means_of_readers(reads, READERS), (MONTH_6, "ellipsoid"), "baseline")
    assert isinstance(change, NotComputable)
    assert "1 of 2 readers" in change.why


def test_no_percent_of_a_baseline_of_nothing():
    means = means_of_readers([volume(BASELINE, "R1", 0), volume(MONTH_6, "R1", 5200)], ("R1",))

    assert change_from_baseline(means, (MONTH_6, "ellipsoid"), "baseline").reason == "not_positive"


@given(before=some.integers(1, 50_000), now=some.integers(0, 50_000))
def test_the_percentage_is_that_of_the_volumes_to_half_a_tenth(before, now):
    means = means_of_readers([volume(BASELINE, "R1", before), volume(MONTH_6, "R1", now)], ("R1",))

    change = change_from_baseline(means, (MONTH_6, "ellipsoid"), "baseline")
    assert change.baseline_ul + change.change_ul == now
    assert abs(change.percent_tenths - 1000 * (now - before) / before) <= 0.5 + 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_a_campaign_of_two_simulated_readers_gives_back_what_was_put_in(seed):
    reads = campaign(seed, bias_ul=400, noise_ul=250)
    table = read_table(reads, READERS)

    figures = bland_altman([(row[1], row[0]) for row in table.rows])
    assert 400 in figures.bias.interval
    assert 400 + 1.96 * 250 * 2**0.5 in figures.upper.interval
    assert 400 - 1.96 * 250 * 2**0.5 in figures.lower.interval
    assert 250 in repeatability(repeats_of(reads, "R1")).sd.interval
