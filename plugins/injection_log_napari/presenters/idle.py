"""When nobody does anything: a warning after eight minutes, the lock after ten. Time is an argument; locks nothing."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

LOCK_AFTER_S = 10 * 60
WARN_AFTER_S = 8 * 60

IdleDoes = Literal["nothing", "warn", "lock"]


@dataclass
class Idle:
    """How long nobody did anything; `seconds` is a clock that no setting of the wall clock moves."""

    seconds: Callable[[], float]
    since: float = 0.0

    def __post_init__(self) -> None:
        self.touch()

    def touch(self) -> None:
        """Somebody did something."""
        self.since = self.seconds()

    @property
    def does(self) -> IdleDoes:
        """What is due now."""
        idle = self.seconds() - self.since
        return "lock" if idle >= LOCK_AFTER_S else "warn" if idle >= WARN_AFTER_S else "nothing"

    @property
    def warning(self) -> str:
        """What is said before the lock, "" while there is nothing to say."""
        if self.does != "warn":
            return ""
        left = max(1, round(LOCK_AFTER_S - (self.seconds() - self.since)))
        minutes, seconds = divmod(left, 60)
        return (
            f"Nobody has done anything for a while: the screen locks in {minutes}:{seconds:02d}. Press a key or move"
            " the mouse to go on; whatever is typed and marked is kept."
        )
