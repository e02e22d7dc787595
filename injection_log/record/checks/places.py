"""What every rule is made of: what it takes and gives, and the subjects that a finding can be about. Pure."""
from __future__ import annotations

from collections.abc import Callable, Iterator

from annotate.marks import Side
from injection_log.ledger.event import Subject
from injection_log.protocol.protocol import Protocol
from injection_log.record.checks.around import Around
from injection_log.record.values import SIDES, GlandRecord, VisitRecord

Found = tuple[Subject, str, str]
"""The subject and field that a finding is about, and its sentence."""
Rule = Callable[[VisitRecord, Protocol, Around], Iterator[Found]]


def visit_of(record: VisitRecord) -> Subject:
    """The subject of the facts of a visit."""
    return Subject("visit", participant=record.participant, visit=record.visit)


def gland_of(record: VisitRecord, side: Side) -> Subject:
    """The subject of the facts of one gland at a visit."""
    return Subject("gland", participant=record.participant, visit=record.visit, gland=side)


def injected(record: VisitRecord) -> Iterator[tuple[GlandRecord, str, int]]:
    """The glands with a whole balance, their names, and what went in (microlitres)."""
    for side in SIDES:
        gland = record.glands[side]
        if gland.facts.get("injected") == "yes" and gland.volumes is not None:
            yield gland, f"{side.capitalize()} gland", gland.volumes.injected_ul
