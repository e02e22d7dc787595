"""Writes the phantom's pictures as DICOM US Image and US Multi-frame Image files (PS3.3 A.6, A.7).

Everything in a file follows from its arguments: no clock, no random UID, so the same seed gives the same
bytes. The side is left to the burned-in words; Laterality stays empty, as on many scanners.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from dicom_io.phantom.screen import BOTTOM, COLUMNS, DELTA_X_CM, DELTA_Y_CM, DEPTH_MM, LEFT, RIGHT, ROWS, TOP

__all__ = ["InstanceHead", "StudyHead", "made_up_uid", "write_cine", "write_colour_still", "write_grey_still"]

_JPEG_QUALITY = 88
_CENTIMETRES = 3
_TISSUE = 1
_2D = 1


@dataclass(frozen=True)
class StudyHead:
    """What all files of one visit share. Dates are DA, times TM."""

    patient_id: str
    issuer: str
    patient_name: str
    study_instance_uid: str
    series_instance_uid: str
    study_date: str
    accession: str
    description: str


@dataclass(frozen=True)
class InstanceHead:
    """What one file says about itself. `view` is the ViewName: TRANSVERSE, LONGITUDINAL, SWEEP, INJECTION."""

    study: StudyHead
    sop_instance_uid: str
    number: int
    view: str


def made_up_uid(*words: object) -> str:
    """A UID under 2.25 that depends on the words alone."""
    digest = hashlib.sha256("/".join(str(word) for word in words).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big') | (1 << 127)}"


def write_colour_still(path: Path, head: InstanceHead, picture: NDArray[np.uint8]) -> None:
    """An uncompressed RGB US Image."""
    data_set = _described(head, UltrasoundImageStorage)
    _describe_pixels(data_set, "RGB")
    data_set.PixelData = picture.tobytes()
    _save(data_set, path, ExplicitVRLittleEndian)


def write_grey_still(path: Path, head: InstanceHead, picture: NDArray[np.uint8]) -> None:
    """An uncompressed MONOCHROME2 US Image, made from the RGB picture's brightness."""
    data_set = _described(head, UltrasoundImageStorage)
    _describe_pixels(data_set, "MONOCHROME2")
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    data_set.PixelData = np.rint(picture.astype(np.float32) @ weights).astype(np.uint8).tobytes()
    _save(data_set, path, ExplicitVRLittleEndian)


def write_cine(
    path: Path, head: InstanceHead, frames: Iterable[NDArray[np.uint8]], frame_time_ms: float
) -> None:
    """A JPEG baseline (YBR_FULL_422) US Multi-frame Image of RGB pictures; frames are taken one at a time."""
    coded = [
        imagecodecs.jpeg8_encode(
            frame, level=_JPEG_QUALITY, colorspace="RGB", outcolorspace="YCBCR", subsampling="422"
        )
        for frame in frames
    ]
    data_set = _described(head, UltrasoundMultiFrameImageStorage)
    _describe_pixels(data_set, "YBR_FULL_422")
    data_set.LossyImageCompression = "01"
    whole = ROWS * COLUMNS * 3 * len(coded)
    data_set.LossyImageCompressionRatio = f"{whole / sum(map(len, coded)):.2f}"
    data_set.LossyImageCompressionMethod = "ISO_10918_1"
    data_set.NumberOfFrames = len(coded)
    data_set.FrameIncrementPointer = 0x00181063
    data_set.FrameTime = f"{frame_time_ms:.1f}"
    data_set.PixelData = encapsulate(coded)
    data_set["PixelData"].is_undefined_length = True
    _save(data_set, path, JPEGBaseline8Bit)


def _described(head: InstanceHead, sop_class: UID) -> Dataset:
    study, data_set = head.study, Dataset()
    minute = f"{10 + head.number:02d}"
    data_set.SpecificCharacterSet = "ISO_IR 192"
    data_set.ImageType = ["ORIGINAL", "PRIMARY"]
    data_set.SOPClassUID, data_set.SOPInstanceUID = sop_class, head.sop_instance_uid
    data_set.StudyDate = data_set.SeriesDate = study.study_date
    data_set.ContentDate = data_set.AcquisitionDate = study.study_date
    data_set.StudyTime, data_set.SeriesTime = "091000", "091100"
    data_set.ContentTime = data_set.AcquisitionTime = f"09{minute}00"
    data_set.AccessionNumber, data_set.Modality = study.accession, "US"
    data_set.Manufacturer, data_set.ManufacturerModelName = "injection-log", "Practice phantom"
    data_set.StationName, data_set.DeviceSerialNumber, data_set.SoftwareVersions = "PRACTICE-US", "0", "1"
    data_set.ReferringPhysicianName = ""
    data_set.StudyDescription, data_set.SeriesDescription = study.description, "Neck, practice phantom"
    data_set.ViewName, data_set.NumberOfStages, data_set.NumberOfViewsInStage = head.view, 1, 4
    data_set.Laterality = ""
    data_set.PatientName, data_set.PatientID = study.patient_name, study.patient_id
    if study.issuer:
        data_set.IssuerOfPatientID = study.issuer
    data_set.PatientBirthDate, data_set.PatientSex = "19000101", "O"
    data_set.StudyInstanceUID = study.study_instance_uid
    data_set.SeriesInstanceUID = study.series_instance_uid
    data_set.StudyID, data_set.SeriesNumber, data_set.InstanceNumber = "1", 1, head.number
    data_set.PatientOrientation = None
    data_set.TransducerData = ["L12-4", "PRACTICE", ""]
    data_set.DepthOfScanField = int(DEPTH_MM)
    data_set.SequenceOfUltrasoundRegions = [_region()]
    return data_set


def _region() -> Dataset:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = _2D, _TISSUE, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = LEFT, TOP
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = RIGHT, BOTTOM
    region.ReferencePixelX0, region.ReferencePixelY0 = (RIGHT - LEFT) // 2, 0
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = _CENTIMETRES
    region.ReferencePixelPhysicalValueX = region.ReferencePixelPhysicalValueY = 0.0
    region.PhysicalDeltaX, region.PhysicalDeltaY = float(DELTA_X_CM), float(DELTA_Y_CM)
    region.TransducerFrequency = 12000
    return region


def _describe_pixels(data_set: Dataset, photometric: str) -> None:
    data_set.SamplesPerPixel = 1 if photometric == "MONOCHROME2" else 3
    data_set.PhotometricInterpretation = photometric
    if photometric != "MONOCHROME2":
        data_set.PlanarConfiguration = 0
    data_set.Rows, data_set.Columns = ROWS, COLUMNS
    data_set.BitsAllocated, data_set.BitsStored, data_set.HighBit = 8, 8, 7
    data_set.PixelRepresentation = 0
    data_set.BurnedInAnnotation = "YES"
    data_set.LossyImageCompression = "00"


def _save(data_set: Dataset, path: Path, transfer_syntax: UID) -> None:
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = transfer_syntax
    data_set.save_as(path, enforce_file_format=True)
