"""From tissue brightness to the grey picture of the 2D region, and the needle and deposit laid into it.

Grey follows the logarithm of brightness x speckle, as on a scanner; deeper is darker. Positions of needle and
deposit are exact to 1/16 pixel; everything random comes in through the texture.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dicom_io.phantom.screen import MM_PER_COLUMN, MM_PER_ROW, REGION_COLUMNS, REGION_ROWS
from dicom_io.phantom.speckle import Field, Texture

_RANGE_DB = 58.0
_GLAND_GREY = 116.0
_FRACTION_BITS = 4

_DEPTH = (np.arange(REGION_ROWS, dtype=np.float32) * np.float32(MM_PER_ROW))[:, None]
_ACROSS = np.linspace(-1, 1, REGION_COLUMNS, dtype=np.float32)[None, :]
_DIMMING_DB: Field = np.asarray(
    -0.33 * np.maximum(_DEPTH - 12, 0) - 0.012 * np.maximum(_DEPTH - 20, 0) ** 2 - 2.2 * np.abs(_ACROSS) ** 6,
    np.float32,
)


@dataclass(frozen=True)
class DrawnNeedle:
    """The part of the needle that is in the tissue now, in mm of the region: skin entry and present tip."""

    entry: tuple[float, float]
    tip: tuple[float, float]


def grey_picture(echo_db: Field, texture: Texture) -> NDArray[np.uint8]:
    """Grey levels of the region, shape (REGION_ROWS, REGION_COLUMNS)."""
    speckle = cv2.log(np.maximum(texture.envelope(), 0.02)) * np.float32(20 / np.log(10))
    level = cv2.GaussianBlur(echo_db, (0, 0), sigmaX=1.1, sigmaY=0.7) + _DIMMING_DB
    grey = (level + speckle * np.float32(0.68)) * np.float32(255 / _RANGE_DB) + np.float32(_GLAND_GREY)
    return _to_grey(cv2.GaussianBlur(grey, (0, 0), sigmaX=0.9, sigmaY=0.6))


def with_needle(grey: NDArray[np.uint8], needle: DrawnNeedle, texture: Texture) -> NDArray[np.uint8]:
    """The picture with a bright shaft, its fainter repeats below, and the brightest spot at the tip."""
    shaft = np.zeros(grey.shape, np.uint8)
    for repeat, light in enumerate((255, 78, 44, 26)):
        drop = 0.78 * repeat
        _draw_line(shaft, _moved(needle.entry, drop), _moved(needle.tip, drop), light)
    uneven = 0.86 + 0.14 * np.tanh(texture.patches + 0.35 * texture.fibres)
    glow = cv2.GaussianBlur(shaft, (0, 0), 0.8).astype(np.float32) * uneven
    tip = np.zeros(grey.shape, np.uint8)
    cv2.circle(tip, _fixed(needle.tip), int(1.6 * 2**_FRACTION_BITS), 255, -1, cv2.LINE_AA, _FRACTION_BITS)
    glow = cv2.max(glow, cv2.GaussianBlur(tip, (0, 0), 0.7).astype(np.float32))
    base = grey.astype(np.float32)
    return _to_grey(base + (255 - base) * glow * np.float32(1 / 285))


def with_deposit(
    echo_db: Field, centre: tuple[float, float], radius_mm: float, texture: Texture
) -> Field:
    """Tissue brightness with an echogenic pool of the given radius around a point (mm), uneven at its rim."""
    if radius_mm <= 0:
        return echo_db
    x = np.arange(REGION_COLUMNS, dtype=np.float32)[None, :] * np.float32(MM_PER_COLUMN) - centre[0]
    z = _DEPTH - centre[1]
    reach = np.sqrt((x / 1.5) ** 2 + z**2) - radius_mm * (1 + 0.13 * np.tanh(texture.patches))
    pool = np.clip(0.5 - reach / 0.7, 0, 1)
    return np.asarray(echo_db + (13.0 - echo_db) * pool * np.float32(0.9), np.float32)


def _moved(point: tuple[float, float], down_mm: float) -> tuple[float, float]:
    return point[0], point[1] + down_mm


def _fixed(point: tuple[float, float]) -> tuple[int, int]:
    """(x, z) in mm as (column, row) in sixteenths of a pixel: the fixed point form of cv2."""
    scale = 2**_FRACTION_BITS
    return round(point[0] / MM_PER_COLUMN * scale), round(point[1] / MM_PER_ROW * scale)


def _draw_line(
    image: NDArray[np.uint8], start: tuple[float, float], end: tuple[float, float], light: int
) -> None:
    single = np.zeros_like(image)
    cv2.line(single, _fixed(start), _fixed(end), light, 2, cv2.LINE_AA, _FRACTION_BITS)
    np.maximum(image, single, out=image)


def _to_grey(levels: Field) -> NDArray[np.uint8]:
    return np.clip(levels, 0, 255).astype(np.uint8)
