"""What a workstation keeps of a log beside its keys: how far the log has come, and the tree of its last checkpoint.

The high-water mark is written before an act returns, and from then on every program here sees it. That it outlives a
power cut is seen to by a thread shortly afterwards (and at close): an act waits for the disk once, at the commit. What
a power cut within that moment can take is the mark's last step; the events are on the disk, the older mark still lies
on them, and only a database that was put back to a state within that moment would go unnoticed by the mark.

The tree saves one pass over all leaves at the first checkpoint of each process. It is taken only with the checkpoint
that this workstation's own key signed over its root, and only where the log has that very checkpoint in its place;
anything else counts as nothing kept. Leaves that were changed before it are not signed anew: `verify` finds them.
"""

from __future__ import annotations

import threading

import orjson

from injection_log.high_water import HighWater
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import parse_json
from injection_log.ledger.checkpoint import parse_checkpoint
from injection_log.ledger.errors import KeyStoreFailed, LedgerError
from injection_log.ledger.event import parse_body, read_changes
from injection_log.ledger.merkle import Frontier
from injection_log.store.batch import CHECKPOINT, Seen
from injection_log.store.statements import Statements

SOON_SECONDS = 0.25
_BODY = "SELECT body FROM event WHERE sequence = ?"


class Remembering:
    """Keeps what one process has seen of one log. Safe to use from several threads."""

    def __init__(self, keys: KeyFolder, origin: str) -> None:
        self._keys = keys
        self._origin = origin
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._covered: tuple[str, Frontier] | None = None

    def came_to(self, seen: Seen, *, signed: bool) -> None:
        """Raise the mark to the head; where the act made a checkpoint, mark and tree go to the disk soon.

        A mark that stays behind the log is no fault: the events are committed, so the act is done.
        """
        try:
            self._keys.raise_high_water(self._origin, HighWater(seen.head[0], seen.head[1].hex()), durable=False)
        except KeyStoreFailed:
            return
        if not signed:
            return
        with self._lock:
            self._covered = seen.checkpoint, seen.covered
            if self._timer is None:
                self._timer = threading.Timer(SOON_SECONDS, self._settle)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """Do at once what was to be done soon."""
        with self._lock:
            timer = self._timer
        if timer is not None:
            timer.cancel()
            self._settle()

    def tree(self, statements: Statements) -> Frontier:
        """The tree of the last checkpoint of this workstation as it was kept, checked; an empty one for none."""
        try:
            return self._checked(statements)
        except (LedgerError, ValueError, KeyError, TypeError, AttributeError):
            return Frontier()

    def _checked(self, statements: Statements) -> Frontier:
        kept = orjson.loads(self._keys.kept_tree(self._origin) or b"")
        found = parse_checkpoint(kept["checkpoint"])
        sizes = [1 << bit for bit in reversed(range(found.size.bit_length())) if found.size >> bit & 1]
        roots = [bytes.fromhex(root) for root in kept["roots"]]
        tree = Frontier(found.size, tuple(zip(sizes, roots, strict=True)))
        mine = self._keys.checkpoint_key(self._origin).public_key().public_bytes_raw()
        sound = (
            found.origin == self._origin
            and all(len(root) == len(found.root) for root in roots)
            and tree.root() == found.root
            and found.signed_by(mine)
            and _text_in_log(statements, found.size + 1) == found.text
        )
        return tree if sound else Frontier()

    def _settle(self) -> None:
        with self._lock:
            covered, self._covered, self._timer = self._covered, None, None
        if covered is None:
            return
        try:
            self._keys.sync_high_water(self._origin)
            value, tree = covered
            kept = {"checkpoint": _text(parse_json(value)), "roots": [root.hex() for _, root in tree.subtrees]}
            self._keys.keep_tree(self._origin, orjson.dumps(kept))
        except (OSError, LedgerError):
            return  # the next checkpoint does it again


def _text_in_log(statements: Statements, sequence: int) -> str:
    """The text of the checkpoint that this event made."""
    rows = statements.ask(_BODY, sequence)
    body = bytes(rows[0][0]) if rows and rows[0][0] is not None else b"null"
    return next((_text(change.new) for change in read_changes(parse_body(body)) if change.field == CHECKPOINT[1]), "")


def _text(value: object) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else ""
