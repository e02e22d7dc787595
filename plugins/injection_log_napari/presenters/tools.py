"""The mark tools: what each is, which points were given so far, and when a mark is done. Two clicks or one drag.

Pure and frozen; they know neither a canvas nor the record, and measure nothing. What a drawn mark still owes before it
is recorded is in `unanswered.py`.
"""
from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from annotate import appearance
from annotate.appearance import Rgb
from annotate.marks import (
    FEWEST_POINTS,
    Axis,
    Caliper,
    Contour,
    Deposit,
    Mark,
    Needle,
    OutOfPlaneNeedle,
    Structure,
    VolumeUnknown,
    Zone,
)
from dicom_io.calibration import Point
from injection_log_napari.presenters.unanswered import DepositAsked, NeedleAsked, StructureAsked, Unanswered


class Drawing(Protocol):
    """What drawing with a tool needs to know of it."""

    @property
    def points_needed(self) -> int:
        """How many points make it; of a traced line the fewest."""

    @property
    def is_traced(self) -> bool:
        """Whether it takes as many points as a person gives, until it is closed."""


class Tool(Drawing, Protocol):
    """A tool for marks. One more needs its class below, a key in `keys.py` and a line in `taking_up.py`; nothing else
    asks which tool it is.
    """

    @property
    def rgb(self) -> Rgb:
        """The colour of what it draws."""

    @property
    def letter(self) -> str:
        """The letter at its handles."""

    @property
    def lies_across(self) -> bool:
        """Whether its words stand beside the middle of its line, as a caliper's do, and not below its last point."""

    def sentence(self, given: int) -> str:
        """What to do next, with so many points given."""

    def mark_of(self, points: tuple[Point, ...], skin_row_px: float) -> Mark:
        """The mark that these points make (at least `points_needed`); depths count from the skin row."""

    def asked_of(self, mark: Mark) -> Unanswered | None:
        """What the drawn mark still owes, None for one that is recorded as it is drawn."""


@dataclass(frozen=True)
class CaliperTool:
    """Placing one diameter."""

    axis: Axis

    points_needed = 2
    is_traced = False
    lies_across = True

    @property
    def rgb(self) -> Rgb:
        """As the axis."""
        return appearance.AXIS_COLOURS[self.axis]

    @property
    def letter(self) -> str:
        """As the axis."""
        return appearance.AXIS_LETTERS[self.axis]

    def sentence(self, given: int) -> str:
        """One side, then the other."""
        to_do = "click the other side." if given else "click one side, then the other; or drag across."
        return f"{self.axis.capitalize()}: {to_do}"

    def mark_of(self, points: tuple[Point, ...], skin_row_px: float) -> Caliper:
        """From side to side."""
        del skin_row_px
        return Caliper(self.axis, points[0], points[1])

    def asked_of(self, mark: Mark) -> None:
        """It owes nothing more."""


@dataclass(frozen=True)
class NeedleTool:
    """Placing one pass of the needle: entry and tip in plane, the tip alone out of plane."""

    in_plane: bool

    is_traced = False
    lies_across = False
    rgb = appearance.NEEDLE_COLOUR
    letter = appearance.NEEDLE_LETTER

    @property
    def points_needed(self) -> int:
        """Entry and tip, or the tip."""
        return 2 if self.in_plane else 1

    def sentence(self, given: int) -> str:
        """The entry, then the tip."""
        if not self.in_plane:
            return "Needle out of plane: click the tip, the bright dot."
        return "Needle: now click the tip." if given else "Needle: click where it enters the picture."

    def mark_of(self, points: tuple[Point, ...], skin_row_px: float) -> Needle | OutOfPlaneNeedle:
        """The pass, with a tip that is seen until a person says how it was."""
        if self.in_plane:
            return Needle(points[0], points[-1], "seen", skin_row_px)
        return OutOfPlaneNeedle(points[-1], "seen", skin_row_px)

    def asked_of(self, mark: Mark) -> NeedleAsked | None:
        """How the tip was seen."""
        return NeedleAsked(mark) if isinstance(mark, Needle | OutOfPlaneNeedle) else None


@dataclass(frozen=True)
class ContourTool:
    """Tracing the outline of the gland: as many points as it takes, until it is closed."""

    points_needed = FEWEST_POINTS
    is_traced = True
    lies_across = False
    rgb = appearance.CONTOUR_COLOUR
    letter = appearance.CONTOUR_LETTER

    def sentence(self, given: int) -> str:
        """Along the capsule."""
        del given
        return "Outline: click along the capsule. Enter, or a click on the first point, closes it."

    def mark_of(self, points: tuple[Point, ...], skin_row_px: float) -> Contour:
        """The outline; the pointer rests on the point just given, so that doubles are left out."""
        del skin_row_px
        return Contour(tuple(dict.fromkeys(points)))

    def asked_of(self, mark: Mark) -> None:
        """It owes nothing more."""


@dataclass(frozen=True)
class DepositTool:
    """Placing one deposit; its zone and volume are asked afterwards."""

    points_needed = 1
    is_traced = False
    lies_across = False
    rgb = appearance.DEPOSIT_COLOUR
    letter = appearance.DEPOSIT_LETTER

    def sentence(self, given: int) -> str:
        """One click."""
        del given
        return "Deposit: click the middle of the fluid."

    def mark_of(self, points: tuple[Point, ...], skin_row_px: float) -> Deposit:
        """The deposit, nowhere yet and of no volume until a person says so."""
        del skin_row_px
        return Deposit(points[0], VolumeUnknown(), Zone("middle", "superficial"))

    def asked_of(self, mark: Mark) -> DepositAsked | None:
        """Its zone, then its volume."""
        return DepositAsked(mark) if isinstance(mark, Deposit) else None


@dataclass(frozen=True)
class StructureTool:
    """Tagging one structure to stay away from; which one is asked afterwards."""

    points_needed = 1
    is_traced = False
    lies_across = False
    rgb = appearance.STRUCTURE_COLOUR
    letter = "?"

    def sentence(self, given: int) -> str:
        """One click."""
        del given
        return "Structure to stay away from: click the artery, the vein or the duct."

    def mark_of(self, points: tuple[Point, ...], skin_row_px: float) -> Structure:
        """The structure, by no true name until a person says it."""
        del skin_row_px
        return Structure("duct", points[0])

    def asked_of(self, mark: Mark) -> StructureAsked | None:
        """Which one it is."""
        return StructureAsked(mark) if isinstance(mark, Structure) else None


@dataclass(frozen=True)
class RulerTool:
    """Drawing a line along a ruler; it makes no mark."""

    points_needed = 2
    is_traced = False


ToolT_co = TypeVar("ToolT_co", bound=Drawing, covariant=True)


@dataclass(frozen=True)
class Placing(Generic[ToolT_co]):
    """A tool at work: points given, where the pointer is, where a press began, and whether an outline was closed."""

    tool: ToolT_co
    points: tuple[Point, ...] = ()
    hover: Point | None = None
    pressed_at: Point | None = None
    is_closed: bool = False

    @property
    def is_done(self) -> bool:
        """All points are given."""
        return self.is_closed if self.tool.is_traced else len(self.points) >= self.tool.points_needed

    @property
    def may_be_closed(self) -> bool:
        """Whether it is an outline with an area."""
        return self.tool.is_traced and len(self.points) >= self.tool.points_needed

    @property
    def shown_points(self) -> tuple[Point, ...]:
        """Points given, and the pointer as the next one."""
        if self.is_done or self.hover is None:
            return self.points
        return (*self.points, self.hover)

    def pressed(self, at: Point, reach_px: float = 0.0) -> Placing[ToolT_co]:
        """The button went down: the point is given; within reach of an outline's first point the outline is closed."""
        if self.is_done:
            return self
        if self.may_be_closed and distance(self.points[0], at) <= reach_px:
            return self.closed()
        return replace(self, points=(*self.points, at), hover=at, pressed_at=at)

    def closed(self) -> Placing[ToolT_co]:
        """The outline is closed as it is."""
        return replace(self, is_closed=True)

    def moved(self, at: Point) -> Placing[ToolT_co]:
        """The pointer moved."""
        return replace(self, hover=at)

    def released(self, at: Point, reach_px: float) -> Placing[ToolT_co]:
        """The button went up: after a drag this is the second point, after a click it is nothing."""
        began = self.pressed_at
        dragged = began is not None and math.dist((began.row, began.column), (at.row, at.column)) > reach_px
        if dragged and not self.is_done:
            return replace(self, points=(*self.points, at), hover=at, pressed_at=None)
        return replace(self, pressed_at=None)

    def without_last(self) -> Placing[ToolT_co]:
        """The last point taken back."""
        return replace(self, points=self.points[:-1], pressed_at=None)


@dataclass(frozen=True)
class Editing:
    """A mark taken up for editing: which one, which handle, and how it lies under the hand."""

    mark_id: str
    handle: int
    mark: Mark
    dragging: bool = False


def distance(a: Point, b: Point) -> float:
    """How far two points are apart, in pixels of the image."""
    return math.dist((a.row, a.column), (b.row, b.column))
