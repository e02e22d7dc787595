"""A history or an audit trail as a table that is read without the program: one row for each value that changed.

The table's exporter guards texts that a spreadsheet would run as formulas. Nothing leaves before its event is in the
log, with the digests of the files.
"""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.acts.exports import record_export
from injection_log.acts.writing import require
from injection_log.errors import InjectionLogError
from injection_log.ledger.event import Subject
from injection_log.outputs import Cell, Column, OutputFile, TableContent, output_of
from injection_log.record.event_sentences import ChangeInWords
from injection_log.record.reading import visit_subject

if TYPE_CHECKING:
    from injection_log.acts.history import History, HistoryFilter, HistoryLine
    from injection_log.site import Session

_LOG = "recorded by the program"
COLUMNS = (
    Column("event", "Number of the event in the log", "", "integer", "", _LOG),
    Column("entered_at", "Entered at, local time with offset", "", "text", "", _LOG),
    Column("entered_at_utc", "Entered at, UTC", "", "time", "", _LOG),
    Column("claimed_at", "Time claimed for the act, where it is another", "", "text", "", _LOG),
    Column("person", "Printed name", "", "text", "", _LOG),
    Column("user", "User id", "", "text", "", _LOG),
    Column("role", "Role", "", "text", "", _LOG),
    Column("workstation", "Workstation", "", "text", "", _LOG),
    Column("about", "What it is about", "", "text", "", _LOG),
    Column("act", "What was done", "", "text", "", _LOG),
    Column("sentence", "What happened, in a sentence", "", "text", "", _LOG),
    Column("field", "Field", "", "text", "", _LOG),
    Column("before", "Value before", "", "text", "", _LOG),
    Column("after", "Value after", "", "text", "", _LOG),
    Column("reason", "Reason", "", "text", "", "typed by the person"),
    Column("version", "Version of the record", "", "integer", "", _LOG),
    Column("after_signing", "Changed after signing", "", "yes_no", "yes | no", "computed"),
    Column("late", "Entered late", "", "yes_no", "yes | no", "computed"),
)


def lines_table(lines: Iterable[HistoryLine], name: str) -> TableContent:
    """Lines as a table, in the order they come; an event that changed three values has three rows."""
    return TableContent(COLUMNS, tuple(row for line in lines for row in _rows(line)), name)


def _rows(line: HistoryLine) -> list[dict[str, Cell]]:
    changes = line.changes or (ChangeInWords("", "", "", ""),)
    return [_row(line, change) for change in changes]


def _row(line: HistoryLine, change: ChangeInWords) -> dict[str, Cell]:
    return {
        "event": line.sequence, "entered_at": line.when, "entered_at_utc": line.recorded_at,
        "claimed_at": line.claimed or None, "person": line.printed_name, "user": line.user or None,
        "role": line.role, "workstation": line.workstation, "about": line.about, "act": line.title,
        "sentence": line.sentence, "field": change.title or None, "before": change.old or None,
        "after": change.new or None, "reason": line.reason or None, "version": line.version or None,
        "after_signing": "yes" if line.is_after_signing else "no", "late": "yes" if line.is_late else "no",
    }


def export_history(session: Session, history: History, wanted: HistoryFilter) -> tuple[OutputFile, ...]:
    """The history of a record, oldest first, and the dictionary of its columns (CSV); an event stands before it."""
    require(session, "show_history")
    record = history.record
    lines = (history.line(entry) for entry in history.chosen(wanted))
    files = output_of("table").files(lines_table(lines, f"history_{record.participant}_{record.visit}"))
    record_export(session, "HistoryExported", visit_subject(record.participant, record.visit), files)
    return files


def export_audit(session: Session, lines: Iterable[HistoryLine]) -> tuple[OutputFile, ...]:
    """Lines of the audit trail that this person was given, and the dictionary of their columns (CSV)."""
    files = output_of("table").files(lines_table(lines, "audit"))
    record_export(session, "AuditExported", Subject("ledger"), files)
    return files


def write_csv(files: tuple[OutputFile, ...], path: Path) -> tuple[Path, ...]:
    """Write a table under the name that was asked for, and its dictionary beside it. Raises InjectionLogError."""
    places = (path, path.with_name(f"{path.stem}_dictionary.csv"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for place, file in zip(places, files, strict=True):
            place.write_bytes(file.data)
    except OSError as error:
        raise InjectionLogError(
            f"The table could not be written to {path} ({error.strerror}); choose another file with --csv."
        ) from error
    return places
