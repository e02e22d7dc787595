"""Looks into the frames of one visit in a pool of its own: help from the picture never holds the window up.

One look at a time, as what is prepared for a frame is used by one thread only. Answers that come after the visit was
left go nowhere. It knows nothing of what is looked for.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from injection_log_napari.presenters.desk import Where
    from injection_log_napari.presenters.looking import Work
    from injection_log_napari.views.clips import Clip, Clips
    from injection_log_napari.views.workers import Workers


class FrameLooks:
    """The looking of one visit; `workers` has one thread."""

    is_there = True

    def __init__(self, clips: Clips, workers: Workers) -> None:
        self._clips, self._workers, self._is_left = clips, workers, False

    def look(self, where: Where, work: Work, came: Callable[[Any], None]) -> None:
        """Give `work` the grey frame in the pool; `came` is told what it gave, None where the frame is not there."""
        uid, frame = where
        opened = self._clips.opened(uid)
        if opened is None or self._is_left:
            came(None)
            return

        def answer(found: Any) -> None:
            if not self._is_left:
                came(found)

        self._workers.run(lambda: work(_grey(opened.frames, frame)), answer, lambda _error: answer(None))

    def leave(self) -> None:
        """The visit is put away: whatever is still looked at is nobody's."""
        self._is_left = True


def _grey(source: Clip, frame: int) -> Any:
    from annotate.assist import grey_of  # OpenCV, loaded here

    return grey_of(np.asarray(source.frame(frame)))
