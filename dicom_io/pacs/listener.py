"""Our own port, open only while a PACS sends us images (C-MOVE): who may connect, how many, and for how long.

Only the PACS's own addresses get as far as a thread, only its AE title as far as an association. A connection that
does not move gives way when another one comes, so idle and dripping ones cannot keep the PACS out; a PDU longer than
agreed is never read (`wire`). With TLS the hand-shake is done on the connection's own thread.
What happens to an image is the receiver's business.
"""
from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from pynetdicom import AE, evt
from pynetdicom.transport import ThreadedAssociationServer

from dicom_io.errors import PacsFailed
from dicom_io.pacs import wire
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.refusals import our_host
from dicom_io.pacs.tls import listening_tls_context
from dicom_io.transfer_syntaxes import TRANSFER_SYNTAXES

MOST_CONNECTIONS = 8
"""From the PACS at once; senders use one or two."""
_GREETING_SECONDS = 5.0
"""How long a connection may take from its first byte to its association."""
_NEVER_MOVED = -1.0


@dataclass(frozen=True)
class Taking:
    """What the port takes: SOP classes, what is done with each image, and who hears that something moved."""

    classes: Sequence[str]
    store: Callable[[Any], int]
    moved: Callable[[], None]


@contextmanager
def listening(address: PacsAddress, taking: Taking) -> Iterator[None]:
    """Open the port for the duration of the block. Raises PacsFailed ("port_busy"), PacsNotSafe."""
    wire.install()
    entity = AE(ae_title=address.calling_aet)
    entity.maximum_pdu_size = wire.MAX_PDU
    entity.require_called_aet = True
    entity.require_calling_aet = [address.called_aet]
    entity.maximum_associations = 1000  # the door counts; the library would count those that are just leaving too
    entity.acse_timeout = _GREETING_SECONDS
    entity.network_timeout = address.time_outs.network
    syntaxes = [syntax.uid for syntax in TRANSFER_SYNTAXES.values()]
    for uid in taking.classes:
        entity.add_supported_context(uid, syntaxes)
    door = _Door(_addresses_of(address.host), address.time_outs.network)
    server = _server(entity, address, taking, door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        door.close_all()
        thread.join(2)


def _server(entity: AE, address: PacsAddress, taking: Taking, door: _Door) -> _Server:
    def stored(event: Any) -> int:
        taking.moved()
        return taking.store(event)

    def heard(event: Any) -> None:
        if door.heard(event.assoc):  # a stranger's bytes are no sign of life of the PACS
            taking.moved()

    handlers = [
        (evt.EVT_C_STORE, stored),
        (evt.EVT_DATA_RECV, heard),
        (evt.EVT_CONN_OPEN, door.opened),
        (evt.EVT_ESTABLISHED, door.established),
    ]
    context = listening_tls_context(address)
    place = (our_host(address), address.listen_port)
    try:
        server: _Server = entity.make_server(place, evt_handlers=handlers, ssl_context=context, server_class=_Server)
    except OSError as error:
        raise PacsFailed(
            "port_busy",
            f"Port {address.listen_port} of this machine is in use, so {address.called_aet} cannot send images "
            "to it; close the other program or set another listen_port.",
        ) from error
    server.door = door
    entity._servers.append(server)  # where the library's own start_server puts it, and shutdown takes it from
    return server


class _Server(ThreadedAssociationServer):  # type: ignore[misc]  # pynetdicom is not typed
    """The library's server behind our door."""

    request_queue_size = 128
    daemon_threads = True
    door: _Door

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Before a thread is made: a stranger is closed at once, and one that does not move makes room."""
        return self.door.lets_in(request, str(client_address[0]))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The library's base class prints a traceback; a caller's mistake is no news."""


@dataclass
class _Visitor:
    """One connection: when it came, and when a whole PDU last arrived on it."""

    connection: Any
    came: float
    association: Any = None
    moved: float = _NEVER_MOVED
    is_established: bool = False


@dataclass
class _Door:
    """Who is inside; decides who comes in and who has to leave."""

    allowed_hosts: frozenset[str]
    silence_seconds: float
    _inside: dict[int, _Visitor] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lets_in(self, connection: Any, host: str) -> bool:
        """Whether this connection may come in; makes room for it where that can be done."""
        if host.removeprefix("::ffff:") not in self.allowed_hosts:
            return False
        now = time.monotonic()
        with self._lock:
            self._sweep(now)
            if len(self._inside) >= MOST_CONNECTIONS and not self._make_room(now):
                return False
            self._inside[connection.fileno()] = _Visitor(connection, now)
        return True

    def opened(self, event: Any) -> None:
        """A sender that stops in the middle does not hold the port."""
        association = event.assoc
        association.dul.daemon = True
        with suppress(AttributeError, OSError), self._lock:
            connection = association.dul.socket.socket
            connection.settimeout(self.silence_seconds)
            visitor = self._inside.get(connection.fileno())
            if visitor is not None and visitor.connection is connection:
                visitor.association = association
                return
        _wake(association)  # it had to make room before its thread began

    def established(self, event: Any) -> None:
        """It is the PACS by its titles."""
        self._note(event.assoc, is_established=True)

    def heard(self, association: Any) -> bool:
        """A whole PDU arrived; answers whether on an association."""
        return self._note(association, is_established=False)

    def close_all(self) -> None:
        """Nobody stays when the port is closed."""
        with self._lock:
            for visitor in self._inside.values():
                _close(visitor)
            self._inside.clear()

    def _note(self, association: Any, *, is_established: bool) -> bool:
        with self._lock, suppress(AttributeError, OSError):
            visitor = self._inside.get(association.dul.socket.socket.fileno())
            if visitor is not None:
                visitor.moved = time.monotonic()
                visitor.is_established = visitor.is_established or is_established
                return visitor.is_established
        return False

    def _sweep(self, now: float) -> None:
        """Forget those that have gone, and close those whose time to greet, or to go on, is over."""
        for key, visitor in list(self._inside.items()):
            late = not visitor.is_established and now - visitor.came > _GREETING_SECONDS
            stuck = visitor.is_established and now - visitor.moved > self.silence_seconds
            if late or stuck or visitor.connection.fileno() != key:
                _close(visitor)
                del self._inside[key]

    def _make_room(self, now: float) -> bool:
        """Close the one that has not moved for longest; one that moved in the last second is at work."""
        key, visitor = min(self._inside.items(), key=lambda item: (item[1].moved, item[1].came))
        if visitor.is_established and now - visitor.moved < 1.0:
            return False
        _close(visitor)
        del self._inside[key]
        return True


def _close(visitor: _Visitor) -> None:
    with suppress(OSError):
        visitor.connection.shutdown(socket.SHUT_RDWR)
    if visitor.association is not None and not visitor.is_established:
        _wake(visitor.association)


def _wake(association: Any) -> None:
    """Its thread waits for a greeting that will not come, and would for all of its five seconds."""
    association.dul.to_user_queue.put(None)


def _addresses_of(host: str) -> frozenset[str]:
    try:
        return frozenset(str(found[4][0]) for found in socket.getaddrinfo(host, None))
    except OSError:
        return frozenset({host})
