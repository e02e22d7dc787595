"""Millimetres on an ultrasound picture as values: its regions, its calibration as a whole, and a scale.

Source: DICOM PS3.3 C.8.5.5 (Sequence of Ultrasound Regions). Calibration belongs to one image and region. This
module deliberately reads no file and does not say which scale a line has: `line_scale` does.
"""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any, Literal, Protocol

RegionKind = Literal["2d", "m_mode", "spectral", "wave", "graphics", "none"]
ScaleKind = Literal["region", "pixel_spacing", "manual"]

KIND_WORDS: dict[RegionKind, str] = {
    "2d": "2D region",
    "m_mode": "M-mode region",
    "spectral": "spectral region",
    "wave": "waveform region",
    "graphics": "graphics region",
    "none": "region without a spatial format",
}
NOT_SPATIAL: frozenset[RegionKind] = frozenset({"m_mode", "spectral", "wave"})
"""Kinds with an axis of time or speed; a picture may show below "graphics" and "none", not below these."""


@dataclass(frozen=True)
class Point:
    """A place on a picture in pixels. Pixel centres lie at whole numbers, (0, 0) at the top left."""

    row: float
    column: float


@dataclass(frozen=True)
class Region:
    """One item of the Sequence of Ultrasound Regions, judged.

    `index` counts from 0. `box` is (row0, column0, row1, column1), inclusive, as used. `mm_per_px` is
    (row, column), or None where the region has no lengths. `usable` says whether lengths may be taken;
    `why` says why (not).
    """

    index: int
    kind: RegionKind
    box: tuple[int, int, int, int]
    mm_per_px: tuple[Decimal, Decimal] | None
    usable: bool
    why: str

    @property
    def number(self) -> int:
        """The region as words count it, from 1; `index` is for programs."""
        return self.index + 1

    def holds(self, point: Point) -> bool:
        """Whether the point lies on a pixel of this region (half a pixel around each centre)."""
        row0, column0, row1, column1 = self.box
        return row0 - 0.5 <= point.row <= row1 + 0.5 and column0 - 0.5 <= point.column <= column1 + 0.5


@dataclass(frozen=True)
class RegionCalibration:
    """At least one 2D region can be trusted for lengths."""

    why: str

    @property
    def state(self) -> Literal["region"]:
        """The word for this variant."""
        return "region"


@dataclass(frozen=True)
class PixelSpacingCalibration:
    """No usable region; PixelSpacing (0028,0030) is used and said so. `mm_per_px` is (row, column)."""

    mm_per_px: tuple[Decimal, Decimal]
    why: str

    @property
    def state(self) -> Literal["pixel_spacing"]:
        """The word for this variant."""
        return "pixel_spacing"


@dataclass(frozen=True)
class NoCalibration:
    """The header says nothing about millimetres: pixels stay pixels."""

    why: str

    @property
    def state(self) -> Literal["none"]:
        """The word for this variant."""
        return "none"


@dataclass(frozen=True)
class RefusedCalibration:
    """The header has a scale that is not trusted; a person must set the scale.

    `code` is the code of the `MeasurementRefused` that follows from it.
    """

    why: str
    code: Literal["scale_not_trusted", "spacing_disagrees"] = "scale_not_trusted"

    @property
    def state(self) -> Literal["refused"]:
        """The word for this variant."""
        return "refused"


Calibration = RegionCalibration | PixelSpacingCalibration | NoCalibration | RefusedCalibration


_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_OPTIONAL = "relative_error"


@dataclass(frozen=True)
class Scale:
    """Millimetres per pixel down (`row`) and across (`column`), and where they came from in words.

    `relative_error` is how far the whole scale may be off (0.01: one part in a hundred); 0 for a scanner's
    own scale, of which no error is known.
    """

    kind: ScaleKind
    region: int | None
    mm_per_px_row: Decimal
    mm_per_px_column: Decimal
    source: str
    relative_error: Decimal = Decimal(0)

    @property
    def is_by_hand(self) -> bool:
        """Whether a person set this scale; then every number that depends on it says so."""
        return self.kind == "manual"

    def length_mm(self, a: Point, b: Point) -> float:
        """Length of the line a-b in mm; the two directions are kept apart until the last step."""
        down = (b.row - a.row) * float(self.mm_per_px_row)
        across = (b.column - a.column) * float(self.mm_per_px_column)
        return math.hypot(down, across)

    def reading_error_um(self, a: Point, b: Point) -> Decimal:
        """Error of the line a-b in micrometres where each end is half a pixel uncertain, down and across.

        The four half pixels are independent and add by their squares; where a pixel is longer one way, so
        is its share. A line without length has the larger of both directions.
        """
        row_um, column_um = self.mm_per_px_row * 1000, self.mm_per_px_column * 1000
        down = _EXACT.multiply(Decimal(abs(b.row - a.row)), row_um)
        across = _EXACT.multiply(Decimal(abs(b.column - a.column)), column_um)
        square = down * down + across * across
        if not square:
            return _EXACT.multiply(max(row_um, column_um), _EXACT.sqrt(Decimal("0.5")))
        weighted = _EXACT.divide((down * row_um) ** 2 + (across * column_um) ** 2, square)
        return _EXACT.sqrt(weighted / 2)

    def to_json(self) -> dict[str, Any]:
        """Plain values for the ledger: decimal strings, no floats; an error only where a person set the scale."""
        plain: dict[str, Any] = {
            "kind": self.kind,
            "region": self.region,
            "mm_per_px_row": format(self.mm_per_px_row, "f"),
            "mm_per_px_column": format(self.mm_per_px_column, "f"),
            "source": self.source,
        }
        if self.relative_error or self.is_by_hand:
            plain[_OPTIONAL] = format(self.relative_error, "f")
        return plain

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Scale:
        """The scale that `to_json` wrote. Raises ValueError where a field is missing or not of its form."""
        try:
            row, column = Decimal(value["mm_per_px_row"]), Decimal(value["mm_per_px_column"])
            kind, region, source = value["kind"], value["region"], value["source"]
            error = Decimal(value.get(_OPTIONAL, 0))
        except (KeyError, TypeError, InvalidOperation) as wrong:
            raise ValueError("a stored scale lacks a field or holds a malformed number") from wrong
        if kind not in ("region", "pixel_spacing", "manual") or not isinstance(source, str):
            raise ValueError("a stored scale has an unknown kind")
        if not (region is None or (isinstance(region, int) and not isinstance(region, bool))):
            raise ValueError("a stored scale names its region by something that is not a number")
        if not (row.is_finite() and column.is_finite() and row > 0 and column > 0):
            raise ValueError("a stored scale is not a positive number of millimetres")
        if not (error.is_finite() and 0 <= error < 1):
            raise ValueError("a stored scale has an error that is no part of it")
        return cls(kind, region, row, column, source, error)


class CalibratedPicture(Protocol):
    """What is needed of an image to scale a line on it; `UltrasoundImage` is one."""

    @property
    def rows(self) -> int:
        """Height in pixels."""

    @property
    def columns(self) -> int:
        """Width in pixels."""

    @property
    def regions(self) -> tuple[Region, ...]:
        """The picture's regions, as judged."""

    @property
    def calibration(self) -> Calibration:
        """The picture's calibration as a whole."""
