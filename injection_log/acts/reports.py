"""What the reports on paper are given (`report_contents`), gathered for whose role was asked before.

Nothing is reckoned here that the tables, the checks or the list of source verification do not say.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, cast

from injection_log import __version__
from injection_log.acts.audit_hints import HintKind, audit_hints
from injection_log.acts.exports import sheet_content
from injection_log.acts.outputs import Gathered
from injection_log.acts.source_verification import list_verification
from injection_log.acts.trial import gather_trial
from injection_log.acts.visits import list_participants, list_visits
from injection_log.record.values import SIDES
from injection_log.report_contents import (
    BlankFormContent,
    CasebookContent,
    MonitorContent,
    SheetsContent,
    VerifiedPart,
)
from injection_log.trial_content import TrialContent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from injection_log.outputs import SheetContent
    from injection_log.record.values import GlandRecord, VisitRecord
    from injection_log.site import Session, Site
    from injection_log.trial_content import ExportFacts

_HINTS: dict[HintKind, str] = {
    "late_entry": "Late entry", "edit_after_signing": "Changed after signing", "many_edits": "Many changes",
    "failed_log_ins": "Failed log-ins",
}
_EVENTS_NAMED = 12


def gather_sheets(session: Session, about: ExportFacts) -> Gathered:
    """Gather the sheet of every gland record that is signed."""
    del about
    sheets = {
        f"{record.participant}_{record.visit}_{gland.side}": sheet_content(session, record, gland.side)
        for record, gland in _glands(session) if gland.signature is not None
    }
    return Gathered(SheetsContent(sheets), {"sheets": len(sheets)})


def gather_casebook(session: Session, about: ExportFacts) -> Gathered:
    """Gather every participant with a visit: tables, and a sheet for each gland, signed or not."""
    trial = _trial(session, about)
    sheets: dict[str, list[SheetContent]] = {}
    for record, gland in _glands(session):
        sheets.setdefault(record.participant, []).append(sheet_content(session, record, gland.side))
    made = {participant: tuple(found) for participant, found in sheets.items()}
    content = CasebookContent(trial, made, session.site.ledger.latest_checkpoint() or "")
    return Gathered(content, {"participants": len(made), "sheets": sum(map(len, made.values()))})


def gather_monitor(session: Session, about: ExportFacts) -> Gathered:
    """Gather what the monitor's report says."""
    hints = tuple((_HINTS[hint.kind], f"{hint.sentence} {_named(hint.events)}") for hint in audit_hints(session))
    verification = tuple(
        VerifiedPart(one.participant, one.visit, one.verified, len(one.values)) for one in list_verification(session)
    )
    content = MonitorContent(
        _trial(session, about), list_participants(session), hints, verification,
        session.site.ledger.latest_checkpoint() or "",
    )
    return Gathered(content, {"participants": len(content.enrolled), "hints": len(hints)})


def gather_blank_form(session: Session, about: ExportFacts) -> Gathered:
    """Gather what the blank form asks: the protocol's fields, nothing of a record."""
    del about
    return Gathered(blank_form_content(session.site), {"records": 0})


def blank_form_content(site: Site) -> BlankFormContent:
    """What the blank form of a site asks; no log-in is needed for it."""
    return BlankFormContent(site.protocol, site.site_name, __version__)


def _trial(session: Session, about: ExportFacts) -> TrialContent:
    return cast("TrialContent", gather_trial(session, about).content)


def _glands(session: Session) -> Iterator[tuple[VisitRecord, GlandRecord]]:
    for row in list_visits(session):
        if row.record is not None and row.record.not_done is None:
            for side in SIDES:
                yield row.record, row.record.glands[side]


def _named(events: tuple[int, ...]) -> str:
    first = ", ".join(map(str, events[:_EVENTS_NAMED]))
    more = f" and {len(events) - _EVENTS_NAMED} more" if len(events) > _EVENTS_NAMED else ""
    return f"(event {first}{more})" if len(events) == 1 else f"(events {first}{more})"
