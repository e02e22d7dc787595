"""The digest that ties a row of secrets to the log. Standard library only, because `verify` needs it."""

from __future__ import annotations

from hashlib import sha256


def credential_sha256(password_hash: str, sealed_key: bytes) -> str:
    """What the log keeps of a credential: enough to see that its row was changed, nothing to guess with; hex."""
    return sha256(password_hash.encode("utf-8") + b"\x00" + sealed_key).hexdigest()
