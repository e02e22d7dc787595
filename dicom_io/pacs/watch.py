"""The watch over one association: what last moved on the wire, and the cut when nothing does for too long.

It knows pynetdicom's events and no words; what a cut means to a person is told in `refusals`.
"""
from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pynetdicom import evt
from pynetdicom.association import Association

from dicom_io.pacs.time_outs import USUAL, TimeOuts

_P_DATA = b"\x04"  # PDU type, PS3.8 9.3.5: an answer, and not a farewell
_ASSOCIATE_RJ = b"\x03"  # PS3.8 9.3.4; the reason is its tenth byte
_RJ_REASON = 9
_TICK_SECONDS = 0.2
_NEARLY = 0.94  # of a time-out: the library's own timers and ours do not end at the same moment


@dataclass
class Watch:
    """Remembers when something last moved on the wire, and cuts the connection when nothing does for too long.

    Counting bytes, not whole messages: a long cine over a slow line is not a stall. `most_bytes` bounds what a
    peer may send in answer to one request; None does not.
    """

    time_outs: TimeOuts = USUAL
    stalled: bool = False
    flooded: bool = False
    opened: bool = False
    answered: bool = False
    rejected_for: int | None = None
    most_bytes: int | None = None
    _bytes: int = 0
    _last: float = field(default_factory=time.monotonic)
    _ended: threading.Event = field(default_factory=threading.Event)
    _resting: bool = False
    _handshake: threading.Timer | None = None

    def moved(self, _event: Any = None) -> None:
        """Something was sent or received, or we ourselves were busy."""
        self._last = time.monotonic()

    def handlers(self) -> list[tuple[Any, Any]]:
        """The pynetdicom events that this watch listens to."""
        return [
            (evt.EVT_CONN_OPEN, self._connected),
            (evt.EVT_DATA_RECV, self._received),
            (evt.EVT_DATA_SENT, self._sent),
        ]

    def shaken_hands(self) -> None:
        """The association was answered, whatever came of it."""
        if self._handshake is not None:
            self._handshake.cancel()

    def begin(self, association: Association) -> None:
        """Watch from now on, on a thread of its own."""
        self.moved()
        threading.Thread(target=self._run, args=(association,), name="pacs-watch", daemon=True).start()

    def end(self) -> None:
        """Stop watching."""
        self._ended.set()

    def rest(self) -> None:
        """Nothing was asked, so silence means nothing."""
        self._resting = True

    def wake(self, most_bytes: int | None = None) -> None:
        """Something is about to be asked; what was sent until now does not count."""
        self._bytes, self.most_bytes = 0, most_bytes
        self.moved()
        self._resting = False

    def is_silent(self) -> bool:
        """Whether the peer stopped answering: found here, or by the socket's own time-out in a half message."""
        return self.stalled or self._quiet_for(self._shortest * _NEARLY)

    def was_closed_without_a_word(self, association: Association) -> bool:
        """Whether the peer took the connection and closed it without an answer to our request."""
        silent = self._quiet_for(self.time_outs.acse * _NEARLY)
        spoke = self.rejected_for is not None or association.is_rejected or bool(association.rejected_contexts)
        return self.opened and not association.is_established and not spoke and not silent

    @property
    def _shortest(self) -> float:
        return min(self.time_outs.dimse, self.time_outs.network)

    def _quiet_for(self, seconds: float) -> bool:
        return time.monotonic() - self._last > seconds

    def _received(self, event: Any) -> None:
        self.moved()
        self._bytes += len(event.data)
        if event.data[:1] == _P_DATA:
            self.answered = True
        if event.data[:1] == _ASSOCIATE_RJ and len(event.data) > _RJ_REASON:
            # Some peers close so fast behind a rejection that the library sees the close and not the rejection.
            self.rejected_for = event.data[_RJ_REASON]
        if self.most_bytes is not None and self._bytes > self.most_bytes:
            self.flooded = True
            cut(event.assoc)

    def _sent(self, event: Any) -> None:
        if event.data[:1] == _P_DATA:  # our own farewell after a time-out is no sign of life
            self.moved()

    def _connected(self, event: Any) -> None:
        self.opened = True
        self.moved()
        # A peer that sends a byte now and then is never silent to a socket; the handshake has its time.
        self._handshake = threading.Timer(self.time_outs.acse, cut, (event.assoc,))
        self._handshake.daemon = True
        self._handshake.start()
        with suppress(AttributeError, OSError):
            connection = event.assoc.dul.socket.socket
            connection.settimeout(self.time_outs.network)
            # A request is two PDUs; the second would wait for the first one's acknowledgement, which peers delay 40 ms.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _run(self, association: Association) -> None:
        while not self._ended.wait(_TICK_SECONDS):
            # The library's network thread dies when what it receives cannot be written (a full disk).
            dead = not association.dul.is_alive()
            if dead or (not self._resting and self._quiet_for(self.time_outs.dimse)):
                self.stalled = not dead
                cut(association)
                return


def cut(association: Association) -> None:
    """End the connection now, and wake whoever waits for a message of its peer."""
    with suppress(AttributeError, OSError):
        association.dul.socket.socket.shutdown(socket.SHUT_RDWR)
    # Whoever waits for a message of this peer gets the library's own word for "the connection is gone".
    association.dimse.msg_queue.put((None, None))
