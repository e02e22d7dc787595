"""Two worker threads that decode the frames a viewer will want next, for all open sources together.

Each source says what it wants, nearest first, and each time it says so its earlier wishes are dropped:
that is how a seek cancels. The source that spoke last is served first. The threads begin with the first
wish and end with the last open source; closing waits for nobody, a frame in hand is finished and thrown
away. Nothing is known here of files or frames, and no result is kept: that is the cache's part.
"""
from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence

WORKERS = 2
MOST_WISHES = 16
"""For one source; what a viewer wants later it says later."""
_IDLE_SECONDS = 10.0
"""A source that was dropped without being closed leaves no thread behind for longer than this."""

Job = Callable[[], object]


class ReadAhead:
    """Runs the jobs that sources want done ahead. Thread-safe; no call waits for a job."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self._wanted: dict[int, deque[Job]] = {}
        self._open: set[int] = set()
        self._threads: set[threading.Thread] = set()
        self._changed = threading.Condition()

    @property
    def threads(self) -> int:
        """How many worker threads live at this moment."""
        with self._changed:
            return len(self._threads)

    def want(self, source: int, jobs: Sequence[Job]) -> None:
        """Do these next, in this order, and nothing else that `source` wanted before.

        A job that raises is dropped: its error is met again by whoever asks for the frame itself.
        """
        with self._changed:
            self._wanted.pop(source, None)
            if not jobs:
                return
            self._open.add(source)
            self._wanted[source] = deque(jobs[:MOST_WISHES])
            while len(self._threads) < self._workers:
                thread = threading.Thread(target=self._work, name="read-ahead", daemon=True)
                self._threads.add(thread)
                thread.start()
            self._changed.notify(len(jobs))

    def leave(self, source: int) -> None:
        """Forget a source that closes; with the last one the threads end."""
        with self._changed:
            self._wanted.pop(source, None)
            self._open.discard(source)
            self._changed.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            with contextlib.suppress(Exception):  # kept by the cache, or met again by whoever asks for the frame
                job()
            del job  # it holds its source, and with it the mapped file

    def _next(self) -> Job | None:
        """The next job; None where this thread shall end."""
        with self._changed:
            while not self._wanted:
                if not self._open or not self._changed.wait(_IDLE_SECONDS):
                    self._threads.discard(threading.current_thread())
                    return None
            source = next(reversed(self._wanted))
            jobs = self._wanted[source]
            job = jobs.popleft()
            if not jobs:
                del self._wanted[source]
            return job


SHARED = ReadAhead()
