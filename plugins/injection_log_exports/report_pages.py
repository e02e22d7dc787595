"""The pages of a report: head, foot, facts, tables that go on over pages; sheets of glands may stand among them.

Pure layout: equal content gives equal bytes, no clock is read, and the file's own metadata names no participant.
Deliberately knows no report; `casebook` and `monitor_report` say what stands in theirs.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from injection_log.language import catalogue_of
from injection_log.outputs import PRACTICE, Cell, SheetContent
from injection_log_exports.lettering import BOLD, REGULAR, markup, printable, register_fonts, text_width
from injection_log_exports.sheet import sheet_in_document

Part = Any  # a reportlab flowable; the library has no types
MARGIN = 36.0
INNER = A4[0] - 2 * MARGIN
_TOP, _FOOT = 20.0, 24.0
INK, QUIET, RULE, BAND = HexColor("#10202e"), HexColor("#5a6068"), HexColor("#c8cdd3"), HexColor("#eef1f4")
_YELLOW = HexColor("#ffd84d")
_SIZE, _PADDING = 7.0, 2.5
TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=16, leading=21, textColor=INK)
HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=10.5, leading=14, spaceBefore=10, spaceAfter=3, textColor=INK)
WORDS = ParagraphStyle("words", fontName=REGULAR, fontSize=8.5, leading=11.5, textColor=INK)
NOTE = ParagraphStyle("note", fontName=REGULAR, fontSize=7, leading=9, textColor=QUIET)
_CELL = ParagraphStyle("cell", fontName=REGULAR, fontSize=_SIZE, leading=_SIZE * 1.25, textColor=INK)
_CELL_HEAD = ParagraphStyle("cell head", parent=_CELL, fontName=BOLD)


@dataclass(frozen=True)
class Head:
    """What every page of a report says: its title, about whom or what, and how the document came about."""

    title: str
    about: str
    made: str
    """By whom, when, of which state of the log."""
    program_version: str
    practice: bool
    language: str

    def say(self, text: str) -> str:
        """An English text of the program in the language of the report."""
        return catalogue_of(self.language).say(text)


@dataclass(frozen=True)
class Listing:
    """A table: its title, a sentence above it, columns with their share of the width, and rows of finished texts."""

    title: str
    note: str
    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]
    none: str = "None."


@dataclass(frozen=True)
class Facts:
    """Lines of label and words."""

    rows: tuple[tuple[str, str], ...]


Piece = Listing | Facts | SheetContent


def report_pdf(head: Head, pieces: Sequence[Piece]) -> bytes:
    """The PDF: pieces one after another, each sheet on a page of its own."""
    register_fonts()
    pages, _ = _build(head, pieces, 0)
    return _build(head, pieces, pages)[1]


def text_of(value: Cell) -> str:
    """A cell of a table as a report prints it; an empty one is a dash."""
    return "–" if value is None or value == "" else str(value)


def listing_parts(listing: Listing, say: Callable[[str], str]) -> list[Part]:
    """The parts of a table; without rows it says so."""
    parts: list[Part] = [CondPageBreak(90), Paragraph(markup(say(listing.title)), HEAD)]
    if listing.note:
        parts += [Paragraph(markup(say(listing.note)), NOTE), Spacer(0, 3)]
    if not listing.rows:
        return [*parts, Paragraph(markup(say(listing.none)), WORDS)]
    cells = [[Paragraph(markup(say(name)), _CELL_HEAD) for name, _ in listing.columns]]
    cells += [[Paragraph(markup(text), _CELL) for text in row] for row in listing.rows]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("BACKGROUND", (0, 0), (-1, 0), BAND),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING), ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 1.6), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE),
    ]
    widths = _widths([(say(name), share) for name, share in listing.columns])
    return [*parts, Table(cells, colWidths=widths, repeatRows=1, style=style, hAlign="LEFT")]


def _widths(columns: Sequence[tuple[str, float]]) -> list[float]:
    """By their shares, but none narrower than the longest word of its heading: no heading is broken in a word."""
    least = [
        max(text_width(printable(word), BOLD, _SIZE) for word in name.split()) + 2 * _PADDING + 1 for name, _ in columns
    ]
    narrow: set[int] = set()
    while True:
        room = INNER - sum(least[at] for at in narrow)
        shares = sum(share for at, (_, share) in enumerate(columns) if at not in narrow)
        found = [least[at] if at in narrow else room * share / shares for at, (_, share) in enumerate(columns)]
        more = {at for at, width in enumerate(found) if width < least[at] - 0.01}
        if not more or len(narrow | more) == len(columns):
            return found
        narrow |= more


def _build(head: Head, pieces: Sequence[Piece], total: int) -> tuple[int, bytes]:
    data = BytesIO()
    document = BaseDocTemplate(
        data, pagesize=A4, invariant=1, pageCompression=1, title=printable(head.say(head.title)), author="",
        subject="", lang=head.language, creator=f"injection-log {head.program_version}",
    )
    frame = Frame(
        MARGIN, MARGIN + _FOOT - 10, INNER, A4[1] - 2 * MARGIN - _TOP - _FOOT + 10, 0, 0, 0, 0, id="lists"
    )
    document.addPageTemplates(PageTemplate("lists", [frame], onPage=_edges(head, total)))
    story: list[Part] = [Paragraph(markup(head.say(head.title)), TITLE), Spacer(0, 4)]
    on_sheet = False
    for number, piece in enumerate(pieces):
        if isinstance(piece, SheetContent):
            template, parts = sheet_in_document(f"sheet {number}", piece, total)
            document.addPageTemplates(template)
            story += [NextPageTemplate(f"sheet {number}"), PageBreak(), *parts]
            on_sheet = True
            continue
        if on_sheet:
            story += [NextPageTemplate("lists"), PageBreak()]
            on_sheet = False
        story += _facts(piece, head) if isinstance(piece, Facts) else listing_parts(piece, head.say)
    document.build(story)
    return document.page, data.getvalue()


def _facts(facts: Facts, head: Head) -> list[Part]:
    rows = [
        [Paragraph(markup(head.say(label)), NOTE), Paragraph(markup(words), WORDS)] for label, words in facts.rows
    ]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, RULE),
    ]
    return [Table(rows, colWidths=[INNER * 0.27, INNER * 0.73], style=style, hAlign="LEFT")]


def _edges(head: Head, total: int) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        if head.practice:
            draw_practice_band(canvas, head.say(PRACTICE))
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, MARGIN + 6, MARGIN + INNER, MARGIN + 6)
        page = head.say(f"page {document.page}/{total}")
        draw_ends(canvas, (f"{head.about} · {head.say(head.title)}", page), MARGIN - 3)
        draw_ends(canvas, (f"injection-log {head.program_version}", head.made), MARGIN - 13)
        canvas.restoreState()

    return draw


def draw_practice_band(canvas: Any, words: str) -> None:
    """The band at the head of every page that is no patient's."""
    canvas.setFillColor(_YELLOW)
    canvas.rect(MARGIN, A4[1] - MARGIN, INNER, 16, stroke=0, fill=1)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 10)
    canvas.drawCentredString(A4[0] / 2, A4[1] - MARGIN + 4.6, printable(words))


def draw_ends(canvas: Any, ends: Iterable[str], base: float) -> None:
    """A line of small type with a text at either end; smaller where both would not fit."""
    left, right = map(printable, ends)
    canvas.setFillColor(QUIET)
    canvas.setFont(REGULAR, min(7.0, INNER / text_width(f"{left}    {right}", REGULAR, 1.0)))
    canvas.drawString(MARGIN, base, left)
    canvas.drawRightString(MARGIN + INNER, base, right)
