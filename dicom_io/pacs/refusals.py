"""What went wrong with a PACS, as errors in words: one sentence, and what to send to its administrator.

Nothing is opened or tried again here, but for one question where a peer hangs up without a word: is it TLS that it
expects.
"""
from __future__ import annotations

import socket
from dataclasses import dataclass

from dicom_io.errors import PacsError, PacsFailed, PacsRefused, PacsStalled, PacsUnreachable
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.tls import speaks_tls
from dicom_io.pacs.tls_words import why_no_tls

_CALLING_UNKNOWN, _CALLED_UNKNOWN = 3, 7  # PS3.8 9.3.4, source 1


@dataclass(frozen=True)
class Attempt:
    """How far a hand-shake came: `purpose` in words, and what the peer did.

    `rejected_for` is the reason of an A-ASSOCIATE-RJ (-1 where none was given), None without one.
    """

    purpose: str
    opened: bool
    silent: bool
    rejected_for: int | None = None
    nothing_allowed: bool = False
    tls_trouble: OSError | None = None


def why_not(attempt: Attempt, address: PacsAddress) -> PacsError:
    """The error for an association that was not established."""
    if attempt.rejected_for is not None:
        return _rejected(attempt.rejected_for, address)
    if attempt.tls_trouble is not None:
        return why_no_tls(attempt.tls_trouble, address)
    if not attempt.opened:
        return PacsUnreachable(
            "unreachable",
            f"Nothing answers at {address.host}, port {address.port}; check host and port, that the PACS runs, "
            "and that no firewall is between.",
        )
    if attempt.nothing_allowed:
        return not_allowed(address, attempt.purpose)
    return stalled(address) if attempt.silent else _closed(address)


def _closed(address: PacsAddress) -> PacsRefused:
    if address.tls is None and speaks_tls(address.host, address.port):
        return PacsRefused(
            "tls_expected",
            f"{address.host}, port {address.port}, expects a TLS connection; write the PACS address with dicoms://, or "
            "use its port without TLS.",
        )
    return PacsRefused(
        "closed",
        f"{address.host}, port {address.port}, closed the connection at once; check that a PACS listens there. "
        + address.for_the_administrator(our_host(address)),
    )


def not_allowed(address: PacsAddress, purpose: str) -> PacsRefused:
    """The PACS lets us connect, and not do this."""
    return PacsRefused(
        "not_allowed",
        f"{address.called_aet} lets {address.calling_aet} connect but does not allow {purpose}. "
        + address.for_the_administrator(our_host(address)),
    )


def stalled(address: PacsAddress) -> PacsStalled:
    """The PACS stopped answering."""
    return PacsStalled(
        "stalled",
        f"{address.host}, port {address.port}, stopped answering; try again, and tell the PACS administrator "
        "if it happens again.",
    )


def closed_on_request(address: PacsAddress) -> PacsRefused:
    """The PACS hung up on the first thing that was asked."""
    return PacsRefused(
        "closed_on_request",
        f"{address.called_aet} closed the connection on our first request; it may not allow "
        f"{address.calling_aet} to ask. " + address.for_the_administrator(our_host(address)),
    )


def connection_lost(address: PacsAddress) -> PacsFailed:
    """The connection ended in the middle."""
    return PacsFailed(
        "connection_lost",
        f"{address.called_aet} closed the connection before it was done; try again, and tell its administrator "
        "if it happens again.",
    )


def too_much(address: PacsAddress) -> PacsFailed:
    """The answer was cut off because of its size."""
    return PacsFailed(
        "too_much",
        f"{address.called_aet} sent more than a search can be answered with, so it was ended; search for fewer days.",
    )


def host_unknown(address: PacsAddress) -> PacsUnreachable:
    """The name of the host leads nowhere."""
    return PacsUnreachable(
        "host_unknown",
        f"There is no computer called {address.host} on this network; check the host in the PACS address, "
        "and the network connection.",
    )


def look_up_stalled(address: PacsAddress) -> PacsUnreachable:
    """The network's name service does not answer."""
    return PacsUnreachable(
        "look_up_stalled",
        f"The network did not say where {address.host} is; check the network connection, or write the PACS's number "
        "in the address instead of its name.",
    )


def our_host(address: PacsAddress) -> str:
    """The address under which the PACS reaches this machine: the one set, else the one that faces the PACS.

    Its name where no route can be found. Not for the thread of a window: it may look the PACS's name up.
    """
    if address.listen_host:
        return address.listen_host
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address.host, address.port))  # a datagram socket: nothing is sent
            return str(probe.getsockname()[0])
    except OSError:
        return socket.gethostname()


def _rejected(reason: int, address: PacsAddress) -> PacsRefused:
    tell = address.for_the_administrator(our_host(address))
    if reason == _CALLED_UNKNOWN:
        return PacsRefused(
            "called_ae_unknown",
            f"There is no AE title {address.called_aet} at {address.host}, port {address.port}; "
            f"check the PACS's AE title in the address. {tell}",
        )
    if reason == _CALLING_UNKNOWN:
        return PacsRefused(
            "calling_ae_unknown", f"{address.called_aet} does not know our AE title {address.calling_aet}. {tell}"
        )
    return PacsRefused(
        "rejected", f"{address.called_aet} refused the connection of {address.calling_aet}; try again later. {tell}"
    )
