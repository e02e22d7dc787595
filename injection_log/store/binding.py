"""What the first event of a log binds, read without opening the log: also of one that no longer opens.

Believes what it reads only where that fits the hash of the first event. Judges nothing else.
"""

from __future__ import annotations

import sqlite3

from injection_log.home import Home
from injection_log.home_place import PlaceRefused
from injection_log.ledger.canonical import Json
from injection_log.ledger.chain import first_previous
from injection_log.ledger.errors import LedgerError
from injection_log.ledger.event import parse_body, read_changes
from injection_log.log_place import Place, place_of
from injection_log.store.snapshot import open_place


def bound_by_log(home: Home) -> dict[str, Json] | None:
    """Origin, study, site, key checks as the first event gave them; None where there is no log or it cannot be read."""
    try:
        return bound_in(place_of(home.ledger_folder)) if home.has_ledger() else None
    except (OSError, PlaceRefused):
        return None


def bound_in(place: Place) -> dict[str, Json] | None:
    """The same of a log whose place is known; None where there is none or it cannot be read."""
    try:
        with open_place(place) as snapshot:
            _, body, _, _, previous, _ = next(iter(snapshot.events()))
        if not isinstance(body, bytes):
            return None
        found = {change.field: change.new for change in read_changes(parse_body(body))}
    except (sqlite3.Error, OSError, LedgerError, StopIteration, ValueError):
        return None
    return found if first_previous(str(found.get("origin"))) == previous else None
