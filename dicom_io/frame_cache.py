"""Decoded frames kept within a byte budget, the least recently used thrown out first. Shared by all open
files.

It knows nothing of files or decoding, and reads nothing ahead.
"""
from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
import numpy.typing as npt

DEFAULT_BUDGET_BYTES = 512 * 1024**2

Key = tuple[int, int]
"""Which source (its number) and which frame."""


class FrameCache:
    """A thread-safe LRU of frames. A frame larger than the whole budget is not kept."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._held = 0
        self._frames: OrderedDict[Key, npt.NDArray[np.uint8]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """Bytes of the frames kept at this moment."""
        return self._held

    def get(self, key: Key) -> npt.NDArray[np.uint8] | None:
        """The frame, now the most recently used, or None."""
        with self._lock:
            frame = self._frames.get(key)
            if frame is not None:
                self._frames.move_to_end(key)
            return frame

    def put(self, key: Key, frame: npt.NDArray[np.uint8]) -> None:
        """Keep a frame and throw out the oldest until the budget holds."""
        with self._lock:
            if frame.nbytes > self._budget or key in self._frames:
                return
            self._frames[key] = frame
            self._held += frame.nbytes
            while self._held > self._budget:
                _, oldest = self._frames.popitem(last=False)
                self._held -= oldest.nbytes

    def forget(self, source: int) -> None:
        """Throw out all frames of one source."""
        with self._lock:
            for key in [key for key in self._frames if key[0] == source]:
                self._held -= self._frames.pop(key).nbytes


SHARED = FrameCache(DEFAULT_BUDGET_BYTES)
