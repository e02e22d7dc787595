"""The parts of a sheet, each as something reportlab can place: pictures, volumes, facts, signature, checkpoint.

Pure layout: a part is made from content and a size of type, and never cuts a text; long ones wrap. Deliberately
knows nothing of pages; sheet.py puts the parts onto paper.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import segno
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Image, KeepInFrame, Paragraph, Spacer, Table

from injection_log.outputs import OutputImpossible, SheetContent
from injection_log_exports.lettering import BOLD, MONO, NOTICE, REGULAR, is_printed_exactly, markup, text_width
from injection_log_exports.sheet_language import saying

Part = Any  # a reportlab flowable; the library has no types
Section = tuple[str, tuple[tuple[str, str], ...]]

QUIET = HexColor("#5a6068")
RULE = HexColor("#b8bec6")
TINT = HexColor("#f1f3f5")
WARNING = HexColor("#b00020")

_GAP = 12.0  # points between columns and pictures
_LONG_VALUE = 110  # letters from which a value takes the whole width of the sheet
_ROWS_TOGETHER = 16  # rows of a section that always stay together
_QR_POINTS = 102.0
_SMALLEST_MONO = 4.8


@dataclass(frozen=True)
class Fit:
    """How tightly a sheet is set: size of type and greatest height of a picture, points."""

    type_size: float
    picture_height: float


def body(content: SheetContent, fit: Fit, width: float) -> list[Part]:
    """Everything between head and signature, in reading order; `width` in points."""
    parts: list[Part] = [
        _text(sentence, fit.type_size + 0.5, bold=True, colour=WARNING) for sentence in content.notices
    ]
    if content.pictures:
        parts += [Spacer(0, 2), _pictures(content, fit, width), Spacer(0, 5)]
    if content.volumes:
        parts += [_volumes(content, fit, width), Spacer(0, 5)]
    say = saying(content)
    narrow = [part for section in content.sections if not _is_wide(section) for part in _pieces(section, say)]
    parts += _in_two_columns(narrow, fit, width)
    wide = Fit(max(fit.type_size - 1.2, 5.0), fit.picture_height)
    for section in content.sections:
        if _is_wide(section):
            parts += [Spacer(0, 4), _section(section, wide, (width, _label_part(section, wide, width)))]
    for sentence in content.earlier_signatures:
        parts.append(_text(sentence, fit.type_size, colour=QUIET))
    if not all(map(is_printed_exactly, _texts(content))):
        parts.append(_text(say(NOTICE), fit.type_size - 1, colour=QUIET))
    return parts


def signature_and_checkpoint(content: SheetContent, fit: Fit, width: float) -> Part:
    """The block that stands at the foot of the sheet: who signed what when, and the ledger's checkpoint."""
    room = width - _QR_POINTS - _GAP if content.checkpoint else width
    say = saying(content)
    left: list[Part] = _signature(content, fit, room - 12)
    if not content.checkpoint:
        return _boxed([[left]], [width])
    left += [Spacer(0, 4), _text(say("Checkpoint of the ledger"), fit.type_size, bold=True)]
    left.append(_text(
        say("It fixes every event up to this one. Whoever keeps this sheet can show whether the log was rewritten."),
        fit.type_size - 1.2, colour=QUIET,
    ))
    left.append(_monospaced(content.checkpoint, room - 12))
    return _boxed([[left, _qr_code(content.checkpoint)]], [room + 2, width - room - 2])


def head_texts(content: SheetContent, width: float, height: float) -> Part:
    """Participant and visit at the left, study and state at the right; shrinks rather than cuts."""
    left = [
        _text(content.participant, 17, bold=True),
        Spacer(0, 2),
        _text(content.visit_title, 10),
    ]
    say = saying(content)
    right = [
        _text(say(f"Study {content.study}"), 9, bold=True),
        _text(content.site, 8.5),
        _text(say(f"{content.state}, version {content.version}"), 8.5),
    ]
    columns = [width * 0.56, width * 0.44]
    table = Table([[left, right]], colWidths=columns, style=_style(("VALIGN", (0, 0), (-1, -1), "MIDDLE")))
    return KeepInFrame(width, height, [table], mode="shrink")


def _texts(content: SheetContent) -> list[str]:
    """Every text of the sheet that a person wrote."""
    texts = [content.study, content.site, content.participant, content.visit_title, *content.earlier_signatures]
    texts += [*content.notices, *(text for row in content.after_signature for text in row)]
    texts += [title for title, _ in content.pictures]
    for title, rows in content.sections:
        texts += [title, *(text for row in rows for text in row)]
    if content.signature is not None:
        signature = content.signature
        texts += [signature.printed_name, signature.user, signature.role, signature.meaning]
    return texts


def _pictures(content: SheetContent, fit: Fit, width: float) -> Part:
    """All pictures in one row, equally high, in their own proportions, none wider than its share."""
    sizes = [_size_of(png) for _, png in content.pictures]
    count = len(sizes)
    room = width - _GAP * (count - 1)
    height = min(fit.picture_height, room / sum(columns / rows for columns, rows in sizes))
    widths = [height * columns / rows for columns, rows in sizes]
    cells: list[Part] = []
    titles: list[Part] = []
    columns_pt: list[float] = []
    for index, ((title, png), picture_width) in enumerate(zip(content.pictures, widths, strict=True)):
        cells.append(Image(BytesIO(png), picture_width, height))
        titles.append(_text(title, fit.type_size, bold=True))
        columns_pt.append(picture_width + (_GAP if index < count - 1 else 0))
    apart = ("RIGHTPADDING", (0, 0), (-2, 0), _GAP)
    return Table([titles, cells], colWidths=columns_pt, hAlign="LEFT", style=_style(apart))


def _size_of(png: bytes) -> tuple[int, int]:
    try:
        columns, rows = ImageReader(BytesIO(png)).getSize()
    except Exception as wrong:  # the library raises whatever its decoder raises
        raise OutputImpossible("A picture of the sheet cannot be read; draw the marked pictures again.") from wrong
    return int(columns), int(rows)


def _volumes(content: SheetContent, fit: Fit, width: float) -> Part:
    """The volume balance: how it was reckoned at the left, what it comes to (the last line) large at the right."""
    *balance, result = content.volumes
    size, half = fit.type_size, (width - _GAP) / 2
    large = Table([[
        _text(result.title, size + 3, bold=True),
        [_text(result.figures, size + 6, bold=True), _text(result.words, size + 0.5)],
    ]], colWidths=[half * 0.35, half * 0.65], style=_style(
        ("BACKGROUND", (0, 0), (-1, -1), TINT),
        ("BOX", (0, 0), (-1, -1), 1.0, black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
    ))
    if not balance:
        return large
    rows = [
        [_text(one.title, size, colour=QUIET), _text(one.figures, size, bold=True), _text(one.words, size)]
        for one in balance
    ]
    reckoned = Table(rows, colWidths=[half * 0.22, half * 0.2, half * 0.58], style=_style(
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, RULE)
    ))
    return Table([[reckoned, large]], colWidths=[half + _GAP, half], style=_style(
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE")
    ))


def _is_wide(section: Section) -> bool:
    """Whether most of its values are long; a single long remark wraps in its column instead."""
    values = [value for _, value in section[1]]
    return sum(len(value) > _LONG_VALUE for value in values) * 2 > len(values)


def _pieces(section: Section, say: Callable[[str], str]) -> list[Section]:
    """A section in pieces of at most some rows, so that two columns come out even."""
    title, facts = section
    starts = range(0, max(len(facts), 1), _ROWS_TOGETHER)
    return [
        (say(f"{title} (continued)") if start else title, facts[start : start + _ROWS_TOGETHER]) for start in starts
    ]


def _label_part(section: Section, fit: Fit, width: float) -> float:
    """The part of the width that the section's labels need, within reason."""
    longest = max((text_width(label, REGULAR, fit.type_size) for label, _ in section[1]), default=0.0)
    return min(0.25, (longest + 8) / width)


def _in_two_columns(sections: list[Section], fit: Fit, width: float) -> list[Part]:
    """Sections in reading order, down the left column and then the right, as even as they come.

    Where the sections would fill more than a page, they stand one below the other, because two columns cannot
    break from page to page.
    """
    if not sections:
        return []
    column = (width - _GAP) / 2
    blocks = [_section(section, fit, (column, 0.37)) for section in sections]
    heights = [block.wrap(column, 10_000)[1] for block in blocks]
    split = min(range(1, len(blocks) + 1), key=lambda at: max(sum(heights[:at]), sum(heights[at:])))
    if max(sum(heights[:split]), sum(heights[split:])) > 500:
        return [_section(section, fit, (width, _label_part(section, fit, width))) for section in sections]
    sides = [[_spaced(blocks[:split]), _spaced(blocks[split:])]]
    style = _style(("RIGHTPADDING", (0, 0), (0, 0), _GAP / 2), ("LEFTPADDING", (1, 0), (1, 0), _GAP / 2))
    return [Table(sides, colWidths=[width / 2, width / 2], style=style)]


def _spaced(blocks: list[Part]) -> list[Part]:
    return [part for block in blocks for part in (block, Spacer(0, 4))][:-1]


def _section(section: Section, fit: Fit, place: tuple[float, float]) -> Part:
    """A section as a ruled table; `place` is its width and the part of it that labels take."""
    (title, facts), (width, label_part) = section, place
    rows = [[_text(title, fit.type_size, bold=True), ""]]
    rows += [
        [_text(label, fit.type_size, colour=QUIET), _text(value, fit.type_size)] for label, value in facts
    ]
    return Table(rows, colWidths=[width * label_part, width * (1 - label_part)], repeatRows=1, style=_style(
        ("SPAN", (0, 0), (-1, 0)),
        ("FONTSIZE", (0, 0), (-1, 0), 1),  # the empty cell beside the title must not make its row higher
        ("LEADING", (0, 0), (-1, 0), 1),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, black),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, RULE),
        ("RIGHTPADDING", (0, 0), (0, -1), 4),
    ))


def _signature(content: SheetContent, fit: Fit, room: float) -> list[Part]:
    size, signature, say = fit.type_size, content.signature, saying(content)
    if signature is None:
        return [_text(say("NOT SIGNED"), size + 4, bold=True, colour=WARNING)]
    standing = f" - {say(signature.standing).upper()}" if signature.standing else ""
    facts = [
        ("Name", f"{signature.printed_name} ({signature.user}), {say(signature.role.replace('_', ' '))}{standing}"),
        ("Meaning", signature.meaning),
        ("Signed at", signature.signed_at),
    ]
    rows = [[_text(say(label), size, colour=QUIET), _text(value, size, bold=True)] for label, value in facts]
    digest = _monospaced(f"SHA-256 {signature.record_sha256}", room * 0.84)
    rows.append([_text(say("Record"), size, colour=QUIET), digest])
    table = Table(rows, colWidths=[room * 0.16, room * 0.84], style=_style(("VALIGN", (0, 0), (-1, -1), "TOP")))
    return [_text(say("Signed electronically"), size, bold=True), table, *_after_signature(content, fit, room)]


def _after_signature(content: SheetContent, fit: Fit, room: float) -> list[Part]:
    """What followed the signature: each in a line or two, so that the signature stays what is read first."""
    if not content.after_signature:
        return []
    size = max(fit.type_size - 0.8, 5.0)
    rows = [[_text(label, size, bold=True), _text(words, size)] for label, words in content.after_signature]
    return [Spacer(0, 3), Table(rows, colWidths=[room * 0.16, room * 0.84], style=_style(
        ("LINEABOVE", (0, 0), (-1, 0), 0.25, RULE)
    ))]


def _monospaced(text: str, room: float) -> Part:
    """Lines in equal letters, as large as the longest allows; only a line too long even then is broken."""
    lines = text.rstrip("\n").split("\n")
    widest = max(text_width(line, MONO, 1.0) for line in lines) or 1.0
    size = max(_SMALLEST_MONO, min(7.0, (room - 1) / widest))
    style = ParagraphStyle("mono", fontName=MONO, fontSize=size, leading=size * 1.2)
    return Paragraph("<br/>".join(markup(line).replace(" ", "\u00a0") or "\u00a0" for line in lines), style)


def _qr_code(text: str) -> Part:
    """The exact checkpoint text as a QR code, drawn as rectangles, one for each run of dark modules."""
    code = segno.make(text, error="m", micro=False)
    rows = [list(row) for row in code.matrix]
    module = _QR_POINTS / (len(rows) + 8)  # the standard asks for four light modules on each side
    drawing = Drawing(_QR_POINTS, _QR_POINTS)
    for number, row in enumerate(rows):
        y = _QR_POINTS - (number + 5) * module
        for start, length in _dark_runs(row):
            x, run = (start + 4) * module, length * module
            drawing.add(Rect(x, y, run, module * 1.01, fillColor=black, strokeColor=None))
    return drawing


def _dark_runs(row: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for column, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs


def _boxed(cells: list[list[Part]], widths: list[float]) -> Part:
    return Table(cells, colWidths=widths, style=_style(
        ("BOX", (0, 0), (-1, -1), 1.0, black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (0, 0), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ("BACKGROUND", (0, 0), (-1, -1), white),
    ))


def _style(*more: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    plain: list[tuple[Any, ...]] = [
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    return plain + list(more)


def _text(text: str, size: float, *, bold: bool = False, colour: Color = black) -> Part:
    style = ParagraphStyle(
        "text", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * 1.22, textColor=colour
    )
    return Paragraph(markup(text), style)
