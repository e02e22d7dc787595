"""Questions about recorded values: asked by who looks on or by a check, answered by the site, closed by who asked.

Nothing here changes a value that a question is about: the site does that, with a reason, by its own acts. A question
is closed by who asked it last. Another data manager closes it when that person's account is closed, or when only a
check asked; a check closes its own questions once it no longer finds (docs/decisions/queries.md).
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from injection_log.acts.checking import all_records, is_in_use, is_over
from injection_log.acts.numbering import write_numbered
from injection_log.acts.writing import append, remembering, require
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.people.accounts import list_accounts
from injection_log.people.roles import Role
from injection_log.protocol.typed import remark_of
from injection_log.record.checks import findings
from injection_log.record.queries import (
    CLOSED_BY_CHECK,
    MESSAGE,
    Message,
    Query,
    QueryAct,
    QueryState,
    next_state,
    query_of,
    questioned_value,
    values_about,
)
from injection_log.record.reading import Values, gland_subject, read_visit, visit_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from injection_log.protocol.fields import Level
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

_OTHER_FIELDS: dict[Level, frozenset[str]] = {
    "visit": frozenset({"opened_on", "identifiers_confirmed", "images", "size"}),
    "gland": frozenset({"size", "needle_mark", "caliper.length", "caliper.width", "caliper.depth", "signature"}),
}
"""What a question can be about besides facts, marks and pictures."""
_NO_SUCH = "There is no such query; 'injection-log queries' lists those there are."


@dataclass(frozen=True)
class ChecksRun:
    """What a run of the checks did to the list of questions."""

    opened: tuple[Query, ...]
    closed: tuple[Query, ...]


@dataclass(frozen=True)
class _Asked:
    """What a new question says: about what, by which check (name "", version 0: by a person), in which words."""

    about: Subject
    field: str
    text: str
    check: str = ""
    check_version: int = 0


def open_query(session: Session, about: Subject, field: str, text: str) -> Query:
    """Ask about one field of a visit or a gland, or with field "" about the record as a whole.

    Raises Refused for a record that was not begun, a field it does not have, and a text with a word of the list.
    """
    require(session, "open_query")
    name = field.strip().removeprefix("fact.")
    _require_field(session, about, name)
    return _open(session, _Asked(about, name, remark_of(text, session.site.protocol, "Question")))


def open_queries_of_checks(session: Session) -> ChecksRun:
    """Open a question for each finding that has none, and close those of checks that no longer find.

    Left alone: a record that is still being written (open, and its day not longer ago than the protocol's limit for
    late entries), and a finding that a person closed the question of, as long as the value is the same.
    """
    require(session, "open_query")
    before = [query for query in list_queries(session) if query.check]
    around, records = all_records(session)
    found = {
        one.place: one for record in records if is_in_use(record)
        for one in findings(record, session.site.protocol, around)
    }
    settled = {key for record in records for key in _settled(session, record)}
    asked = {_place(query) for query in before if _still_counts(query)}
    opened = [
        _open(session, _Asked(one.subject, one.field, one.sentence, one.check, one.version))
        for place, one in found.items() if place not in asked and one.subject.key in settled
    ]
    gone = [
        query for query in before if query.is_of_check and query.state != "closed" and _place(query) not in found
    ]
    closed = [_say(session, query, "close", "The check no longer finds this.", by_check=True) for query in gone]
    return ChecksRun(tuple(opened), tuple(closed))


def answer_query(session: Session, query_id: str, text: str) -> Query:
    """Answer a question, for the site. Changes nothing that it is about."""
    require(session, "answer_query")
    return _say(session, find_query(session, query_id), "answer", remark_of(text, session.site.protocol, "Answer"))


def close_query(session: Session, query_id: str, reason: str = "") -> Query:
    """Close a question: for who asked it last, or as the module says. A reason may be given."""
    require(session, "close_query")
    query = find_query(session, query_id)
    if not may_close(session, query):
        raise Refused(
            "not_yours", f"{query.id} was asked by {query.asked.printed_name}, who closes it; ask them, or wait until "
            "their account is closed.",
        )
    return _say(session, query, "close", remark_of(reason, session.site.protocol, "Reason") if reason.strip() else "")


def reopen_query(session: Session, query_id: str, text: str) -> Query:
    """Ask again: an answer that does not settle it, or a question that was closed too early."""
    require(session, "open_query")
    return _say(session, find_query(session, query_id), "reopen", remark_of(text, session.site.protocol, "Question"))


def may_close(session: Session, query: Query) -> bool:
    """Tell whether a question is for this person to close."""
    account, asked_by = session.account, query.asked.user
    if account.role not in (Role.DATA_MANAGER, Role.MONITOR):
        return False
    if query.is_of_check:
        return account.role == Role.DATA_MANAGER
    is_gone = account.role == Role.DATA_MANAGER and asked_by in _closed_accounts(session)
    return asked_by == account.user or is_gone


def find_query(session: Session, query_id: str) -> Query:
    """Give one question by its id. Raises Refused."""
    require(session, "list_queries")
    wanted = query_id.strip().upper()
    stored = session.site.ledger.values(f"query:{wanted}") if wanted else {}
    if "state" not in stored:
        raise Refused("no_such_query", _NO_SUCH)
    return _read(wanted, stored, session.site.ledger.values)


def list_queries(
    session: Session, state: QueryState | None = None, participant: str = "", *, mine: bool = False
) -> tuple[Query, ...]:
    """Give the questions, oldest first: all, or of one state, one participant, asked or answered by oneself."""
    require(session, "list_queries")
    wanted, me = participant.strip().upper(), session.account.user
    values, _ = remembering(session)
    queries = (
        _read(key.removeprefix("query:"), stored, values)
        for key, stored in session.site.ledger.values_of("query:").items()
        if state in (None, stored["state"])
        and wanted in ("", Subject.parse(str(stored["about"])).participant)
    )
    chosen = (query for query in queries if not mine or any(one.user == me for one in query.messages))
    return tuple(sorted(chosen, key=lambda one: int(one.id.rpartition("-")[2])))


def queries_about(session: Session, record: VisitRecord) -> tuple[Query, ...]:
    """Give the questions about one visit and its glands, oldest first: for the marks beside the fields."""
    of_participant = list_queries(session, participant=record.participant)
    return tuple(one for one in of_participant if one.about.visit == record.visit)


def _read(identity: str, stored: Mapping[str, Json], values: Values) -> Query:
    about, field = Subject.parse(str(stored["about"])), str(stored.get("field") or "")
    return query_of(identity, stored, values_about(values, about, field))


def _place(query: Query) -> tuple[str, str, str]:
    return (query.check, query.about.key, query.field)


def _still_counts(query: Query) -> bool:
    """Whether a question of a check stands, or a person closed it about the very value that is there now."""
    return query.state != "closed" or not (query.has_changed or query.was_closed_by_check)


def _settled(session: Session, record: VisitRecord) -> list[str]:
    """The subjects of a visit that nobody is writing any more: a gland that is signed, or a day that is long over."""
    over = is_over(session, record)
    signed = [side for side, gland in record.glands.items() if over or not gland.is_open]
    glands = [gland_subject(record.participant, record.visit, side).key for side in signed]
    return [visit_subject(record.participant, record.visit).key, *glands] if signed else []


def _closed_accounts(session: Session) -> frozenset[str]:
    return frozenset(account.user for account in list_accounts(session.site.ledger) if account.is_closed)


def _require_field(session: Session, about: Subject, field: str) -> None:
    """Refuse a question about what is not there. Raises Refused."""
    site = session.site
    is_record = about.kind in ("visit", "gland") and about.visit in site.protocol.visits
    if not is_record or read_visit(site.ledger.values, site.protocol, about.participant, about.visit) is None:
        raise Refused("not_begun", "There is no record of that participant and visit; see 'injection-log list'.")
    level: Level = "visit" if about.kind == "visit" else "gland"
    asked = {one.name for one in site.protocol.fields_for(about.visit, level)}
    places = {name for name in site.ledger.values(about.key) if name.startswith(("mark.", "image."))}
    if field and field not in asked | places | _OTHER_FIELDS[level]:
        raise Refused(
            "no_such_field",
            f"There is no field of this name in the record of a {level} at this visit; the fields are "
            f"{', '.join(sorted(asked | _OTHER_FIELDS[level]))}.",
        )


def _open(session: Session, asked: _Asked) -> Query:
    values = values_about(session.site.ledger.values, asked.about, asked.field)
    said = _message(session, "open", asked.text)
    new: dict[str, Json] = {
        "state": "open", "about": asked.about.key, "field": asked.field or None,
        "value": questioned_value(values, asked.field), "check": asked.check or None,
        "check_version": asked.check_version or None, f"{MESSAGE}1": said.to_json(),
    }
    changes = tuple(Change(name, None, value) for name, value in new.items() if value is not None)
    subject = write_numbered(session, "query", lambda free: EventDraft("QueryOpened", free, changes))
    return find_query(session, subject.id)


def _say(session: Session, query: Query, act: QueryAct, text: str, *, by_check: bool = False) -> Query:
    after = next_state(query.state, act)
    if after is None:
        done = {"answer": "answered", "close": "closed", "reopen": "opened again"}[act]
        raise Refused("not_now", f"{query.id} is {query.state} and cannot be {done}; read it again.")
    # The old values are those of the question as it was read: of two answers at one moment the second is refused.
    changes = [
        Change("state", query.state, after),
        Change(f"{MESSAGE}{len(query.messages) + 1}", None, _message(session, act, text).to_json()),
    ]
    if by_check != query.was_closed_by_check:
        changes.append(Change(CLOSED_BY_CHECK, query.was_closed_by_check or None, by_check or None))
    append(session, [_draft(act, Subject("query", id=query.id), tuple(changes))])
    return find_query(session, query.id)


def _draft(act: QueryAct, subject: Subject, changes: tuple[Change, ...]) -> EventDraft:
    match act:
        case "answer":
            return EventDraft("QueryAnswered", subject, changes)
        case "close":
            return EventDraft("QueryClosed", subject, changes)
        case "reopen":
            return EventDraft("QueryReopened", subject, changes)


def _message(session: Session, act: Literal["open", "answer", "close", "reopen"], text: str) -> Message:
    account, clock = session.account, session.site.clock
    return Message(
        act, account.user, account.printed_name, str(account.role), clock.now().isoformat(timespec="milliseconds"),
        clock.utc_offset_minutes(), text,
    )
