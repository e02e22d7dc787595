"""Walks the log from its first event: re-hashes every row and rebuilds every current value from the changes.

What an event says about signatures, checkpoints and measurements is checked in `content`; what lies
around the events (projection, schema, files) in `surroundings`. Stops at the first thing that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from injection_log.ledger.canonical import Json
from injection_log.ledger.chain import SALT_BYTES, first_previous, leaf_hash, link_hash
from injection_log.ledger.errors import LedgerError
from injection_log.ledger.event import Change, parse_body, read_changes
from injection_log.ledger.merkle import Frontier
from injection_log.verify.report import Wrong

IMAGE_DIGESTS = ("sha256", "other_headers", "conflicts")
"""The fields of an image that name files: the one in use, and those kept beside it under the same identity."""


@dataclass
class Replay:
    """What the events read so far amount to."""

    origin: str = ""
    last: int = 0
    last_hash: bytes = b""
    frontier: Frontier = field(default_factory=Frontier)
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    set_by: dict[tuple[str, str], int] = field(default_factory=dict)
    images: dict[str, int] = field(default_factory=dict)
    checkpoint: str | None = None
    checkpoint_schema: str = ""
    checkpoint_size: int = 0

    def of(self, subject: str) -> dict[str, Json]:
        """The values of one subject as far as the log was read."""
        return self.values.get(subject, {})


@dataclass(frozen=True)
class Read:
    """One event that was read and whose hashes hold."""

    sequence: int
    leaf: bytes
    hash: bytes
    body: dict[str, Json]
    changes: tuple[Change, ...]
    subject: str


def read_row(replay: Replay, row: tuple[object, ...]) -> Read:
    """Check one row against the one before it. Raises Wrong."""
    expected = replay.last + 1
    sequence, body, salt, leaf, previous, last_hash = row
    if sequence != expected:
        raise Wrong(expected, "sequence", f"Event {expected} is missing: the next event in the log is {sequence}.")
    if not (isinstance(leaf, bytes) and isinstance(previous, bytes) and isinstance(last_hash, bytes)):
        raise Wrong(expected, "row", f"A hash of event {expected} is not stored as bytes.")
    if body is None and salt is None:
        raise Wrong(expected, "payload", f"The content of event {expected} is missing, and no event allows that.")
    if not (isinstance(body, bytes) and isinstance(salt, bytes) and len(salt) == SALT_BYTES):
        raise Wrong(expected, "row", f"The content or the salt of event {expected} is not stored as it was written.")
    if replay.last and previous != replay.last_hash:
        raise Wrong(expected, "link", f"Event {expected} does not follow event {replay.last}: its link was changed.")
    if leaf != leaf_hash(salt, body):
        raise Wrong(
            expected,
            "event",
            f"Event {expected} was changed after it was written: content, salt and leaf do not fit each other.",
        )
    if last_hash != link_hash(previous, leaf, expected):
        raise Wrong(expected, "hash", f"The hash of event {expected} is not the one of its content, place and link.")
    return _read_body(replay, Read(expected, leaf, last_hash, {}, (), ""), body, previous)


def apply(replay: Replay, event: Read) -> None:
    """Let the changes of an event take effect. Raises Wrong when an old value is not the one the log has."""
    values = replay.values.setdefault(event.subject, {})
    for change in event.changes:
        if values.get(change.field) != change.old:
            raise Wrong(
                event.sequence,
                "change",
                f"Event {event.sequence} gives an old value of {change.field} that is not the one before it.",
            )
        if change.new is None:
            values.pop(change.field, None)
            replay.set_by.pop((event.subject, change.field), None)
        else:
            values[change.field] = change.new
            replay.set_by[event.subject, change.field] = event.sequence
        if event.subject.startswith("image:") and change.field in IMAGE_DIGESTS:
            named = change.new if isinstance(change.new, list) else [change.new]
            for digest in named if change.new is not None else []:
                replay.images.setdefault(str(digest), event.sequence)
    replay.frontier = replay.frontier.extended((event.leaf,))
    replay.last, replay.last_hash = event.sequence, event.hash


def _read_body(replay: Replay, event: Read, body: bytes, previous: bytes) -> Read:
    number = event.sequence
    try:
        value = parse_body(body)
        changes = read_changes(value)
    except LedgerError:
        raise Wrong(number, "event", f"Event {number} does not have the fields an event has.") from None
    if value["sequence"] != number or not isinstance(value["subject"], str):
        raise Wrong(number, "sequence", f"Event {number} says it is event {value['sequence']}.")
    if number == 1:
        _check_first(replay, value, changes, previous)
    return Read(number, event.leaf, event.hash, value, changes, value["subject"])


def _check_first(replay: Replay, value: dict[str, Json], changes: tuple[Change, ...], previous: bytes) -> None:
    bound = {change.field: change.new for change in changes}
    origin = bound.get("origin")
    if value["kind"] != "LedgerOpened" or not isinstance(origin, str) or first_previous(origin) != previous:
        raise Wrong(1, "origin", "The first event does not open this log: its origin does not fit.")
    if not origin.startswith(f"injection-log/{bound.get('study')}/{bound.get('site')}/"):
        raise Wrong(1, "origin", "The study or site of the first event is not the one of the log's origin.")
    replay.origin = origin
