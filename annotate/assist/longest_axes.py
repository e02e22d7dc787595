"""Two calipers proposed from a contour: the longest line across it and the widest one at a right angle, true in mm.

The second need not cross the first in its middle; both end on the contour. Deliberately no lengths: a person takes
the lines over as calipers, and those are measured (geometry.py).
"""
from __future__ import annotations

import numpy as np

from annotate.assist.closed_curve import in_mm, in_pixels
from annotate.assist.proposal import AxesProposal
from annotate.assist.strip import Floats, Scale
from dicom_io.calibration import Point

_LEAST_MM = 0.01


def propose_axes(contour: tuple[Point, ...], mm_per_px: Scale) -> AxesProposal | None:
    """The axes of a closed contour in pixels; None where it has no length or no width."""
    closed = in_mm(contour, mm_per_px)
    if len(closed) < 3 or not np.isfinite(closed).all():
        return None
    apart = np.hypot(*(closed[:, None, :] - closed[None, :, :]).transpose(2, 0, 1))
    first, second = np.unravel_index(int(np.argmax(apart)), apart.shape)
    length_mm = float(apart[first, second])
    if length_mm < _LEAST_MM:
        return None
    longest = np.stack([closed[first], closed[second]])
    widest = _widest_across(closed, (longest[1] - longest[0]) / length_mm)
    if float(np.hypot(*(widest[1] - widest[0]))) < _LEAST_MM:
        return None
    (a, b), (c, d) = in_pixels(longest, mm_per_px), in_pixels(widest, mm_per_px)
    return AxesProposal((a, b), (c, d))


def _widest_across(closed: Floats, direction: Floats) -> Floats:
    """The ends of the longest chord across `direction`: it begins at a corner, as its length is linear between them."""
    along = closed @ direction
    across = closed @ np.array([-direction[1], direction[0]])
    next_along, next_across = np.roll(along, -1), np.roll(across, -1)
    low, high = np.minimum(along, next_along), np.maximum(along, next_along)
    crossed = (low[None, :] <= along[:, None]) & (along[:, None] <= high[None, :]) & (high > low)[None, :]
    run = np.where(high > low, next_along - along, 1.0)
    part = (along[:, None] - along[None, :]) / run[None, :]
    place = across[None, :] + part * (next_across - across)[None, :]
    least = np.where(crossed, place, np.inf).min(axis=1)
    most = np.where(crossed, place, -np.inf).max(axis=1)
    best = int(np.argmax(most - least))
    side = np.array([-direction[1], direction[0]])
    return np.stack([along[best] * direction + end * side for end in (least[best], most[best])])
