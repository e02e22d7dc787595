"""How long a window answers nothing: a timer that should come every few milliseconds, and how late it came.

It sees whatever keeps the event loop from turning: work on the window's thread, and threads that hold the
interpreter. It does not say which of them it was.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer

EVERY_MS = 5


class Gaps:
    """Running from the moment it is made; made and read on the window's thread."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self.all_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        gap_ms = (now - self._last) * 1000
        self._last = now
        self.longest_ms = max(self.longest_ms, gap_ms)
        if gap_ms > 50:
            self.all_ms.append(gap_ms)
