"""Notices that the wall clock was set: forward or back by two minutes against the steady clock, or back at all.

What was last seen (wall clock, steady clock, which start of the computer) is kept in memory and, for the next start
of the program, in the key folder of the workstation. Sleep and the slow corrections of a time server are no steps: the
steady clock goes on through the one, and the other moves both clocks or stays far below the limit. Writes no event;
`Site.watch_time` does. Where the system has no name for a start of the computer, only a step back is noticed across
a restart of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import orjson

from injection_log.clock import Clock, Steady, from_text, to_text
from injection_log.ledger.canonical import Json
from injection_log.private_files import make_private_folder, overwrite

LIMIT = timedelta(minutes=2) - timedelta(seconds=1)
"""A step of two minutes is always noticed: the second is for reading two clocks one after the other."""
TOLD_FOR = timedelta(hours=24)
_WRITTEN_EVERY = timedelta(seconds=10)
_FILE_BYTES = 256


@dataclass(frozen=True)
class LastSeen:
    """Both clocks, read at one moment."""

    wall: datetime
    steady: Steady


@dataclass(frozen=True)
class Step:
    """The wall clock was set by `by` (negative: back) between two looks."""

    by: timedelta
    before: datetime
    now: datetime

    def to_json(self) -> Json:
        """As the log keeps it: milliseconds, and the wall clock before and after."""
        return {
            "by_ms": int(self.by / timedelta(milliseconds=1)),
            "seen_before": to_text(self.before),
            "seen_at": to_text(self.now),
        }


def step_between(before: LastSeen, now: LastSeen) -> Step | None:
    """The step of the wall clock between two looks, None when there was none that counts."""
    moved = now.wall - before.wall
    same_start = bool(now.steady.boot_id) and now.steady.boot_id == before.steady.boot_id
    passed = timedelta(seconds=now.steady.seconds - before.steady.seconds)
    # Without a common start nobody knows how much time passed: only a clock that went back has been set for sure.
    by = moved - passed if same_start and passed >= timedelta() else min(moved, timedelta())
    if abs(by) >= LIMIT or moved < timedelta():
        return Step(by, before.wall, now.wall)
    return None


class ClockWatch:
    """Looks at both clocks again and again; `path` keeps what was last seen for the next program."""

    def __init__(self, clock: Clock, path: Path) -> None:
        self._clock, self._path = clock, path
        self._seen = read_last_seen(path)
        self._written: datetime | None = None

    def look(self) -> Step | None:
        """Compare with the last look. The wall clock is read once, so a clock that counts its readings moves on."""
        steady = self._clock.steady()
        now = LastSeen(self._clock.now(), steady)
        step = step_between(self._seen, now) if self._seen is not None else None
        self._seen = now
        if step is not None or self._written is None or abs(now.wall - self._written) >= _WRITTEN_EVERY:
            self._write(now)
        return step

    def _write(self, seen: LastSeen) -> None:
        value = {"wall": to_text(seen.wall), "boot_id": seen.steady.boot_id, "seconds": seen.steady.seconds}
        try:
            make_private_folder(self._path.parent, chosen_by_person=True)
            # Of one length, because a file that is written in place is never cut.
            overwrite(self._path, orjson.dumps(value).ljust(_FILE_BYTES) + b"\n", durable=False)
        except OSError:
            return  # the keys' own folder complains where it matters; a look at the clock stops no work
        self._written = seen.wall


def watch_file(key_folder: Path, origin: str) -> Path:
    """Where what was last seen beside this log is kept."""
    return key_folder / f"clock-{sha256(origin.encode('utf-8')).hexdigest()[:32]}.json"


def read_last_seen(path: Path) -> LastSeen | None:
    """What was last seen; None when nothing was, or when it cannot be read."""
    try:
        value = orjson.loads(path.read_bytes())
        return LastSeen(from_text(value["wall"]), Steady(str(value["boot_id"]), float(value["seconds"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def notice_of(workstation: Mapping[str, Json], now: datetime, offset_minutes: int) -> str:
    """A banner's sentence about the last step of a workstation's clock; "" when it is a day old or never was.

    `workstation` are the log's current values of the workstation.
    """
    told = workstation.get("clock_step")
    if not isinstance(told, dict) or abs(now - from_text(str(told["seen_at"]))) > TOLD_FOR:
        return ""
    return f"{step_in_words(told, offset_minutes)}: check the time of this computer before you go on."


def step_in_words(told: Mapping[str, Json], offset_minutes: int) -> str:
    """A stored step as a clause: `The clock of this computer was set back by 3 minutes (noticed at 14:02)`."""
    by = told["by_ms"]
    assert isinstance(by, int)  # as `Step.to_json` wrote it
    local = from_text(str(told["seen_at"])) + timedelta(minutes=offset_minutes)
    direction = "back" if by < 0 else "forward"
    return f"The clock of this computer was set {direction} by {_span(abs(by))} (noticed at {local:%Y-%m-%d %H:%M})"


def _span(ms: int) -> str:
    seconds = round(ms / 1000)
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size or seconds == size:
            number = round(seconds / size)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}" if seconds else "less than a second"
