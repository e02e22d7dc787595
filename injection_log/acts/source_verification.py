"""Source data verification: a monitor says that a recorded value was compared with its source.

The mark stands beside the field and changes nothing of what was recorded. It falls in the same event in which the
value changes (`acts.writing.draft_of`), and one that was made for another value than the one that stands counts for
nothing.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from injection_log.acts.checking import all_records, is_in_use
from injection_log.acts.writing import VERIFIED, append, draft_of, require, require_as_shown, standing
from injection_log.errors import Refused
from injection_log.ledger.event import Json, Subject
from injection_log.protocol.fields import Field
from injection_log.record.checks import is_asked
from injection_log.record.queries import ledger_field
from injection_log.record.reading import gland_subject, visit_subject
from injection_log.record.rendering import fact_in_words
from injection_log.record.values import SIDES, VisitRecord

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.protocol.protocol import Protocol
    from injection_log.site import Session

_OF_THE_VISIT = (
    Field("opened_on", "visit", "text", "Day of the visit"),
    Field("identifiers_confirmed", "visit", "yes_no", "Two identifiers compared"),
)
"""What a visit says besides the facts that the protocol asks for, and what has a source too."""
_NOTHING: tuple[Json, ...] = (None, "", [], False)


@dataclass(frozen=True)
class Verified:
    """Who compared a value with its source, in which role, when (`at`, UTC, with the local offset)."""

    user: str
    printed_name: str
    role: str
    at: str
    offset_minutes: int


@dataclass(frozen=True)
class Verifiable:
    """One recorded value that has a source: where it is, what it is called, what it says, and its mark or None.

    `side` is None for a value of the visit.
    """

    side: Side | None
    field: str
    title: str
    words: str
    verified: Verified | None


@dataclass(frozen=True)
class SourceVerification:
    """One record: its values in the order of the form, verified or not."""

    participant: str
    visit: str
    values: tuple[Verifiable, ...]

    @property
    def verified(self) -> int:
        """How many values were verified as they stand now."""
        return sum(1 for one in self.values if one.verified is not None)

    @property
    def percent(self) -> int:
        """Whole percent that were verified, rounded down: 100 is said only when nothing is left."""
        return 100 * self.verified // len(self.values) if self.values else 0


def mark_verified(session: Session, record: VisitRecord, side: Side | None, field: str) -> SourceVerification:
    """Say that a value was compared with its source; `side` is None for one of the visit, `record` is what was seen.

    Raises Refused for a field that holds nothing, Overtaken when the value is not the one that was shown any more.
    """
    subject, name, values = _place(session, record, side, field)
    now = values.get(name)
    require_as_shown(session, (subject, name), _value(record, side, field, values), now)
    account, clock = session.account, session.site.clock
    mark: dict[str, Json] = {
        "user": account.user, "printed_name": account.printed_name, "role": str(account.role),
        "at": clock.now().isoformat(timespec="milliseconds"), "offset_minutes": clock.utc_offset_minutes(),
        "of_value": now,
    }
    if _mark(values, name) is None:
        draft = draft_of(session, "SourceVerified", subject, {VERIFIED + name: mark})
        append(session, [draft], guarded={subject.key: values})
    return verification_of(session, record)


def take_back(session: Session, record: VisitRecord, side: Side | None, field: str) -> SourceVerification:
    """Take a mark away that was made by mistake; the log keeps it."""
    subject, name, _ = _place(session, record, side, field)
    draft = draft_of(session, "SourceVerificationTakenBack", subject, {VERIFIED + name: None})
    append(session, [draft])
    return verification_of(session, record)


def verification_of(session: Session, record: VisitRecord) -> SourceVerification:
    """Give what of one record is verified and what is not."""
    require(session, "show_record")
    return _verification(session, standing(session, record).record)


def list_verification(session: Session) -> tuple[SourceVerification, ...]:
    """Give every record of the log, by participant and visit, with what is verified and what is not."""
    require(session, "list_records")
    _, records = all_records(session)
    return tuple(_verification(session, record) for record in records if is_in_use(record))


def _verification(session: Session, record: VisitRecord) -> SourceVerification:
    values: list[Verifiable] = []
    for side in (None, *SIDES):
        stored = session.site.ledger.values(_subject(record, side).key)
        for field in _fields(session.site.protocol, record, side):
            value = _value(record, side, field.name, stored)
            if value not in _NOTHING:
                mark = _mark(stored, ledger_field(field.name))
                values.append(Verifiable(side, field.name, field.title, _words(field, value), mark))
    return SourceVerification(record.participant, record.visit, tuple(values))


def _fields(protocol: Protocol, record: VisitRecord, side: Side | None) -> Iterator[Field]:
    if side is None:
        yield from _OF_THE_VISIT
    facts = _facts(record, side)
    asked = protocol.fields_for(record.visit, "visit" if side is None else "gland")
    yield from (field for field in asked if is_asked(field, facts))


def _place(
    session: Session, record: VisitRecord, side: Side | None, field: str
) -> tuple[Subject, str, Mapping[str, Json]]:
    """Where a value is stored, and what stands there. Refuses who may not mark it, and a field that holds nothing."""
    require(session, "mark_source_verified", record.glands[side].state if side else "")
    known = {one.name for one in _fields(session.site.protocol, record, side)}
    subject = _subject(record, side)
    values = session.site.ledger.values(subject.key)
    if field not in known or _value(record, side, field, values) in _NOTHING:
        raise Refused(
            "nothing_to_verify", "Nothing is recorded in this field, so there is nothing to compare with the source."
        )
    return subject, ledger_field(field), values


def _subject(record: VisitRecord, side: Side | None) -> Subject:
    if side is None:
        return visit_subject(record.participant, record.visit)
    return gland_subject(record.participant, record.visit, side)


def _facts(record: VisitRecord, side: Side | None) -> Mapping[str, Json]:
    return record.facts if side is None else record.glands[side].facts


def _value(record: VisitRecord, side: Side | None, field: str, stored: Mapping[str, Json]) -> Json:
    """What was shown of a field; the day it was opened on never changes, so what is stored is what was shown."""
    if side is None and field == "identifiers_confirmed":
        return record.identifiers_confirmed
    if side is None and field == "opened_on":
        return stored.get("opened_on")
    return _facts(record, side).get(field)


def _mark(stored: Mapping[str, Json], name: str) -> Verified | None:
    mark = stored.get(VERIFIED + name)
    if not isinstance(mark, dict) or mark.get("of_value") != stored.get(name):
        return None
    return Verified(**{one: cast(Any, mark[one]) for one in Verified.__dataclass_fields__})


def _words(field: Field, value: Json) -> str:
    return "yes" if value is True else fact_in_words(field, value)
