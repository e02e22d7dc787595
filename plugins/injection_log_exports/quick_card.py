"""The quick card on paper (PDF, one A4 page): the steps on the left, the keys on the right. Holds nobody's data."""
from __future__ import annotations

from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepInFrame, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.quick_card import QuickCardContent, Rows
from injection_log_exports.lettering import BOLD, REGULAR, markup, printable, register_fonts

_MARGIN, _GAP = 36.0, 18.0
_KEYS_WIDTH = 84.0
_PADDING = 6.0
"""Of a reportlab frame, on every side."""
_INK, _LINE = HexColor("#10202e"), HexColor("#9aa7b4")
_TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=16, leading=24, textColor=_INK)
_GROUP = ParagraphStyle("group", fontName=BOLD, fontSize=9.5, leading=13, spaceBefore=7, textColor=_INK)
_KEY = ParagraphStyle("key", fontName=BOLD, fontSize=9, leading=11.5, textColor=_INK)
_WORDS = ParagraphStyle("words", fontName=REGULAR, fontSize=9, leading=11.5, textColor=_INK)
_PROMISE = ParagraphStyle("promise", parent=_WORDS, leftIndent=10, spaceBefore=3)
_FOOT = ParagraphStyle("foot", fontName=REGULAR, fontSize=7, leading=9, textColor=_INK)


class QuickCard:
    """Output `quick_card`: one PDF of one page."""

    kind = "quick_card"
    title = "Quick card: steps and keys (PDF)"
    content = ""

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The card; OutputImpossible when it is given something else. Equal content gives equal bytes."""
        if not isinstance(content, QuickCardContent):
            raise OutputImpossible("The quick card needs steps and keys; the window's ? page has them.")
        register_fonts()
        page = BytesIO()
        document = SimpleDocTemplate(
            page, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
            title=printable(content.title), invariant=1,
        )
        document.build(_parts(content, document.width - 2 * _PADDING, document.height))
        return (OutputFile("quick-card.pdf", "application/pdf", page.getvalue()),)


def _parts(content: QuickCardContent, width: float, height: float) -> list[Flowable]:
    column = (width - _GAP) / 2
    body = height - 60
    both = Table([[
        KeepInFrame(column, body, _left(content, column), mode="shrink"),
        KeepInFrame(column, body, _right(content, column), mode="shrink"),
    ]], colWidths=[column + _GAP, column])  # fmt: skip
    both.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0),
    ]))  # fmt: skip
    both.hAlign = "LEFT"
    return [Paragraph(markup(content.title), _TITLE), both, Spacer(0, 4), Paragraph(markup(content.version), _FOOT)]


def _left(content: QuickCardContent, width: float) -> list[Flowable]:
    steps = [_rows(((f"{number}  {name}", words),), width, 98) for number, (name, words) in enumerate(content.steps, 1)]
    promises = [Paragraph(markup(one), _PROMISE, bulletText="•") for one in content.promises]
    first, last = (Paragraph(markup(title), _GROUP) for title in (content.steps_title, content.promises_title))
    return [first, *steps, last, *promises]


def _right(content: QuickCardContent, width: float) -> list[Flowable]:
    parts: list[Flowable] = []
    for name, rows in content.keys:
        parts += [Paragraph(markup(name), _GROUP), _rows(rows, width, _KEYS_WIDTH)]
    return parts


def _rows(rows: Rows, width: float, first: float) -> Table:
    table = Table(
        [[Paragraph(markup(name), _KEY), Paragraph(markup(words), _WORDS)] for name, words in rows],
        colWidths=[first, width - first],
        hAlign="LEFT",
    )
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4), ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5), ("LINEBELOW", (0, 0), (-1, -1), 0.25, _LINE),
    ]))  # fmt: skip
    return table
