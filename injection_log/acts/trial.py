"""The tables of the whole trial, gathered for who may export them (`trial_content.TrialContent`).

Each table has a maker of its own; nothing is computed here that a record does not say already.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts.outputs import Gathered
from injection_log.acts.visits import list_visits
from injection_log.record.table import gland_table
from injection_log.trial_content import TrialContent

if TYPE_CHECKING:
    from injection_log.outputs import TableContent
    from injection_log.site import Session
    from injection_log.trial_content import ExportFacts


def gather_glands(session: Session, about: ExportFacts) -> Gathered:
    """Gather the table of all glands, one row each."""
    del about
    table = _glands(session)
    return Gathered(table, {"glands": len(table.rows)})


def gather_trial(session: Session, about: ExportFacts) -> Gathered:
    """Gather every table. The role was asked before."""
    tables = {table.name: table for table in (_glands(session),)}
    content = TrialContent(about, session.site.protocol, tables)
    return Gathered(content, {name: len(table.rows) for name, table in tables.items()})


def _glands(session: Session) -> TableContent:
    site = session.site
    records = [row.record for row in list_visits(session) if row.record is not None]
    return gland_table(records, site.protocol, site.site_name)
