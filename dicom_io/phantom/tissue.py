"""How bright each tissue of the phantom neck is, in decibels against gland tissue, before speckle.

Layers from the probe face down: skin, fat with septa, platysma, connective tissue; the gland with its
capsule; muscle below it, a vessel, the mandible at the outer edge with its shadow. A drawing by eye, not a
model of sound.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from dicom_io.phantom.anatomy import Ellipse, Side
from dicom_io.phantom.screen import MM_PER_COLUMN, MM_PER_ROW, REGION_COLUMNS, REGION_ROWS, WIDTH_MM
from dicom_io.phantom.speckle import Field, Texture

View = Literal["transverse", "longitudinal"]

_X = (np.arange(REGION_COLUMNS, dtype=np.float32) * np.float32(MM_PER_COLUMN))[None, :]
_Z = (np.arange(REGION_ROWS, dtype=np.float32) * np.float32(MM_PER_ROW))[:, None]

_CAPSULE_MM = 0.17
_GLAND_DB = 0.0
_FAT_DB = -8.0
_MUSCLE_DB = -11.0
_LOOSE_DB = -6.5


@dataclass(frozen=True)
class Section:
    """From which side and how the neck is seen."""

    view: View
    side: Side


def echo_db(section: Section, gland: Ellipse | None, texture: Texture) -> Field:
    """Decibels against gland tissue for every pixel of the region, shape (REGION_ROWS, REGION_COLUMNS)."""
    return with_gland(surroundings_db(section, texture), gland, texture)


def surroundings_db(section: Section, texture: Texture) -> Field:
    """Everything but the gland, in the same form."""
    return _with_mandible(_with_vessel(_layers(section, texture), section), section, texture)


def with_gland(picture: Field, gland: Ellipse | None, texture: Texture) -> Field:
    """A copy of the surroundings with the gland in it; the surroundings themselves where it is not cut."""
    if gland is None:
        return picture
    here = _window_around(gland)
    distance, upright = _distance_to(gland, here)
    patches, fibres = texture.patches[here], texture.fibres[here]
    tissue = _GLAND_DB + 0.9 * patches + 4.0 * np.maximum(fibres - 1.5, 0)
    part = picture[here] + (tissue - picture[here]) * _edge(-distance, 0.12)
    shine = (3.5 + 11.0 * upright * upright) * (0.8 + 0.2 * np.tanh(patches * 1.2))
    part += (shine - part) * _line(distance, _CAPSULE_MM) * np.float32(0.9)
    below = np.clip(1 - distance / 5.0, 0, 1) * _edge(distance, 0.3) * _edge(_Z[here[0]] - gland.z_mm, 2.0)
    part += 2.0 * below
    result = picture.copy()
    result[here] = part
    return result


def _window_around(gland: Ellipse) -> tuple[slice, slice]:
    """Rows and columns that the gland and its surroundings of some mm can touch."""
    reach = gland.long_half_mm + 2.0
    down = max(gland.short_half_mm, gland.long_half_mm * 0.6) + 5.5
    rows = slice(max(int((gland.z_mm - down) / MM_PER_ROW), 0), int((gland.z_mm + down) / MM_PER_ROW))
    left, right = (gland.x_mm - reach) / MM_PER_COLUMN, (gland.x_mm + reach) / MM_PER_COLUMN
    columns = slice(max(int(left), 0), int(right))
    return rows, columns


def _edge(distance_mm: Field, soft_mm: float) -> Field:
    """0 to 1 across a border, 0.5 where the distance is 0."""
    return np.asarray(np.clip(distance_mm / (2 * soft_mm) + 0.5, 0, 1), np.float32)


def _line(distance_mm: Field, half_mm: float) -> Field:
    return np.asarray(cv2.exp(-((distance_mm / np.float32(half_mm)) ** 2)), np.float32)


def _layers(section: Section, texture: Texture) -> Field:
    curves = texture.curves
    skin = 1.35 + 0.06 * curves[0]
    platysma = 4.3 + 0.32 * curves[1]
    deep = _deep_border(section, texture)
    fibres, patches = texture.fibres, texture.patches
    loose = _LOOSE_DB + 2.2 * patches + 7.0 * np.maximum(fibres - 0.55, 0)
    fat = _FAT_DB + 1.2 * patches + 13.0 * np.maximum(fibres - 0.7, 0)
    muscle = _MUSCLE_DB + 1.5 * patches + 9.0 * np.maximum(_slanted(fibres, section) - 0.75, 0)
    picture = fat + (loose - fat) * _edge(_Z - (platysma + 1.0), 0.25)
    picture += (muscle - picture) * _edge(_Z - deep, 0.45)
    picture = _with_digastric(picture, section, texture)
    band = _edge(_Z - platysma, 0.1) * _edge(platysma + 1.0 - _Z, 0.1)
    picture += (_MUSCLE_DB - 2.0 - picture) * band
    for border, strength in ((platysma, 15.0), (platysma + 1.0, 13.0), (deep, 12.0)):
        picture += strength * _line(_Z - border, 0.16) * (0.65 + 0.35 * np.tanh(patches))
    picture += (4.0 - picture) * _edge(skin - _Z, 0.12)
    picture += 9.0 * _line(_Z - skin, 0.13) + 9.0 * _line(_Z - 0.25, 0.22)
    return np.asarray(picture, np.float32)


def _deep_border(section: Section, texture: Texture) -> Field:
    """Where the muscle of the floor of the mouth begins, in mm, following the gland's lower side."""
    towards = 1.0 if section.side == "right" else -1.0
    middle = WIDTH_MM / 2
    slope = 0.10 if section.view == "longitudinal" else 0.16
    sag = 3.0 * np.exp(-(((_X - middle) / 14.0) ** 2))
    border = 23.6 + towards * slope * (_X - middle) + sag + 0.35 * texture.curves[2]
    return np.asarray(border, np.float32)


def _with_digastric(picture: Field, section: Section, texture: Texture) -> Field:
    """The muscle belly beside the gland, away from the mandible: dark, oblong, with a bright sheath."""
    middle = WIDTH_MM + 1.0 if section.side == "right" else -1.0
    reach = (11.5, 5.6) if section.view == "transverse" else (6.0, 4.6)
    distance, upright = _distance_to(Ellipse(middle, 13.5, reach[0], reach[1], 0.0))
    fibre = _MUSCLE_DB - 1.5 + 8.0 * np.maximum(texture.fibres - 1.0, 0)
    picture = picture + (fibre - picture) * _edge(-distance, 0.35)
    return np.asarray(picture + (5.0 + 7.0 * upright) * _line(distance, 0.2), np.float32)


def _slanted(fibres: Field, section: Section) -> Field:
    """The fibres as muscle shows them: tilted some degrees."""
    towards = 1.0 if section.side == "right" else -1.0
    shift = np.float32(towards * 0.16)
    matrix = np.array([[1, 0, 0], [shift, 1, -shift * REGION_COLUMNS / 2]], np.float32)
    size = (REGION_COLUMNS, REGION_ROWS)
    return np.asarray(cv2.warpAffine(fibres, matrix, size, borderMode=cv2.BORDER_REFLECT), np.float32)


_EVERYWHERE = (slice(None), slice(None))


def _distance_to(gland: Ellipse, here: tuple[slice, slice] = _EVERYWHERE) -> tuple[Field, Field]:
    """(mm outside the outline, negative inside; how level the outline runs there, 0 to 1), first order."""
    tilt = np.float32(np.radians(gland.tilt_deg))
    x, z = _X[:, here[1]] - np.float32(gland.x_mm), _Z[here[0]] - np.float32(gland.z_mm)
    along = x * np.cos(tilt) + z * np.sin(tilt)
    across = z * np.cos(tilt) - x * np.sin(tilt)
    a, b = gland.long_half_mm, gland.short_half_mm
    radius = np.maximum(cv2.sqrt((along / a) ** 2 + (across / b) ** 2), 1e-3)
    slope_along, slope_across = along / (a * a), across / (b * b)
    slope = np.maximum(cv2.magnitude(slope_along, slope_across), 1e-6)
    upright = np.abs(slope_along * np.sin(tilt) + slope_across * np.cos(tilt)) / slope
    return np.asarray((radius - 1) * radius / slope, np.float32), np.asarray(upright, np.float32)


def _with_vessel(picture: Field, section: Section) -> Field:
    """The facial artery: a small dark round with a bright wall, deep beside the gland."""
    away = 1.0 if section.side == "right" else -1.0
    x_mm = WIDTH_MM / 2 + away * (10.2 if section.view == "transverse" else 14.6)
    z_mm = 23.6
    distance = cv2.magnitude(_X + 0 * _Z - x_mm, _Z + 0 * _X - z_mm) - np.float32(1.05)
    picture = picture + (-19.0 - picture) * _edge(-distance, 0.3)
    return np.asarray(picture + 7.0 * _line(distance, 0.22), np.float32)


def _with_mandible(picture: Field, section: Section, texture: Texture) -> Field:
    """A bright arc at the outer edge and darkness below it."""
    right_edge = section.side == "left"
    from_edge = (WIDTH_MM - _X) if right_edge else _X
    reach = 7.4 if section.view == "transverse" else 4.2
    arc = 8.6 + 0.17 * (from_edge - 0.5) ** 2 + 0.12 * texture.curves[3]
    covered = _edge(reach - from_edge, 0.7)
    below = _edge(_Z - arc, 0.2) * covered
    fade = 17.0 * cv2.exp(-(np.maximum(_Z - arc, 0) / np.float32(1.9)))
    picture = picture + (-33.0 + fade + 2.0 * texture.patches - picture) * below
    bright = _line(_Z - arc - 0.1, 0.33) * covered
    return np.asarray(picture + (17.0 - picture) * bright, np.float32)
