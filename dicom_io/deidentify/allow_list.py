"""The allow-list: which attributes of an original may come over into a coded copy, and in which form alone.

About forty attributes, all but ViewName with numbers or words of a fixed list: an attribute is only taken
when its value has exactly the form given here, and it is then written anew, never as the original's bytes.
Free text has no form, so none comes over: not even maker and model. What is not named here does not exist
for a copy, at any depth. Source: PS3.3 A.6, A.7, C.7.6.5, C.8.5.5, C.8.5.6; PS3.15 annex E.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

NumberForm = Literal["US", "UL", "SL", "FD", "IS", "DS"]


@dataclass(frozen=True)
class Numbers:
    """Numbers within bounds (inclusive), `count` of them (0: one or more)."""

    vr: NumberForm
    lowest: float
    highest: float
    count: int = 1

    def takes(self, found: tuple[Decimal, ...]) -> bool:
        """Whether these numbers may come over."""
        right_count = len(found) == self.count if self.count else len(found) > 0
        whole = self.vr in ("FD", "DS") or all(one == one.to_integral_value() for one in found if one.is_finite())
        return right_count and whole and all(
            one.is_finite() and self.lowest <= one <= self.highest for one in found
        )  # fmt: skip


@dataclass(frozen=True)
class Words:
    """One word of a list, whatever its case in the original."""

    allowed: frozenset[str]


Form = Numbers | Words


def _words(*allowed: str) -> Words:
    return Words(frozenset(allowed))


COPIED: Mapping[str, Form] = {
    # the picture's history: what was lossy once stays so (PS3.3 C.7.6.1.1.5)
    "LossyImageCompression": _words("00", "01"),
    "LossyImageCompressionRatio": Numbers("DS", 1, 10_000, 0),
    "LossyImageCompressionMethod": _words("ISO_10918_1", "ISO_14495_1", "ISO_15444_1", "ISO_13818_2", "ISO_14496_10"),
    # how the picture was taken, as far as it matters to what can be seen
    "DepthOfScanField": Numbers("IS", 1, 1000),
    "TransducerType": _words(
        "SECTOR_PHASED", "SECTOR_MECH", "SECTOR_ANNULAR", "LINEAR", "CURVED LINEAR", "SINGLE CRYSTAL", "SPLIT XTAL CWD",
        "IV_PHASED", "IV_ROT XTAL", "IV_ROT MIRROR", "ENDOCAV_PA", "ENDOCAV_MECH", "ENDOCAV_CLA", "ENDOCAV_AA",
        "ENDOCAV_LINEAR", "VECTOR_PHASED",
    ),
    # a scale beside the regions, (row, column) in mm, or else the shape of a pixel
    "PixelSpacing": Numbers("DS", 1e-6, 100, 2),
    "PixelAspectRatio": Numbers("IS", 1, 10_000, 2),
}
"""Taken for every copy."""

COPIED_FOR_SHARING: Mapping[str, Form] = {
    "ImageLaterality": _words("R", "L", "U", "B"),
    "Laterality": _words("R", "L"),
    "PatientOrientation": _words(
        *(f"{row}\\{column}" for row in ("A", "P", "R", "L", "H", "F") for column in ("A", "P", "R", "L", "H", "F"))
    ),
}
"""Taken only for people who may know the side."""

COPIED_WHERE_FRAMES_FOLLOW_EACH_OTHER: Mapping[str, Form] = {
    "FrameTime": Numbers("DS", 0.001, 10_000_000),
    "RecommendedDisplayFrameRate": Numbers("IS", 1, 10_000),
    "CineRate": Numbers("IS", 1, 10_000),
}
"""Taken where all frames, or frames without a gap, are copied; else the times are written frame by frame."""

_BOUND = Numbers("UL", 0, 65_535)
_DELTA = Numbers("FD", -1e6, 1e6)
REGION: Mapping[str, Form] = {
    "RegionSpatialFormat": Numbers("US", 0, 5),
    "RegionDataType": Numbers("US", 0, 0x20),
    "RegionFlags": Numbers("UL", 0, 0x1F),
    "RegionLocationMinX0": _BOUND,
    "RegionLocationMinY0": _BOUND,
    "RegionLocationMaxX1": _BOUND,
    "RegionLocationMaxY1": _BOUND,
    "ReferencePixelX0": Numbers("SL", -65_535, 65_535),
    "ReferencePixelY0": Numbers("SL", -65_535, 65_535),
    "PhysicalUnitsXDirection": Numbers("US", 0, 0xC),
    "PhysicalUnitsYDirection": Numbers("US", 0, 0xC),
    "ReferencePixelPhysicalValueX": _DELTA,
    "ReferencePixelPhysicalValueY": _DELTA,
    "PhysicalDeltaX": _DELTA,
    "PhysicalDeltaY": _DELTA,
    "TransducerFrequency": Numbers("UL", 0, 1_000_000),
}
"""One item of the Sequence of Ultrasound Regions (0018,6011); coordinates stay, since pictures are not cropped."""

VIEWS = ("transverse", "longitudinal", "sweep")
"""Planes that the original's ViewName or SeriesDescription may name; the word is ours, not the original's."""
