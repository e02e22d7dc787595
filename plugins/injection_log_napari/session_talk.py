"""The real queries, findings and source marks of the visit on a desk, through the acts of the record's floor."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from injection_log.record.checks import Finding
    from injection_log.record.queries import Query
    from injection_log_napari.session_changes import Done
    from injection_log_napari.session_desk import SessionDesk


class SessionTalk:
    """What is asked and found about the values of one visit."""

    def __init__(self, desk: SessionDesk, done: Done) -> None:
        self._desk, self._done = desk, done

    def queries(self) -> tuple[Query, ...]:
        """All queries about this visit, oldest first."""
        return ()

    def findings(self) -> tuple[Finding, ...]:
        """What the checks find now."""
        return ()
