"""What the gate found out about a file that it lets in, and its plain form for the way between two
processes.

Pure values and JSON: the worker's answer is data that this module checks field by field, never a pickle.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, cast

from dicom_io.calibration import (
    Calibration,
    NoCalibration,
    PixelSpacingCalibration,
    RefusedCalibration,
    Region,
    RegionCalibration,
)
from dicom_io.image import Digests, FrameTimes, PatientIdentity, UltrasoundImage

Json = dict[str, Any]


@dataclass(frozen=True)
class Admission:
    """A file that passed: its header, digests, patient and size. Raised errors never carry any of it."""

    image: UltrasoundImage
    digests: Digests
    identity: PatientIdentity
    bytes: int


def admission_to_json(admission: Admission) -> Json:
    """Plain values for `admission_from_json`."""
    image = {field.name: getattr(admission.image, field.name) for field in fields(UltrasoundImage)}
    image["frame_times"] = asdict(admission.image.frame_times)
    image["regions"] = [_region_to_json(region) for region in admission.image.regions]
    image["calibration"] = _calibration_to_json(admission.image.calibration)
    image["pixel_aspect"] = list(admission.image.pixel_aspect)
    return {
        "image": image,
        "digests": asdict(admission.digests),
        "identity": asdict(admission.identity),
        "bytes": admission.bytes,
    }


def admission_from_json(value: Mapping[str, Any]) -> Admission:
    """The admission that `admission_to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    image = dict(value["image"])
    times, (vertical, horizontal) = image.pop("frame_times"), image.pop("pixel_aspect")
    return Admission(
        image=UltrasoundImage(
            frame_times=FrameTimes(times["source"], tuple(float(start) for start in times["starts_ms"])),
            regions=tuple(_region_from_json(region) for region in image.pop("regions")),
            calibration=_calibration_from_json(image.pop("calibration")),
            pixel_aspect=(vertical, horizontal),
            **image,
        ),
        digests=Digests(**value["digests"]),
        identity=PatientIdentity(**value["identity"]),
        bytes=int(value["bytes"]),
    )


def _scale_to_json(scale: tuple[Decimal, Decimal] | None) -> list[str] | None:
    return None if scale is None else [str(part) for part in scale]


def _scale_from_json(value: list[str] | None) -> tuple[Decimal, Decimal] | None:
    return None if value is None else (Decimal(value[0]), Decimal(value[1]))


def _region_to_json(region: Region) -> Json:
    return {**asdict(region), "mm_per_px": _scale_to_json(region.mm_per_px)}


def _region_from_json(value: Mapping[str, Any]) -> Region:
    row0, column0, row1, column1 = value["box"]
    return Region(
        index=value["index"],
        kind=value["kind"],
        box=(row0, column0, row1, column1),
        mm_per_px=_scale_from_json(value["mm_per_px"]),
        usable=value["usable"],
        why=value["why"],
    )


def _calibration_to_json(calibration: Calibration) -> Json:
    plain: Json = {"state": calibration.state, "why": calibration.why}
    if isinstance(calibration, PixelSpacingCalibration):
        plain["mm_per_px"] = _scale_to_json(calibration.mm_per_px)
    if isinstance(calibration, RefusedCalibration):
        plain["code"] = calibration.code
    return plain


def _calibration_from_json(value: Mapping[str, Any]) -> Calibration:
    state, why = value["state"], value["why"]
    if state == "region":
        return RegionCalibration(why)
    if state == "pixel_spacing":
        return PixelSpacingCalibration(cast("tuple[Decimal, Decimal]", _scale_from_json(value["mm_per_px"])), why)
    if state == "refused":
        return RefusedCalibration(why, value["code"])
    if state == "none":
        return NoCalibration(why)
    raise ValueError("unknown calibration state")
