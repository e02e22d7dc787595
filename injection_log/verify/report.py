"""What a verification answers: the first thing that is wrong, and what it cannot cover. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstWrong:
    """The first thing that is wrong. `sequence` is the event it shows at, 0 when it is of no single event."""

    sequence: int
    what: str
    why: str


@dataclass(frozen=True)
class VerifyReport:
    """The answer of `verify`; `checkpoint` is the text of the last checkpoint that held."""

    ok: bool
    events: int
    first_wrong: FirstWrong | None
    checkpoint: str | None
    not_covered: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """The form that `verify --json` prints."""
        wrong = self.first_wrong
        return {
            "ok": self.ok,
            "events": self.events,
            "first_wrong": None if wrong is None else vars(wrong).copy(),
            "checkpoint": self.checkpoint,
            "not_covered": list(self.not_covered),
        }


class Wrong(Exception):
    """Ends a verification: this is the first thing that is wrong."""

    def __init__(self, sequence: int, what: str, why: str) -> None:
        super().__init__(why)
        self.found = FirstWrong(sequence, what, why)
