"""Measured values as people read them: one way to round and to word a length, a volume, an angle and a needle.

Pure, so that the record's text, the window and the marked picture cannot show different digits for one value.
Rounding is decimal, half to even, from the stored whole number. A value with an error has as many decimals as
its error, and a value that depends on a scale set by hand says so. Deliberately no judgement and no layout.
"""
from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from annotate.errors import MarkRefused
from annotate.geometry import (
    NeedleOutOfPlane,
    caliper_length,
    depth_length,
    measure_contour,
    measure_needle,
    measures,
    path_length,
)
from annotate.marks import (
    Caliper,
    Contour,
    Deposit,
    Microlitres,
    Needle,
    OutOfPlaneNeedle,
    PlacedMark,
    Structure,
    StructureKind,
    TipVisibility,
)
from annotate.uncertainty import HALF_PIXEL, MeasuredLength, ReadingError

TIP_WORDS: dict[TipVisibility, str] = {
    "seen": "tip seen",
    "inferred_hydrodissection": "tip inferred from hydrodissection",
    "inferred_shaft": "tip inferred from the shaft",
    "not_seen": "tip not seen",
}
STRUCTURE_WORDS: dict[StructureKind, str] = {
    "facial_artery": "facial artery", "facial_vein": "facial vein", "duct": "duct",
}
BY_HAND = "SCALE SET BY HAND"
"""Stands beside every number that depends on a scale that a person set."""
_FINE, _COARSE = Decimal("0.01"), Decimal("0.1")


def millimetres(micrometres: int, error_um: int | None = None) -> str:
    """Micrometres as millimetres: 32560 is `32.6 mm`, with an error of 500 `32.6 ± 0.5 mm`, of 50 `32.56 ± 0.05 mm`."""
    return f"{_figures(micrometres, error_um, _COARSE)} mm"


def exact_millimetres(micrometres: int) -> str:
    """Micrometres as millimetres to the last one and no further, as they were typed: 2000 is `2 mm`, 1250 `1.25 mm`."""
    whole, rest = divmod(micrometres, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".") + " mm"


def millilitres(microlitres: int, error_ul: int | None = None) -> str:
    """Microlitres as millilitres: 6623 is `6.62 ml`, with an error of 520 `6.6 ± 0.5 ml`."""
    return f"{_figures(microlitres, error_ul, _FINE)} ml"


def square_millimetres(square_micrometres: int) -> str:
    """Square micrometres as square millimetres with one decimal: 512_080_000 is `512.1 mm²`."""
    return f"{(Decimal(square_micrometres) / 1_000_000).quantize(_COARSE, rounding=ROUND_HALF_EVEN)} mm²"


def degrees(thousandths: int) -> str:
    """Thousandths of a degree as degrees with one decimal: 36870 is `36.9°`."""
    return f"{_rounded(thousandths, _COARSE)}°"


def percent(part: int, whole: int) -> str:
    """A part of a whole in percent with its sign and one decimal: `+5.3 %`; never `-0.0`."""
    value = (Decimal(100 * part) / Decimal(whole)).quantize(_COARSE, rounding=ROUND_HALF_EVEN)
    return f"{value if value else abs(value):+} %" if value else "0.0 %"


def value_words(placed: PlacedMark, reading: ReadingError = HALF_PIXEL) -> str:
    """What a mark measures, in words with units and errors; the reason in words where it cannot be measured."""
    try:
        words = _measured_words(placed, reading)
    except MarkRefused as refused:
        return refused.why
    return f"{words}; {BY_HAND}" if placed.scale.is_by_hand and measures(placed.mark) else words


def capsule_words(distance_um: int) -> str:
    """How far inside the contour a tip lies: `tip 3.2 mm inside the contour, in the image plane`."""
    where = "inside" if distance_um >= 0 else "OUTSIDE"
    return f"tip {millimetres(abs(distance_um))} {where} the contour, in the image plane"


def deposit_words(deposit: Deposit) -> str:
    """Volume and zone of a deposit: `0.50 ml, middle, deep`."""
    volume = millilitres(deposit.volume.ul) if isinstance(deposit.volume, Microlitres) else "volume unknown"
    return f"{volume}, {deposit.zone.along}, {deposit.zone.layer}"


def _measured_words(placed: PlacedMark, reading: ReadingError) -> str:
    match placed.mark:
        case Caliper():
            return f"{placed.mark.axis} {_length(caliper_length(placed, reading))}"
        case Contour():
            size = measure_contour(placed)
            axes = f"{millimetres(size.longest.length_um)} long, {millimetres(size.across.length_um)} across"
            return f"contour: area {square_millimetres(size.area_um2)}, {axes}"
        case Deposit():
            return f"deposit: {deposit_words(placed.mark)}"
        case Structure():
            return STRUCTURE_WORDS[placed.mark.kind]
        case Needle() | OutOfPlaneNeedle():
            return _needle_words(placed, placed.mark, reading)


def _needle_words(placed: PlacedMark, needle: Needle | OutOfPlaneNeedle, reading: ReadingError) -> str:
    measured = measure_needle(placed)
    depth, tip = _length(depth_length(placed, reading)), TIP_WORDS[needle.tip_visibility]
    if isinstance(measured, NeedleOutOfPlane):
        return f"needle out of plane: depth {depth}, {tip}"
    path = "path" if measured.path_is_whole else "visible path"
    return (
        f"needle in plane: depth {depth}, {path} {_length(path_length(placed, reading))}, "
        f"angle {degrees(measured.angle_mdeg)}, {tip}"
    )


def _length(length: MeasuredLength) -> str:
    return millimetres(length.length_um, length.error_um)


def _figures(thousandths: int, error: int | None, plain: Decimal) -> str:
    """The value alone to `plain`, or with its error to one figure of it: two decimals below 0.1, else one.

    An error is never shown as nothing.
    """
    if error is None:
        return str(_rounded(thousandths, plain))
    step = _FINE if _rounded(error, _FINE) < _COARSE else _COARSE
    return f"{_rounded(thousandths, step)} ± {max(_rounded(error, step), step)}"


def _rounded(thousandths: int, step: Decimal) -> Decimal:
    return (Decimal(thousandths) / 1000).quantize(step, rounding=ROUND_HALF_EVEN)
