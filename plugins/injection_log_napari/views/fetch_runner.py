"""Follows one retrieval: polls it, hands what has arrived to the presenter, stops it at once when told to.

The retrieval runs in a process of its own; nothing here waits for it.
"""
from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from injection_log_napari.presenters.images import ImagesPresenter

if TYPE_CHECKING:
    from injection_log_napari.retrieval import Fetch, Retrieval

POLL_MS = 60
JOIN_SECONDS = 0.25
"""Pictures join the visit in groups of what came meanwhile: joining is a write that is on the disk when it returns."""


class FetchRunner(QObject):
    """At most one retrieval at a time."""

    def __init__(self, presenter: ImagesPresenter, retrieval: Retrieval | None, parent: QObject) -> None:
        super().__init__(parent)
        self._presenter, self._retrieval = presenter, retrieval
        self._fetch: Fetch | None = None
        self._told = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def is_running(self) -> bool:
        """Whether pictures are on their way."""
        return self._fetch is not None

    def start(self, study_uid: str) -> None:
        """Begin to retrieve a study; nothing without a UID or a PACS."""
        if not study_uid or self._retrieval is None or self._fetch is not None:
            return
        try:
            self._fetch = self._retrieval.start(study_uid)
        # PacsError and its leaves have their sentence; anything else gets the general one.
        except Exception as error:  # noqa: BLE001
            self._presenter.failed(error)
            return
        self._told = 0.0
        self._timer.start()

    def cancel(self) -> None:
        """Stop it now; what has arrived stays."""
        fetch = self._end()
        if fetch is not None:
            fetch.cancel()
            if self._presenter.progress(fetch.news()):
                self._presenter.cancelled()

    def _poll(self) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        fetch.listen()
        if not fetch.finished and time.monotonic() - self._told < JOIN_SECONDS:
            return
        self._told = time.monotonic()
        if not self._presenter.progress(fetch.news()):
            self._end()
            fetch.cancel()
            self._presenter.progress(fetch.news())
        elif fetch.finished:
            self._finish(fetch)

    def _finish(self, fetch: Fetch) -> None:
        self._end()
        try:
            result = fetch.result()
        except Exception as error:  # noqa: BLE001
            self._presenter.failed(error)
            return
        self._presenter.pulled(result)

    def _end(self) -> Fetch | None:
        self._timer.stop()
        fetch, self._fetch = self._fetch, None
        return fetch
