"""What the checks have found about marks since the last act, said once at the foot of the window.

It stands in the panel as long as it holds; here only until the next act. It blocks nothing.
"""
from __future__ import annotations

from injection_log_napari.presenters.desk import Desk

AT_ONCE = (
    "side_mismatch", "tip_outside", "tip_unseen", "deposit_volume", "deposit_sum", "deposit_count", "repeat_spread",
    "volume_doubt",
)
"""Checks about marks: whoever placed one sees at once what is odd about it."""

_Told = tuple[tuple[str, str, str], str]


class News:
    """What is new since `settle`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known = frozenset(self._now())

    def settle(self) -> None:
        """The next act begins: what was found until now has been said."""
        self._known = frozenset(self._now())

    @property
    def sentence(self) -> str:
        """The first new finding, "" while there is none."""
        return next((sentence for place, sentence in self._now() if (place, sentence) not in self._known), "")

    def _now(self) -> tuple[_Told, ...]:
        found = self._desk.talk.findings()
        return tuple((one.place, one.sentence) for one in found if one.check in AT_ONCE)
