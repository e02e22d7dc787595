"""What a person signs: the exact message, its signature, and the check of it.

Ed25519 over the canonical JSON of origin, subject, digest of the rendered record, meaning, user and time:
copied to another record, user, meaning or log, a signature does not hold. Asks for no password and writes
nothing.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from injection_log.ledger.canonical import canonical_bytes


@dataclass(frozen=True)
class SignatureClaim:
    """What a signature says. `subject` is the key of the record; `signed_at` the time as it is stored."""

    origin: str
    subject: str
    record_sha256: str
    meaning: str
    user: str
    signed_at: str


def signature_message(claim: SignatureClaim) -> bytes:
    """The bytes under a signature. Raises NotCanonical."""
    return canonical_bytes(vars(claim))


def sign_claim(key: Ed25519PrivateKey, claim: SignatureClaim) -> str:
    """The signature as base64 text."""
    return base64.b64encode(key.sign(signature_message(claim))).decode("ascii")


def claim_holds(public_key: str, claim: SignatureClaim, value: str) -> bool:
    """Whether `value` (base64) is this claim's signature by the key (hex)."""
    try:
        return verify_signature(
            bytes.fromhex(public_key), signature_message(claim), base64.b64decode(value, validate=True)
        )
    except (ValueError, binascii.Error):
        return False


def verify_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) is by this key (32 bytes) over this message."""
    try:
        _public_key(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _public_key(public_key: bytes) -> Ed25519PublicKey:
    """A key of 32 bytes, ready to check with: a log has few, each with many signatures. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(public_key)
