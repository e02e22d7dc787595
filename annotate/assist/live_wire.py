"""Live-wire: between two clicks the line follows the capsule (OpenCV's intelligent scissors; Mortensen, Barrett, 1995).

`LiveWire` holds the prepared picture of one frame: a click costs one map, a move of the mouse only a walk back on it.
`closed_outline` makes the editable contour of all clicks. Clicks are a person's; the way between them is a proposal.
"""
from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.assist.closed_curve import SIDE_CORNERS, editable, evenly_open, in_mm, in_pixels, rounded_side, smoothed
from annotate.assist.proposal import LIVE_WIRE_METHOD, ContourProposal, NoOutlineFound
from annotate.assist.strip import Field, Floats, Scale, softened
from annotate.assist.usable import not_usable
from dicom_io.calibration import Point

_PIXEL_MM = 0.2
_THIN_MM, _WIDE_MM, _ROUGH_MM = 0.22, 1.0, 5.0
_CLEAREST = 3.0
_LONGEST_DETOUR = 1.35
_SOFT_MM = 0.8
_FEWEST_CLICKS = 3
_FOLLOWED = 0.8  # how far a side is moved from the rounded curve to the followed way
_NEAR_MM = 1.0


class LiveWire:
    """One grey picture (rows, columns), uint8, prepared; all places are pixels of that picture."""

    def __init__(self, grey: NDArray[np.uint8], mm_per_px: Scale) -> None:
        self._shape = grey.shape
        self._scale = mm_per_px
        self._refusal = not_usable(grey, mm_per_px, [])
        self._from: Point | None = None
        if self._refusal is None:
            self._small = _features(grey, mm_per_px)
            self._tool = _prepared(self._small)

    def begin(self, at: Point) -> None:
        """A click: ways are asked from here on."""
        self._from = at
        if self._refusal is None:
            self._tool.buildMap(self._cell(at))

    def way_to(self, at: Point) -> tuple[Point, ...]:
        """From the last click to the mouse, both ends exact; the straight line where following leads astray."""
        start = self._from if self._from is not None else at
        if self._refusal is not None or self._cell(start) == self._cell(at):
            return (start, at)
        walked = np.asarray(self._tool.getContour(self._cell(at))).reshape(-1, 2)
        ratio_row, ratio_column = (
            side / small for side, small in zip(self._shape, self._small.shape, strict=True)
        )
        rows, columns = (walked[:, 1] + 0.5) * ratio_row - 0.5, (walked[:, 0] + 0.5) * ratio_column - 0.5
        inner = [Point(float(row), float(column)) for row, column in zip(rows[1:-1], columns[1:-1], strict=True)]
        way = (start, *inner, at)
        return way if self._leads(way) else (start, at)

    def closed_outline(self, clicks: Sequence[Point]) -> ContourProposal | NoOutlineFound:
        """The smooth outline through at least three clicks in order, its last joined to its first."""
        refusal = self._refused(clicks)
        if refusal is not None:
            return refusal
        corners = in_mm(tuple(clicks), self._scale)
        sides: list[Floats] = []
        followed = 0
        for number, (start, end) in enumerate(itertools.pairwise([*clicks, clicks[0]])):
            self.begin(start)
            way = self.way_to(end)
            followed += len(way) > 2
            bow = rounded_side(corners, number)
            sides.append(_drawn_to(bow, in_mm(way, self._scale)) if len(way) > 2 else bow)
        closed = smoothed(np.vstack([side[:-1] for side in sides]), _SOFT_MM)
        sure = round(100 * followed / len(clicks))
        return ContourProposal(in_pixels(editable(closed), self._scale), sure, LIVE_WIRE_METHOD)

    def _refused(self, clicks: Sequence[Point]) -> NoOutlineFound | None:
        if self._refusal is not None:
            return NoOutlineFound(self._refusal.code, self._refusal.why, LIVE_WIRE_METHOD)
        if len({(point.row, point.column) for point in clicks}) < _FEWEST_CLICKS:
            why = "An outline needs clicks at three places or more; go on clicking along the capsule."
            return NoOutlineFound("too_few", why, LIVE_WIRE_METHOD)
        return None

    def _cell(self, at: Point) -> tuple[int, int]:
        """(column, row) of a place in the small picture; the nearest inside for a place outside."""
        rows, columns = self._small.shape
        row = (at.row + 0.5) * rows / self._shape[0] - 0.5
        column = (at.column + 0.5) * columns / self._shape[1] - 0.5
        return int(np.clip(round(column), 0, columns - 1)), int(np.clip(round(row), 0, rows - 1))

    def _leads(self, way: Sequence[Point]) -> bool:
        """Whether a way is hardly longer than a half circle over its ends would allow."""
        places = in_mm(tuple(way), self._scale)
        walked = float(np.hypot(*np.diff(evenly_open(places, SIDE_CORNERS), axis=0).T).sum())
        straight = float(np.hypot(*(places[-1] - places[0])))
        return walked <= _LONGEST_DETOUR * straight + 1.0


def _features(grey: NDArray[np.uint8], scale: Scale) -> Field:
    """0 (clear line or edge) to 1 (none) on a smaller picture with pixels of 0.2 mm or of its own, if larger."""
    size = [max(1, min(side, math.ceil(side * mm / _PIXEL_MM))) for side, mm in zip(grey.shape, scale, strict=True)]
    soft = softened(grey, scale, 0.1)
    small = cv2.resize(soft, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    mm = (grey.shape[0] * scale[0] / size[0], grey.shape[1] * scale[1] / size[1])

    def blurred(picture: Field, grain_mm: float) -> Field:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigmaX=grain_mm / mm[1], sigmaY=grain_mm / mm[0]))

    fine, wide = blurred(small, _THIN_MM), blurred(small, _WIDE_MM)
    line = fine - wide
    rough = np.sqrt(blurred(line**2, _ROUGH_MM)) + 1.0
    middling = blurred(small, 0.5)
    across, down = (cv2.Sobel(middling, cv2.CV_32F, *order, scale=0.25) for order in ((1, 0), (0, 1)))
    step = cv2.magnitude(across, down)
    clear = np.maximum(line, 0) / rough + 0.7 * step / rough
    return np.asarray(1 - np.clip(clear / _CLEAREST, 0, 1), np.float32)


def _prepared(cost: Field) -> cv2.segmentation.IntelligentScissorsMB:
    """The scissors over our own cost alone: direction and Canny edges say little in speckle."""
    tool = cv2.segmentation.IntelligentScissorsMB()
    tool.setWeights(0.0, 0.0, 1.0)
    nowhere = np.zeros(cost.shape, np.uint8)
    flat = np.zeros((*cost.shape, 2), np.float32)
    tool.applyImageFeatures(nowhere, flat, np.clip(cost**2 + 0.04, 0, 1).astype(np.float32))
    return tool


def _drawn_to(bow: Floats, way: Floats) -> Floats:
    """The rounded side moved most of the way to the followed one where that is near, not at all beyond 2 mm."""
    followed = evenly_open(way, len(bow))
    apart = np.hypot(*(followed - bow).T)[:, None]
    return np.asarray(bow + (followed - bow) * _FOLLOWED * np.clip(2.0 - apart / _NEAR_MM, 0, 1))
