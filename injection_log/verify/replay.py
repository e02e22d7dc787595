"""Walks the log from its first event: reads every body once and rebuilds every current value from the changes.

Rows come here when `chain_pass` has re-hashed them. What an event says about signatures, checkpoints and
measurements is checked in `content`; what lies around the events (projections, schema, files) in `surroundings`.
Stops at the first thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from injection_log.ledger.canonical import Json
from injection_log.ledger.chain import first_previous
from injection_log.ledger.event import BODY_KEYS, BODY_VERSION
from injection_log.ledger.merkle import GrowingTree
from injection_log.verify.blanked import StandIn
from injection_log.verify.chain_pass import ROWS, Row
from injection_log.verify.report import Wrong

IMAGE_DIGESTS = ("sha256", "other_headers", "conflicts")
"""The fields of an image that name files: the one in use, and those kept beside it under the same identity."""

_CHANGE_KEYS = frozenset({"field", "new", "old"})
Changes = list[dict[str, Any]]
"""The changes of an event as they stand in its body: `{field, new, old}` each."""


@dataclass(slots=True)
class Read:
    """One event whose hashes hold, read. A blanked one has an empty body, and what stands in for its changes."""

    sequence: int
    leaf: bytes
    hash: bytes
    body: dict[str, Any]
    changes: Changes
    subject: str
    blanked: bool = False
    signs: bool = False
    """Whether a signature or an agreement can be in it: most events have none, and are not searched for one."""


@dataclass
class Replay:
    """What the events read so far amount to."""

    origin: str = ""
    last: int = 0
    last_hash: bytes = b""
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    set_by: dict[tuple[str, str], int] = field(default_factory=dict)
    images: dict[str, int] = field(default_factory=dict)
    places: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    """Subject, kind and user of each event that is not blanked."""
    stand_ins: Mapping[int, StandIn] = field(default_factory=dict)
    """What the log says of events that were blanked; only what a blanked row asked for is in here."""
    blanked: dict[int, int] = field(default_factory=dict)
    """Blanked events met so far, with the event that allows it, 0 until that one was met."""
    checkpoint: str | None = None
    checkpoint_schema: str = ""
    checkpoint_size: int = 0
    other_forms: int = 0
    """Signed texts whose form this program no longer makes: only their digests were checked."""
    may_sign: dict[str, set[str]] = field(default_factory=dict)
    """By subject, the fields that an event has set in which a signature can be."""
    _tree: GrowingTree = field(default_factory=GrowingTree)
    _leaves: list[bytes] = field(default_factory=list)

    def of(self, subject: str) -> dict[str, Json]:
        """The values of one subject as far as the log was read."""
        return self.values.get(subject, {})

    def root(self) -> bytes:
        """The RFC 6962 root over the leaves read so far, 32 bytes."""
        self._tree.add(self._leaves)
        self._leaves.clear()
        return self._tree.root()

    def pass_by(self, event: Read) -> None:
        """Count an event as read: it is the last one now."""
        self._leaves.append(event.leaf)
        if len(self._leaves) >= ROWS:
            self.root()
        self.last, self.last_hash = event.sequence, event.hash


def read_row(replay: Replay, row: Row) -> Read:
    """Read a row whose hashes hold. Raises Wrong when it is not an event, or not in the one form of its bytes."""
    number, body, _, leaf, previous, link = row
    assert isinstance(number, int)  # `chain_pass` saw to all three
    assert isinstance(leaf, bytes)
    assert isinstance(link, bytes)
    if body is None:
        stand_in = replay.stand_ins[number]
        replay.blanked[number] = 0
        changes: Changes = [{"field": name, "new": new, "old": None} for name, new in stand_in.fields.items()]
        return Read(number, leaf, link, {}, changes, stand_in.subject, blanked=True, signs=True)
    assert isinstance(body, bytes)
    try:
        value = orjson.loads(body)
        whole = orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == body and _is_event(value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        whole = False
    if not whole:
        raise Wrong(number, "event", f"Event {number} does not have the fields an event has.")
    if value["sequence"] != number:
        raise Wrong(number, "sequence", f"Event {number} says it is event {value['sequence']}.")
    if number == 1:
        _check_first(replay, value, previous)
    signs = b'_sha256":' in body or b'"signature"' in body
    return Read(number, leaf, link, value, value["changes"], value["subject"], signs=signs)


def apply(replay: Replay, event: Read) -> None:
    """Let the changes of an event take effect. Raises Wrong when an old value is not the one the log has."""
    values = replay.values.setdefault(event.subject, {})
    is_image = event.subject.startswith("image:")
    if event.signs:
        replay.may_sign.setdefault(event.subject, set()).update(change["field"] for change in event.changes)
    for change in event.changes:
        name, new = change["field"], change["new"]
        if not event.blanked and values.get(name) != change["old"]:
            raise Wrong(
                event.sequence,
                "change",
                f"Event {event.sequence} gives an old value of {name} that is not the one before it.",
            )
        if new is None:
            values.pop(name, None)
            replay.set_by.pop((event.subject, name), None)
        else:
            values[name] = new
            replay.set_by[event.subject, name] = event.sequence
        if is_image and name in IMAGE_DIGESTS and new is not None:
            for digest in new if isinstance(new, list) else [new]:
                replay.images.setdefault(str(digest), event.sequence)
    if not event.blanked:
        replay.places[event.sequence] = (event.subject, event.body["kind"], event.body["user"])
    replay.pass_by(event)


def _is_event(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != BODY_KEYS or value["v"] != BODY_VERSION:
        return False
    texts = isinstance(value["subject"], str) and isinstance(value["kind"], str) and isinstance(value["user"], str)
    if not (texts and isinstance(value["workstation"], str) and isinstance(value["changes"], list)):
        return False
    for change in value["changes"]:
        if not (isinstance(change, dict) and change.keys() == _CHANGE_KEYS and isinstance(change["field"], str)):
            return False
    return True


def _check_first(replay: Replay, value: dict[str, Any], previous: object) -> None:
    bound = {change["field"]: change["new"] for change in value["changes"]}
    origin = bound.get("origin")
    if value["kind"] != "LedgerOpened" or not isinstance(origin, str) or first_previous(origin) != previous:
        raise Wrong(1, "origin", "The first event does not open this log: its origin does not fit.")
    if not origin.startswith(f"injection-log/{bound.get('study')}/{bound.get('site')}/"):
        raise Wrong(1, "origin", "The study or site of the first event is not the one of the log's origin.")
    replay.origin = origin
