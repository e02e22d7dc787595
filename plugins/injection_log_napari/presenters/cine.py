"""Where a clip is in time: frame, time and recorded rate, and the words of the bar under the picture. Pure.

How a clip is played is `playing.py`.
"""
from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

ASSUMED_STEP_MS = 1000.0 / 30
UNEVEN = 1.1
"""Steps that differ by more than a tenth are said: the rate is then a mean."""
CLIP_OF_ONE = "a still stored as a clip of one frame"


@dataclass(frozen=True)
class CineState:
    """One clip at one frame; `starts_ms` are the recorded starts of its frames, empty while not known."""

    uid: str = ""
    frame: int = 0
    frames: int = 1
    marked: tuple[int, ...] = ()
    starts_ms: tuple[float, ...] = ()
    source: str = ""
    is_clip_of_one: bool = False

    @property
    def can_play(self) -> bool:
        """One frame is a picture, however it is stored."""
        return self.frames > 1

    @property
    def frame_words(self) -> str:
        """`frame 23/60`, counted from one; what a single picture is, in words; "" without one."""
        if self.can_play:
            return f"frame {self.frame + 1}/{self.frames}"
        if not self.uid:
            return ""
        return CLIP_OF_ONE if self.is_clip_of_one else "still picture"

    @property
    def time_words(self) -> str:
        """Time of the frame in the clip."""
        return f"{self.start_of(self.frame) / 1000:.2f} s" if self.can_play and self.starts_ms else ""

    @property
    def rate(self) -> float | None:
        """Frames a second as recorded, the mean where steps are uneven; None for a still or while not known."""
        if not self.can_play or len(self.starts_ms) < 2 or self.starts_ms[-1] <= 0:
            return None
        return 1000 * (len(self.starts_ms) - 1) / self.starts_ms[-1]

    @property
    def is_uneven(self) -> bool:
        """Whether frames are recorded at uneven steps."""
        steps = [b - a for a, b in zip(self.starts_ms, self.starts_ms[1:], strict=False)]
        return bool(steps) and max(steps) > UNEVEN * max(min(steps), 1e-3)

    def rate_words(self, actual: float | None = None) -> str:
        """The actual rate beside the recorded one while playing, else the recorded one; never a guess unmarked."""
        if self.rate is None:
            return ""
        kind = "assumed" if self.source == "assumed" else "recorded"
        mean = ", mean" if self.is_uneven else ""
        if actual is None:
            return f"{self.rate:.1f} /s {kind}{mean}"
        return f"{actual:.1f} of {self.rate:.1f} /s" + (" assumed" if kind == "assumed" else mean)

    @property
    def length_ms(self) -> float:
        """How long the clip lasts; its last frame as long as the mean of the others."""
        rate = self.rate
        return ASSUMED_STEP_MS * self.frames if rate is None else 1000 / rate * self.frames

    def start_of(self, frame: int) -> float:
        """When a frame starts, in ms after the first."""
        return self.starts_ms[frame] if frame < len(self.starts_ms) else ASSUMED_STEP_MS * frame

    def duration_of(self, frame: int) -> float:
        """How long a frame is shown, in ms."""
        end = self.start_of(frame + 1) if frame + 1 < self.frames else self.length_ms
        return max(0.0, end - self.start_of(frame))

    def frame_at(self, ms: float) -> int:
        """The frame to show so long after the start of the clip; it runs round and round."""
        moment = ms % max(1.0, self.length_ms)
        if not self.starts_ms:
            return min(self.frames - 1, int(moment / ASSUMED_STEP_MS))
        return max(0, min(self.frames, bisect_right(self.starts_ms, moment)) - 1)
