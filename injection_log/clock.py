"""The time, as an argument: what the program asks instead of the system.

Beside the wall clock, which anybody may set, stands the steady clock, which nobody can: seconds since the computer
started, sleep included. Does not judge whether the time is right (`clock_watch` notices a step of the wall clock).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Steady:
    """Seconds since a start of the computer; `boot_id` says which start, "" where the system does not tell."""

    boot_id: str
    seconds: float


class Clock(Protocol):
    """Gives the time of an act."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""

    def utc_offset_minutes(self) -> int:
        """Local time minus UTC, now, in minutes (Denmark in winter: 60)."""

    def steady(self) -> Steady:
        """The time that no setting of the wall clock changes."""


class SystemClock:
    """The clock of the workstation."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        return datetime.now(UTC)

    def utc_offset_minutes(self) -> int:
        """Local time minus UTC, now, in minutes."""
        offset = datetime.now().astimezone().utcoffset() or timedelta()
        return int(offset.total_seconds() // 60)

    def steady(self) -> Steady:
        """The boot-time clock, which goes on while the computer sleeps; `time.monotonic` where there is none."""
        boot_time = getattr(time, "CLOCK_BOOTTIME", None)
        seconds = time.monotonic() if boot_time is None else time.clock_gettime(boot_time)
        try:
            return Steady(_BOOT_ID.read_text(encoding="ascii").strip(), seconds)
        except (OSError, ValueError):
            return Steady("", seconds)


class FixedClock:
    """A clock for tests and the demo: starts at `start` and goes on by `step` each time it is asked."""

    def __init__(self, start: datetime, step: timedelta = timedelta(), offset_minutes: int = 60) -> None:
        if start.tzinfo is None:
            raise ValueError("A clock needs a start with a time zone.")
        self._next = start.astimezone(UTC)
        self._step = step
        self._offset_minutes = offset_minutes
        self._start, self._moved, self._boot_id = self._next, timedelta(), secrets.token_hex(8)

    def now(self) -> datetime:
        """The time now, aware, in UTC; the next answer is one step later."""
        moment = self._next
        self._next = moment + self._step
        return moment

    def utc_offset_minutes(self) -> int:
        """The offset this clock was made with, in minutes."""
        return self._offset_minutes

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._next += by

    def steady(self) -> Steady:
        """The time that passed since the start, whatever the wall clock was set to."""
        return Steady(self._boot_id, (self._next - self._start - self._moved).total_seconds())

    def set_by(self, by: timedelta) -> None:
        """Set the wall clock forward or back, as a person or a time server does; no time passes."""
        self._next += by
        self._moved += by


def to_text(moment: datetime) -> str:
    """An aware time as the log writes it: UTC, milliseconds (cut, not rounded), `2026-11-22T14:02:11.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def local_words(moment: datetime, offset_minutes: int | None = None) -> str:
    """A time as everybody reads it, to the second, with its offset: `2026-11-22 14:02:11 (UTC+01:00)`.

    `moment` is aware; without `offset_minutes` it keeps the offset it has.
    """
    zone = moment.tzinfo if offset_minutes is None else timezone(timedelta(minutes=offset_minutes))
    text = moment.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    return f"{text[:19]} (UTC{text[19:]})"


def from_text(text: str) -> datetime:
    """Read a time that `to_text` wrote. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
