"""What is looked at of a home before its log is used, beyond the database itself.

A log that was there and is gone is told as lost, never as a home that waits to be set up; pictures that are gone are
told before anybody works without them; a log that is behind what was seen is let through only where two people
restored it. Repairs nothing. The database's own checks are in `injection_log.store.opening`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.high_water import HighWater
from injection_log.home import DATABASE, Home
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerDamaged, LedgerMissing, LedgerRolledBack

if TYPE_CHECKING:
    from injection_log.people.restored import Restored
    from injection_log.store.ledger_store import Ledger

REPLACED = "replaced"
"""The folder of a home that keeps databases which a restore replaced."""


class LogLost(LedgerMissing):
    """There was a log in this home, and its database is gone."""

    code = "log_lost"


def refuse_lost_log(home: Home) -> None:
    """Stop where a home has no database but shows that it had one. Raises LogLost."""
    traces = list(_traces(home))
    if traces:
        raise LogLost(
            f"The log of {home.root} is lost: there is no database, but {' and '.join(traces)}; nothing was"
            f" set up anew. Look for {DATABASE} on this computer and put it back into {home.ledger_folder}, or"
            " restore a backup with `injection-log restore`."
        )


def refuse_missing_images(home: Home, ledger: Ledger) -> None:
    """Stop where the log names images and their folder is gone or empty. Raises LedgerDamaged."""
    # A workstation of a shared log may have no picture yet; each one that is missing is told when it is wanted.
    if home.is_shared() or _entries(home.images) or not ledger.subjects_page("image:", "", 1):
        return
    raise LedgerDamaged(
        f"The images of this log are gone: {home.images} is missing or empty; put the folder back (is its disk"
        " connected?), or restore a backup with `injection-log restore`."
    )


def accept_lawful_restore(home: Home, keys: KeyFolder, refused: LedgerRolledBack) -> Restored:
    """Let this workstation go on with a log that two people restored, and only with such a one.

    Raises `refused` again when no restore in the log explains why it is behind what was seen here.
    """
    # What hardly any start needs is not loaded by every start.
    from injection_log.people.restored import explains, restores_in
    from injection_log.store.binding import bound_by_log
    from injection_log.store.engine import speaking
    from injection_log.store.snapshot import open_snapshot

    bound = bound_by_log(home)
    mark = keys.high_water(str(bound["origin"])) if bound else None
    if bound is None or mark is None:
        raise refused
    with speaking(), open_snapshot(home.ledger_folder) as snapshot:
        rows = list(snapshot.events())
    found = [one for one in restores_in(rows) if explains(one, mark)]
    if not found:
        raise refused
    last_hash = rows[found[-1].sequence - 1][5]
    assert isinstance(last_hash, bytes)  # its link was just read
    accepted = HighWater(found[-1].sequence, last_hash.hex(), found[-1].incarnation)
    keys.accept_restored(str(bound["origin"]), accepted)
    return found[-1]


def _traces(home: Home) -> list[str]:
    """What shows that there was a log, in words."""
    found = []
    if _entries(home.images):
        found.append("there are images of one")
    if (home.ledger_folder / f"{DATABASE}-journal").exists():
        found.append("there is the journal of one")
    if any(name.startswith("ledger-") for name in _entries(home.ledger_folder)):
        found.append("there is an older copy of one")
    if _entries(home.root / REPLACED):
        found.append(f"there is one that a restore replaced, in {home.root / REPLACED}")
    return found


def _entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
