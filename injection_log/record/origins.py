"""How a record came about, in rows: amended and why, typed in from paper, entered late. Pure, and part of the text."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from injection_log.protocol.fields import CATALOGUE

if TYPE_CHECKING:
    from injection_log.record.values import GlandRecord, VisitRecord

_HOUR, _DAY = 60, 24 * 60


def origins(record: VisitRecord, gland: GlandRecord) -> Iterator[tuple[str, str]]:
    """The rows of one gland record; none for a first version that was typed in at the time."""
    amended = gland.made_by
    if amended is not None:
        yield "Amended", f"version {amended.of_version}, opened by {amended.by}, {amended.role}, {amended.when}"
        yield "Reason of the amendment", amended.reason
    for addition in gland.additions:
        if addition.of_version < gland.version:
            yield f"Addition {addition.number}", f"to version {addition.of_version}, is part of this version"
    paper = record.transcribed
    if paper is not None:
        yield "Transcribed from paper", f"written {paper.written_on.isoformat()} by {paper.written_by}"
        yield "Typed in by", f"{paper.by}, flagged {paper.when}: {paper.reason}"
    for name, minutes in sorted({**record.late_minutes, **gland.late_minutes}.items()):
        yield "Entered late", f"{CATALOGUE[name].title}, {span_in_words(minutes)} after it"


def late_in_words(late_minutes: Mapping[str, int]) -> str:
    """Which times were entered late, and by how much: `Injection start, 2 days 3 h after it`; "" for none."""
    late = sorted(late_minutes.items())
    return "; ".join(f"{CATALOGUE[name].title}, {span_in_words(minutes)} after it" for name, minutes in late)


def span_in_words(minutes: int) -> str:
    """A span of time: `45 min`, `3 h 5 min`, `2 days 3 h`."""
    days, rest = divmod(minutes, _DAY)
    hours, left = divmod(rest, _HOUR)
    if days:
        return f"{days} day{'s' if days > 1 else ''} {hours} h"
    return f"{hours} h {left} min" if hours else f"{left} min"
