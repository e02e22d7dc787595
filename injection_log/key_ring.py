"""The operating system's key store through `keyring`, where a real one exists.

A backend that keeps nothing, or keeps it readable, is no key store: then the key folder's owner-only
files are used.
"""

from __future__ import annotations

import base64
import binascii
from typing import Protocol

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from injection_log.ledger.errors import KeyStoreFailed

SERVICE = "injection-log"
_NOT_REAL = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt.file")


class Ring(Protocol):
    """The operating system's key store."""

    def get(self, name: str) -> bytes | None:
        """The secret of that name, or None. Raises KeyStoreFailed."""

    def put(self, name: str, secret: bytes) -> bool:
        """Keep a secret; False when the store would not."""


class OsRing:
    """Secrets under the service name injection-log, as base64."""

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def get(self, name: str) -> bytes | None:
        """The secret of that name, or None. Raises KeyStoreFailed."""
        try:
            text = self._backend.get_password(SERVICE, name)
            return None if text is None else base64.b64decode(text, validate=True)
        except (KeyringError, OSError, binascii.Error) as error:
            raise KeyStoreFailed(
                "The key store of this computer did not answer; unlock it, then start the program again."
            ) from error

    def put(self, name: str, secret: bytes) -> bool:
        """Keep a secret and read it back; False when the store would not."""
        try:
            self._backend.set_password(SERVICE, name, base64.b64encode(secret).decode("ascii"))
            return self.get(name) == secret
        except (KeyringError, OSError, KeyStoreFailed):
            return False


def real_ring() -> OsRing | None:
    """The key store of this computer, or None where there is none that keeps a secret."""
    backend = keyring.get_keyring()
    parts = list(getattr(backend, "backends", [])) or [backend]
    return OsRing(backend) if any(_is_real(part) for part in parts) else None


def _is_real(backend: KeyringBackend) -> bool:
    return not type(backend).__module__.startswith(_NOT_REAL)
