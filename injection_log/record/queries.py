"""A question about a value, and the one table of what can happen to it: open, answered, closed, and open again.

Pure: it knows neither who may ask nor where questions are kept. A question never changes what it is about; it carries
the value that it asked about, so that everybody can see whether that has changed since.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, cast

from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Json, Subject
from injection_log.protocol.fields import CATALOGUE

QueryState = Literal["open", "answered", "closed"]
QueryAct = Literal["answer", "close", "reopen"]
STATES: tuple[QueryState, ...] = ("open", "answered", "closed")
ACTS: tuple[QueryAct, ...] = ("answer", "close", "reopen")
TRANSITIONS: dict[tuple[QueryState, QueryAct], QueryState] = {
    ("open", "answer"): "answered",
    ("open", "close"): "closed",
    ("answered", "close"): "closed",
    ("answered", "reopen"): "open",
    ("closed", "reopen"): "open",
}
"""What each act makes of each state. A pair that is not here cannot happen: it is refused."""

MESSAGE = "message."
CLOSED_BY_CHECK = "closed_by_check"
VERIFIED = "verified."
_MARK_AXIS = "caliper."
_NOT_OF_THE_RECORD = (VERIFIED, "last_export")


@dataclass(frozen=True)
class Message:
    """One thing that was said: the act, who did it in which role, when (`at`, UTC, with the local offset), the text."""

    act: Literal["open", "answer", "close", "reopen"]
    user: str
    printed_name: str
    role: str
    at: str
    offset_minutes: int
    text: str

    def to_json(self) -> dict[str, Json]:
        """The stored form."""
        return dict(vars(self))


@dataclass(frozen=True)
class Query:
    """One question as it stands: what it is about, the value it asked about, the value now, and what was said.

    `field` is the name of a fact as the form has it, another field of the record, or "" for the whole record. `check`
    is "" for a question of a person; else the check that asked, in `check_version`.
    """

    id: str
    state: QueryState
    about: Subject
    field: str
    value: Json
    now: Json
    check: str
    check_version: int
    messages: tuple[Message, ...]
    was_closed_by_check: bool = False

    @property
    def text(self) -> str:
        """The question."""
        return self.messages[0].text

    @property
    def opened(self) -> Message:
        """Who opened it, and when."""
        return self.messages[0]

    @property
    def asked(self) -> Message:
        """Who asked last: opened it, or opened it again. It is theirs to close."""
        return [one for one in self.messages if one.act in ("open", "reopen")][-1]

    @property
    def is_of_check(self) -> bool:
        """Tell whether a check asks, and no person has asked since."""
        return bool(self.check) and self.asked is self.messages[0]

    @property
    def has_changed(self) -> bool:
        """Tell whether what was asked about is another value now."""
        return self.value != self.now


def next_state(state: QueryState, act: QueryAct) -> QueryState | None:
    """Give the state that an act leads to; None where it cannot be done."""
    return TRANSITIONS.get((state, act))


def query_of(identity: str, stored: Mapping[str, Json], about: Mapping[str, Json]) -> Query:
    """Read a question from its stored fields and the current values of what it is about."""
    said = sorted(
        (int(name.removeprefix(MESSAGE)), value) for name, value in stored.items() if name.startswith(MESSAGE)
    )
    field = str(stored.get("field") or "")
    return Query(
        id=identity,
        state=cast(QueryState, stored["state"]),
        about=Subject.parse(str(stored["about"])),
        field=field,
        value=stored.get("value"),
        now=questioned_value(about, field),
        check=str(stored.get("check") or ""),
        check_version=int(cast(int, stored.get("check_version") or 0)),
        messages=tuple(Message(**cast(dict[str, Any], value)) for _, value in said),
        was_closed_by_check=stored.get(CLOSED_BY_CHECK) is True,
    )


def values_about(values: Callable[[str], Mapping[str, Json]], about: Subject, field: str) -> Mapping[str, Json]:
    """Give the current values that a question is about; the sizes of both glands where it is of the visit."""
    if about.kind != "visit" or field != "size":
        return values(about.key)
    glands = {
        side: values(Subject("gland", participant=about.participant, visit=about.visit, gland=side).key).get("size")
        for side in ("right", "left")
    }
    return {"size": glands} if any(glands.values()) else {}


def ledger_field(field: str) -> str:
    """The name under which a fact is stored; any other field keeps its own."""
    return f"fact.{field}" if field in CATALOGUE else field


def questioned_value(values: Mapping[str, Json], field: str) -> Json:
    """Give what a question about a field is about, out of the current values of its subject.

    A fact or field: its value. "" (the whole record): a digest of all that it says. Pictures and marks that are owed:
    the names of those that are there. None where there is nothing.
    """
    if not field:
        said = {name: value for name, value in values.items() if not name.startswith(_NOT_OF_THE_RECORD)}
        return sha256(canonical_bytes(said)).hexdigest()
    if field == "images":
        return sorted(name for name in values if name.startswith("image.")) or None
    if field == "needle_mark" or field.startswith(_MARK_AXIS):
        return sorted(name for name in values if name.startswith("mark.")) or None
    return values.get(ledger_field(field))
