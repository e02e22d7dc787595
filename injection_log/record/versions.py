"""What happens to a record besides being written and signed: amended, added to, reviewed, locked, withdrawn, not done,
transcribed, unblinded. Each value says who said so, when and why.

Frozen values with their stored form; they decide nothing and know neither the log nor who looks at them.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from injection_log.clock import local_words
from injection_log.ledger.event import Json

GlandState = Literal["draft", "complete", "signed", "reviewed", "locked"]
LockedScope = Literal["gland", "participant", "study"]


def local_time(at: str, offset_minutes: int) -> str:
    """Write an ISO 8601 time as local time with its offset: `2026-11-22 14:02:11 (UTC+01:00)`."""
    return local_words(datetime.fromisoformat(at), offset_minutes)


@dataclass(frozen=True)
class Signature:
    """Who signed a text, what it meant, and the text. `signed_at` is ISO 8601 in UTC."""

    user: str
    printed_name: str
    role: str
    meaning: str
    signed_at: str
    offset_minutes: int
    record_sha256: str
    rendering: str
    public_key: str = ""
    """The key (hex) it was made with; "" for one of before that was kept."""

    @property
    def when(self) -> str:
        """When it was signed, as local time with its offset: `2026-11-22 14:02:11 (UTC+01:00)`."""
        return local_time(self.signed_at, self.offset_minutes)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Signature:
        """Read what is stored; the signature's own bytes stay in the log, for those who verify it."""
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})


@dataclass(frozen=True)
class Statement:
    """Who said something, in which role, when (`at`, ISO 8601 in UTC, with the local offset) and why."""

    user: str
    printed_name: str
    role: str
    at: str
    offset_minutes: int
    reason: str

    @property
    def by(self) -> str:
        """The printed name of who said it."""
        return self.printed_name

    @property
    def when(self) -> str:
        """When it was said, as local time with its offset: `2026-11-22 14:02:11 (UTC+01:00)`."""
        return local_time(self.at, self.offset_minutes)

    def to_json(self) -> dict[str, Json]:
        """The stored form: every field under its own name, dates as ISO 8601."""
        stored = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: _plain(value) for name, value in stored.items()}


def statement_fields(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Statement out of a stored value that may hold more."""
    return {name: stored[name] for name in Statement.__dataclass_fields__}


@dataclass(frozen=True)
class Amendment(Statement):
    """A signed version is opened again: which one, the state it had, and the digest of what it said."""

    of_version: int
    state_before: GlandState
    content_sha256: str

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Amendment:
        """Read the stored form."""
        return cls(
            **statement_fields(stored), of_version=stored["of_version"], state_before=stored["state_before"],
            content_sha256=stored["content_sha256"],
        )


@dataclass(frozen=True)
class SignedVersion:
    """A version that was signed and replaced: its signature, its review where it had one, what replaced it and why."""

    version: int
    signature: Signature
    review: Signature | None
    replaced_by: Amendment


@dataclass(frozen=True)
class OpenAddition(Statement):
    """Pictures and marks are being added to a signed version; `marks_before` are those that were signed."""

    number: int
    of_version: int
    marks_before: tuple[str, ...]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> OpenAddition:
        """Read the stored form."""
        return cls(
            **statement_fields(stored), number=stored["number"], of_version=stored["of_version"],
            marks_before=tuple(stored["marks_before"]),
        )


@dataclass(frozen=True)
class Addition:
    """Pictures (SOP Instance UIDs) and marks that came after a signature, signed for by themselves."""

    number: int
    of_version: int
    reason: str
    images: tuple[str, ...]
    mark_ids: tuple[str, ...]
    signature: Signature

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Addition:
        """Read the stored form: a signature with the addition's own facts beside it."""
        return cls(
            stored["number"], stored["of_version"], stored["reason"], tuple(stored["images"]),
            tuple(stored["marks"]), Signature.from_json(stored),
        )


@dataclass(frozen=True)
class Locked(Statement):
    """A gland record, everything of a participant, or the whole study is closed to change."""

    scope: LockedScope

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Locked:
        """Read the stored form."""
        return cls(**statement_fields(stored), scope=stored["scope"])


@dataclass(frozen=True)
class Withdrawn(Statement):
    """A visit that was recorded does not count; what was recorded stays and can be read."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Withdrawn:
        """Read the stored form."""
        return cls(**statement_fields(stored))


@dataclass(frozen=True)
class NotDone(Statement):
    """A planned visit did not take place."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> NotDone:
        """Read the stored form."""
        return cls(**statement_fields(stored))


@dataclass(frozen=True)
class Transcribed(Statement):
    """A visit was typed in from paper: the day the paper was written, and by whom. `reason` is why there was paper."""

    written_on: date
    written_by: str

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Transcribed:
        """Read the stored form."""
        return cls(
            **statement_fields(stored), written_on=date.fromisoformat(stored["written_on"]),
            written_by=stored["written_by"],
        )


@dataclass(frozen=True)
class Unblinding(Statement):
    """That a participant was unblinded, outside this program: when, by whom, planned or not. Never to which arm."""

    number: int
    unblinded_at: str
    unblinded_by: str
    planned: bool

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Unblinding:
        """Read the stored form."""
        return cls(
            **statement_fields(stored), number=stored["number"], unblinded_at=stored["unblinded_at"],
            unblinded_by=stored["unblinded_by"], planned=stored["planned"],
        )


def _plain(value: Any) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
