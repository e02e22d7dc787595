"""The ruler over the picture as canvas primitives: the line under the hand, and lines that set or checked the scale."""
from __future__ import annotations

from annotate.exact import length_between_um
from annotate.readout import millimetres
from annotate.uncertainty import HALF_PIXEL, measured_length
from dicom_io.calibration import Point
from injection_log.record.values import VisitImage
from injection_log_napari.canvas.interface import Handle, Label, Offset, Primitive, Stroke
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.glance import Glance
from injection_log_napari.presenters.ruler import Purpose, Ruler
from injection_log_napari.presenters.tools import distance

COLOURS: dict[Purpose, str] = {"scale": "#56b4e9", "check": "#cc79a7"}
LETTERS: dict[Purpose, str] = {"scale": "S", "check": "X"}

WORDS_AT = 0.85


def rulers_of(shown: Glance, ruler: Ruler, desk: Desk) -> tuple[Primitive, ...]:
    """The ruler in the hand and, faint on their own frame, the lines that the record keeps."""
    image = shown.image
    if image is None:
        return ()
    return (*_kept(image, shown.where[1]), *_in_hand(image, ruler, desk))


def _kept(image: VisitImage, frame: int) -> list[Primitive]:
    """Lines that set or checked the scale; only a check that differs has words: it is to be looked at."""
    found: list[Primitive] = []
    if image.hand_scale is not None and image.hand_scale.by.frame == frame:
        for line in image.hand_scale.hand.lines:
            found += _line((line.start, line.end), "scale", (), faint=True)
    for one in image.scale_checks:
        if one.by.frame == frame:
            ends, printed = (one.checked.check.start, one.checked.check.end), one.checked.check.printed_um
            words = f"▲ printed {millimetres(printed)}, measured {millimetres(one.checked.calibrated_um)}"
            label = _label(ends, "check", words, image.columns) if one.checked.is_beyond else ()
            found += _line(ends, "check", label, faint=not label)
    return found


def _in_hand(image: VisitImage, ruler: Ruler, desk: Desk) -> list[Primitive]:
    found: list[Primitive] = []
    for line in ruler.lines:
        ends = (line.start, line.end)
        found += _line(ends, ruler.purpose, _label(ends, ruler.purpose, millimetres(line.length_um), image.columns))
    if ruler.drawn is not None:
        points: tuple[Point, ...] = (ruler.drawn.start, ruler.drawn.end)
    elif ruler.placing is not None:
        points = ruler.placing.shown_points
    else:
        return found
    label: tuple[Label, ...] = ()
    if len(points) == 2:
        a, b = points
        label = _label((a, b), ruler.purpose, _words((a, b), image.sop_instance_uid, ruler, desk), image.columns)
    return found + _line(points, ruler.purpose, label, is_drawn=ruler.drawn is not None)


def _words(points: tuple[Point, Point], uid: str, ruler: Ruler, desk: Desk) -> str:
    """Pixels for a scale to be set; what the scale gives, for one to be checked."""
    a, b = points
    if ruler.purpose == "scale":
        return f"{distance(a, b):.0f} pixels"
    try:
        scale = desk.scale_beside(uid, a, b)
        measured = measured_length(length_between_um(a, b, scale), (a, b), scale, HALF_PIXEL)
    except REFUSALS as refused:
        return str(refused)
    return f"calibration gives {millimetres(measured.length_um, measured.error_um)}"


def _line(
    points: tuple[Point, ...], purpose: Purpose, label: tuple[Label, ...], *, faint: bool = False, is_drawn: bool = True
) -> list[Primitive]:
    colour = COLOURS[purpose]
    found: list[Primitive] = []
    if len(points) > 1:
        found.append(Stroke(points, colour, dashed=not is_drawn, faint=faint))
    found += [Handle(point, LETTERS[purpose], colour, "square", faint=faint) for point in points]
    return [*found, *label]


def _label(points: tuple[Point, Point], purpose: Purpose, words: str, columns: int) -> tuple[Label, ...]:
    """Words beside the far part of a line, on its inner side: the middle of the picture belongs to the marks."""
    if not words:
        return ()
    a, b = points
    at = Point(a.row + WORDS_AT * (b.row - a.row), a.column + WORDS_AT * (b.column - a.column))
    lies_flat = abs(a.column - b.column) > abs(a.row - b.row)
    beside: Offset = "left" if at.column > columns / 2 else "right"
    return (Label(at, words, COLOURS[purpose], "above" if lies_flat else beside),)
