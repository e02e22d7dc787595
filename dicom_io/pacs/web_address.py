"""Where a PACS answers DICOMweb, and how we say there who we are. Opens no connection.

A password or token is never part of the address nor of the settings: it is read, at the moment of use, from a file
that only its owner may read.
"""
from __future__ import annotations

import base64
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dicom_io.errors import PacsNotSafe
from dicom_io.pacs.address import AddressMalformed, TlsFiles
from dicom_io.pacs.time_outs import TimeOuts

_MOST_SECRET_BYTES = 64 * 1024
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class BasicSignIn:
    """HTTP basic authentication; the file holds one line "user:password"."""

    file: str

    def header(self) -> str:
        """The value of Authorization. Raises PacsNotSafe."""
        line = _secret(self.file)
        if ":" not in line:
            raise _unusable("one line with the user's name, a colon and the password")
        return "Basic " + base64.b64encode(line.encode()).decode("ascii")


@dataclass(frozen=True)
class TokenSignIn:
    """A bearer token (RFC 6750); the file holds it alone."""

    file: str

    def header(self) -> str:
        """The value of Authorization. Raises PacsNotSafe."""
        token = _secret(self.file)
        if not token.isascii() or not token.isprintable() or " " in token:
            raise _unusable("one token and nothing else")
        return "Bearer " + token


@dataclass(frozen=True)
class NoSignIn:
    """The PACS asks for nothing, or for our certificate only."""

    def header(self) -> str:
        """Nothing to say."""
        return ""


SignIn = BasicSignIn | TokenSignIn | NoSignIn

_NO_SIGN_IN, _NO_FILES, _USUAL_TIME_OUTS = NoSignIn(), TlsFiles(), TimeOuts()
_THIS_COMPUTER = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class WebAddress:
    """The root under which /studies is found, such as "https://pacs.example.org/dicom-web".

    `tls` names our own files; for https without any, the authorities of this computer are trusted.
    Raises AddressMalformed.
    """

    root_url: str
    sign_in: SignIn = _NO_SIGN_IN
    tls: TlsFiles = _NO_FILES
    time_outs: TimeOuts = _USUAL_TIME_OUTS

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.root_url)
            fits = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            fits = False
        plain = self.root_url.isascii() and self.root_url.isprintable() and " " not in self.root_url
        if not fits or not plain or parts.query or parts.fragment:
            raise AddressMalformed(
                "This is not a DICOMweb address; write it as https://HOST/PATH, the part before /studies."
            )
        if parts.username is not None or parts.password is not None:
            raise AddressMalformed(
                "A name or password does not belong in a web address; put it into a file that only you may read."
            )
        if parts.scheme == "http" and not isinstance(self.sign_in, NoSignIn) and parts.hostname not in _THIS_COMPUTER:
            raise AddressMalformed("A password or token is only sent over https; write the web address with https://.")

    @property
    def secure(self) -> bool:
        """Whether the connection is TLS."""
        return urlsplit(self.root_url).scheme == "https"

    @property
    def host(self) -> str:
        """The computer's name or number."""
        return urlsplit(self.root_url).hostname or ""

    @property
    def port(self) -> int:
        """The port, or the scheme's own."""
        parts = urlsplit(self.root_url)
        return parts.port or _PORTS[parts.scheme]

    @property
    def path(self) -> str:
        """The path before /studies, without a slash at its end."""
        return urlsplit(self.root_url).path.rstrip("/")


def _secret(file: str) -> str:
    path = Path(file)
    try:
        with path.open("rb") as opened:
            about = os.fstat(opened.fileno())
            content = opened.read(_MOST_SECRET_BYTES)
    except OSError as error:
        raise PacsNotSafe(
            "sign_in_unreadable", "The file with the PACS's password or token cannot be read; check its path."
        ) from error
    if os.name == "posix" and stat.S_IMODE(about.st_mode) & 0o077:
        raise PacsNotSafe(
            "sign_in_open",
            "Others may read the file with the PACS's password or token; make it yours alone: chmod 600 FILE.",
        )
    line = content.decode("utf-8", "replace").strip()
    if not line or "\n" in line or "\r" in line:
        raise _unusable("one line")
    return line


def _unusable(what: str) -> PacsNotSafe:
    return PacsNotSafe("sign_in_unusable", f"The file with the PACS's password or token has to hold {what}.")
