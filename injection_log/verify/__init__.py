"""Verification: re-hash the whole log and everything that follows from it, and name the first thing that
is wrong.

Opens the database read-only with the standard library; imports neither pydicom nor napari nor SQLAlchemy.
Repairs nothing, and says what it cannot cover.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.high_water import HighWater
from injection_log.home import Home
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import LedgerError
from injection_log.people.key_standing import unconfirmed_users, unconfirmed_workstations
from injection_log.store.snapshot import Snapshot, open_snapshot
from injection_log.verify import surroundings
from injection_log.verify.blanked import find_stand_ins
from injection_log.verify.chain_pass import Blanked, ChainPass, Row, in_batches
from injection_log.verify.content import Recheck, check_after, check_before, check_end
from injection_log.verify.outside import Outside, OutsideCheckpoints, read_outside
from injection_log.verify.packages import check_packages
from injection_log.verify.replay import Replay, apply, read_row
from injection_log.verify.report import FirstWrong, VerifyReport, Wrong
from injection_log.verify.restores import WithoutMark, check_restores, explained, is_behind_by_restore

if TYPE_CHECKING:
    from injection_log.verify.renderings import Renderings

__all__ = ["FirstWrong", "Outside", "VerifyReport", "read_outside", "verify"]

Progress = Callable[[int, int], None]
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
_NO_OUTSIDE = (
    "Whoever holds both the database and a workstation's key could rewrite the log; only a"
    " checkpoint that left this machine (on a signed sheet, in an export) shows that: compare one (--since FILE)."
)
_ALWAYS = (
    "What was never entered, or was entered wrongly, no check of the log can see.",
    "Times are those of the workstation's clock.",
)


def verify(
    home: Home | Path,
    *,
    since: Iterable[Outside] = (),
    progress: Progress | None = None,
    keys: KeyFolder | None = None,
) -> VerifyReport:
    """Verify the log of a home. Never raises for what is wrong with it: that is the answer.

    `since` are checkpoints that left the machine (`read_outside`): the log must extend each of them. `progress` is
    called with (events done, events in all). `keys` is where this workstation's high-water mark is.
    """
    place = home if isinstance(home, Home) else Home(home)
    look = _Look(place, keys or KeyFolder.default(), tuple(since))
    wrong: FirstWrong | None = None
    try:
        look.at_everything(progress or (lambda done, of: None))
    except Wrong as found:
        wrong = found.found
        if wrong.what == "high-water mark" and is_behind_by_restore(place, look.mark):
            # Lawfully behind what was seen here: judged again as by a workstation that has not seen the lost events.
            return verify(place, since=look.since, progress=progress, keys=WithoutMark(look.keys))
        wrong = explained(place, wrong)
    replay = look.replay
    return VerifyReport(wrong is None, replay.last, wrong, replay.checkpoint, tuple(look.not_covered(wrong)))


class _Look:
    def __init__(self, home: Home, keys: KeyFolder, since: tuple[Outside, ...]) -> None:
        self.replay = Replay()
        self.keys = keys
        self.since = since
        self.mark: HighWater | None = None
        self._home = home
        self._restored: tuple[str, ...] = ()
        self._outside = OutsideCheckpoints(since)
        self._recheck, self._renderings = _computing()

    def at_everything(self, progress: Progress) -> None:
        """Look in the order of what says most: events first, then what is around them. Raises Wrong."""
        if not self._home.has_ledger():
            raise Wrong(0, "database", f"There is no log in {self._home.root}.")
        with _no_collecting(), _breaks_at(self.replay), open_snapshot(self._home.ledger_folder) as snapshot:
            self._at_events(snapshot, progress)
            self._restored = check_restores(self.replay, snapshot)
            surroundings.check_schema(self.replay, snapshot)
            surroundings.check_mark(self.replay, self.mark)
            self._outside.check_end(self.replay)
            surroundings.check_projection(self.replay, snapshot)
            surroundings.check_places(self.replay, snapshot)
            surroundings.check_credentials(self.replay, snapshot)
            surroundings.check_integrity(snapshot)
        surroundings.check_images(self.replay, self._home.images)
        check_packages(self.replay, self._home.root)

    def _at_events(self, snapshot: Snapshot, progress: Progress) -> None:
        last = snapshot.last_sequence()
        chain = ChainPass(lambda: self._blanked_in(snapshot))
        for rows in in_batches(snapshot.events()):
            good, wrong = chain.check(rows)
            for row in rows[:good]:
                self._at_event(row)
            if wrong is not None:
                raise wrong
            progress(self.replay.last, last)
        if self.replay.last == 0:
            raise Wrong(1, "sequence", "There is no event in the log, not even the one that opens it.")
        check_end(self.replay)

    def _at_event(self, row: Row) -> None:
        event = read_row(self.replay, row)
        if event.sequence == 1:
            self.mark = self.keys.high_water(self.replay.origin)
        if self.since:
            self._outside.note_key(event)
        check_before(self.replay, event, self._renderings)
        apply(self.replay, event)
        surroundings.check_seen(self.replay, self.mark)
        check_after(self.replay, event, self._recheck)
        if self.since:
            self._outside.compare(self.replay)

    def _blanked_in(self, snapshot: Snapshot) -> Blanked:
        """What the log says of blanked events; searched for when the first of them is met."""
        if not self.replay.stand_ins:
            self.replay.stand_ins = find_stand_ins(snapshot.events())
        return {number: stand_in.leaf for number, stand_in in self.replay.stand_ins.items()}

    def not_covered(self, wrong: FirstWrong | None) -> Iterator[str]:
        """The sentences about what this verification does not show."""
        replay = self.replay
        if wrong is not None:
            yield "Nothing was checked beyond the first thing that is wrong."
        yield from self._restored
        if replay.last > replay.checkpoint_size + 1:
            yield (
                f"Events {replay.checkpoint_size + 1} to {replay.last} came after the last checkpoint: they are"
                " linked, but no signed checkpoint covers them yet."
            )
        if self.mark is None:
            yield "This workstation has not seen this log before: here an older copy would not be noticed."
        if self._recheck is None or self._renderings is None:
            yield "Measurements were not computed again from their marks, nor signed texts from their records."
        yield from _of_texts(replay)
        yield from _of_keys(replay)
        if not self.since:
            yield _NO_OUTSIDE
        yield from _ALWAYS


def _of_keys(replay: Replay) -> Iterator[str]:
    for workstation in unconfirmed_workstations(replay.values):
        yield f"Nobody has confirmed the checkpoint key of the workstation {workstation} yet (confirm-workstation)."
    for user in unconfirmed_users(replay.values):
        yield f"Nobody has confirmed the signing key that {user} has since a one-time code yet (confirm-key)."


def _of_texts(replay: Replay) -> Iterator[str]:
    if replay.other_forms:
        yield (
            f"{replay.other_forms} signed texts are of a form that this version no longer makes: they are the texts"
            " that were signed, but were not compared with the record."
        )
    if replay.blanked:
        numbers = ", ".join(str(number) for number in sorted(replay.blanked))
        yield (
            f"The content of the events {numbers} was blanked as two people agreed: what it was, and signatures in it,"
            " can no longer be checked."
        )


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without the search for garbage in circles: a replay makes none, but grows, and all of it would be searched."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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


def _computing() -> tuple[Recheck | None, Renderings | None]:
    """What computes measurements again and renders signed texts again; both read the same marks, each once."""
    try:
        from injection_log.record.recheck import wrong_measurement  # goes on without
        from injection_log.verify.marks_read import MarksRead
        from injection_log.verify.renderings import Renderings
    except ImportError:
        return None, None
    read = MarksRead()
    return partial(wrong_measurement, read=read), Renderings(read)
