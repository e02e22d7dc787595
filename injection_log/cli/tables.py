"""Plain tables for people on the command line; nothing to list is a sentence, not a header alone."""
from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 200
"""Columns of text where nothing says how wide the paper is: a pipe or a file."""
_KEPT_WHOLE = 14
"""Words up to this length are never broken to make a column narrower."""


def print_table(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, none: str = "There is nothing to list."
) -> None:
    """Print rows as a table; a missing value is a dash, and no row at all is the sentence `none`."""
    if not rows:
        typer.echo(none)
        return
    table = Table(box=None, pad_edge=False)
    for column in columns:
        title = column.replace("_", " ")
        table.add_column(title, overflow="fold", min_width=_widest_word([title, *(row.get(column) for row in rows)]))
    for row in rows:
        # As text: brackets in a value are no markup.
        table.add_row(*(Text("-" if row.get(column) in (None, "") else str(row[column])) for column in columns))
    is_piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    Console(width=WIDE if is_piped else None).print(table)


def _widest_word(cells: Sequence[Any]) -> int:
    words = [word for cell in cells if cell is not None for word in str(cell).split()]
    return max((len(word) for word in words if len(word) <= _KEPT_WHOLE), default=1)
