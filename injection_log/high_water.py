"""The high-water mark: what a workstation has seen of a log, and its text. Where it is kept is `injection_log.keys`."""

from __future__ import annotations

from dataclasses import dataclass

import orjson


@dataclass(frozen=True)
class HighWater:
    """The last event of a log that this workstation has seen: its sequence number and hash (hex).

    `incarnation` is 1 until the log is restored from a backup, and one more with each restore.
    """

    size: int
    hash: str
    incarnation: int = 1


def read_mark(data: bytes) -> HighWater | None:
    """The mark of that text; None where it is none."""
    try:
        value = orjson.loads(data)
        return HighWater(int(value["size"]), str(value["hash"]), int(value.get("incarnation", 1)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def raised(mark: HighWater, data: bytes) -> bytes | None:
    """The text of a mark that is raised from what was there; None where it would go back."""
    seen = read_mark(data)
    if seen is None:
        return mark_text(mark)
    if seen.size > mark.size or (seen.size == mark.size and seen.incarnation >= mark.incarnation):
        return None
    return mark_text(HighWater(mark.size, mark.hash, max(mark.incarnation, seen.incarnation)))


def mark_text(mark: HighWater) -> bytes:
    """The text of a mark, as it is kept."""
    return orjson.dumps({"hash": mark.hash, "incarnation": mark.incarnation, "size": mark.size}) + b"\n"
