"""Reads each stored mark once in a verification, however many checks look at it.

A mark is known by the object that the replay holds of it, never by what is in it: an equal mark of another event is
read for itself. The replay replaces values and never changes one in place, so what was read stays true.
"""

from __future__ import annotations

from annotate.marks import PlacedMark
from annotate.stored_marks import placed_from_json

_MOST = 10_000
"""Marks that are remembered at a time; records are signed soon after they are measured."""


class MarksRead:
    """Stands in for `placed_from_json`."""

    def __init__(self) -> None:
        self._read: dict[int, tuple[object, PlacedMark]] = {}

    def __call__(self, stored: object) -> PlacedMark:
        """The placed mark of a stored form. Raises MarkMalformed."""
        known = self._read.get(id(stored))
        if known is not None and known[0] is stored:
            return known[1]
        placed = placed_from_json(stored)
        if len(self._read) >= _MOST:
            self._read.clear()
        self._read[id(stored)] = (stored, placed)
        return placed
