"""The history of one record for the person who is logged in: the acts behind the history page. No Qt, no rule."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.acts import log_tables, seeing
from injection_log.acts.history import read_history

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.acts.history import History, HistoryFilter
    from injection_log.site import Session


@dataclass(frozen=True)
class SessionHistory:
    """One participant at one visit, looked at in one session."""

    session: Session
    participant: str
    visit: str

    def read(self, side: Side | None, newest: int | None = None) -> History:
        """Read the history, or its newest lines; that somebody looked is an event."""
        return read_history(self.session, self.participant, self.visit, side=side, newest=newest)

    def sightings(self) -> tuple[seeing.Sighting, ...]:
        """Who saw the record."""
        return seeing.who_saw(self.session, self.participant, self.visit)

    def export(self, history: History, wanted: HistoryFilter, path: str) -> tuple[str, ...]:
        """Write the lines as a table; the event of the export stands before the file."""
        files = log_tables.export_history(self.session, history, wanted)
        return tuple(place.name for place in log_tables.write_csv(files, Path(path)))

    def unwritten(self) -> str:
        """What could not be written down."""
        return seeing.unwritten_words(self.session)
