"""The window on a reading package: the own list of cases, one case at a time, the lock over all of it.

It opens nothing else: no site, no other package, no case out of its turn. Log-in, lock and notices are
`guarded_window`; whatever is read or decided is an act of `injection_log.reading`.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from typing_extensions import override

from injection_log.people.renewing import NewPassword
from injection_log.reading.package_home import begin_with_code, cover_screen, log_in_reader, log_out_reader
from injection_log.reading.reading_acts import list_cases, next_case
from injection_log_napari.preloading import CASE
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.log_in import LogInPresenter, LogInState
from injection_log_napari.presenters.reading.case_list import case_list
from injection_log_napari.presenters.reading.reading_keys import DECISION_KEYS, READING_KEYS
from injection_log_napari.reader_desk import ReaderDesk
from injection_log_napari.views.guarded_window import GuardedWindow
from injection_log_napari.views.keys_page import KeysPage
from injection_log_napari.views.reading.list_page import CaseListPage

if TYPE_CHECKING:
    from injection_log.reading.package_home import PackageHome, ReaderSession
    from injection_log_napari.canvas.choice import Wish
    from injection_log_napari.views.reading.case_page import CasePage
    from injection_log_napari.views.reading.decision_page import DecisionPage


class ReadingWindow(GuardedWindow):
    """All pages of a package, one at a time."""

    needs = CASE

    def __init__(
        self, package: PackageHome, *, session: ReaderSession | None = None, user: str = "", canvas: Wish = "auto"
    ) -> None:
        entry = LogInPresenter(
            lambda name, word: log_in_reader(package, name, word), LogInState(user=user, makes_key=False),
            lambda name, code, new: begin_with_code(package, NewPassword(name, code, new)),
        )  # fmt: skip
        super().__init__(package.home, entry, canvas)
        self.package = package
        self.session: ReaderSession | None = session
        self.case: CasePage | DecisionPage | None = None
        self.list = CaseListPage(self.open_next, self.log_out, self._show_keys)
        groups = READING_KEYS if package.package.task == "read" else DECISION_KEYS
        self.keys = KeysPage(self.list, groups, has_card=False)
        self._watch()
        if session is not None:
            self._entered(session)

    def _show_keys(self) -> None:
        self.keys.open()

    # ---- pages ---------------------------------------------------------------------------------------------
    @override
    def _come_back(self, session: ReaderSession) -> None:
        self.session = session
        if self.case is not None:
            self.case.desk.session = session

    @override
    def _open_first(self, session: ReaderSession) -> None:
        self._close_case()
        self.show_list()

    def show_list(self) -> None:
        """Show the own cases and how far they are."""
        assert self.session is not None
        try:
            lines = list_cases(self.session)
        except REFUSALS as refused:
            self.list.refuse(str(refused))
            return
        self._show(self.list)
        self.list.show_list(case_list(lines, self.package.package.task))

    def open_next(self) -> None:
        """Open the case whose turn it is; each look is an event."""
        if self.session is None or self.case is not None:
            return
        try:
            case = next_case(self.session)
        except REFUSALS as refused:
            self.list.refuse(str(refused))
            return
        if case is None:
            self.show_list()
            return
        self.case = self._page(ReaderDesk(self.session, case))
        self._canvas.is_wanted_now = True
        self._canvas_made()
        self._show(self.case)
        self.case.arrive()

    def _page(self, desk: ReaderDesk) -> CasePage | DecisionPage:
        from injection_log_napari.views.reading.case_page import CaseAround, CasePage
        from injection_log_napari.views.reading.decision_page import DecisionPage

        around = CaseAround(self.zone, self.workers, self.lock, self.leave_case)
        return DecisionPage(desk, around) if desk.package.task == "adjudicate" else CasePage(desk, around)

    def leave_case(self) -> None:
        """Back to the list; everything is saved already."""
        self._close_case()
        if self.session is not None:
            self.show_list()

    def _close_case(self) -> None:
        if self.case is None:
            return
        case, self.case = self.case, None
        case.close_down()
        self._canvas.is_wanted_now = False
        self._canvas.take_back()
        self._drop(case)

    # ---- lock and end --------------------------------------------------------------------------------------
    @property
    @override
    def user_at_work(self) -> str:
        return self.session.account.user if self.session is not None else ""

    @override
    def _canvas_made(self) -> None:
        from injection_log_napari.presenters.reading.case_room import CaseRoom

        if self.case is not None and self._canvas.note and isinstance(self.case.room, CaseRoom):
            self.case.room.note(self._canvas.note)

    @override
    def _record_cover(self, why: str) -> None:
        if self.session is not None:
            _told(lambda session: cover_screen(session, why), self.session)

    @override
    def _end_work(self) -> None:
        self._close_case()
        if self.session is not None:
            _told(log_out_reader, self.session)
            self.session = None

    @override
    def _clock_notice(self) -> str:
        try:
            self.package.watch_time()
        except REFUSALS:
            return ""
        return self.package.clock_notice


def _told(tell: Callable[[ReaderSession], None], session: ReaderSession) -> None:
    """Tell the log that somebody left; one that cannot be written keeps nobody at the screen."""
    try:
        tell(session)
    except REFUSALS:
        return
