"""`--ruler R,C:R,C=40mm`: a scale given by hand on the command line, for a picture whose header has none.

Nothing is kept and nobody is named: what is measured so says that its scale was given here. Imports of the floors
below are inside the functions: `--help` goes through this module too.
"""
from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from injection_log.cli import answers

if TYPE_CHECKING:
    from dicom_io.calibration import Scale
    from dicom_io.hand_scale import RulerLine
    from dicom_io.image import UltrasoundImage

RulerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ruler",
        help="ROW,COL:ROW,COL=LENGTHmm (or cm) along a burned-in ruler, once, or twice (down and across): the scale of "
        "a picture whose header has none that is trusted. Flagged on what is measured.",
    ),
]

_NUMBER = r"[+-]?\d{1,6}(?:\.\d{1,6})?"
_RULER = re.compile(
    rf"\s*({_NUMBER})\s*,\s*({_NUMBER})\s*:\s*({_NUMBER})\s*,\s*({_NUMBER})\s*=\s*(\d{{1,3}}(?:\.\d{{1,3}})?)\s*(mm|cm)\s*"
)
_UM_PER = {"mm": 1_000, "cm": 10_000}


def scale_given(rulers: list[str] | None, image: UltrasoundImage, as_json: bool) -> Scale | None:
    """The scale that follows from the given ruler lines; None when none was given.

    Ends with a refusal where the header's own scale is trusted, or no scale follows.
    """
    if not rulers:
        return None
    from dicom_io.errors import MeasurementRefused
    from dicom_io.hand_scale import HandScale, only_region_of, refuse_impossible

    lines = tuple(_line(text, as_json) for text in rulers)
    if image.calibration.state in ("region", "pixel_spacing"):
        answers.refuse(
            "scale_is_trusted", "This picture has a scale of its own that is trusted; measure without --ruler.", as_json
        )
    try:
        hand = HandScale(lines, image.pixel_aspect)
        scale = hand.scale(f"SCALE SET BY HAND on the command line: {hand.words}", only_region_of(image, lines))
        refuse_impossible(scale, image)
    except MeasurementRefused as refused:
        answers.refuse(refused.code, refused.why, as_json)
    return scale


def scale_travelled(file: Path, image: UltrasoundImage) -> Scale | None:
    """The scale that somebody set on the original of a coded copy; None for any other file."""
    from dicom_io.travelling_scale import travelled_scale

    return travelled_scale(file, image)


def scale_facts(scale: Scale) -> dict[str, Any]:
    """A scale as facts: mm per pixel down and across, its relative error, where it came from."""
    return {
        "kind": scale.kind,
        "mm_per_px": [float(scale.mm_per_px_row), float(scale.mm_per_px_column)],
        "relative_error": float(scale.relative_error),
        "source": scale.source,
    }


def _line(text: str, as_json: bool) -> RulerLine:
    from dicom_io.calibration import Point
    from dicom_io.hand_scale import RulerLine

    found = _RULER.fullmatch(text)
    if found is None:
        answers.wrong_use(
            f"--ruler wants ROW,COL:ROW,COL=LENGTHmm, for example 90,918:706,918=40mm; not {text!r}.", as_json
        )
    start, end = Point(float(found[1]), float(found[2])), Point(float(found[3]), float(found[4]))
    whole, _, decimals = found[5].partition(".")
    length_um = int(whole) * _UM_PER[found[6]] + int(decimals.ljust(3, "0")) * _UM_PER[found[6]] // 1000
    return RulerLine(start, end, length_um)
