"""The typed marks a person places on a picture.

Pure values. A mark knows pixels only; which picture it lies on and in which scale it is read is said by the
`PlacedMark` around it. Deliberately without measuring (geometry.py), drawing (picture.py) and their stored form
(stored_marks.py).
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from dicom_io.calibration import Point, Scale
from dicom_io.image import Digests

Axis = Literal["length", "width", "depth"]
Side = Literal["right", "left"]
TipVisibility = Literal["seen", "inferred_hydrodissection", "inferred_shaft", "not_seen"]
Along = Literal["anterior", "middle", "posterior"]
Layer = Literal["superficial", "deep"]
StructureKind = Literal["facial_artery", "facial_vein", "duct"]

AXES: tuple[Axis, ...] = get_args(Axis)
SIDES: tuple[Side, ...] = get_args(Side)
TIP_VISIBILITIES: tuple[TipVisibility, ...] = get_args(TipVisibility)
ALONG: tuple[Along, ...] = get_args(Along)
LAYERS: tuple[Layer, ...] = get_args(Layer)
STRUCTURES: tuple[StructureKind, ...] = get_args(StructureKind)

FEWEST_POINTS, MOST_POINTS = 3, 400
"""Points of a contour. 400 around a gland of 90 mm circumference lie a quarter of a millimetre apart."""
LARGEST_DEPOSIT_UL = 100_000


@dataclass(frozen=True)
class Caliper:
    """One gland diameter, capsule to capsule; `start` and `end` in pixels (row, column)."""

    axis: Axis
    start: Point
    end: Point


@dataclass(frozen=True)
class Needle:
    """A needle in the image plane: its visible entry and its tip in pixels; the skin line is a row (px)."""

    entry: Point
    tip: Point
    tip_visibility: TipVisibility
    skin_row_px: float


@dataclass(frozen=True)
class OutOfPlaneNeedle:
    """A needle that crosses the image plane: only its tip is seen, so it has no entry and no angle."""

    tip: Point
    tip_visibility: TipVisibility
    skin_row_px: float


@dataclass(frozen=True)
class Contour:
    """The outline of a gland on one frame: its points in pixels in the order in which they lie on the capsule.

    The last point is joined to the first, which is not repeated. 3 to 400 points; an outline that crosses or
    touches itself cannot be measured (`annotate.outline`).
    """

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Zone:
    """Where in a gland: along it from front to back, and superficial or deep."""

    along: Along
    layer: Layer


@dataclass(frozen=True)
class Microlitres:
    """The volume of one deposit, whole microlitres above 0."""

    ul: int


@dataclass(frozen=True)
class VolumeUnknown:
    """How much went into a deposit was not seen."""


@dataclass(frozen=True)
class Deposit:
    """One place where fluid was left, in pixels, with its volume and its zone."""

    at: Point
    volume: Microlitres | VolumeUnknown
    zone: Zone


@dataclass(frozen=True)
class Structure:
    """A structure to stay away from, tagged at one point in pixels."""

    kind: StructureKind
    at: Point


Mark = Caliper | Needle | OutOfPlaneNeedle | Contour | Deposit | Structure


@dataclass(frozen=True)
class ImageUse:
    """The one picture a mark lies on: SOP Instance UID, frame (from 0), digests of the file it came from."""

    sop_instance_uid: str
    frame: int
    digests: Digests


@dataclass(frozen=True)
class PlacedMark:
    """A mark with all that is needed to measure it again: side, picture, the scale that held at its place."""

    mark_id: str
    side: Side
    on: ImageUse
    mark: Mark
    scale: Scale

    @cached_property
    def measured(self) -> dict[tuple[object, ...], Any]:
        """What geometry.py measured of this mark: a value, the gland's size and the signed text ask for the same."""
        return {}
