"""A scale that a person set: lines drawn along a burned-in ruler, and the lengths typed for them.

Its own kind of calibration, for pictures whose header has none or one that is not trusted. Pure: whole
numbers in, one `Scale` of kind "manual" out, the same on every machine. Deliberately finds no ruler by
itself, knows nobody's name, and says nothing of where the scale holds (`line_scale.scale_between` does).
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from dicom_io.calibration import CalibratedPicture, Point, Scale
from dicom_io.errors import MeasurementRefused
from dicom_io.line_scale import refuse_doubtful_place
from dicom_io.regions import DEEPEST_MM, SHALLOWEST_MM, WIDEST_MM

SHORTEST_PX = 20
"""Half a pixel at each end of a shorter ruler would be more than 3.5 % of every length measured with it."""
SHORTEST_UM, LONGEST_UM = 1_000, 300_000
_MOST_OBLONG = 3
_MILLI = 1000
_LARGEST_MPX = 10_000_000
_LARGEST_ASPECT = 10_000
_OUTSIDE = "An end of the ruler lies outside the picture; draw both on it."
_MALFORMED = "a stored scale set by hand lacks a part or holds a malformed number"
# Nine digits: far below a thousandth of a pixel on any picture, and still a number one can read.
_STORED = Context(prec=9, rounding=ROUND_HALF_EVEN)
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class RulerLine:
    """One line along a ruler, in pixels of the picture, and the length in micrometres that is printed there."""

    start: Point
    end: Point
    length_um: int

    @property
    def is_down(self) -> bool:
        """Whether it runs down rather than across, in pixels."""
        down, across = _extent(self)
        return down >= across


@dataclass(frozen=True)
class HandScale:
    """One line, or two of which one runs down and one across.

    With one line the shape of a pixel is taken from the header: `aspect` is PixelAspectRatio (0028,0034),
    vertical to horizontal size, (1, 1) where the header says nothing. With two lines it is not used.
    """

    lines: tuple[RulerLine, ...]
    aspect: tuple[int, int] = (1, 1)

    def scale(self, source: str, region: int | None = None) -> Scale:
        """Millimetres per pixel that follow from the lines, with their relative error.

        `source` is what every number will say of where it comes from; `region` the index of the only region
        in which the scale holds, None for the whole picture. Raises `MeasurementRefused` (`ruler_too_short`,
        `rulers_disagree`) where no scale follows.
        """
        _check_lines(self.lines)
        row, column = _of_one(self.lines[0], self.aspect) if len(self.lines) == 1 else _of_two(*self.lines)
        found = Scale("manual", region, _STORED.plus(row), _STORED.plus(column), source)
        return replace(found, relative_error=_relative_error(self.lines, found))

    @property
    def words(self) -> str:
        """What was drawn and what was assumed, as every number says it."""
        lengths = [f"{Decimal(line.length_um).scaleb(-3).normalize():f} mm" for line in self.lines]
        if not lengths:
            return "no ruler"
        if len(self.lines) == 2:
            down, across = lengths if self.lines[0].is_down else reversed(lengths)
            return f"rulers of {down} down and {across} across"
        if self.aspect[0] != self.aspect[1]:
            return f"a ruler of {lengths[0]}, pixels {self.aspect[0]} high to {self.aspect[1]} wide by the header"
        return f"a ruler of {lengths[0]}, square pixels assumed (the ± leaves that out)"

    def to_json(self) -> dict[str, Any]:
        """Plain values for the ledger: whole thousandths of a pixel and micrometres."""
        return {
            "lines": [
                {"start": _point(line.start), "end": _point(line.end), "length_um": line.length_um}
                for line in self.lines
            ],
            "aspect": list(self.aspect),
        }

    @classmethod
    def from_json(cls, value: object) -> HandScale:
        """The scale that `to_json` wrote. Raises ValueError for anything else."""
        fields = _keys(value, "lines", "aspect")
        lines, aspect = fields["lines"], fields["aspect"]
        if not isinstance(lines, list) or not 1 <= len(lines) <= 2 or not isinstance(aspect, list) or len(aspect) != 2:
            raise ValueError(_MALFORMED)
        vertical, horizontal = (_whole(part, 1, _LARGEST_ASPECT) for part in aspect)
        return cls(tuple(_line(line) for line in lines), (vertical, horizontal))


def on_grid(line: RulerLine) -> RulerLine:
    """The same line with its ends rounded to the stored thousandths of a pixel."""
    return _line({"start": _point(line.start), "end": _point(line.end), "length_um": line.length_um})


def refuse_impossible(scale: Scale, image: CalibratedPicture) -> None:
    """Refuse a scale that no ultrasound picture can have: deeper than 30 cm, shallower than 0.5 cm, over 1 m wide.

    Raises `MeasurementRefused` `scale_not_trusted`: most often a typed length in the wrong unit.
    """
    depth_mm, width_mm = image.rows * scale.mm_per_px_row, image.columns * scale.mm_per_px_column
    if not SHALLOWEST_MM <= depth_mm <= DEEPEST_MM or width_mm > WIDEST_MM:
        raise MeasurementRefused(
            "scale_not_trusted",
            f"This scale would make the picture {float(depth_mm) / 10:.3g} cm deep and {float(width_mm) / 10:.3g} cm "
            "wide; check the length that was typed and its unit.",
        )


def only_region_of(image: CalibratedPicture, lines: tuple[RulerLine, ...]) -> int | None:
    """In which one region a hand-set scale holds: None where the picture has at most one 2D region.

    Two 2D regions may be zoomed differently, so there the ruler must lie in the one it is meant for. Raises
    `MeasurementRefused` where it does not, where a line leaves the picture, or is drawn where one cannot tell
    which scale it shows (`refuse_doubtful_place`).
    """
    for point in (point for line in lines for point in (line.start, line.end)):
        if not (-0.5 <= point.row <= image.rows - 0.5 and -0.5 <= point.column <= image.columns - 0.5):
            raise MeasurementRefused("outside_image", _OUTSIDE)
    for line in lines:
        refuse_doubtful_place(image.regions, line.start, line.end)
    spatial = [region for region in image.regions if region.kind == "2d"]
    if len(spatial) < 2:
        return None
    for region in spatial:
        if all(region.holds(line.start) and region.holds(line.end) for line in lines):
            return region.index
    raise MeasurementRefused(
        "two_regions", "This picture has several 2D regions; draw the ruler inside the one to measure in."
    )


def _check_lines(lines: tuple[RulerLine, ...]) -> None:
    for line in lines:
        down, across = _extent(line)
        if down * down + across * across < (SHORTEST_PX * _MILLI) ** 2:
            raise MeasurementRefused(
                "ruler_too_short", f"A ruler line must be at least {SHORTEST_PX} pixels long; draw along more of it."
            )
        if not SHORTEST_UM <= line.length_um <= LONGEST_UM:
            raise MeasurementRefused("ruler_too_short", "A ruler's length must be between 1 and 300 mm; type it again.")
    if len(lines) not in (1, 2) or (len(lines) == 2 and not _are_crossed(*lines)):
        raise MeasurementRefused(
            "rulers_disagree", "Draw one ruler line, or two of which one runs down and one across the picture."
        )


def _are_crossed(one: RulerLine, other: RulerLine) -> bool:
    """One mostly down and one mostly across, each at least twice as far its own way as the other way."""
    shapes = [_extent(line) for line in (one, other)]
    return any(
        first[0] >= 2 * first[1] and second[1] >= 2 * second[0] for first, second in (shapes, reversed(shapes))
    )


def _of_one(line: RulerLine, aspect: tuple[int, int]) -> tuple[Decimal, Decimal]:
    """mm per pixel (row, column): one unknown size, its shape given by the aspect."""
    down, across = _extent(line)
    vertical, horizontal = aspect
    if max(aspect) > _MOST_OBLONG * min(aspect):
        raise MeasurementRefused(
            "rulers_disagree",
            "By the header a pixel is over three times as long as wide; draw two rulers, one down and one across.",
        )
    # thousandths of a pixel against micrometres: the quotient is mm per pixel
    unit = _EXACT.divide(
        Decimal(line.length_um), _EXACT.sqrt(Decimal((down * vertical) ** 2 + (across * horizontal) ** 2))
    )
    return _EXACT.multiply(unit, Decimal(vertical)), _EXACT.multiply(unit, Decimal(horizontal))


def _of_two(one: RulerLine, other: RulerLine) -> tuple[Decimal, Decimal]:
    """mm per pixel (row, column): two Pythagorean equations in the squares of the two unknowns."""
    (down1, across1), (down2, across2) = _extent(one), _extent(other)
    a, b, c, d = down1**2, across1**2, down2**2, across2**2
    known1, known2 = one.length_um**2, other.length_um**2
    cross = a * d - b * c
    row_square = _EXACT.divide(Decimal(known1 * d - known2 * b), Decimal(cross))
    column_square = _EXACT.divide(Decimal(known2 * a - known1 * c), Decimal(cross))
    largest, smallest = max(row_square, column_square), min(row_square, column_square)
    if smallest <= 0 or largest > _MOST_OBLONG**2 * smallest:
        raise MeasurementRefused(
            "rulers_disagree", "The two rulers would make a pixel over three times as long as wide; check both lengths."
        )
    return _EXACT.sqrt(row_square), _EXACT.sqrt(column_square)


def _relative_error(lines: tuple[RulerLine, ...], found: Scale) -> Decimal:
    """How far the scale may be off: the reading error of its line, or the worse direction of two lines.

    To first order, each line's relative error is that of both directions weighted by their shares of its
    square; a line that leans passes its error on to the other direction.
    """
    errors = [
        _EXACT.divide(found.reading_error_um(line.start, line.end), Decimal(line.length_um)) for line in lines
    ]
    worst = errors[0]
    if len(lines) == 2:
        (one, other), (error, other_error) = (_share_down(line, found) for line in lines), errors
        row = _root_of_squares((1 - other) * error, (1 - one) * other_error)
        column = _root_of_squares(one * other_error, other * error)
        worst = _EXACT.divide(max(row, column), abs(one - other))
    return worst.quantize(Decimal("0.000001"), context=_EXACT)


def _share_down(line: RulerLine, found: Scale) -> Decimal:
    """How much of the square of a line's length is its way down."""
    down, across = _extent(line)
    square_down, square_across = (down * found.mm_per_px_row) ** 2, (across * found.mm_per_px_column) ** 2
    return _EXACT.divide(square_down, square_down + square_across)


def _root_of_squares(one: Decimal, other: Decimal) -> Decimal:
    return _EXACT.sqrt(one * one + other * other)


def _extent(line: RulerLine) -> tuple[int, int]:
    """How far a line goes down and across, in thousandths of a pixel, never negative."""
    start, end = _point(line.start), _point(line.end)
    return abs(end["row_mpx"] - start["row_mpx"]), abs(end["column_mpx"] - start["column_mpx"])


def _point(point: Point) -> dict[str, int]:
    row, column = point.row * _MILLI, point.column * _MILLI
    if not (abs(row) <= _LARGEST_MPX and abs(column) <= _LARGEST_MPX):  # NaN fails too
        raise MeasurementRefused("outside_image", _OUTSIDE)
    return {"row_mpx": round(row), "column_mpx": round(column)}


def _line(value: object) -> RulerLine:
    fields = _keys(value, "start", "end", "length_um")
    return RulerLine(_read(fields["start"]), _read(fields["end"]), _whole(fields["length_um"], 1, 10**9))


def _read(value: object) -> Point:
    fields = _keys(value, "row_mpx", "column_mpx")
    row, column = (_whole(fields[name], -_LARGEST_MPX, _LARGEST_MPX) for name in ("row_mpx", "column_mpx"))
    return Point(row / _MILLI, column / _MILLI)


def _keys(value: object, *names: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise ValueError(_MALFORMED)
    return dict(value)


def _whole(value: object, lowest: int, highest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise ValueError(_MALFORMED)
    return value
