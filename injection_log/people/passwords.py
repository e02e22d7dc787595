"""Passwords: what a new one must be, how it is checked, and how it seals a signing key.

argon2id (RFC 9106) for both, with its parameters written beside each result so that they can grow. The
seal is ChaCha20-Poly1305 under a key that argon2id derives from the password, bound to user and log: a
sealed key that is copied to another account or another database does not open. Keeps nothing, and knows
no event.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from injection_log.people.errors import AccountUnreadable, PasswordWeak

SHORTEST = 10
"""Characters. NIST SP 800-63B asks for eight, and length rather than kinds of characters; each account
allows 480 guesses a day at most (five, then 15 minutes), and every guess against a stolen database costs
64 MiB and 0.2 s.
"""
LONGEST = 128
_SEAL_VERSION = 1


@dataclass(frozen=True)
class PasswordCost:
    """What one argon2id computation costs; the default is RFC 9106's second recommendation (64 MiB, 3 passes)."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


PRODUCTION = PasswordCost()


def check_new_password(password: str, user: str) -> None:
    """Raise PasswordWeak, with what to do, when this may not be a password of `user`."""
    if len(password) < SHORTEST:
        raise PasswordWeak(f"A password needs at least {SHORTEST} characters; three or four words make a good one.")
    if len(password) > LONGEST:
        raise PasswordWeak(f"A password may have at most {LONGEST} characters; choose a shorter one.")
    plain = "".join(one for one in password.casefold() if one.isalnum())
    if plain == "".join(one for one in user.casefold() if one.isalnum()) or len(set(password)) < 5:
        raise _easy()
    if plain in _COMMON or any(plain in run for run in _RUNS):
        raise _easy()


_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_COMMON = frozenset({
    "password12", "password123", "password1234", "passw0rd123", "qwerty12345", "1q2w3e4r5t", "1qaz2wsx3edc",
    "iloveyou12", "welcome123", "welcome1234", "changeme123", "letmein1234", "administrator", "injectionlog1",
    "adgangskode", "adgangskode1", "adgangskode123", "kodeord123", "kodeord1234", "velkommen1", "velkommen123",
    "injectionlog", "hospital123", "rigshospitalet", "sommer2026", "vinter2026",
})  # fmt: skip
"""Long enough, and still the first that anybody tries (English and Danish)."""


def _easy() -> PasswordWeak:
    return PasswordWeak("This password is too easy to guess; three or four words make a good one.")


def is_weaker(password_hash: str, cost: PasswordCost) -> bool:
    """Whether a guess at this hash is cheaper than `cost` (passes x memory). Raises AccountUnreadable."""
    try:
        found = extract_parameters(password_hash)
    except InvalidHashError as error:
        raise _machine() from error
    return found.time_cost * found.memory_cost < cost.passes * cost.memory_kib


def hash_password(password: str, cost: PasswordCost = PRODUCTION) -> str:
    """The argon2id string to keep. Raises AccountUnreadable when the machine cannot compute it."""
    try:
        return _hasher(cost).hash(_normal(password))
    except (Argon2Error, MemoryError) as error:
        raise _machine() from error


def password_fits(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed. Raises AccountUnreadable when that cannot be told."""
    try:
        return PasswordHasher().verify(password_hash, _normal(password))
    except VerifyMismatchError:
        return False
    except (Argon2Error, InvalidHashError, MemoryError) as error:
        raise _machine() from error


def waste_time(password: str) -> None:
    """Compute what a check costs, so that an unknown user id takes as long as a known one."""
    hash_password(password)


def seal_key(key: Ed25519PrivateKey, password: str, bound_to: bytes, cost: PasswordCost = PRODUCTION) -> bytes:
    """Seal a signing key: version, cost, salt[16], nonce[12], ciphertext. `bound_to` names user and log."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    header = bytes([_SEAL_VERSION, cost.passes, cost.lanes]) + cost.memory_kib.to_bytes(4, "big") + salt + nonce
    cipher = ChaCha20Poly1305(derived_key(password, salt, cost))
    return header + cipher.encrypt(nonce, key.private_bytes_raw(), header + bound_to)


def open_key(sealed: bytes, password: str, bound_to: bytes) -> Ed25519PrivateKey | None:
    """The signing key, or None when password or binding are not its own. Raises AccountUnreadable."""
    header, ciphertext = sealed[:35], sealed[35:]
    if len(sealed) != 35 + 32 + 16 or header[0] != _SEAL_VERSION:
        raise AccountUnreadable(
            "The signing key of this account is damaged; no try was counted: tell the administrator."
        )
    cost = PasswordCost(passes=header[1], lanes=header[2], memory_kib=int.from_bytes(header[3:7], "big"))
    cipher = ChaCha20Poly1305(derived_key(password, header[7:23], cost))
    try:
        return Ed25519PrivateKey.from_private_bytes(cipher.decrypt(header[23:35], ciphertext, header + bound_to))
    except InvalidTag:
        return None


def derived_key(password: str, salt: bytes, cost: PasswordCost) -> bytes:
    """32 bytes of argon2id over a password or passphrase. Raises AccountUnreadable when the machine cannot."""
    try:
        return hash_secret_raw(
            _normal(password),
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=32,
            type=Type.ID,
        )
    except (Argon2Error, MemoryError) as error:
        raise _machine() from error


def _hasher(cost: PasswordCost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)


def _normal(password: str) -> bytes:
    """The same bytes for the same word, on whatever keyboard it was typed (NFC, as in RFC 8265, part 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _machine() -> AccountUnreadable:
    return AccountUnreadable(
        "The password could not be checked on this computer just now, and no try was counted; close"
        " other programs and try again, or tell the administrator."
    )
