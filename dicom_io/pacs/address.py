"""Where a PACS is and what we call ourselves there. Pure: asks no network and reads no settings."""
from __future__ import annotations

import re
from dataclasses import dataclass

from dicom_io.errors import DicomIoError
from dicom_io.pacs.time_outs import USUAL, TimeOuts

OUR_AE_TITLE = "INJLOG"
LISTEN_PORT = 11112
_LONGEST_TITLE = 16
_LARGEST_PORT = 65535
_FORM = re.compile(r"(?P<scheme>dicoms?)://(?P<aet>[^@]*)@(?P<host>\[[0-9A-Fa-f:.]+\]|[^@:/\s]+):(?P<port>[0-9]{1,5})/?")


class AddressMalformed(DicomIoError):
    """What was given as a PACS address cannot be one."""

    def __init__(self, why: str) -> None:
        super().__init__("address_malformed", why)

    def __reduce__(self) -> tuple[type[AddressMalformed], tuple[str]]:  # type: ignore[override]
        return type(self), (self.why,)


@dataclass(frozen=True)
class TlsFiles:
    """The files of a TLS connection, as paths to PEM files; "" where there is none.

    `ca`: whom to trust, with revocation lists if it holds any; "" trusts the authorities of this computer.
    `certificate` and `key`: our own, shown to a PACS that asks for it, and needed for our listening port.
    Raises AddressMalformed when only one of the two is given.
    """

    ca: str = ""
    certificate: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        if bool(self.certificate) != bool(self.key):
            raise AddressMalformed("A certificate and its key belong together; give both or neither.")


@dataclass(frozen=True)
class PacsAddress:
    """One PACS: its AE title, host and port, and our own AE title.

    `listen_port` is opened on our side only while a PACS that does not know C-GET sends us images (C-MOVE), and
    for its test of the connection; on `listen_host`, or where that is "" on the address that faces the PACS.
    `tls` is None for a plain connection. Raises AddressMalformed.
    """

    called_aet: str
    host: str
    port: int
    calling_aet: str = OUR_AE_TITLE
    listen_port: int = LISTEN_PORT
    listen_host: str = ""
    tls: TlsFiles | None = None
    time_outs: TimeOuts = USUAL

    def __post_init__(self) -> None:
        for title in (self.called_aet, self.calling_aet):
            _check_title(title)
        if not self.host or any(character.isspace() for character in self.host):
            raise AddressMalformed("The PACS address has no host; write dicom://AETITLE@HOST:PORT.")
        if any(character.isspace() for character in self.listen_host):
            raise AddressMalformed("listen_host is the name or number of this computer's own address; correct it.")
        if not (0 < self.port <= _LARGEST_PORT and 0 < self.listen_port <= _LARGEST_PORT):
            raise AddressMalformed("A port is a number from 1 to 65535; check the PACS address.")

    @staticmethod
    def parse(text: str, calling_aet: str | None = None) -> PacsAddress:
        """Read "dicom://AET@HOST:PORT", or "dicoms://..." for a connection over TLS. Raises AddressMalformed."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise AddressMalformed(
                "This is not a PACS address; write it as dicom://AETITLE@HOST:PORT, or with dicoms:// for TLS."
            )
        host = found["host"].strip("[]")
        tls = TlsFiles() if found["scheme"] == "dicoms" else None
        return PacsAddress(found["aet"], host, int(found["port"]), calling_aet or OUR_AE_TITLE, tls=tls)

    def text(self) -> str:
        """The address in the form that `parse` reads."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'dicom' if self.tls is None else 'dicoms'}://{self.called_aet}@{host}:{self.port}"

    def for_the_administrator(self, our_host: str) -> str:
        """What the PACS administrator has to be told, in one line."""
        return (
            f"Send this to the PACS administrator: please allow AE title {self.calling_aet}, "
            f"host {our_host}, port {self.listen_port}{'' if self.tls is None else ' with TLS'}, on {self.called_aet} "
            "(verify, find, get and move of ultrasound studies)."
        )


def _check_title(title: str) -> None:
    plain = title.isascii() and title.isprintable() and "\\" not in title
    if not plain or not title.strip() or len(title) > _LONGEST_TITLE:
        raise AddressMalformed("An AE title is 1 to 16 plain characters; check it with the PACS administrator.")
