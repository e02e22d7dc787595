"""New UIDs and file names from old UIDs by a keyed hash: the same for the same key and purpose, and not to be undone.

A plain hash would let anyone who holds a list of the hospital's UIDs find the patient again, so the site's
key goes in (HMAC-SHA256). Copies for one purpose ("realm") agree with each other about which study and
series they belong to; copies for two purposes cannot be matched with each other.
"""
from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Literal

UidLevel = Literal["study", "series", "image", "mark"]
"""A mark has a UID in reports, by which it is followed."""


@dataclass(frozen=True)
class UidMap:
    """The site's key, which is never shown, and what the copies are for.

    `realm` is any text, for example "sharing" or a campaign and reading code.
    """

    key: bytes = field(repr=False)
    realm: str

    def uid(self, level: UidLevel, *old: str) -> str:
        """The new UID under 2.25 (PS3.5 B.2) of an old one, or of one old UID and what makes it another object."""
        # 128 bits with the form of a random UUID (version 4, RFC 4122), as PS3.5 B.2 wants them.
        bits = int.from_bytes(self._digest(level, *old)[:16], "big")
        bits = bits & ~(0xF << 76) | (0x4 << 76)
        bits = bits & ~(0x3 << 62) | (0x2 << 62)
        return f"2.25.{bits}"

    def name(self, *old: str) -> str:
        """Sixteen hex digits for a file's name; they say nothing of the UID that is in the file."""
        return self._digest("name", *old)[:8].hex()

    def _digest(self, *words: str) -> bytes:
        message = "\x00".join(("injection-log coded copy 1", self.realm, *words))
        return hmac.digest(self.key, message.encode("utf-8"), "sha256")
