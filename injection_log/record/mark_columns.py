"""The columns of contours, deposits, repeats and volumes by other methods, and how they are filled from a gland.

Pure. A blank cell means that there is no such mark. One block of columns for each installed volume method besides the
ellipsoid, whose volume stands with the diameters.
"""
from __future__ import annotations

from decimal import Decimal

from annotate.errors import MarkRefused
from annotate.marks import AXES, Caliper, Contour, Deposit, Microlitres, Needle, PlacedMark, Structure
from annotate.repeats import repeat_spreads
from injection_log.outputs import Cell, Column
from injection_log.record.values import GlandRecord
from injection_log.volume_methods import OF_THE_SIZE, methods

_MARKS, _COMPUTED = "marked on the picture", "computed"
_ZONES = "anterior | middle | posterior, superficial | deep"
MARK_COLUMNS = (
    *(
        Column(f"{axis}_{part}", f"{title} of the repeats of the {axis}", unit, "decimal", "", _COMPUTED)
        for axis in AXES
        for part, title, unit in (
            ("difference_mm", "Largest less smallest", "mm"), ("cv_percent", "Coefficient of variation", "%"),
        )
    ),
    Column("contours", "Contours", "", "integer", "", _MARKS),
    Column(
        "capsule_distance_mm", "Tip to the contour in the image plane, last pass", "mm", "decimal",
        "0 or more inside, less than 0 outside", "measured on the picture",
    ),
    Column("deposit_marks", "Deposits marked", "", "integer", "", _MARKS),
    Column("deposit_marks_ml", "Volumes of the marked deposits", "ml", "text", "volume or unknown, each", _MARKS),
    Column("deposit_zones", "Zones of the marked deposits", "", "text", _ZONES, _MARKS),
    Column(
        "assisted_marks", "Marks proposed by the picture and confirmed by the person", "", "text",
        "mark: method version, as_proposed | changed; one for each", _MARKS,
    ),
    Column("structures", "Structures tagged", "", "text", "facial_artery | facial_vein | duct", _MARKS),
)


def volume_columns() -> tuple[Column, ...]:
    """The columns of every installed method for gland volumes besides the ellipsoid, in the order of their names."""
    return tuple(column for one in methods() if one.name != OF_THE_SIZE for column in _of_method(one.name, one.title))


def mark_cells(gland: GlandRecord) -> dict[str, Cell]:
    """The cells of one gland."""
    return {**_repeats(gland), **_marks(gland), **_capsule(gland), **_volumes(gland)}


def _of_method(name: str, title: str) -> tuple[Column, ...]:
    return (
        Column(f"{name}_volume_ml", f"Gland volume: {title}", "ml", "decimal", "", _COMPUTED),
        Column(f"{name}_version", f"Version of the method: {title}", "", "text", "", _COMPUTED),
        Column(f"{name}_basis", f"What it rests on: {title}", "", "text", "", _COMPUTED),
        Column(f"{name}_warnings", f"What it warns of: {title}", "", "text", "", _COMPUTED),
    )


def _repeats(gland: GlandRecord) -> dict[str, Cell]:
    try:
        spreads = repeat_spreads(gland.marks)
    except MarkRefused:
        return {}
    cells: dict[str, Cell] = {}
    for axis, spread in spreads.items():
        cells[f"{axis}_difference_mm"] = Decimal(spread.difference_um).scaleb(-3)
        cells[f"{axis}_cv_percent"] = Decimal(spread.cv_tenths).scaleb(-1)
    return cells


def _marks(gland: GlandRecord) -> dict[str, Cell]:
    marks = [placed.mark for placed in gland.marks]
    deposits = [mark for mark in marks if isinstance(mark, Deposit)]
    return {
        "contours": sum(isinstance(mark, Contour) for mark in marks) or None,
        "deposit_marks": len(deposits) or None,
        "deposit_marks_ml": ";".join(map(_millilitres, deposits)) or None,
        "deposit_zones": ";".join(f"{one.zone.along} {one.zone.layer}" for one in deposits) or None,
        "assisted_marks": ";".join(_helped(one, gland) for one in gland.marks if one.mark_id in gland.assisted) or None,
        "structures": ";".join(mark.kind for mark in marks if isinstance(mark, Structure)) or None,
    }


def _millilitres(deposit: Deposit) -> str:
    volume = deposit.volume
    return str(Decimal(volume.ul).scaleb(-3)) if isinstance(volume, Microlitres) else "unknown"


def _helped(placed: PlacedMark, gland: GlandRecord) -> str:
    helped, mark = gland.assisted[placed.mark_id], placed.mark
    name = mark.axis if isinstance(mark, Caliper) else "contour" if isinstance(mark, Contour) else "needle"
    since = "changed" if helped.is_changed else "as_proposed"
    return f"{name}: {helped.method} {helped.version}, {since}"


def _capsule(gland: GlandRecord) -> dict[str, Cell]:
    in_plane = [placed.mark_id for placed in gland.marks if isinstance(placed.mark, Needle)]
    around = gland.capsule.get(in_plane[-1]) if in_plane else None
    return {"capsule_distance_mm": Decimal(around.distance_um).scaleb(-3)} if around else {}


def _volumes(gland: GlandRecord) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for name, volume in gland.gland_volumes.items():
        cells[f"{name}_volume_ml"] = Decimal(volume.volume_ul).scaleb(-3)
        cells[f"{name}_version"] = volume.version
        cells[f"{name}_basis"] = volume.basis
        cells[f"{name}_warnings"] = " ".join(volume.warnings) or None
    return cells
