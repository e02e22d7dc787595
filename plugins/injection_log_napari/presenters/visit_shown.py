"""What the participant step shows of the visit: who, which visit, its facts, and whether they can change. Pure."""
from __future__ import annotations

from dataclasses import dataclass

from injection_log.people.roles import allowed
from injection_log_napari.presenters.access import said_words, why_visit_is_closed
from injection_log_napari.presenters.desk import Desk
from injection_log_napari.presenters.field_talk import FieldTalk, TalkElsewhere
from injection_log_napari.presenters.form import FieldRow
from injection_log_napari.presenters.wording import day_words


@dataclass(frozen=True)
class VisitShown:
    """All that the page shows. `paper` says from which paper the visit was copied, "" where from none."""

    code: str
    visit: str
    rows: tuple[FieldRow, ...]
    is_confirmed: bool
    why_closed: str
    paper: str
    may_flag_paper: bool
    findings: tuple[str, ...]
    elsewhere: TalkElsewhere


def visit_shown(desk: Desk, rows: tuple[FieldRow, ...], talk: FieldTalk) -> VisitShown:
    """The visit on the desk as the page shows it."""
    record, copied = desk.record, desk.record.transcribed
    why = why_visit_is_closed(desk)
    paper = ""
    if copied is not None:
        day = day_words(copied.written_on)
        paper = f"Copied from paper of {day}, written by {copied.written_by}; {said_words(copied)}"
    return VisitShown(
        code=record.participant,
        visit=f"{record.visit_title}, {day_words(record.day)}",
        rows=rows,
        is_confirmed=record.identifiers_confirmed,
        why_closed=why,
        paper=paper,
        may_flag_paper=not why and copied is None and allowed(desk.role, "flag_transcription", "draft"),
        findings=talk.others(None, tuple(row.name for row in rows)),
        elsewhere=talk.elsewhere(None, tuple(row.name for row in rows)),
    )
