"""A made-up gland as a report says it, and the outside tools that read what comes of it."""
from __future__ import annotations

import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dicom_io.calibration import Point
from dicom_io.deidentify.request import ForSharing, Trial
from dicom_io.reports.values import CodedPicture, GlandReport, Head, KeyFrames, KeyObjects, Measured, Method, Region
from tools.dcmtk import dcmtk

STILL = CodedPicture("1.2.840.10008.5.1.4.1.1.6.1", "2.25.101", "2.25.102", "2.25.103", 600, 800, 1)
CLIP = CodedPicture("1.2.840.10008.5.1.4.1.1.3.1", "2.25.104", "2.25.102", "2.25.103", 600, 800, 60)
HEAD = Head(
    ForSharing("SMG-07", "injection"), Trial("A sponsor", "TRIAL-1", "A trial", "01", "Sønderby"),
    "2.25.201", "2.25.202", "", "20000101", "Amina Ærø-Ågård", "amina", "0.1.0",
)
NEEDLE = Method("needle", "2")


def needle(frame: int) -> tuple[Region, ...]:
    """A needle in plane on one frame of the clip, as its four regions."""
    entry, tip, skin = Point(120.5, 200.25), Point(300.125, 410.5), Point(80, 410.5)
    measured = {
        "needle_tip": (Measured("capsule_distance", Decimal("-1.2"), Method("capsule_distance", "1")),),
        "needle_path": (
            Measured("needle_path", Decimal("15.301"), NEEDLE), Measured("needle_angle", Decimal("36.87"), NEEDLE),
        ),
        "needle_depth": (Measured("needle_depth", Decimal("9.004"), NEEDLE),),
    }
    points = {"needle_entry": (entry,), "needle_tip": (tip,), "needle_path": (entry, tip), "needle_depth": (skin, tip)}
    return tuple(
        Region(
            kind, "mark-1", f"2.25.{301 + number}", CLIP.sop_instance_uid, frame, places,  # type: ignore[arg-type]
            measured.get(kind, ()), (("tip_visibility", "seen"),) if kind == "needle_tip" else (),
            "region 1: 0.05 mm down, 0.1 mm across",
        )
        for number, (kind, places) in enumerate(points.items())
    )


def gland(*regions: Region) -> GlandReport:
    """The right gland at an injection visit, with these regions."""
    volume = Measured("gland_volume", Decimal("6.713"), Method("ellipsoid", "2"), "calculated")
    injected = Measured("injected_volume", Decimal("1.15"), Method("balance", "1"), "calculated")
    length = Measured("length", Decimal("33.212"), Method("caliper", "2"), "mean")
    return GlandReport(
        HEAD, "right", True, 2, "2.25.300", (STILL, CLIP), (length, volume, injected), regions,
        "Blinded trial product", ("Ellipsoid of 3 calipers.", "Set by hand: æøå"),
    )


def key_frames(*frames: int) -> KeyObjects:
    """The still and frames of the clip, pointed out."""
    head = replace(HEAD, sop_instance_uid="2.25.203", series_instance_uid="2.25.204")
    return KeyObjects(head, "right", "Frames with marks.", (KeyFrames(STILL, (0,)), KeyFrames(CLIP, frames)))


def errors_found(path: Path) -> list[str]:
    """What dciodvfy (dicom3tools) calls an error."""
    try:
        said = subprocess.run(["dciodvfy", str(path)], check=False, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("dicom3tools is not installed")
    return [line for line in (said.stdout + said.stderr).splitlines() if line.startswith("Error")]


def dumped(path: Path) -> str:
    """What dsrdump (DCMTK) prints of a report; it fails where it finds the tree malformed."""
    said = subprocess.run(
        [dcmtk("dsrdump"), "+Pl", "+Pc", "+U8", str(path)], check=True, capture_output=True, timeout=60
    )
    complaints = [line for line in said.stderr.decode().splitlines() if line.startswith("E:")]
    assert complaints == []
    return said.stdout.decode("utf-8")
