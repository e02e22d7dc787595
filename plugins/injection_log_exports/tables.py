"""All tables of the trial: for programs as CSV and Parquet, for people as one workbook; each with its dictionary.

The values are those of the content, unchanged; what a table lacks is made in `injection_log/record`, never here.
"""
from __future__ import annotations

from collections.abc import Iterator

from injection_log.outputs import Column, OutputFile, OutputImpossible, TableContent
from injection_log.trial_content import TrialContent
from injection_log_exports.csv_text import CSV, DICTIONARY_HEAD, check_table, csv_bytes, explained, table_csv
from injection_log_exports.parquet_file import PARQUET, parquet_bytes
from injection_log_exports.workbook import XLSX, workbook_bytes

_DICTIONARY = "dictionary"


class Tables:
    """Output `tables`: a CSV and a Parquet file for each table, and one dictionary of all columns."""

    kind = "tables"
    title = "All tables of the trial (CSV and Parquet) and their data dictionary"
    content = "trial"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The files; OutputImpossible for content that is not of the trial, or that does not fit its columns."""
        return tuple(_files(_tables(content)))


class TablesForExcel:
    """Output `tables_excel`: the same tables as the sheets of one workbook, the dictionary first."""

    kind = "tables_excel"
    title = "All tables of the trial as a workbook that Excel opens right in any language"
    content = "trial"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The workbook; OutputImpossible as `Tables`, or for more rows than a sheet has."""
        tables = _tables(content)
        return (OutputFile("injection-log.xlsx", XLSX, workbook_bytes((_dictionary(tables), *tables))),)


def _tables(content: object) -> tuple[TableContent, ...]:
    if not isinstance(content, TrialContent):
        raise OutputImpossible("The tables need the content of the whole trial; make them with `export tables`.")
    for table in content.tables.values():
        check_table(table)
    return tuple(content.tables.values())


def _files(tables: tuple[TableContent, ...]) -> Iterator[OutputFile]:
    lines = ([table.name, *explained(column)] for table in tables for column in table.columns)
    yield OutputFile(f"{_DICTIONARY}.csv", CSV, csv_bytes(("table", *DICTIONARY_HEAD), lines))
    for table in tables:
        yield OutputFile(f"{table.name}.csv", CSV, table_csv(table))
    for table in tables:
        yield OutputFile(f"parquet/{table.name}.parquet", PARQUET, parquet_bytes(table))


def _dictionary(tables: tuple[TableContent, ...]) -> TableContent:
    columns = tuple(Column(name, name, "", "text", "", "") for name in ("table", *DICTIONARY_HEAD))
    rows = tuple(
        {
            "table": table.name, "column": one.name, "title": one.title, "unit": one.unit or None, "type": one.kind,
            "values": one.values or None, "source": one.source,
        }
        for table in tables for one in table.columns
    )
    return TableContent(columns, rows, _DICTIONARY)
