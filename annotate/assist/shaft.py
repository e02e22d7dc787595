"""A needle's shaft in a straight strip: the line along which most places are brighter than both sides.

Brightness counts only against what lies beside it and against how rough the picture is there, and no place counts
more than a little: so gain, depth and one bright spot do not decide. Pure; it knows no pixels of the picture.
"""
from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from annotate.assist.strip import Field, Floats, Strip

_THIN_MM, _WIDE_MM = 0.18, 0.9  # grain of a shaft, and of what lies beside it
_MOST, _LEAST = 3.0, -1.0  # what one place may count for and against a shaft
_ASKED = 0.75  # what a place must give to speak for a shaft
_ANGLES = np.arange(-14.0, 14.01, 1.0)
_ROUGHNESS_MM = 4.0
_ABOVE_MM = (0.3, 4.0)  # where the shaft lies if the brightest line is one of its echoes
_ECHO_SHARE = 0.7


@dataclass(frozen=True)
class Shaft:
    """A straight shaft: `deeper_mm` off the strip's middle at its start, tangent of its tilt, from-to along (mm)."""

    offset_mm: float
    tilt: float
    from_mm: float
    to_mm: float
    score: float


def brighter_than_beside(strip: Strip) -> Field:
    """How much brighter each place is than its sides, in roughness of the picture around it; shape of the strip."""
    thin, wide = _THIN_MM / strip.step_mm, _WIDE_MM / strip.step_mm
    line = cv2.GaussianBlur(strip.grey, (0, 0), sigmaX=2 * thin, sigmaY=thin)
    beside = cv2.GaussianBlur(strip.grey, (0, 0), sigmaX=2 * thin, sigmaY=wide)
    risen = np.asarray(line - beside, np.float32)
    rough = np.median(np.abs(risen), axis=0) * 1.4826
    spread = cv2.GaussianBlur(rough[None, :].astype(np.float32), (0, 0), _ROUGHNESS_MM / strip.step_mm)[0]
    clear = risen / np.maximum(spread, 0.5)
    return np.asarray(np.where(strip.inside, np.clip(clear, _LEAST, _MOST), _LEAST), np.float32)


def longest_run(gains: Floats) -> tuple[Floats, Floats, Floats]:
    """For each row of gains: the largest sum of neighbours, and its first and last index (Bentley, 1984)."""
    sums = np.cumsum(gains, axis=-1)
    before = np.concatenate([np.zeros_like(sums[..., :1]), sums[..., :-1]], axis=-1)
    lowest = np.minimum.accumulate(before, axis=-1)
    last = np.argmax(sums - lowest, axis=-1)
    best = np.take_along_axis(sums - lowest, last[..., None], -1)[..., 0]
    reached = np.take_along_axis(lowest, last[..., None], -1)
    first = np.argmax(before <= reached, axis=-1)
    return best, first, last


def find_shaft(strip: Strip, length_mm: float, half_mm: float) -> Shaft:
    """The best straight shaft whose middle lies within `half_mm` of the line's middle; its score may be nothing."""
    clear = brighter_than_beside(strip)
    doubt = beyond_the_line(strip.along_mm, length_mm)
    middle_mm = length_mm / 2
    offsets = np.arange(-half_mm, half_mm + 1e-9, strip.step_mm)
    tilts = np.tan(np.radians(_ANGLES))
    deeper = offsets[None, :, None] + tilts[:, None, None] * (strip.along_mm - middle_mm)[None, None, :]
    rows = (deeper - strip.first_deeper_mm) / strip.step_mm
    gains = _sampled(clear, rows) - _ASKED - doubt
    best, first, last = longest_run(gains)
    away = 0.25 * (offsets[None, :] / half_mm) ** 2 + 0.25 * (_ANGLES[:, None] / _ANGLES[-1]) ** 2
    judged = best * (1 - away)
    tilt, offset = _topmost(judged, offsets, float(strip.step_mm))
    along = strip.along_mm
    return Shaft(
        offset_mm=float(offsets[offset] - tilts[tilt] * middle_mm),
        tilt=float(tilts[tilt]),
        from_mm=float(along[int(first[tilt, offset])]),
        to_mm=float(along[int(last[tilt, offset])]),
        score=float(best[tilt, offset] * strip.step_mm),
    )


def beyond_the_line(along_mm: Floats, length_mm: float) -> Floats:
    """What a place further than 3 mm beyond the drawn line is trusted less; the person saw where the needle is."""
    beyond = np.maximum(np.maximum(-along_mm, along_mm - length_mm) - 3.0, 0)
    return np.asarray(np.minimum(0.12 * beyond, 1.5))


def _sampled(picture: Field, rows: Floats) -> Floats:
    """Values at fractional rows, one for each column; below and above the picture counts as the least."""
    height = picture.shape[0]
    low = np.floor(rows).astype(np.int64)
    part = rows - low
    outside = (low < 0) | (low >= height - 1)
    low = np.clip(low, 0, height - 2)
    columns = np.arange(picture.shape[1])
    value = picture[low, columns] * (1 - part) + picture[low + 1, columns] * part
    return np.where(outside, _LEAST, value)


def _topmost(judged: Floats, offsets: Floats, step_mm: float) -> tuple[int, int]:
    """Indices of the best line, or of the shallowest parallel one nearly as good: echoes lie below the shaft."""
    tilt, offset = (int(at) for at in np.unravel_index(int(np.argmax(judged)), judged.shape))
    for _ in range(6):
        near = judged[max(tilt - 1, 0) : tilt + 2]
        profile = near.max(axis=0)
        low, high = (math.ceil(mm / step_mm) for mm in _ABOVE_MM)
        above = [
            at
            for at in range(max(offset - high, 1), max(offset - low + 1, 1))
            if profile[at] >= profile[at - 1]
            and profile[at] > profile[at + 1]
            and profile[at] >= _ECHO_SHARE * judged[tilt, offset]
        ]
        if not above:
            break
        offset = above[-1]
        tilt = max(tilt - 1, 0) + int(np.argmax(near[:, offset]))
    return tilt, offset
