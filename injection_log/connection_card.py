"""The connection card: what a PACS administrator has to know about us, as one value to read, copy or print.

Only facts of this computer and its settings; nobody's data. The PACS is not asked, so it can be made before it
knows us.
"""
from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicom_io.pacs.address import PacsAddress
    from injection_log.settings import PacsSource

_WAITING = "the connection page of our window, or 'injection-log pacs listen',"
"""Where a person lets the port wait for the PACS's own test."""

Section = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class CardContent:
    """The card in the order in which it is printed: (section, ((label, value), ...)). `made_at` is ready to print."""

    title: str
    sections: tuple[Section, ...]
    made_at: str

    def text(self) -> str:
        """The card as plain text, for a mail."""
        widest = max(len(label) for _, lines in self.sections for label, _ in lines)
        parts = [self.title, "=" * len(self.title)]
        for name, lines in self.sections:
            parts += ["", name, "-" * len(name), *(f"{label:<{widest}}  {value}" for label, value in lines)]
        return "\n".join([*parts, "", f"Made {self.made_at}."])


def connection_card(source: PacsSource, made_at: str) -> CardContent:
    """The card for one PACS. Raises a PacsError when our own certificate cannot be read."""
    address = source.address
    return CardContent(
        f"Connection card of injection-log for {address.called_aet}",
        (
            ("Who we are", _ours(address)),
            ("Whom we call", _theirs(source)),
            ("What we ask, and what the PACS must allow", _services(address)),
            ("Images we ask for (SOP classes)", _classes()),
            ("Codings we take (transfer syntaxes), one presentation context for each", _syntaxes(decoded=True)),
            ("Codings received, then refused by name, because nothing here decodes them", _syntaxes(decoded=False)),
        ),
        made_at,
    )


def _ours(address: PacsAddress) -> tuple[tuple[str, str], ...]:
    from dicom_io.pacs.certificate import own_certificate
    from dicom_io.pacs.refusals import our_host

    lines = [
        ("AE title", address.calling_aet),
        ("Host", our_host(address)),
        ("Name of this computer", socket.gethostname()),
        ("Port", f"{address.listen_port}, open only while the PACS sends us images (C-MOVE) or tests the connection"),
        ("TLS", "no" if address.tls is None else "yes, 1.2 or newer, cipher suites of BCP 195 (PS3.15 B.12)"),
    ]
    certificate = own_certificate(address)
    if certificate is not None:
        lines += [
            ("Certificate, SHA-256", certificate.fingerprint),
            ("Certificate is for", ", ".join(certificate.names) or "no named host"),
            ("Certificate is valid until", f"{certificate.valid_until:%Y-%m-%d}"),
        ]
    elif address.tls is not None:
        lines.append(("Certificate", "none is set up; without one the PACS cannot call us back"))
    return tuple(lines)


def _theirs(source: PacsSource) -> tuple[tuple[str, str], ...]:
    from dicom_io.pacs.ways import ByWeb

    address = source.address
    lines = [("PACS", address.text())]
    if source.worklist != address:
        lines.append(("Worklist", source.worklist.text()))
    if isinstance(source.way, ByWeb):
        lines.append(("DICOMweb", source.way.address.root_url))
    return tuple(lines)


def _services(address: PacsAddress) -> tuple[tuple[str, str], ...]:
    us, them = address.calling_aet, address.called_aet
    return (
        ("Verification (C-ECHO)", f"{us} to {them}; and {them} to {us} while {_WAITING} waits for it"),
        ("Query (C-FIND)", f"{us} to {them}; Study Root; levels STUDY, SERIES, IMAGE"),
        ("Retrieve (C-GET)", f"{us} to {them}; Study Root; we take the role of storage SCP"),
        ("Retrieve (C-MOVE)", f"{us} to {them}; Study Root; destination {us}, which {them} has to know"),
        ("Worklist (C-FIND)", f"{us} to {them} or the worklist server; Modality Worklist"),
        ("Store (C-STORE)", f"{them} to {us} after our C-MOVE; {us} to {them} only when a person sends something"),
    )


def _classes() -> tuple[tuple[str, str], ...]:
    from dicom_io.pacs.storage_classes import PICTURE_CLASSES

    return tuple((name, uid) for uid, name in PICTURE_CLASSES.items())


def _syntaxes(*, decoded: bool) -> tuple[tuple[str, str], ...]:
    """One row for each name with all its UIDs: several syntaxes share a name."""
    from dicom_io.transfer_syntaxes import TRANSFER_SYNTAXES

    uids_by_name: dict[str, list[str]] = {}
    for one in TRANSFER_SYNTAXES.values():
        if (one.codec != "none") == decoded:
            uids_by_name.setdefault(one.name, []).append(one.uid)
    return tuple((name, ", ".join(uids)) for name, uids in uids_by_name.items())
