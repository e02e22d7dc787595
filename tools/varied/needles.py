"""Needles, their echoes, and lines that only look like a needle, laid into a picture of decibels.

A needle may be slightly bent, interrupted, faint, bright at its tip or faded towards it, with parallel echoes below.
Positions are in mm of the region (x to the right, z down from the probe face).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dicom_io.phantom.screen import DEPTH_MM, MM_PER_COLUMN, MM_PER_ROW, REGION_COLUMNS, REGION_ROWS, WIDTH_MM

Field = NDArray[np.float32]
Place = tuple[float, float]


@dataclass(frozen=True)
class NeedleLook:
    """Visible entry and tip (x, z) in mm; `bend_mm` is the sagitta; `shine_db` above the tissue."""

    entry: Place
    tip: Place
    bend_mm: float
    thick_mm: float
    shine_db: float
    gaps: float  # depth of the interruptions, 0 to 1
    fade_mm: float  # the last mm before the tip over which it fades
    tip_db: float  # a brighter spot at the tip; 0 for none
    echoes: tuple[tuple[float, float], ...]  # (mm below the shaft, dB weaker)


def varied_needle(random: np.random.Generator) -> NeedleLook:
    """In from either side at 12 to 70 degrees, tip 7 to 28 mm deep, seen from the skin or from deeper on."""
    angle = np.radians(random.uniform(12, 70))
    tip = np.array([WIDTH_MM / 2 + random.uniform(-8, 8), random.uniform(8, 26)])
    leftwards = 1 if random.integers(2) else -1
    direction = np.array([-leftwards * np.cos(angle), -np.sin(angle)])
    to_skin, to_side = tip[1] / np.sin(angle), _to_side(tip[0], leftwards) / np.cos(angle)
    whole_mm = min(to_skin, to_side)
    seen_mm = max(whole_mm * random.uniform(0.65, 1.0), min(whole_mm, 9.0))
    entry = tip + direction * seen_mm
    spacing = random.uniform(0.35, 1.3)
    loss = random.uniform(4, 10)
    return NeedleLook(
        entry=(float(entry[0]), float(entry[1])),
        tip=(float(tip[0]), float(tip[1])),
        bend_mm=float(random.choice([0.0, random.uniform(-0.9, 0.9)]) * seen_mm / 30),
        thick_mm=float(random.uniform(0.2, 0.5)),
        shine_db=float(random.uniform(9, 26)),
        gaps=float(random.choice([0.0, random.uniform(0.2, 0.9)])),
        fade_mm=float(random.choice([0.0, random.uniform(1, 6)])),
        tip_db=float(random.choice([0.0, random.uniform(2, 8)])),
        echoes=tuple((spacing * n, loss * n) for n in range(1, 1 + int(random.integers(0, 6)))),
    )


def points_of(entry: Place, tip: Place, bend_mm: float) -> NDArray[np.float64]:
    """The shaft as 121 points (x, z) from entry to tip, bent to one side as a parabola."""
    part = np.linspace(0, 1, 121)[:, None]
    start, end = np.array(entry), np.array(tip)
    along = (end - start) / np.linalg.norm(end - start)
    sideways = np.array([-along[1], along[0]])
    return np.asarray(start + (end - start) * part + sideways * bend_mm * 4 * part * (1 - part))


def with_needle(echo_db: Field, needle: NeedleLook, random: np.random.Generator) -> Field:
    """The picture with the needle and its echoes added; dB of a place never falls."""
    points = points_of(needle.entry, needle.tip, needle.bend_mm)
    length_mm = float(np.hypot(*(points[-1] - points[0])))
    light = _light_along(needle, length_mm, random)
    result = echo_db
    for below_mm, weaker_db in ((0.0, 0.0), *needle.echoes):
        shine = needle.shine_db - weaker_db
        if shine > 0:
            result = _lit(result, points + np.array([0.0, below_mm]), light * shine, needle.thick_mm)
    if needle.tip_db:
        end = np.repeat(points[-1:], 2, axis=0) + np.array([[-0.15, 0.0], [0.15, 0.0]])
        result = _lit(result, end, np.full(2, 10.0 + needle.tip_db), needle.thick_mm * 1.4)
    return result


def with_clutter(echo_db: Field, lines: int, random: np.random.Generator) -> Field:
    """The picture with bright lines of fascia and septa: mostly level, some steep, bent, 3 to 22 mm long."""
    for _ in range(lines):
        middle = np.array([random.uniform(2, WIDTH_MM - 2), random.uniform(3, DEPTH_MM - 5)])
        steep = random.normal(0, 12) if random.random() < 0.7 else random.uniform(-75, 75)
        half = random.uniform(1.5, 11) * np.array([np.cos(np.radians(steep)), np.sin(np.radians(steep))])
        points = points_of(tuple(middle - half), tuple(middle + half), float(random.normal(0, 0.8)))
        light = np.clip(np.sin(np.linspace(0, np.pi, len(points))) * 1.6, 0, 1) * random.uniform(5, 18)
        echo_db = _lit(echo_db, points, light, float(random.uniform(0.15, 0.4)))
    return echo_db


def _to_side(x_mm: float, leftwards: int) -> float:
    return max(x_mm - 0.5, 1.0) if leftwards == 1 else max(WIDTH_MM - 0.5 - x_mm, 1.0)


def _light_along(needle: NeedleLook, length_mm: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Share of the shaft's shine at each of its points."""
    along_mm = np.linspace(0, length_mm, 121)
    noise = cv2.GaussianBlur(random.standard_normal((1, 121)), (0, 0), 6.0)[0]
    noise = noise / noise.std()
    light = 1 - needle.gaps * np.clip(noise - 0.3, 0, 1)
    if needle.fade_mm:
        light = light * np.clip((length_mm - along_mm) / needle.fade_mm, 0.15, 1)
    return np.asarray(light)


def _lit(echo_db: Field, points: NDArray[np.float64], light_db: NDArray[np.float64], thick_mm: float) -> Field:
    """A line whose dB follow `light_db` along its points, soft across; the brighter of line and tissue stays."""
    glow = np.zeros((REGION_ROWS, REGION_COLUMNS), np.float32)
    fixed = np.rint(points / (MM_PER_COLUMN, MM_PER_ROW) * 16).astype(np.int32)
    thickness = max(1, round(thick_mm / MM_PER_ROW))
    level = np.zeros_like(glow)
    for start, end, light in zip(fixed[:-1], fixed[1:], light_db[:-1], strict=True):
        cv2.line(level, tuple(map(int, start)), tuple(map(int, end)), float(light), thickness, cv2.LINE_8, 4)
    glow = cv2.GaussianBlur(level, (0, 0), sigmaX=1.4, sigmaY=0.9)
    return np.asarray(echo_db + np.maximum(glow, 0), np.float32)
