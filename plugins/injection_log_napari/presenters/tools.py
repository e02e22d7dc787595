"""The mark tools: which points were given so far, and when a mark is done. Two clicks or one drag.

Pure and frozen; they know neither a canvas nor the record, and measure nothing.
"""
from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from annotate.marks import FEWEST_POINTS, Axis, Mark
from dicom_io.calibration import Point


@dataclass(frozen=True)
class CaliperTool:
    """Placing one diameter."""

    axis: Axis

    @property
    def points_needed(self) -> int:
        """Both ends."""
        return 2


@dataclass(frozen=True)
class NeedleTool:
    """Placing one pass of the needle: entry and tip in plane, the tip alone out of plane."""

    in_plane: bool

    @property
    def points_needed(self) -> int:
        """Entry and tip, or the tip."""
        return 2 if self.in_plane else 1


@dataclass(frozen=True)
class ContourTool:
    """Tracing the outline of the gland: as many points as it takes, until it is closed."""

    @property
    def points_needed(self) -> int:
        """As many as make an area."""
        return FEWEST_POINTS


@dataclass(frozen=True)
class RulerTool:
    """Drawing a line along a ruler; it makes no mark."""

    @property
    def points_needed(self) -> int:
        """Both ends."""
        return 2


Tool = CaliperTool | NeedleTool | ContourTool
ToolT = TypeVar("ToolT", CaliperTool | NeedleTool | ContourTool, RulerTool)


@dataclass(frozen=True)
class Placing(Generic[ToolT]):
    """A tool at work: points given, where the pointer is, where a press began, and whether an outline was closed."""

    tool: ToolT
    points: tuple[Point, ...] = ()
    hover: Point | None = None
    pressed_at: Point | None = None
    is_closed: bool = False

    @property
    def is_done(self) -> bool:
        """All points are given."""
        return self.is_closed if isinstance(self.tool, ContourTool) else len(self.points) >= self.tool.points_needed

    @property
    def may_be_closed(self) -> bool:
        """Whether it is an outline with an area."""
        return isinstance(self.tool, ContourTool) and len(self.points) >= FEWEST_POINTS

    @property
    def shown_points(self) -> tuple[Point, ...]:
        """Points given, and the pointer as the next one."""
        if self.is_done or self.hover is None:
            return self.points
        return (*self.points, self.hover)

    def pressed(self, at: Point, reach_px: float = 0.0) -> Placing[ToolT]:
        """The button went down: the point is given; within reach of an outline's first point the outline is closed."""
        if self.is_done:
            return self
        if self.may_be_closed and distance(self.points[0], at) <= reach_px:
            return self.closed()
        return replace(self, points=(*self.points, at), hover=at, pressed_at=at)

    def closed(self) -> Placing[ToolT]:
        """The outline is closed as it is."""
        return replace(self, is_closed=True)

    def moved(self, at: Point) -> Placing[ToolT]:
        """The pointer moved."""
        return replace(self, hover=at)

    def released(self, at: Point, reach_px: float) -> Placing[ToolT]:
        """The button went up: after a drag this is the second point, after a click it is nothing."""
        began = self.pressed_at
        dragged = began is not None and math.dist((began.row, began.column), (at.row, at.column)) > reach_px
        if dragged and not self.is_done:
            return replace(self, points=(*self.points, at), hover=at, pressed_at=None)
        return replace(self, pressed_at=None)

    def without_last(self) -> Placing[ToolT]:
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
