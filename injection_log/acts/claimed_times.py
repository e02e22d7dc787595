"""Times that are claimed for an act, apart from the time of entry: none in the future, and late ones said to be late.

Pure: the moment of entry comes in as an argument.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from injection_log.errors import Refused
from injection_log.ledger.event import Json

_PAIRS = (("procedure_start", "procedure_end"), ("injection_start", "injection_end"))


def refuse_future(claimed: str, now: datetime) -> None:
    """Refuse a time (ISO 8601 with offset) that has not come yet at `now` (aware)."""
    if datetime.fromisoformat(claimed) > now:
        raise Refused("future", "This time is still to come; type the time at which it happened, as 14:05.")


def refuse_crossed(facts: Mapping[str, Json]) -> None:
    """Refuse an end that is before its start."""
    for start, end in _PAIRS:
        if facts.get(start) and facts.get(end):
            began, ended = (datetime.fromisoformat(str(facts[name])) for name in (start, end))
            if ended < began:
                raise Refused("times_crossed", "The end is before the start; correct one of the two times.")


def minutes_late(claimed: str, now: datetime, limit_hours: int) -> int | None:
    """How many minutes after a claimed time it is entered, where that is more than the limit; else None."""
    after = now - datetime.fromisoformat(claimed)
    return int(after.total_seconds() // 60) if after > timedelta(hours=limit_hours) else None
