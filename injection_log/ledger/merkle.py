"""The Merkle tree head over the leaves of the log (RFC 6962, part 2.1), from leaves that are already hashed.

The tree is kept as its frontier, the roots of its full subtrees from left to right: adding a leaf and
asking for the root at any size cost O(log n). Gives no inclusion or consistency proofs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Frontier:
    """A tree of `size` leaves as (leaves, root) of its full subtrees, largest first."""

    size: int = 0
    subtrees: tuple[tuple[int, bytes], ...] = ()

    def extended(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier after these leaf hashes (32 bytes each)."""
        size = self.size
        subtrees = list(self.subtrees)
        for leaf in leaves:
            subtrees.append((1, leaf))
            size += 1
            while len(subtrees) > 1 and subtrees[-2][0] == subtrees[-1][0]:
                count, right = subtrees.pop()
                _, left = subtrees.pop()
                subtrees.append((2 * count, _node(left, right)))
        return Frontier(size, tuple(subtrees))

    def root(self) -> bytes:
        """The tree head, 32 bytes; of an empty tree SHA-256 of nothing."""
        if not self.subtrees:
            return sha256(b"").digest()
        node = self.subtrees[-1][1]
        for _, left in reversed(self.subtrees[:-1]):
            node = _node(left, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """The tree head over leaf hashes in their order, 32 bytes."""
    return Frontier().extended(leaves).root()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
