"""What is known about one ultrasound image, as frozen plain values.

These are the only forms in which a file's header leaves this floor. They deliberately hold no pixels, no
pydicom type and, but for `PatientIdentity`, nothing that names a patient; `PatientIdentity` never prints
what it holds.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from dicom_io.calibration import Calibration, Region

FrameTimeSource = Literal[
    "FrameTimeVector", "FrameTime", "RecommendedDisplayFrameRate", "CineRate", "assumed"
]
BurnedIn = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class FrameTimes:
    """Start of each frame in ms after the first, and the keyword they came from ("assumed": 30 a second)."""

    source: FrameTimeSource
    starts_ms: tuple[float, ...]


@dataclass(frozen=True)
class Digests:
    """SHA-256 in hex: of the whole file, of the data set behind the file meta, and of the PixelData value."""

    file: str
    data_set: str
    pixel_data: str


@dataclass(frozen=True, repr=False)
class PatientIdentity:
    """Who the header says the patient is. Shown once when a study is linked; never logged or stored."""

    patient_id: str
    issuer: str
    name: str
    birth_date: str

    def __repr__(self) -> str:
        return "PatientIdentity(not shown)"

    __str__ = __repr__


@dataclass(frozen=True)
class UltrasoundImage:
    """One image as its header describes it, without any patient attribute.

    `study_date` and `acquisition_date` are DICOM DA (YYYYMMDD or ""), `content_time` DICOM TM. `plane` is "transverse",
    "longitudinal", "sweep", "injection" or "" (unknown); `laterality` is "R", "L" or "". Both are hints,
    never a decision. `pixel_aspect` is PixelAspectRatio (0028,0034): vertical to horizontal size of a pixel.
    """

    sop_instance_uid: str
    sop_class_uid: str
    study_instance_uid: str
    series_instance_uid: str
    frames: int
    rows: int
    columns: int
    photometric: str
    transfer_syntax: str
    burned_in: BurnedIn
    frame_times: FrameTimes
    regions: tuple[Region, ...]
    calibration: Calibration
    study_date: str
    content_time: str
    manufacturer: str
    model: str
    series_number: int | None
    instance_number: int | None
    plane: str
    laterality: str
    pixel_aspect: tuple[int, int] = (1, 1)
    acquisition_date: str = ""

    def is_of(self, day: date) -> bool | None:
        """Whether it was taken on this day, by AcquisitionDate or else StudyDate; None where it says neither."""
        stated = self.acquisition_date or self.study_date
        return stated == f"{day:%Y%m%d}" if stated else None
