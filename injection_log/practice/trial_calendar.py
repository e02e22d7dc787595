"""Who comes when in a simulated trial: a fixed calendar, so that the same trial comes out of the same seed.

Pure. The days lie in the past of every real clock; nothing of it is anybody's calendar.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

FIRST_DAY = date(2025, 2, 3)
_NEXT_PARTICIPANT = timedelta(days=7)
_DAYS_AFTER_BASELINE = {"baseline": 0, "injection": 14, "month_4": 134}
"""Of each visit of the practice protocol."""
_ROOMS_OPEN, _BETWEEN = timedelta(hours=8), timedelta(hours=2)


@dataclass(frozen=True)
class Appointment:
    """One visit of one participant: `place` from 0 in the order of enrolment, and the moment at which it begins."""

    place: int
    participant: str
    visit: str
    begins: datetime

    @property
    def is_injecting(self) -> bool:
        """Whether it is the visit of the injection."""
        return self.visit == "injection"


def participant_ids(participants: int) -> tuple[str, ...]:
    """The ids of the simulated participants, SMG-01 on."""
    return tuple(f"SMG-{number:02d}" for number in range(1, participants + 1))


def calendar(participants: int) -> tuple[Appointment, ...]:
    """Every visit of the trial in the order in which it takes place."""
    days: list[tuple[date, int, str, str]] = []
    for place, participant in enumerate(participant_ids(participants)):
        enrolled = FIRST_DAY + place * _NEXT_PARTICIPANT
        for visit, later in _DAYS_AFTER_BASELINE.items():
            days.append((enrolled + timedelta(days=later), place, participant, visit))
    found: list[Appointment] = []
    for day, place, participant, visit in sorted(days):
        same_day = sum(one.begins.date() == day for one in found)
        begins = datetime(day.year, day.month, day.day, tzinfo=UTC) + _ROOMS_OPEN + same_day * _BETWEEN
        found.append(Appointment(place, participant, visit, begins))
    return tuple(found)


def visit_days(appointments: tuple[Appointment, ...], participant: str) -> tuple[tuple[str, date], ...]:
    """Visits and days of one participant, in their order."""
    return tuple((one.visit, one.begins.date()) for one in appointments if one.participant == participant)
