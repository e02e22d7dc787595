"""The blank source form (PDF) for days on which the program cannot be used: the same fields in the same order.

For each visit of the protocol a page for the visit and one for each gland. What is written by hand is typed in later
and flagged as transcribed; the form has a place for that. It holds nothing of any record, and no time.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepInFrame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from annotate.appearance import SIDE_COLOURS, SIDE_INK, SIDE_WORDS
from annotate.marks import AXES, Side
from annotate.readout import TIP_WORDS
from injection_log.language import catalogue_of
from injection_log.outputs import PRACTICE, OutputFile, OutputImpossible
from injection_log.protocol.fields import NOT_ASKED_BY_NAME
from injection_log.protocol.protocol import Visit
from injection_log.report_contents import BlankFormContent
from injection_log_exports.form_fields import Blank, Blanks, Boxes, Part, field_rows, label, rows_of
from injection_log_exports.lettering import BOLD, REGULAR, markup, printable, register_fonts
from injection_log_exports.report_pages import HEAD, INK, INNER, MARGIN, NOTE, draw_ends, draw_practice_band
from injection_log_exports.sheet import draw_in_flag

SIDES: tuple[Side, ...] = ("right", "left")
_HEAD, _FOOT = 62.0, 26.0
_HEIGHT = A4[1] - 2 * MARGIN - _HEAD - _FOOT - 8


@dataclass(frozen=True)
class _Page:
    """One page: of a visit, and of one gland where `side` says which."""

    visit: Visit
    side: Side | None


class BlankForm:
    """Output `blank_form`: one PDF for each visit of the protocol."""

    kind = "blank_form"
    title = "Blank source form (PDF) for outages: each visit, one page a gland"
    content = "blank_form"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The forms; OutputImpossible when it is given something else. Equal protocols give equal bytes."""
        if not isinstance(content, BlankFormContent):
            raise OutputImpossible("The blank form needs the protocol of a site; make it with `blank-form`.")
        return tuple(
            OutputFile(f"blank_form_{visit.name}.pdf", "application/pdf", form_pdf(content, visit))
            for visit in content.protocol.visits.values()
        )


def form_pdf(content: BlankFormContent, visit: Visit) -> bytes:
    """The form of one visit: its own page, then the right and the left gland."""
    register_fonts()
    say = catalogue_of(content.protocol.language).say
    data = BytesIO()
    document = BaseDocTemplate(
        data, pagesize=A4, invariant=1, pageCompression=1, title=printable(say("Blank source form")), author="",
        subject="", lang=content.protocol.language, creator=f"injection-log {content.program_version}",
    )
    story: list[Part] = []
    pages = [_Page(visit, None), *(_Page(visit, side) for side in SIDES)]
    for number, page in enumerate(pages, 1):
        frame = Frame(MARGIN, MARGIN + _FOOT, INNER, _HEIGHT, 0, 0, 0, 0)
        edges = _edges(content, page, f"{number}/{len(pages)}")
        document.addPageTemplates(PageTemplate(str(number), [frame], onPage=edges))
        if number > 1:
            story += [NextPageTemplate(str(number)), PageBreak()]
        parts = list(_of_visit(content, page, say) if page.side is None else _of_gland(content, page, say))
        story.append(KeepInFrame(INNER, _HEIGHT, parts, mode="shrink"))
    document.build(story)
    return data.getvalue()


def _of_visit(content: BlankFormContent, page: _Page, say: Callable[[str], str]) -> Iterator[Part]:
    yield Paragraph(markup(say(
        "For use only while the program cannot be used. Write with a pen, strike a mistake through once, with initials "
        "and date. What stands here is typed in later and flagged as transcribed. Nothing that tells the arm belongs "
        "here."
    )), NOTE)
    yield rows_of([
        (label(say("Two identifiers compared"), owed=True), Boxes([say("yes"), say("no")])),
        (label(say("Why the program was not used")), Blank()),
    ], INNER)
    yield Paragraph(markup(say("Procedure") if page.visit.kind == "injecting" else say("Visit")), HEAD)
    yield _fields(content, page, "visit", say)
    yield from _closing(say)


def _of_gland(content: BlankFormContent, page: _Page, say: Callable[[str], str]) -> Iterator[Part]:
    visit, measuring = page.visit, content.protocol.measuring
    if visit.kind == "injecting" or any(True for _ in _asked(content, page, "gland")):
        yield Paragraph(markup(say("Gland")), HEAD)
        yield _fields(content, page, "gland", say)
    if visit.kind == "injecting":
        yield rows_of([
            (label(say("INJECTED")), Blank(f"ml = {say('loaded - residual - spilled')}", share=0.3)),
            (label(say("In words")), Blank()),
        ], INNER)
    if visit.measured_axes:
        yield Paragraph(markup(say("Size")), HEAD)
        times = " / ".join(["mm"] * measuring.repeats)
        yield rows_of([
            (label(say(axis.capitalize()), owed=True), Blank(times, share=0.25 * measuring.repeats))
            for axis in AXES if axis in visit.measured_axes
        ], INNER)
    if visit.kind == "injecting":
        yield Paragraph(markup(say("Needle")), HEAD)
        yield rows_of([
            (label(say("Needle"), owed=visit.needle_owed), Boxes([say("in plane"), say("out of plane")])),
            (label(say("How the tip was seen"), owed=visit.needle_owed),
             Boxes([say(one) for one in TIP_WORDS.values()])),
            (label(say("Depth, path, angle")), Blanks(["mm", "mm", "°"])),
        ], INNER)
    yield rows_of([(label(say("Pictures: time on the scanner, frame")), Blank(lines=2))], INNER)
    yield from _closing(say)


def _fields(content: BlankFormContent, page: _Page, level: Any, say: Callable[[str], str]) -> Part:
    fields = list(_asked(content, page, level))
    return field_rows(fields, say, INNER) if fields else Spacer(0, 1)


def _asked(content: BlankFormContent, page: _Page, level: Any) -> Iterator[Any]:
    for field in content.protocol.fields_for(page.visit.name, level):
        if field.name not in NOT_ASKED_BY_NAME:
            yield field


def _closing(say: Callable[[str], str]) -> Iterator[Part]:
    yield Paragraph(markup(say("Written by")), HEAD)
    yield rows_of([
        (label(say("Name, role")), Blank()), (label(say("Signature, day and time")), Blank()),
        (label(say("Typed into the program by, day and time")), Blank()),
    ], INNER)
    yield Paragraph(markup(say("* owed before a record can be signed")), NOTE)


def _edges(content: BlankFormContent, page: _Page, number: str) -> Callable[[Any, Any], None]:
    protocol, say = content.protocol, catalogue_of(content.protocol.language).say

    def draw(canvas: Any, document: Any) -> None:
        del document
        canvas.saveState()
        if protocol.practice:
            draw_practice_band(canvas, say(PRACTICE))
        _draw_head(canvas, content, page)
        made = f"injection-log {content.program_version}, {protocol.id} {protocol.version} ({protocol.sha256[:12]})"
        draw_ends(canvas, (f"{say(page.visit.title)}", say(f"page {number}")), MARGIN + 10)
        draw_ends(canvas, (made, content.site), MARGIN)
        canvas.restoreState()

    return draw


def _draw_head(canvas: Any, content: BlankFormContent, page: _Page) -> None:
    say = catalogue_of(content.protocol.language).say
    bottom, flag = A4[1] - MARGIN - _HEAD + 6, 150.0
    side = page.side
    if side is not None:
        canvas.setFillColor(Color(*(level / 255 for level in SIDE_COLOURS[side])))
        canvas.rect(MARGIN, bottom, flag, _HEAD - 10, stroke=0, fill=1)
        canvas.setFillColor(Color(*(level / 255 for level in SIDE_INK[side])))
    else:
        canvas.setFillColor(INK)
    draw_in_flag(canvas, say(SIDE_WORDS[side]) if side else say("VISIT"), (MARGIN, bottom + 26), flag)
    canvas.setFont(REGULAR, 8)
    below = say("submandibular gland") if side else say("both glands: next pages")
    canvas.drawCentredString(MARGIN + flag / 2, bottom + 12, printable(below))
    canvas.setFillColor(INK)
    left = MARGIN + flag + 12
    canvas.setFont(BOLD, 11)
    canvas.drawString(left, bottom + 38, printable(f"{say('Blank source form')}: {say(page.visit.title)}"))
    canvas.setFont(REGULAR, 9)
    canvas.drawString(left, bottom + 12, printable(f"{say('Participant')}:"))
    canvas.line(left + 62, bottom + 10, left + 190, bottom + 10)
    canvas.drawString(left + 204, bottom + 12, printable(f"{say('Day')}:"))
    canvas.line(left + 230, bottom + 10, MARGIN + INNER, bottom + 10)
