"""The time, as an argument: what the program asks instead of the system.

Does not judge whether the time is right (a step of the clock becomes an event elsewhere).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the time of an act."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""

    def utc_offset_minutes(self) -> int:
        """Local time minus UTC, now, in minutes (Denmark in winter: 60)."""


class SystemClock:
    """The clock of the workstation."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        return datetime.now(UTC)

    def utc_offset_minutes(self) -> int:
        """Local time minus UTC, now, in minutes."""
        offset = datetime.now().astimezone().utcoffset() or timedelta()
        return int(offset.total_seconds() // 60)


class FixedClock:
    """A clock for tests and the demo: starts at `start` and goes on by `step` each time it is asked."""

    def __init__(self, start: datetime, step: timedelta = timedelta(), offset_minutes: int = 60) -> None:
        if start.tzinfo is None:
            raise ValueError("A clock needs a start with a time zone.")
        self._next = start.astimezone(UTC)
        self._step = step
        self._offset_minutes = offset_minutes

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


def to_text(moment: datetime) -> str:
    """An aware time as the log writes it: UTC, milliseconds (cut, not rounded), `2026-11-22T14:02:11.123Z`."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """Read a time that `to_text` wrote. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
