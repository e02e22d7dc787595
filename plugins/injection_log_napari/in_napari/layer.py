"""What napari is told of one picture: its frames, true colours, a scale where one is true, and metadata.

A layer has one scale for the whole picture, ultrasound one for each region: the scale is set only where they are
the same thing, else it stays 1 and the metadata says why. Neither name nor metadata hold anything of the patient,
nor any text of the file; the path, which may, is napari's own.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dicom_io.calibration import Calibration, Region, Scale
from dicom_io.image import UltrasoundImage
from dicom_io.picture_facts import picture_facts
from dicom_io.sop_classes import SCREEN_CAPTURES, ULTRASOUND
from dicom_io.travelling_scale import travelled_scale
from injection_log_napari.in_napari.shown_frames import ShownFrames

PICTURE = "calibrated_picture"
"""Where in a layer's metadata its `CalibratedLayer` is."""
_SIDES = {"R": " right", "L": " left", "": ""}
_AXES = ("frame", "row", "column")


@dataclass(frozen=True)
class CalibratedLayer:
    """What `dicom_io.line_scale.scale_between` needs of a picture; `by_hand` travelled with a coded copy."""

    rows: int
    columns: int
    regions: tuple[Region, ...]
    calibration: Calibration
    by_hand: Scale | None


@dataclass(frozen=True)
class TrueScale:
    """One region whose millimetres per pixel (row, column) can stand for the whole layer."""

    mm_per_px: tuple[float, float]
    why: str


@dataclass(frozen=True)
class NoScale:
    """The layer stays in pixels."""

    why: str


def layer_of(path: Path, image: UltrasoundImage, tell: Callable[[str], None]) -> tuple[Any, dict[str, Any], str]:
    """Data, keywords and kind of an image layer. Raises `NotReadable`.

    A clip is (frames, rows, columns[, 3]) and decoded when sliced; a still is (rows, columns[, 3]).
    """
    frames = ShownFrames(path, tell)
    is_colour = frames.ndim == 4
    scale = layer_scale(image)
    keywords = {
        "name": layer_name(image),
        "rgb": is_colour,
        "multiscale": False,
        "metadata": _metadata(path, image, scale),
        **_world(image, scale),
    }
    if not is_colour:
        keywords["contrast_limits"] = (0, 255)  # as the scanner shows it, and no frame is decoded to find out
    if image.frames > 1:
        return frames, keywords, "image"
    with frames:
        return np.array(frames.frame(0)), keywords, "image"


def layer_name(image: UltrasoundImage) -> str:
    """Plane and side where the header names them, else the kind of object; never words of the file."""
    kind = (ULTRASOUND | SCREEN_CAPTURES).get(image.sop_class_uid, "Ultrasound")
    size = f"{image.frames} frames" if image.frames > 1 else f"{image.rows} x {image.columns}"
    return f"{image.plane.capitalize() or kind}{_SIDES.get(image.laterality, '')}, {size}"


def layer_scale(image: UltrasoundImage) -> TrueScale | NoScale:
    """The scale of the whole layer, where the picture has exactly one 2D region and no M-mode or spectral one."""
    spatial = [region for region in image.regions if region.kind == "2d"]
    if image.calibration.state != "region":
        return NoScale(f"In pixels. {image.calibration.why}")
    if len(spatial) != 1:
        return NoScale(f"In pixels. The picture has {len(spatial)} 2D regions, and a layer has one scale only.")
    if any(region.kind in ("m_mode", "spectral") for region in image.regions):
        return NoScale("In pixels. A part of the picture has an axis of time or speed, and a layer has one scale only.")
    only = spatial[0]
    if only.mm_per_px is None or not only.usable:
        return NoScale(f"In pixels. {only.why}")
    row, column = (float(part) for part in only.mm_per_px)
    return TrueScale((row, column), f"Millimetres of scanner region {only.number}; they hold inside its box only.")


def _world(image: UltrasoundImage, scale: TrueScale | NoScale) -> dict[str, Any]:
    """Scale, units and names of the axes; a clip's first axis counts frames."""
    mm_per_px, unit = (scale.mm_per_px, "mm") if isinstance(scale, TrueScale) else ((1.0, 1.0), "pixel")
    axes = slice(0 if image.frames > 1 else 1, None)
    return {
        "scale": (1.0, *mm_per_px)[axes],
        "units": ("pixel", unit, unit)[axes],
        "axis_labels": _AXES[axes],
    }


def _metadata(path: Path, image: UltrasoundImage, scale: TrueScale | NoScale) -> dict[str, Any]:
    by_hand = travelled_scale(path, image)
    return picture_facts(image) | {
        "plane": image.plane,
        "laterality": image.laterality,
        "layer_scale": scale.why,
        "hand_scale": None if by_hand is None else by_hand.to_json(),
        PICTURE: CalibratedLayer(image.rows, image.columns, image.regions, image.calibration, by_hand),
    }
