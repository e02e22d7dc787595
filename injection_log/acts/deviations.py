"""Departures from the protocol as one list: what people reported, and what the records themselves show.

A report is a choice and a line of words, scanned as all free text is. Nothing is taken off the list: what was put
right later, or has a reason, is still on it.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from injection_log.acts.checking import all_records, is_over
from injection_log.acts.numbering import write_numbered
from injection_log.acts.writing import require
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.people.accounts import list_accounts
from injection_log.protocol.typed import remark_of
from injection_log.record.deviations import DERIVED, REPORTED, Departure, departures
from injection_log.record.reading import gland_subject, visit_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotate.marks import Side
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

_UNBLINDING = "unblinding."


@dataclass(frozen=True)
class Known:
    """Since when something is known (`at`, ISO 8601 in UTC, with the local offset), and by whom it was written."""

    user: str
    printed_name: str
    role: str
    at: str
    offset_minutes: int


@dataclass(frozen=True)
class Deviation:
    """One departure from the protocol. `id` is D-0001 and so on for one that a person reported, else "".

    `about` is None for one of the whole trial. `title` is the kind in words, `known` when and by whom it was written.
    """

    id: str
    kind: str
    title: str
    source: Literal["reported", "derived"]
    about: Subject | None
    sentence: str
    known: Known


def report_deviation(
    session: Session, record: VisitRecord | None, kind: str, text: str, *, side: Side | None = None
) -> Deviation:
    """Report a deviation: of the trial (`record` None), of a visit, or of one gland at it; `kind` is one of REPORTED.

    Raises Refused for a kind that is none, and for a text with a word of the protocol's list.
    """
    require(session, "report_deviation")
    if kind not in REPORTED:
        raise Refused("malformed_choice", f"Choose what kind of deviation it is: {', '.join(REPORTED)}.")
    said = remark_of(text, session.site.protocol, "Deviation")
    account, clock = session.account, session.site.clock
    known = Known(
        account.user, account.printed_name, str(account.role), clock.now().isoformat(timespec="milliseconds"),
        clock.utc_offset_minutes(),
    )
    about = _subject(record, side)
    stored: dict[str, Json] = {
        "kind": kind, "text": said, "about": about.key if about else None, "reported": dict(vars(known)),
    }
    changes = tuple(Change(name, None, value) for name, value in stored.items() if value is not None)
    subject = write_numbered(session, "deviation", lambda free: EventDraft("DeviationReported", free, changes))
    return _reported(subject.key, session.site.ledger.values(subject.key))


def list_deviations(session: Session, participant: str = "") -> tuple[Deviation, ...]:
    """Give every deviation, those known longest first: reported ones, and those that the records show."""
    require(session, "list_deviations")
    wanted = participant.strip().upper()
    ledger = session.site.ledger
    reported = [_reported(key, stored) for key, stored in ledger.values_of("deviation:").items()]
    found = [*reported, *_derived(session, reported), *_unblindings(session)]
    chosen = (one for one in found if not wanted or (one.about is not None and one.about.participant == wanted))
    return tuple(sorted(chosen, key=lambda one: (one.known.at, one.id, one.sentence)))


def _subject(record: VisitRecord | None, side: Side | None) -> Subject | None:
    if record is None:
        return None
    if side is None:
        return visit_subject(record.participant, record.visit)
    return gland_subject(record.participant, record.visit, side)


def _reported(key: str, stored: Mapping[str, Json]) -> Deviation:
    about = Subject.parse(str(stored["about"])) if stored.get("about") else None
    known = Known(**cast(dict[str, Any], stored["reported"]))
    kind = str(stored["kind"])
    return Deviation(
        key.partition(":")[2], kind, REPORTED.get(kind, kind), "reported", about, str(stored["text"]), known
    )


def _derived(session: Session, reported: list[Deviation]) -> Iterator[Deviation]:
    around, records = all_records(session)
    names = {account.user: account.printed_name for account in list_accounts(session.site.ledger)}
    for record in records:
        visit = visit_subject(record.participant, record.visit)
        found = list(departures(record, session.site.protocol, around, is_over=is_over(session, record)))
        if record.facts.get("deviation_reported") == "yes" and not _is_described(record, reported):
            sentence = "The record says that a deviation was reported, but none is described for this visit."
            found.append(Departure("not_described", visit, ("fact.deviation_reported",), sentence))
        for one in found:
            known = _known(session, one, names)
            yield Deviation("", one.kind, DERIVED[one.kind], "derived", one.subject, one.sentence, known)


def _is_described(record: VisitRecord, reported: list[Deviation]) -> bool:
    here = (record.participant, record.visit)
    return any(one.about is not None and (one.about.participant, one.about.visit) == here for one in reported)


def _known(session: Session, one: Departure, names: Mapping[str, str]) -> Known:
    """When the last of its fields got the value it has, and by whom."""
    ledger = session.site.ledger
    events = [event for name in one.fields if (event := ledger.set_by(one.subject.key, name)) is not None]
    if not events:
        return Known("", "", "", "", 0)
    last = max(events, key=lambda event: event.sequence)
    who = last.actor
    return Known(
        who.user, names.get(who.user, who.user), who.role, last.recorded_at, last.utc_offset_minutes
    )


def _unblindings(session: Session) -> Iterator[Deviation]:
    for key, stored in session.site.ledger.values_of("participant:").items():
        for name, value in stored.items():
            if name.startswith(_UNBLINDING) and isinstance(value, dict) and value.get("planned") is False:
                said = cast(dict[str, Any], value)
                known = Known(**{one: said[one] for one in Known.__dataclass_fields__})
                sentence = f"The participant was unblinded, not as planned: {said['reason']}"
                yield Deviation(
                    "", "unblinding", DERIVED["unblinding"], "derived", Subject.parse(key), sentence, known
                )
