"""All figures of a campaign from its reads: agreement of volumes, repeats, grades; by method, visit and side.

Over all glands and visits a figure has a value without an interval, for glands of one participant are alike to some
degree; intervals are given for one side at one visit at a time. First reads enter the agreement of readers, repeats
repeatability alone. Values only: how they are printed is `figure_words`. Deliberately no grouping of participants.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from annotate.marks import Side
from injection_log.agreement.figures import Estimate, NotComputable
from injection_log.agreement.icc import icc_2_1, icc_3_1, measurement_error
from injection_log.agreement.kappa import weighted_kappa
from injection_log.agreement.limits import BlandAltman, bland_altman
from injection_log.agreement.plot_values import BlandAltmanPlot, bland_altman_plots
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
from injection_log.agreement.repeatability import repeatability, smallest_detectable_change

Unit = Literal["", "ul", "percent"]

_DEPENDENT = NotComputable(
    "dependent_cases", "Glands and visits of one participant are alike; intervals stand with one side and visit."
)


@dataclass(frozen=True)
class Among:
    """Of which reads a figure is: one visit and side, or all of them where both are None."""

    visit: str | None = None
    side: Side | None = None

    def holds(self, gland: GlandAtVisit) -> bool:
        """Whether the gland at its visit belongs here."""
        return self.visit in (None, gland.visit) and self.side in (None, gland.side)


@dataclass(frozen=True)
class Figure:
    """One figure: its name, of which method or scale and readers, among which reads.

    `cases` were read by all of these readers (or repeatedly by the one); `lacking` were not, and are left out.
    """

    name: str
    of: str
    readers: tuple[str, ...]
    among: Among
    cases: int
    lacking: int
    unit: Unit
    value: Estimate | NotComputable


@dataclass(frozen=True)
class MeanLine:
    """The mean of readers of one gland at one visit by one method, and its change since the baseline visit."""

    gland: GlandAtVisit
    method: str
    mean: MeanOfReaders | NotComputable
    change: Change | NotComputable | None
    """None at the baseline itself."""


@dataclass(frozen=True)
class CampaignReads:
    """First reads and repeats of a campaign; `readers` and `visits` in their order, the first visit is the baseline."""

    readers: tuple[str, ...]
    visits: tuple[str, ...]
    volumes: tuple[VolumeRead, ...]
    grades: tuple[GradeRead, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods by which a volume was read, by name."""
        return tuple(sorted({read.method for read in self.volumes}))

    @property
    def parts(self) -> tuple[Among, ...]:
        """All reads, then each visit and side by itself, the right gland first."""
        sides: tuple[Side, ...] = ("right", "left")
        return (Among(), *(Among(visit, side) for visit in self.visits for side in sides))


def agreement_figures(reads: CampaignReads) -> tuple[Figure, ...]:
    """How far readers agree on volumes: correlations, error and smallest detectable change, bias and limits."""
    found: list[Figure] = []
    for method in reads.methods:
        of_method = [read for read in reads.volumes if read.method == method]
        for among in reads.parts:
            here = [read for read in of_method if among.holds(read.gland)]
            found += _correlations(here, method, reads.readers, among)
            for pair in combinations(reads.readers, 2):
                found += _limits(here, method, pair, among)
    return tuple(found)


def repeat_figures(reads: CampaignReads) -> tuple[Figure, ...]:
    """How far the hidden repeats of each reader lie apart, and the change that is more than that."""
    return tuple(
        figure for method in reads.methods for reader in reads.readers for among in reads.parts
        for figure in _repeats(reads.volumes, method, reader, among)
    )


def grade_figures(reads: CampaignReads) -> tuple[Figure, ...]:
    """Weighted kappa of each scale and pair of readers, with linear and with quadratic weights."""
    return tuple(
        figure
        for scale in sorted({read.scale for read in reads.grades})
        for pair in combinations(reads.readers, 2) for among in reads.parts
        for figure in _kappas([one for one in reads.grades if one.scale == scale], scale, pair, among)
    )


def pooled_plots(reads: CampaignReads) -> tuple[BlandAltmanPlot, ...]:
    """Bland-Altman of each method and pair over all glands and visits, so without intervals."""
    return tuple(
        plot if isinstance(plot.figures, NotComputable) else replace(plot, figures=_without_intervals(plot.figures))
        for plot in bland_altman_plots(reads.volumes, reads.readers)
    )


def mean_lines(reads: CampaignReads) -> tuple[MeanLine, ...]:
    """Mean of readers and change from baseline, by participant, method, visit and side (right first)."""
    means = means_of_readers(reads.volumes, reads.readers)
    place = {visit: number for number, visit in enumerate(reads.visits)}
    order = sorted(means, key=lambda at: (
        at[0].participant, at[1], place.get(at[0].visit, len(place)), at[0].visit, at[0].side != "right",
    ))
    baseline = reads.visits[0] if reads.visits else ""
    return tuple(
        MeanLine(
            gland, method, means[gland, method],
            None if gland.visit == baseline else change_from_baseline(means, (gland, method), baseline),
        )
        for gland, method in order
    )


def _correlations(
    reads: Sequence[VolumeRead], method: str, readers: tuple[str, ...], among: Among
) -> Iterator[Figure]:
    table = read_table(reads, readers)
    rows = table.complete().rows
    error = measurement_error(rows, "agreement")
    detectable = error if isinstance(error, NotComputable) else smallest_detectable_change(error)
    values: tuple[tuple[str, Unit, Estimate | NotComputable], ...] = (
        ("ICC(2,1)", "", icc_2_1(rows)), ("ICC(3,1)", "", icc_3_1(rows)),
        ("error of a read", "ul", error), ("smallest detectable change", "ul", detectable),
    )
    for name, unit, value in values:
        yield _figure(name, method, readers, (among, len(rows), table.lacking), (unit, value))


def _limits(reads: Sequence[VolumeRead], method: str, pair: tuple[str, str], among: Among) -> Iterator[Figure]:
    table = read_table(reads, pair)
    rows = [(row[0], row[1]) for row in table.complete().rows]
    found, where = bland_altman(rows), (among, len(rows), table.lacking)
    values: tuple[Estimate | NotComputable, ...] = (found,) * 3 if isinstance(found, NotComputable) else ()
    if not isinstance(found, NotComputable):
        values = (found.bias, found.lower, found.upper)
    for name, value in zip(("bias", "lower limit", "upper limit"), values, strict=True):
        yield _figure(name, method, pair, where, ("ul", value))


def _repeats(reads: Sequence[VolumeRead], method: str, reader: str, among: Among) -> Iterator[Figure]:
    cases = repeats_of([read for read in reads if read.method == method and among.holds(read.gland)], reader)
    found, where = repeatability(cases), (among, len(cases), 0)
    if isinstance(found, NotComputable):
        values: tuple[Estimate | NotComputable, ...] = (found,) * 3
    else:
        values = (found.sd, found.cv_percent, smallest_detectable_change(found.sd))
    names: tuple[tuple[str, Unit], ...] = (
        ("deviation of repeats", "ul"), ("CV of repeats", "percent"), ("smallest detectable change", "ul"),
    )
    for (name, unit), value in zip(names, values, strict=True):
        yield _figure(name, method, (reader,), where, (unit, value))


def _kappas(reads: Sequence[GradeRead], scale: str, pair: tuple[str, str], among: Among) -> Iterator[Figure]:
    table = read_table([read for read in reads if among.holds(read.gland)], pair)
    rows = [(row[0], row[1]) for row in table.complete().rows]
    where = (among, len(rows), table.lacking)
    yield _figure("kappa, linear weights", scale, pair, where, ("", weighted_kappa(rows, "linear")))
    yield _figure("kappa, quadratic weights", scale, pair, where, ("", weighted_kappa(rows, "quadratic")))


def _without_intervals(figures: BlandAltman) -> BlandAltman:
    bias, lower, upper = (replace(one, interval=_DEPENDENT) for one in (figures.bias, figures.lower, figures.upper))
    return replace(figures, bias=bias, lower=lower, upper=upper)


def _figure(
    name: str, of: str, readers: tuple[str, ...], where: tuple[Among, int, int],
    figure: tuple[Unit, Estimate | NotComputable],
) -> Figure:
    """The figure; its interval is taken away where it would be over several glands of one participant."""
    among, cases, lacking = where
    unit, value = figure
    if among == Among() and isinstance(value, Estimate):
        value = replace(value, interval=_DEPENDENT)
    return Figure(name, of, readers, among, cases, lacking, unit, value)
