"""What one transaction writes on the log, who writes it, and what this process knows of the log before and after.

Values only: they ask nothing, seal nothing and write nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from injection_log.clock import Clock
from injection_log.keys import KeyFolder
from injection_log.ledger.canonical import Json
from injection_log.ledger.event import Actor, EventDraft, Subject
from injection_log.ledger.merkle import Frontier

LEDGER = Subject("ledger")
CHECKPOINT = ("ledger:", "checkpoint")

Head = tuple[int, bytes]
"""Sequence number and hash (32 bytes) of the last event; before the first, 0 and the hash of the origin."""

Place = tuple[str, str]
"""Subject key and field."""


@dataclass(frozen=True)
class Writer:
    """Who writes, as a machine: the log's origin, the clock, the keys and the workstation's id."""

    origin: str
    clock: Clock
    keys: KeyFolder
    workstation: str


@dataclass(frozen=True)
class Credential:
    """A row of the table of secrets: what the password is checked against, and the signing key sealed by it."""

    user: str
    password_hash: str
    sealed_key: bytes


@dataclass(frozen=True)
class Batch:
    """What one transaction writes. A credential is inserted, or takes the place of the one that its user has."""

    actor: Actor
    drafts: tuple[EventDraft, ...]
    protocol: str
    checkpoint: bool = False
    credential: Credential | None = None
    standing: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    """Subjects and all their current values: what the batch was decided on, and what must still stand."""


@dataclass(frozen=True)
class Seen:
    """What this process knows of the log, to save work: its head, the tree up to some size, its own enrolment,
    the hash of the schema as it was checked when the log was opened (empty: not read yet), and the current value
    "checkpoint" of the log at that head as it is stored (empty: not known). `covered` is the tree under the last
    checkpoint that this process made.
    """

    head: Head
    frontier: Frontier = field(default_factory=Frontier)
    enrolled: bool = False
    schema: str = ""
    checkpoint: str = ""
    covered: Frontier = field(default_factory=Frontier)


def checkpoint_public_key(keys: KeyFolder, origin: str) -> str:
    """The public half of this workstation's checkpoint key, hex."""
    return keys.checkpoint_key(origin).public_key().public_bytes_raw().hex()
