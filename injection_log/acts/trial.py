"""The tables of the whole trial, gathered for who may export them (`trial_content.TrialContent`).

Each table has a maker of its own; nothing is computed here that a record does not say already. The log is gone through
once, for the changes and for the numbers that never change.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from injection_log.acts.log_words import Pictures, place_of, vocabulary_of
from injection_log.acts.outputs import Gathered
from injection_log.acts.trial_lists import deviation_table, query_table, reading_table
from injection_log.acts.visits import list_participants, list_visits
from injection_log.ledger.event import Event, Subject
from injection_log.outputs import Cell, TableContent
from injection_log.record.change_rows import CHANGE_COLUMNS, ChangeRows
from injection_log.record.image_rows import image_table
from injection_log.record.log_numbers import LogNumbers
from injection_log.record.mark_rows import deposit_table, measurement_table, needle_table
from injection_log.record.signature_rows import signature_table
from injection_log.record.table import gland_table
from injection_log.record.visit_rows import participant_table, visit_table
from injection_log.trial_content import TrialContent

if TYPE_CHECKING:
    from injection_log.ledger.event import Json
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session, Site
    from injection_log.trial_content import ExportFacts

TABLES = (
    "participants", "visits", "glands", "deposits", "needles", "measurements", "readings", "images", "signatures",
    "queries", "deviations", "changes",
)
"""Every table of the trial, by its name."""


def gather_glands(session: Session, about: ExportFacts) -> Gathered:
    """Gather the table of all glands, one row each."""
    del about
    table = gland_table(_records(session), session.site.protocol, session.site.site_name)
    return Gathered(table, {"glands": len(table.rows)})


def gather_trial(session: Session, about: ExportFacts) -> Gathered:
    """Gather every table as the log stood at `about.last_event`. The role was asked before."""
    site, records = session.site, _records(session)
    place, numbers = (site.protocol, site.site_name), LogNumbers()
    changes = _changes(session, numbers, about.last_event)
    people = _values(site, "participant:", "trial:")
    words = vocabulary_of(session)
    made = (
        participant_table(place, list_participants(session), records, people),
        visit_table(place, records, numbers),
        gland_table(records, site.protocol, site.site_name),
        deposit_table(records, numbers), needle_table(records, numbers), measurement_table(records, numbers),
        reading_table(session), image_table(records, numbers),
        signature_table(records, numbers, site.ledger.values), query_table(session, words), deviation_table(session),
        TableContent(CHANGE_COLUMNS, changes, "changes"),
    )
    tables = {table.name: table for table in made}
    content = TrialContent(about, site.protocol, tables)
    return Gathered(content, {name: len(table.rows) for name, table in tables.items()})


def _records(session: Session) -> list[VisitRecord]:
    return [row.record for row in list_visits(session) if row.record is not None]


def _values(site: Site, *prefixes: str) -> dict[str, Mapping[str, Json]]:
    return {key: values for prefix in prefixes for key, values in site.ledger.values_of(prefix).items()}


def _changes(session: Session, numbers: LogNumbers, last: int) -> tuple[dict[str, Cell], ...]:
    """The rows of all changes up to an event, while the numbers are counted."""
    site, pictures = session.site, Pictures(session.site)
    about = {
        key: Subject.parse(str(values["about"]))
        for key, values in _values(site, "query:", "deviation:").items() if values.get("about")
    }

    def place(event: Event) -> tuple[str, str, str]:
        subject = about.get(event.subject.key, event.subject)
        participant, visit = (
            (subject.participant, subject.visit) if subject is not event.subject
            else place_of(event, pictures) or ("", "")
        )
        return participant, visit, subject.gland

    late = timedelta(hours=site.protocol.checks.late_entry_hours)
    rows = ChangeRows(vocabulary_of(session), place, late)
    found: list[dict[str, Cell]] = []
    for event in site.ledger.events():
        if event.sequence > last:
            break
        numbers.take(event)
        found.extend(rows.of(event))
    return tuple(found)
