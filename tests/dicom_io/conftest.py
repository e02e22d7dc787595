"""Ultrasound files made at test time with pydicom, always with unequal deltas in X and Y."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian

DELTA_X, DELTA_Y = 0.0071, 0.0055
PATIENT = "Secretname^Hidden"


@pytest.fixture
def region() -> Callable[..., Dataset]:
    """One item of the Sequence of Ultrasound Regions: box (x0, y0, x1, y1), a 2D one in cm unless told."""

    def made(box: tuple[int, int, int, int], spatial_format: int = 1, **changes: Any) -> Dataset:
        item = Dataset()
        item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = spatial_format, 1, 2
        item.RegionLocationMinX0, item.RegionLocationMinY0 = box[:2]
        item.RegionLocationMaxX1, item.RegionLocationMaxY1 = box[2:]
        item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
        item.PhysicalDeltaX, item.PhysicalDeltaY = DELTA_X, DELTA_Y
        for keyword, value in changes.items():
            setattr(item, keyword, value)
        return item

    return made


@pytest.fixture
def write_ultrasound(tmp_path: Path) -> Callable[..., Path]:
    """Write a file: `pixels` (frames, rows, columns[, 3]) uncompressed, or `coded` frames in `syntax`."""

    def write(
        pixels: np.ndarray | None = None,
        regions: Sequence[Dataset] = (),
        *,
        syntax: str = ExplicitVRLittleEndian,
        coded: Sequence[bytes] | None = None,
        offset_table: bool = True,
        attributes: Mapping[str, Any] | None = None,
        name: str = "made.dcm",
    ) -> Path:
        if pixels is None:
            pixels = np.zeros((1, 400, 600), np.uint8)
        image = _header(pixels)
        if regions:
            image.SequenceOfUltrasoundRegions = list(regions)
        image.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
        if coded is not None:
            image.PixelData = encapsulate(list(coded), has_bot=offset_table)
            image["PixelData"].is_undefined_length = True
        image["PixelData"].VR = "OB" if coded is not None or image.BitsAllocated == 8 else "OW"
        for keyword, value in (attributes or {}).items():
            setattr(image, keyword, value)
        image.file_meta.TransferSyntaxUID = syntax
        path = tmp_path / name
        image.save_as(path, enforce_file_format=True)
        return path

    return write


def _header(pixels: np.ndarray) -> Dataset:
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.SOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
    image.SOPInstanceUID, image.StudyInstanceUID, image.SeriesInstanceUID = "1.2.3.4.1", "1.2.3.4.2", "1.2.3.4.3"
    image.PatientName, image.PatientID, image.Modality = PATIENT, "010101-9999", "US"
    colour = pixels.ndim == 4
    image.NumberOfFrames, image.Rows, image.Columns = pixels.shape[:3]
    image.SamplesPerPixel, image.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    image.PlanarConfiguration = 0
    image.BitsAllocated = image.BitsStored = 8 * pixels.dtype.itemsize
    image.HighBit, image.PixelRepresentation = image.BitsStored - 1, 0
    return image
