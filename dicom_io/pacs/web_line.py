"""One connection to a PACS that answers DICOMweb: requests and answers over HTTP/1.1, guarded by time-outs.

Everything is read as a stream and within bounds. No redirect is followed and no proxy asked: images go to the host that
the settings name and to no other. What is in an answer is the business of `web_search`, `web_retrieval`, `web_sending`.
"""
from __future__ import annotations

import http.client
import io
import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from dicom_io.errors import PacsError, PacsFailed, PacsRefused, PacsStalled, PacsUnreachable
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.tls import CallingContext, calling_tls_context
from dicom_io.pacs.tls_words import why_no_tls
from dicom_io.pacs.web_address import WebAddress

MOST_JSON_BYTES = 32 * 2**20
_LEAST_BYTES = 1024
"""A peer that sends less than this within its time-out has stopped, however it drips."""
_STATUS_OK = (200, 202, 204, 206)
_NO_CONTENT = 204
_LAST_WORD_SECONDS = 0.5
_PIECE = 2**20


class _Clocked(io.RawIOBase):
    """The bytes of one answer as they come off the socket, none of them after `until`.

    The library reads chunk heads and trailers by itself, any number of them, and would do so for as long as they come.
    """

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw, self.until = raw, 0.0

    def readable(self) -> bool:
        """For the buffer around it."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """One read of the socket. Raises TimeoutError."""
        if self.until and time.monotonic() > self.until:
            raise TimeoutError
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Close both."""
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """The library's, with a clock."""

    def __init__(self, sock: socket.socket, *rest: Any, **named: Any) -> None:
        super().__init__(sock, *rest, **named)
        self.clocked = _Clocked(self.fp.detach())
        self.fp = io.BufferedReader(self.clocked)


@dataclass
class Answer:
    """What came back: the status, the headers, and a body that is read piece by piece."""

    status: int
    headers: Mapping[str, str]
    _line: WebLine
    _response: _Response
    json_bytes: int = 0
    _heard: int = 0
    _until: float = 0.0

    def piece(self, most: int = _PIECE) -> bytes:
        """The next bytes of the body, b"" at its end. Raises PacsStalled, PacsFailed."""
        address = self._line.address
        self._until = self._until or time.monotonic() + address.time_outs.dimse
        try:
            self._line.patience(self._until - time.monotonic())
            self._response.clocked.until = self._until
            came = self._response.read1(most)  # one read of the socket: what drips must not be waited for
        except TimeoutError as error:
            raise stalled(address) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise broken(address) from error
        self._heard += len(came)
        if self._heard >= _LEAST_BYTES:
            self._heard, self._until = 0, 0.0
        elif came and time.monotonic() > self._until:
            raise stalled(address)
        return came

    def json(self, most: int = MOST_JSON_BYTES) -> Any:
        """The body as JSON, of at most so many bytes; None where there is none. Raises PacsError."""
        whole = bytearray()
        while piece := self.piece(64 * 1024):
            whole += piece
            if len(whole) > most:
                raise too_much(self._line.address)
        self.json_bytes = len(whole)
        length = self.headers.get("content-length", "")
        if self.status == _NO_CONTENT or (not whole and length == "0"):
            return None
        # Without a length, nothing may also mean that the connection broke behind the status.
        if not whole or (length.isdecimal() and len(whole) < int(length)):
            raise broken(self._line.address)
        try:
            return json.loads(whole)
        except (ValueError, RecursionError) as error:
            raise PacsFailed(
                "web_malformed",
                f"{self._line.address.host} did not answer in DICOM JSON; check the web address, which ends before "
                "/studies.",
            ) from error


@dataclass
class WebLine:
    """A connection that is opened when first used and kept for the next request. For one thread."""

    address: WebAddress
    _connection: http.client.HTTPConnection | None = None
    _context: CallingContext | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        """Close the connection now; a request that another thread waits for ends."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                connection.close()

    def patience(self, seconds: float) -> None:
        """How long the next read may wait."""
        if self._connection is not None and self._connection.sock is not None:
            self._connection.sock.settimeout(min(max(seconds, 0.01), self.address.time_outs.network))

    @contextmanager
    def get(self, path: str, accept: str) -> Iterator[Answer]:
        """Ask for something under the root. Raises a PacsError; statuses are for the caller to `judge`."""
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        fresh = self._connection is None
        try:
            answer = self._exchange("GET", path, headers, None)
        except PacsFailed as error:
            if fresh or error.code != "stream_broken":
                raise
            # The peer had closed the connection that was kept; this says nothing about the request.
            answer = self._exchange("GET", path, headers, None)
        with self._closing(answer):
            yield answer

    @contextmanager
    def post(self, path: str, headers: Mapping[str, str], body: Iterable[bytes]) -> Iterator[Answer]:
        """Send a body of known Content-Length under the root. Raises a PacsError."""
        with self._closing(self._exchange("POST", path, headers, body)) as answer:
            yield answer

    @contextmanager
    def _closing(self, answer: Answer) -> Iterator[Answer]:
        try:
            yield answer
        finally:
            # What was not read to its end cannot be followed by another request.
            if not answer._response.isclosed():
                self.close()

    def _exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: Iterable[bytes] | None
    ) -> Answer:
        who = self.address.sign_in.header()
        said = {**headers, **({"Authorization": who} if who else {}), "User-Agent": "injection-log"}
        connection = self._connected()
        # A peer that drips its headers is never silent to a socket; all of them have one time.
        alarm: threading.Timer | None = None
        late = threading.Event()
        try:
            self.patience(self.address.time_outs.network)
            connection.request(method, self.address.path + path, body=body, headers=said)
            alarm = threading.Timer(self.address.time_outs.dimse, self._cut_late, (connection, late))
            alarm.daemon = True
            alarm.start()
            response = connection.getresponse()
            if late.is_set():  # cut headers look like whole ones to the library
                raise TimeoutError
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            if late.is_set() or isinstance(error, TimeoutError):
                raise stalled(self.address) from error
            raise self._why(error) from error
        finally:
            if alarm is not None:
                alarm.cancel()
        found = {name.lower(): value for name, value in response.getheaders()}
        assert isinstance(response, _Response)  # `_opened` says so
        return Answer(response.status, found, self, response)

    def _connected(self) -> http.client.HTTPConnection:
        with self._lock:
            if self._connection is not None:
                return self._connection
        connection, context = _opened(self.address)
        with self._lock:
            self._connection, self._context = connection, context
        return connection

    def _why(self, error: Exception) -> PacsError:
        if self._context is not None and self._context.trouble is not None:
            return why_no_tls(self._context.trouble, _as_pacs(self.address))
        if self._context is not None and (refused := _tls_refusal(self.address)) is not None:
            return refused
        return broken(self.address) if not isinstance(error, ValueError) else malformed(self.address)

    @staticmethod
    def _cut_late(connection: http.client.HTTPConnection, late: threading.Event) -> None:
        late.set()
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def judge(answer: Answer, address: WebAddress, what: str) -> None:
    """Raise a PacsError for a status that is no success; `what` was asked, in words."""
    if answer.status in _STATUS_OK:
        return
    if answer.status in (401, 403):
        raise PacsRefused(
            "web_not_allowed",
            f"{address.host} does not allow {what} (HTTP {answer.status}); check the sign-in in the settings, or ask "
            "its administrator.",
        )
    if 300 <= answer.status < 400:
        raise PacsFailed(
            "web_redirected",
            f"{address.host} points to another address, which is not followed; ask its administrator which is right.",
        )
    if answer.status in (404, 405, 501):
        raise PacsFailed(
            "web_not_there",
            f"{address.host} does not know {what} at this address (HTTP {answer.status}); check the web address.",
        )
    if answer.status in (406, 415):
        raise PacsFailed(
            "web_form",
            f"{address.host} cannot give images as they are stored (HTTP {answer.status}); use C-GET instead.",
        )
    raise PacsFailed(
        "web_failed",
        f"{address.host} could not do {what} (HTTP {answer.status}); try again, and tell its administrator if it "
        "stays so.",
    )


def too_much(address: WebAddress) -> PacsFailed:
    """The answer is larger than this program takes."""
    return PacsFailed("too_much", f"{address.host} sent more than a search can be answered with; search less.")


def stalled(address: WebAddress) -> PacsStalled:
    """The web server fell silent."""
    return PacsStalled(
        "stalled",
        f"{address.host}, port {address.port}, stopped answering; try again, and tell the PACS administrator "
        "if it happens again.",
    )


def broken(address: WebAddress) -> PacsFailed:
    """The connection ended before the answer did."""
    return PacsFailed(
        "stream_broken",
        f"{address.host} closed the connection before it was done; try again, and tell its administrator if it happens "
        "again.",
    )


def malformed(address: WebAddress) -> PacsFailed:
    """What came is no HTTP, or no DICOMweb."""
    return PacsFailed(
        "web_malformed",
        f"{address.host}, port {address.port}, does not answer as a DICOMweb server; check the address.",
    )


def _tls_refusal(address: WebAddress) -> PacsError | None:
    """Why a server hung up on a TLS connection, if it says so; with TLS 1.3 our request crosses its words."""
    try:
        connection, context = _opened(address, patient=True)
    except PacsError as error:
        return error
    with suppress(OSError):
        connection.sock.settimeout(_LAST_WORD_SECONDS)
        connection.sock.recv(1)
    connection.close()
    if context is None or context.trouble is None:
        return None
    return why_no_tls(context.trouble, _as_pacs(address))


def _opened(
    address: WebAddress, *, patient: bool = False
) -> tuple[http.client.HTTPConnection, CallingContext | None]:
    context = calling_tls_context(_as_pacs(address), patient) if address.secure else None
    seconds = address.time_outs.connection
    connection: http.client.HTTPConnection
    if context is None:
        connection = http.client.HTTPConnection(address.host, address.port, timeout=seconds, blocksize=_PIECE)
    else:
        connection = http.client.HTTPSConnection(
            address.host, address.port, timeout=seconds, context=context, blocksize=_PIECE
        )
    connection.response_class = _Response
    try:
        connection.connect()
    except (OSError, UnicodeError) as error:
        connection.close()
        if context is not None and context.trouble is not None:
            raise why_no_tls(context.trouble, _as_pacs(address)) from error
        raise PacsUnreachable(
            "unreachable",
            f"Nothing answers at {address.host}, port {address.port}; check the web address, that the PACS runs, and "
            "that no firewall is between.",
        ) from error
    return connection, context


def _as_pacs(address: WebAddress) -> PacsAddress:
    """The same place for code that makes TLS connections to a PACS."""
    return PacsAddress("DICOMWEB", address.host, address.port, tls=address.tls, time_outs=address.time_outs)
