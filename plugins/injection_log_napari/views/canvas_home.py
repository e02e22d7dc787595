"""Where the canvas lives as long as the window: loaded behind the first page, made once, lent from visit to visit.

Nothing heavy is imported before the first page is on the screen (`preloading` says what is, and in which order). It
knows no visit and no record.
"""
from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from injection_log_napari.preloading import preload

if TYPE_CHECKING:
    from injection_log_napari.canvas.choice import ChosenCanvas, Wish
    from injection_log_napari.views.picture_zone import PictureZone
    from injection_log_napari.views.workers import Workers

LOAD_AFTER_MS = 20
"""After the first page was painted: what it does when it is shown comes first."""
QUIET_SECONDS = 0.7


class CanvasHome:
    """One canvas in its zone, and why it is not the wished one. `made` is told once it is there.

    `wanted` are the modules that the window's first picture needs, and the wished canvas.
    """

    def __init__(
        self, window: QWidget, workers: Workers, wanted: tuple[tuple[str, ...], Wish], made: Callable[[], None]
    ) -> None:
        self._workers, self._made = workers, made
        self._needed, self._wish = wanted
        # The canvas keeps one home in this window, so that its graphics context is never made anew.
        self._shelf = QWidget(window)
        self._shelf.hide()
        self._window = window
        self._key_at = 0.0
        self._is_loading = self.is_loaded = self.is_wanted_now = False
        self._waiting: list[Callable[[], None]] = []
        self.note = ""
        """Why it is not the wished canvas, in one sentence; "" where it is."""

    @cached_property
    def zone(self) -> PictureZone:
        """The picture zone, made when it is first asked for."""
        from injection_log_napari.views.picture_zone import PictureZone

        made = PictureZone()
        made.setParent(self._shelf)
        return made

    def take_back(self) -> None:
        """No page holds the zone any more."""
        self.zone.setParent(self._shelf)

    def see(self, watched: QObject, event: QEvent) -> None:
        """Every event of the application: the first paint of the window, and whether somebody is typing."""
        if event.type() == QEvent.Type.KeyPress:
            self._key_at = time.monotonic()
        elif event.type() == QEvent.Type.Paint and not self._is_loading and self._is_ours(watched):
            self._is_loading = True
            QTimer.singleShot(LOAD_AFTER_MS, self._window, self._load)

    def _is_ours(self, watched: QObject) -> bool:
        return isinstance(watched, QWidget) and watched.window() is self._window

    def when_loaded(self, tell: Callable[[], None]) -> None:
        """Tell once the canvas is there."""
        if self.is_loaded:
            tell()
        else:
            self._waiting.append(tell)

    def close_down(self) -> None:
        """The window ends."""
        if "zone" in self.__dict__:
            self.zone.close_down()

    def _load(self) -> None:
        """Import what is heavy in the pool, then make the canvas here."""
        load = partial(preload, self._needed, self._wish)
        self._workers.run(load, self._make_when_quiet, lambda _error: self._make(None))

    def _make_when_quiet(self, model: Any) -> None:
        """Make the canvas where nobody is typing: it cannot be made in pieces, and letters would wait for it."""
        if not self.is_wanted_now and time.monotonic() - self._key_at < QUIET_SECONDS:
            QTimer.singleShot(int(QUIET_SECONDS * 1000), self._window, lambda: self._make_when_quiet(model))
        else:
            self._make(model)

    def _make(self, model: Any) -> None:
        from injection_log_napari.canvas.choice import choose_canvas

        chosen: ChosenCanvas = choose_canvas(self._wish, model)
        self.note = chosen.why
        self.zone.take_canvas(chosen.canvas)
        self.is_loaded = True
        self._made()
        for told in self._waiting:
            told()
        self._waiting.clear()
