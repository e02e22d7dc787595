"""Decoded frames kept within a byte budget, the least recently used thrown out first. Shared by all open
files.

A frame that several threads want at once is decoded by one of them; the others wait for it. Room is made
before a frame is decoded, and where nobody looks at the frame that goes, the new one is decoded into its
memory: fresh memory costs as much time as decoding, and allocators of several threads keep what they freed.
It knows nothing of files or of how frames are decoded, and reads nothing ahead.
"""
from __future__ import annotations

import math
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

import numpy as np
import numpy.typing as npt

from dicom_io.errors import NotReadable

DEFAULT_BUDGET_BYTES = 512 * 1024**2

Key = tuple[int, int]
"""Which source (its number) and which frame."""
Frame = npt.NDArray[np.uint8]
Decode = Callable[[Frame | None], Frame]
"""Decodes a frame, into the array given if it can."""
_COUNTS_ARE_EXACT: bool = getattr(sys, "_is_gil_enabled", lambda: True)()


def _references(box: list[Frame]) -> int:
    """How many references Python counts to the one frame in a list; views of a frame hold one too."""
    return sys.getrefcount(box[0])


_OURS_ALONE = _references([np.empty(0, np.uint8)])


class FrameCache:
    """A thread-safe LRU of frames. A frame larger than the whole budget is not kept."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._held = 0
        self._reserved = 0
        self._frames: OrderedDict[Key, Frame] = OrderedDict()
        self._failed: dict[Key, tuple[str, str]] = {}
        self._under_way: dict[Key, Future[Frame]] = {}
        self._lock = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """Bytes of the frames kept at this moment."""
        return self._held

    @property
    def budget_bytes(self) -> int:
        """What may be kept at most."""
        return self._budget

    def set_budget(self, budget_bytes: int) -> None:
        """Keep at most so much from now on."""
        with self._lock:
            self._budget = budget_bytes
            self._shrink()

    def get(self, key: Key) -> Frame | None:
        """The frame, now the most recently used, or None."""
        with self._lock:
            return self._known(key)

    def knows(self, key: Key) -> bool:
        """Whether nothing is left to do for a frame: kept, failed, or in the hands of a thread."""
        with self._lock:
            return key in self._frames or key in self._failed or key in self._under_way

    def frame(self, key: Key, shape: tuple[int, ...], decode: Decode) -> Frame:
        """The frame of this shape: kept, or being decoded by another thread, or decoded now by this one.

        Raises what `decode` raises. A `NotReadable` is kept and raised again for whoever asks next, since
        the same bytes fail again; anything else (no memory left) is tried again.
        """
        with self._lock:
            kept = self._known(key)
            if kept is not None:
                return kept
            if key in self._failed:
                raise NotReadable(*self._failed[key])
            other = self._under_way.get(key)
            mine: Future[Frame] = Future()
            if other is None:
                self._under_way[key] = mine
                room = self._room(shape)
        if other is not None:
            return other.result()
        return self._decoded(key, partial(decode, room), mine, math.prod(shape))

    def _decoded(self, key: Key, decode: Callable[[], Frame], mine: Future[Frame], reserved: int) -> Frame:
        try:
            frame = decode()
        except BaseException as wrong:
            with self._lock:
                self._reserved -= reserved
                if self._finish(key, mine) and isinstance(wrong, NotReadable):
                    self._failed[key] = (wrong.code, wrong.why)
            mine.set_exception(wrong)
            raise
        with self._lock:
            self._reserved -= reserved
            if self._finish(key, mine):
                self._keep(key, frame)
        mine.set_result(frame)
        return frame

    def _finish(self, key: Key, mine: Future[Frame]) -> bool:
        """Whether the outcome is still wanted: the source may have been forgotten meanwhile."""
        wanted = self._under_way.get(key) is mine
        if wanted:
            del self._under_way[key]
        return wanted

    def put(self, key: Key, frame: Frame) -> None:
        """Keep a frame and throw out the oldest until the budget holds."""
        with self._lock:
            self._keep(key, frame)

    def _known(self, key: Key) -> Frame | None:
        frame = self._frames.get(key)
        if frame is not None:
            self._frames.move_to_end(key)
        return frame

    def _keep(self, key: Key, frame: Frame) -> None:
        if frame.nbytes > self._budget or key in self._frames:
            return
        self._frames[key] = frame
        self._held += frame.nbytes
        self._shrink()

    def _room(self, shape: tuple[int, ...]) -> Frame | None:
        """Reserve room for a frame; the memory of one that went for it, where nobody else has it."""
        wanted, free = math.prod(shape), None
        self._reserved += wanted
        while self._frames and self._held + self._reserved > self._budget:
            box = [self._frames.popitem(last=False)[1]]
            self._held -= box[0].nbytes
            if box[0].shape == shape and _COUNTS_ARE_EXACT and _references(box) == _OURS_ALONE:
                free = box[0]
        if free is None or not free.flags.owndata:
            return None
        free.flags.writeable = True
        return free

    def _shrink(self) -> None:
        while self._held > self._budget:
            _, oldest = self._frames.popitem(last=False)
            self._held -= oldest.nbytes

    def forget(self, source: int) -> None:
        """Throw out all frames of one source; one that is being decoded is not kept either."""
        with self._lock:
            for key in [key for key in self._frames if key[0] == source]:
                self._held -= self._frames.pop(key).nbytes
            self._failed = {key: wrong for key, wrong in self._failed.items() if key[0] != source}
            self._under_way = {key: one for key, one in self._under_way.items() if key[0] != source}


SHARED = FrameCache(DEFAULT_BUDGET_BYTES)
