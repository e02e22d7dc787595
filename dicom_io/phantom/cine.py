"""The phantom's moving pictures: a sweep across the gland and an injection, as frames of whole screens.

Frames are made one at a time (an iterator), so that a clip is never held whole. Between key textures the
speckle changes as it does under a moving probe; during the injection the probe is held nearly still.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dicom_io.phantom.anatomy import Gland, NeedlePath
from dicom_io.phantom.picture import DrawnNeedle, grey_picture, with_deposit, with_needle
from dicom_io.phantom.screen import REGION_COLUMNS, REGION_ROWS, Caption, put_region, surround
from dicom_io.phantom.speckle import Field, Texture, TexturePool, between
from dicom_io.phantom.tissue import Section, echo_db, surroundings_db, with_gland

Picture = NDArray[np.uint8]

SWEEP_FRAMES = 48
INJECTION_FRAMES = 60
FRAME_TIME_MS = 33.3
# The needle enters, arrives, is seen at rest, and the deposit grows until the end.
NEEDLE_STARTS, NEEDLE_ARRIVES, TIP_IN_PLACE_FRAME, DEPOSIT_STARTS = 5, 31, 34, 37
_DEPOSIT_MM = 1.9
_FRAMES_A_KEY = 6
_BEYOND_MM = 2.5


@dataclass(frozen=True)
class Injection:
    """What an injection cine shows: the gland and the needle's final path in mm."""

    gland: Gland
    path: NeedlePath


def sweep(gland: Gland, pool: TexturePool, caption: Caption) -> Iterator[Picture]:
    """Transverse sections from one end of the gland to the other, SWEEP_FRAMES RGB screens."""
    screen = surround(caption)
    section = Section("transverse", gland.side)
    reach = gland.length_mm / 2 + _BEYOND_MM
    first, second = pool.pick(), pool.pick()
    around = (surroundings_db(section, first), surroundings_db(section, second))
    for frame in range(SWEEP_FRAMES):
        step = frame % _FRAMES_A_KEY
        if frame and step == 0:
            first, second = second, pool.pick()
            around = (around[1], surroundings_db(section, second))
        part = step / _FRAMES_A_KEY
        texture = between(first, second, part)
        surroundings = np.asarray(cv2.addWeighted(around[0], 1 - part, around[1], part, 0.0), np.float32)
        offset_mm = -reach + 2 * reach * frame / (SWEEP_FRAMES - 1)
        echo = with_gland(surroundings, gland.transverse_section(offset_mm), texture)
        yield put_region(screen, grey_picture(echo, texture))


def injection(shown: Injection, pool: TexturePool, caption: Caption) -> Iterator[Picture]:
    """A needle goes in, rests, and a deposit grows at its tip: INJECTION_FRAMES RGB screens."""
    screen = surround(caption)
    still, drift = pool.pick(), pool.pick()
    section = Section("longitudinal", shown.gland.side)
    echo = echo_db(section, shown.gland.longitudinal_section(), still)
    for frame in range(INJECTION_FRAMES):
        texture = between(still, drift, 0.12 * frame / INJECTION_FRAMES)
        grey = grey_picture(_held(with_growing_deposit(echo, shown.path, frame, still), frame), texture)
        needle = needle_at(shown.path, frame)
        if needle is not None:
            grey = with_needle(grey, needle, still)
        yield put_region(screen, grey)


def needle_at(path: NeedlePath, frame: int) -> DrawnNeedle | None:
    """The part of the needle in the tissue at a frame; None before it enters."""
    if frame < NEEDLE_STARTS:
        return None
    part = min((frame - NEEDLE_STARTS + 1) / (NEEDLE_ARRIVES - NEEDLE_STARTS + 1), 1.0)
    part = part * (2 - part)
    tip = (path.entry_x_mm + part * (path.tip_x_mm - path.entry_x_mm), part * path.tip_z_mm)
    return DrawnNeedle((path.entry_x_mm, 0.0), tip)


def with_growing_deposit(echo: Field, path: NeedlePath, frame: int, texture: Texture) -> Field:
    """The tissue with the deposit as large as it is at this frame."""
    part = max(frame - DEPOSIT_STARTS, 0) / (INJECTION_FRAMES - 1 - DEPOSIT_STARTS)
    return with_deposit(echo, (path.tip_x_mm, path.tip_z_mm + 0.5), _DEPOSIT_MM * part**0.5, texture)


def _held(echo: Field, frame: int) -> Field:
    """The tissue as a steady hand shows it: a sway of a third of a pixel."""
    sway = 0.35 * np.sin(frame / 7.0)
    matrix = np.array([[1, 0, sway], [0, 1, 0]], np.float32)
    size = (REGION_COLUMNS, REGION_ROWS)
    return np.asarray(cv2.warpAffine(echo, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.float32)
