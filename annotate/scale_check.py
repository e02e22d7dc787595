"""The cross-check: a line laid on a burned-in ruler or a vendor's caliper, against what the calibration gives.

Pure. It says how far the two are apart and whether that is more than reading can explain; it changes no scale
and blocks nothing. Deliberately reads no digits off the picture: what is printed there is typed by a person.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from annotate.errors import AnnotateError, MarkRefused
from annotate.exact import length_between_um
from annotate.readout import millimetres, percent
from annotate.stored_parts import mpx
from annotate.uncertainty import HALF_PIXEL, measured_length
from dicom_io.calibration import Point, Scale

Against = Literal["ruler", "vendor_caliper"]
AGAINST_WORDS: dict[Against, str] = {"ruler": "burned-in ruler", "vendor_caliper": "vendor's caliper"}
TOLERANCE = Decimal("0.02")
"""A difference of more than this part, and more than the reading error, is worth a warning."""
_LONGEST_UM = 300_000
_MALFORMED = "a stored cross-check lacks a part or holds a malformed number"


@dataclass(frozen=True)
class CalibrationCheck:
    """What a person did: the line in pixels, what is printed beside it in micrometres, and what it lies on."""

    start: Point
    end: Point
    printed_um: int
    against: Against


@dataclass(frozen=True)
class CheckedScale:
    """What came of it: what the calibration gives for that line, its reading error (um), and the scale used."""

    check: CalibrationCheck
    calibrated_um: int
    error_um: int
    scale: Scale

    @property
    def difference_um(self) -> int:
        """Calibration less print, micrometres."""
        return self.calibrated_um - self.check.printed_um

    @property
    def is_beyond(self) -> bool:
        """Whether the difference is more than both the reading error and 2 % of what is printed."""
        apart = abs(self.difference_um)
        return apart > self.error_um and apart > TOLERANCE * self.check.printed_um

    @property
    def words(self) -> str:
        """Both lengths and their difference, as record, sheet and table say it."""
        return (
            f"{AGAINST_WORDS[self.check.against]} printed {millimetres(self.check.printed_um)}, calibration gives "
            f"{millimetres(self.calibrated_um, self.error_um)} ({percent(self.difference_um, self.check.printed_um)})"
        )

    @property
    def warning(self) -> str:
        """What to say at once; empty where reading explains the difference."""
        if not self.is_beyond:
            return ""
        return f"The scale may be wrong: {self.words}. Check the typed number and the line, then ask about the scanner."


def checked(check: CalibrationCheck, scale: Scale) -> CheckedScale:
    """Hold a laid line against a scale. Raises MarkRefused for a line without length or an impossible print."""
    if not 0 < check.printed_um <= _LONGEST_UM:
        raise MarkRefused("size_out_of_range", "What is printed must be over 0 and at most 300 mm; type it again.")
    length = length_between_um(check.start, check.end, scale)
    if length == 0:
        raise MarkRefused("same_point", "Both ends of the line are one point; lay it along the ruler.")
    measured = measured_length(length, (check.start, check.end), scale, HALF_PIXEL)
    return CheckedScale(check, length, measured.error_um, scale)


def checked_to_json(one: CheckedScale) -> dict[str, Any]:
    """The stored form: whole numbers, words and the scale."""
    check = one.check
    return {
        "start": _point(check.start), "end": _point(check.end), "printed_um": check.printed_um,
        "against": check.against, "calibrated_um": one.calibrated_um, "error_um": one.error_um,
        "scale": one.scale.to_json(),
    }


def checked_from_json(value: object) -> CheckedScale:
    """The cross-check of a stored form, made again from its line and scale. Raises ValueError where it is none."""
    fields = value if isinstance(value, Mapping) else {}
    against, scale, printed = fields.get("against"), fields.get("scale"), fields.get("printed_um")
    if not isinstance(against, str) or not isinstance(scale, Mapping) or type(printed) is not int:
        raise ValueError(_MALFORMED)
    if against not in AGAINST_WORDS:
        raise ValueError(_MALFORMED)
    try:
        return checked(
            CalibrationCheck(_read(fields.get("start")), _read(fields.get("end")), printed, against),
            Scale.from_json(scale),
        )
    except (AnnotateError, ArithmeticError) as wrong:
        raise ValueError(_MALFORMED) from wrong


def on_grid(check: CalibrationCheck) -> CalibrationCheck:
    """The same check with its ends rounded to the stored thousandths of a pixel. Raises MarkMalformed."""
    ends = (_read(_point(check.start)), _read(_point(check.end)))
    return CalibrationCheck(*ends, check.printed_um, check.against)


def _point(point: Point) -> dict[str, int]:
    return {"row_mpx": mpx(point.row), "column_mpx": mpx(point.column)}


def _read(value: object) -> Point:
    if not isinstance(value, Mapping) or set(value) != {"row_mpx", "column_mpx"}:
        raise ValueError(_MALFORMED)
    if any(type(one) is not int for one in value.values()):
        raise ValueError(_MALFORMED)
    return Point(value["row_mpx"] / 1000, value["column_mpx"] / 1000)
