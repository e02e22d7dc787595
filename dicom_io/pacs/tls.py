"""TLS to and from a PACS: TLS 1.2 or newer, forward-secret authenticated ciphers, certificates and host checked.

What is allowed follows DICOM PS3.15 B.12 (BCP 195: RFC 8996, RFC 9325 section 4.2). Nothing falls back to a plain
connection. What a failure means for a person is the business of `tls_words`.
"""
from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from dicom_io.errors import PacsNotSafe
from dicom_io.pacs.address import PacsAddress, TlsFiles

CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=2"
)
"""For TLS 1.2, the four of RFC 9325 4.2; security level 2 refuses RSA keys below 2048 bits and SHA-1 signatures."""
_LAST_WORD_SECONDS = 0.3
_PROBE_SECONDS = 2.0
_CRL_MARK = b"-----BEGIN X509 CRL-----"


class CallingContext(ssl.SSLContext):
    """The context of one outgoing connection, which remembers why its hand-shake failed.

    The library swallows that; `trouble` is the error, None while there was none. `patient` waits a moment after
    the hand-shake: in TLS 1.3 a server refuses our certificate only then, and what we send crosses its refusal.
    """

    trouble: OSError | None = None
    hand_shake_seconds: float = 5.0
    patient: bool = False


class _CallingSocket(ssl.SSLSocket):
    """A TLS connection that tells its context what went wrong, and whose hand-shake has its own time."""

    def do_handshake(self, block: bool = False) -> None:
        context = self.context
        assert isinstance(context, CallingContext)  # only that one makes these
        self.settimeout(context.hand_shake_seconds)
        try:
            super().do_handshake(block)
        except OSError as error:
            context.trouble = error
            raise
        if context.patient:
            time.sleep(_LAST_WORD_SECONDS)

    def read(self, len: int = 1024, buffer: Any = None) -> Any:
        try:
            return super().read(len, buffer)
        except ssl.SSLError as error:
            if isinstance(self.context, CallingContext):
                self.context.trouble = error
            raise


class ListeningContext(ssl.SSLContext):
    """The context of a listening port; `troubles` are the hand-shakes that failed, newest last, at most twenty.

    The hand-shake is done in the connection's own thread when its first bytes are read: a peer that connects and
    says nothing keeps nobody else out, and its time is limited.
    """

    hand_shake_seconds: float = 5.0

    def __init__(self, *_: Any) -> None:
        self.troubles: list[OSError] = []

    def wrap_socket(self, sock: socket.socket, *_: Any, **__: Any) -> ssl.SSLSocket:
        """Guard one connection that came in."""
        sock.settimeout(self.hand_shake_seconds)
        return super().wrap_socket(sock, server_side=True, do_handshake_on_connect=False)


class _ListeningSocket(ssl.SSLSocket):
    def read(self, len: int = 1024, buffer: Any = None) -> Any:
        try:
            return super().read(len, buffer)
        except OSError as error:
            if isinstance(self.context, ListeningContext):
                self.context.troubles = [*self.context.troubles[-19:], error]
            raise


CallingContext.sslsocket_class = _CallingSocket
ListeningContext.sslsocket_class = _ListeningSocket


def calling_tls_context(address: PacsAddress, patient: bool = False) -> CallingContext | None:
    """The context of one connection to a PACS; None where its address is a plain one.

    Raises PacsNotSafe when our own files cannot be used.
    """
    if address.tls is None:
        return None
    context = CallingContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
    context.hand_shake_seconds, context.patient = address.time_outs.hand_shake, patient
    _harden(context)
    if address.tls.ca:
        _trust(context, address.tls.ca)
    else:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if address.tls.certificate:
        _show(context, address.tls)
    return context


def listening_tls_context(address: PacsAddress) -> ListeningContext | None:
    """The context of our listening port, which asks every caller for a certificate; None for a plain address.

    The settings have to name the certificate and key of this computer, and whom to trust. Raises PacsNotSafe.
    """
    if address.tls is None:
        return None
    if not address.tls.certificate or not address.tls.ca:
        raise PacsNotSafe(
            "tls_not_set_up",
            "To be called over TLS this computer needs a certificate, its key and the authority (ca) to trust; name "
            "them in the [pacs.NAME.tls] part of the settings.",
        )
    context = ListeningContext(ssl.PROTOCOL_TLS_SERVER)
    context.hand_shake_seconds = address.time_outs.hand_shake
    _harden(context)
    _trust(context, address.tls.ca)
    _show(context, address.tls)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def speaks_tls(host: str, port: int) -> bool:
    """Whether what listens there answers a TLS hand-shake; asked only to explain a failure, trusting nobody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with suppress(OSError), socket.create_connection((host, port), _PROBE_SECONDS) as plain:
        try:
            context.wrap_socket(plain).close()
        except ssl.SSLError as error:
            return "ALERT" in (error.reason or "")  # only who speaks TLS refuses in its words
        return True
    return False


def _harden(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION


def _trust(context: ssl.SSLContext, ca: str) -> None:
    try:
        if _CRL_MARK in Path(ca).read_bytes():
            context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
        context.load_verify_locations(cafile=ca)
    except ssl.SSLError as error:
        raise _unusable("The file of trusted authorities (ca)") from error
    except OSError as error:
        raise _unreadable(f"The file of trusted authorities (ca), {ca},") from error


def _show(context: ssl.SSLContext, files: TlsFiles) -> None:
    try:
        context.load_cert_chain(files.certificate, files.key, password=_locked)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise PacsNotSafe(
                "tls_key_mismatch",
                "Our TLS key does not belong to our certificate; name in the settings the two issued together.",
            ) from error
        raise _unusable("Our TLS certificate or its key") from error
    except OSError as error:
        raise _unreadable(f"Our TLS certificate, {files.certificate}, or its key, {files.key},") from error


def _locked() -> NoReturn:
    raise PacsNotSafe(
        "tls_key_locked",
        "Our TLS key is locked with a passphrase, which this program cannot ask for; give it a key file without one "
        "that only its user may read.",
    )


def _unreadable(what: str) -> PacsNotSafe:
    return PacsNotSafe(
        "tls_file_unreadable", f"{what} cannot be read; check the paths in the settings and your rights."
    )


def _unusable(what: str) -> PacsNotSafe:
    return PacsNotSafe("tls_file_unusable", f"{what} is not a usable PEM file; have it issued again.")
