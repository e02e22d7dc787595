"""Running the checks: on the record that is being written, and on every record of the log as a list.

Writes nothing. What the checks compare is `record.checks`; what becomes of a finding is `acts.queries`.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from injection_log.acts.writing import require
from injection_log.ledger.event import Subject
from injection_log.record.checks import KIT_CODE, NOTHING_AROUND, SYRINGE_CODE, Around, Finding, around_of, findings
from injection_log.record.reading import read_visit
from injection_log.record.values import VisitRecord

if TYPE_CHECKING:
    from injection_log.ledger.event import Json
    from injection_log.site import Session

_READ = ("visit:", "gland:", "image:", "participant:", "trial:")


def findings_of(session: Session, record: VisitRecord) -> tuple[Finding, ...]:
    """Give what the checks find in one visit as it is shown. None of it changes the record."""
    require(session, "run_checks")
    if not is_in_use(record):
        return ()
    return findings(record, session.site.protocol, _around(session, record))


def all_findings(session: Session) -> tuple[Finding, ...]:
    """Give what the checks find in every visit of the log, by participant and visit."""
    require(session, "run_checks")
    around, records = all_records(session)
    protocol = session.site.protocol
    return tuple(one for record in records if is_in_use(record) for one in findings(record, protocol, around))


def all_records(session: Session) -> tuple[Around, tuple[VisitRecord, ...]]:
    """Give every visit that was begun, in the order of their subjects, and the codes recorded anywhere."""
    values: dict[str, dict[str, Json]] = {}
    for prefix in _READ:
        values |= session.site.ledger.values_of(prefix)
    return _all_codes(session), tuple(_records(session, values))


def is_in_use(record: VisitRecord) -> bool:
    """Tell whether a visit counts: one that was withdrawn or not done is not checked."""
    return record.withdrawn is None and record.not_done is None


def is_over(session: Session, record: VisitRecord) -> bool:
    """Tell whether the day of a visit is longer ago than the protocol lets an entry be late."""
    clock, limit = session.site.clock, session.site.protocol.checks.late_entry_hours
    now = (clock.now() + timedelta(minutes=clock.utc_offset_minutes())).replace(tzinfo=None)
    return now > datetime.combine(record.day, time.max) + timedelta(hours=limit)


def _records(session: Session, values: Mapping[str, Mapping[str, Json]]) -> Iterator[VisitRecord]:
    for key in sorted(key for key in values if key.startswith("visit:")):
        subject = Subject.parse(key)
        if subject.visit not in session.site.protocol.visits:
            continue  # a visit of an earlier protocol that this one no longer has
        record = read_visit(
            lambda name: values.get(name, {}), session.site.protocol, subject.participant, subject.visit
        )
        if record is not None:
            yield record


def _around(session: Session, record: VisitRecord) -> Around:
    """The codes recorded anywhere; not even looked for where this visit has none."""
    glands = record.glands.values()
    if not record.facts.get("kit_code") and not any(gland.facts.get("syringe_code") for gland in glands):
        return NOTHING_AROUND
    return _all_codes(session)


def _all_codes(session: Session) -> Around:
    ledger = session.site.ledger
    return around_of(ledger.values_named("visit:", KIT_CODE), ledger.values_named("gland:", SYRINGE_CODE))
