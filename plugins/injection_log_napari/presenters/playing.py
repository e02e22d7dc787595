"""Playing a clip: which frame is due now, in one of two modes, and how fast it really goes. Pure: time comes in.

"Real time" keeps the recorded time and may skip frames for it. "Every frame" shows each one, and goes slower where
they do not come in time. Neither asks for a frame while another one is still on its way: a slow clip then shows
fewer frames instead of none.
"""
from __future__ import annotations

from collections import deque
from typing import Literal

from injection_log_napari.presenters.cine import CineState

Mode = Literal["real_time", "every_frame"]
MODE_WORDS: dict[Mode, str] = {"real_time": "real time", "every_frame": "every frame"}
WINDOW_MS = 1000.0


class Player:
    """One clip being played, or none. All times are ms of one steady clock."""

    def __init__(self) -> None:
        self.mode: Mode = "real_time"
        self.is_playing = False
        self._clip = ("", 0)
        self._began_ms = 0.0
        self._due_ms = 0.0
        self._goes_on_from_here = False
        self._shown_ms: deque[float] = deque()

    def start(self, cine: CineState, now_ms: float) -> bool:
        """Play from the shown frame on; False where there is nothing to play."""
        if not cine.can_play:
            return False
        self.is_playing, self._clip = True, (cine.uid, cine.frames)
        self._shown_ms.clear()
        self._set_out(cine, now_ms)
        return True

    def stop(self) -> None:
        """Stop; the shown frame stays."""
        self.is_playing = False
        self._shown_ms.clear()

    def switch(self, cine: CineState, now_ms: float) -> None:
        """The other mode, from the shown frame on."""
        self.mode = "every_frame" if self.mode == "real_time" else "real_time"
        self._set_out(cine, now_ms)

    def due(self, cine: CineState, now_ms: float) -> int | None:
        """The frame to show now, None while the shown one stays. Stops by itself when the clip is another one."""
        if not self.is_playing or (cine.uid, cine.frames) != self._clip:
            self.stop()
            return None
        if self._goes_on_from_here:
            self._set_out(cine, now_ms)
        frame = cine.frame_at(now_ms - self._began_ms) if self.mode == "real_time" else self._next(cine, now_ms)
        return None if frame == cine.frame else frame

    def elsewhere(self) -> None:
        """A person sent the clip to another frame: it goes on from there."""
        self._goes_on_from_here = True

    def shown(self, cine: CineState, now_ms: float) -> None:
        """A frame came onto the screen."""
        if not self.is_playing:
            return
        self._shown_ms.append(now_ms)
        step = cine.duration_of(cine.frame)
        # On time: the next one is due a step after this one was. Late: a step after now.
        self._due_ms = self._due_ms + step if now_ms - self._due_ms <= step else now_ms + step

    def rate(self, cine: CineState, now_ms: float) -> float | None:
        """Frames a second that really came during the last second; None before there are two."""
        shown = self._shown_ms
        while len(shown) > 2 and shown[1] <= now_ms - WINDOW_MS:
            shown.popleft()
        if len(shown) < 2:
            return None
        waits = now_ms - shown[-1] > 2 * cine.duration_of(cine.frame)
        span = (now_ms if waits else shown[-1]) - shown[0]
        return 1000 * (len(shown) - 1) / span if span > 0 else None

    def _next(self, cine: CineState, now_ms: float) -> int:
        return (cine.frame + 1) % cine.frames if now_ms >= self._due_ms else cine.frame

    def _set_out(self, cine: CineState, now_ms: float) -> None:
        self._goes_on_from_here = False
        self._began_ms = now_ms - cine.start_of(cine.frame)
        self._due_ms = now_ms + cine.duration_of(cine.frame)
