"""One connection to a PACS: opened, guarded by time-outs, and closed; each way to fail has its own error.

pynetdicom is told here, once, to log nothing: its log lines can hold identifiers. What is said over the
connection is the business of echo, find and retrieve.
"""
from __future__ import annotations

import logging
import socket
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import AE, _config, evt
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.presentation import PresentationContext

from dicom_io.errors import PacsError, PacsFailed, PacsRefused, PacsStalled, PacsUnreachable
from dicom_io.pacs.address import PacsAddress

MAX_PDU = 131072
"""Bytes; DCMTK's ceiling too. Larger gains nothing, the library's 16 KiB costs half the speed."""
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 8.0
"""How long a peer may send nothing while we wait for it; with the rest of an attempt this stays below 10 s."""

_P_DATA = b"\x04"  # PDU type, PS3.8 9.3.5: an answer, and not a farewell
_ASSOCIATE_RJ = b"\x03"  # PS3.8 9.3.4; the reason is its tenth byte
_RJ_REASON = 9
_SUCCESS = 0x0000
_PENDING = (0xFF00, 0xFF01)
_CALLING_UNKNOWN, _CALLED_UNKNOWN = 3, 7

_config.LOG_REQUEST_IDENTIFIERS = False
_config.LOG_RESPONSE_IDENTIFIERS = False
for _name in ("pynetdicom", "pydicom"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


@dataclass
class Wanted:
    """What an association is asked for: contexts, roles (for C-GET), and handlers of what comes in."""

    contexts: Sequence[PresentationContext]
    roles: Sequence[SCP_SCU_RoleSelectionNegotiation] = ()
    handlers: Sequence[tuple[Any, Any]] = ()
    purpose: str = "what was asked"


@dataclass
class Watch:
    """Remembers when something last moved on the wire, and cuts the connection when nothing does for too long.

    Counting bytes, not whole messages: a long cine over a slow line is not a stall.
    """

    silence_seconds: float = SILENCE_SECONDS
    stalled: bool = False
    opened: bool = False
    answered: bool = False
    rejected_for: int | None = None
    _last: float = field(default_factory=time.monotonic)
    _ended: threading.Event = field(default_factory=threading.Event)
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
        """The handshake is over, whatever came of it."""
        if self._handshake is not None:
            self._handshake.cancel()

    def begin(self, association: Association) -> None:
        """Watch from now on, on a thread of its own."""
        self.moved()
        threading.Thread(target=self._run, args=(association,), name="pacs-watch", daemon=True).start()

    def end(self) -> None:
        """Stop watching."""
        self._ended.set()

    def is_silent(self) -> bool:
        """Whether the peer stopped answering: found here, or by the socket's own time-out in a half message."""
        return self.stalled or time.monotonic() - self._last > self.silence_seconds - 0.5

    def was_closed_without_a_word(self, association: Association) -> bool:
        """Whether the peer took the connection and closed it without an answer to our request."""
        silent = time.monotonic() - self._last > self.silence_seconds - 0.5
        spoke = self.rejected_for is not None or association.is_rejected or bool(association.rejected_contexts)
        return self.opened and not association.is_established and not spoke and not silent

    def _received(self, event: Any) -> None:
        self.moved()
        if event.data[:1] == _P_DATA:
            self.answered = True
        if event.data[:1] == _ASSOCIATE_RJ and len(event.data) > _RJ_REASON:
            # Some peers close so fast behind a rejection that the library sees the close and not the rejection.
            self.rejected_for = event.data[_RJ_REASON]

    def _sent(self, event: Any) -> None:
        if event.data[:1] == _P_DATA:  # our own farewell after a time-out is no sign of life
            self.moved()

    def _connected(self, event: Any) -> None:
        self.opened = True
        # A peer that sends a byte now and then is never silent to a socket; the handshake has its time.
        self._handshake = threading.Timer(self.silence_seconds, _cut, (event.assoc,))
        self._handshake.daemon = True
        self._handshake.start()
        with suppress(AttributeError, OSError):
            event.assoc.dul.socket.socket.settimeout(self.silence_seconds)

    def _run(self, association: Association) -> None:
        while not self._ended.wait(0.2):
            # The library's network thread dies when what it receives cannot be written (a full disk).
            dead = not association.dul.is_alive()
            if dead or time.monotonic() - self._last > self.silence_seconds:
                self.stalled = not dead
                _cut(association)
                return


def _cut(association: Association) -> None:
    with suppress(AttributeError, OSError):
        association.dul.socket.socket.shutdown(socket.SHUT_RDWR)
    # Whoever waits for a message of this peer gets the library's own word for "the connection is gone".
    association.dimse.msg_queue.put((None, None))


@dataclass(frozen=True)
class Line:
    """An open association and the watch over it."""

    association: Association
    watch: Watch
    address: PacsAddress

    def answers(self, responses: Iterator[tuple[Dataset, Dataset | None]]) -> Iterator[Dataset]:
        """The data sets of pending answers of one C-FIND; raises a PacsError unless the end is success."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom puts values into its warnings
            for status, data_set in responses:
                code = self.status_of(status)
                if code in _PENDING:
                    if data_set is not None:
                        yield data_set
                elif code != _SUCCESS:
                    raise PacsFailed(
                        "find_failed", f"{self._peer} could not answer the search (status 0x{code:04X}); try again."
                    )

    def status_of(self, status: Dataset) -> int:
        """The status code of an answer. An empty one means the connection is gone: raises a PacsError."""
        code = status.get("Status") if status else None
        if code is None:
            raise self.broken()
        return int(code)

    def broken(self) -> PacsError:
        """The error for a connection that ended before the PACS said it was done."""
        if self.watch.is_silent():
            return _stalled(self.address)
        if not self.watch.answered:
            return PacsRefused(
                "closed_on_request",
                f"{self._peer} closed the connection on our first request; it may not allow "
                f"{self.address.calling_aet} to ask. " + self.address.for_the_administrator(our_host(self.address)),
            )
        return PacsFailed(
            "connection_lost",
            f"{self._peer} closed the connection before it was done; try again, and tell its administrator "
            "if it happens again.",
        )

    @property
    def _peer(self) -> str:
        return self.address.called_aet


@contextmanager
def associate(address: PacsAddress, wanted: Wanted) -> Iterator[Line]:
    """Open an association, and release it at the end.

    Raises PacsUnreachable, PacsRefused, PacsStalled or PacsFailed.
    """
    association, watch, seconds = _attempt(address, wanted)
    if watch.was_closed_without_a_word(association):
        # A reset can swallow the answer of a peer that closes at once; what it says the second time is believed.
        association, watch, seconds = _attempt(address, wanted)
    if not association.is_established:
        raise _why_not(association, watch, address, (seconds, wanted.purpose))
    watch.begin(association)
    try:
        yield Line(association, watch, address)
    finally:
        watch.end()
        _leave(association)


def _attempt(address: PacsAddress, wanted: Wanted) -> tuple[Association, Watch, float]:
    """Shake hands once; the association as it stands then, its watch, and the seconds it took."""
    entity = AE(ae_title=address.calling_aet)
    entity.maximum_pdu_size = MAX_PDU
    entity.connection_timeout = CONNECT_SECONDS
    entity.acse_timeout = SILENCE_SECONDS
    # The watch ends a silence; these two would also end a long, moving transfer.
    entity.dimse_timeout = None
    entity.network_timeout = None
    entity.requested_contexts = list(wanted.contexts)
    watch = Watch()
    began = time.monotonic()
    try:
        association = entity.associate(
            address.host,
            address.port,
            ae_title=address.called_aet,
            max_pdu=MAX_PDU,
            ext_neg=list(wanted.roles) or None,
            evt_handlers=[*watch.handlers(), *wanted.handlers],
        )
    except (OSError, UnicodeError) as error:  # the library looks the name up here, and lets its failure through
        raise PacsUnreachable(
            "host_unknown",
            f"There is no computer called {address.host} on this network; check the host in the PACS address, "
            "and the network connection.",
        ) from error
    watch.shaken_hands()
    return association, watch, time.monotonic() - began


def _leave(association: Association) -> None:
    """Release if the connection still stands, with no long good-bye."""
    if not association.dul.is_alive():
        _cut(association)  # nobody is left who could say good-bye
        association.kill()
        return
    association.acse_timeout = 2.0
    if association.is_established:
        association.release()
    if not association.is_released:
        association.abort()


def _why_not(
    association: Association, watch: Watch, address: PacsAddress, attempt: tuple[float, str]
) -> PacsError:
    seconds, purpose = attempt
    if association.is_rejected or watch.rejected_for is not None:
        reason = getattr(association.acceptor.primitive, "diagnostic", None)
        return _rejected(watch.rejected_for if reason is None else reason, address)
    if not watch.opened:
        return PacsUnreachable(
            "unreachable",
            f"Nothing answers at {address.host}, port {address.port}; check host and port, that the PACS runs, "
            "and that no firewall is between.",
        )
    if association.rejected_contexts and not association.accepted_contexts:
        return PacsRefused(
            "not_allowed",
            f"{address.called_aet} lets {address.calling_aet} connect but does not allow {purpose}. "
            + address.for_the_administrator(our_host(address)),
        )
    if seconds >= SILENCE_SECONDS - 0.5:
        return _stalled(address)
    return PacsRefused(
        "closed",
        f"{address.host}, port {address.port}, closed the connection at once; check that a PACS listens there. "
        + address.for_the_administrator(our_host(address)),
    )


def _rejected(diagnostic: int | None, address: PacsAddress) -> PacsRefused:
    tell = address.for_the_administrator(our_host(address))
    if diagnostic == _CALLED_UNKNOWN:
        return PacsRefused(
            "called_ae_unknown",
            f"There is no AE title {address.called_aet} at {address.host}, port {address.port}; "
            f"check the PACS's AE title in the address. {tell}",
        )
    if diagnostic == _CALLING_UNKNOWN:
        return PacsRefused(
            "calling_ae_unknown", f"{address.called_aet} does not know our AE title {address.calling_aet}. {tell}"
        )
    return PacsRefused(
        "rejected", f"{address.called_aet} refused the connection of {address.calling_aet}; try again later. {tell}"
    )


def _stalled(address: PacsAddress) -> PacsStalled:
    return PacsStalled(
        "stalled",
        f"{address.host}, port {address.port}, stopped answering; try again, and tell the PACS administrator "
        "if it happens again.",
    )


def our_host(address: PacsAddress) -> str:
    """The address under which the PACS would see this machine; its name where no route can be found."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address.host, address.port))  # a datagram socket: nothing is sent
            return str(probe.getsockname()[0])
    except OSError:
        return socket.gethostname()
