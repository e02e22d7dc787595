"""Measured values as people read them: one way to round and to word a length, an angle and a needle.

Pure, so that the record's text, the window and the marked picture cannot show different digits for one value.
Rounding is decimal, half to even, from the stored whole number. Deliberately no judgement and no layout.
"""
from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from annotate.errors import MarkRefused
from annotate.geometry import NeedleOutOfPlane, measure_caliper, measure_needle
from annotate.marks import Caliper, PlacedMark, TipVisibility

TIP_WORDS: dict[TipVisibility, str] = {
    "seen": "tip seen",
    "inferred_hydrodissection": "tip inferred from hydrodissection",
    "inferred_shaft": "tip inferred from the shaft",
    "not_seen": "tip not seen",
}


def millimetres(micrometres: int) -> str:
    """Micrometres as millimetres with one decimal: 32560 is `32.6 mm`."""
    return f"{_tenths(micrometres)} mm"


def degrees(thousandths: int) -> str:
    """Thousandths of a degree as degrees with one decimal: 36870 is `36.9°`."""
    return f"{_tenths(thousandths)}°"


def value_words(placed: PlacedMark) -> str:
    """What a mark measures, in words with units; the reason in words where it cannot be measured."""
    try:
        if isinstance(placed.mark, Caliper):
            return f"{placed.mark.axis} {millimetres(measure_caliper(placed))}"
        measured = measure_needle(placed)
    except MarkRefused as refused:
        return refused.why
    tip = TIP_WORDS[placed.mark.tip_visibility]
    if isinstance(measured, NeedleOutOfPlane):
        return f"needle out of plane: depth {millimetres(measured.depth_um)}, {tip}"
    path = "path" if measured.path_is_whole else "visible path"
    return (
        f"needle in plane: depth {millimetres(measured.depth_um)}, "
        f"{path} {millimetres(measured.path_um)}, angle {degrees(measured.angle_mdeg)}, {tip}"
    )


def _tenths(thousandths: int) -> Decimal:
    return (Decimal(thousandths) / 1000).quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)
