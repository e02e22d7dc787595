"""What the tables of a trial have in common: the columns that tables are joined by, and stored integers as cells.

Pure. The log keeps whole thousandths (microlitres, micrometres, thousandths of a pixel and of a degree); a table has
millilitres, millimetres, pixels and degrees, exactly. Deliberately no table here.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from annotate.stored_parts import mpx
from dicom_io.calibration import Point
from injection_log.outputs import Cell, Column, ColumnKind
from injection_log.protocol.protocol import Protocol

RECORDED, COMPUTED, PICTURE = "recorded by the program", "computed", "measured on the picture"
TYPED, CHOSEN, MARKED = "typed by the operator", "chosen by the operator", "marked on the picture"
STATES = "draft | complete | signed | reviewed | locked"
PARTICIPANT = Column("participant", "Participant", "", "text", "", CHOSEN)
VISIT = Column("visit", "Visit", "", "choice", "visits of the protocol", CHOSEN)
SIDE = Column("side", "Side", "", "choice", "right | left", CHOSEN)
GLAND_KEY = (PARTICIPANT, VISIT, SIDE)
"""What a row about a gland, or about something in one, is found by."""
Row = Mapping[str, Cell]


def column(name: str, title: str, kind: ColumnKind = "text", values: str = "", source: str = RECORDED) -> Column:
    """A column whose unit, where it has one, follows from the end of its name."""
    unit = next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")
    return Column(name, title, unit, kind, values, source)


_UNITS = {
    "_ml": "ml", "_mm": "mm", "_deg": "degrees", "_px": "px", "_percent": "%", "_minutes": "min",
    "mm_per_px_row": "mm/px", "mm_per_px_column": "mm/px",
}


def thousandths(value: object) -> Decimal | None:
    """A stored whole number of thousandths as a decimal; None for None."""
    return None if value is None else Decimal(int(str(value))).scaleb(-3)


def pixels(value: float) -> Decimal:
    """A coordinate as it is stored, in thousandths of a pixel."""
    return Decimal(mpx(value)).scaleb(-3)


def points_px(points: Iterable[Point]) -> str:
    """Points as `(row column) (row column)`, in pixels."""
    return " ".join(f"({pixels(one.row)} {pixels(one.column)})" for one in points)


def yes_no(value: bool) -> str:
    """A yes or no."""
    return "yes" if value else "no"


def place_order(protocol: Protocol, row: Row) -> tuple[str, int, str, int]:
    """By participant, visit in the order of the protocol, side (the whole visit, right, left)."""
    visits, visit, side = list(protocol.visits), str(row.get("visit") or ""), row.get("side")
    place = visits.index(visit) if visit in visits else -1 if not visit else len(visits)
    return str(row.get("participant") or ""), place, visit, {"right": 1, "left": 2}.get(str(side), 0)
