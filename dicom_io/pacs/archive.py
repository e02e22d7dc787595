"""One object into a research archive, by C-STORE or STOW-RS, and asked for again before it counts as there.

Says what became of it; keeps no queue and tries nothing twice. That what is sent is the trial's own is asked before
(`reports.own_object`).
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dicom_io.pacs.address import AddressMalformed, PacsAddress, TlsFiles
from dicom_io.pacs.find import find_instances
from dicom_io.pacs.sending import Taken, send
from dicom_io.pacs.web_address import NoSignIn, TokenSignIn, WebAddress
from dicom_io.pacs.web_search import find_instances_by_web
from dicom_io.pacs.web_sending import send_by_web
from dicom_io.reports.own_object import OwnObject

ArchiveAddress = PacsAddress | WebAddress


@dataclass(frozen=True)
class Accepted:
    """The archive took it and lists it. `remark` is what it said beside, "" mostly."""

    remark: str


@dataclass(frozen=True)
class NotAccepted:
    """The archive does not have it, and why, as a sentence."""

    why: str


def archive_address(
    text: str, calling_aet: str = "", token_file: str = "", tls: TlsFiles | None = None
) -> ArchiveAddress:
    """Read dicom://AET@HOST:PORT, dicoms://..., or https://HOST/PATH (before /studies). Raises AddressMalformed."""
    if urlsplit(text.strip()).scheme in ("http", "https"):
        return WebAddress(text.strip(), TokenSignIn(token_file) if token_file else NoSignIn(), tls or TlsFiles())
    if token_file:
        raise AddressMalformed("A token is only for an archive that is reached over https://.")
    address = PacsAddress.parse(text, calling_aet or None)
    if tls is None or address.tls is None:
        return address
    return PacsAddress(address.called_aet, address.host, address.port, address.calling_aet, tls=tls)


def put(address: ArchiveAddress, path: Path, own: OwnObject, incoming: Path) -> Accepted | NotAccepted:
    """Send one object and ask for it. Raises a PacsError where the archive cannot be talked to.

    `incoming` is a folder of our own in which a C-STORE stages what leaves.
    """
    if isinstance(address, WebAddress):
        (sent,) = send_by_web(address, [path])
    else:
        (sent,) = send(address, [path], incoming)
    if not isinstance(sent, Taken):
        return NotAccepted(sent.why)
    if own.sop_instance_uid not in _listed(address, own):
        return NotAccepted("The archive took it and does not list it; ask its administrator, and try again.")
    return Accepted(sent.remark)


def _listed(address: ArchiveAddress, own: OwnObject) -> frozenset[str]:
    if isinstance(address, WebAddress):
        return find_instances_by_web(address, own.study_instance_uid, own.series_instance_uid)
    return find_instances(address, own.study_instance_uid, own.series_instance_uid)
