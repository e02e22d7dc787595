"""The sheet: one gland at one visit on one A4 page (PDF), for the paper file of the trial.

Texts can be selected and searched, the typeface is embedded, and the file's own metadata names no participant.
Equal content gives equal bytes: the time of printing is part of the content, no clock is read here. When a page
does not hold everything even at the smallest type, the sheet goes on to a second page; nothing is ever cut.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageBreak, PageTemplate, Spacer

from annotate.appearance import SIDE_COLOURS, SIDE_INK, SIDE_WORDS, Rgb
from injection_log.outputs import PRACTICE, OutputFile, OutputImpossible, SheetContent
from injection_log.report_contents import SheetsContent
from injection_log_exports.lettering import BOLD, REGULAR, printable, register_fonts, text_width
from injection_log_exports.sheet_language import in_its_language, saying
from injection_log_exports.sheet_parts import (
    QUIET,
    RULE,
    Fit,
    Part,
    body,
    head_texts,
    signature_and_checkpoint,
)

_WIDTH, _HEIGHT = A4
_MARGIN = 34.0  # 12 mm: what office printers can reach
_INNER = _WIDTH - 2 * _MARGIN
_BAND = 17.0
_HEAD = 52.0
_FOOT = 26.0
_FLAG = 150.0
_BODY_TOP = _HEIGHT - _MARGIN + 10 - _BAND - _HEAD - 6
_BODY_BOTTOM = _MARGIN - 10 + _FOOT
_BODY = _BODY_TOP - _BODY_BOTTOM

# From roomy to tight; the first that fits is taken.
_FITS = tuple(
    Fit(size, height)
    for size, height in (
        (9.0, 230.0), (8.5, 210.0), (8.0, 190.0), (7.5, 175.0), (7.0, 162.0), (6.5, 154.0), (6.0, 146.0),
        (5.5, 138.0), (5.0, 130.0),
    )
)


class Sheet:
    """Output `sheet`: a PDF with one page for each gland given."""

    kind = "sheet"
    title = "Sheet of a signed gland record (PDF)"
    content = ""

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """One PDF; `content` is a SheetContent or a tuple of them, one page each, in this order."""
        sheets = content if isinstance(content, tuple) else (content,)
        glands = tuple(one for one in sheets if isinstance(one, SheetContent))
        if not glands or len(glands) != len(sheets):
            raise OutputImpossible("A sheet needs the content of at least one gland; give it that of a record.")
        return (OutputFile(_name(glands), "application/pdf", sheet_pdf(glands)),)


class Sheets:
    """Output `sheets`: the sheet of every signed gland record, a PDF each."""

    kind = "sheets"
    title = "Sheets of all signed gland records (PDF, one page each)"
    content = "sheets"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The sheets; OutputImpossible when it is given something else."""
        if not isinstance(content, SheetsContent):
            raise OutputImpossible("Sheets are made of signed records; make them with `export sheets`.")
        return tuple(
            OutputFile(f"{name}.pdf", "application/pdf", sheet_pdf((one,))) for name, one in content.sheets.items()
        )


def sheet_pdf(glands: tuple[SheetContent, ...]) -> bytes:
    """The PDF of these glands, each beginning a page of its own."""
    register_fonts()
    glands = tuple(map(in_its_language, glands))
    fits = [_roomiest(content) for content in glands]
    pages, data = _build(glands, fits, total=len(glands))
    return data if pages == len(glands) else _build(glands, fits, total=pages)[1]


def _build(glands: tuple[SheetContent, ...], fits: list[Fit], total: int) -> tuple[int, bytes]:
    """Number of pages and the PDF; `total` is printed as the number of pages."""
    data = BytesIO()
    document = BaseDocTemplate(
        data, pagesize=A4, invariant=1, pageCompression=1, lang=glands[0].language,
        title=saying(glands[0])("Gland injection record"),
        author="", subject="", creator=f"injection-log {glands[0].program_version}",
    )
    story: list[Part] = []
    for number, (content, fit) in enumerate(zip(glands, fits, strict=True)):
        document.addPageTemplates(_template(str(number), content, total))
        if number:
            story += [NextPageTemplate(str(number)), PageBreak()]
        story += _story(content, fit)
    document.build(story)
    return document.page, data.getvalue()


def sheet_in_document(name: str, content: SheetContent, total: int) -> tuple[PageTemplate, list[Part]]:
    """A sheet as a part of a larger document: its page, by this name, and what stands on it."""
    content = in_its_language(content)
    return _template(name, content, total), _story(content, _roomiest(content))


def _template(name: str, content: SheetContent, total: int) -> PageTemplate:
    frame = Frame(_MARGIN, _BODY_BOTTOM, _INNER, _BODY, 0, 0, 0, 0, id="body")
    return PageTemplate(name, [frame], onPage=_page_of(content, total))


def _roomiest(content: SheetContent) -> Fit:
    """The roomiest setting that keeps this sheet on one page; the tightest where none does."""
    low, high = 0, len(_FITS) - 1
    while low < high:
        middle = (low + high) // 2
        if _left_over(content, _FITS[middle]) >= 0:
            high = middle
        else:
            low = middle + 1
    return _FITS[low]


def _left_over(content: SheetContent, fit: Fit) -> float:
    parts = [*body(content, fit, _INNER), signature_and_checkpoint(content, fit, _INNER)]
    return float(_BODY - sum(map(_height, parts)))


def _story(content: SheetContent, fit: Fit) -> list[Part]:
    """The parts of one sheet, the signature at the foot of the page."""
    above, foot = body(content, fit, _INNER), signature_and_checkpoint(content, fit, _INNER)
    left_over = _BODY - sum(map(_height, above)) - _height(foot)
    return [*above, Spacer(0, max(0.0, left_over - 0.5) if left_over >= 0 else 6.0), foot]


def _height(part: Part) -> float:
    return float(part.wrap(_INNER, 100_000)[1])


def _page_of(content: SheetContent, total: int) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        top = _HEIGHT - _MARGIN + 10
        if content.practice:
            _draw_practice_band(canvas, top - _BAND, saying(content)(PRACTICE))
        _draw_head(canvas, content, top - _BAND - 4 - _HEAD)
        _draw_foot(canvas, content, saying(content)(f"page {document.page}/{total}"))
        canvas.restoreState()

    return draw


def _draw_practice_band(canvas: Any, bottom: float, words: str) -> None:
    canvas.setFillColor(HexColor("#ffd84d"))
    canvas.rect(_MARGIN, bottom, _INNER, _BAND, stroke=0, fill=1)
    canvas.setFillColor(black)
    canvas.setFont(BOLD, 11)
    canvas.drawCentredString(_WIDTH / 2, bottom + 4.6, words)


def _draw_head(canvas: Any, content: SheetContent, bottom: float) -> None:
    canvas.setFillColor(_colour(SIDE_COLOURS[content.side]))
    canvas.rect(_MARGIN, bottom, _FLAG, _HEAD, stroke=0, fill=1)
    canvas.setFillColor(_colour(SIDE_INK[content.side]))
    draw_in_flag(canvas, saying(content)(SIDE_WORDS[content.side]), (_MARGIN, bottom + _HEAD / 2 - 1), _FLAG)
    canvas.setFont(REGULAR, 8)
    canvas.drawCentredString(_MARGIN + _FLAG / 2, bottom + _HEAD / 2 - 14, saying(content)("submandibular gland"))
    room = _INNER - _FLAG - 12
    texts = head_texts(content, room, _HEAD - 2)
    _, height = texts.wrapOn(canvas, room, _HEAD)
    texts.drawOn(canvas, _MARGIN + _FLAG + 12, bottom + (_HEAD - height) / 2)
    canvas.setStrokeColor(_colour(SIDE_COLOURS[content.side]))
    canvas.setLineWidth(1.5)
    canvas.line(_MARGIN, bottom, _MARGIN + _INNER, bottom)


def draw_in_flag(canvas: Any, words: str, corner: tuple[float, float], width: float) -> None:
    """The words of a side in the middle of its flag; smaller where a language has longer ones."""
    left, base = corner
    canvas.setFont(BOLD, min(17.0, (width - 12) / text_width(printable(words), BOLD, 1.0)))
    canvas.drawCentredString(left + width / 2, base, printable(words))


def _draw_foot(canvas: Any, content: SheetContent, page: str) -> None:
    above, below = _MARGIN - 10 + 12, _MARGIN - 10 + 3
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, above + 8, _MARGIN + _INNER, above + 8)
    canvas.setFillColor(QUIET)
    protocol = f"protocol {content.protocol_id} {content.protocol_version} ({content.protocol_sha256[:12]})"
    say = saying(content)
    identity = f"{content.participant}, {content.visit_title}, {say(SIDE_WORDS[content.side].lower())}"
    _draw_line(canvas, (identity, page), above)
    _draw_line(
        canvas,
        (
            say(f"injection-log {content.program_version}, {protocol}, ledger event {content.ledger_sequence}"),
            say(f"printed {content.printed_at}"),
        ),
        below,
    )


def _draw_line(canvas: Any, ends: tuple[str, str], base: float) -> None:
    """A line of small type with a text at either end; smaller where both would not fit."""
    left, right = map(printable, ends)
    needed = text_width(f"{left}    {right}", REGULAR, 1.0)
    canvas.setFont(REGULAR, min(7.0, _INNER / needed))
    canvas.drawString(_MARGIN, base, left)
    canvas.drawRightString(_MARGIN + _INNER, base, right)


def _colour(rgb: Rgb) -> Color:
    return Color(*(level / 255 for level in rgb))


def _name(glands: tuple[SheetContent, ...]) -> str:
    """A plain file name: participant, visit and, for a single gland, its side."""
    first = glands[0]
    words = ["sheet", first.participant, first.visit_title, first.side if len(glands) == 1 else "glands"]
    plain = unicodedata.normalize("NFKD", "_".join(words)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9-]+", "_", plain).strip("_") + ".pdf"
