"""Where a clip is in time: frame, time, recorded rate, and which frame belongs to a moment of playing. Pure."""
from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class CineState:
    """One clip at one frame; `starts_ms` are the recorded starts of its frames, empty while not known."""

    uid: str = ""
    frame: int = 0
    frames: int = 1
    marked: tuple[int, ...] = ()
    starts_ms: tuple[float, ...] = ()
    source: str = ""

    @property
    def frame_words(self) -> str:
        """`frame 23/60`, counted from one; nothing for a still."""
        return f"frame {self.frame + 1}/{self.frames}" if self.frames > 1 else "still picture"

    @property
    def time_words(self) -> str:
        """Time of the frame in the clip."""
        return f"{self.start_of(self.frame) / 1000:.2f} s" if self.frames > 1 and self.starts_ms else ""

    @property
    def rate_words(self) -> str:
        """The recorded rate, and whether it was recorded at all."""
        if self.frames < 2 or len(self.starts_ms) < 2:
            return ""
        rate = 1000 * (len(self.starts_ms) - 1) / max(1e-9, self.starts_ms[-1])
        return f"{rate:.0f} fps {'assumed' if self.source == 'assumed' else 'recorded'}"

    @property
    def length_ms(self) -> float:
        """How long the clip lasts; its last frame as long as the mean of the others."""
        if len(self.starts_ms) < 2:
            return 1000.0 / 30 * self.frames
        return self.starts_ms[-1] * len(self.starts_ms) / (len(self.starts_ms) - 1)

    def start_of(self, frame: int) -> float:
        """When a frame starts, in ms after the first."""
        return self.starts_ms[frame] if frame < len(self.starts_ms) else 1000.0 / 30 * frame

    def frame_at(self, ms: float) -> int:
        """The frame to show so long after the start of the clip; it runs round and round."""
        moment = ms % max(1.0, self.length_ms)
        if not self.starts_ms:
            return min(self.frames - 1, int(moment * 30 / 1000))
        return max(0, min(self.frames, bisect_right(self.starts_ms, moment)) - 1)
