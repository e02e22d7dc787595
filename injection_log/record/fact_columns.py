"""The columns of the facts that a protocol asks for, and how a stored fact becomes a cell. Pure.

A fact that is not asked any more, because another was answered otherwise, is blank: it is kept in the log and shown
nowhere.
"""
from __future__ import annotations

from collections.abc import Mapping

from injection_log.ledger.event import Json
from injection_log.outputs import Cell, Column, ColumnKind
from injection_log.protocol.fields import CATALOGUE, NOT_ASKED_BY_NAME, Field
from injection_log.protocol.protocol import Protocol
from injection_log.record.cells import TYPED, thousandths
from injection_log.record.checks import is_asked

_KINDS: dict[str, ColumnKind] = {
    "volume": "decimal", "volumes": "text", "length": "decimal",
    "choice": "choice", "choices": "text", "yes_no": "yes_no", "time": "time",
    "code": "text", "integer": "integer", "text": "text", "person": "text",
}


def facts_of(protocol: Protocol) -> list[Field]:
    """Every fact that a visit of this protocol can hold, in the order of the catalogue."""
    return [
        CATALOGUE[name] for name in CATALOGUE
        if name in NOT_ASKED_BY_NAME or any(name in v.asked for v in protocol.visits.values())
    ]


def fact_column(field: Field) -> Column:
    """The column of one fact, in the unit in which the table has it."""
    values = " | ".join(choice.value for choice in field.choices)
    if field.kind == "yes_no":
        values = "yes | no"
    if field.kind == "integer":
        values = f"{field.lowest} to {field.highest}"
    return Column(column_name(field), field.title, field.unit, _KINDS[field.kind], values, TYPED)


def column_name(field: Field) -> str:
    """The name of a fact with the unit in which the table has it."""
    if field.kind in ("volume", "volumes"):
        return field.name.removesuffix("_ul") + "_ml"
    return field.name.removesuffix("_um") + "_mm" if field.kind == "length" else field.name


def fact_cell(field: Field, facts: Mapping[str, Json]) -> Cell:
    """One fact as a cell; None where it is not recorded or not asked."""
    value = facts.get(field.name)
    if value is None or not is_asked(field, facts):
        return None
    if field.kind in ("volume", "length") and isinstance(value, int):
        return thousandths(value)
    if field.kind == "volumes" and isinstance(value, list):
        return ";".join(str(thousandths(one)) for one in value)
    if isinstance(value, list):
        return ";".join(map(str, value))
    return value if isinstance(value, int) else str(value)
