"""What the pictures of a campaign show, as values: Bland-Altman of each method, volumes of a gland over its visits.

A pair of readers and a method make one Bland-Altman picture; a gland and a method make one course. Volumes are whole
microlitres. Deliberately one picture for all participants or one for each: never a picture for some of them.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from annotate.marks import Side
from injection_log.agreement.figures import NotComputable
from injection_log.agreement.limits import BlandAltman, bland_altman
from injection_log.agreement.reads import (
    GlandAtVisit,
    MeanOfReaders,
    VolumeRead,
    mean_at,
    means_of_readers,
    read_table,
)


@dataclass(frozen=True)
class BlandAltmanPlot:
    """Two readers' first reads by one method: first less second, microlitres; `lacking` cases are left out."""

    method: str
    first: str
    second: str
    figures: BlandAltman | NotComputable
    lacking: int


@dataclass(frozen=True)
class VisitVolume:
    """The mean of readers at a visit and their spread."""

    visit: str
    mean: MeanOfReaders


@dataclass(frozen=True)
class VisitWithoutVolume:
    """A visit at which there is no mean, and why."""

    visit: str
    why: NotComputable


@dataclass(frozen=True)
class GlandCourse:
    """The volume of one gland by one method over all visits, in the order of the visits."""

    participant: str
    side: Side
    method: str
    visits: tuple[VisitVolume | VisitWithoutVolume, ...]


def bland_altman_plots(reads: Sequence[VolumeRead], readers: Sequence[str]) -> tuple[BlandAltmanPlot, ...]:
    """One plot for each method (by name) and pair of these readers (in their order)."""
    return tuple(
        _plot([read for read in reads if read.method == method], method, pair)
        for method in sorted({read.method for read in reads})
        for pair in combinations(readers, 2)
    )


def gland_courses(
    reads: Sequence[VolumeRead], readers: Sequence[str], visits: Sequence[str]
) -> tuple[GlandCourse, ...]:
    """The course of each gland that was read, by participant, method and side (right first), over these visits."""
    means = means_of_readers(reads, readers)
    sides: tuple[Side, ...] = ("right", "left")
    known = {(gland.participant, gland.side, method) for gland, method in means}
    return tuple(
        GlandCourse(
            participant, side, method,
            tuple(
                _at_visit(visit, mean_at(means, (GlandAtVisit(participant, visit, side), method))) for visit in visits
            ),
        )
        for participant, method in sorted({(participant, method) for participant, _, method in known})
        for side in sides
        if (participant, side, method) in known
    )


def _plot(reads: Sequence[VolumeRead], method: str, pair: tuple[str, str]) -> BlandAltmanPlot:
    table = read_table(reads, pair)
    complete = [(row[0], row[1]) for row in table.complete().rows]
    return BlandAltmanPlot(method, *pair, bland_altman(complete), table.lacking)


def _at_visit(visit: str, mean: MeanOfReaders | NotComputable) -> VisitVolume | VisitWithoutVolume:
    return VisitVolume(visit, mean) if isinstance(mean, MeanOfReaders) else VisitWithoutVolume(visit, mean)
