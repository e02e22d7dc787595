"""What the inspection binder is given: the log as stored, the log in words, every record, and the pictures.

Frozen values, already allowed for the caller's role, with texts in the language of the protocol. `events` are the
bytes that were hashed; everything else is what the program says of them, and the binder's page compares the two.
Nothing is gathered here (`acts.binder`).
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from injection_log.ledger.event import Json
from injection_log.trial_content import ExportFacts

Rows = tuple[tuple[str, str], ...]
"""Label and value, in reading order."""


@dataclass(frozen=True)
class StoredEvent:
    """One event as the database has it. `body` and `salt` are None where two people had the content blanked."""

    sequence: int
    body: bytes | None
    salt: bytes | None
    leaf: bytes
    previous: bytes
    hash: bytes


@dataclass(frozen=True)
class EventWords:
    """One event as a person reads it; `place` is participant, visit and gland, "" for what it has not."""

    sequence: int
    title: str
    group: str
    about: str
    sentence: str
    changes: tuple[tuple[str, str, str, str], ...]
    """(name of the field in the log, its title, value before, value after), in words."""
    place: tuple[str, str, str]
    version: int
    is_after_signing: bool
    is_late: bool


@dataclass(frozen=True)
class KeptValue:
    """One value that stands now: whose, the field, its title, the value in words and as stored, and its event."""

    subject: str
    field: str
    title: str
    words: str
    stored: Json
    event: int


@dataclass(frozen=True)
class BinderPicture:
    """One frame with marks. `clean` is the frame as PNG in its own size, `layer` the marks and words over and below it.

    Both are empty where the frame may not leave; `why_not` says why. `area` says which part of the screen is kept.
    """

    name: str
    title: str
    described: str
    image_sha256: str
    area: str
    why_not: str
    clean: bytes = b""
    layer: bytes = b""
    columns: int = 0
    picture_rows: int = 0
    rows: int = 0


@dataclass(frozen=True)
class BinderGland:
    """One gland at one visit. `sections` are those of the signed text, or of the draft where nobody signed yet."""

    side: str
    subject: str
    state: str
    state_words: str
    version: int
    injected_ul: int | None
    injected: str
    sections: tuple[tuple[str, Rows], ...]
    notices: tuple[str, ...]
    earlier: tuple[str, ...]
    after: Rows
    pictures: tuple[BinderPicture, ...]


@dataclass(frozen=True)
class BinderVisit:
    """One visit that was begun. `images` has a row for each picture: what it is, frames, scale, SHA-256 of the file."""

    visit: str
    subject: str
    title: str
    day: str
    counts: str
    images: tuple[tuple[str, str, str, str], ...]
    glands: tuple[BinderGland, ...]


@dataclass(frozen=True)
class BinderParticipant:
    """One participant: every visit that was begun, and every value that stands."""

    participant: str
    visits: tuple[BinderVisit, ...]
    values: tuple[KeptValue, ...]


@dataclass(frozen=True)
class Said:
    """One thing that was said about a query: the act in words, who, when, the text."""

    act: str
    by: str
    when: str
    text: str


@dataclass(frozen=True)
class BinderQuery:
    """One query and all that was said about it; `state` is the stored word, `state_words` that of the language."""

    id: str
    state: str
    state_words: str
    place: tuple[str, str, str]
    about: str
    field: str
    has_changed: bool
    said: tuple[Said, ...]


@dataclass(frozen=True)
class BinderDeviation:
    """One departure from the protocol: reported by a person (with an id), or found by the program in the records."""

    id: str
    title: str
    is_reported: bool
    place: tuple[str, str, str]
    about: str
    sentence: str
    known: str


@dataclass(frozen=True)
class BinderContent:
    """All of it. `names` has words for what the page reads from the events itself: roles, groups, states, visits."""

    about: ExportFacts
    language: str
    checkpoint: str
    late_after_hours: int
    events: tuple[StoredEvent, ...]
    words: tuple[EventWords, ...]
    participants: tuple[BinderParticipant, ...]
    queries: tuple[BinderQuery, ...]
    deviations: tuple[BinderDeviation, ...]
    names: Mapping[str, Mapping[str, str]]
