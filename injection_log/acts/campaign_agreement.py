"""The rows of an unmasked campaign as reads for the agreement figures, and the figures as tables.

It is given rows, so whoever may not see them never comes here. A gland without a volume or a grade (unreadable) is no
read; the figures then say that the case lacks one. The adjudicator's choice enters no figure: it depends on both reads.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotate.marks import Side
from injection_log.acts.campaign_results import ReadingRow
from injection_log.agreement.campaign_figures import (
    CampaignReads,
    agreement_figures,
    grade_figures,
    mean_lines,
    repeat_figures,
)
from injection_log.agreement.figure_words import (
    FIGURE_COLUMNS,
    MEAN_COLUMNS,
    AgreementTable,
    figure_lines,
    mean_table,
)
from injection_log.agreement.reads import GlandAtVisit, GradeRead, VolumeRead
from injection_log.reading.campaign import Campaign
from injection_log.record.values import SIDES

_SCALES = ("grey_scale", "doppler")


def visits_read(campaign: Campaign, in_order: Iterable[str]) -> tuple[str, ...]:
    """The visits that a campaign reads, in the protocol's order; the first is the baseline, read or not."""
    planned = [str(visit) for visit in campaign.design["visits"]]
    known = [visit for visit in in_order if visit in planned]
    return (*known, *(visit for visit in planned if visit not in known))


def campaign_reads(rows: Sequence[ReadingRow], visits: tuple[str, ...]) -> CampaignReads:
    """The reads of these rows, at these visits in order; readers are named by the number of their package."""
    volumes, grades = list[VolumeRead](), dict[GradeRead, None]()
    for row in rows:
        gland, reader = GlandAtVisit(row.participant, row.visit, _side(row.gland)), f"Reader {row.reader}"
        repeat = 2 if row.is_repeat else 1
        if row.volume_ul is not None:
            volumes.append(VolumeRead(gland, reader, row.method, row.volume_ul, repeat))
        for scale in _SCALES:
            grade = row.grey_scale if scale == "grey_scale" else row.doppler
            if grade is not None:
                grades[GradeRead(gland, reader, scale, grade, repeat)] = None  # a read has a row for each method
    readers = tuple(f"Reader {number}" for number in sorted({row.reader for row in rows}))
    return CampaignReads(readers, visits, tuple(volumes), tuple(grades))


def agreement_tables(reads: CampaignReads) -> tuple[AgreementTable, ...]:
    """Every table of the agreement of a campaign, in the order to print; one without lines is left out."""
    tables = (
        ("agreement", "Agreement of readers: volumes", FIGURE_COLUMNS, figure_lines(agreement_figures(reads))),
        ("repeats", "Hidden repeats: volumes of one reader", FIGURE_COLUMNS, figure_lines(repeat_figures(reads))),
        ("grades", "Agreement of readers: grades", FIGURE_COLUMNS, figure_lines(grade_figures(reads))),
        ("means", "Mean of readers and change from baseline", MEAN_COLUMNS, mean_table(mean_lines(reads))),
    )
    return tuple(AgreementTable(name, title, columns, tuple(lines)) for name, title, columns, lines in tables if lines)


def _side(gland: str) -> Side:
    return next(side for side in SIDES if side == gland)
