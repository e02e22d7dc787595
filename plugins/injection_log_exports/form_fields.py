"""How a field of the protocol looks on paper: boxes to tick, places for figures, lines to write on.

Pure layout. A box is drawn, since the embedded typeface has none; its words can be selected.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Table

from injection_log.protocol.fields import CATALOGUE, Field
from injection_log_exports.lettering import BOLD, REGULAR, markup, printable, text_width
from injection_log_exports.report_pages import INK, QUIET, RULE

Part = Any  # a reportlab flowable; the library has no types
Say = Callable[[str], str]
SIZE = 8.0
_BOX, _GAP, _LINE = 7.5, 11.0, 12.0
_LABEL_SHARE = 0.36
_LABEL = ParagraphStyle("label", fontName=REGULAR, fontSize=SIZE, leading=SIZE * 1.2, textColor=INK)
_OWED = ParagraphStyle("owed", parent=_LABEL, fontName=BOLD)


class Boxes(Flowable):  # type: ignore[misc]
    """Answers beside boxes to tick, on as many lines as they need."""

    def __init__(self, answers: Sequence[str]) -> None:
        super().__init__()
        self._answers = [printable(one) for one in answers]
        self._lines: list[list[str]] = []

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Put the answers on lines of this width."""
        del height
        self._lines, used = [[]], 0.0
        for answer in self._answers:
            needed = _BOX + 3 + text_width(answer, REGULAR, SIZE) + _GAP
            if used + needed > width + _GAP and self._lines[-1]:
                self._lines.append([])
                used = 0.0
            self._lines[-1].append(answer)
            used += needed
        return width, len(self._lines) * _LINE

    def draw(self) -> None:
        """Draw boxes and words."""
        self.canv.setStrokeColor(black)
        self.canv.setLineWidth(0.7)
        self.canv.setFillColor(INK)
        self.canv.setFont(REGULAR, SIZE)
        for number, line in enumerate(self._lines, 1):
            x, y = 0.0, (len(self._lines) - number) * _LINE + 3
            for answer in line:
                self.canv.rect(x, y - 1, _BOX, _BOX, stroke=1, fill=0)
                self.canv.drawString(x + _BOX + 3, y, answer)
                x += _BOX + 3 + text_width(answer, REGULAR, SIZE) + _GAP


class Blank(Flowable):  # type: ignore[misc]
    """Lines to write on; the words (a unit, the form of a time) stand behind the last."""

    def __init__(self, words: str = "", lines: int = 1, share: float = 1.0) -> None:
        super().__init__()
        self._words, self._count, self._share = printable(words), lines, share

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As wide as there is room."""
        del height
        self._width = width
        return width, self._count * (_LINE + 2)

    def draw(self) -> None:
        """Draw the lines."""
        words = text_width(self._words, REGULAR, SIZE) + 5 if self._words else 0.0
        end = min(self._width * self._share, self._width - words)
        self.canv.setStrokeColor(QUIET)
        self.canv.setLineWidth(0.5)
        for number in range(self._count):
            y = number * (_LINE + 2) + 2
            self.canv.line(0, y, end, y)
        if self._words:
            self.canv.setFillColor(INK)
            self.canv.setFont(REGULAR, SIZE)
            self.canv.drawString(end + 5, 3, self._words)


class Blanks(Flowable):  # type: ignore[misc]
    """Several short places for figures in one line, the words of each behind it."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self._words = [printable(one) for one in words]

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As wide as there is room."""
        del height
        self._width = width
        return width, _LINE + 2

    def draw(self) -> None:
        """Draw a line and its words, side by side."""
        share = self._width / len(self._words)
        self.canv.setStrokeColor(QUIET)
        self.canv.setFillColor(INK)
        self.canv.setLineWidth(0.5)
        self.canv.setFont(REGULAR, SIZE)
        for number, words in enumerate(self._words):
            x, end = number * share, (number + 1) * share - text_width(words, REGULAR, SIZE) - 12
            self.canv.line(x, 2, end, 2)
            self.canv.drawString(end + 4, 3, words)


def field_rows(fields: Sequence[Field], say: Say, width: float) -> Part:
    """The fields in the order of the form; those that are owed before signing in bold, with a star."""
    return rows_of([(_label(one, say), _answer(one, say)) for one in fields], width)


def rows_of(rows: Sequence[tuple[Part, Part]], width: float) -> Part:
    """Labels at the left, what is filled in at the right."""
    style = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4), ("TOPPADDING", (0, 0), (-1, -1), 1.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.2), ("LINEBELOW", (0, 0), (-1, -1), 0.25, RULE),
    ]
    return Table(list(rows), colWidths=[width * _LABEL_SHARE, width * (1 - _LABEL_SHARE)], style=style, hAlign="LEFT")


def label(words: str, *, owed: bool = False) -> Part:
    """What a line of the form is called."""
    return Paragraph(markup(words + (" *" if owed else "")), _OWED if owed else _LABEL)


def _label(field: Field, say: Say) -> Part:
    words = say(field.title)
    if field.only_if:
        name, value = field.only_if
        of = CATALOGUE.get(name)
        if of is not None:
            titles = {one.value: one.title for one in of.choices}
            words += f" ({say('if')} {say(of.title)}: {say(titles.get(value, value))})"
    return label(words, owed=field.owed)


def _answer(field: Field, say: Say) -> Part:
    if field.kind == "yes_no":
        return Boxes([say("yes"), say("no")])
    if field.kind in ("choice", "choices"):
        return Boxes([say(one.title) for one in field.choices])
    if field.kind == "time":
        return Blank(say("hours : minutes"), share=0.3)
    if field.kind in ("volume", "length", "integer"):
        return Blank(field.unit, share=0.3)
    if field.kind == "volumes":
        return Blank(field.unit, share=0.8)
    return Blank(lines=2 if field.name.endswith("remark") else 1)
