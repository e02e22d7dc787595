"""A window that somebody logs in to: notices above the pages, the lock over them, the canvas behind them, faults told.

What both windows have, a site's (`main_window`) and a reading package's (`reading/window`). It owns the canvas for as
long as it lives and knows neither a record nor a case: what is left open and what the log is told are a window's own.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log.clock import SystemClock
from injection_log_napari.presenters.idle import Idle
from injection_log_napari.said import Said
from injection_log_napari.views.canvas_home import CanvasHome
from injection_log_napari.views.language_choice import LanguageChoice
from injection_log_napari.views.log_in_page import LogInPage
from injection_log_napari.views.look_choice import LookChoice
from injection_log_napari.views.notice_bar import NoticeBar
from injection_log_napari.views.workers import Workers

if TYPE_CHECKING:
    from injection_log.home import Home
    from injection_log_napari.canvas.choice import Wish
    from injection_log_napari.presenters.log_in import LogInPresenter
    from injection_log_napari.views.picture_zone import PictureZone

TICK_MS = 1000
CLOCK_EVERY_TICKS = 30
FAULT_SHOWN_MS = 60_000
ACTIVITY = (
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
)


class GuardedWindow(Said, QMainWindow):
    """All pages, one at a time. `fault` takes the sentence about an error that nobody caught, from any thread."""

    fault = Signal(str)
    needs: ClassVar[tuple[str, ...]]
    """Modules of what opens next, loaded behind the first page (`preloading`)."""

    def __init__(self, home: Home, entry: LogInPresenter[Any], canvas: Wish) -> None:
        super().__init__()
        self._home = home
        self.workers = Workers()
        self._behind_lock: QWidget | None = None
        self.setWindowTitle("Injection log")
        self.setMinimumSize(1120, 680)
        self.notices, self.stack = NoticeBar(), QStackedWidget()
        self.log_in = LogInPage(entry, self._entered, self._choices())
        self.stack.addWidget(self.log_in)
        self.setCentralWidget(self._under_notices())
        self._canvas = CanvasHome(self, self.workers, (self.needs, canvas), self._canvas_made)
        lock = QShortcut(QKeySequence("Ctrl+L"), self)
        lock.activated.connect(self.lock)
        # Sleep counts as time in which nobody did anything, so a computer that wakes up is locked.
        clock = SystemClock()
        self.idle, self._ticks = Idle(lambda: clock.steady().seconds), 0
        self._pulse = QTimer(self)
        self._pulse.setInterval(TICK_MS)
        self._pulse.timeout.connect(self.tick)
        # Queued: a paint that failed is over before the bar is laid out, and a thread's error is told on ours.
        self.fault.connect(self._show_fault, Qt.ConnectionType.QueuedConnection)

    # ---- what each window does in its own way --------------------------------------------------------------
    @property
    def user_at_work(self) -> str:
        """User id of the person at work, "" while nobody is."""
        raise NotImplementedError

    def _open_first(self, session: Any) -> None:
        """Somebody logged in: be at work for them and show their first page."""
        raise NotImplementedError

    def _come_back(self, session: Any) -> None:
        """The same person came back through the lock: be at work with their new log-in."""
        raise NotImplementedError

    def _end_work(self) -> None:
        """Close what is open and write that whoever was at work left; nobody is from now on."""
        raise NotImplementedError

    def _record_cover(self, why: str) -> None:
        """Write that the screen was covered."""
        raise NotImplementedError

    def _clock_notice(self) -> str:
        """Look at the clock; what is said of it."""
        raise NotImplementedError

    def _canvas_made(self) -> None:
        """The canvas is there."""

    # ---- pages ---------------------------------------------------------------------------------------------
    def _choices(self) -> QWidget:
        """Language and colours of this workstation."""
        home, both = self._home, QWidget()
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

    def _show(self, page: QWidget) -> None:
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)

    def _drop(self, page: QWidget) -> None:
        self.stack.removeWidget(page)
        page.deleteLater()

    def _show_fault(self, sentence: str) -> None:
        # Over every page, and by nothing that could have failed itself.
        self.notices.tell("fault", sentence)
        QTimer.singleShot(FAULT_SHOWN_MS, self, lambda: self.notices.tell("fault", ""))

    # ---- the canvas ----------------------------------------------------------------------------------------
    @property
    def zone(self) -> PictureZone:
        """The picture zone."""
        return self._canvas.zone

    def when_loaded(self, tell: Callable[[], None]) -> None:
        """Tell once the canvas is there."""
        self._canvas.when_loaded(tell)

    # ---- who is at work ------------------------------------------------------------------------------------
    def tick(self) -> None:
        """What is due each second: the warning before the lock, the lock, now and then a look at the clock."""
        at_work = bool(self.user_at_work) and self.stack.currentWidget() is not self.log_in
        self.notices.tell("idle", self.idle.warning if at_work else "")
        if at_work and self.idle.does == "lock":
            self.lock("idle")
        if self._ticks % CLOCK_EVERY_TICKS == 0:
            self.notices.tell("clock", self._clock_notice())
        self._ticks += 1

    def _watch(self) -> None:
        """See every event of the application; once all that is asked then is there."""
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._canvas.see(watched, event)
        if event.type() in ACTIVITY and self.user_at_work:
            self.idle.touch()
        return super().eventFilter(watched, event)

    def _entered(self, session: Any) -> None:
        same = self.user_at_work == session.account.user
        behind, self._behind_lock = self._behind_lock, None
        if self.user_at_work and not same:
            self._end_work()
        self._come_back(session)
        self._ticks = 0
        self.idle.touch()
        self._pulse.start()
        self.tick()
        if behind is not None and same:
            self._show(behind)
        else:
            self._open_first(session)

    def lock(self, why: str = "by hand") -> None:
        """Cover the work; every character under it is kept."""
        if not self.user_at_work or self.stack.currentWidget() is self.log_in:
            return
        # A signature that was not given is not given; a choice of folder may lie on a dialog with pictures.
        while (dialog := QApplication.activeModalWidget()) is not None and dialog.close():
            pass
        self._record_cover(why)
        self.notices.tell("idle", "")
        self._behind_lock = self.stack.currentWidget()
        self.log_in.lock(self.user_at_work)
        self._show(self.log_in)
        self.log_in.refresh()

    def log_out(self) -> None:
        """Back to the log-in page; nobody is at work."""
        self._end_work()
        self._behind_lock = None
        self._pulse.stop()
        self.log_in.lock("")
        self._show(self.log_in)
        self.log_in.refresh()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._pulse.stop()
        self._end_work()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self._canvas.close_down()
        self.workers.close()
        super().closeEvent(event)
