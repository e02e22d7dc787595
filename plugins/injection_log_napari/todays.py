"""Today's worklist as the window asks for it: the question in the pool, its meaning on the window's thread.

No name of it is kept: what came is given on and forgotten here.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from injection_log.acts import visits
from injection_log.acts.identity import is_linked
from injection_log.acts.today import ask_worklist, todays_participants
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.todays_list import TodayDesk, TodayPresenter

if TYPE_CHECKING:
    from dicom_io.pacs.answers import Found
    from dicom_io.pacs.worklist import WorklistItem
    from injection_log.acts.today import Today
    from injection_log.settings import PacsSource
    from injection_log.site import Session

Run = Callable[[Callable[[], Any], Callable[[Any], None], Callable[[BaseException], None]], None]
"""Does work elsewhere; exactly one of the other two is called on the window's thread afterwards."""


@dataclass(frozen=True)
class TodaysWorklist:
    """The worklist of one site for the person who is logged in."""

    session: Session
    source: PacsSource
    run: Run

    def presenter(self) -> TodayPresenter:
        """The list to show it in; a failure is worth a line where the settings name a worklist."""
        session, protocol = self.session, self.session.site.protocol
        desk = TodayDesk(
            titles={name: visit.title for name, visit in protocol.visits.items()},
            accepts=protocol.accepts_participant,
            is_linked=lambda participant: is_linked(session, participant),
            open_visit=lambda participant, visit: visits.open_visit(session, participant, visit),
        )
        return TodayPresenter(desk, is_configured=self.source.worklist != self.source.address)

    def ask(self, came: Callable[[Today], None], failed: Callable[[BaseException], None]) -> None:
        """Ask for the day; one of the two is called on the window's thread."""
        question = partial(ask_worklist, self.source.worklist, self._day())
        self.run(question, partial(self._understand, came, failed), failed)

    def _understand(
        self, came: Callable[[Today], None], failed: Callable[[BaseException], None], found: Found[WorklistItem]
    ) -> None:
        try:
            today = todays_participants(self.session, found)
        except REFUSALS as refused:
            failed(refused)
            return
        came(today)

    def _day(self) -> date:
        clock = self.session.site.clock
        return (clock.now() + timedelta(minutes=clock.utc_offset_minutes())).date()
