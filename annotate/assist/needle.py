"""From a line dragged roughly along a needle to a proposed shaft and tip, or the plain word that none is seen.

Looks only in a corridor around the line, up to 14 degrees off it. The deeper end is the tip. Pure and without
randomness: the same picture and line give the same answer. It places nothing: a person does (proposal.py).
"""
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from annotate.assist.proposal import NeedleProposal, NoNeedleSeen
from annotate.assist.shaft import find_shaft
from annotate.assist.shaft_ends import SeenShaft, fitted, seen_part
from annotate.assist.strip import Line, Scale, softened, strip_along
from dicom_io.calibration import Point

CORRIDOR_MM = 7.0
_COARSE_MM, _FINE_MM = 0.15, 0.08
_BEYOND_MM, _BESIDE_MM = 9.0, 9.0
_SHORTEST_MM = 5.0
_LONGEST_MM = 120.0
_LEVEL_DEG = 8.0  # flatter than this, the person's own end is the tip and not the deeper one


def propose_needle(
    grey: NDArray[np.uint8], drag: tuple[Point, Point], mm_per_px: Scale, corridor_mm: float = CORRIDOR_MM
) -> NeedleProposal | NoNeedleSeen:
    """The needle near a dragged line in a grey picture (rows, columns), uint8; `corridor_mm` is its whole width."""
    refused = _refused(grey, drag, mm_per_px)
    if refused is not None:
        return refused
    line = Line.between(*_tip_last(drag, mm_per_px), mm_per_px)
    soft = softened(grey, mm_per_px, 0.06)
    coarse = strip_along(soft, line, _BEYOND_MM, _BESIDE_MM, _COARSE_MM)
    shaft = find_shaft(coarse, line.length_mm, corridor_mm / 2)
    if shaft.to_mm - shaft.from_mm < _SHORTEST_MM:
        return _none_seen()
    fine = strip_along(soft, line, _BEYOND_MM, _BESIDE_MM, _FINE_MM)
    curve = fitted(fine, shaft)
    seen = seen_part(fine, curve, line.length_mm)
    sure = _sure_percent(seen)
    if sure < 1:
        return _none_seen()
    ends = np.array([seen.from_mm, seen.to_mm])
    entry, tip = (line.point(float(a), float(d)) for a, d in zip(ends, curve.deeper_mm(ends), strict=True))
    return NeedleProposal(entry, tip, sure)


def _sure_percent(seen: SeenShaft) -> int:
    return int(100 * seen.share)


def _none_seen() -> NoNeedleSeen:
    return NoNeedleSeen("none_seen", "No needle is seen along this line: drag closer along it, or place it by hand.")


def _tip_last(drag: tuple[Point, Point], scale: Scale) -> tuple[Point, Point]:
    down, across = (drag[1].row - drag[0].row) * scale[0], (drag[1].column - drag[0].column) * scale[1]
    steep = abs(math.degrees(math.atan2(down, abs(across)))) > _LEVEL_DEG
    return (drag[1], drag[0]) if down < 0 and steep else drag


def _refused(grey: NDArray[np.uint8], drag: tuple[Point, Point], scale: Scale) -> NoNeedleSeen | None:
    return None
