"""A scale that a person set on the original goes with the copy, and is found again in it as set by hand.

Other software finds it as PixelSpacing with (0028,0A02) FIDUCIAL, which is what a length drawn along a ruler
is (PS3.3 10.7.1.3). This program finds the lines themselves behind fixed words in the
Derivation Description (0008,2111), so that the scale stays "manual" with its own error and never counts as
the scanner's. Who set it, when and why stays in the log: only numbers travel.
"""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dicom_io.calibration import CalibratedPicture, Scale
from dicom_io.errors import MeasurementRefused
from dicom_io.hand_scale import HandScale, only_region_of, refuse_impossible
from dicom_io.layout import Attributes, opened

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_DERIVATION = 0x00082111
_CALIBRATION_TYPE = 0x00280A02
_WORDS = "Scale set by hand:"
_FOUND = re.compile(re.escape(_WORDS) + r" (\{[^\\]{1,900}\})")
_KIND = "FIDUCIAL"
_2D = 1


def say_hand_scale(copy: Dataset, by_hand: HandScale) -> None:
    """Write the lines and the spacing that follows from them, in the place of any scale of the header.

    The header's own was none or not trusted, else the one set by hand would not count: spacing, aspect and
    the lengths of 2D regions go, so that no reader takes them for better than they were. A picture of several 2D
    regions gets no spacing, which other software would use in all of them.
    """
    scale = by_hand.scale("by hand")
    for keyword in ("PixelAspectRatio", "PixelSpacing"):
        copy.pop(keyword, None)
    spatial = [one for one in copy.get("SequenceOfUltrasoundRegions", ()) if one.get("RegionSpatialFormat") == _2D]
    for region in spatial:
        region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 0
        region.PhysicalDeltaX = region.PhysicalDeltaY = 0.0
        for keyword in ("ReferencePixelPhysicalValueX", "ReferencePixelPhysicalValueY"):
            region.pop(keyword, None)
    if len(spatial) < 2:  # else it holds in one of them only, which PixelSpacing cannot say
        copy.PixelSpacing = [_short(float(part)) for part in (scale.mm_per_px_row, scale.mm_per_px_column)]
        copy.PixelSpacingCalibrationType = _KIND
        copy.PixelSpacingCalibrationDescription = "drawn by hand along a length on the picture"
    lines = json.dumps(by_hand.to_json(), sort_keys=True, separators=(",", ":"))
    copy.DerivationDescription = f"{copy.DerivationDescription} {_WORDS} {lines}"


def hand_scale_in(path: Path) -> HandScale | None:
    """The scale that travelled in a coded copy; None in any other file. Raises `NotReadable`."""
    with opened(path) as layout:
        return hand_scale_of(layout)


def travelled_scale(path: Path, image: CalibratedPicture) -> Scale | None:
    """The scale that follows from the lines in a coded copy, of kind "manual"; None where there is none that holds.

    It is judged like one that is set here: beside a trusted scale, with impossible sizes or with lines across two
    regions it does not count.
    """
    by_hand = hand_scale_in(path)
    if by_hand is None or image.calibration.state in ("region", "pixel_spacing"):
        return None
    try:
        region = only_region_of(image, by_hand.lines)
        scale = by_hand.scale(f"SCALE SET BY HAND on the original of this copy: {by_hand.words}", region)
        refuse_impossible(scale, image)
    except MeasurementRefused:
        return None
    return scale


def hand_scale_of(attributes: Attributes) -> HandScale | None:
    """The same of an open file; None, too, where the words are there and the numbers are not of their form."""
    found = _FOUND.search(attributes.text(_DERIVATION)) if is_by_hand(attributes) else None
    if found is None:
        return None
    try:
        return HandScale.from_json(json.loads(found.group(1)))
    except (ValueError, KeyError, TypeError):
        return None


def is_by_hand(attributes: Attributes) -> bool:
    """Whether PixelSpacing is what a person set on the original rather than what a scanner wrote.

    Either sign is enough: software on the way may have dropped the other one.
    """
    return attributes.word(_CALIBRATION_TYPE) == _KIND or _WORDS in attributes.text(_DERIVATION)


def _short(mm: float) -> str:
    return f"{mm:.10g}"
