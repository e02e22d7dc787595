"""The report of a blinded reading: facts, tables of agreement and pictures on A4 pages (PDF), and each picture alone.

Pure layout: equal content gives equal bytes, no clock is read. The file's own metadata names no participant.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from injection_log.agreement.figure_words import AgreementTable, with_notes
from injection_log.agreement.raster import png_bytes
from injection_log.agreement.svg import svg_bytes
from injection_log.language import catalogue_of
from injection_log.outputs import PRACTICE, OutputFile, OutputImpossible
from injection_log.reading.report_content import GlandSheet, ReadingReportContent
from injection_log_exports.lettering import BOLD, REGULAR, markup, printable, register_fonts, text_width
from injection_log_exports.plot import plot_flowable
from injection_log_exports.report_pages import BAND, INK, INNER, MARGIN, NOTE, QUIET, RULE, WORDS

_FOOT = 22.0
_SIZE, _PADDING = 6.4, 2.5
_TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=16, leading=22, textColor=INK)
_HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=10.5, leading=14, spaceBefore=12, spaceAfter=4, textColor=INK)
_COLUMN = ParagraphStyle("column", fontName=BOLD, fontSize=_SIZE, leading=_SIZE * 1.2, textColor=INK)
_COLUMN_RIGHT = ParagraphStyle("column right", parent=_COLUMN, alignment=TA_RIGHT)
_NUMBERS = frozenset({
    "cases", "lacking", "value", "low", "high", "mean_ml", "lowest_ml", "highest_ml", "change_ml", "change_percent",
})
"""Columns whose figures stand under each other at the right."""
_LEGEND = (
    "Intervals (low to high) are of 95 % and stand with one side and visit. Differences are the first reader less the "
    "second. First reads enter agreement, means and changes; hidden repeats only the figures of repeats. Cases that a "
    "reader lacks are left out and counted."
)


_HEADS = {
    "of": "method or scale", "method": "method of the volume", "low": "95 % from", "high": "95 % to",
    "note": "see note", "mean_ml": "mean (ml)", "lowest_ml": "lowest (ml)", "highest_ml": "highest (ml)",
    "change_ml": "change (ml)", "change_percent": "change (%)",
}
"""What stands over a column whose name alone does not say it."""
_CELLS = {("visit", "all"): "all visits", ("gland", "both"): "both glands"}


class ReadingReport:
    """Output `reading_report`: the report as PDF, and each of its pictures as PNG and SVG."""

    kind = "reading_report"
    title = "Report of a blinded reading (PDF) and its pictures (PNG, SVG)"
    content = ""

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The report first, then the pictures; OutputImpossible when it is given something else."""
        if not isinstance(content, ReadingReportContent):
            raise OutputImpossible("The report needs a campaign of blinded reading; give it the content of one.")
        found = [OutputFile(f"reading_report_{content.campaign}.pdf", "application/pdf", report_pdf(content))]
        for name, drawing in content.pictures:
            found.append(OutputFile(f"{name}.png", "image/png", png_bytes(drawing)))
            found.append(OutputFile(f"{name}.svg", "image/svg+xml", svg_bytes(drawing)))
        found += [OutputFile(f"{sheet.name}.png", "image/png", sheet.png) for sheet in content.sheets]
        return tuple(found)


def report_pdf(content: ReadingReportContent) -> bytes:
    """The PDF of a report."""
    register_fonts()
    data = BytesIO()
    document = SimpleDocTemplate(
        data, pagesize=A4, leftMargin=MARGIN - 6, rightMargin=MARGIN - 6, topMargin=MARGIN,
        bottomMargin=MARGIN + _FOOT, invariant=1, title=f"Blinded reading {printable(content.campaign)}", author="",
        subject="", creator=f"injection-log {content.program_version}",
    )

    def edges(canvas: Any, page: Any) -> None:
        _draw_edges(canvas, content, page.page)

    document.build(_story(content), onFirstPage=edges, onLaterPages=edges)
    return data.getvalue()


def _story(content: ReadingReportContent) -> list[Flowable]:
    say = catalogue_of(content.language).say
    story: list[Flowable] = [Paragraph(markup(say(f"Blinded reading {content.campaign}")), _TITLE)]
    story.append(Paragraph(f"<b>{markup(say('Study'))}:</b> {markup(f'{content.study}, {content.site}')}", WORDS))
    for label, words in content.facts:
        story.append(Paragraph(f"<b>{markup(say(label))}:</b> {markup(say(words))}", WORDS))
    story += [Spacer(0, 6), Paragraph(markup(say(_LEGEND)), NOTE)]
    plots = [KeepTogether([plot_flowable(drawing, INNER * 0.92), Spacer(0, 12)]) for _, drawing in content.pictures]
    for table in content.tables:
        story += _table(table, say)
    if plots:
        story += [CondPageBreak(300), Paragraph(markup(say("Pictures")), _HEAD), *plots]
    for sheet in content.sheets:
        story += [PageBreak(), Paragraph(markup(sheet.title), _HEAD), _sheet(sheet)]
    return story


def _sheet(sheet: GlandSheet) -> Flowable:
    """The sheet as wide as the page, or as high as it leaves room for."""
    width, height = ImageReader(BytesIO(sheet.jpeg)).getSize()
    zoom = min(INNER / width, (A4[1] - 2 * MARGIN - _FOOT - 60) / height)
    return Image(BytesIO(sheet.jpeg), width * zoom, height * zoom)


def _table(table: AgreementTable, say: Callable[[str], str]) -> list[Flowable]:
    lines, reasons = with_notes(table)
    columns = [*table.columns[:-1], "note"]
    cells = [[printable(say(_HEADS.get(column, column))) for column in columns]]
    cells += [[printable(_cell(column, line, say)) for column in columns] for line in lines]
    right = [at for at, column in enumerate(columns) if column in _NUMBERS]
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, 0), BOLD, _SIZE), ("FONT", (0, 1), (-1, -1), REGULAR, _SIZE),
        ("LEADING", (0, 0), (-1, -1), _SIZE * 1.25), ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING), ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 1.6), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE), ("BACKGROUND", (0, 0), (-1, 0), BAND),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"), *(("ALIGN", (at, 0), (at, -1), "RIGHT") for at in right),
    ]
    head = [Paragraph(markup(text), _COLUMN_RIGHT if at in right else _COLUMN) for at, text in enumerate(cells[0])]
    drawn = Table([head, *cells[1:]], colWidths=_widths(cells), repeatRows=1, style=style, hAlign="LEFT")
    notes = [Paragraph(markup(f"({number}) {say(reason)}"), NOTE) for number, reason in enumerate(reasons, start=1)]
    return [CondPageBreak(120), Paragraph(markup(say(table.title)), _HEAD), drawn, Spacer(0, 3), *notes]


def _cell(column: str, line: Mapping[str, object], say: Callable[[str], str]) -> str:
    """A cell in the report's language; who and at which visit are names."""
    text = str(line.get(column, ""))
    if column in ("of", "method"):
        text = text.replace("_", " ")
    return text if column == "participant" or not text else say(_CELLS.get((column, text), text))


def _widths(cells: list[list[str]]) -> list[float]:
    """As wide as the widest text of each column and the widest word of its head, which may take several lines; narrower
    in proportion where the page would not hold all.
    """
    around = 2 * _PADDING + 1
    widths = [
        around + max(
            *(text_width(word, BOLD, _SIZE) for word in column[0].split()),
            *(text_width(text, REGULAR, _SIZE) for text in column[1:]),
        )
        for column in zip(*cells, strict=True)
    ]
    spare = max(0.0, INNER - sum(widths)) / len(widths)
    return [width * min(1.0, INNER / sum(widths)) + min(spare, 14.0) for width in widths]


def _draw_edges(canvas: Any, content: ReadingReportContent, page: int) -> None:
    canvas.saveState()
    say = catalogue_of(content.language).say
    if content.practice:
        canvas.setFillColor(HexColor("#ffd84d"))
        canvas.rect(MARGIN, A4[1] - MARGIN + 4, INNER, 15, stroke=0, fill=1)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 9.5)
        canvas.drawCentredString(A4[0] / 2, A4[1] - MARGIN + 8.4, printable(say(PRACTICE)))
    canvas.setStrokeColor(RULE)
    canvas.line(MARGIN, MARGIN + 10, MARGIN + INNER, MARGIN + 10)
    canvas.setFillColor(QUIET)
    canvas.setFont(REGULAR, 7)
    canvas.drawString(
        MARGIN, MARGIN,
        printable(f"{say(f'Blinded reading {content.campaign}')}, injection-log {content.program_version}"),
    )
    canvas.drawRightString(MARGIN + INNER, MARGIN, printable(say(f"printed {content.printed_at}, page {page}")))
    canvas.restoreState()
