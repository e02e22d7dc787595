"""Turning from frame to frame: one is shown only when it is decoded, so that the shown number is the picture's own.

Where frames come from is a `FrameSupply`; asking one never waits. A frame that takes long may come blurred before it
comes true: it is shown, and said to be blurred, but a clip is never played so. Steps queue, so that none is skipped;
a frame that cannot be decoded is said in one sentence and passed over.
"""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MOST_TURNS = 3
"""A held key runs no further ahead of a slow clip than this."""


class FrameSupply(Protocol):
    """Decoded frames of the visit's clips."""

    def has(self, uid: str, frame: int) -> bool:
        """Whether a frame can be shown at once."""

    def fetch(self, uid: str, frame: int) -> None:
        """Decode a frame elsewhere; `Turning.came` or `Turning.lost` is told later, on the window's thread."""


class AtOnce:
    """A supply that has everything: before there is a picture zone, and for tests by value."""

    def has(self, _uid: str, _frame: int) -> bool:
        """Always."""
        return True

    def fetch(self, _uid: str, _frame: int) -> None:
        """Nothing is missing."""


@dataclass(frozen=True)
class _Turn:
    frame: int
    frames: int = 0
    """Of a step or of playing: how many the clip has; 0 for a jump, which goes nowhere else when it fails."""
    direction: int = 0
    wraps: bool = False

    def next(self) -> _Turn | None:
        """The turn to take instead when this frame cannot be decoded."""
        following = self.frame + self.direction
        if self.wraps and self.frames:
            following %= self.frames
        if not self.direction or not 0 <= following < self.frames:
            return None
        return _Turn(following, self.frames, self.direction, self.wraps)


class Turning:
    """The frames that are on their way for the shown clip, nearest first."""

    def __init__(
        self, where: Callable[[], tuple[str, int]], put: Callable[[int], None], refuse: Callable[[str], None]
    ) -> None:
        self._where, self._put, self._refuse = where, put, refuse
        self.supply: FrameSupply = AtOnce()
        self._turns: deque[_Turn] = deque()
        self._lost: set[tuple[str, int]] = set()
        self._blurred: tuple[str, int] | None = None

    @property
    def is_waiting(self) -> bool:
        """A frame is on its way."""
        return bool(self._turns)

    @property
    def blurred(self) -> tuple[str, int] | None:
        """The frame on the screen while it is a blurred one, else None."""
        return self._blurred if self._blurred == self._where() else None

    @property
    def takes_blurred(self) -> bool:
        """Whether a frame may come blurred first: to a person who steps, never while the clip plays."""
        return not any(turn.wraps for turn in self._turns)

    def wants_blurred(self, uid: str, frame: int) -> bool:
        """Whether just this frame, blurred, is to be shown now."""
        awaited = self._turns[0].frame if self._turns else self._where()[1]
        return uid == self._where()[0] and frame == awaited and self.takes_blurred

    def is_lost(self, uid: str, frame: int) -> bool:
        """Whether a frame was found to be undecodable."""
        return (uid, frame) in self._lost

    def stay(self) -> None:
        """Forget what is on its way."""
        self._turns.clear()

    def begin(self) -> None:
        """A clip is put on the screen anew: nothing is on its way, and nothing blurred is shown any more."""
        self._turns.clear()
        self._blurred = None

    def go(self, frame: int) -> None:
        """Jump to a frame, instead of all that was on its way."""
        self._turns = deque([_Turn(frame)])
        self._advance()

    def step(self, by: int, frames: int) -> None:
        """Step from where the last step leads."""
        start = self._turns[-1].frame if self._turns else self._where()[1]
        target = max(0, min(frames - 1, start + by))
        if target == start or len(self._turns) >= MOST_TURNS:
            return
        self._turns.append(_Turn(target, frames, (by > 0) - (by < 0)))
        if len(self._turns) == 1:
            self._advance()

    def play_to(self, frame: int, frames: int) -> None:
        """Show the frame that is due; frames that were lost are passed over in silence."""
        if self._turns:
            return
        turn: _Turn | None = _Turn(frame, frames, 1, wraps=True)
        for _ in range(frames):
            if turn is None or not self.is_lost(self._where()[0], turn.frame):
                break
            turn = turn.next()
        if turn is not None and turn.frame != self._where()[1]:
            self._turns.append(turn)
            self._advance()

    def came(self, uid: str, frame: int) -> None:
        """A frame that was fetched is there."""
        shown_uid, shown = self._where()
        if self._blurred == (uid, frame):
            self._blurred = None
        if uid != shown_uid:
            return
        if self._turns and self._turns[0].frame == frame:
            self._show_first()
        elif frame == shown:
            self._put(frame)

    def came_blurred(self, uid: str, frame: int) -> None:
        """A blurred picture of a frame is there; the true one comes with `came`, or `lost` is told."""
        if not self.wants_blurred(uid, frame):
            return
        if self._turns:
            self._show_first(blurred=True)
        else:
            self._blurred = uid, frame
            self._put(frame)

    def lost(self, uid: str, frame: int) -> None:
        """A frame that was fetched cannot be decoded."""
        if self._blurred == (uid, frame):
            self._blurred = None
        is_new = (uid, frame) not in self._lost
        self._lost.add((uid, frame))
        if uid != self._where()[0]:
            return
        if self._turns and self._turns[0].frame == frame:
            self._pass_over(is_new=is_new)
        elif is_new:
            self._say(frame)
            self._put(self._where()[1])

    def _advance(self) -> None:
        if not self._turns:
            return
        uid, first = self._where()[0], self._turns[0].frame
        if self.is_lost(uid, first):
            self._pass_over(is_new=not self._turns[0].wraps)
        elif self.supply.has(uid, first):
            self._show_first()
        else:
            self.supply.fetch(uid, first)

    def _show_first(self, *, blurred: bool = False) -> None:
        frame = self._turns.popleft().frame
        self._blurred = (self._where()[0], frame) if blurred else None
        self._put(frame)
        if self._turns:
            # One picture at a time: also a frame that is there already comes with its own event.
            self.supply.fetch(self._where()[0], self._turns[0].frame)

    def _pass_over(self, *, is_new: bool) -> None:
        turn = self._turns.popleft()
        if is_new:
            self._say(turn.frame)
        instead = turn.next()
        uid = self._where()[0]
        everything = turn.frames and all(self.is_lost(uid, frame) for frame in range(turn.frames))
        if instead is not None and not self._turns and not everything:
            self._turns.append(instead)
        self._advance()

    def _say(self, frame: int) -> None:
        self._refuse(
            f"Frame {frame + 1} of this clip cannot be decoded: its bytes are damaged. It is passed over; the other "
            "frames can be shown and measured."
        )
