"""The events of one record in order, each with the version it belongs to, and whether it came late or after signing.

Pure. A version is what one signature covers: the events up to it belong to it, those of an amendment to the next. An
event of the whole visit belongs to the newest version of its glands.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from injection_log.ledger.event import Event, Json
from injection_log.protocol.fields import CATALOGUE
from injection_log.record.event_sentences import group_of
from injection_log.record.event_words import DATA_GROUPS

SIGNED = "GlandSigned"
_FACT = "fact."
_TURNED = ("ActUndone", "ActRedone")


@dataclass(frozen=True)
class Entry:
    """One event of a record; `is_after_signing`: it changed data of which a signature stood already."""

    event: Event
    version: int
    is_after_signing: bool
    is_late: bool


@dataclass(frozen=True)
class SignedAs:
    """One signature over a version of one gland: who, in which role, when, and the event that holds it."""

    side: str
    version: int
    printed_name: str
    role: str
    signed_at: str
    offset_minutes: int
    sequence: int


@dataclass
class Glands:
    """How far each gland is while the events are gone through: its version, and whether it was signed before."""

    versions: dict[str, int] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)

    def take(self, event: Event) -> None:
        """Another event was gone through."""
        side = event.subject.gland
        if not side:
            return
        for change in event.changes:
            if change.field == "version" and isinstance(change.new, int):
                self.versions[side] = change.new

    def go_back(self, events: Sequence[Event]) -> None:
        """From how far the glands are after these events to how far they were before them; `signed` stays."""
        for event in reversed(events):
            for change in event.changes:
                if change.field == "version" and event.subject.gland:
                    self.versions[event.subject.gland] = change.old if isinstance(change.old, int) else 1

    def version(self, side: str) -> int:
        """The version of one gland; of the whole visit ("") the newest of its glands."""
        return self.versions.get(side, 1) if side else max(self.versions.values(), default=1)

    def is_signed(self, side: str) -> bool:
        """Whether a gland was signed before; of the whole visit, whether any was."""
        return side in self.signed if side else bool(self.signed)


def trail(events: Sequence[Event], late_after: timedelta, glands: Glands | None = None) -> tuple[Entry, ...]:
    """Give the entries of a record's events, which are in order; `glands` is how far they were before the first."""
    glands, entries = glands or Glands(), []
    for event in events:
        glands.take(event)
        side = event.subject.gland
        after = glands.is_signed(side) and changes_data(event)
        entries.append(Entry(event, glands.version(side), after, is_late(event, late_after)))
        if event.kind == SIGNED:
            glands.signed.add(side)
    return tuple(entries)


def signatures(events: Iterable[Event]) -> tuple[SignedAs, ...]:
    """Every signature that was ever given to this record, in order."""
    found, versions = [], Glands()
    for event in events:
        versions.take(event)
        signed = next((change.new for change in event.changes if change.field == "signature"), None)
        if event.kind == SIGNED and isinstance(signed, dict):
            side = event.subject.gland
            found.append(_signed_as(signed, side, versions.version(side), event.sequence))
    return tuple(found)


def _signed_as(signed: Mapping[str, Json], side: str, version: int, sequence: int) -> SignedAs:
    offset = signed.get("offset_minutes")
    return SignedAs(
        side, version, str(signed.get("printed_name", "")), str(signed.get("role", "")),
        str(signed.get("signed_at", "")), offset if isinstance(offset, int) else 0, sequence,
    )


def changes_data(event: Event) -> bool:
    """Whether an event changed what a record says: a fact, a mark, a picture, a scale, an amendment."""
    return bool(event.changes) and group_of(event.kind) in DATA_GROUPS


def is_late(event: Event, late_after: timedelta) -> bool:
    """Whether an act was entered later than that after the time claimed for it, or after the time of day it records."""
    if event.kind in _TURNED:  # it gives back what was entered by another event, which was late or not
        return False
    entered = entered_at(event)
    times = [event.claimed_at] if event.claimed_at else []
    for change in event.changes:
        fact = CATALOGUE.get(change.field.removeprefix(_FACT)) if change.field.startswith(_FACT) else None
        if fact is not None and fact.kind == "time" and isinstance(change.new, str):
            times.append(change.new)
    return any(entered - moment > late_after for moment in map(_moment, times) if moment is not None)


def entered_at(event: Event) -> datetime:
    """When an event was entered, aware, in UTC."""
    return _moment(event.recorded_at) or datetime.min.replace(tzinfo=UTC)


def entered_locally(event: Event) -> datetime:
    """When an event was entered, aware, by the clock on the wall."""
    return entered_at(event).astimezone(timezone(timedelta(minutes=event.utc_offset_minutes)))


def local_day(event: Event) -> date:
    """The day on which an event was entered, by the clock on the wall."""
    return entered_locally(event).date()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
