"""What verification makes of restores: each must be agreed as it says, and each is told in words.

A restore explains a log that is behind what a workstation has seen; a checkpoint that left the machine before it
stays a contradiction, but one that is explained. The rules are in `injection_log.people.restored`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from injection_log.high_water import HighWater
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerError
from injection_log.people.restored import KIND, explains, restores_in
from injection_log.store.snapshot import Snapshot, open_snapshot
from injection_log.verify.outside import WHAT as OUTSIDE
from injection_log.verify.replay import Replay
from injection_log.verify.report import FirstWrong, Wrong

_EXPLAINED = ("high-water mark", OUTSIDE)


class WithoutMark(KeyFolder):
    """The keys of a workstation as if it had seen nothing of the log."""

    def __init__(self, keys: KeyFolder) -> None:
        super().__init__(keys.root, use_key_store=keys.uses_key_store)

    def high_water(self, origin: str) -> HighWater | None:
        """None."""


def check_restores(replay: Replay, snapshot: Snapshot) -> tuple[str, ...]:
    """Judge every restore the log tells of, and put each in words. Raises Wrong."""
    set_by = replay.set_by.get(("ledger:", "restored"), 0)
    if set_by and replay.places.get(set_by, ("", KIND))[1] != KIND:
        raise Wrong(set_by, "restore", f"Event {set_by} calls the log restored, but it is no event of a restore.")
    if all(kind != KIND for _, kind, _ in replay.places.values()):
        return ()
    found = restores_in(snapshot.events())
    for one in found:
        if one.fault:
            raise Wrong(one.sequence, "restore", f"Event {one.sequence} calls the log restored, but {one.fault}.")
    return tuple(one.words for one in found)


def is_behind_by_restore(home: Home, mark: HighWater | None) -> bool:
    """Whether a restore that two people agreed to is why the log does not hold the event that was seen here."""
    if mark is None:
        return False
    try:
        with open_snapshot(home.ledger_folder) as snapshot:
            return any(explains(one, mark) for one in restores_in(snapshot.events()))
    except (sqlite3.Error, OSError, LedgerError):
        return False


def explained(home: Home, wrong: FirstWrong) -> FirstWrong:
    """What is wrong, with the restores that may be why, where it is a contradiction to what was seen of the log."""
    if wrong.what not in _EXPLAINED:
        return wrong
    try:
        with open_snapshot(home.ledger_folder) as snapshot:
            told = [one.words for one in restores_in(snapshot.events()) if not one.fault]
    except (sqlite3.Error, OSError, LedgerError):
        return wrong
    return replace(wrong, why=" ".join((wrong.why, *told)))
