"""How far a measured length or volume may be off, from how exactly its ends were placed and its scale is known.

Pure, whole micrometres and microlitres. Each end of a line is half a pixel uncertain down and across, or each
caliper has the one error that the protocol gives; independent parts add by their squares. A scale set by hand is
off for all lines measured with it at once, so its part adds up plainly: threefold in a volume of three axes.
Deliberately no statement about how well a person sees a capsule: that is what repeats show (`mean_length`).
Sources: JCGM 100:2008 (propagation of uncertainty); docs/decisions/uncertainty-of-lengths-and-volumes.md.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cached_property

from annotate.marks import Axis
from dicom_io.calibration import Point, Scale

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class HalfPixel:
    """Half a pixel at each end, down and across: as exactly as a click can be placed."""


@dataclass(frozen=True)
class PerCaliper:
    """The error of one caliper in micrometres, as the protocol says, whatever the size of a pixel."""

    error_um: int


ReadingError = HalfPixel | PerCaliper
HALF_PIXEL = HalfPixel()


@dataclass(frozen=True)
class MeasuredLength:
    """One length with its independent reading error, micrometres, and the scale that it was measured with."""

    length_um: int
    reading_um: Decimal
    scale: Scale

    @cached_property
    def error_um(self) -> int:
        """Reading error and the scale's own error together, whole micrometres."""
        return _whole(_root_sum([self.reading_um, self.length_um * self.scale.relative_error]))


@dataclass(frozen=True)
class MeanLength:
    """Mean of repeats: its own error, and how much of each hand-set scale's relative error is in it.

    `shares` maps a scale that was set by hand to micrometres of this mean measured with it.
    """

    mean_um: int
    independent_um: Decimal
    shares: Mapping[Scale, Decimal]

    @property
    def error_um(self) -> int:
        """The error of the mean, whole micrometres."""
        return _whole(_root_sum([self.independent_um, *(s.relative_error * um for s, um in self.shares.items())]))


def measured_length(length_um: int, line: tuple[Point, Point], scale: Scale, reading: ReadingError) -> MeasuredLength:
    """The length of a line with its reading error."""
    error = Decimal(reading.error_um) if isinstance(reading, PerCaliper) else scale.reading_error_um(*line)
    return MeasuredLength(length_um, error, scale)


def mean_length(repeats: Sequence[MeasuredLength]) -> MeanLength:
    """The mean of at least one length of the same thing.

    Its error is the reading error of the mean, or what the repeats themselves show (the standard error of their
    mean) where that is more: half a pixel says nothing about where a person sees the capsule.
    """
    count = len(repeats)
    lengths = [Decimal(one.length_um) for one in repeats]
    mean = _EXACT.divide(sum(lengths, Decimal(0)), Decimal(count))
    reading = _EXACT.divide(_root_sum(one.reading_um for one in repeats), Decimal(count))
    if count > 1:
        squares = sum(((length - mean) ** 2 for length in lengths), Decimal(0))
        reading = max(reading, _EXACT.sqrt(_EXACT.divide(squares, Decimal(count * (count - 1)))))
    shares: dict[Scale, Decimal] = {}
    for one in repeats:
        if one.scale.relative_error:
            part = _EXACT.divide(Decimal(one.length_um), Decimal(count))
            shares[one.scale] = shares.get(one.scale, Decimal(0)) + part
    return MeanLength(_whole(mean), reading, shares)


def volume_error_ul(volume_ul: int, axes: Mapping[Axis, MeanLength]) -> int:
    """Error of a product of three lengths, whole microlitres (domain vector V7: 1 mm on each of 32.6, 22.3 and
    17.4 mm is 7.9 %).
    """
    parts = [_EXACT.divide(axis.independent_um, Decimal(axis.mean_um)) for axis in axes.values()]
    common: dict[Scale, Decimal] = {}
    for axis in axes.values():
        for scale, um in axis.shares.items():
            share = _EXACT.divide(um, Decimal(axis.mean_um)) * scale.relative_error
            common[scale] = common.get(scale, Decimal(0)) + share
    return _whole(_EXACT.multiply(Decimal(volume_ul), _root_sum([*parts, *common.values()])))


def _root_sum(parts: Iterable[Decimal]) -> Decimal:
    return _EXACT.sqrt(sum((_EXACT.multiply(part, part) for part in parts), Decimal(0)))


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN, context=_EXACT))
