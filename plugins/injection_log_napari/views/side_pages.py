"""Pages beside a visit: queries and checks, history. One at a time, and back to where one came from.

It knows how each is made and nothing of what is in it.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStackedWidget, QWidget

    from annotate.marks import Side
    from injection_log.site import Session
    from injection_log_napari.presenters.queries_list import TalkLine
    from injection_log_napari.session_desk import SessionDesk
    from injection_log_napari.views.workers import Workers


class SidePages:
    """The page that lies over the work list or a visit now, if any."""

    def __init__(self, stack: QStackedWidget, workers: Workers) -> None:
        self._stack, self._workers = stack, workers
        self.shown: QWidget | None = None
        self._before: QWidget | None = None

    def show_queries(self, session: Session, opened: Callable[[TalkLine], None]) -> None:
        """Show what is asked and found in all records."""
        from injection_log_napari.session_queries import SessionQueries
        from injection_log_napari.views.queries_page import QueriesPage

        page = QueriesPage(SessionQueries(session), opened, self.leave, self._workers.run)
        self.show(page)
        page.table.setFocus()

    def show_history(self, desk: SessionDesk, side: Side | None, field: str) -> None:
        """Show the history of a visit, of one gland of it, or of one value."""
        from injection_log_napari.history_source import SessionHistory
        from injection_log_napari.views.history_page import HistoryPage

        source = SessionHistory(desk.session, desk.record.participant, desk.record.visit)
        self.show(HistoryPage(source, self.leave, side=side, field=field))

    def show(self, page: QWidget) -> None:
        """Lay a page over what is shown; another one beside a visit makes room for it."""
        before = self._stack.currentWidget() if self.shown is None else self._before
        self.drop()
        self.shown, self._before = page, before
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)

    def leave(self) -> None:
        """Back to where one came from."""
        before = self._before
        self.drop()
        if before is not None and self._stack.indexOf(before) >= 0:
            self._stack.setCurrentWidget(before)
            before.setFocus()

    def drop(self) -> None:
        """Put the page away without going anywhere."""
        if self.shown is not None:
            self._stack.removeWidget(self.shown)
            self.shown.deleteLater()
        self.shown = self._before = None
