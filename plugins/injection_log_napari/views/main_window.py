"""The window on a site: work list, the room of a visit, and the pages beside them. It paints before napari loads.

It hands the canvas from visit to visit and knows no rule of the record; log-in, lock and notices are `guarded_window`.
What only a visit needs is imported where a visit is opened: a worker has loaded it by then, and the first page waits
for none of it (`preloading`).
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from typing_extensions import override

from injection_log.acts import visits
from injection_log.acts.seeing import note_seen
from injection_log.people.roles import allowed
from injection_log.site import log_in
from injection_log_napari import session_end
from injection_log_napari.preloading import VISIT
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.log_in import LogInPresenter, LogInState
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.work_list import Listed, WorkListPresenter
from injection_log_napari.session_list import SessionList
from injection_log_napari.support_log import save_for_support
from injection_log_napari.views.guarded_window import GuardedWindow
from injection_log_napari.views.side_pages import SidePages
from injection_log_napari.views.work_list_page import ListWays, WorkListPage

if TYPE_CHECKING:
    from injection_log.record.values import VisitRecord
    from injection_log.settings import PacsSource
    from injection_log.site import Session, Site
    from injection_log_napari.canvas.choice import Wish
    from injection_log_napari.presenters.queries_list import TalkLine
    from injection_log_napari.retrieval import Retrieval
    from injection_log_napari.session_desk import SessionDesk
    from injection_log_napari.todays import TodaysWorklist
    from injection_log_napari.views.room_page import RoomPage


@dataclass(frozen=True)
class WindowWishes:
    """What the caller wants: user id to begin with, canvas, PACS."""

    user: str = ""
    canvas: Wish = "auto"
    pacs: PacsSource | None = None


class MainWindow(GuardedWindow):
    """All pages of a site, one at a time."""

    needs = VISIT

    def __init__(self, site: Site, session: Session | None, wishes: WindowWishes) -> None:
        state = LogInState(user=wishes.user, practice=site.protocol.practice)
        entry = LogInPresenter(
            lambda user, word: log_in(site, user, word), state,
            lambda user, code, new: session_end.choose_with_code(site, user, code, new),
        )  # fmt: skip
        super().__init__(site.home, entry, wishes.canvas)
        self.site, self._wishes = site, wishes
        self.session: Session | None = session
        self.room: RoomPage | None = None
        self.work_list: WorkListPage | None = None
        self.beside = SidePages(self.stack, self.workers)
        self._watch()
        if session is not None:
            self._entered(session)

    @property
    @override
    def user_at_work(self) -> str:
        return self.session.account.user if self.session is not None else ""

    @override
    def _clock_notice(self) -> str:
        return session_end.clock_notice(self.site)

    @override
    def _canvas_made(self) -> None:
        if self.room is not None and self._canvas.note:
            self.room.room.note(self._canvas.note)

    def say(self, sentence: str) -> None:
        """Say something about the program itself, where the eye is."""
        if self.room is not None:
            self.room.room.refuse(sentence)
        elif self.work_list is not None:
            self.work_list.line.show_sentence(Sentence(sentence, "refused"))

    # ---- pages ---------------------------------------------------------------------------------------------
    @override
    def _come_back(self, session: Session) -> None:
        self.session = session

    @override
    def _open_first(self, session: Session) -> None:
        self._close_room()
        self._open_list(session)

    def _open_list(self, session: Session) -> None:
        if self.work_list is not None:
            self._drop(self.work_list)
            self.work_list = None
        if not session_end.sees_records(session):
            self._show_account(self.log_out, "Log out")
            return
        presenter = WorkListPresenter(
            Listed(
                lambda after: visits.visits_page(session, after=after),
                lambda participant: visits.visits_of(session, participant),
            ),
            lambda participant, visit: visits.open_visit(session, participant, visit),
            self.site.protocol.accepts_participant,
            may_begin=allowed(session.account.role, "open_visit"),
        )
        pacs = self._wishes.pacs
        # A patient's name is shown to whoever links pictures to a participant, and to nobody else.
        asks = pacs is not None and _takes_pictures(session)
        worklist = self._todays(session, pacs) if pacs is not None and asks else None
        ways = ListWays(self.open_record, self.log_out, self._other_ways())
        self.work_list = WorkListPage(presenter, ways, SessionList(session), worklist)
        self._show(self.work_list)
        self.work_list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _todays(self, session: Session, pacs: PacsSource) -> TodaysWorklist:
        from injection_log_napari.todays import TodaysWorklist

        return TodaysWorklist(session, pacs, self.workers.run)

    def open_record(self, record: VisitRecord) -> None:
        """Put a visit on the desk."""
        assert self.session is not None
        from injection_log_napari.session_desk import SessionDesk
        from injection_log_napari.views.room_page import RoomPage
        from injection_log_napari.views.surroundings import Surroundings

        self._close_room()
        note_seen(self.session, record)
        desk = SessionDesk(self.session, record)
        around = Surroundings(
            self.zone, self.workers, self._retrieval(desk), self.lock, self.leave_room, self.beside.show_history
        )
        self.room = RoomPage(desk, around)
        self._canvas.is_wanted_now = True
        self._canvas_made()
        self._show(self.room)
        self.room.arrive()

    def _other_ways(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (("Queries and checks", self.show_queries), ("My account", self.show_account))

    def show_account(self) -> None:
        """Show the page of whoever is at work."""
        self._show_account(self.beside.leave)

    def _show_account(self, leave: Callable[[], None], word: str = "Back") -> None:
        from injection_log_napari.views.account_page import AccountPage

        assert self.session is not None
        page = AccountPage(session_end.account_presenter(self.session), leave, word, self._choices())
        page.offer_support_log(lambda target: save_for_support(self.site.home.log_file, target, self._about()))
        self.beside.show(page)

    def _about(self) -> dict[str, str]:
        """What support asks first: the picture view and the screen; nothing of a record."""
        canvas, screen = self.zone.canvas, self.screen()
        size = f"{screen.size().width()} x {screen.size().height()}, {screen.devicePixelRatio():g} pixels a unit"
        shown = f"{canvas.name if canvas is not None else 'not loaded yet'} {self._canvas.note}".strip()
        return {"picture view": shown, "screen": size, "Qt platform": QGuiApplication.platformName()}

    def show_queries(self) -> None:
        """Show what is asked and found in all records."""
        assert self.session is not None
        self.beside.show_queries(self.session, self._open_line)

    def _open_line(self, line: TalkLine) -> None:
        """Open the record of a line of that list, at its value."""
        assert self.session is not None
        try:
            record = visits.find_visit(self.session, line.participant, line.visit)
        except REFUSALS as refused:
            self.say(str(refused))
            return
        self.beside.drop()
        self.open_record(record)
        if self.room is not None:
            self.room.show_value(line.side, line.field)

    def _retrieval(self, desk: SessionDesk) -> Retrieval | None:
        if self._wishes.pacs is None or not _takes_pictures(desk.session):
            return None
        from injection_log_napari.connection import Connection
        from injection_log_napari.retrieval import Retrieval

        return Retrieval(
            Connection(self._wishes.pacs),
            desk.record.day,
            self.site.home.images,
            lambda: frozenset(image.sop_instance_uid for image in desk.record.images),
        )

    def leave_room(self) -> None:
        """Back to the work list, on the line of the visit that was left; everything is saved already."""
        record = self.room.desk.record if self.room is not None else None
        self._close_room()
        if self.work_list is not None:
            self.work_list.refresh((record.participant, record.visit) if record is not None else ("", ""))
            self._show(self.work_list)

    def _close_room(self) -> None:
        self.beside.drop()
        if self.room is None:
            return
        room, self.room = self.room, None
        room.commit()
        room.close_down()
        self._canvas.is_wanted_now = False
        self._canvas.take_back()
        self._drop(room)

    # ---- lock and end --------------------------------------------------------------------------------------
    @override
    def _record_cover(self, why: str) -> None:
        if self.session is not None:
            session_end.record_cover(self.session, why)

    @override
    def _end_work(self) -> None:
        self._close_room()
        if self.session is not None:
            session_end.record_leaving(self.session)
            self.session = None


def _takes_pictures(session: Session) -> bool:
    return allowed(session.account.role, "link_study", "draft")
