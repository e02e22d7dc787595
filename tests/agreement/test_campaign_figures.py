"""The figures of a whole campaign: which there are, among which reads, and what stands where one cannot be."""
from __future__ import annotations

from dataclasses import replace

import pytest

from injection_log.agreement.campaign_figures import (
    Among,
    CampaignReads,
    Figure,
    agreement_figures,
    grade_figures,
    mean_lines,
    repeat_figures,
)
from injection_log.agreement.figure_words import FIGURE_COLUMNS, MEAN_COLUMNS, figure_lines, mean_table
from injection_log.agreement.figures import Estimate, Interval, NotComputable
from injection_log.agreement.icc import icc_2_1
from injection_log.agreement.limits import bland_altman
from injection_log.agreement.reads import GlandAtVisit, GradeRead, VolumeRead, read_table

READERS, VISITS = ("R1", "R2"), ("baseline", "month 3", "month 6", "month 12")


@pytest.fixture
def campaign(reads: tuple[VolumeRead, ...]) -> CampaignReads:
    """The reads of conftest, with repeats of the first reader 30 µl apart and grades of one scale."""
    repeats = [replace(read, volume_ul=read.volume_ul + 30, repeat=2) for read in reads if read.reader == "R1"]
    grades = [
        GradeRead(read.gland, read.reader, "grey_scale", number % 4 if read.reader == "R1" else number // 2 % 4)
        for number, read in enumerate(reads)
    ]
    return CampaignReads(READERS, VISITS, (*reads, *repeats), tuple(grades))


def one(figures: tuple[Figure, ...], name: str, among: Among) -> Figure:
    (found,) = [figure for figure in figures if (figure.name, figure.among) == (name, among)]
    return found


def test_an_interval_is_given_for_one_side_at_one_visit_and_is_that_of_the_same_reads_alone(
    campaign: CampaignReads, reads: tuple[VolumeRead, ...]
) -> None:
    figures, among = agreement_figures(campaign), Among("baseline", "left")
    rows = read_table([read for read in reads if among.holds(read.gland)], READERS).rows
    limits = bland_altman([(row[0], row[1]) for row in rows])
    assert not isinstance(limits, NotComputable)
    assert one(figures, "ICC(2,1)", among).value == icc_2_1(rows)
    assert [one(figures, name, among).value for name in ("lower limit", "bias", "upper limit")] == [
        limits.lower, limits.bias, limits.upper,
    ]


def test_over_all_glands_and_visits_there_is_a_value_but_no_interval(campaign: CampaignReads) -> None:
    every = (*agreement_figures(campaign), *repeat_figures(campaign), *grade_figures(campaign))
    pooled = [figure.value for figure in every if figure.among == Among() and figure.readers != ("R2",)]
    assert len(pooled) == 4 + 3 + 3 + 2
    for value in pooled:
        assert isinstance(value, Estimate)
        assert not isinstance(value.interval, Interval)


def test_a_case_that_a_reader_lacks_is_left_out_and_counted(campaign: CampaignReads) -> None:
    figure = one(agreement_figures(campaign), "bias", Among("month 6", "left"))
    assert (figure.cases, figure.lacking) == (7, 1)


def test_repeats_thirty_microlitres_apart_deviate_by_thirty_over_root_two(campaign: CampaignReads) -> None:
    figures = [figure for figure in repeat_figures(campaign) if figure.readers == ("R1",)]
    value = one(tuple(figures), "deviation of repeats", Among()).value
    assert isinstance(value, Estimate)
    assert value.value == pytest.approx(30 / 2**0.5)


def test_what_has_no_figure_is_said_in_words_on_its_line(campaign: CampaignReads) -> None:
    lines = [line for line in figure_lines(repeat_figures(campaign)) if line["readers"] == "R2"]
    assert lines
    for line in lines:
        assert (line["value"], line["low"], line["high"]) == ("", "", "")
        assert "at least 3 cases, here are 0" in str(line["why"])


def test_the_printed_bias_is_in_millilitres_with_its_sign(campaign: CampaignReads) -> None:
    lines = [line for line in figure_lines(agreement_figures(campaign)) if line["figure"] == "bias"]
    assert set(lines[0]) == set(FIGURE_COLUMNS)
    assert lines[0]["unit"] == "ml"
    assert float(lines[0]["value"]) == pytest.approx(-0.3, abs=0.1)


def test_the_mean_lines_say_the_change_from_baseline_and_why_there_is_none(campaign: CampaignReads) -> None:
    table = mean_table(mean_lines(campaign))
    assert set(table[0]) == set(MEAN_COLUMNS)
    for line in table:
        if line["visit"] == "baseline":
            assert (line["change_ml"], line["why"]) == ("", "")
        elif (line["participant"], line["visit"], line["gland"]) == ("SMG-03", "month 6", "left"):
            assert "1 of 2 readers" in str(line["why"])
        else:
            assert str(line["change_ml"])[0] in "+-"


def test_a_visit_without_a_baseline_read_has_no_change_and_says_so() -> None:
    late = GlandAtVisit("SMG-01", "month 3", "right")
    reads = tuple(VolumeRead(late, reader, "ellipsoid", 5000) for reader in READERS)
    (line,) = mean_table(mean_lines(CampaignReads(READERS, VISITS, reads, ())))
    assert (line["mean_ml"], line["change_ml"]) == ("5.000", "")
    assert "Nobody has read" in str(line["why"])
