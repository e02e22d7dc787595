"""The one window: log-in, work list, the room of a visit; the lock over all of it. It paints before napari loads.

It owns the canvas for as long as it lives and hands it from visit to visit; it knows no rule of the record. What only
a visit needs is imported where a visit is opened: a worker has loaded it by then, and the first page waits for none
of it (`preloading`).
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log.acts import visits
from injection_log.acts.seeing import note_seen
from injection_log.clock import SystemClock
from injection_log.people.roles import allowed
from injection_log.site import log_in
from injection_log_napari import session_end
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.idle import Idle
from injection_log_napari.presenters.log_in import LogInPresenter, LogInState
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.work_list import Listed, WorkListPresenter
from injection_log_napari.said import Said
from injection_log_napari.session_list import SessionList
from injection_log_napari.support_log import save_for_support
from injection_log_napari.views.canvas_home import CanvasHome
from injection_log_napari.views.language_choice import LanguageChoice
from injection_log_napari.views.log_in_page import LogInPage
from injection_log_napari.views.look_choice import LookChoice
from injection_log_napari.views.notice_bar import NoticeBar
from injection_log_napari.views.side_pages import SidePages
from injection_log_napari.views.work_list_page import ListWays, WorkListPage
from injection_log_napari.views.workers import Workers

if TYPE_CHECKING:
    from injection_log.record.values import VisitRecord
    from injection_log.settings import PacsSource
    from injection_log.site import Session, Site
    from injection_log_napari.canvas.choice import Wish
    from injection_log_napari.presenters.queries_list import TalkLine
    from injection_log_napari.retrieval import Retrieval
    from injection_log_napari.session_desk import SessionDesk
    from injection_log_napari.todays import TodaysWorklist
    from injection_log_napari.views.picture_zone import PictureZone
    from injection_log_napari.views.room_page import RoomPage

TICK_MS = 1000
CLOCK_EVERY_TICKS = 30
FAULT_SHOWN_MS = 60_000
ACTIVITY = (
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
)


@dataclass(frozen=True)
class WindowWishes:
    """What the caller wants: user id to begin with, canvas, PACS."""

    user: str = ""
    canvas: Wish = "auto"
    pacs: PacsSource | None = None


class MainWindow(Said, QMainWindow):
    """All pages, one at a time. `fault` takes the sentence about an error that nobody caught, from any thread."""

    fault = Signal(str)

    def __init__(self, site: Site, session: Session | None, wishes: WindowWishes) -> None:
        super().__init__()
        self.site, self.session, self._wishes = site, session, wishes
        self.workers = Workers()
        self.room: RoomPage | None = None
        self.work_list: WorkListPage | None = None
        self._behind_lock: QWidget | None = None
        self.setWindowTitle("Injection log")
        self.setMinimumSize(1120, 680)
        state = LogInState(user=wishes.user, practice=site.protocol.practice)
        entry = LogInPresenter(
            lambda user, word: log_in(site, user, word), state,
            lambda user, code, new: session_end.choose_with_code(site, user, code, new),
        )  # fmt: skip
        self.notices, self.stack = NoticeBar(), QStackedWidget()
        self.log_in = LogInPage(entry, self._entered, self._choices())
        self.stack.addWidget(self.log_in)
        self.setCentralWidget(self._under_notices())
        self.beside = SidePages(self.stack, self.workers)
        self._canvas = CanvasHome(self, self.workers, wishes.canvas, self._canvas_made)
        lock = QShortcut(QKeySequence("Ctrl+L"), self)
        lock.activated.connect(self.lock)
        # Sleep counts as time in which nobody did anything, so a computer that wakes up is locked.
        clock = SystemClock()
        self.idle, self._ticks = Idle(lambda: clock.steady().seconds), 0
        self._pulse = QTimer(self)
        self._pulse.setInterval(TICK_MS)
        self._pulse.timeout.connect(self.tick)
        self._watch()
        # Queued: a paint that failed is over before the bar is laid out, and a thread's error is told on ours.
        self.fault.connect(self._show_fault, Qt.ConnectionType.QueuedConnection)
        if session is not None:
            self._entered(session)

    def _choices(self) -> QWidget:
        """Language and colours of this workstation."""
        home, both = self.site.home, QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(LanguageChoice(home.language_file, lambda said: self.notices.tell("language", said)))
        row.addWidget(LookChoice(home.look_file, lambda said: self.notices.tell("look", said)))
        return both

    def _under_notices(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.stack, 1)
        return whole

    def tick(self) -> None:
        """What is due each second: the warning before the lock, the lock, now and then a look at the clock."""
        at_work = self.session is not None and self.stack.currentWidget() is not self.log_in
        self.notices.tell("idle", self.idle.warning if at_work else "")
        if at_work and self.idle.does == "lock":
            self.lock("idle")
        if self._ticks % CLOCK_EVERY_TICKS == 0:
            self.notices.tell("clock", session_end.clock_notice(self.site))
        self._ticks += 1

    def _watch(self) -> None:
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._canvas.see(watched, event)
        if event.type() in ACTIVITY and self.session is not None:
            self.idle.touch()
        return super().eventFilter(watched, event)

    # ---- the canvas ----------------------------------------------------------------------------------------
    @property
    def zone(self) -> PictureZone:
        """The picture zone."""
        return self._canvas.zone

    def _canvas_made(self) -> None:
        if self.room is not None and self._canvas.note:
            self.room.room.note(self._canvas.note)

    def when_loaded(self, tell: Callable[[], None]) -> None:
        """Tell once the canvas is there."""
        self._canvas.when_loaded(tell)

    def say(self, sentence: str) -> None:
        """Say something about the program itself, where the eye is."""
        if self.room is not None:
            self.room.room.refuse(sentence)
        elif self.work_list is not None:
            self.work_list.line.show_sentence(Sentence(sentence, "refused"))

    def _show_fault(self, sentence: str) -> None:
        # Over every page, and by nothing that could have failed itself.
        self.notices.tell("fault", sentence)
        QTimer.singleShot(FAULT_SHOWN_MS, self, lambda: self.notices.tell("fault", ""))

    # ---- pages ---------------------------------------------------------------------------------------------
    def _show(self, page: QWidget) -> None:
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)

    def _entered(self, session: Session) -> None:
        same = self.session is not None and self.session.account.user == session.account.user
        behind, self._behind_lock = self._behind_lock, None
        if self.session is not None and not same:
            self._close_room()
            session_end.record_leaving(self.session)
        self.session, self._ticks = session, 0
        self.idle.touch()
        self._pulse.start()
        self.tick()
        if behind is not None and same:
            self._show(behind)
            return
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

    def _drop(self, page: QWidget) -> None:
        self.stack.removeWidget(page)
        page.deleteLater()

    # ---- lock and end --------------------------------------------------------------------------------------
    def lock(self, why: str = "by hand") -> None:
        """Cover the work; every character under it is kept."""
        if self.session is None or self.stack.currentWidget() is self.log_in:
            return
        # A signature that was not given is not given; a choice of folder may lie on a dialog with pictures.
        while (dialog := QApplication.activeModalWidget()) is not None and dialog.close():
            pass
        session_end.record_cover(self.session, why)
        self.notices.tell("idle", "")
        self._behind_lock = self.stack.currentWidget()
        self.log_in.lock(self.session.account.user)
        self._show(self.log_in)
        self.log_in.refresh()

    def log_out(self) -> None:
        """Back to the log-in page; nobody is at work."""
        self._close_room()
        if self.session is not None:
            session_end.record_leaving(self.session)
        self.session, self._behind_lock = None, None
        self._pulse.stop()
        self.log_in.lock("")
        self._show(self.log_in)
        self.log_in.refresh()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._close_room()
        self._pulse.stop()
        if self.session is not None:
            session_end.record_leaving(self.session)
            self.session = None
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self._canvas.close_down()
        self.workers.close()
        super().closeEvent(event)


def _takes_pictures(session: Session) -> bool:
    return allowed(session.account.role, "link_study", "draft")
