"""What still holds a content after it was blanked: whatever left the log while the content was in it, in words.

Knows what the log tells of backups and exports, and the copies that an upgrade kept; not what somebody copied by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from injection_log.log_place import SharedDatabase, place_of

if TYPE_CHECKING:
    from injection_log.ledger.event import Event
    from injection_log.site import Site

_COPIES = {
    "BackupMade": "a backup",
    "LogExported": "an export of the log",
    "SheetExported": "a sheet",
    "TableExported": "a table",
    "OutputExported": "an output",
    "HistoryExported": "a history",
    "AuditExported": "an audit trail",
    "LedgerRestored": "the log that was put aside by a restore",
}
"""Events after which a copy of the log, or of a part of it, lies somewhere else."""


def still_held(site: Site, first: int, *, written_anew: bool) -> tuple[str, ...]:
    """What may still hold the content of events from `first` on, a sentence each."""
    return tuple(_sentences(site, first, written_anew))


def _sentences(site: Site, first: int, written_anew: bool) -> Iterator[str]:
    for event in site.ledger.events(after=first):
        if event.kind in _COPIES:
            yield f"Event {event.sequence}, {event.recorded_at}: {_COPIES[event.kind]}{_name(event)}."
    folder = site.home.ledger_folder
    for copy in sorted(folder.glob("ledger-*.sqlite3")):
        yield f"The copy that was kept before an upgrade: {copy}."
    if isinstance(place_of(folder), SharedDatabase):
        yield "The write-ahead log, the replicas and the backups of the PostgreSQL server."
    else:
        yield "Free blocks of the disk, where the database's journal was, until they are used again."
    if not written_anew:
        yield "The database could not be written anew: run its VACUUM when there is space and nobody else is at work."
    yield "Whatever was copied by hand or printed since."


def _name(event: Event) -> str:
    """How the event names its copy, where it does: a backup."""
    for change in event.changes:
        if isinstance(change.new, dict) and isinstance(change.new.get("name"), str):
            return f" {change.new['name']}"
    return ""
