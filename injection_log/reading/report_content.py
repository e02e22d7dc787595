"""What the report of a campaign says, ready to print: facts, tables and pictures. Values only; nothing is read here."""
from __future__ import annotations

from dataclasses import dataclass

from injection_log.agreement.drawing import Drawing
from injection_log.agreement.figure_words import AgreementTable


@dataclass(frozen=True)
class GlandSheet:
    """Both glands of a participant at two visits: plain file name without ending, title, and the sheet in two forms.

    `png` is the file of its own; `jpeg`, a tenth as long, goes into the report.
    """

    name: str
    title: str
    png: bytes
    jpeg: bytes


@dataclass(frozen=True)
class ReadingReportContent:
    """All of one report. `pictures` are (plain file name without ending, drawing), in the order to print."""

    campaign: str
    study: str
    site: str
    facts: tuple[tuple[str, str], ...]
    """(label, words), in the order to print."""
    tables: tuple[AgreementTable, ...]
    pictures: tuple[tuple[str, Drawing], ...]
    program_version: str
    printed_at: str
    """Local time with offset; part of the content, so that equal content gives equal bytes."""
    practice: bool
    """True prints PRACTICE - NOT A PATIENT RECORD on every page."""
    language: str = "en"
    """Of the protocol. Pictures and sheets are in it already; the exporter puts all other words into it."""
    sheets: tuple[GlandSheet, ...] = ()
    """Both glands side by side, in the order to print."""
