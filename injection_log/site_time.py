"""Watches the clock of an opened home: a clock that was set is an event, before anything else is written.

For every kind of home that has a log of its own. Where two looks are kept apart is `clock_watch`; sets no clock.
"""
from __future__ import annotations

from dataclasses import replace

from injection_log.clock import Clock, from_text
from injection_log.clock_watch import ClockWatch, LastSeen, Step, notice_of, step_between, watch_file
from injection_log.keys import KeyFolder
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Actor, Change, EventDraft, Subject
from injection_log.store.ledger_store import Ledger

NOBODY = Actor("", "")


class TimeWatched:
    """What an opened home has by having a log, keys and a clock."""

    ledger: Ledger
    keys: KeyFolder
    clock: Clock
    _watch: ClockWatch | None = None

    def digest_in_force(self) -> str:
        """The digest (hex) of the plan that stands in every event: of a protocol or of a package."""
        raise NotImplementedError

    def watch_time(self) -> None:
        """Look whether the clock was set since the last look; a step is an event, before anything else is written."""
        if self._watch is None:
            self._watch = ClockWatch(self.clock, watch_file(self.keys.root, self.ledger.origin))
            self._note_step(self._watch.look() or self._step_since_last_event())
        else:
            self._note_step(self._watch.look())

    @property
    def clock_notice(self) -> str:
        """What a banner says about the clock of this workstation, "" when nothing has to be said."""
        here = self.ledger.values(self._workstation.key)
        return notice_of(here, self.clock.now(), self.clock.utc_offset_minutes())

    @property
    def _workstation(self) -> Subject:
        return Subject("workstation", id=self.ledger.workstation)

    def _step_since_last_event(self) -> Step | None:
        """Recorded time never runs back unnoticed, also where nothing was kept beside the keys."""
        last = next(self.ledger.events(after=self.ledger.head()[0] - 1))
        steady = self.clock.steady()
        before = LastSeen(from_text(last.recorded_at), replace(steady, boot_id=""))
        mine = last.workstation == self.ledger.workstation
        return step_between(before, LastSeen(self.clock.now(), steady)) if mine else None

    def _note_step(self, step: Step | None) -> None:
        if step is None:
            return
        for _ in range(2):  # another program on this computer may write its own step at the same moment
            old = self.ledger.values(self._workstation.key).get("clock_step")
            draft = EventDraft("ClockStepped", self._workstation, (Change("clock_step", old, step.to_json()),))
            try:
                self.ledger.append(NOBODY, [draft], protocol=self.digest_in_force())
            except ChangedMeanwhile:
                continue
            return
