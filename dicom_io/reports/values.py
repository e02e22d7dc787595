"""What a report says, as plain frozen values: pictures, regions on them, numbers with unit and method, who and when.

Coordinates are ours (row, column, pixel centres at whole numbers, frames from 0 in the coded copy); how DICOM spells
them is `coordinates`. Nothing here knows a record or a DICOM library.
"""
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dicom_io.calibration import Point
from dicom_io.deidentify.request import ForSharing, Trial
from dicom_io.errors import DicomIoError

ReportSide = Literal["right", "left"]
RegionKind = Literal[
    "needle_entry", "needle_tip", "needle_path", "needle_depth", "diameter", "outline", "deposit",
    "facial_artery", "facial_vein", "duct",
]
Quantity = Literal[
    "length", "width", "depth", "needle_path", "needle_depth", "needle_angle", "capsule_distance", "area",
    "longest_axis", "axis_across", "deposit_volume", "gland_volume", "injected_volume",
]
Derivation = Literal["", "mean", "calculated"]
Finding = Literal["tip_visibility", "visible_path", "along", "layer", "deposit_volume_known"]


class ReportImpossible(DicomIoError):
    """These values make no report: a picture that is referred to is missing, or has no such frame."""

    def __init__(self, why: str) -> None:
        super().__init__("report_impossible", why)


@dataclass(frozen=True)
class CodedPicture:
    """One coded copy as a report refers to it. `frames` is how many the copy has, which a still has one of."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    rows: int
    columns: int
    frames: int


@dataclass(frozen=True)
class Method:
    """The name and version of how a value was made, as the log names them."""

    name: str
    version: str


@dataclass(frozen=True)
class Measured:
    """One number: millimetres, square millimetres, degrees or millilitres, as `codes.QUANTITIES` says of it."""

    quantity: Quantity
    value: Decimal
    method: Method
    derivation: Derivation = ""


@dataclass(frozen=True)
class Region:
    """A point, line or closed outline on one frame of one copy, with what was measured there.

    `mark_id` is the log's; several regions may be of one mark. `scale` says in words in which scale it was read.
    `found` are the choices of a list that belong to it. Points within 8,192 pixels keep their thousandths.
    """

    kind: RegionKind
    mark_id: str
    tracking_uid: str
    sop_instance_uid: str
    frame: int
    points: tuple[Point, ...]
    measured: tuple[Measured, ...] = ()
    found: tuple[tuple[Finding, str], ...] = ()
    scale: str = ""


@dataclass(frozen=True)
class Head:
    """What every object of a report says of itself: whose, of which study, made when, signed by whom.

    `day` is YYYYMMDD and `study_date` the same or "", both in the dates of the coded copies and so never the real ones.
    """

    coded_for: ForSharing
    trial: Trial
    sop_instance_uid: str
    series_instance_uid: str
    study_date: str
    day: str
    signed_by: str
    user: str
    program_version: str


@dataclass(frozen=True)
class GlandReport:
    """One gland at one visit. `product` is the masked name of what was injected, "" where nothing was."""

    head: Head
    side: ReportSide
    is_injection: bool
    version: int
    tracking_uid: str
    pictures: tuple[CodedPicture, ...]
    measured: tuple[Measured, ...]
    regions: tuple[Region, ...]
    product: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeyFrames:
    """Frames of one coded copy that are pointed out, from 0, sorted."""

    picture: CodedPicture
    frames: tuple[int, ...]


@dataclass(frozen=True)
class KeyObjects:
    """The frames that prove the placement at one gland; `description` is one sentence for who opens it."""

    head: Head
    side: ReportSide
    description: str
    frames: tuple[KeyFrames, ...]
