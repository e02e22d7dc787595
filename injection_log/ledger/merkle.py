"""The Merkle tree head over the leaves of the log (RFC 6962, part 2.1), from leaves that are already hashed.

The tree is kept as its frontier, the roots of its full subtrees from left to right: adding a leaf and
asking for the root at any size cost O(log n). Gives no inclusion or consistency proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


class GrowingTree:
    """The same tree for whoever reads a whole log: it takes leaves by the thousand, a level at a time.

    Changes in place, where `Frontier` is a value; a test holds the two together.
    """

    def __init__(self) -> None:
        self.size = 0
        self._waiting: list[bytes | None] = []
        """By level, the full subtree that has no neighbour to its right yet."""

    def add(self, leaves: Sequence[bytes]) -> None:
        """Take the next leaf hashes (32 bytes each), in their order."""
        self.size += len(leaves)
        nodes, level = list(leaves), 0
        while nodes:
            if level == len(self._waiting):
                self._waiting.append(None)
            waiting = self._waiting[level]
            if waiting is not None:
                nodes.insert(0, waiting)
            self._waiting[level] = nodes.pop() if len(nodes) % 2 else None
            pairs = iter(nodes)
            nodes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
            level += 1

    def root(self) -> bytes:
        """The tree head, 32 bytes; of an empty tree SHA-256 of nothing."""
        node: bytes | None = None
        for waiting in self._waiting:
            if waiting is not None:
                node = waiting if node is None else _node(waiting, node)
        return sha256(b"").digest() if node is None else node


def root(leaves: Iterable[bytes]) -> bytes:
    """The tree head over leaf hashes in their order, 32 bytes."""
    return Frontier().extended(leaves).root()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
