"""Verification: re-hash the whole log and everything that follows from it, and name the first thing that
is wrong.

Opens the database read-only with the standard library; imports neither pydicom nor napari nor SQLAlchemy.
Repairs nothing, and says what it cannot cover.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from injection_log.home import DATABASE, Home
from injection_log.keys import HighWater, KeyFolder
from injection_log.ledger.errors import LedgerError
from injection_log.store.snapshot import Snapshot, open_snapshot
from injection_log.verify import surroundings
from injection_log.verify.content import Recheck, check_after, check_before
from injection_log.verify.replay import Replay, apply, read_row
from injection_log.verify.report import FirstWrong, VerifyReport, Wrong

__all__ = ["FirstWrong", "VerifyReport", "verify"]

Progress = Callable[[int, int], None]
_STEP = 1_000
_BROKEN = (
    sqlite3.Error,
    OSError,
    LedgerError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    RecursionError,
)
"""Everything that a tampered file has been seen to provoke, or might."""
_ALWAYS = (
    "What was never entered, or was entered wrongly, no check of the log can see.",
    "Times are those of the workstation's clock.",
    "Whoever holds both the database and a workstation's key could rewrite the log; only a"
    " checkpoint that left this machine (on a signed sheet, in an export) shows that: compare one.",
)


def verify(home: Home | Path, *, progress: Progress | None = None, keys: KeyFolder | None = None) -> VerifyReport:
    """Verify the log of a home. Never raises for what is wrong with it: that is the answer.

    `progress` is called with (events done, events in all). `keys` is where this workstation's high-water
    mark is.
    """
    place = home if isinstance(home, Home) else Home(home)
    look = _Look(place, keys or KeyFolder.default(), progress or (lambda done, of: None))
    wrong: FirstWrong | None = None
    try:
        look.at_everything()
    except Wrong as found:
        wrong = found.found
    replay = look.replay
    return VerifyReport(wrong is None, replay.last, wrong, replay.checkpoint, tuple(look.not_covered(wrong)))


class _Look:
    def __init__(self, home: Home, keys: KeyFolder, progress: Progress) -> None:
        self.replay = Replay()
        self._home = home
        self._keys = keys
        self._progress = progress
        self._recheck = _recheck()
        self._mark: HighWater | None = None

    def at_everything(self) -> None:
        """Look in the order of what says most: events first, then what is around them. Raises Wrong."""
        path = self._home.ledger_folder / DATABASE
        if not path.is_file():
            raise Wrong(0, "database", f"There is no log at {path}.")
        with _breaks_at(self.replay), open_snapshot(self._home.ledger_folder) as snapshot:
            self._at_events(snapshot)
            surroundings.check_schema(self.replay, snapshot)
            surroundings.check_mark(self.replay, self._mark)
            surroundings.check_projection(self.replay, snapshot)
            surroundings.check_credentials(self.replay, snapshot)
            surroundings.check_integrity(snapshot)
        surroundings.check_images(self.replay, self._home.images)

    def _at_events(self, snapshot: Snapshot) -> None:
        last = snapshot.last_sequence()
        for row in snapshot.events():
            event = read_row(self.replay, row)
            if event.sequence == 1:
                self._mark = self._keys.high_water(self.replay.origin)
            check_before(self.replay, event)
            apply(self.replay, event)
            surroundings.check_seen(self.replay, self._mark)
            check_after(self.replay, event, self._recheck)
            if event.sequence % _STEP == 0 or event.sequence == last:
                self._progress(event.sequence, last)
        if self.replay.last == 0:
            raise Wrong(1, "sequence", "There is no event in the log, not even the one that opens it.")

    def not_covered(self, wrong: FirstWrong | None) -> Iterator[str]:
        """The sentences about what this verification does not show."""
        replay = self.replay
        if wrong is not None:
            yield "Nothing was checked beyond the first thing that is wrong."
        if replay.last > replay.checkpoint_size + 1:
            yield (
                f"Events {replay.checkpoint_size + 1} to {replay.last} came after the last checkpoint: they are"
                " linked, but no signed checkpoint covers them yet."
            )
        if self._mark is None:
            yield "This workstation has not seen this log before: here an older copy would not be noticed."
        if self._recheck is None:
            yield "Measurements were not computed again from their marks."
        yield from _ALWAYS


@contextmanager
def _breaks_at(replay: Replay) -> Iterator[None]:
    """A database that breaks while it is read is an answer: the event after the last one that could be read."""
    try:
        yield
    except _BROKEN as error:
        number = replay.last + 1 if replay.last else 0
        raise Wrong(
            number,
            "database",
            f"The database cannot be read as a log after event {replay.last}: {_plain(error)}.",
        ) from error


def _plain(error: BaseException) -> str:
    """SQLite's own short words ("file is not a database"); of everything else only the kind."""
    return str(error) if isinstance(error, sqlite3.Error) else type(error).__name__


def _recheck() -> Recheck | None:
    try:
        from injection_log.record.recheck import wrong_measurement  # goes on without
    except ImportError:
        return None
    return wrong_measurement
