"""One table as an Apache Parquet file: typed columns that carry their title, unit, allowed values and source.

Decimals stay decimals (decimal128), days are date32, whole numbers int64; all else is text, times with their offset
among it. Equal content gives equal bytes: nothing of the day or the machine is written.
"""
from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from injection_log.outputs import Cell, Column, OutputImpossible, TableContent

PARQUET = "application/vnd.apache.parquet"
_MOST_DIGITS, _FEWEST_PLACES = 38, 3


def parquet_bytes(content: TableContent) -> bytes:
    """The table as a Parquet file. OutputImpossible for a value that is not of its column's kind."""
    import pyarrow  # loaded only where such a file is made
    from pyarrow import parquet

    arrays, fields = [], []
    for column in content.columns:
        values = [row.get(column.name) for row in content.rows]
        kind = _kind(pyarrow, column, values)
        said = {"title": column.title, "unit": column.unit, "kind": column.kind, "values": column.values,
                "source": column.source}  # fmt: skip
        fields.append(pyarrow.field(column.name, kind, metadata=said))
        try:
            arrays.append(pyarrow.array([_typed(column, value) for value in values], type=kind))
        except (ValueError, TypeError, pyarrow.ArrowException) as wrong:
            raise OutputImpossible(
                f"The column {column.name} of {content.name} has a value that is no {column.kind}; correct its record."
            ) from wrong
    schema = pyarrow.schema(fields, metadata={"table": content.name})
    file = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), file, version="2.6", compression="snappy")
    return file.getvalue()


def _kind(pyarrow: Any, column: Column, values: Iterable[Cell]) -> Any:
    if column.kind == "decimal":
        return pyarrow.decimal128(_MOST_DIGITS, max((_places(one) for one in values), default=_FEWEST_PLACES))
    return {"integer": pyarrow.int64(), "date": pyarrow.date32()}.get(column.kind, pyarrow.string())


def _places(value: Cell) -> int:
    """Digits behind the point; a column has as many as its longest value, and never fewer than three."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return max(_FEWEST_PLACES, -exponent if isinstance(exponent, int) else 0)


def _typed(column: Column, value: Cell) -> object:
    if value is None:
        return None
    if column.kind == "decimal":
        return Decimal(value)
    if column.kind == "date":
        return date.fromisoformat(str(value))
    return value if column.kind == "integer" else str(value)
