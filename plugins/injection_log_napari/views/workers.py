"""Work off the window's thread: a function in a pool, its result or its error back on the window's thread."""
from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from injection_log_napari.presenters.desk import REFUSALS

Work = Callable[[], Any]
Came = Callable[[Any], None]
Failed = Callable[[BaseException], None]
_log = logging.getLogger(__name__)


class _Answer(QObject):
    """Lives in the window's thread; its signals are emitted by the worker and its slots run here."""

    came = Signal(object)
    failed = Signal(object)

    def __init__(self, came: Came, failed: Failed, done: Callable[[_Answer], None]) -> None:
        super().__init__()
        self._came, self._failed, self._done = came, failed, done
        self.came.connect(self._on_came, Qt.ConnectionType.QueuedConnection)
        self.failed.connect(self._on_failed, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _on_came(self, value: object) -> None:
        self._done(self)
        self._came(value)

    @Slot(object)
    def _on_failed(self, error: BaseException) -> None:
        self._done(self)
        if not isinstance(error, REFUSALS):
            _log.error("work in the background failed", exc_info=error)
        self._failed(error)


class _Task(QRunnable):
    def __init__(self, work: Work, answer: _Answer) -> None:
        super().__init__()
        self._work, self._answer = work, answer

    def run(self) -> None:
        """Called by the pool, in its thread."""
        try:
            result = self._work()
        # Whatever went wrong belongs to the one who asked, on the window's thread, where it becomes a sentence.
        except Exception as error:  # noqa: BLE001
            self._tell(self._answer.failed, error)
        else:
            self._tell(self._answer.came, result)

    @staticmethod
    def _tell(signal: Any, value: object) -> None:
        try:
            signal.emit(value)
        except RuntimeError:  # the window was closed meanwhile
            return


class Workers:
    """A pool of its own, so that closing the window can wait for it."""

    def __init__(self, threads: int = 2) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._answers: set[_Answer] = set()

    def run(self, work: Work, came: Came, failed: Failed) -> None:
        """Do `work` elsewhere; exactly one of the other two is called here afterwards."""
        answer = _Answer(came, failed, self._answers.discard)
        self._answers.add(answer)
        self._pool.start(_Task(work, answer))

    @property
    def is_idle(self) -> bool:
        """Nothing runs and no answer is on its way."""
        return not self._answers

    def close(self, milliseconds: int = 5000) -> None:
        """Forget what has not begun, wait for what has; no answer comes afterwards."""
        self._pool.clear()
        self._pool.waitForDone(milliseconds)
        self._answers.clear()
