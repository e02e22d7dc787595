"""One row per gland: the columns of the plain table and how each is filled from a record.

Pure. A blank cell means "not recorded"; nothing is filled in. The data dictionary is these columns.
"""
from __future__ import annotations

from collections.abc import Iterable

from annotate.geometry import depth_length, path_length
from annotate.marks import Needle, OutOfPlaneNeedle, Side
from annotate.uncertainty import PerCaliper, ReadingError
from annotate.volume import GlandSize
from injection_log.outputs import Cell, Column, TableContent
from injection_log.protocol.fields import Field
from injection_log.protocol.protocol import Protocol
from injection_log.record.cells import thousandths
from injection_log.record.fact_columns import column_name, fact_cell, fact_column, facts_of
from injection_log.record.history_columns import HISTORY_COLUMNS, history_cells, visit_state
from injection_log.record.mark_columns import MARK_COLUMNS, mark_cells, volume_columns
from injection_log.record.scale_columns import SCALE_COLUMNS, scale_cells
from injection_log.record.values import SIDES, GlandRecord, VisitRecord

_RECORDED, _COMPUTED, _PICTURE = "recorded by the program", "computed", "measured on the picture"


def gland_table(records: Iterable[VisitRecord], protocol: Protocol, site: str) -> TableContent:
    """Make the table of all given visits, two rows a visit."""
    asked = facts_of(protocol)
    rows = tuple(
        _row(record, side, asked, (protocol, site)) for record in records for side in SIDES
    )
    columns = (*_HEAD, *map(fact_column, asked), *_MEASURED, *MARK_COLUMNS, *volume_columns(), *_SOURCES)
    return TableContent(columns=columns, rows=rows)


_ERROR = "computed: how far the marks may be misplaced, or the spread of repeats; not how well the capsule is seen"
_HEAD = (
    Column("study", "Study", "", "text", "", _RECORDED),
    Column("site", "Site", "", "text", "", _RECORDED),
    Column("participant", "Participant", "", "text", "", "chosen by the operator"),
    Column("visit", "Visit", "", "choice", "visits of the protocol", "chosen by the operator"),
    Column("visit_date", "Date the visit was opened", "", "date", "", _RECORDED),
    Column("side", "Side", "", "choice", "right | left", "chosen by the operator"),
    Column("state", "State", "", "choice", "draft | complete | signed | reviewed | locked", _RECORDED),
    Column("visit_state", "Whether the visit counts", "", "choice", "counts | withdrawn | not_done", _RECORDED),
    Column("version", "Version", "", "integer", "", _RECORDED),
    Column("images_pending", "Images pending, why", "", "text", "", "typed by the operator"),
)
_MEASURED = (
    Column("volume_injected_ml", "Injected", "ml", "decimal", "", "loaded - residual - spilled"),
    Column("length_mm", "Gland length", "mm", "decimal", "", _PICTURE),
    Column("width_mm", "Gland width", "mm", "decimal", "", _PICTURE),
    Column("depth_mm", "Gland depth", "mm", "decimal", "", _PICTURE),
    Column("gland_volume_ml", "Gland volume", "ml", "decimal", "", "pi/6 x length x width x depth"),
    Column("length_error_mm", "Error of the gland length", "mm", "decimal", "", _ERROR),
    Column("width_error_mm", "Error of the gland width", "mm", "decimal", "", _ERROR),
    Column("depth_error_mm", "Error of the gland depth", "mm", "decimal", "", _ERROR),
    Column("gland_volume_error_ml", "Error of the gland volume", "ml", "decimal", "", _ERROR),
    Column("reading_error", "Reading error of a caliper", "", "text", "half_pixel | micrometres", "of the protocol"),
    Column("needle_passes", "Needle marks", "", "integer", "", _COMPUTED),
    Column("needle_plane", "Needle plane", "", "choice", "in | out", "chosen by the operator"),
    Column("needle_depth_mm", "Needle depth, last pass", "mm", "decimal", "", _PICTURE),
    Column("needle_depth_error_mm", "Error of the needle depth", "mm", "decimal", "", _COMPUTED),
    Column("needle_path_mm", "Needle path, last pass", "mm", "decimal", "", _PICTURE),
    Column("needle_path_error_mm", "Error of the needle path", "mm", "decimal", "", _COMPUTED),
    Column("needle_path_is_whole", "Path begins at the skin line", "", "yes_no", "yes | no", _COMPUTED),
    Column("needle_angle_deg", "Needle angle to the probe face", "degrees", "decimal", "", _PICTURE),
    Column("tip_visibility", "How the tip was seen", "", "choice", "", "chosen by the operator"),
)
_SOURCES = (
    Column("images", "Marked images: SOP Instance UID and frame from 1", "", "text", "", _RECORDED),
    Column("calibration", "Where the millimetres come from", "", "text", "", _RECORDED),
    *SCALE_COLUMNS,
    *HISTORY_COLUMNS,
)


def _row(
    record: VisitRecord, side: Side, asked: list[Field], place: tuple[Protocol, str]
) -> dict[str, Cell]:
    gland, (protocol, site) = record.glands[side], place
    row: dict[str, Cell] = {
        "study": protocol.id, "site": site, "participant": record.participant, "visit": record.visit,
        "visit_date": None if record.not_done else record.day.isoformat(), "side": side, "state": gland.state,
        "visit_state": visit_state(record), "version": gland.version,
        "images_pending": record.images_pending or None,
    }
    for field in asked:
        facts = record.facts if field.level == "visit" else gland.facts
        row[column_name(field)] = fact_cell(field, facts)
    reading = protocol.reading_error
    measured = {**_volumes(gland), **_size(gland, reading), **_needle(gland, reading)}
    return {
        **row, **measured, **mark_cells(gland), **_sources(gland), **scale_cells(record, side),
        **history_cells(record, side),
    }


def _volumes(gland: GlandRecord) -> dict[str, Cell]:
    if gland.volumes is None or gland.facts.get("injected") != "yes":
        return {}
    return {"volume_injected_ml": thousandths(gland.volumes.injected_ul)}


def _size(gland: GlandRecord, reading: ReadingError) -> dict[str, Cell]:
    size = gland.size
    cells: dict[str, Cell] = {f"{axis}_error_mm": thousandths(error) for axis, error in size.errors_um.items()}
    if size.errors_um:
        cells["reading_error"] = str(reading.error_um) if isinstance(reading, PerCaliper) else "half_pixel"
    if not isinstance(size, GlandSize):
        return cells | {f"{axis}_mm": thousandths(mean) for axis, mean in size.means_um.items()}
    return cells | {
        "length_mm": thousandths(size.length_um), "width_mm": thousandths(size.width_um),
        "depth_mm": thousandths(size.depth_um), "gland_volume_ml": thousandths(size.volume_ul),
        "gland_volume_error_ml": thousandths(size.volume_error_ul),
    }


def _needle(gland: GlandRecord, reading: ReadingError) -> dict[str, Cell]:
    needles = [
        (placed, placed.mark) for placed in gland.marks if isinstance(placed.mark, Needle | OutOfPlaneNeedle)
    ]
    if not needles:
        return {}
    last, needle = needles[-1]
    measured = gland.measured[last.mark_id]
    cells: dict[str, Cell] = {
        "needle_passes": len(needles), "needle_plane": str(measured["plane"]),
        "needle_depth_mm": thousandths(measured["depth_um"]), "tip_visibility": needle.tip_visibility,
        "needle_depth_error_mm": thousandths(depth_length(last, reading).error_um),
    }
    if measured["plane"] == "in":
        cells["needle_path_mm"] = thousandths(measured["path_um"])
        cells["needle_path_error_mm"] = thousandths(path_length(last, reading).error_um)
        cells["needle_path_is_whole"] = "yes" if measured["path_is_whole"] else "no"
        cells["needle_angle_deg"] = thousandths(measured["angle_mdeg"])
    return cells


def _sources(gland: GlandRecord) -> dict[str, Cell]:
    used = sorted({f"{placed.on.sop_instance_uid}#{placed.on.frame + 1}" for placed in gland.marks})
    scales = sorted({placed.scale.source for placed in gland.marks})
    return {"images": ";".join(used) or None, "calibration": ";".join(scales) or None}
