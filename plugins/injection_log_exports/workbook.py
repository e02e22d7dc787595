"""Tables as a workbook that Excel opens right in every language: numbers are numbers, texts are texts (ECMA-376).

A CSV file leaves it to Excel to guess what a number is, and a Danish Excel reads 1.050 as one thousand and fifty. In a
workbook nothing is guessed: a cell has its kind, and its format says how many decimals are shown. Texts are stored as
they are and never run as formulas. Equal content gives equal bytes. Deliberately no formulas, no charts, no colours.
"""
from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from injection_log.outputs import Cell, Column, ColumnKind, OutputImpossible, TableContent

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_ROWS, _LONGEST_TEXT, _LONGEST_NAME = 1_048_575, 32_767, 31
_CUT = " [cut here; whole in the CSV table]"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DAY_ZERO = date(1899, 12, 30)
_PLAIN, _HEAD, _DAY, _WHOLE, _DECIMAL = 0, 1, 2, 3, 4
"""Styles by their place in `_STYLES`: those of decimals follow, one for each number of places from 3."""
_FEWEST_PLACES, _MOST_PLACES = 3, 12
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook_bytes(tables: Sequence[TableContent]) -> bytes:
    """One sheet for each table, its head frozen and filtered. OutputImpossible for a table that no sheet can hold."""
    for table in tables:
        if len(table.rows) > _MOST_ROWS or len(table.name) > _LONGEST_NAME:
            raise OutputImpossible(f"The table {table.name} is larger than a sheet of Excel; use the CSV tables.")
    names = [table.name for table in tables]
    parts = {
        "[Content_Types].xml": _content_types(len(names)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(names),
        "xl/_rels/workbook.xml.rels": _relations([
            *(("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)),
            ("styles", "styles.xml"),
        ]),
        "xl/styles.xml": _styles(),
        **{f"xl/worksheets/sheet{number}.xml": _sheet(table) for number, table in enumerate(tables, start=1)},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode())
    return file.getvalue()


def _sheet(table: TableContent) -> str:
    last = f"{_letters(len(table.columns))}{len(table.rows) + 1}"
    head = _row(1, ((column.name, "text") for column in table.columns), _HEAD)
    kinds: list[tuple[str, ColumnKind]] = [(column.name, column.kind) for column in table.columns]
    body = "".join(
        _row(number, ((row.get(name), kind) for name, kind in kinds)) for number, row in enumerate(table.rows, start=2)
    )
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{_width(table, column)}" customWidth="1"/>'
        for number, column in enumerate(table.columns, start=1)
    )
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}"/>'
        f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData>{head}{body}</sheetData><autoFilter ref="A1:{last}"/></worksheet>'
    )


def _row(number: int, cells: Iterable[tuple[Cell, ColumnKind]], style: int = _PLAIN) -> str:
    written = "".join(
        _cell(f"{_letters(place)}{number}", value, kind, style)
        for place, (value, kind) in enumerate(cells, start=1) if value is not None
    )
    return f'<row r="{number}">{written}</row>'


def _cell(place: str, value: Cell, kind: ColumnKind, style: int) -> str:
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        places = max(_FEWEST_PLACES, min(_MOST_PLACES, -exponent if isinstance(exponent, int) else 0))
        return f'<c r="{place}" s="{_DECIMAL + places - _FEWEST_PLACES}"><v>{value:f}</v></c>'
    if isinstance(value, int):
        return f'<c r="{place}" s="{_WHOLE}"><v>{value}</v></c>'
    if kind == "date" and value:
        return f'<c r="{place}" s="{_DAY}"><v>{(date.fromisoformat(value) - _DAY_ZERO).days}</v></c>'
    text = escape(_NOT_IN_XML.sub("\ufffd", _short(str(value))))
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - len(_CUT)] + _CUT


def _width(table: TableContent, column: Column) -> int:
    """Wide enough for the name and for what usually stands there, in characters; long texts run on."""
    seen = (len(str(row.get(column.name) or "")) for row in table.rows[:200])
    return min(40, max(len(column.name) + 4, *seen, 8) + 1)


def _letters(number: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _styles() -> str:
    places = range(_FEWEST_PLACES, _MOST_PLACES + 1)
    formats = {164: "yyyy-mm-dd", **{165 + one - _FEWEST_PLACES: "0." + "0" * one for one in places}}
    written = "".join(f'<numFmt numFmtId="{number}" formatCode={quoteattr(one)}/>' for number, one in formats.items())
    styles = [(0, 0), (0, 1), (164, 0), (1, 0), *((165 + one - _FEWEST_PLACES, 0) for one in places)]
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        f'applyFont="1"/>' for number, font in styles
    )
    font = '<sz val="11"/><name val="Calibri"/>'
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(formats)}">{written}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(styles)}">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _book(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_LINKS}">{links}</Relationships>'


def _content_types(sheets: int) -> str:
    return f'<Types xmlns="{_TYPES}">{"".join(_declared(sheets))}</Types>'


def _declared(sheets: int) -> Iterator[str]:
    yield '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    yield '<Default Extension="xml" ContentType="application/xml"/>'
    parts = {"workbook": f"{_SHEET_TYPE}.sheet.main+xml", "styles": f"{_SHEET_TYPE}.styles+xml"}
    parts |= {f"worksheets/sheet{number}": f"{_SHEET_TYPE}.worksheet+xml" for number in range(1, sheets + 1)}
    for name, kind in parts.items():
        yield f'<Override PartName="/xl/{name}.xml" ContentType="{kind}"/>'
