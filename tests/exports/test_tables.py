"""The tables as files: CSV, Parquet and a workbook hold the same values, each with its dictionary."""
from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from pyarrow import parquet
from trial_site import TrialSite

from injection_log.outputs import Cell, Column, OutputFile, OutputImpossible, TableContent
from injection_log_exports.parquet_file import parquet_bytes
from injection_log_exports.tables import Tables, TablesForExcel
from injection_log_exports.workbook import workbook_bytes

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = (
    Column("code", "Code", "", "text", "", "typed"), Column("volume_ml", "Volume", "ml", "decimal", "", "typed"),
    Column("day", "Day", "", "date", "", "recorded"), Column("count", "Count", "", "integer", "", "computed"),
)


def table(*rows: dict[str, Cell]) -> TableContent:
    return TableContent(COLUMNS, rows, "made_up")


def sheets(data: bytes) -> dict[str, list[list[tuple[str, str, str]]]]:
    """Each sheet's rows: kind (s text, n number), format code and value of every cell, as the file has them."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    styles = etree.fromstring(archive.read("xl/styles.xml"))
    codes = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{_MAIN}numFmt")}
    cells = styles.find(f"{_MAIN}cellXfs")
    formats = [codes.get(one.get("numFmtId"), one.get("numFmtId")) for one in cells]
    book = etree.fromstring(archive.read("xl/workbook.xml"))
    names = [one.get("name") for one in book.iter(f"{_MAIN}sheet")]
    return {
        name: list(_rows(archive.read(f"xl/worksheets/sheet{number}.xml"), formats))
        for number, name in enumerate(names, start=1)
    }


def _rows(data: bytes, formats: list[str]) -> Iterator[list[tuple[str, str, str]]]:
    for row in etree.fromstring(data).iter(f"{_MAIN}row"):
        yield [
            ("s" if cell.get("t") == "inlineStr" else "n", formats[int(cell.get("s"))], "".join(cell.itertext()))
            for cell in row
        ]


@pytest.fixture(scope="module")
def files(trial: TrialSite) -> dict[str, OutputFile]:
    return {file.name: file for file in Tables().files(trial.content())}


@pytest.mark.proves("U-04")
def test_every_table_is_a_csv_and_a_parquet_file_with_as_many_rows(
    trial: TrialSite, files: dict[str, OutputFile]
) -> None:
    for name, content in trial.content().tables.items():
        lines = list(csv.reader(io.StringIO(files[f"{name}.csv"].data.decode(), newline=""), strict=True))
        read = parquet.read_table(io.BytesIO(files[f"parquet/{name}.parquet"].data))
        assert len(lines) - 1 == read.num_rows == len(content.rows)
        assert lines[0] == read.column_names


def test_one_dictionary_explains_every_column_of_every_table(trial: TrialSite, files: dict[str, OutputFile]) -> None:
    head, *lines = csv.reader(io.StringIO(files["dictionary.csv"].data.decode(), newline=""), strict=True)
    assert head == ["table", "column", "title", "unit", "type", "values", "source"]
    wanted = [(name, one.name) for name, table in trial.content().tables.items() for one in table.columns]
    assert [(line[0], line[1]) for line in lines] == wanted
    assert all(line[2] and line[6] for line in lines)


def test_a_parquet_column_has_its_type_and_says_what_it_is() -> None:
    data = parquet_bytes(table({"code": "A", "volume_ml": Decimal("1.050"), "day": "2026-11-30", "count": 2}, {}))
    read = parquet.read_table(io.BytesIO(data))
    assert [str(read.schema.field(one.name).type) for one in COLUMNS] == [
        "string", "decimal128(38, 3)", "date32[day]", "int64",
    ]
    assert read.schema.field("volume_ml").metadata[b"unit"] == b"ml"
    assert read.to_pylist()[0] == {
        "code": "A", "volume_ml": Decimal("1.050"), "day": date(2026, 11, 30), "count": 2,
    }
    assert set(read.to_pylist()[1].values()) == {None}


def test_a_decimal_with_more_digits_loses_none_in_parquet() -> None:
    data = parquet_bytes(table({"volume_ml": Decimal("0.0171234567891")}, {"volume_ml": Decimal("1.5")}))
    values = parquet.read_table(io.BytesIO(data)).column("volume_ml").to_pylist()
    assert values == [Decimal("0.0171234567891"), Decimal("1.5")]


def test_a_value_that_is_not_of_its_kind_is_no_parquet_file() -> None:
    with pytest.raises(OutputImpossible, match="count of made_up"):
        parquet_bytes(table({"count": "many"}))


def test_excel_is_given_numbers_as_numbers_so_that_no_language_can_misread_them() -> None:
    rows = sheets(workbook_bytes((table({"code": "1.050", "volume_ml": Decimal("1.050"), "count": 3}),)))["made_up"]
    assert rows[1] == [("s", "0", "1.050"), ("n", "0.000", "1.050"), ("n", "1", "3")]


def test_a_day_in_the_workbook_is_the_same_day() -> None:
    rows = sheets(workbook_bytes((table({"day": "2026-11-30"}),)))["made_up"]
    kind, form, value = rows[1][0]
    assert (kind, form) == ("n", "yyyy-mm-dd")
    assert date(1899, 12, 30) + timedelta(days=int(value)) == date(2026, 11, 30)


def test_a_text_in_the_workbook_never_runs_and_never_breaks_it() -> None:
    texts = ["=1+1", "<b>&", "line\nline", "\x07bell", " spaced "]
    rows = sheets(workbook_bytes((table(*({"code": one} for one in texts)),)))["made_up"]
    assert [row[0] for row in rows[1:]] == [("s", "0", one.replace("\x07", "\ufffd")) for one in texts]


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    rows = sheets(workbook_bytes((table({"code": "x" * 40_000}),)))["made_up"]
    assert len(rows[1][0][2]) == 32_767
    assert rows[1][0][2].endswith("[cut here; whole in the CSV table]")


def test_the_workbook_has_a_sheet_for_each_table_behind_the_dictionary(trial: TrialSite) -> None:
    content = trial.content()
    found = sheets(TablesForExcel().files(content)[0].data)
    assert list(found) == ["dictionary", *content.tables]
    assert [len(rows) - 1 for rows in list(found.values())[1:]] == [len(one.rows) for one in content.tables.values()]


def test_equal_content_gives_equal_bytes(trial: TrialSite, files: dict[str, OutputFile]) -> None:
    content = trial.content()
    assert Tables().files(content) == tuple(files.values())
    assert TablesForExcel().files(content) == TablesForExcel().files(content)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("language", "shown"), [("da-DK", "1,050"), ("en-US", "1.050")])
def test_libreoffice_shows_the_number_in_the_language_of_the_machine(
    tmp_path: Path, language: str, shown: str
) -> None:
    settings = tmp_path / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">'
        f'<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{language}</value></prop></item></oor:items>'
    )
    book = tmp_path / "book.xlsx"
    book.write_bytes(workbook_bytes((table({"code": "1.050", "volume_ml": Decimal("1.050")}),)))
    command = [
        "soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
        "csv:Text - txt - csv (StarCalc):59,34,76", "--outdir", str(tmp_path), str(book),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    lines = list(csv.reader((tmp_path / "book.csv").read_text().splitlines(), delimiter=";"))
    assert lines[1][:2] == ["1.050", shown]
