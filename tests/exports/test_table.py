"""The plain table and its data dictionary, parsed back."""
from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from injection_log.outputs import Cell, Column, OutputImpossible, TableContent
from injection_log_exports.csv_text import harmless
from injection_log_exports.table import Table

COLUMNS = (
    Column("participant", "Participant", "", "text", "", "chosen by the operator"),
    Column("volume_injected_ml", "Injected", "ml", "decimal", "0.00 to 5.00", "computed"),
    Column("version", "Version", "", "integer", "", "recorded by the program"),
    Column("remark", "Remark", "", "text", "", "typed by the operator"),
)


def made(*rows: dict[str, Cell], columns: tuple[Column, ...] = COLUMNS) -> tuple[list[list[str]], list[list[str]]]:
    """The table and its dictionary as parsed rows, heads included."""
    files = Table().files(TableContent(columns, rows))
    parsed = [list(csv.reader(io.StringIO(file.data.decode("utf-8"), newline=""), strict=True)) for file in files]
    return parsed[0], parsed[1]


def test_a_row_comes_back_as_it_was_given() -> None:
    row: dict[str, Cell] = {
        "participant": "SMG-07", "volume_injected_ml": Decimal("1.150"), "version": 1,
        "remark": 'Ærø, "rolig"\nanden linje',
    }
    table, _ = made(row)
    assert table == [
        [column.name for column in COLUMNS],
        ["SMG-07", "1.150", "1", 'Ærø, "rolig"\nanden linje'],
    ]


def test_what_is_not_recorded_stays_blank_and_zero_stays_zero() -> None:
    table, _ = made({"participant": "SMG-07", "volume_injected_ml": Decimal("0.000"), "version": None})
    assert table[1] == ["SMG-07", "0.000", "", ""]


def test_numbers_are_written_out_with_a_point_and_without_an_exponent() -> None:
    table, _ = made({"volume_injected_ml": Decimal("1E-3"), "version": -2})
    assert table[1][1:3] == ["0.001", "-2"]


def test_the_dictionary_explains_every_column_in_order() -> None:
    table, dictionary = made()
    assert dictionary[0] == ["column", "title", "unit", "type", "values", "source"]
    assert [row[0] for row in dictionary[1:]] == table[0]
    assert dictionary[2] == ["volume_injected_ml", "Injected", "ml", "decimal", "0.00 to 5.00", "computed"]


@pytest.mark.parametrize("text", ["=1+1", "+45", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1", "  =1", "\n=1"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert made({"remark": text})[0][1][3] == f"'{text}"


@pytest.mark.parametrize("text", ["", "SMG-07", "a=b", "5 - 3", "'quoted", "1.5 mm"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_negative_numbers_are_not_text_and_stay_numbers() -> None:
    assert made({"volume_injected_ml": Decimal("-0.05")})[0][1][1] == "-0.05"


def test_lines_end_as_the_standard_says_and_no_byte_order_mark_leads() -> None:
    data = Table().files(TableContent(COLUMNS, ({"participant": "SMG-07"},)))[0].data
    assert data.startswith(b"participant,")
    assert data.count(b"\r\n") == 2


def test_equal_rows_give_equal_bytes_whatever_the_order_of_their_keys() -> None:
    one: dict[str, Cell] = {"participant": "SMG-07", "version": 1}
    other: dict[str, Cell] = {"version": 1, "participant": "SMG-07"}
    assert Table().files(TableContent(COLUMNS, (one,))) == Table().files(TableContent(COLUMNS, (other,)))


@pytest.mark.parametrize(
    "content",
    [
        None,
        TableContent((*COLUMNS, COLUMNS[0]), ()),
        TableContent(COLUMNS, ({"arm": "x"},)),
        TableContent(COLUMNS, ({"version": True},)),
        TableContent(COLUMNS, ({"volume_injected_ml": Decimal("NaN")},)),
    ],
)
def test_what_does_not_fit_together_is_refused(content: object) -> None:
    with pytest.raises(OutputImpossible):
        Table().files(content)
