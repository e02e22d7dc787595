"""The plain table of glands: one CSV file with a row per gland, and its data dictionary."""
from __future__ import annotations

from injection_log.outputs import OutputFile, OutputImpossible, TableContent
from injection_log_exports.csv_text import CSV, DICTIONARY_HEAD, check_table, csv_bytes, explained, table_csv


class Table:
    """Output `table`: one CSV file with a row per gland, and one CSV file that explains its columns."""

    kind = "table"
    title = "Table of glands (CSV) and its data dictionary"
    content = "glands"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The table and its dictionary; OutputImpossible when rows and columns do not fit together."""
        if not isinstance(content, TableContent):
            raise OutputImpossible("The table needs rows and columns; give it the content of a table.")
        check_table(content)
        dictionary = csv_bytes(DICTIONARY_HEAD, map(explained, content.columns))
        return (
            OutputFile(f"{content.name}.csv", CSV, table_csv(content)),
            OutputFile(f"{content.name}_dictionary.csv", CSV, dictionary),
        )
