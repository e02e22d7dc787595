"""Frames for the picture zone, decoded in a pool: what is shown is always there before it is shown.

Where decoding takes long (JPEG 2000) a blurred picture comes first and the true one replaces it. It holds no true
frame; the clips' own cache does. Answers that come after the visit was left go nowhere.
"""
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from injection_log_napari.canvas.interface import Frames, Picture

if TYPE_CHECKING:
    from injection_log_napari.presenters.turning import Turning
    from injection_log_napari.views.clips import Clip, Clips
    from injection_log_napari.views.workers import Workers


class AsItComes:
    """A clip for the canvas: the true frame where it is there, else the blurred one that came first."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self._first: tuple[int, Picture] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The clip's."""
        return self.clip.shape

    def take_first(self, index: int, picture: Picture) -> None:
        """Keep the one blurred frame that is shown."""
        self._first = index, picture

    def frame(self, index: int) -> Picture:
        """One frame."""
        if self._first is not None and self._first[0] == index and not self.clip.has(index):
            return self._first[1]
        return self.clip.frame(index)


class FrameFeed:
    """The supply of one visit's frames; each is decoded once at a time."""

    def __init__(self, clips: Clips, workers: Workers, turning: Turning) -> None:
        self._clips, self._workers, self._turning = clips, workers, turning
        self._asked: set[tuple[str, int]] = set()
        self._on_canvas: AsItComes | None = None
        self._is_sharpening = self._is_left = False

    def has(self, uid: str, frame: int) -> bool:
        """Whether a frame can be shown at once; of a clip that is still being opened nothing is shown anyway."""
        opened = self._clips.opened(uid)
        return opened is None or opened.frames.has(frame)

    def frames_of(self, clip: Clip) -> Frames:
        """What the canvas shows a clip from."""
        return self._as_it_comes(clip) if clip.comes_blurred_first else clip

    def fetch(self, uid: str, frame: int) -> None:
        """Decode a frame in the pool; blurred first where it is looked for by stepping and takes long."""
        opened = self._clips.opened(uid)
        if opened is None or self._is_left or (uid, frame) in self._asked:
            return
        self._asked.add((uid, frame))
        source, lost = opened.frames, partial(self._lost, uid, frame)
        if source.comes_blurred_first and self._turning.takes_blurred and not source.has(frame):
            came_first = partial(self._came_first, uid, frame)
            self._workers.run(lambda: source.frame(frame, reduced=True), came_first, lost)
        else:
            self._workers.run(lambda: source.frame(frame), lambda _frame: self._came(uid, frame), lost)

    def leave(self) -> None:
        """The visit is put away: whatever is still decoded is nobody's."""
        self._is_left, self._on_canvas = True, None

    def _as_it_comes(self, clip: Clip) -> AsItComes:
        if self._on_canvas is None or self._on_canvas.clip is not clip:
            self._on_canvas = AsItComes(clip)
        return self._on_canvas

    def _came(self, uid: str, frame: int) -> None:
        self._asked.discard((uid, frame))
        if not self._is_left:
            self._turning.came(uid, frame)

    def _came_first(self, uid: str, frame: int, picture: Picture) -> None:
        opened = self._clips.opened(uid)
        if opened is None or opened.frames.has(frame):
            self._came(uid, frame)
            return
        self._asked.discard((uid, frame))
        if self._is_left:
            return
        if self._turning.wants_blurred(uid, frame):
            self._as_it_comes(opened.frames).take_first(frame, picture)
            self._turning.came_blurred(uid, frame)
        self._sharpen()

    def _sharpen(self) -> None:
        """Decode the blurred frame on the glass truly, one at a time: those stepped past stay as they are."""
        blurred = self._turning.blurred
        opened = self._clips.opened(blurred[0]) if blurred is not None else None
        if opened is None or blurred is None or self._is_sharpening or self._is_left:
            return
        self._is_sharpening = True
        source, (uid, frame) = opened.frames, blurred
        self._workers.run(
            lambda: source.frame(frame), lambda _frame: self._sharpened(uid, frame),
            lambda _error: self._sharpened(uid, frame, is_lost=True),
        )  # fmt: skip

    def _sharpened(self, uid: str, frame: int, *, is_lost: bool = False) -> None:
        self._is_sharpening = False
        if not self._is_left:
            (self._turning.lost if is_lost else self._turning.came)(uid, frame)
            self._sharpen()

    def _lost(self, uid: str, frame: int, _error: BaseException) -> None:
        self._asked.discard((uid, frame))
        if not self._is_left:
            self._turning.lost(uid, frame)
