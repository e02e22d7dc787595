"""Exact arithmetic of pixel coordinates: whole thousandths of a pixel times decimal millimetres, rounded once.

Pure. Rows and columns keep their own scale. What is computed here is the same integer on every machine: decimals of 60
digits or whole numbers of any size, half to even at the end. Deliberately knows no mark.
"""
from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

from annotate.stored_parts import mpx
from dicom_io.calibration import Point, Scale

EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
LengthUm = int


def whole(value: Decimal) -> int:
    """The nearest whole number, half to even."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN, context=EXACT))


def apart_um(a: Point, b: Point, scale: Scale) -> tuple[Decimal, Decimal]:
    """Distance of two points down and across, each in micrometres by its own scale, never negative."""
    # thousandths of a pixel times mm per pixel is micrometres
    down = abs(mpx(b.row) - mpx(a.row))
    across = abs(mpx(b.column) - mpx(a.column))
    return (
        EXACT.multiply(Decimal(down), scale.mm_per_px_row),
        EXACT.multiply(Decimal(across), scale.mm_per_px_column),
    )


def hypotenuse_um(down_um: Decimal, across_um: Decimal) -> LengthUm:
    """The length of a line that goes so far down and across, whole micrometres."""
    squares = EXACT.add(EXACT.multiply(down_um, down_um), EXACT.multiply(across_um, across_um))
    return whole(EXACT.sqrt(squares))


def length_between_um(a: Point, b: Point, scale: Scale) -> LengthUm:
    """Whole micrometres between two points in pixels."""
    return hypotenuse_um(*apart_um(a, b, scale))


def whole_steps(scale: Scale) -> tuple[int, int, int]:
    """The scale as whole numbers: (row, column, digits), each step in 10**-digits micrometres per thousandth pixel."""
    sides = (scale.mm_per_px_row, scale.mm_per_px_column)
    digits = max(0, *(-int(side.as_tuple().exponent) for side in sides))
    row, column = (int(side.scaleb(digits, EXACT)) for side in sides)
    return row, column, digits
