"""A neck with one gland of any shape, in decibels: the phantom's surroundings, our own gland in them.

The outline is an ellipse bent by slow waves; the capsule is bright where it lies level, faint where it stands upright,
and may have gaps. It draws no needle and makes no grey.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dicom_io.phantom.screen import MM_PER_COLUMN, MM_PER_ROW, REGION_COLUMNS, REGION_ROWS, WIDTH_MM
from dicom_io.phantom.speckle import Texture
from dicom_io.phantom.tissue import Section, surroundings_db

Floats = NDArray[np.float64]
Field = NDArray[np.float32]
SHAPE = (REGION_ROWS, REGION_COLUMNS)
_MARGIN = 40


@dataclass(frozen=True)
class GlandLook:
    """Outline as (n, 2) points (x, z) in mm, and how the gland differs from what lies around it (dB)."""

    outline_mm: Floats
    tissue_db: float
    capsule_db: float
    gap: float  # share of the outline without a capsule
    spots_db: float  # depth of the dark areas of a diseased gland


def varied_texture(random: np.random.Generator) -> Texture:
    """Speckle of a size and shape that differs from scanner to scanner."""
    fine, wide = float(random.uniform(0.9, 2.1)), float(random.uniform(1.5, 4.5))
    waves = tuple(_field(random, (fine, wide)) for _ in range(4))
    curves = cv2.GaussianBlur(random.standard_normal((8, REGION_COLUMNS), dtype=np.float32), (0, 0), 70.0, sigmaY=0.01)
    return Texture(
        waves=waves,
        fibres=_field(random, (1.3, float(random.uniform(12, 30)))),
        patches=_field(random, (22.0, 34.0)),
        curves=np.asarray(curves / curves.std(axis=1, keepdims=True), np.float32),
    )


def varied_gland(random: np.random.Generator) -> GlandLook:
    """A gland of any ordinary size, depth, tilt and shape."""
    half = np.array([random.uniform(8.5, 17.0), random.uniform(5.5, 9.5)])
    half[1] = min(half[1], half[0])
    centre = np.array([WIDTH_MM / 2 + random.uniform(-3, 3), random.uniform(13.5, 19.0)])
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    bent = np.ones_like(angle)
    for waves in (2, 3, 4, 5):
        bent += random.uniform(0, 0.16 / waves) * np.cos(waves * angle + random.uniform(0, 2 * np.pi))
    tilt = np.radians(random.uniform(-22, 22))
    along, across = half[0] * np.cos(angle) * bent, half[1] * np.sin(angle) * bent
    x = along * np.cos(tilt) - across * np.sin(tilt)
    z = along * np.sin(tilt) + across * np.cos(tilt)
    return GlandLook(
        outline_mm=centre + np.stack([x, z], axis=1),
        tissue_db=float(random.uniform(-2.0, 5.0)),
        capsule_db=float(random.uniform(2.0, 14.0)),
        gap=float(random.uniform(0.0, 0.4)),
        spots_db=float(random.choice([0.0, 0.0, random.uniform(3, 9)])),
    )


def neck_db(gland: GlandLook, texture: Texture, random: np.random.Generator) -> Field:
    """Decibels of the whole region, shape (REGION_ROWS, REGION_COLUMNS)."""
    section = Section("longitudinal" if random.integers(2) else "transverse", "right" if random.integers(2) else "left")
    around = surroundings_db(section, texture)
    outside_mm = _outside_mm(gland.outline_mm)
    spots = np.maximum(_field(random, (12.0, 14.0)) - 0.6, 0) * gland.spots_db
    tissue = gland.tissue_db + 0.9 * texture.patches + 4.0 * np.maximum(texture.fibres - 1.5, 0) - spots
    echo = around + (tissue - around) * np.clip(0.5 - outside_mm / 0.3, 0, 1)
    level, kept = _capsule_look(outside_mm, gland.gap, random)
    half_mm = float(random.uniform(0.12, 0.3))
    echo += gland.capsule_db * (0.35 + 0.65 * level) * kept * np.exp(-((outside_mm / half_mm) ** 2))
    return np.asarray(echo, np.float32)


def _field(random: np.random.Generator, spread: tuple[float, float]) -> Field:
    """Smooth noise of unit spread; `spread` is its grain down and across in pixels. Coarse grain is drawn small."""
    step = 4 if min(spread) > 8 else 1
    margin = _MARGIN // step
    shape = (REGION_ROWS // step + 2 * margin, REGION_COLUMNS // step + 2 * margin)
    raw = random.standard_normal(shape, dtype=np.float32)
    smooth = cv2.GaussianBlur(raw, (0, 0), sigmaX=spread[1] / step, sigmaY=spread[0] / step)
    sized = smooth[margin:-margin, margin:-margin]
    if step > 1:
        sized = cv2.resize(sized, (REGION_COLUMNS, REGION_ROWS), interpolation=cv2.INTER_CUBIC)
    return np.asarray((sized - sized.mean()) / sized.std(), np.float32)


def _outside_mm(outline_mm: Floats) -> Field:
    """Millimetres outside the outline for every pixel, negative inside."""
    corners = np.rint(outline_mm / (MM_PER_COLUMN, MM_PER_ROW) * 16).astype(np.int32)
    mask = np.zeros(SHAPE, np.uint8)
    cv2.fillPoly(mask, [corners], 1, cv2.LINE_8, 4)
    mm = (MM_PER_COLUMN + MM_PER_ROW) / 2
    out = cv2.distanceTransform(1 - mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    within = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray((out - within) * np.float32(mm), np.float32)


def _capsule_look(outside_mm: Field, gap: float, random: np.random.Generator) -> tuple[Field, Field]:
    """How level the outline runs (0 to 1), and 0 in its gaps."""
    smooth = cv2.blur(outside_mm, (9, 9))
    down, across = cv2.Sobel(smooth, cv2.CV_32F, 0, 1), cv2.Sobel(smooth, cv2.CV_32F, 1, 0)
    level = np.asarray((down / np.maximum(cv2.magnitude(down, across), 1e-6)) ** 2, np.float32)
    noise = _field(random, (50.0, 50.0))
    return level, np.asarray(np.clip((noise - np.quantile(noise, gap)) / 0.3 + 0.5, 0, 1), np.float32)
