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
from annotate.assist.shaft_ends import Curve, SeenShaft, fitted, refitted, seen_part
from annotate.assist.strip import Line, Scale, softened, strip_along
from annotate.assist.usable import not_usable
from dicom_io.calibration import Point

CORRIDOR_MM = 7.0
SURE_ENOUGH_PERCENT = 50
"""Below this no needle is proposed."""
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
    for _ in range(2):
        curve = refitted(fine, curve, seen)
        seen = seen_part(fine, curve, line.length_mm)
    sure = _sure_percent(seen, curve, line.length_mm)
    if sure < SURE_ENOUGH_PERCENT:
        return _none_seen()
    ends = np.array([seen.from_mm, seen.to_mm])
    entry, tip = (line.point(float(a), float(d)) for a, d in zip(ends, curve.deeper_mm(ends), strict=True))
    return NeedleProposal(entry, tip, sure)


def _sure_percent(seen: SeenShaft, curve: Curve, length_mm: float) -> int:
    """0 to 100: long and clear, along most of the drawn line, hardly off it, straight.

    The weights were fitted (logistic regression, then rounded) to pictures of tools/varied with seeds 0 to 119.
    """
    seen_mm = seen.to_mm - seen.from_mm
    covered = max(min(seen.to_mm, length_mm) - max(seen.from_mm, 0.0), 0.0) / length_mm
    off_mm = abs(float(curve.deeper_mm(np.array([seen.from_mm, seen.to_mm])).mean()))
    turned_deg = abs(math.degrees(math.atan2(curve.slope_mm, curve.to_mm - curve.from_mm)))
    bent = abs(curve.bend_mm) / max(seen_mm, 1.0) * 30
    speaks = 1.4 * math.log(max(seen.clearness * seen_mm, 0.1)) + 5.0 * covered
    against = 4.85 + 0.1 * turned_deg + 1.0 * off_mm + 0.5 * bent
    return round(100 / (1 + math.exp(against - speaks)))


def _none_seen() -> NoNeedleSeen:
    return NoNeedleSeen("none_seen", "No needle is seen along this line: drag closer along it, or place it by hand.")


def _tip_last(drag: tuple[Point, Point], scale: Scale) -> tuple[Point, Point]:
    down, across = (drag[1].row - drag[0].row) * scale[0], (drag[1].column - drag[0].column) * scale[1]
    steep = abs(math.degrees(math.atan2(down, abs(across)))) > _LEVEL_DEG
    return (drag[1], drag[0]) if down < 0 and steep else drag


def _refused(grey: NDArray[np.uint8], drag: tuple[Point, Point], scale: Scale) -> NoNeedleSeen | None:
    refusal = not_usable(grey, scale, drag)
    if refusal is not None:
        return NoNeedleSeen(refusal.code, refusal.why)
    length_mm = math.hypot((drag[1].row - drag[0].row) * scale[0], (drag[1].column - drag[0].column) * scale[1])
    if not _SHORTEST_MM <= length_mm <= _LONGEST_MM:
        return NoNeedleSeen("no_line", "Drag a line along the whole needle, from where it comes in to its tip.")
    return None
