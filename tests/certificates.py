"""Certificates made at test time: an authority, what it issues, and every way in which a certificate can be wrong."""
from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from dicom_io.pacs.address import TlsFiles


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, as PEM files, and the certificate itself."""

    certificate: Path
    key: Path
    value: x509.Certificate


class Authority:
    """One certificate authority; `ca` is its own certificate as a PEM file."""

    def __init__(self, folder: Path, name: str = "test authority") -> None:
        self.folder, self.name = folder / name.replace(" ", "-"), name
        self.folder.mkdir(parents=True)
        self._key = rsa.generate_private_key(65537, 2048)
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        self._value = self._sign(_builder(name, self._key, issuer=name).add_extension(constraints, critical=True))
        self.ca = self.folder / "ca.pem"
        self.ca.write_bytes(self._value.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, host: str = "localhost", days: tuple[int, int] = (-1, 60)) -> Issued:
        """A certificate for a host (and 127.0.0.1 with "localhost"), valid between two days counted from today."""
        key = rsa.generate_private_key(65537, 2048)
        builder = _builder(name, key, issuer=self.name, days=days)
        return self._written(name, key, self._sign(builder.add_extension(_host_names(host), critical=False)))

    def self_signed(self, name: str) -> Issued:
        """A certificate that nobody but its owner vouches for."""
        key = rsa.generate_private_key(65537, 2048)
        builder = _builder(name, key, issuer=name).add_extension(_host_names("localhost"), critical=False)
        return self._written(name, key, builder.sign(key, hashes.SHA256()))

    def revoke(self, one: Issued) -> Path:
        """The ca file with a revocation list in which this certificate stands."""
        now = datetime.now(UTC)
        entry = x509.RevokedCertificateBuilder().serial_number(one.value.serial_number).revocation_date(now).build()
        listed = (
            x509.CertificateRevocationListBuilder().issuer_name(_name(self.name))
            .last_update(now - timedelta(days=1)).next_update(now + timedelta(days=1))
            .add_revoked_certificate(entry).sign(self._key, hashes.SHA256())
        )
        path = self.folder / "ca-with-revocations.pem"
        path.write_bytes(self.ca.read_bytes() + listed.public_bytes(serialization.Encoding.PEM))
        return path

    def _sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        return builder.sign(self._key, hashes.SHA256())

    def _written(self, name: str, key: rsa.RSAPrivateKey, value: x509.Certificate) -> Issued:
        certificate, key_file = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        certificate.write_bytes(value.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        ))
        return Issued(certificate, key_file, value)


def _builder(
    name: str, key: rsa.RSAPrivateKey, *, issuer: str, days: tuple[int, int] = (-1, 30)
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer))
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0])).not_valid_after(now + timedelta(days=days[1]))
    )


def _host_names(host: str) -> x509.SubjectAlternativeName:
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    return x509.SubjectAlternativeName(names)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def tls_files(authority: Authority, ours: Issued | None = None) -> TlsFiles:
    """Trust in an authority, and our own pair where there is one."""
    if ours is None:
        return TlsFiles(str(authority.ca))
    return TlsFiles(str(authority.ca), str(ours.certificate), str(ours.key))
