"""What help from the picture answers with: proposals, or that nothing was found and why. Values only.

Nothing here is a mark. A person takes a proposal over, changes it or leaves it; only then a mark is made, and the
proposal's `method` is stored with it. `sure_percent` tells something from nothing; it is no probability, and on test
pictures the tips of surer needles lay no nearer to the truth than those of the others.
"""
from __future__ import annotations

from dataclasses import dataclass

from dicom_io.calibration import Point


@dataclass(frozen=True)
class AssistMethod:
    """Name and version of the method, as stored with a mark that a person made of its proposal."""

    name: str
    version: str


NEEDLE_METHOD = AssistMethod("shaft_in_corridor", "1")
OUTLINE_METHOD = AssistMethod("outline_from_seed", "1")
LIVE_WIRE_METHOD = AssistMethod("live_wire", "1")
AXES_METHOD = AssistMethod("axes_of_contour", "1")


@dataclass(frozen=True)
class NeedleProposal:
    """Where the shaft seems to become visible and where it seems to end, pixels; 0 to 100 how clearly it is seen."""

    entry: Point
    tip: Point
    sure_percent: int
    method: AssistMethod = NEEDLE_METHOD


@dataclass(frozen=True)
class NoNeedleSeen:
    """No needle along the line; `code` for programs, `why` one sentence for the person."""

    code: str
    why: str
    method: AssistMethod = NEEDLE_METHOD


@dataclass(frozen=True)
class ContourProposal:
    """A closed outline: its corners in pixels in order round it, the last one joined to the first."""

    points: tuple[Point, ...]
    sure_percent: int
    method: AssistMethod


@dataclass(frozen=True)
class NoOutlineFound:
    """No outline around the seed; `code` for programs, `why` one sentence for the person."""

    code: str
    why: str
    method: AssistMethod = OUTLINE_METHOD


@dataclass(frozen=True)
class AxesProposal:
    """The longest line across a contour and the widest one at a right angle to it (in mm); ends in pixels."""

    longest: tuple[Point, Point]
    widest: tuple[Point, Point]
    method: AssistMethod = AXES_METHOD
