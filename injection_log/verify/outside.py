"""Checkpoints that left the machine, from a sheet, an export or a monitor's folder, held against the log.

Each must be of this log, signed by a workstation that the log knows, and its root must be the one the log had at
that size: then nothing up to there was changed since it left. This is the only check that sees what somebody with
the database and a key has rewritten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from injection_log.ledger.checkpoint import Checkpoint, key_id, parse_checkpoint
from injection_log.ledger.errors import CheckpointMalformed
from injection_log.verify.replay import Read, Replay
from injection_log.verify.report import Wrong

WHAT = "outside checkpoint"
EMPTY_ROOT = sha256(b"").digest()
"""The RFC 6962 root over no leaves."""
_LARGEST_BYTES = 100_000


@dataclass(frozen=True)
class Outside:
    """One checkpoint from outside, and the name it is spoken of by."""

    name: str
    checkpoint: Checkpoint


def read_outside(path: Path) -> Outside:
    """Read a checkpoint from a file. Raises OSError, CheckpointMalformed.

    Line ends of Windows, blank lines around it and a missing last line end are forgiven: it may have been mailed.
    """
    with path.open("rb") as file:
        data = file.read(_LARGEST_BYTES)
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").strip() + "\n"
    return Outside(path.name, parse_checkpoint(text))


class OutsideCheckpoints:
    """The checkpoints given to one verification; each is compared when the log has come to its size."""

    def __init__(self, given: Iterable[Outside]) -> None:
        self._given = tuple(given)
        self._due: dict[int, list[Outside]] = {}
        for one in self._given:
            self._due.setdefault(one.checkpoint.size, []).append(one)
        self._keys: set[str] = set()

    def note_key(self, event: Read) -> None:
        """Remember a key that a workstation enrolled: also one that was replaced later may have signed."""
        for change in event.changes:
            if change["field"] == "checkpoint_key" and isinstance(change["new"], str):
                self._keys.add(change["new"])

    def compare(self, replay: Replay) -> None:
        """Compare those whose size the log has now. Raises Wrong."""
        for one in self._due.get(replay.last, ()):
            if one.checkpoint.origin == replay.origin and one.checkpoint.root != replay.root():
                raise _wrong(
                    replay.last,
                    one,
                    f"is not of this log's first {replay.last} events: one of them was changed after it was made, or it"
                    " is of another copy",
                )

    def check_end(self, replay: Replay) -> None:
        """Check what needs the whole log: origin, size, keys. Raises Wrong."""
        for one in self._given:
            if one.checkpoint.origin != replay.origin:
                raise _wrong(0, one, "is of another log (its first line is not this log's origin)")
            if not _signed(one.checkpoint, self._keys):
                raise _wrong(0, one, _why_unsigned(one.checkpoint, self._keys, replay.origin))
            if one.checkpoint.size == 0 and one.checkpoint.root != EMPTY_ROOT:
                raise _wrong(0, one, "is of an empty log, but bears another root")
            if one.checkpoint.size > replay.last:
                raise _wrong(
                    replay.last + 1,
                    one,
                    f"is of {one.checkpoint.size} events, but the log ends at event {replay.last}: its end was cut off,"
                    " or this is an older copy",
                )


def _signed(checkpoint: Checkpoint, keys: Collection[str]) -> bool:
    return any(checkpoint.signed_by(bytes.fromhex(key)) for key in keys)


def _why_unsigned(checkpoint: Checkpoint, keys: Collection[str], origin: str) -> str:
    known = {key_id(origin, bytes.fromhex(key)) for key in keys}
    if any(line.key_id in known for line in checkpoint.signatures):
        return "bears a signature that does not hold: its text was changed"
    return "is signed with a key that no workstation of this log has"


def _wrong(sequence: int, one: Outside, what: str) -> Wrong:
    return Wrong(sequence, WHAT, f"The checkpoint in {one.name} {what}.")


__all__ = ["CheckpointMalformed", "Outside", "OutsideCheckpoints", "read_outside"]
