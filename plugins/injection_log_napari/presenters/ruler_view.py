"""The ruler over the picture as canvas primitives: the line under the hand, and lines that set or checked the scale."""
from __future__ import annotations

from annotate.geometry import length_between_um
from annotate.readout import millimetres
from annotate.uncertainty import HALF_PIXEL, measured_length
from dicom_io.calibration import Point
from injection_log.record.values import VisitImage
from injection_log_napari.canvas.interface import Handle, Label, Primitive, Stroke
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.hand import Glance
from injection_log_napari.presenters.ruler import Purpose, Ruler
from injection_log_napari.presenters.tools import distance

COLOURS: dict[Purpose, str] = {"scale": "#56b4e9", "check": "#cc79a7"}
LETTERS: dict[Purpose, str] = {"scale": "S", "check": "X"}


def rulers_of(shown: Glance, ruler: Ruler, desk: Desk) -> tuple[Primitive, ...]:
    """The ruler in the hand and, faint on their own frame, the lines that the record keeps."""
    image = shown.image
    if image is None:
        return ()
    return (*_kept(image, shown.where[1]), *_in_hand(shown, ruler, desk))


def _kept(image: VisitImage, frame: int) -> list[Primitive]:
    found: list[Primitive] = []
    if image.hand_scale is not None and image.hand_scale.by.frame == frame:
        for line in image.hand_scale.hand.lines:
            found += _line((line.start, line.end), "scale", f"scale: {millimetres(line.length_um)}", faint=True)
    for one in image.scale_checks:
        if one.by.frame == frame:
            check = one.checked.check
            sign = "▲ " if one.checked.is_beyond else ""
            words = f"{sign}printed {millimetres(check.printed_um)}, measured {millimetres(one.checked.calibrated_um)}"
            found += _line((check.start, check.end), "check", words, faint=True)
    return found


def _in_hand(shown: Glance, ruler: Ruler, desk: Desk) -> list[Primitive]:
    found: list[Primitive] = []
    for line in ruler.lines:
        found += _line((line.start, line.end), ruler.purpose, millimetres(line.length_um))
    if ruler.drawn is not None:
        points: tuple[Point, ...] = (ruler.drawn.start, ruler.drawn.end)
    elif ruler.placing is not None:
        points = ruler.placing.shown_points
    else:
        return found
    words = _words(points, shown, ruler, desk) if len(points) == 2 else ""
    return found + _line(points, ruler.purpose, words, is_drawn=ruler.drawn is not None)


def _words(points: tuple[Point, ...], shown: Glance, ruler: Ruler, desk: Desk) -> str:
    """Pixels for a scale to be set; what the scale gives, for one to be checked."""
    a, b = points
    if ruler.purpose == "scale":
        return f"{distance(a, b):.0f} pixels"
    try:
        scale = desk.scale_beside(shown.uid, a, b)
        measured = measured_length(length_between_um(a, b, scale), (a, b), scale, HALF_PIXEL)
    except REFUSALS as refused:
        return str(refused)
    return f"calibration gives {millimetres(measured.length_um, measured.error_um)}"


def _line(
    points: tuple[Point, ...], purpose: Purpose, words: str, *, faint: bool = False, is_drawn: bool = True
) -> list[Primitive]:
    colour = COLOURS[purpose]
    found: list[Primitive] = []
    if len(points) > 1:
        found.append(Stroke(points, colour, dashed=not is_drawn, faint=faint))
    found += [Handle(point, LETTERS[purpose], colour, "square", faint=faint) for point in points]
    if words:
        lies_flat = abs(points[0].column - points[-1].column) > abs(points[0].row - points[-1].row)
        middle = Point(
            sum(point.row for point in points) / len(points), sum(point.column for point in points) / len(points)
        )
        found.append(Label(middle, words, colour, "above" if lies_flat else "right", faint))
    return found
