"""Where a log is kept and how well, for `doctor`: its place, SQLite, the last backup, what this workstation has seen.

Each answer is (fit or not, what was found, what to do). Reads, and changes nothing.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from injection_log.clock import from_text
from injection_log.home import Home
from injection_log.home_place import PlaceRefused, check_place, file_system
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json
from injection_log.ledger.errors import LedgerError
from injection_log.store.backup import last_event
from injection_log.store.binding import bound_by_log

Told = tuple[bool, str, str]
_BACKUP_DAYS = 7
"""A site injects on a few days a week: after a week without a backup a broken disk costs whole visits."""


def place_of_log(home: Home) -> Told:
    """The folder, and the file system it is on."""
    if home.is_shared():
        return True, f"a shared database, named in {home.ledger_folder}", ""
    try:
        check_place(home.ledger_folder)
    except PlaceRefused as refused:
        return False, f"{home.ledger_folder} is no place for a log", refused.why
    kind = file_system(home.ledger_folder) or "a file system that the system does not name"
    return True, f"{home.ledger_folder} on {kind}", ""


def database_engine(home: Home) -> Told:
    """The version of SQLite, and how the log's file is written."""
    if home.is_shared():
        return True, "PostgreSQL keeps the log", ""
    mode = "DELETE"
    path = home.ledger_folder / "ledger.sqlite3"
    if path.is_file():
        try:
            with path.open("rb") as file:
                head = file.read(20)
        except OSError as error:
            return False, f"{path} cannot be read ({error.strerror})", "check the rights of the file"
        # Bytes 18 and 19 of an SQLite file: 1 for a rollback journal, 2 for WAL (sqlite.org/fileformat.html, 1.3.3).
        mode = "WAL" if head[18:20] == b"\x02\x02" else "DELETE"
    found = f"SQLite {sqlite3.sqlite_version}, journal {mode}, synchronous EXTRA"
    if mode == "WAL":
        return False, found, "another program switched the file to WAL; close it, then open the log again"
    return True, found, ""


def last_backup(values: dict[str, Json], now: datetime | None = None) -> Told:
    """The last backup that the log recorded, and its age; `values` are those of the log itself."""
    said = values.get("last_backup")
    advice = "make one: injection-log backup --out FOLDER, on another disk"
    if not isinstance(said, dict):
        return False, "the log has never been backed up", advice
    days = ((now or datetime.now(UTC)) - from_text(str(said["taken_at"]))).days
    found = f"{said['name']}, {days} days ago, up to event {said['last_sequence']}"
    return days <= _BACKUP_DAYS, found, "" if days <= _BACKUP_DAYS else advice


def high_water(home: Home, keys: KeyFolder) -> Told:
    """What this workstation has seen of the log, beside where the log ends."""
    bound = bound_by_log(home)
    if bound is None:
        return True, "there is no log that could be compared", ""
    mark = keys.high_water(str(bound["origin"]))
    if mark is None:
        return True, "this workstation has not seen this log yet; here an older copy would not be noticed", ""
    found = f"event {mark.size} was seen here (incarnation {mark.incarnation})"
    if home.is_shared():
        return True, found, ""
    try:
        end = last_event(home.ledger_folder)[0]
    except LedgerError as error:
        return False, found, error.why
    if end < mark.size:
        return False, f"{found}, and the log ends at {end}", "put the newer database back, or let two people restore"
    return True, f"{found}; the log ends at {end}", ""
