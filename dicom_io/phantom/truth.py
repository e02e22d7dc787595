"""What is true about a practice participant: sizes, caliper ends, needle, and which file shows what.

Written as truth.json beside the files, for tests and the demo only. Pure values; the record of a real
participant never has such a thing.
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_io.calibration import Point


@dataclass(frozen=True)
class LineTruth:
    """Where an exact caliper lies: image, frame (from 0) and both ends in pixels of the whole picture."""

    sop_instance_uid: str
    frame: int
    start: Point
    end: Point


@dataclass(frozen=True)
class NeedleTruth:
    """The needle at rest: image, frame, marks and skin row in pixels, and the numbers they must give."""

    sop_instance_uid: str
    frame: int
    entry: Point
    tip: Point
    skin_row_px: float
    depth_mm: float
    path_mm: float
    angle_deg: float


@dataclass(frozen=True)
class GlandTruth:
    """One gland at one visit: full diameters in mm, volume in ml, images by plane, calipers by axis."""

    length_mm: float
    width_mm: float
    depth_mm: float
    volume_ml: float
    images: Mapping[str, str]
    calipers: Mapping[str, LineTruth]
    needle: NeedleTruth | None


@dataclass(frozen=True)
class VisitTruth:
    """One visit: its study, its day (YYYYMMDD), its glands by side and its files in order."""

    visit: str
    study_instance_uid: str
    study_date: str
    accession: str
    glands: Mapping[str, GlandTruth]
    files: tuple[Path, ...]


@dataclass(frozen=True)
class ParticipantTruth:
    """A practice participant with all visits; patient id and name are obviously artificial."""

    participant: str
    patient_id: str
    issuer: str
    patient_name: str
    visits: tuple[VisitTruth, ...]

    def visit(self, name: str) -> VisitTruth:
        """The visit of that name; KeyError when it was not made."""
        for visit in self.visits:
            if visit.visit == name:
                return visit
        raise KeyError(name)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of every visit."""
        return tuple(path for visit in self.visits for path in visit.files)

    def to_json(self, beside: Path | None = None) -> str:
        """JSON text; file names are relative to the folder `beside` when it is given."""
        value = {
            "participant": self.participant,
            "patient_id": self.patient_id,
            "issuer": self.issuer,
            "patient_name": self.patient_name,
            "visits": [_visit_json(visit, beside) for visit in self.visits],
        }
        return json.dumps(value, indent=1, ensure_ascii=False)

    @staticmethod
    def from_json(text: str, beside: Path | None = None) -> ParticipantTruth:
        """The reverse of `to_json`; relative file names are taken from the folder `beside`."""
        value = json.loads(text)
        return ParticipantTruth(
            participant=value["participant"],
            patient_id=value["patient_id"],
            issuer=value["issuer"],
            patient_name=value["patient_name"],
            visits=tuple(_visit_from(visit, beside) for visit in value["visits"]),
        )


def _visit_json(visit: VisitTruth, beside: Path | None) -> dict[str, Any]:
    return {
        "visit": visit.visit,
        "study_instance_uid": visit.study_instance_uid,
        "study_date": visit.study_date,
        "accession": visit.accession,
        "glands": {side: _gland_json(gland) for side, gland in visit.glands.items()},
        "files": [(path.relative_to(beside) if beside else path).as_posix() for path in visit.files],
    }


def _gland_json(gland: GlandTruth) -> dict[str, Any]:
    return {
        "length_mm": gland.length_mm,
        "width_mm": gland.width_mm,
        "depth_mm": gland.depth_mm,
        "volume_ml": gland.volume_ml,
        "images": dict(gland.images),
        "calipers": {axis: _line_json(line) for axis, line in gland.calipers.items()},
        "needle": None if gland.needle is None else _needle_json(gland.needle),
    }


def _line_json(line: LineTruth) -> dict[str, Any]:
    return {
        "sop_instance_uid": line.sop_instance_uid,
        "frame": line.frame,
        "start": _point_json(line.start),
        "end": _point_json(line.end),
    }


def _needle_json(needle: NeedleTruth) -> dict[str, Any]:
    return {
        "sop_instance_uid": needle.sop_instance_uid,
        "frame": needle.frame,
        "entry": _point_json(needle.entry),
        "tip": _point_json(needle.tip),
        "skin_row_px": needle.skin_row_px,
        "depth_mm": needle.depth_mm,
        "path_mm": needle.path_mm,
        "angle_deg": needle.angle_deg,
    }


def _point_json(point: Point) -> dict[str, float]:
    return {"row": point.row, "column": point.column}


def _visit_from(value: Mapping[str, Any], beside: Path | None) -> VisitTruth:
    return VisitTruth(
        visit=value["visit"],
        study_instance_uid=value["study_instance_uid"],
        study_date=value["study_date"],
        accession=value["accession"],
        glands={side: _gland_from(gland) for side, gland in value["glands"].items()},
        files=tuple(beside / name if beside else Path(name) for name in value["files"]),
    )


def _gland_from(value: Mapping[str, Any]) -> GlandTruth:
    return GlandTruth(
        length_mm=value["length_mm"],
        width_mm=value["width_mm"],
        depth_mm=value["depth_mm"],
        volume_ml=value["volume_ml"],
        images=dict(value["images"]),
        calipers={axis: _line_from(line) for axis, line in value["calipers"].items()},
        needle=None if value["needle"] is None else _needle_from(value["needle"]),
    )


def _line_from(value: Mapping[str, Any]) -> LineTruth:
    start, end = Point(**value["start"]), Point(**value["end"])
    return LineTruth(value["sop_instance_uid"], value["frame"], start, end)


def _needle_from(value: Mapping[str, Any]) -> NeedleTruth:
    return NeedleTruth(**{**value, "entry": Point(**value["entry"]), "tip": Point(**value["tip"])})
