"""What is stored for marks of a gland: the scale that holds where a mark lies, each mark with its measure, the size.

Pure but for the picture's header that it is given. Whose marks they are, a visit's or a blinded reading's, makes no
difference; what follows from several marks besides the size is in `derived`.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotate.geometry import measured_to_json, measures
from annotate.marks import Caliper, Contour, Deposit, Mark, Needle, OutOfPlaneNeedle, PlacedMark, Structure
from annotate.stored_marks import placed_to_json
from annotate.uncertainty import ReadingError
from annotate.volume import GlandSize, gland_size, size_to_json
from dicom_io.calibration import Point, Scale
from dicom_io.image import UltrasoundImage
from dicom_io.line_scale import scale_between
from injection_log.ledger.event import Json


def placed_values(
    changed: Mapping[str, PlacedMark | None], after: Sequence[PlacedMark], reading: ReadingError
) -> dict[str, Json]:
    """The fields of marks that change (None: gone), of what each measures, and of the size that all `after` them give.

    Raises MarkRefused where a mark cannot be measured as it lies.
    """
    new: dict[str, Json] = {}
    for mark_id, placed in changed.items():
        new[f"mark.{mark_id}"] = placed_to_json(placed) if placed else None
        measured = measured_to_json(placed, reading) if placed and measures(placed.mark) else None
        new[f"measured.{mark_id}"] = measured
    size = gland_size(after, reading)
    new["size"] = size_to_json(size) if isinstance(size, GlandSize) else None
    return new


def scale_for(image: UltrasoundImage, mark: Mark, by_hand: Scale | None = None) -> Scale:
    """Find the one scale that holds at every point of a mark; `by_hand` is the one a person set on the picture.

    Raises MeasurementRefused. A needle's skin line is part of it: depth is counted from there.
    """
    match mark:
        case Caliper():
            return scale_between(image, mark.start, mark.end, by_hand)
        case Needle():
            scale_between(image, mark.entry, mark.tip, by_hand)
            return scale_between(image, Point(mark.skin_row_px, mark.tip.column), mark.tip, by_hand)
        case OutOfPlaneNeedle():
            return scale_between(image, Point(mark.skin_row_px, mark.tip.column), mark.tip, by_hand)
        case Contour():
            return _scale_around(image, mark, by_hand)
        case Deposit() | Structure():
            return scale_between(image, mark.at, mark.at, by_hand)


def _scale_around(image: UltrasoundImage, contour: Contour, by_hand: Scale | None) -> Scale:
    """Regions are boxes: one that holds two corners of the box around the outline holds all of it."""
    for point in contour.points:
        scale_between(image, point, point, by_hand)
    rows, columns = [point.row for point in contour.points], [point.column for point in contour.points]
    return scale_between(image, Point(min(rows), min(columns)), Point(max(rows), max(columns)), by_hand)
