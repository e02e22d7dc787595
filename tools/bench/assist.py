"""Help from the picture against known truth: varied test pictures of seeds that nothing was tuned on.

Tuned on seeds 0 to 119 (`TUNED`), measured on others. Lines are dragged and clicks placed by a simulated hand that is
off (tools/varied/hands.py). The neck stills, where they are at hand, have masks but no scale: 0.08 mm per pixel is
assumed, and what is outlined there is no gland.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.assist import ContourProposal, LiveWire, NeedleProposal, NoNeedleSeen, propose_needle, propose_outline
from annotate.assist.closed_curve import in_mm, in_pixels, rounded_side, smoothed
from annotate.assist.strip import Scale
from dicom_io.calibration import Point
from tools.bench.measuring import Figure
from tools.varied.hands import click_inside, clicks_on, drag_along, drag_anywhere
from tools.varied.pictures import NeedleShown, VariedPicture, with_one_needle, without_needle

TUNED = range(120)
SEEDS = range(2000, 2100)
CLICKS = 8
MOST_MS = 50.0
_NECK_MM = 0.08
_SMALLEST_NECK_PX = 6000
_REAL = Path(os.environ.get("INJECTION_LOG_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NeedleErrors:
    """One proposal against the truth: degrees between the lines, mm between the tips, how sure it was."""

    angle_deg: float
    tip_mm: float
    sure_percent: int


def figures(work: Path) -> list[Figure]:
    """All figures of this group; two minutes on an idle machine."""
    del work
    bare = [without_needle(seed) for seed in SEEDS]
    return _needles(bare) + _outlines(bare) + _neck()


def needle_errors(picture: VariedPicture, proposal: NeedleProposal) -> NeedleErrors:
    """How far a proposal is off on a picture with a needle."""
    truth = picture.needle
    if truth is None:
        raise ValueError("a picture without a needle has no truth to compare with")
    scale = np.array(picture.mm_per_px)
    said, true = (_way(one.entry, one.tip, scale) for one in (proposal, truth))
    cosine = abs(float(said @ true)) / max(float(np.linalg.norm(said) * np.linalg.norm(true)), 1e-9)
    off = float(np.linalg.norm(_way(truth.tip, proposal.tip, scale)))
    return NeedleErrors(math.degrees(math.acos(min(1.0, cosine))), off, proposal.sure_percent)


def dice(points: tuple[Point, ...], truth: NDArray[np.bool_]) -> float:
    """Twice the common area over both areas; 1 is the same."""
    filled = np.zeros(truth.shape, np.uint8)
    corners = np.rint(np.array([(point.column, point.row) for point in points]) * 16).astype(np.int32)
    cv2.fillPoly(filled, [corners], 1, cv2.LINE_8, 4)
    return float(2 * (truth & (filled > 0)).sum() / max(int(truth.sum() + filled.sum()), 1))


def outline_mask(picture: VariedPicture) -> NDArray[np.bool_]:
    """The inside of the true outline."""
    filled = np.zeros(picture.grey.shape, np.uint8)
    cv2.fillPoly(filled, [np.rint(picture.outline[:, ::-1] * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    return filled > 0


def rounded_through(clicks: list[Point], scale: Scale) -> tuple[Point, ...]:
    """The rounded outline through the clicks that looks at no picture: what the live-wire must be better than."""
    corners = in_mm(clicks, scale)
    sides = [rounded_side(corners, number)[:-1] for number in range(len(corners))]
    return in_pixels(smoothed(np.vstack(sides), 0.8), scale)


def _without(rounded: list[float], polygons: list[float]) -> str:
    return f"the bare clicks: {np.median(polygons):.3f}; rounded, without looking: {np.median(rounded):.3f}"


def _way(start: Point, end: Point, scale: Floats) -> Floats:
    return np.asarray(np.array([end.row - start.row, end.column - start.column]) * scale)


def _needles(bare: list[VariedPicture]) -> list[Figure]:
    found: list[NeedleErrors] = []
    took: list[float] = []
    for seed in SEEDS:
        picture = with_one_needle(seed)
        shown = picture.needle
        assert isinstance(shown, NeedleShown)
        drag = drag_along(picture, shown, np.random.default_rng(seed))
        began = perf_counter()
        proposal = propose_needle(picture.grey, drag, picture.mm_per_px)
        took.append((perf_counter() - began) * 1000)
        if isinstance(proposal, NeedleProposal):
            found.append(needle_errors(picture, proposal))
    false = [
        propose_needle(picture.grey, drag_anywhere(picture, np.random.default_rng(seed)), picture.mm_per_px)
        for seed, picture in zip(SEEDS, bare, strict=True)
    ]
    said = sum(not isinstance(one, NoNeedleSeen) for one in false)
    gross = sum(one.angle_deg > 5 or one.tip_mm > 5 for one in found)
    missed = len(SEEDS) - len(found)
    return [
        _errors("Needle: angle", [one.angle_deg for one in found], "°", 1.0),
        _errors("Needle: tip", [one.tip_mm for one in found], " mm", 1.0),
        Figure("Needle: off by more than 5° or 5 mm", f"{gross} of {len(found)}", "proposals made"),
        Figure("Needle: missed", f"{missed} of {len(SEEDS)}", "pictures with a needle"),
        Figure("Needle: proposed where none is", f"{said} of {len(SEEDS)}", "pictures with lines, no needle"),
        _surest(found),
        _milliseconds("Needle: one proposal", took, asked=False),
    ]


def _surest(found: list[NeedleErrors]) -> Figure:
    """Whether being sure means being right: the tip error of the surer half and of the other."""
    order = sorted(found, key=lambda one: -one.sure_percent)
    half = len(order) // 2
    surer, other = (float(np.median([one.tip_mm for one in part])) for part in (order[:half], order[half:]))
    return Figure("Needle: tip, the surer half", f"{surer:.2f} mm", f"the other half: {other:.2f} mm")


def _outlines(bare: list[VariedPicture]) -> list[Figure]:
    wired, rounded, polygons, seeded = [], [], [], []
    clicking, moving, seeding = [], [], []
    for seed, picture in zip(SEEDS, bare, strict=True):
        random, truth = np.random.default_rng(seed), outline_mask(picture)
        clicks = clicks_on(picture, CLICKS, random)
        wire = LiveWire(picture.grey, picture.mm_per_px)
        clicking.append(_timed(partial(wire.begin, clicks[0])))
        moving.append(_timed(partial(wire.way_to, clicks[1])))
        outline = wire.closed_outline(clicks)
        if isinstance(outline, ContourProposal):
            wired.append(dice(outline.points, truth))
        rounded.append(dice(rounded_through(clicks, picture.mm_per_px), truth))
        polygons.append(dice(tuple(clicks), truth))
        began = perf_counter()
        alone = propose_outline(picture.grey, click_inside(picture, random), picture.mm_per_px)
        seeding.append((perf_counter() - began) * 1000)
        if isinstance(alone, ContourProposal):
            seeded.append(dice(alone.points, truth))
    return [
        _dices(f"Outline: live-wire, {CLICKS} clicks", wired, _without(rounded, polygons), 0.95),
        _dices("Outline: one seed", seeded, f"proposed on {len(seeded)} of {len(SEEDS)}"),
        _milliseconds("Outline: a click", clicking),
        _milliseconds("Outline: a move of the mouse", moving),
        _milliseconds("Outline: from a seed", seeding, asked=False),
    ]


def _neck() -> list[Figure]:
    """Every large structure of the stills with a mask: eight clicks on its edge, and one seed in its middle."""
    scale = (_NECK_MM, _NECK_MM)
    wired, rounded, polygons, seeded, count = [], [], [], [], 0
    for path in sorted((_REAL / "neck").glob("*_mask.png")):
        grey = cv2.imread(str(path.with_name(path.name.replace("_mask", ""))), cv2.IMREAD_GRAYSCALE)
        mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        for outline, truth in _structures(np.asarray(mask, np.uint8)):
            picture = VariedPicture(np.asarray(grey, np.uint8), scale, outline, None)
            random = np.random.default_rng(count)
            count += 1
            clicks = clicks_on(picture, CLICKS, random)
            drawn = LiveWire(picture.grey, scale).closed_outline(clicks)
            rounded.append(dice(rounded_through(clicks, scale), truth))
            polygons.append(dice(tuple(clicks), truth))
            alone = propose_outline(picture.grey, click_inside(picture, random), scale)
            wired += [dice(drawn.points, truth)] if isinstance(drawn, ContourProposal) else []
            seeded += [dice(alone.points, truth)] if isinstance(alone, ContourProposal) else []
    if not wired:
        return []
    assumed = f"{count} outlined structures, no glands; {_NECK_MM} mm per pixel assumed"
    found = [_dices(f"Neck stills: live-wire, {CLICKS} clicks", wired, _without(rounded, polygons), note=assumed)]
    if seeded:
        found.append(_dices("Neck stills: one seed", seeded, f"proposed on {len(seeded)} of {count}", note=assumed))
    return found


def _structures(mask: NDArray[np.uint8]) -> list[tuple[Floats, NDArray[np.bool_]]]:
    """Outline (row, column) and inside of each large structure of a mask."""
    found = []
    for label in np.unique(mask[mask > 0]):
        outlines, _ = cv2.findContours((mask == label).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for outline in outlines:
            inside = np.zeros(mask.shape, np.uint8)
            cv2.fillPoly(inside, [outline], 1)
            if inside.sum() >= _SMALLEST_NECK_PX:
                found.append((outline[:, 0, ::-1].astype(np.float64), inside > 0))
    return found


def _timed(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return (perf_counter() - began) * 1000


def _errors(name: str, values: list[float], unit: str, bound: float) -> Figure:
    median, tenth = float(np.median(values)), float(np.quantile(values, 0.9))
    value = f"median {median:.2f}{unit}, 90th percentile {tenth:.2f}{unit}"
    return Figure(name, value, f"the truth, {len(values)} proposals", f"median <= {bound:g}{unit}", median <= bound)


def _dices(name: str, values: list[float], anchor: str, bound: float | None = None, note: str = "") -> Figure:
    median, tenth = float(np.median(values)), float(np.quantile(values, 0.1))
    value = f"Dice median {median:.3f}, 10th percentile {tenth:.3f}"
    if bound is None:
        return Figure(name, value, anchor, note=note)
    return Figure(name, value, anchor, f"median >= {bound:g}", median >= bound, note)


def _milliseconds(name: str, took: list[float], *, asked: bool = True) -> Figure:
    median, tenth = float(np.median(took)), float(np.quantile(took, 0.9))
    value = f"median {median:.1f} ms, 90th percentile {tenth:.1f} ms"
    if not asked:
        return Figure(name, value, "this machine, others at work on it")
    return Figure(name, value, "this machine", f"median < {MOST_MS:g} ms", median < MOST_MS)
