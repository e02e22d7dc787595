"""From decibels to the grey picture as one scanner or another shows it: range, gain, depth, shadow, size, JPEG."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dicom_io.phantom.screen import MM_PER_COLUMN, MM_PER_ROW, REGION_COLUMNS, REGION_ROWS
from dicom_io.phantom.speckle import Texture

Field = NDArray[np.float32]


@dataclass(frozen=True)
class Scanner:
    """The settings of one picture. `size` scales rows and columns of pixels, apart."""

    range_db: float
    gain: float
    dimming_db_per_mm: float
    speckle: float
    size: tuple[float, float]
    jpeg_quality: int

    @property
    def mm_per_px(self) -> tuple[float, float]:
        """Millimetres per pixel down and across in the finished picture."""
        rows, columns = round(REGION_ROWS * self.size[0]), round(REGION_COLUMNS * self.size[1])
        return MM_PER_ROW * REGION_ROWS / rows, MM_PER_COLUMN * REGION_COLUMNS / columns


def varied_scanner(random: np.random.Generator) -> Scanner:
    """Any setting that a person would still scan with."""
    size = random.uniform(0.5, 1.3)
    return Scanner(
        range_db=float(random.uniform(45, 75)),
        gain=float(random.uniform(60, 150)),
        dimming_db_per_mm=float(random.uniform(0.0, 0.5)),
        speckle=float(random.uniform(0.4, 1.0)),
        size=(float(size * random.uniform(0.85, 1.15)), float(size)),
        jpeg_quality=int(random.integers(70, 96)),
    )


def grey_of(echo_db: Field, texture: Texture, scanner: Scanner) -> NDArray[np.uint8]:
    """The picture, uint8 (rows, columns)."""
    speckle = cv2.log(np.maximum(texture.envelope(), 0.02)) * np.float32(20 / np.log(10))
    depth_mm = (np.arange(REGION_ROWS, dtype=np.float32) * np.float32(MM_PER_ROW))[:, None]
    level = cv2.GaussianBlur(echo_db, (0, 0), sigmaX=1.3, sigmaY=0.8)
    level = level + speckle * scanner.speckle - scanner.dimming_db_per_mm * np.maximum(depth_mm - 10, 0)
    grey = np.clip(level * (255 / scanner.range_db) + scanner.gain, 0, 255).astype(np.float32)
    rows, columns = round(REGION_ROWS * scanner.size[0]), round(REGION_COLUMNS * scanner.size[1])
    smaller = cv2.INTER_AREA if rows < REGION_ROWS else cv2.INTER_LINEAR
    sized = np.rint(cv2.resize(grey, (columns, rows), interpolation=smaller)).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", sized, [cv2.IMWRITE_JPEG_QUALITY, scanner.jpeg_quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def with_shadow(echo_db: Field, random: np.random.Generator) -> Field:
    """The picture with a dark stripe below some depth, as bone or a calcification casts one; soft at its edges."""
    middle, half = random.uniform(4, 40), random.uniform(1.0, 4.0)
    x = np.arange(REGION_COLUMNS, dtype=np.float32)[None, :] * np.float32(MM_PER_COLUMN)
    z = np.arange(REGION_ROWS, dtype=np.float32)[:, None] * np.float32(MM_PER_ROW)
    across = 1 / (1 + np.exp(np.clip((np.abs(x - middle) - half) / 0.3, -30, 30)))
    below = 1 / (1 + np.exp(np.clip((random.uniform(4, 16) - z) / 0.5, -30, 30)))
    return np.asarray(echo_db - random.uniform(6, 22) * across * below, np.float32)
