"""The PACS's own test of the connection: our port, open for a while, answering C-ECHO and nothing else.

So that a PACS administrator can see that the PACS reaches us, and we can see under which titles it calls. Anybody
who reaches the port may ask (over TLS only with a certificate that we trust); no image is taken here.
"""
from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from pynetdicom import AE, evt
from pynetdicom.sop_class import Verification

from dicom_io.errors import PacsFailed
from dicom_io.pacs import wire
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.association import MAX_PDU, our_host
from dicom_io.pacs.tls import ListeningContext, listening_tls_context
from dicom_io.pacs.tls_words import why_caller_refused

_MOST_AT_ONCE = 10
_SUCCESS = 0x0000


@dataclass(frozen=True)
class Caller:
    """Somebody who called: under which title, by which title it called us, from where, and what came of it.

    The titles are "" where the call did not come so far as to say them; `why` is then a sentence.
    """

    calling_aet: str
    called_aet: str
    host: str
    echoed: bool
    why: str = ""


@dataclass
class EchoListener:
    """Our open port: `address` as a PACS can reach it, and who called so far, in a queue."""

    host: str
    port: int
    callers: queue.Queue[Caller]
    _tls: ListeningContext | None
    _echoed: set[Any]

    def callers_for(self, seconds: float) -> Iterator[Caller]:
        """Each caller as it comes, until the time is over."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            with suppress(queue.Empty):
                yield self.callers.get(timeout=left)

    def answer(self, event: Any) -> int:
        """pynetdicom's handler of one C-ECHO."""
        self._echoed.add(event.assoc)
        self.callers.put(_caller(event, True, ""))
        return _SUCCESS

    def closed(self, event: Any) -> None:
        """One connection is over; somebody who did not get as far as the test is told of here."""
        if event.assoc in self._echoed:
            self._echoed.discard(event.assoc)
            return
        if event.assoc.requestor.primitive is not None:
            why = "It connected, but asked for something else than the test (C-ECHO)."
        else:
            trouble = self._tls.troubles.pop() if self._tls is not None and self._tls.troubles else None
            why = why_caller_refused(trouble)
        self.callers.put(_caller(event, False, why))


@contextmanager
def listening(address: PacsAddress) -> Iterator[EchoListener]:
    """Open our port for the PACS's test, and close it at the end.

    Raises PacsFailed when the port is in use or the address is not one of this computer, PacsNotSafe when our TLS
    files cannot be used.
    """
    wire.install()  # no PDU longer than agreed is read, whatever it announces
    tls = listening_tls_context(address)
    listener = EchoListener(our_host(address), address.listen_port, queue.Queue(), tls, set())
    entity = AE(ae_title=address.calling_aet)
    entity.maximum_pdu_size = MAX_PDU
    entity.maximum_associations = _MOST_AT_ONCE
    entity.acse_timeout = entity.dimse_timeout = address.time_outs.acse
    entity.network_timeout = address.time_outs.network
    entity.add_supported_context(Verification)

    def limit(event: Any) -> None:
        event.assoc.dul.daemon = True
        event.assoc.dul.socket.socket.settimeout(address.time_outs.network)

    handlers = [
        (evt.EVT_CONN_OPEN, limit), (evt.EVT_C_ECHO, listener.answer), (evt.EVT_CONN_CLOSE, listener.closed),
    ]
    place = (listener.host, listener.port)
    try:
        server = entity.start_server(place, block=False, evt_handlers=handlers, ssl_context=tls)
    except OSError as error:
        raise PacsFailed(
            "port_busy",
            f"Port {address.listen_port} of {listener.host} cannot be opened here; close the other program that uses "
            "it, or set another listen_port or listen_host.",
        ) from error
    try:
        yield listener
    finally:
        server.shutdown()


def _caller(event: Any, echoed: bool, why: str) -> Caller:
    request = event.assoc.requestor.primitive
    calling, called = ("", "") if request is None else (request.calling_ae_title, request.called_ae_title)
    return Caller(_title(calling), _title(called), str(event.assoc.requestor.address), echoed, why)


def _title(text: Any) -> str:
    """A title as it may be printed: a peer chose it."""
    return "".join(one for one in str(text or "").strip() if one.isascii() and one.isprintable())[:16]
