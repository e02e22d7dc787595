"""Frames for the picture zone, decoded in a pool: what is shown is always there before it is shown.

It holds no frame; the clips' own cache does. Answers that come after the visit was left go nowhere.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from injection_log_napari.presenters.turning import Turning
    from injection_log_napari.views.clips import Clips
    from injection_log_napari.views.workers import Workers


class FrameFeed:
    """The supply of one visit's frames; each is decoded once at a time."""

    def __init__(self, clips: Clips, workers: Workers, turning: Turning) -> None:
        self._clips, self._workers, self._turning = clips, workers, turning
        self._asked: set[tuple[str, int]] = set()
        self._is_left = False

    def has(self, uid: str, frame: int) -> bool:
        """Whether a frame can be shown at once; of a clip that is still being opened nothing is shown anyway."""
        opened = self._clips.opened(uid)
        return opened is None or opened.frames.has(frame)

    def fetch(self, uid: str, frame: int) -> None:
        """Decode a frame in the pool."""
        opened = self._clips.opened(uid)
        if opened is None or self._is_left or (uid, frame) in self._asked:
            return
        self._asked.add((uid, frame))
        source = opened.frames
        self._workers.run(
            lambda: source.frame(frame), lambda _frame: self._came(uid, frame), lambda _error: self._lost(uid, frame)
        )

    def leave(self) -> None:
        """The visit is put away: whatever is still decoded is nobody's."""
        self._is_left = True

    def _came(self, uid: str, frame: int) -> None:
        self._asked.discard((uid, frame))
        if not self._is_left:
            self._turning.came(uid, frame)

    def _lost(self, uid: str, frame: int) -> None:
        self._asked.discard((uid, frame))
        if not self._is_left:
            self._turning.lost(uid, frame)
