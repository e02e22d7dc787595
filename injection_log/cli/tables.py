"""Plain tables for people on the command line."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as a table; a missing value is a dash."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        # As text: brackets in a value are no markup.
        table.add_row(*(Text("-" if row.get(column) in (None, "") else str(row[column])) for column in columns))
    Console().print(table)
