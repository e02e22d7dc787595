"""Puts a finished database into the place of the one that is there, in one step; the old one is kept aside.

Whoever still has the old one open cannot write to it any more: SQLite refuses a database whose name was given to
another file. Decides nothing: that two people agreed, and what is lost, is in `injection_log.acts.restoring`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from injection_log.high_water import HighWater
from injection_log.home import DATABASE
from injection_log.ledger.errors import LedgerBusy
from injection_log.private_files import make_private_folder, sync_file, sync_folder
from injection_log.store.engine import speaking

_JOURNAL = f"{DATABASE}-journal"
_PATIENCE_SECONDS = 5.0


def put_in_place(staged: Path, folder: Path, aside: Path, last: HighWater | None = None) -> bool:
    """Give the finished file `staged` the name of the log in `folder`; True when one was there and is now in `aside`.

    `last` is the last event of the old log as it was told to those who agreed; None where it could not be read.
    At each moment the name stands for the old database or the new one, each whole. `staged` is on the same disk.
    Raises LedgerBusy when another program writes, DiskFull, LedgerReadOnly, LedgerUnreachable.
    """
    path, journal = folder / DATABASE, folder / _JOURNAL
    with speaking():
        sync_file(staged)
        kept = path.is_file() or journal.exists()
        _keep_unfinished(path, journal, aside)
        lock = _locked(path) if path.is_file() else None
        try:
            if lock is not None and last is not None:
                _refuse_other(lock, last)
            if kept:
                make_private_folder(aside.parent)
                make_private_folder(aside)
            # A journal beside the new database would be played back into it: it goes with the old one, first.
            if journal.exists():
                journal.replace(aside / _JOURNAL)
            if path.is_file() and not (aside / DATABASE).exists():
                _keep(path, aside / DATABASE)
            if kept:
                sync_folder(aside)
                sync_folder(aside.parent)
            if lock is not None and os.name == "nt":
                lock.close()  # Windows replaces no open file
            staged.replace(path)
            sync_folder(folder)
        finally:
            if lock is not None:
                lock.close()
    return kept


def _keep_unfinished(path: Path, journal: Path, aside: Path) -> None:
    """Copy a database that a crash left with its journal, both as they are: locking it plays the journal back."""
    if not journal.exists():
        return
    make_private_folder(aside.parent)
    make_private_folder(aside)
    for one in (journal, path):
        if one.is_file():
            shutil.copyfile(one, aside / one.name)
            sync_file(aside / one.name)


def _locked(path: Path) -> sqlite3.Connection | None:
    """The old database held against every writer, its journal played back; None when it is too damaged for that."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE_SECONDS)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise LedgerBusy(
                "Another program is writing to the log, so nothing was restored; close it on every workstation, then"
                " restore again."
            ) from error
        return None
    return connection


def moved_on() -> LedgerBusy:
    """What is said when the log is not any more as it was when two people were told what would be lost."""
    return LedgerBusy(
        "Somebody wrote to the log after it was said what would be lost, so nothing was restored; close the program on"
        " every workstation, then restore again."
    )


def _refuse_other(log: sqlite3.Connection, told: HighWater) -> None:
    sequence, found = log.execute("SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1").fetchone()
    if (sequence, found.hex()) != (told.size, told.hash):
        raise moved_on()


def _keep(path: Path, aside: Path) -> None:
    try:
        os.link(path, aside)
    except OSError:  # a file system without links
        shutil.copyfile(path, aside)
        sync_file(aside)
