"""Looking into a frame elsewhere than in the window: the interface, and one question at a time about what is shown.

An answer counts only while its question still stands: whoever turned to another frame, picture or line meanwhile never
sees it. Nothing here knows what is looked for, or where the work is done.
"""
from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from annotate.marks import Mark
from injection_log_napari.presenters.desk import REFUSALS, Desk, Where

Grey = npt.NDArray[np.uint8]
"""A frame as grey levels, (rows, columns)."""
MmPerPx = tuple[float, float]
"""Millimetres per pixel down and across."""
Work = Callable[[Grey], Any]
Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class Looking(Protocol):
    """Who looks into decoded frames."""

    is_there: bool

    def look(self, where: Where, work: Work, came: Callable[[Any], None]) -> None:
        """Give `work` the frame elsewhere; `came` is told the result later, on the window's thread, None where the
        frame could not be looked at. Never called again once the visit was left.
        """


class NotLooking:
    """Nobody looks: before there is a picture zone, and for tests by value."""

    is_there = False

    def look(self, _where: Where, _work: Work, _came: Callable[[Any], None]) -> None:
        """Nothing comes."""


def mm_per_px(desk: Desk, uid: str, mark: Mark) -> MmPerPx | None:
    """The scale that holds at a mark on a picture, None where there is none: then nothing is proposed."""
    try:
        scale = desk.scale_for(uid, mark)
    except REFUSALS:
        return None
    return float(scale.mm_per_px_row), float(scale.mm_per_px_column)


def _same(one: object, other: object) -> bool:
    return one == other


class Question(Generic[Key, Found]):
    """What is asked about a frame now, by its key. One look is under way at a time; then the newest key is looked at.

    `holds(asked, now)` tells whether an answer to one key still says something under another.
    """

    def __init__(
        self, looking: Callable[[], Looking], changed: Callable[[], None], holds: Callable[[Key, Key], bool] = _same
    ) -> None:
        self._looking, self._changed, self._holds = looking, changed, holds
        self._now: tuple[Key, Where, Work] | None = None
        self._answer: tuple[Key, Found | None] | None = None
        self._is_under_way = False

    @property
    def found(self) -> Found | None:
        """What was found and still holds; None while nothing was."""
        return self._answer[1] if self._answer is not None else None

    @property
    def is_answered(self) -> bool:
        """Whether just this question is answered, also where the frame could not be looked at."""
        return self._now is not None and self._answer is not None and self._answer[0] == self._now[0]

    @property
    def is_asked(self) -> bool:
        """Whether there is a question."""
        return self._now is not None

    @property
    def can_be_asked(self) -> bool:
        """Whether anybody looks."""
        return self._looking().is_there

    def ask(self, key: Key, where: Where, work: Work) -> None:
        """Ask; the same key twice is asked once."""
        if self._now is not None and self._now[0] == key:
            return
        self._now = (key, where, work)
        if self._answer is not None and not self._holds(self._answer[0], key):
            self._answer = None
        if not self._is_under_way:
            self._look()

    def drop(self) -> None:
        """Nothing is asked any more, and an answer that is on its way is nobody's."""
        self._now = self._answer = None

    def _look(self) -> None:
        assert self._now is not None  # asked by the caller
        key, where, work = self._now
        self._is_under_way = self._looking().is_there
        self._looking().look(where, work, partial(self._came, key))

    def _came(self, key: Key, found: Found | None) -> None:
        self._is_under_way = False
        if self._now is None:
            return
        if key == self._now[0] or (found is not None and self._holds(key, self._now[0])):
            self._answer = (key, found)
            self._changed()
        if self._now is not None and key != self._now[0]:
            self._look()
