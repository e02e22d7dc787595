"""The size of one gland as its panel shows it: each diameter with its repeats and the published range, and the volume.

Pure. A published range is words beside a value and nothing else: it colours nothing and blocks nothing.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotate.appearance import AXIS_LETTERS
from annotate.errors import AnnotateError
from annotate.marks import Axis, Caliper
from annotate.published_sizes import PUBLISHED_DIAMETERS, PUBLISHED_VOLUME, PublishedRange
from annotate.readout import millilitres, millimetres
from annotate.repeats import RepeatSpread, repeat_spreads
from annotate.volume import GlandSize, IncompleteSize
from injection_log.protocol.protocol import AXES
from injection_log.record.values import GlandRecord
from injection_log_napari.presenters.form import FieldMark
from injection_log_napari.presenters.gland_marks import Found, signed
from injection_log_napari.presenters.wording import repeats


@dataclass(frozen=True)
class Beside:
    """What stands below a figure in small letters: how far its repeats lie apart, and what others measured.

    `published` is the range alone; `source` says whose glands they were.
    """

    repeats: str
    published: str
    source: str


NOTHING_BESIDE = Beside("", "", "")


@dataclass(frozen=True)
class SizeRow:
    """One diameter: its value, how often it was repeated, and where its last mark lies."""

    axis: Axis
    key: str
    value: str
    repeats: str
    is_missing: bool
    mark_ids: tuple[str, ...]
    is_by_hand: bool = False
    mark: FieldMark | None = None
    beside: Beside = NOTHING_BESIDE
    doubts: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """What a query about it names."""
        return field_of(self.axis)


def field_of(axis: Axis) -> str:
    """What queries and checks about a diameter name."""
    return f"caliper.{axis}"


def size_rows(
    gland: GlandRecord, asked: Sequence[str], owed: frozenset[str], found: Found
) -> tuple[SizeRow, ...]:
    """The diameters that the visit asks for, and those that were measured besides; their talk is not in here."""
    size, means, spreads = gland.size, means_of(gland), _spreads(gland)
    return tuple(
        SizeRow(
            axis,
            AXIS_LETTERS[axis],
            _figure(gland, axis, means[axis]) if axis in means else "",
            repeats(size.repeats.get(axis, 0)),
            field_of(axis) in owed,
            tuple(m.mark_id for m in gland.marks if isinstance(m.mark, Caliper) and m.mark.axis == axis),
            axis in size.by_hand,
            beside=_beside(spreads.get(axis), PUBLISHED_DIAMETERS[axis], means.get(axis)),
            doubts=found.get(field_of(axis), ()),
        )
        for axis in AXES if axis in asked or axis in means
    )


def volume_words(gland: GlandRecord) -> str:
    """The volume of the ellipsoid, or what it still needs."""
    size = gland.size
    if isinstance(size, GlandSize):
        return signed(millilitres(size.volume_ul, size.volume_error_ul), by_hand=bool(size.by_hand))
    return "needs " + " and ".join(size.missing) if len(size.missing) < len(AXES) else "needs all three"


def volume_beside(gland: GlandRecord) -> Beside:
    """What others measured, beside the volume."""
    return _beside(None, PUBLISHED_VOLUME, gland.size.volume_ul if isinstance(gland.size, GlandSize) else None)


def means_of(gland: GlandRecord) -> Mapping[Axis, int]:
    """The mean of each diameter that was measured, micrometres."""
    return means_of_size(gland.size)


def means_of_size(size: GlandSize | IncompleteSize) -> Mapping[Axis, int]:
    """The same of a size by itself."""
    if isinstance(size, GlandSize):
        return {"length": size.length_um, "width": size.width_um, "depth": size.depth_um}
    return size.means_um


def _figure(gland: GlandRecord, axis: Axis, mean_um: int) -> str:
    # With its unit: the heading above scrolls away, and a bare number beside an injection could be millilitres.
    calipers = [one.mark_id for one in gland.marks if isinstance(one.mark, Caliper) and one.mark.axis == axis]
    helped = any(mark_id in gland.assisted for mark_id in calipers)
    figures = millimetres(mean_um, gland.size.errors_um.get(axis))
    return signed(figures, by_hand=axis in gland.size.by_hand, helped=helped)


def _spreads(gland: GlandRecord) -> Mapping[Axis, RepeatSpread]:
    try:
        return repeat_spreads(gland.marks)
    except AnnotateError:
        return {}  # what cannot be measured is said where it lies


def _beside(spread: RepeatSpread | None, published: PublishedRange, value: int | None) -> Beside:
    apart = f"diff. {millimetres(spread.difference_um)}, CV {spread.cv_words}" if spread is not None else ""
    bounds = published.words.partition(" (")[0].removeprefix("published ").replace(" to ", "–")
    outside = value is not None and not published.holds(value)
    return Beside(apart, f"{'outside publ.' if outside else 'published'} {bounds}", published.words)
