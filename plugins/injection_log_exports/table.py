"""The plain table: comma-separated values and their data dictionary (RFC 4180, UTF-8, decimal point).

Written for programs. Deliberately without a byte order mark, which would become part of the first column's
name in R and older readers, and without a national variant: Excel opens it through Data > From Text. A blank
cell means "not recorded". Text that a spreadsheet would run as a formula gets an apostrophe in front; nothing
else is changed.
"""
from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from injection_log.outputs import Cell, Column, OutputFile, OutputImpossible, TableContent

_CSV = "text/csv; charset=utf-8; header=present"
_FORMULA_SIGNS = "=+-@"
_DICTIONARY_HEAD = ("column", "title", "unit", "type", "values", "source")


class Table:
    """Output `table`: one CSV file with a row per gland, and one CSV file that explains its columns."""

    kind = "table"
    title = "Table of glands (CSV) and its data dictionary"
    content = "glands"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The table and its dictionary; OutputImpossible when rows and columns do not fit together."""
        if not isinstance(content, TableContent):
            raise OutputImpossible("The table needs rows and columns; give it the content of a table.")
        _check(content)
        names = [column.name for column in content.columns]
        rows = ([_cell(row.get(name)) for name in names] for row in content.rows)
        dictionary = (_explained(column) for column in content.columns)
        return (
            OutputFile(f"{content.name}.csv", _CSV, _csv(names, rows)),
            OutputFile(f"{content.name}_dictionary.csv", _CSV, _csv(_DICTIONARY_HEAD, dictionary)),
        )


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


def _check(content: TableContent) -> None:
    names = [column.name for column in content.columns]
    if len(set(names)) != len(names):
        raise OutputImpossible("Two columns of the table have the same name; give each its own.")
    unknown = {name for row in content.rows for name in row} - set(names)
    if unknown:
        raise OutputImpossible(f"The table has values without a column: {', '.join(sorted(unknown))}.")


def _explained(column: Column) -> list[str]:
    texts = (column.name, column.title, column.unit, column.kind, column.values, column.source)
    return [harmless(text) for text in texts]


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or (isinstance(value, Decimal) and not value.is_finite()):
        raise OutputImpossible("A value of the table is no text and no number; record it again.")
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) else harmless(value)


def _csv(head: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
