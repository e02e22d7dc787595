"""The tables of deposits, needles and measurements: a row for each mark, or for each value that a mark measures.

Pure. Every row says on which picture and frame it rests, in which scale, and where the mark lies in pixels, so that the
value can be computed again without this program. What is not measured is blank.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from annotate.marks import Caliper, Contour, Deposit, Microlitres, Needle, OutOfPlaneNeedle, PlacedMark, Side
from dicom_io.calibration import Point
from injection_log.ledger.event import Json
from injection_log.outputs import Cell, Column, TableContent
from injection_log.record.cells import (
    CHOSEN,
    COMPUTED,
    GLAND_KEY,
    MARKED,
    PICTURE,
    TYPED,
    column,
    pixels,
    points_px,
    thousandths,
    yes_no,
)
from injection_log.record.log_numbers import LogNumbers
from injection_log.record.reading import gland_subject
from injection_log.record.values import SIDES, GlandRecord, VisitRecord

_MARK_ID = column("mark_id", "Mark, as the log names it")
_PLACED = column("placed_by_event", "Number of the event that placed it first", "integer")
PLACE_COLUMNS = (
    column("sop_instance_uid", "Picture: SOP Instance UID of the original", "uid"),
    column("frame", "Frame, counted from 1", "integer"),
    column("file_sha256", "SHA-256 of the picture's file", "hash"),
    column("data_set_sha256", "SHA-256 of its data set", "hash"),
    column("pixel_data_sha256", "SHA-256 of its pixel data", "hash"),
    column("scale_kind", "Kind of scale", "choice", "region | pixel_spacing | manual"),
    column("scale_source", "Where the millimetres come from"),
    column("mm_per_px_row", "Millimetres per pixel, down", "decimal", source="of the picture, or set by hand"),
    column("mm_per_px_column", "Millimetres per pixel, across", "decimal", source="of the picture, or set by hand"),
    column("scale_error_percent", "How far the whole scale may be off", "decimal", source=COMPUTED),
)
_DEPOSITS = (
    *GLAND_KEY, column("deposit", "Deposit: running number within the gland", "integer", source=COMPUTED), _MARK_ID,
    column("volume_ml", "Volume of the deposit", "decimal", "blank where it was not seen", TYPED),
    column("volume_known", "Whether its volume was seen", "yes_no", "yes | no", CHOSEN),
    column("along", "Where along the gland", "choice", "anterior | middle | posterior", CHOSEN),
    column("layer", "Which part of the gland", "choice", "superficial | deep", CHOSEN),
    column("row_px", "Place: row", "decimal", source=MARKED),
    column("column_px", "Place: column", "decimal", source=MARKED),
    *PLACE_COLUMNS, _PLACED,
)  # fmt: skip
_NEEDLES = (
    *GLAND_KEY, column("needle", "Needle mark: running number within the gland", "integer", source=COMPUTED), _MARK_ID,
    column("is_last", "The last pass that stands", "yes_no", "yes | no", COMPUTED),
    column("plane", "Needle in the plane of the picture", "choice", "in | out", CHOSEN),
    column("depth_mm", "Depth: skin line to tip", "decimal", source=PICTURE),
    column("depth_error_mm", "Error of the depth", "decimal", source=COMPUTED),
    column("path_mm", "Path: entry to tip", "decimal", "in plane only", PICTURE),
    column("path_error_mm", "Error of the path", "decimal", "in plane only", COMPUTED),
    column("path_is_whole", "Path begins at the skin line", "yes_no", "yes | no", COMPUTED),
    column("angle_deg", "Angle to the probe face", "decimal", "in plane only", PICTURE),
    column("tip_visibility", "How the tip was seen", "choice",
           "seen | inferred_hydrodissection | inferred_shaft | not_seen", CHOSEN),
    column("capsule_distance_mm", "Tip to the contour on the same frame", "decimal",
           "0 or more inside, less than 0 outside", PICTURE),
    column("entry_row_px", "Entry: row", "decimal", source=MARKED),
    column("entry_column_px", "Entry: column", "decimal", source=MARKED),
    column("tip_row_px", "Tip: row", "decimal", source=MARKED),
    column("tip_column_px", "Tip: column", "decimal", source=MARKED),
    column("skin_row_px", "Skin line: row", "decimal", source=MARKED),
    *PLACE_COLUMNS,
    column("method", "Method", source=COMPUTED), column("method_version", "Version of the method", source=COMPUTED),
    column("assisted_by", "Proposed by: method and version; blank where a person drew it"),
    column("assisted_changed", "The proposed place was changed", "yes_no", "yes | no", COMPUTED), _PLACED,
)  # fmt: skip
QUANTITIES: dict[str, tuple[str, str, str]] = {
    "length": ("length_um", "error_um", "mm"), "width": ("length_um", "error_um", "mm"),
    "depth": ("length_um", "error_um", "mm"),
    "needle_depth": ("depth_um", "depth_error_um", "mm"), "needle_path": ("path_um", "path_error_um", "mm"),
    "needle_angle": ("angle_mdeg", "", "degrees"), "capsule_distance": ("distance_um", "", "mm"),
    "area": ("area_um2", "", "mm2"), "longest_axis": ("longest_um", "", "mm"), "across_axis": ("across_um", "", "mm"),
}
"""What marks measure: the stored value, its stored error, and the unit in which the table has both."""
_MEASUREMENTS = (
    *GLAND_KEY,
    column("measurement", "Measuring mark: running number within the gland", "integer", source=COMPUTED), _MARK_ID,
    column("kind", "Kind of mark", "choice", "caliper | needle | contour", CHOSEN),
    column("axis", "Axis of a caliper", "choice", "length | width | depth", CHOSEN),
    column("quantity", "What is measured; a needle and a contour have several", "choice", " | ".join(QUANTITIES)),
    column("value", "Value", "decimal", source=PICTURE),
    column("unit", "Unit of value and error", "choice", "mm | mm2 | degrees"),
    column("error", "How far it may be off; blank where no error is known", "decimal", source=COMPUTED),
    column("points_px", "Points in pixels: (row column) of each, in the order of placing", source=MARKED),
    column("skin_row_px", "Skin line of a needle: row", "decimal", source=MARKED),
    *PLACE_COLUMNS,
    column("method", "Method", source=COMPUTED), column("method_version", "Version of the method", source=COMPUTED),
    column("assisted_by", "Proposed by: method and version; blank where a person drew it"),
    column("assisted_changed", "The proposed place was changed", "yes_no", "yes | no", COMPUTED), _PLACED,
)  # fmt: skip


def deposit_table(records: Sequence[VisitRecord], numbers: LogNumbers) -> TableContent:
    """The deposits that are marked on a picture, one row each; volumes that were typed only stand in `glands`."""
    rows = (
        {
            **head, "deposit": numbers.mark(_key(head), placed.mark_id).number, **_deposit(mark), **_place(placed),
            "placed_by_event": numbers.mark(_key(head), placed.mark_id).event or None,
        }
        for head, _, placed in _marks(records) if isinstance(mark := placed.mark, Deposit)
    )
    return _table("deposits", _DEPOSITS, rows, "deposit")


def needle_table(records: Sequence[VisitRecord], numbers: LogNumbers) -> TableContent:
    """The needles that are marked, one row each: every pass, the last of them said to be so."""
    rows = (
        {
            **head, "needle": numbers.mark(_key(head), placed.mark_id).number,
            "is_last": yes_no(placed.mark_id == _last_needle(gland)), **_needle(placed, gland), **_place(placed),
            **_method(gland.measured.get(placed.mark_id, {})), **_assisted(gland, placed.mark_id),
            "placed_by_event": numbers.mark(_key(head), placed.mark_id).event or None,
        }
        for head, gland, placed in _marks(records) if isinstance(placed.mark, Needle | OutOfPlaneNeedle)
    )
    return _table("needles", _NEEDLES, rows, "needle")


def measurement_table(records: Sequence[VisitRecord], numbers: LogNumbers) -> TableContent:
    """Every value that was measured on a picture, one row each: a caliper has one, needles and contours several."""
    rows = (
        {
            **head, "measurement": numbers.mark(_key(head), placed.mark_id).measurement, "kind": _kind(placed),
            "axis": placed.mark.axis if isinstance(placed.mark, Caliper) else None, **value,
            "points_px": points_px(_points(placed)), "skin_row_px": _skin(placed), **_place(placed),
            **_assisted(gland, placed.mark_id),
            "placed_by_event": numbers.mark(_key(head), placed.mark_id).event or None,
        }
        for head, gland, placed in _marks(records) for value in _values(placed, gland)
    )
    return _table("measurements", _MEASUREMENTS, rows, "measurement")


def _table(name: str, columns: tuple[Column, ...], rows: Iterator[dict[str, Cell]], number: str) -> TableContent:
    """The rows of each gland by their number; records and sides come in their order already."""
    listed = list(rows)
    places = list(dict.fromkeys(_key(row) for row in listed))
    listed.sort(key=lambda row: (places.index(_key(row)), int(str(row[number]))))
    return TableContent(columns, tuple(listed), name)


def _marks(records: Sequence[VisitRecord]) -> Iterator[tuple[dict[str, Cell], GlandRecord, PlacedMark]]:
    for record in records:
        for side in SIDES:
            gland = record.glands[side]
            for placed in gland.marks:
                head: dict[str, Cell] = {
                    "participant": record.participant, "visit": record.visit, "side": side, "mark_id": placed.mark_id,
                }
                yield head, gland, placed


def _key(row: Mapping[str, Cell]) -> str:
    side: Side = "right" if row["side"] == "right" else "left"
    return gland_subject(str(row["participant"]), str(row["visit"]), side).key


def _place(placed: PlacedMark) -> dict[str, Cell]:
    on, scale = placed.on, placed.scale
    return {
        "sop_instance_uid": on.sop_instance_uid, "frame": on.frame + 1, "file_sha256": on.digests.file,
        "data_set_sha256": on.digests.data_set, "pixel_data_sha256": on.digests.pixel_data, "scale_kind": scale.kind,
        "scale_source": scale.source, "mm_per_px_row": scale.mm_per_px_row, "mm_per_px_column": scale.mm_per_px_column,
        "scale_error_percent": (scale.relative_error * 100).normalize() + 0 if scale.is_by_hand else None,
    }


def _deposit(mark: Deposit) -> dict[str, Cell]:
    volume = mark.volume
    return {
        "volume_ml": thousandths(volume.ul) if isinstance(volume, Microlitres) else None,
        "volume_known": yes_no(isinstance(volume, Microlitres)), "along": mark.zone.along, "layer": mark.zone.layer,
        "row_px": pixels(mark.at.row), "column_px": pixels(mark.at.column),
    }


def _needle(placed: PlacedMark, gland: GlandRecord) -> dict[str, Cell]:
    mark, measured = placed.mark, gland.measured.get(placed.mark_id, {})
    assert isinstance(mark, Needle | OutOfPlaneNeedle)  # only they are given
    around, whole = gland.capsule.get(placed.mark_id), measured.get("path_is_whole")
    cells: dict[str, Cell] = {
        "plane": "in" if isinstance(mark, Needle) else "out", "tip_visibility": mark.tip_visibility,
        "depth_mm": thousandths(measured.get("depth_um")), "path_mm": thousandths(measured.get("path_um")),
        "depth_error_mm": thousandths(measured.get("depth_error_um")),
        "path_error_mm": thousandths(measured.get("path_error_um")),
        "path_is_whole": yes_no(whole) if isinstance(whole, bool) else None,
        "angle_deg": thousandths(measured.get("angle_mdeg")),
        "capsule_distance_mm": thousandths(around.distance_um) if around else None,
        "tip_row_px": pixels(mark.tip.row), "tip_column_px": pixels(mark.tip.column),
        "skin_row_px": pixels(mark.skin_row_px),
    }
    if isinstance(mark, Needle):
        cells |= {"entry_row_px": pixels(mark.entry.row), "entry_column_px": pixels(mark.entry.column)}
    return cells


def _last_needle(gland: GlandRecord) -> str:
    """The needle that `glands` calls the last pass."""
    found = [one.mark_id for one in gland.marks if isinstance(one.mark, Needle | OutOfPlaneNeedle)]
    return found[-1] if found else ""


def _values(placed: PlacedMark, gland: GlandRecord) -> Iterator[dict[str, Cell]]:
    """What one mark measures, a value each, with the method that gave it."""
    measured = gland.measured.get(placed.mark_id)
    if measured is None:
        return
    for quantity in _quantities(placed):
        stored, error, unit = QUANTITIES[quantity]
        if measured.get(stored) is not None:
            yield {
                "quantity": quantity, "value": _in_unit(measured[stored], unit), "unit": unit,
                "error": thousandths(measured.get(error)), **_method(measured),
            }
    around = gland.capsule.get(placed.mark_id)
    if around is not None:
        method: dict[str, Cell] = {"method": "capsule_distance", "method_version": "1"}
        value = thousandths(around.distance_um)
        yield {"quantity": "capsule_distance", "value": value, "unit": "mm", "error": None, **method}


def _quantities(placed: PlacedMark) -> tuple[str, ...]:
    match placed.mark:
        case Caliper():
            return (placed.mark.axis,)
        case Contour():
            return ("area", "longest_axis", "across_axis")
        case Needle() | OutOfPlaneNeedle():
            return ("needle_depth", "needle_path", "needle_angle")
    return ()


def _in_unit(value: Json, unit: str) -> Decimal:
    return Decimal(int(str(value))).scaleb(-6 if unit == "mm2" else -3)


def _kind(placed: PlacedMark) -> str:
    return {Caliper: "caliper", Contour: "contour"}.get(type(placed.mark), "needle")


def _points(placed: PlacedMark) -> tuple[Point, ...]:
    match placed.mark:
        case Caliper():
            return placed.mark.start, placed.mark.end
        case Contour():
            return placed.mark.points
        case Needle():
            return placed.mark.entry, placed.mark.tip
        case OutOfPlaneNeedle():
            return (placed.mark.tip,)
        case _:
            return (placed.mark.at,)


def _skin(placed: PlacedMark) -> Decimal | None:
    mark = placed.mark
    return pixels(mark.skin_row_px) if isinstance(mark, Needle | OutOfPlaneNeedle) else None


def _method(measured: Mapping[str, Json]) -> dict[str, Cell]:
    method = measured.get("method")
    said = method if isinstance(method, dict) else {}
    return {"method": str(said.get("name") or "") or None, "method_version": str(said.get("version") or "") or None}


def _assisted(gland: GlandRecord, mark_id: str) -> dict[str, Cell]:
    helped = gland.assisted.get(mark_id)
    if helped is None:
        return {}
    return {"assisted_by": f"{helped.method} {helped.version}", "assisted_changed": yes_no(helped.is_changed)}
