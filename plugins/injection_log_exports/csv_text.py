"""Tables as comma-separated values (RFC 4180, UTF-8, decimal point) and columns as rows of a data dictionary.

Written for programs. Deliberately without a byte order mark, which would become part of the first column's name in R
and older readers, and without a national variant. A blank cell means "not recorded". Text that a spreadsheet would run
as a formula gets an apostrophe in front; nothing else is changed.
"""
from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from injection_log.outputs import Cell, Column, OutputImpossible, TableContent

CSV = "text/csv; charset=utf-8; header=present"
DICTIONARY_HEAD = ("column", "title", "unit", "type", "values", "source")
_FORMULA_SIGNS = "=+-@"


def harmless(text: str) -> str:
    """The text as a spreadsheet may open it: with an apostrophe in front where it would run as a formula.

    Source: OWASP, CSV Injection. Full-width forms of the signs count, leading blanks and control characters
    do not hide a sign.
    """
    seen = unicodedata.normalize("NFKC", text).lstrip()
    first = text[:1]
    if (seen and seen[0] in _FORMULA_SIGNS) or first in ("\t", "\r", "\n"):
        return f"'{text}"
    return text


def check_table(content: TableContent) -> None:
    """Raise OutputImpossible where rows and columns do not fit together."""
    names = [column.name for column in content.columns]
    if len(set(names)) != len(names):
        raise OutputImpossible("Two columns of the table have the same name; give each its own.")
    unknown = {name for row in content.rows for name in row} - set(names)
    if unknown:
        raise OutputImpossible(f"The table has values without a column: {', '.join(sorted(unknown))}.")
    for row in content.rows:
        for value in row.values():
            if isinstance(value, bool) or (isinstance(value, Decimal) and not value.is_finite()):
                raise OutputImpossible("A value of the table is no text and no number; record it again.")


def table_csv(content: TableContent) -> bytes:
    """The rows of a table that was checked, under the names of its columns."""
    names = [column.name for column in content.columns]
    return csv_bytes(names, ([_cell(row.get(name)) for name in names] for row in content.rows))


def explained(column: Column) -> list[str]:
    """One column as a row of the dictionary, in the order of DICTIONARY_HEAD."""
    texts = (column.name, column.title, column.unit, column.kind, column.values, column.source)
    return [harmless(text) for text in texts]


def csv_bytes(head: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """Lines that end in CR LF; quotes only where they are needed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) else harmless(value)
