"""The connection card on paper (PDF, A4), for a PACS administrator who wants it on the desk. Holds nobody's data."""
from __future__ import annotations

from io import BytesIO

from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from injection_log.connection_card import CardContent, Section
from injection_log.outputs import OutputFile, OutputImpossible
from injection_log_exports.lettering import BOLD, REGULAR, markup, printable, register_fonts

_MARGIN = 42.0
_LABEL = 182.0
_HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=13, leading=17, alignment=TA_LEFT)
_SECTION = ParagraphStyle("section", fontName=BOLD, fontSize=9.5, leading=13)
_LINE = ParagraphStyle("line", fontName=REGULAR, fontSize=7.5, leading=9.5)


class Card:
    """Output `card`: one PDF."""

    kind = "card"
    title = "Connection card for the PACS administrator (PDF)"
    content = ""

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The card; OutputImpossible when it is given something else. Equal content gives equal bytes."""
        if not isinstance(content, CardContent):
            raise OutputImpossible("The connection card needs the facts of a connection; give it those of a card.")
        register_fonts()
        page = BytesIO()
        document = SimpleDocTemplate(
            page, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
            title=printable(content.title), invariant=1,
        )
        parts: list[Flowable] = [Paragraph(markup(content.title), _HEAD)]
        for section in content.sections:
            parts.append(_section(section, A4[0] - 2 * _MARGIN))
        parts += [Spacer(0, 8), Paragraph(markup(f"Made {content.made_at}."), _LINE)]
        document.build(parts)
        return (OutputFile("connection-card.pdf", "application/pdf", page.getvalue()),)


def _section(section: Section, width: float) -> Table:
    """A table that may go on over the page; its heading is its first row, so that it never stands there alone."""
    name, lines = section
    rows = [[Paragraph(markup(name), _SECTION), ""]]
    rows += [[Paragraph(markup(label), _LINE), Paragraph(markup(value), _LINE)] for label, value in lines]
    table = Table(rows, colWidths=[_LABEL, width - _LABEL])
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("SPAN", (0, 0), (-1, 0)), ("TOPPADDING", (0, 0), (-1, 0), 8), ("NOSPLIT", (0, 0), (-1, 1)),
    ]))
    return table
