"""Every code that a report uses, standard and our own, in one place. Tables only.

Standard codes: PS3.16 annex D (DCM), SNOMED CT (SCT), UCUM. Where the standard has none, the scheme 99INJLOG holds
ours; it is declared in each file (Coding Scheme Identification Sequence, 0008,0110) and told in docs/handover.md. A
code keeps its meaning for ever; a new meaning is a new code.
"""
from __future__ import annotations

from dataclasses import dataclass

from pydicom.sr.coding import Code

from dicom_io.reports.values import Derivation, Finding, Quantity, RegionKind

PRIVATE_SCHEME, PRIVATE_NAME = "99INJLOG", "injection-log private codes, version 1"
_LONGEST_CODE = 16


def _own(value: str, meaning: str) -> Code:
    assert len(value) <= _LONGEST_CODE  # SH, PS3.5 6.2
    return Code(value, PRIVATE_SCHEME, meaning)


GLAND = Code("54019009", "SCT", "Submandibular gland")
SIDES = {"right": Code("24028007", "SCT", "Right"), "left": Code("7771000", "SCT", "Left")}
GUIDANCE = Code("61593002", "SCT", "Ultrasonic guidance procedure")
ULTRASOUND = Code("16310003", "SCT", "Diagnostic ultrasonography")
LIBRARY = Code("111028", "DCM", "Image Library")
DRUG = Code("122083", "DCM", "Drug administered")
COMMENT = Code("121106", "DCM", "Comment")
CLINICAL_TRIAL_EXPORT = Code("128711", "DCM", "For Clinical Trial Export")
SCALE = _own("SCALE", "Scale in which this was read")
FRAMES = Code("121140", "DCM", "Number of Frames")
VERSION = _own("VERSION", "Version of the signed record")

MM, MM2, ML, DEGREES = (
    Code("mm", "UCUM", "mm"), Code("mm2", "UCUM", "mm2"), Code("mL", "UCUM", "mL"), Code("deg", "UCUM", "degrees"),
)
ONE = Code("1", "UCUM", "no units")


@dataclass(frozen=True)
class QuantityCode:
    """The concept of a number and its unit."""

    name: Code
    unit: Code


QUANTITIES: dict[Quantity, QuantityCode] = {
    "length": QuantityCode(Code("410668003", "SCT", "Length"), MM),
    "width": QuantityCode(Code("103355008", "SCT", "Width"), MM),
    "depth": QuantityCode(Code("131197000", "SCT", "Depth"), MM),
    "needle_path": QuantityCode(Code("121206", "DCM", "Distance"), MM),
    "needle_depth": QuantityCode(Code("121243", "DCM", "Distance from skin"), MM),
    "needle_angle": QuantityCode(_own("NEEDLE_ANGLE", "Angle of the needle to the probe face"), DEGREES),
    "capsule_distance": QuantityCode(_own("CAPSULE_DISTANCE", "Tip to capsule in the image plane, inside > 0"), MM),
    "area": QuantityCode(Code("42798000", "SCT", "Area"), MM2),
    "longest_axis": QuantityCode(_own("LONGEST_AXIS", "Longest axis of the outline"), MM),
    "axis_across": QuantityCode(_own("AXIS_ACROSS", "Axis across the longest axis"), MM),
    "deposit_volume": QuantityCode(_own("DEPOSIT_VOLUME", "Volume of one deposit"), ML),
    "gland_volume": QuantityCode(Code("118565006", "SCT", "Volume"), Code("cm3", "UCUM", "cm3")),
    "injected_volume": QuantityCode(Code("122091", "DCM", "Volume administered"), ML),
}

REGIONS: dict[RegionKind, Code] = {
    "needle_entry": _own("NEEDLE_ENTRY", "Visible entry of the needle"),
    "needle_tip": _own("NEEDLE_TIP", "Tip of the needle"),
    "needle_path": _own("NEEDLE_PATH", "Visible path of the needle"),
    "needle_depth": _own("NEEDLE_DEPTH", "From the skin line down to the tip of the needle"),
    "diameter": _own("DIAMETER", "Diameter of the gland, capsule to capsule"),
    "outline": _own("OUTLINE", "Outline of the gland"),
    "deposit": _own("DEPOSIT", "Place where fluid was left"),
    "facial_artery": Code("23074001", "SCT", "Facial artery"),
    "facial_vein": _own("FACIAL_VEIN", "Facial vein"),
    "duct": _own("DUCT", "Submandibular duct"),
}

DERIVATIONS: dict[Derivation, Code] = {
    "mean": Code("373098007", "SCT", "Mean"),
    "calculated": Code("258090004", "SCT", "Calculated"),
}

METHODS: dict[str, Code] = {
    "ellipsoid": Code("126029", "DCM", "LWH method for volume of ellipsoid"),
    "contour_stack": Code("121217", "DCM", "Volume estimated from three or more non-coplanar 2D regions"),
    "balance": _own("BALANCE", "Loaded less residual less spilled"),
}
"""Methods that a code says too; every method has its name and version beside the number (TID 4019)."""

FINDINGS: dict[Finding, Code] = {
    "tip_visibility": _own("TIP_VISIBILITY", "How the tip was seen"),
    "visible_path": _own("PATH_WHOLE", "Whether the path begins at the skin line"),
    "along": _own("ALONG", "Where along the gland"),
    "layer": _own("LAYER", "Layer of the gland"),
    "deposit_volume_known": _own("VOLUME_KNOWN", "Whether the volume of the deposit is known"),
}

CHOICES: dict[Finding, dict[str, Code]] = {
    "tip_visibility": {
        "seen": _own("TIP_SEEN", "Tip seen"),
        "inferred_hydrodissection": _own("TIP_BY_FLUID", "Tip inferred from the spread of fluid"),
        "inferred_shaft": _own("TIP_BY_SHAFT", "Tip inferred from the shaft"),
        "not_seen": _own("TIP_NOT_SEEN", "Tip not seen"),
    },
    "visible_path": {
        "whole": _own("PATH_FROM_SKIN", "Path from the skin line to the tip"),
        "visible": _own("PATH_VISIBLE", "Visible part of the path only"),
    },
    "along": {
        "anterior": Code("255549009", "SCT", "Anterior"),
        "middle": _own("MIDDLE", "Middle third"),
        "posterior": Code("255551008", "SCT", "Posterior"),
    },
    "layer": {
        "superficial": Code("26283006", "SCT", "Superficial"),
        "deep": Code("795002", "SCT", "Deep"),
    },
    "deposit_volume_known": {
        "known": _own("KNOWN", "Volume known"),
        "unknown": _own("UNKNOWN", "Volume not known"),
    },
}
"""For each question its choices, by our words."""


def key_of(code: Code) -> tuple[str, str]:
    """What two codes are compared by: value and scheme; a meaning is for people."""
    return code.value, code.scheme_designator
