"""Checks that a signed text still follows from the record: the facts and marks that the log had when it was signed.

The record is read from the replay with the same code that showed it, under the protocol that the log had then, and
rendered again: of a gland record, of an addition, of a review. Only texts of the forms that this program makes can be
compared; older forms are counted and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from annotate.errors import AnnotateError
from annotate.marks import PlacedMark, Side
from annotate.stored_marks import placed_from_json
from injection_log.errors import InjectionLogError
from injection_log.protocol.protocol import Protocol
from injection_log.protocol.reading import read_protocol
from injection_log.record.later_rendering import ADDITION_FORM, REVIEW_FORM, render_addition, render_review
from injection_log.record.reading import Wanted, read_visit
from injection_log.record.rendering import RENDERING, Rendering, render
from injection_log.record.values import VisitRecord
from injection_log.verify.replay import Read, Replay
from injection_log.verify.report import Wrong

_FORMS: dict[str, Callable[[VisitRecord, Side, Protocol], Rendering]] = {
    RENDERING: render,
    ADDITION_FORM: render_addition,
    REVIEW_FORM: lambda record, side, protocol: render_review(record, side),
}
"""How a signed text is made, by its first line."""


class Renderings:
    """Renders what was signed once more. Keeps the protocol it has read; `read` reads a stored mark."""

    def __init__(self, read: Callable[[object], PlacedMark] = placed_from_json) -> None:
        self._read: tuple[object, Protocol] | None = None
        self._mark = read

    def check(self, replay: Replay, event: Read, signed: Iterable[Mapping[str, Any]]) -> None:
        """Compare the texts that this event signs with the record before it. Raises Wrong."""
        if not event.subject.startswith("gland:"):
            return
        for said in signed:
            form = str(said.get("rendering")).partition("\n")[0]
            if form not in _FORMS:
                replay.other_forms += 1
            elif self._rendered(replay, event.subject, form) != said["rendering"]:
                raise Wrong(
                    event.sequence,
                    "rendering",
                    f"The text that was signed in event {event.sequence} is not that of the record before it.",
                )

    def _rendered(self, replay: Replay, subject: str, form: str) -> str | None:
        """The text of the record as it stands in the replay; None where it cannot be made."""
        participant, visit, name = subject.removeprefix("gland:").split("/")
        side = cast("Side", name)
        try:
            protocol = self._protocol(replay.of("ledger:"))
            wanted = Wanted((side,), tells_complete=False, mark=self._mark)  # whether it was complete is no part of it
            record = read_visit(replay.of, protocol, participant, visit, wanted)
            return None if record is None else _FORMS[form](record, side, protocol).text
        except (InjectionLogError, AnnotateError, LookupError, ValueError, TypeError, AttributeError, AssertionError):
            return None  # what cannot be read as a record cannot have been shown as one

    def _protocol(self, ledger: Mapping[str, Any]) -> Protocol:
        stored = ledger["protocol"]
        if self._read is None or self._read[0] != stored["sha256"]:
            self._read = (stored["sha256"], read_protocol(stored["text"]))
        return self._read[1]
