"""The pause of a connection's reading thread while we ask something and read the answer ourselves.

pynetdicom (3.0) pauses that thread by an event and a flag that are set one after the other. A thread that has passed
the event and has not yet lowered the flag looks paused, and takes the first message off the queue: an answer to our
question is then thrown away, a search is short by one picture, and nobody is told. This pause is in place of the
event; it returns only when the thread really stands. It knows nothing of questions and answers.
"""
from __future__ import annotations

import threading

_LOOK_SECONDS = 0.05


class ReaderPause:
    """What the library asks of its event `_reactor_checkpoint`: `wait` on the reader, `clear` and `set` elsewhere."""

    def __init__(self, reader: threading.Thread) -> None:
        self._reader = reader
        self._changed = threading.Condition()
        self._open = True
        self._stands = False

    def wait(self) -> None:
        """On the reader: pass, or stand here until `set`."""
        with self._changed:
            self._stands = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._open)
            self._stands = False

    def clear(self) -> None:
        """Let the reader pass no more; returns when it stands, has ended, or somebody has let it go on meanwhile."""
        with self._changed:
            self._open = False
            if threading.current_thread() is self._reader:
                return
            while not (self._stands or self._open) and self._reader.is_alive():
                self._changed.wait(_LOOK_SECONDS)

    def set(self) -> None:
        """Let the reader go on."""
        with self._changed:
            self._open = True
            self._changed.notify_all()
