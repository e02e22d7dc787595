"""The hash chain: how one event is tied to its bytes and to the event before it.

    leaf = SHA-256(0x00 | salt[32] | bytes)
    hash = SHA-256(0x02 | previous[32] | leaf[32] | sequence as 8 bytes, big-endian)
    the first previous = SHA-256(origin in UTF-8)

The salt lets a payload be blanked later without a guess at short contents staying possible; the leaf stays.
Does not read, write or order anything.
"""

from __future__ import annotations

from hashlib import sha256

HASH_BYTES = 32
SALT_BYTES = 32


def first_previous(origin: str) -> bytes:
    """What the first event has as its previous hash: 32 bytes bound to this one log."""
    return sha256(origin.encode("utf-8")).digest()


def leaf_hash(salt: bytes, body: bytes) -> bytes:
    """The leaf of one event, 32 bytes: commits to salt and body (prefix 0x00 as in RFC 6962, part 2.1)."""
    return sha256(b"\x00" + salt + body).digest()


def link_hash(previous: bytes, leaf: bytes, sequence: int) -> bytes:
    """The hash of one event, 32 bytes: commits to everything before it, its leaf and its place."""
    return sha256(b"\x02" + previous + leaf + sequence.to_bytes(8, "big")).digest()
