"""From one click inside a gland to its proposed outline: the best closed way round the seed.

The picture is laid round the seed (angle by radius, in mm). A place inside looks like the gland around the seed; the
outline is a bright line or a step of brightness. Both together are best along one closed way that bends slowly
(dynamic programming). Then again from the middle of what was found, with what the gland looks like there.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.assist.closed_curve import area_mm2, editable, in_pixels, smoothed
from annotate.assist.proposal import OUTLINE_METHOD, ContourProposal, NoOutlineFound
from annotate.assist.strip import Field, Floats, Scale, softened
from annotate.assist.usable import not_usable
from dicom_io.calibration import Point

_ANGLES = 120
_STEP_MM, _NEAREST_MM, _FURTHEST_MM = 0.2, 2.0, 26.0
_RINGS = int((_FURTHEST_MM - _NEAREST_MM) / _STEP_MM) + 1
_GRAIN_MM = 0.3
_SEED_MM = 2.5
_LIKE = 2.2
_REGION = 0.8
_LINE = 1.6
_BEND = 0.6  # what a change of radius by one step from angle to angle costs
_STEEPEST = 4
_SMALLEST_MM2, _LARGEST_MM2 = 40.0, 1500.0


@dataclass(frozen=True)
class GlandLook:
    """Grey level of the gland: at the first row of mm, its change per mm of depth, and its spread."""

    level: float
    per_mm: float
    spread: float


@dataclass(frozen=True)
class _Around:
    """The picture laid round a place: grey levels (angle, radius), depth in mm, whether it is on the picture."""

    grey: Field
    depth_mm: Floats
    inside: NDArray[np.bool_]


def propose_outline(grey: NDArray[np.uint8], seed: Point, mm_per_px: Scale) -> ContourProposal | NoOutlineFound:
    """The gland's outline around a seed in a grey picture (rows, columns), uint8."""
    refusal = not_usable(grey, mm_per_px, [seed])
    if refusal is not None:
        return NoOutlineFound(refusal.code, refusal.why)
    soft = softened(grey, mm_per_px, _GRAIN_MM)
    middle = np.array([seed.row * mm_per_px[0], seed.column * mm_per_px[1]])
    look = _look_near(soft, middle, mm_per_px)
    for _ in range(3):
        around = _laid_round(soft, middle, mm_per_px)
        radii, strength = _best_way(around, look)
        closed = _places(middle, radii)
        look = _look_within(around, radii)
        middle = _centre(closed)
    sure = _sure_percent(strength, closed)
    if sure < 50:
        return _none_found()
    return ContourProposal(in_pixels(editable(smoothed(closed, 1.0)), mm_per_px), sure, OUTLINE_METHOD)


def _sure_percent(strength: float, closed: Floats) -> int:
    if not _SMALLEST_MM2 <= area_mm2(closed) <= _LARGEST_MM2:
        return 0
    return int(np.clip(strength * 50, 0, 100))


def _none_found() -> NoOutlineFound:
    return NoOutlineFound("none_found", "No clear outline is seen around this place: click along the capsule instead.")


def _radii_mm() -> Floats:
    return np.asarray(_NEAREST_MM + _STEP_MM * np.arange(_RINGS))


def _directions() -> Floats:
    angle = 2 * np.pi * np.arange(_ANGLES) / _ANGLES
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def _places(middle: Floats, radii: NDArray[np.intp]) -> Floats:
    return np.asarray(middle + _directions() * _radii_mm()[radii][:, None])


def _centre(closed: Floats) -> Floats:
    """The centroid of the area inside."""
    following = np.roll(closed, -1, axis=0)
    cross = closed[:, 0] * following[:, 1] - following[:, 0] * closed[:, 1]
    total = cross.sum()
    if abs(total) < 1e-9:
        return np.asarray(closed.mean(axis=0))
    return np.asarray(((closed + following) * cross[:, None]).sum(axis=0) / (3 * total))


def _laid_round(soft: Field, middle: Floats, scale: Scale) -> _Around:
    places = middle + _directions()[:, None, :] * _radii_mm()[None, :, None]
    rows, columns = places[..., 0] / scale[0], places[..., 1] / scale[1]
    inside = (rows >= 0) & (rows <= soft.shape[0] - 1) & (columns >= 0) & (columns <= soft.shape[1] - 1)
    grey = cv2.remap(
        soft, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return _Around(np.asarray(grey, np.float32), places[..., 0], inside)


def _look_near(soft: Field, middle: Floats, scale: Scale) -> GlandLook:
    reach = [int(_SEED_MM / mm) + 1 for mm in scale]
    row, column = (round(float(mm / one)) for mm, one in zip(middle, scale, strict=True))
    part = soft[max(row - reach[0], 0) : row + reach[0] + 1, max(column - reach[1], 0) : column + reach[1] + 1]
    return GlandLook(float(np.median(part)), 0.0, max(_spread(part), 4.0))


def _look_within(around: _Around, radii: NDArray[np.intp]) -> GlandLook:
    """What is inside the way found, less its last millimetre; a straight line over depth."""
    within = (np.arange(_RINGS)[None, :] < radii[:, None] - int(1.0 / _STEP_MM)) & around.inside
    if within.sum() < 200:
        within = np.arange(_RINGS)[None, :].repeat(_ANGLES, axis=0) < 8
    level, depth = around.grey[within].astype(np.float64), around.depth_mm[within]
    middle = float(np.median(depth))
    upper, lower = depth < middle, depth >= middle
    gap = float(np.median(depth[lower]) - np.median(depth[upper])) if upper.any() else 0.0
    per_mm = float(np.median(level[lower]) - np.median(level[upper])) / gap if gap > 1 else 0.0
    rest = level - per_mm * depth
    return GlandLook(float(np.median(rest)), per_mm, max(_spread(rest), 4.0))


def _spread(values: NDArray[np.floating]) -> float:
    return float(np.median(np.abs(values - np.median(values))) * 1.4826)


def _best_way(around: _Around, look: GlandLook) -> tuple[NDArray[np.intp], float]:
    """Radius index for each angle, and the mean strength of the edge along it in roughness of the gland."""
    edge = _edge(around, look)
    gain = edge + _inside_gain(around, look)
    gain[~around.inside] = gain.min()
    radii = _closed_way(gain)
    return radii, float(edge[np.arange(_ANGLES), radii].mean())


def _edge(around: _Around, look: GlandLook) -> Field:
    """A bright line, or a step either way, across the radius; in spreads of the gland, at most 3."""
    rings = 0.8 / _STEP_MM
    along = cv2.GaussianBlur(_wrapped(around.grey), (0, 0), sigmaX=0.01, sigmaY=1.5)[_WRAP:-_WRAP]
    fine = cv2.GaussianBlur(along, (0, 0), sigmaX=0.25 / _STEP_MM, sigmaY=0.01)
    wide = cv2.GaussianBlur(along, (0, 0), sigmaX=rings, sigmaY=0.01)
    line = np.maximum(fine - wide, 0)
    step = np.abs(np.asarray(cv2.Sobel(wide, cv2.CV_32F, 1, 0, ksize=3))) / 8 * rings * 2
    return np.asarray(np.clip((_LINE * line + step) / look.spread, 0, 3), np.float32)


_WRAP = 8


def _wrapped(polar: Field) -> Field:
    return np.concatenate([polar[-_WRAP:], polar, polar[:_WRAP]])


def _inside_gain(around: _Around, look: GlandLook) -> Field:
    """What an outline at each radius gains by all places inside it that look like gland, and loses by the others."""
    off = (around.grey - look.level - look.per_mm * around.depth_mm) / (_LIKE * look.spread)
    like = np.clip(1 - off**2, -1, 1)
    like[~around.inside] = 0
    weight = _radii_mm()[None, :] / 10
    return np.asarray(np.cumsum(like * weight, axis=1) * _STEP_MM * _REGION, np.float32)


def _closed_way(gain: Field) -> NDArray[np.intp]:
    """The way of largest gain through all angles that ends where it began: twice round, the middle is taken."""
    count = gain.shape[0]
    twice = np.concatenate([gain, gain, gain])
    rings = gain.shape[1]
    total = np.asarray(twice[0], np.float64)
    came = np.zeros(twice.shape, np.int8)
    for angle in range(1, len(twice)):
        ways = np.full((2 * _STEEPEST + 1, rings), -np.inf)
        for turn in range(-_STEEPEST, _STEEPEST + 1):
            low, high = max(turn, 0), rings + min(turn, 0)
            ways[turn + _STEEPEST, low:high] = total[low - turn : high - turn] - _BEND * turn**2
        best = np.argmax(ways, axis=0)
        came[angle] = best - _STEEPEST
        total = np.take_along_axis(ways, best[None, :], 0)[0] + twice[angle]
    way = np.zeros(len(twice), np.intp)
    way[-1] = int(np.argmax(total))
    for angle in range(len(twice) - 1, 0, -1):
        way[angle - 1] = way[angle] - came[angle, way[angle]]
    return way[count : 2 * count]
