"""Re-hashes the rows of a log: numbering, leaves, links and hashes, a few hundred rows at a time.

Rows that fit are settled by four comparisons of whole columns; only where something differs are they looked at one by
one, to name the first that is wrong. Reads no body: what an event says is for `content`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice

from injection_log.ledger.chain import SALT_BYTES, leaf_hash, link_hash
from injection_log.verify.report import Wrong

ROWS = 256
"""At a time: with bodies of their usual size these stay in the cache of one core while they are hashed."""
Row = tuple[object, ...]
"""Sequence, body, salt, leaf, previous, hash, as the database gives them."""
Blanked = Mapping[int, bytes]
"""Events whose content an event of the log says was blanked, with the leaf (32 bytes) that it names."""


def in_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, `ROWS` at a time."""
    iterator = iter(rows)
    while batch := list(islice(iterator, ROWS)):
        yield batch


class ChainPass:
    """Where the pass stands: number and hash (32 bytes) of the last row that held, b"" before the first."""

    def __init__(self, blanked: Callable[[], Blanked] = dict) -> None:
        self.last = 0
        self.last_hash = b""
        self._blanked = blanked
        """Asked only when a row without content is met."""

    def check(self, rows: Sequence[Row]) -> tuple[int, Wrong | None]:
        """How many of the rows hold, and what is wrong with the one behind them."""
        if not rows:
            return 0, None
        if self._all_fit(rows):
            self.last, self.last_hash = self.last + len(rows), rows[-1][5]  # type: ignore[assignment]
            return len(rows), None
        for number, row in enumerate(rows):
            try:
                self._check_row(row)
            except Wrong as wrong:
                return number, wrong
        return len(rows), None

    def _all_fit(self, rows: Sequence[Row]) -> bool:
        """Whether every row holds and none is blanked: the fast answer, which names nothing."""
        sequences, bodies, salts, leaves, previous, hashes = zip(*rows, strict=True)
        first = self.last + 1
        if sequences != tuple(range(first, first + len(rows))):
            return False
        if previous[1:] != hashes[:-1] or (self.last and previous[0] != self.last_hash):
            return False
        try:
            if set(map(len, salts)) != {SALT_BYTES}:
                return False
            payloads = zip(salts, bodies, strict=True)
            if tuple([sha256(b"\x00" + salt + body).digest() for salt, body in payloads]) != leaves:
                return False
            links = zip(previous, leaves, sequences, strict=True)
            found = [sha256(b"\x02" + link + leaf + number.to_bytes(8, "big")).digest() for link, leaf, number in links]
            return tuple(found) == hashes
        except TypeError:  # a column that is not stored as bytes
            return False

    def _check_row(self, row: Row) -> None:
        """Check one row against the one before it. Raises Wrong."""
        expected = self.last + 1
        sequence, body, salt, leaf, previous, last_hash = row
        if sequence != expected:
            raise Wrong(expected, "sequence", f"Event {expected} is missing: the next event in the log is {sequence}.")
        if not (isinstance(leaf, bytes) and isinstance(previous, bytes) and isinstance(last_hash, bytes)):
            raise Wrong(expected, "row", f"A hash of event {expected} is not stored as bytes.")
        blanked = body is None and salt is None
        if blanked and self._blanked().get(expected) != leaf:
            raise Wrong(expected, "payload", f"The content of event {expected} is missing, and no event allows that.")
        if self.last and previous != self.last_hash:
            raise Wrong(
                expected, "link", f"Event {expected} does not follow event {self.last}: its link was changed."
            )
        if not blanked:
            _check_leaf(expected, body, salt, leaf)
        if last_hash != link_hash(previous, leaf, expected):
            raise Wrong(
                expected, "hash", f"The hash of event {expected} is not the one of its content, place and link."
            )
        self.last, self.last_hash = expected, last_hash


def _check_leaf(number: int, body: object, salt: object, leaf: bytes) -> None:
    if not (isinstance(body, bytes) and isinstance(salt, bytes) and len(salt) == SALT_BYTES):
        raise Wrong(number, "row", f"The content or the salt of event {number} is not stored as it was written.")
    if leaf != leaf_hash(salt, body):
        raise Wrong(
            number,
            "event",
            f"Event {number} was changed after it was written: content, salt and leaf do not fit each other.",
        )
