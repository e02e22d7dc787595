"""A found shaft made exact: its slight bend, where it becomes visible and where it ends.

Each place along it is compared with the same way moved to its sides, so that tissue which is bright anyway does not
count as needle. A shaft that fades ends where it can no longer be told from its sides: earlier than the true tip.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from annotate.assist.shaft import Shaft, beyond_the_line, longest_run
from annotate.assist.strip import Field, Floats, Strip

_SHIFTS_MM = np.concatenate([np.arange(-4.0, -0.75, 0.25), np.arange(0.8, 4.01, 0.25)])
_SMOOTH_MM = 0.25
_MOST, _LEAST = 2.5, -1.2
_ASKED = 0.9
_BRIGHTEST = 0.997  # the share of the strip above which brighter counts no more: one spot must not draw the curve
_OWN_SHARE = 0.4
_CLEAREST = 4.0
_LAST_MM = 3.0
_KEPT = 0.7


@dataclass(frozen=True)
class Curve:
    """Millimetres deeper than the strip's middle: `offset + slope * part + bend * 4 part (1 - part)`,

    with `part` the share of the way from `from_mm` to `to_mm`.
    """

    offset_mm: float
    slope_mm: float
    bend_mm: float
    from_mm: float
    to_mm: float

    def deeper_mm(self, along_mm: Floats) -> Floats:
        """The curve's place at each way along the line; straight on beyond its ends."""
        part = (along_mm - self.from_mm) / (self.to_mm - self.from_mm)
        held = np.clip(part, 0, 1)
        straight = self.offset_mm + self.slope_mm * held + self.bend_mm * 4 * held * (1 - held)
        end_slope = np.where(part > 1, self.slope_mm - 4 * self.bend_mm, self.slope_mm + 4 * self.bend_mm)
        return np.asarray(straight + (part - held) * end_slope)


@dataclass(frozen=True)
class SeenShaft:
    """What is seen of a shaft: from-to along the line in mm, mean clearness there, share of it that is clear."""

    from_mm: float
    to_mm: float
    clearness: float
    share: float


def fitted(strip: Strip, shaft: Shaft) -> Curve:
    """The slightly bent curve that follows the bright line best, from a straight start; coarse, then fine."""
    curve = Curve(
        offset_mm=shaft.offset_mm + shaft.tilt * shaft.from_mm,
        slope_mm=shaft.tilt * (shaft.to_mm - shaft.from_mm),
        bend_mm=0.0,
        from_mm=shaft.from_mm,
        to_mm=shaft.to_mm,
    )
    for reach in (0.5, 0.2, 0.08):
        curve = _best_near(_sharp(strip), strip, curve, reach)
    return curve


def refitted(strip: Strip, curve: Curve, seen: SeenShaft) -> Curve:
    """The curve fitted again to all that was seen: a bent shaft is longer than the straight one it was begun with."""
    if seen.to_mm - seen.from_mm < 1:
        return curve
    start, middle, end = curve.deeper_mm(np.array([seen.from_mm, (seen.from_mm + seen.to_mm) / 2, seen.to_mm]))
    bend = float(middle - (start + end) / 2)
    again = Curve(float(start), float(end - start), bend, seen.from_mm, seen.to_mm)
    for reach in (0.3, 0.1):
        again = _best_near(_sharp(strip), strip, again, reach)
    return again


def seen_part(strip: Strip, curve: Curve, length_mm: float) -> SeenShaft:
    """Where the shaft along the curve is seen; twice, the second time against its own clearness."""
    along = strip.along_mm
    clear = _clearness(strip, curve)
    doubt = beyond_the_line(along, length_mm)
    asked = _ASKED
    for _ in range(2):
        gains = np.clip(clear - asked, _LEAST, _MOST - _ASKED) - doubt
        _, first, last = longest_run(gains[None, :])
        run = clear[int(first[0]) : int(last[0]) + 1]
        asked = max(_ASKED, _OWN_SHARE * float(np.median(run)))
    start, end = int(first[0]), int(last[0])
    tail = clear[max(start, end - int(_LAST_MM / strip.step_mm)) : end + 1]
    bright = np.flatnonzero(tail >= _KEPT * np.median(tail))
    to = end + 1 - len(tail) + int(bright[-1]) if len(bright) else end
    return SeenShaft(float(along[start]), float(along[to]), float(run.mean()), float((run > _ASKED).mean()))


def _clearness(strip: Strip, curve: Curve) -> Floats:
    """How much brighter the curve is than the same way moved to its sides, in roughness of those; along the strip."""
    middle = curve.deeper_mm(strip.along_mm)
    here = _along(strip.grey, strip, np.stack([middle - 0.12, middle, middle + 0.12])).mean(axis=0)
    beside = _along(strip.grey, strip, middle[None, :] + _SHIFTS_MM[:, None])
    usual = np.median(beside, axis=0)
    rough = np.median(np.abs(beside - usual), axis=0) * 1.4826
    grain = _SMOOTH_MM / strip.step_mm
    rough = cv2.GaussianBlur(rough[None, :].astype(np.float32), (0, 0), 12 * grain)[0]
    clear = np.clip((here - usual) / np.maximum(rough, 1.0), -2.0, _CLEAREST)
    clear = cv2.GaussianBlur(clear[None, :].astype(np.float32), (0, 0), grain)[0]
    places = np.clip(np.rint((middle - strip.first_deeper_mm) / strip.step_mm).astype(int), 0, strip.grey.shape[0] - 1)
    return np.where(strip.inside[places, np.arange(len(middle))], clear, _LEAST)


def _sharp(strip: Strip) -> Field:
    """The strip without what is wider than a shaft."""
    thin = 0.15 / strip.step_mm
    fine, wide = (cv2.GaussianBlur(strip.grey, (0, 0), sigmaX=thin, sigmaY=across) for across in (thin, 12))
    return np.asarray(fine - wide, np.float32)


def _best_near(sharp: Field, strip: Strip, curve: Curve, reach_mm: float) -> Curve:
    steps = np.linspace(-reach_mm, reach_mm, 7)
    along = np.arange(curve.from_mm, curve.to_mm, 2 * strip.step_mm)
    part = (along - curve.from_mm) / (curve.to_mm - curve.from_mm)
    start, end, bend = (grid.reshape(-1, 1) for grid in np.meshgrid(steps, steps, steps, indexing="ij"))
    base = curve.deeper_mm(along)[None, :]
    ways = base + start * (1 - part) + end * part + bend * 4 * part * (1 - part)
    columns = np.broadcast_to((along - strip.first_along_mm) / strip.step_mm, ways.shape)
    rows = (ways - strip.first_deeper_mm) / strip.step_mm
    values = cv2.remap(sharp, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR)
    limit = np.quantile(sharp, _BRIGHTEST)
    bent = np.abs(curve.bend_mm + bend[:, 0])
    fit = np.minimum(values, limit).mean(axis=1) * (1 - 0.1 * bent)
    best = int(np.argmax(fit))
    first, last = float(start[best, 0]), float(end[best, 0])
    return Curve(
        offset_mm=curve.offset_mm + first,
        slope_mm=curve.slope_mm + last - first,
        bend_mm=curve.bend_mm + float(bend[best, 0]),
        from_mm=curve.from_mm,
        to_mm=curve.to_mm,
    )


def _along(picture: Field, strip: Strip, deeper_mm: Floats) -> Field:
    """Values along several ways through the strip, one a row."""
    columns = np.broadcast_to(np.arange(picture.shape[1], dtype=np.float32), deeper_mm.shape)
    rows = ((deeper_mm - strip.first_deeper_mm) / strip.step_mm).astype(np.float32)
    return np.asarray(cv2.remap(picture, np.ascontiguousarray(columns), rows, cv2.INTER_LINEAR), np.float32)
