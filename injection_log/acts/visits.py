"""Choosing a participant and a visit, and saying that the right person is in the room."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from injection_log.acts.seeing import already_seen, note_seen, write_down
from injection_log.acts.writing import (
    append,
    changing,
    draft_of,
    locked,
    remembering,
    require,
    require_some_open,
    reread,
    write,
)
from injection_log.errors import Refused
from injection_log.ledger.event import Json, Subject
from injection_log.protocol.protocol import Visit
from injection_log.record.reading import lock_over, read_visit, visit_subject
from injection_log.record.values import VisitRecord
from injection_log.site import Session

PARTICIPANTS_A_PAGE = 30
"""What is read of the work list at a time: more than a large screen shows at once."""


@dataclass(frozen=True)
class WorkListRow:
    """One participant at one planned visit, and how far it is: `record` is None when it was not begun."""

    participant: str
    visit: Visit
    record: VisitRecord | None

    @property
    def state(self) -> str:
        """How far both glands are, in words."""
        if self.record is None:
            return "not begun"
        if self.record.withdrawn is not None:
            return "withdrawn"
        if self.record.not_done is not None:
            return "not done"
        states = [gland.state for gland in self.record.glands.values()]
        return states[0] if states[0] == states[1] else f"right {states[0]}, left {states[1]}"


def list_participants(session: Session) -> tuple[str, ...]:
    """Give the participants of the protocol's list and those already in the log."""
    require(session, "list_records")
    begun = {key.removeprefix("visit:").split("/")[0] for key in session.site.ledger.subjects("visit:")}
    return tuple(sorted({*session.site.protocol.participants, *begun}))


def list_visits(session: Session) -> tuple[WorkListRow, ...]:
    """Give the whole work list: every known participant at every planned visit. For a screen, see `visits_page`."""
    rows: list[WorkListRow] = []
    while page := visits_page(session, after=rows[-1].participant if rows else ""):
        rows.extend(page)
    return tuple(rows)


def visits_page(session: Session, *, after: str = "", limit: int = PARTICIPANTS_A_PAGE) -> tuple[WorkListRow, ...]:
    """Give the visits of the next `limit` participants behind `after` ("": from the first); () behind the last.

    What it reads does not grow with the log: only the page is read, by the index.
    """
    require(session, "list_records")
    write_down(session)
    return tuple(row for one in _participants_behind(session, after, limit) for row in _rows_of(session, one))


def visits_of(session: Session, participant: str) -> tuple[WorkListRow, ...]:
    """Give the planned visits of one participant, also of one that nobody has seen yet; () for an id of no trial."""
    require(session, "list_records")
    participant = participant.strip().upper()
    return _rows_of(session, participant) if session.site.protocol.accepts_participant(participant) else ()


def _participants_behind(session: Session, after: str, limit: int) -> list[str]:
    """The next participants, of the protocol's list or begun, in the order of the log's keys."""
    site = session.site
    most = limit * len(site.protocol.visits)
    # "0" follows "/": behind every visit of that participant, before every visit of the next.
    keys = site.ledger.subjects_page("visit:", f"visit:{after}0" if after else "", most)
    begun = {Subject.parse(key).participant for key in keys}
    listed = {one for one in site.protocol.participants if not after or _order(one) > _order(after)}
    if len(keys) == most:
        # More were begun behind these: a listed participant behind them waits for its turn.
        last = max(map(_order, begun))
        listed = {one for one in listed if _order(one) <= last}
    return sorted(begun | listed, key=_order)[:limit]


def _order(participant: str) -> str:
    return f"{participant}/"


def _rows_of(session: Session, participant: str) -> tuple[WorkListRow, ...]:
    ledger, protocol = session.site.ledger, session.site.protocol
    of_visits = ledger.values_of(f"visit:{_order(participant)}")
    read = {**of_visits, **ledger.values_of(f"gland:{_order(participant)}")} if of_visits else {}

    def values(key: str) -> Mapping[str, Json]:
        return read.get(key, {}) if key.startswith(("visit:", "gland:")) else ledger.values(key)

    return tuple(
        WorkListRow(participant, visit, read_visit(values, protocol, participant, visit.name))
        for visit in protocol.visits.values()
    )


def require_known(session: Session, participant: str, visit: str) -> str:
    """Give a participant id as it is kept. Refuses one that is not of the trial's form, and a visit that is none."""
    protocol, participant = session.site.protocol, participant.strip().upper()
    if not protocol.accepts_participant(participant):
        raise Refused("malformed_id", "This is not a participant id of this trial; type it as on the list.")
    if visit not in protocol.visits:
        raise Refused("no_such_visit", f"The protocol has no such visit; there are {', '.join(protocol.visits)}.")
    return participant


def open_visit(session: Session, participant: str, visit: str) -> VisitRecord:
    """Open a visit, beginning it when nobody has. Refuses an id that is not of the trial's form."""
    participant, site = require_known(session, participant, visit), session.site
    record = read_visit(site.ledger.values, site.protocol, participant, visit)
    if record is not None:
        require(session, "show_record")
        note_seen(session, record)
        return record
    require(session, "open_visit")
    _, values = unlocked_visit(session, participant, visit)
    new: dict[str, Json] = {"opened_on": local_day(session).isoformat()}
    append(session, [draft_of(session, "VisitOpened", visit_subject(participant, visit), new)], guarded=values)
    opened = read_visit(site.ledger.values, site.protocol, participant, visit)
    assert opened is not None  # written just above
    already_seen(session, opened)
    return opened


def unlocked_visit(
    session: Session, participant: str, visit: str
) -> tuple[VisitRecord | None, Mapping[str, Mapping[str, Json]]]:
    """Read a visit, None when it was never begun, with the values that were read. Refuses what is locked above it."""
    remembered, values = remembering(session)
    lock = lock_over(remembered, participant)
    if lock is not None:
        raise locked(lock)
    return read_visit(remembered, session.site.protocol, participant, visit), values


def local_day(session: Session) -> date:
    """Give the day it is at the site."""
    clock = session.site.clock
    return (clock.now() + timedelta(minutes=clock.utc_offset_minutes())).date()


def find_visit(session: Session, participant: str, visit: str) -> VisitRecord:
    """Give a visit that was begun. Refuses one that was not: looking at a record never begins one."""
    site = session.site
    participant = participant.strip().upper()
    if not site.protocol.accepts_participant(participant) or visit not in site.protocol.visits:
        raise Refused("malformed_id", "There is no such participant or visit in this trial; see 'injection-log list'.")
    require(session, "show_record")
    record = read_visit(site.ledger.values, site.protocol, participant, visit)
    if record is None:
        raise Refused("not_begun", f"{participant} has no record for the visit '{visit}' yet.")
    note_seen(session, record)
    return record


def confirm_identifiers(session: Session, record: VisitRecord) -> VisitRecord:
    """Record that two identifiers of the person present were compared with the trial's list."""
    require(session, "confirm_identifiers", "draft")
    stands = changing(session, record)
    require_some_open(stands.record)
    subject = visit_subject(record.participant, record.visit)
    write(session, "IdentifiersConfirmed", subject, {"identifiers_confirmed": True}, stands=stands)
    return reread(session, record)
