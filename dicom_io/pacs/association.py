"""One connection to a PACS: opened, guarded by time-outs, and closed.

pynetdicom is told here, once, to log nothing: its log lines can hold identifiers. What is said over the
connection is the business of echo, find and retrieve; why one was not made, of `refusals`.
"""
from __future__ import annotations

import ipaddress
import logging
import queue
import socket
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import AE, _config
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.presentation import PresentationContext
from pynetdicom.transport import AssociationSocket

from dicom_io.errors import PacsError, PacsFailed
from dicom_io.pacs import refusals, wire
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.reader_pause import ReaderPause
from dicom_io.pacs.refusals import our_host
from dicom_io.pacs.tls import CallingContext, calling_tls_context
from dicom_io.pacs.watch import Watch, cut
from dicom_io.pacs.wire import MAX_PDU

__all__ = ["MAX_PDU", "Line", "Wanted", "associate", "our_host"]

_SUCCESS = 0x0000
_PENDING = (0xFF00, 0xFF01)
_CANCELLED = 0xFE00
_RELEASE_SECONDS = 2.0
_NEARLY = 0.94
_AT_ONCE_SECONDS = 1.5

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


@dataclass(frozen=True)
class Line:
    """An open association and the watch over it."""

    association: Association
    watch: Watch
    address: PacsAddress

    def allows(self, abstract_syntax: str) -> bool:
        """Whether the PACS agreed to this service."""
        return any(one.abstract_syntax == abstract_syntax for one in self.association.accepted_contexts)

    def answers(self, responses: Iterator[tuple[Dataset, Dataset | None]]) -> Iterator[Dataset]:
        """The data sets of pending answers of one C-FIND; raises a PacsError unless the end is success."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom puts values into its warnings
            for status, data_set in responses:
                code = self.status_of(status)
                if code in _PENDING:
                    if data_set is not None:
                        yield data_set
                elif code not in (_SUCCESS, _CANCELLED):
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
        if self.watch.flooded:
            return refusals.too_much(self.address)
        if self.watch.is_silent():
            return refusals.stalled(self.address)
        if not self.watch.answered:
            return refusals.closed_on_request(self.address)
        return refusals.connection_lost(self.address)

    def leave(self) -> None:
        """Release if the connection still stands, with no long good-bye."""
        self.watch.end()
        association = self.association
        if not association.dul.is_alive():
            cut(association)  # nobody is left who could say good-bye
            association.kill()
            return
        association.acse_timeout = min(_RELEASE_SECONDS, self.address.time_outs.acse)
        if association.is_established:
            association.release()
        if not association.is_released:
            association.abort()

    @property
    def _peer(self) -> str:
        return self.address.called_aet


@contextmanager
def associate(address: PacsAddress, wanted: Wanted) -> Iterator[Line]:
    """Open an association, and release it at the end.

    Raises PacsUnreachable, PacsRefused, PacsNotSafe, PacsStalled or PacsFailed.
    """
    line = open_line(address, wanted)
    try:
        yield line
    finally:
        line.leave()


def open_line(address: PacsAddress, wanted: Wanted) -> Line:
    """Open an association that the caller has to `leave`. Raises the same errors as `associate`."""
    wire.install()  # no PDU longer than agreed is read, whatever it announces
    number = _look_up(address)
    context = calling_tls_context(address)
    association, watch, seconds = _attempt(address, number, wanted, context)
    swallowed = watch.was_closed_without_a_word(association) or _said_no_more_than_a_close(context)
    if swallowed and seconds < _AT_ONCE_SECONDS:
        # A reset can swallow the answer of a peer that closes at once; what it says the second time is believed.
        context = calling_tls_context(address, patient=True)
        association, watch, seconds = _attempt(address, number, wanted, context)
    if not association.is_established:
        raise refusals.why_not(_how_far(association, watch, (context, seconds, wanted.purpose)), address)
    watch.begin(association)
    return Line(association, watch, address)


class _Entity(AE):  # type: ignore[misc]  # pynetdicom is not typed
    """Our application entity. Its network threads do not outlive the program, even if an association stands."""

    def _create_socket(self, assoc: Association, *rest: Any) -> AssociationSocket:
        assoc.dul.daemon = True
        if wire.is_tested():
            assoc._reactor_checkpoint = ReaderPause(assoc)
        return super()._create_socket(assoc, *rest)


def _attempt(
    address: PacsAddress, number: str, wanted: Wanted, context: CallingContext | None
) -> tuple[Association, Watch, float]:
    """Shake hands once; the association as it stands then, its watch, and the seconds it took."""
    entity = _Entity(ae_title=address.calling_aet)
    entity.maximum_pdu_size = MAX_PDU
    entity.connection_timeout = address.time_outs.connection
    entity.acse_timeout = address.time_outs.acse
    # The watch ends a silence; these two would also end a long, moving transfer.
    entity.dimse_timeout = None
    entity.network_timeout = None
    entity.requested_contexts = list(wanted.contexts)
    watch = Watch(address.time_outs)
    began = time.monotonic()
    association = entity.associate(
        number,
        address.port,
        ae_title=address.called_aet,
        max_pdu=MAX_PDU,
        ext_neg=list(wanted.roles) or None,
        tls_args=None if context is None else (context, address.host),
        evt_handlers=[*watch.handlers(), *wanted.handlers],
    )
    watch.shaken_hands()
    return association, watch, time.monotonic() - began


def _look_up(address: PacsAddress) -> str:
    """The number of the host. A name service that hangs would hold us for as long as it likes: it has its time."""
    try:
        return str(ipaddress.ip_address(address.host))
    except ValueError:
        pass
    found: queue.Queue[list[str] | None] = queue.Queue()

    def look() -> None:
        try:
            entries = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found.put(None)
        else:
            # IPv4 first, as the library has it.
            found.put([str(one[4][0]) for one in sorted(entries, key=lambda one: one[0] != socket.AF_INET)])

    threading.Thread(target=look, name="pacs-look-up", daemon=True).start()
    try:
        numbers = found.get(timeout=address.time_outs.connection)
    except queue.Empty:
        raise refusals.look_up_stalled(address) from None
    if not numbers:
        raise refusals.host_unknown(address)
    return numbers[0]


def _said_no_more_than_a_close(context: CallingContext | None) -> bool:
    return context is not None and isinstance(context.trouble, ConnectionError)


def _how_far(
    association: Association, watch: Watch, told: tuple[CallingContext | None, float, str]
) -> refusals.Attempt:
    context, seconds, purpose = told
    rejected_for = watch.rejected_for
    if association.is_rejected and rejected_for is None:
        reason = getattr(association.acceptor.primitive, "diagnostic", None)
        rejected_for = -1 if reason is None else int(reason)
    return refusals.Attempt(
        purpose=purpose,
        opened=watch.opened,
        silent=seconds >= association.ae.acse_timeout * _NEARLY,
        rejected_for=rejected_for,
        nothing_allowed=bool(association.rejected_contexts) and not association.accepted_contexts,
        tls_trouble=None if context is None else context.trouble,
    )
