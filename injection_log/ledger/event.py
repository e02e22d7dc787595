"""An event: one act on one subject, and the exact bytes that are hashed for it.

The body has exactly these keys: claimed_at, changes, kind, offset_minutes, program, protocol, reason,
recorded_at, role, sequence, subject, user, v, workstation; `changes` is a list of {field, new, old}. Does
not give numbers, times or salts to events: the store does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from injection_log.ledger.canonical import Json, canonical_bytes, parse_json
from injection_log.ledger.chain import leaf_hash, link_hash
from injection_log.ledger.errors import NameRefused, NotCanonical

__all__ = [
    "Actor",
    "Change",
    "Envelope",
    "Event",
    "EventDraft",
    "Json",
    "Seal",
    "Subject",
    "event_body",
    "parse_body",
    "read_changes",
    "read_event",
    "seal_event",
]

BODY_VERSION = 1
BODY_KEYS = frozenset(
    [
        "claimed_at",
        "changes",
        "kind",
        "offset_minutes",
        "program",
        "protocol",
        "reason",
        "recorded_at",
        "role",
        "sequence",
        "subject",
        "user",
        "v",
        "workstation",
    ]
)
SubjectKind = Literal[
    "ledger",
    "participant",
    "visit",
    "gland",
    "image",
    "study",
    "user",
    "workstation",
    "layout",
    "query",
    "deviation",
    "trial",
    "campaign",
    "case",
    "read",
]
_PARTS: dict[str, tuple[str, ...]] = {
    "ledger": (),
    "participant": ("participant",),
    "visit": ("participant", "visit"),
    "gland": ("participant", "visit", "gland"),
    "image": ("id",),
    "study": ("id",),
    "user": ("id",),
    "workstation": ("id",),
    "layout": ("id",),
    "query": ("id",),
    "deviation": ("id",),
    "trial": (),
    "campaign": ("id",),
    "case": ("id",),
    "read": ("id", "gland"),
}
_PART = re.compile(r"[^\s/:\x00-\x1f\x7f]+")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]*")


@dataclass(frozen=True)
class Subject:
    """What an event is about. Raises NameRefused when a part is missing, or has a space, a slash or a colon in it."""

    kind: SubjectKind
    participant: str = ""
    visit: str = ""
    gland: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        owed = _PARTS.get(self.kind)
        if owed is None:
            raise NameRefused(f"There is no subject of the kind {self.kind!r} in the log.")
        for name in ("participant", "visit", "gland", "id"):
            part = getattr(self, name)
            if bool(part) != (name in owed) or (part and not _PART.fullmatch(part)):
                raise NameRefused(
                    f"The {name} of a {self.kind} is malformed; it must be there without spaces, slashes or colons."
                )

    @cached_property
    def key(self) -> str:
        """The subject as one text, e.g. `gland:SMG-07/injection/left`, `user:amina`, `ledger:`."""
        return f"{self.kind}:" + "/".join(getattr(self, name) for name in _PARTS[self.kind])

    @classmethod
    def parse(cls, key: str) -> Subject:
        """Read `key` back. Raises NameRefused."""
        kind, colon, rest = key.partition(":")
        names = _PARTS.get(kind)
        parts = rest.split("/") if rest else []
        if not colon or names is None or len(parts) != len(names):
            raise NameRefused("A subject in the log is malformed; run `injection-log verify`.")
        return cls(cast("SubjectKind", kind), **dict(zip(names, parts, strict=True)))


@dataclass(frozen=True)
class Change:
    """One field of the subject: its value before and after. None stands for "no value"."""

    field: str
    old: Json
    new: Json


@dataclass(frozen=True)
class Actor:
    """Who acts, in which role; both empty for an act without log-in."""

    user: str
    role: str


@dataclass(frozen=True)
class EventDraft:
    """What a caller wants written. `kind` is in the past tense (`NeedleMarked`); `claimed_at` is the time
    claimed for the act, apart from the time of entry, empty when it is the same.
    """

    kind: str
    subject: Subject
    changes: tuple[Change, ...] = ()
    reason: str = ""
    claimed_at: str = ""


@dataclass(frozen=True)
class Envelope:
    """What the store adds to a draft. `recorded_at` is UTC with milliseconds, `2026-11-22T14:02:11.123Z`."""

    sequence: int
    recorded_at: str
    utc_offset_minutes: int
    actor: Actor
    workstation: str
    program: str
    protocol: str


@dataclass(frozen=True)
class Seal:
    """The stored secrets and hashes of an event, 32 bytes each."""

    salt: bytes
    leaf: bytes
    previous: bytes
    hash: bytes


@dataclass(frozen=True)
class Event:
    """An event as it stands in the log; `body` are the exact bytes that were hashed."""

    sequence: int
    recorded_at: str
    utc_offset_minutes: int
    actor: Actor
    workstation: str
    program: str
    protocol: str
    kind: str
    subject: Subject
    changes: tuple[Change, ...]
    reason: str
    claimed_at: str
    body: bytes
    salt: bytes
    leaf: bytes
    previous: bytes
    hash: bytes

    @property
    def draft(self) -> EventDraft:
        """The part that the caller wrote."""
        return EventDraft(self.kind, self.subject, self.changes, self.reason, self.claimed_at)


def event_body(envelope: Envelope, draft: EventDraft) -> bytes:
    """The canonical bytes of an event. Raises NotCanonical."""
    if not _KIND.fullmatch(draft.kind):
        raise NotCanonical("The kind of an event must be a past-tense name such as NeedleMarked.")
    changes: list[Json] = [{"field": c.field, "new": c.new, "old": c.old} for c in draft.changes]
    return canonical_bytes(
        {
            "claimed_at": draft.claimed_at,
            "changes": changes,
            "kind": draft.kind,
            "offset_minutes": envelope.utc_offset_minutes,
            "program": envelope.program,
            "protocol": envelope.protocol,
            "reason": draft.reason,
            "recorded_at": envelope.recorded_at,
            "role": envelope.actor.role,
            "sequence": envelope.sequence,
            "subject": draft.subject.key,
            "user": envelope.actor.user,
            "v": BODY_VERSION,
            "workstation": envelope.workstation,
        }
    )


def seal_event(envelope: Envelope, draft: EventDraft, *, previous: bytes, salt: bytes) -> Event:
    """Make the event that follows the one whose hash is `previous`."""
    body = event_body(envelope, draft)
    leaf = leaf_hash(salt, body)
    seal = Seal(salt, leaf, previous, link_hash(previous, leaf, envelope.sequence))
    return _event(envelope, draft, body, seal)


def parse_body(body: bytes) -> dict[str, Json]:
    """The body of an event as a mapping with exactly the keys of this version. Raises NotCanonical."""
    value = parse_json(body)
    if not isinstance(value, dict) or value.keys() != BODY_KEYS or _integer(value["v"]) != BODY_VERSION:
        raise NotCanonical("A stored event does not have the fields of this version; run `injection-log verify`.")
    return value


def read_event(body: bytes, seal: Seal) -> Event:
    """Read a stored event. Raises NotCanonical or NameRefused when its body is malformed; checks no hash."""
    value = parse_body(body)
    texts = {key: item for key, item in value.items() if isinstance(item, str)}
    try:
        envelope = Envelope(
            sequence=_integer(value["sequence"]),
            recorded_at=texts["recorded_at"],
            utc_offset_minutes=_integer(value["offset_minutes"]),
            actor=Actor(texts["user"], texts["role"]),
            workstation=texts["workstation"],
            program=texts["program"],
            protocol=texts["protocol"],
        )
        subject = Subject.parse(texts["subject"])
        draft = EventDraft(texts["kind"], subject, read_changes(value), texts["reason"], texts["claimed_at"])
    except KeyError as error:
        raise NotCanonical("A text in a stored event is not a text; run `injection-log verify`.") from error
    return _event(envelope, draft, body, seal)


def read_changes(value: dict[str, Json]) -> tuple[Change, ...]:
    """The changes in a parsed body. Raises NotCanonical."""
    changes = value["changes"]
    found: list[Change] = []
    for item in changes if isinstance(changes, list) else [None]:
        if not isinstance(item, dict) or item.keys() != {"field", "new", "old"} or not isinstance(item["field"], str):
            raise NotCanonical("A change in a stored event is malformed; run `injection-log verify`.")
        found.append(Change(item["field"], item["old"], item["new"]))
    return tuple(found)


def _event(envelope: Envelope, draft: EventDraft, body: bytes, seal: Seal) -> Event:
    return Event(
        sequence=envelope.sequence,
        recorded_at=envelope.recorded_at,
        utc_offset_minutes=envelope.utc_offset_minutes,
        actor=envelope.actor,
        workstation=envelope.workstation,
        program=envelope.program,
        protocol=envelope.protocol,
        kind=draft.kind,
        subject=draft.subject,
        changes=draft.changes,
        reason=draft.reason,
        claimed_at=draft.claimed_at,
        body=body,
        salt=seal.salt,
        leaf=seal.leaf,
        previous=seal.previous,
        hash=seal.hash,
    )


def _integer(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotCanonical("A number in a stored event is not a number; run `injection-log verify`.")
    return value
