"""The panel of one gland in a reading: diameters, volume, outlines, grades with their definitions, quality. Pure.

It says nothing of published sizes and nothing of how far repeats lie apart: both would lead the next measurement.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotate.appearance import AXIS_LETTERS
from annotate.errors import AnnotateError
from annotate.geometry import measure_contour
from annotate.marks import Axis, Caliper, Contour, Side
from annotate.readout import millilitres, millimetres, square_millimetres
from annotate.volume import GlandSize
from injection_log.protocol.protocol import AXES
from injection_log.protocol.reading_design import GradeKind
from injection_log.reading.case import owing
from injection_log.reading.grades import DEFINITIONS, GRADE_TITLES, QUALITIES, WHY_NOT_ADEQUATE, Quality
from injection_log_napari.presenters.gland_marks import signed
from injection_log_napari.presenters.gland_size import SizeRow, means_of_size
from injection_log_napari.presenters.wording import repeats

if TYPE_CHECKING:
    from injection_log.reading.case import Case, GlandReading
    from injection_log.reading.package import Package

LEVELS: dict[Quality, str] = {"adequate": "adequate", "limited": "limited", "unreadable": "unreadable"}
assert set(LEVELS) == set(QUALITIES)  # the record's list is the one that counts


@dataclass(frozen=True)
class GradeState:
    """One grade: its definitions by number, which was given (-1: none), whether it is owed."""

    kind: GradeKind
    title: str
    definitions: tuple[str, ...]
    given: int
    is_owed: bool


@dataclass(frozen=True)
class QualityState:
    """How good the pictures are: what stands, the level whose reason is asked now ("" none), and its reasons."""

    level: Quality | str
    why: str
    asked: Quality | str
    is_owed: bool

    @property
    def shown(self) -> str:
        """The level to show as chosen: the one that is being answered, else the one that stands."""
        return self.asked or self.level

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """Code and words of the reasons to choose from; none while none is asked."""
        return tuple(WHY_NOT_ADEQUATE.items()) if self.asked else ()

    @property
    def why_words(self) -> str:
        """The reason that stands, "" where none does or another one is being chosen."""
        return "" if self.asked else WHY_NOT_ADEQUATE.get(self.why, "")


@dataclass(frozen=True)
class PanelState:
    """All that the panel of one gland shows; `tabs` are the glands of the case with their signs."""

    side: Side
    tabs: tuple[tuple[Side, str], ...]
    sizes: tuple[SizeRow, ...]
    asked_often: str
    volume: str
    outlines: tuple[tuple[str, str], ...]
    grades: tuple[GradeState, ...]
    quality: QualityState
    is_unreadable: bool
    may_lock: bool


def panel_state(package: Package, case: Case, side: Side, asked: Quality | str) -> PanelState:
    """The panel of one gland of a case; `asked` is the level of quality whose reason is being chosen."""
    gland, owed = case.glands[side], owing(package, case)
    here = [one for one in owed if one.side == side]
    names = {one.name for one in here}
    owing_sides = {one.side for one in owed}
    tabs = tuple((one, f"{'○' if one in owing_sides else '✓'} {one.capitalize()} gland") for one in _sides(case))
    return PanelState(
        side, tabs,
        tuple(_size_row(gland, axis, is_owed=axis in names) for axis in AXES),
        f"each {package.calipers} times" if package.calipers > 1 else "",
        _volume(gland), _outlines(gland),
        tuple(
            GradeState(kind, GRADE_TITLES[kind], DEFINITIONS[kind], gland.grades.get(kind, -1), kind in names)
            for kind in package.grades
        ),
        QualityState(gland.quality, gland.why, asked, any(one.what == "quality" for one in here)),
        gland.quality == "unreadable", not owed,
    )  # fmt: skip


def _sides(case: Case) -> tuple[Side, ...]:
    return tuple(case.glands)


def _size_row(gland: GlandReading, axis: Axis, *, is_owed: bool) -> SizeRow:
    size, means = gland.size, means_of_size(gland.size)
    value = ""
    if axis in means:
        value = signed(millimetres(means[axis], size.errors_um.get(axis)), by_hand=axis in size.by_hand)
    marks = tuple(m.mark_id for m in gland.marks if isinstance(m.mark, Caliper) and m.mark.axis == axis)
    count = repeats(size.repeats.get(axis, 0))
    return SizeRow(axis, AXIS_LETTERS[axis], value, count, is_owed, marks, axis in size.by_hand)


def _volume(gland: GlandReading) -> str:
    size = gland.size
    if gland.quality == "unreadable":
        return "none: unreadable"
    if isinstance(size, GlandSize):
        return signed(millilitres(size.volume_ul, size.volume_error_ul), by_hand=bool(size.by_hand))
    return "needs " + " and ".join(size.missing) if len(size.missing) < len(AXES) else "needs all three"


def _outlines(gland: GlandReading) -> tuple[tuple[str, str], ...]:
    """Each outline: its area."""
    rows = []
    for placed in gland.marks:
        if isinstance(placed.mark, Contour):
            try:
                area = square_millimetres(measure_contour(placed).area_um2)
            except AnnotateError as refused:
                area = refused.why
            rows.append(("area", signed(area, by_hand=placed.scale.is_by_hand)))
    return tuple(rows)
