"""Our own certificate as people compare it: its fingerprint, its names, until when it holds. Reads one PEM file."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from dicom_io.errors import PacsNotSafe
from dicom_io.pacs.address import PacsAddress


@dataclass(frozen=True)
class OwnCertificate:
    """`fingerprint` is SHA-256 of the certificate, in pairs of hex digits; `names` are hosts it is for."""

    fingerprint: str
    names: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime


def own_certificate(address: PacsAddress) -> OwnCertificate | None:
    """The certificate that we show to a PACS; None where the settings name none. Raises PacsNotSafe."""
    if address.tls is None or not address.tls.certificate:
        return None
    try:
        value = x509.load_pem_x509_certificates(Path(address.tls.certificate).read_bytes())[0]
    except (OSError, ValueError, IndexError) as error:
        raise PacsNotSafe(
            "tls_file_unusable",
            f"Our TLS certificate, {address.tls.certificate}, cannot be read as a PEM file; check its path in the "
            "settings.",
        ) from error
    return OwnCertificate(
        value.fingerprint(hashes.SHA256()).hex(":").upper(), _names(value), value.not_valid_before_utc,
        value.not_valid_after_utc,
    )


def _names(value: x509.Certificate) -> tuple[str, ...]:
    try:
        names = value.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(one.value) for one in names if isinstance(one, (x509.DNSName, x509.IPAddress)))
