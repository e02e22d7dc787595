"""Reads of glands, put into tables by case and reader; the mean of readers, and the change from baseline.

A read is one volume (or grade) that one reader gave one gland at one visit by one method; a hidden repeat is a read
with a higher `repeat`. Only first reads enter means, changes and the agreement of readers; repeats are for
repeatability alone, so that a gland read twice does not weigh more.
Volumes are whole microlitres, rounded half to even where a mean falls between two.
Deliberately no grouping beyond participant, visit, side, reader and method: nothing else is known of a read here.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from annotate.exact import EXACT, whole
from annotate.marks import Side
from injection_log.agreement.figures import NotComputable

_FIRST = 1


@dataclass(frozen=True, order=True)
class GlandAtVisit:
    """One gland of one participant at one visit: a case."""

    participant: str
    visit: str
    side: Side


@dataclass(frozen=True)
class VolumeRead:
    """The volume that a reader measured; `method` is the name of the volume's method, `repeat` counts from 1."""

    gland: GlandAtVisit
    reader: str
    method: str
    volume_ul: int
    repeat: int = _FIRST


@dataclass(frozen=True)
class GradeRead:
    """The grade that a reader gave; `scale` says which (grey-scale, Doppler), `repeat` counts from 1."""

    gland: GlandAtVisit
    reader: str
    scale: str
    grade: int
    repeat: int = _FIRST


@dataclass(frozen=True)
class ReadTable:
    """First reads by case (rows, in order) and reader (columns); None where a reader has none of a case."""

    glands: tuple[GlandAtVisit, ...]
    readers: tuple[str, ...]
    rows: tuple[tuple[int | None, ...], ...]

    @property
    def lacking(self) -> int:
        """Number of cases that a reader did not read."""
        return sum(None in row for row in self.rows)

    def complete(self) -> ReadTable:
        """The cases that every reader read. Whoever shows figures of them shows `lacking` beside them."""
        kept = [number for number, row in enumerate(self.rows) if None not in row]
        return ReadTable(
            tuple(self.glands[number] for number in kept), self.readers, tuple(self.rows[number] for number in kept)
        )


@dataclass(frozen=True)
class MeanOfReaders:
    """Mean, smallest and largest of the readers' first reads, whole microlitres."""

    volume_ul: int
    lowest_ul: int
    highest_ul: int
    readers: int


@dataclass(frozen=True)
class Change:
    """What a volume became since baseline: whole microlitres, and tenths of a percent of the baseline."""

    baseline_ul: int
    volume_ul: int
    percent_tenths: int

    @property
    def change_ul(self) -> int:
        """Volume less baseline; below 0 where the gland shrank."""
        return self.volume_ul - self.baseline_ul

    @property
    def change_ml(self) -> Decimal:
        """The change in millilitres, exactly."""
        return Decimal(self.change_ul).scaleb(-3)

    @property
    def change_percent(self) -> Decimal:
        """The change in percent of the baseline, one decimal."""
        return Decimal(self.percent_tenths).scaleb(-1)


Means = Mapping[tuple[GlandAtVisit, str], MeanOfReaders | NotComputable]
"""By gland at visit and method."""


def read_table(reads: Iterable[VolumeRead] | Iterable[GradeRead], readers: Sequence[str]) -> ReadTable:
    """First reads of one method (or one scale) as a table; a case that anybody read has a row.

    ValueError where a reader has two first reads of a case, or where methods are mixed.
    """
    cells: dict[GlandAtVisit, dict[str, int]] = defaultdict(dict)
    kinds = set()
    for read in reads:
        kinds.add(read.method if isinstance(read, VolumeRead) else read.scale)
        cell = cells[read.gland]  # made here, so that a case with a repeat only is a case that lacks a read
        if read.repeat == _FIRST:
            _put(cell, read.reader, read.volume_ul if isinstance(read, VolumeRead) else read.grade)
    if len(kinds) > 1:
        raise ValueError("a table is of one method; give the reads of each by themselves")
    glands = tuple(sorted(cells))
    return ReadTable(glands, tuple(readers), tuple(tuple(map(cells[gland].get, readers)) for gland in glands))


def repeats_of(reads: Iterable[VolumeRead], reader: str) -> tuple[tuple[int, ...], ...]:
    """All reads of each case that this reader read more than once, for `repeatability`; whole microlitres."""
    found: dict[tuple[GlandAtVisit, str], dict[int, int]] = defaultdict(dict)
    for read in reads:
        if read.reader == reader:
            found[read.gland, read.method][read.repeat] = read.volume_ul
    return tuple(
        tuple(by_repeat[repeat] for repeat in sorted(by_repeat))
        for _, by_repeat in sorted(found.items())
        if len(by_repeat) > 1
    )


def means_of_readers(reads: Iterable[VolumeRead], readers: Sequence[str]) -> Means:
    """The mean of these readers for each gland, visit and method; NotComputable where one of them has no first read.

    A mean of fewer readers at one visit than at another would show the readers' difference as a change.
    """
    cells: dict[tuple[GlandAtVisit, str], dict[str, int]] = defaultdict(dict)
    for read in reads:
        cell = cells[read.gland, read.method]
        if read.repeat == _FIRST:
            _put(cell, read.reader, read.volume_ul)
    return {key: _mean(cells[key], readers) for key in sorted(cells)}


def mean_at(means: Means, at: tuple[GlandAtVisit, str]) -> MeanOfReaders | NotComputable:
    """The mean of readers of a gland at a visit by a method; NotComputable where nobody has read it."""
    return means.get(at, NotComputable("missing_reads", "Nobody has read this gland at this visit."))


def change_from_baseline(means: Means, at: tuple[GlandAtVisit, str], baseline_visit: str) -> Change | NotComputable:
    """How the gland `at` (gland at visit, method) changed since its mean at the baseline visit.

    NotComputable where either mean is lacking, and where the baseline is not above 0.
    """
    gland, method = at
    before = mean_at(means, (GlandAtVisit(gland.participant, baseline_visit, gland.side), method))
    now = mean_at(means, at)
    for mean in (before, now):
        if isinstance(mean, NotComputable):
            return mean
    assert isinstance(before, MeanOfReaders)
    assert isinstance(now, MeanOfReaders)
    if before.volume_ul <= 0:
        return NotComputable("not_positive", "The volume at baseline is 0; a change in percent has no meaning.")
    tenths = EXACT.divide(Decimal(1000 * (now.volume_ul - before.volume_ul)), Decimal(before.volume_ul))
    return Change(before.volume_ul, now.volume_ul, whole(tenths))


def _put(cell: dict[str, int], reader: str, value: int) -> None:
    if reader in cell:
        raise ValueError("a reader has one first read of a case and method; number the others as repeats")
    cell[reader] = value


def _mean(cell: Mapping[str, int], readers: Sequence[str]) -> MeanOfReaders | NotComputable:
    volumes = [cell[reader] for reader in readers if reader in cell]
    if len(volumes) < len(readers) or not volumes:
        return NotComputable(
            "missing_reads",
            f"{len(volumes)} of {len(readers)} readers have read this gland; their mean needs all of them.",
        )
    mean = whole(EXACT.divide(Decimal(sum(volumes)), Decimal(len(volumes))))
    return MeanOfReaders(mean, min(volumes), max(volumes), len(volumes))
