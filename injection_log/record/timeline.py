"""The course of one visit: when it was begun, the first picture, each mark, the volumes and the signatures, in order.

Pure; made of the events of the visit and its glands. A moment that a person typed (start, end) is told from one that
the program noted when the act was done. What was taken back later, and every other change, is the history's business.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from annotate.marks import Side
from injection_log.ledger.event import Event, Json
from injection_log.protocol.fields import CATALOGUE
from injection_log.record.trail import SIGNED, entered_locally
from injection_log.record.value_words import mark_title
from injection_log.record.values import SIDES, GlandRecord, VisitRecord
from injection_log.words import volume_figures

_VISIT_ACTS: Mapping[str, str] = {
    "VisitOpened": "visit begun",
    "IdentifiersConfirmed": "identifiers compared",
    "ImagesPending": "went on without images",
    "ImagesJoinedVisit": "first pictures",
}
_TYPED_OF_VISIT = ("procedure_start", "procedure_end")
_TYPED_OF_GLAND = ("injection_start", "injection_end")
_BALANCE = frozenset({"fact.volume_loaded_ul", "fact.volume_residual_ul", "fact.volume_spilled_ul"})


@dataclass(frozen=True)
class Moment:
    """What was done at `at` (aware, local time); `side` is None for the whole visit.

    `is_typed`: a person told the time; else the program noted it when the act was done.
    """

    at: datetime
    side: Side | None
    words: str
    is_typed: bool = False


def timeline(record: VisitRecord, events: Iterable[Event]) -> tuple[Moment, ...]:
    """Give the moments of a visit in order; `events` are those of the visit and its glands, oldest first."""
    told = tuple(events)
    noted = [*_of_visit(told), *(moment for side in SIDES for moment in _of_gland(record.glands[side], told))]
    typed = [*_typed(record.facts, None, _TYPED_OF_VISIT)]
    for side in SIDES:
        typed += _typed(record.glands[side].facts, side, _TYPED_OF_GLAND)
    return tuple(sorted((*noted, *typed), key=lambda moment: moment.at))


def _of_visit(events: tuple[Event, ...]) -> Iterator[Moment]:
    """The first of each kind."""
    seen: set[str] = set()
    for event in events:
        words = _VISIT_ACTS.get(event.kind)
        if words and event.kind not in seen:
            seen.add(event.kind)
            yield Moment(entered_locally(event), None, words)


def _of_gland(gland: GlandRecord, events: tuple[Event, ...]) -> Iterator[Moment]:
    mine = [event for event in events if event.subject.gland == gland.side]
    standing = {f"mark.{placed.mark_id}" for placed in gland.marks}
    for event in mine:
        for change in event.changes:
            if change.field in standing:  # once: undone and done again it is placed a second time
                standing.remove(change.field)
                yield Moment(entered_locally(event), gland.side, mark_title(change.new).lower())
        if event.kind == SIGNED:
            yield Moment(entered_locally(event), gland.side, "signed")
    measured_out = [event for event in mine if _BALANCE & {change.field for change in event.changes}]
    if gland.volumes is not None and measured_out:
        words = f"volumes: {volume_figures(gland.volumes.injected_ul)} injected"
        yield Moment(entered_locally(measured_out[-1]), gland.side, words)


def _typed(facts: Mapping[str, Json], side: Side | None, names: tuple[str, ...]) -> Iterator[Moment]:
    for name in names:
        value = facts.get(name)
        if isinstance(value, str):
            yield Moment(datetime.fromisoformat(value), side, CATALOGUE[name].title.lower(), is_typed=True)
