"""Lists of findings, queries, source verification and deviations: rows in words, and tables that leave.

Every text is as a person reads it: printed names, roles, local times with their offset. What may be listed was
decided by the acts that gave the values; a table leaves only after its event, with the digests of its files.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from injection_log.acts.exports import record_export
from injection_log.acts.writing import require
from injection_log.ledger.event import Subject
from injection_log.outputs import Cell, Column, ColumnKind, OutputFile, TableContent, output_of
from injection_log.protocol.fields import CATALOGUE
from injection_log.record.checks import CHECKS, Finding
from injection_log.record.event_words import role_words
from injection_log.record.queries import Query, ledger_field
from injection_log.record.value_words import value_in_words
from injection_log.record.vocabulary import Vocabulary, field_title, moment_words

if TYPE_CHECKING:
    from injection_log.acts.deviations import Deviation
    from injection_log.acts.source_verification import SourceVerification
    from injection_log.ledger.event import Json
    from injection_log.site import Session

Row = dict[str, Cell]
_SEVERITIES = {"hard": "blocks a signature", "soft": "to look at"}
_SOURCES = {"reported": "reported by a person", "derived": "found in the record"}


def _text(name: str, title: str, values: str = "", kind: ColumnKind = "text") -> Column:
    return Column(name, title, "", kind, values, "recorded by the program")


_PLACE = (
    _text("participant", "Participant"), _text("visit", "Visit"), _text("gland", "Gland; empty for the whole visit"),
)
FINDING_COLUMNS = (
    *_PLACE, _text("field", "Field"), _text("check", "Check"), _text("version", "Version of the check", kind="integer"),
    _text("severity", "How hard", " | ".join(_SEVERITIES.values())), _text("finding", "What was found"),
)
QUERY_COLUMNS = (
    _text("query", "Query"), _text("state", "State", "open | answered | closed"), *_PLACE, _text("field", "Field"),
    _text("question", "Question"), _text("value_asked_about", "Value that was asked about"),
    _text("value_now", "Value now"), _text("changed_since", "Changed since", "yes | no", "yes_no"),
    _text("asked_by", "Asked by"), _text("asked_at", "Asked at, local time with offset"),
    _text("check", "Check that asked; empty for a person"),
    _text("version", "Version of that check", kind="integer"), _text("last_act", "What was done last"),
    _text("last_words", "In these words"), _text("last_by", "By"), _text("last_at", "At, local time with offset"),
)
VERIFICATION_COLUMNS = (
    *_PLACE, _text("field", "Field"), _text("value", "Value"), _text("verified", "Verified", "yes | no", "yes_no"),
    _text("verified_by", "By"), _text("verified_at", "At, local time with offset"),
)
DEVIATION_COLUMNS = (
    _text("deviation", "Deviation; empty for one found in the record"), _text("kind", "Kind"), *_PLACE,
    _text("what", "What"), _text("known_since", "Written at, local time with offset"), _text("by", "Written by"),
    _text("from", "From where", " | ".join(_SOURCES.values())),
)
_ACTS = {"open": "asked", "answer": "answered", "close": "closed", "reopen": "asked again"}


def finding_rows(findings: Iterable[Finding], words: Vocabulary) -> list[Row]:
    """Findings of the checks as rows in words."""
    return [
        {
            **_place(one.subject, words), "field": field_in_words(one.field, words), "check": CHECKS[one.check].title,
            "version": one.version, "severity": _SEVERITIES[one.severity], "finding": one.sentence,
        }
        for one in findings
    ]


def query_rows(queries: Iterable[Query], words: Vocabulary) -> list[Row]:
    """Queries as rows in words, each with the value that was asked about and the one that stands now."""
    return [_query_row(one, words) for one in queries]


def verification_rows(records: Iterable[SourceVerification], words: Vocabulary) -> list[Row]:
    """Every value that has a source as a row: verified, by whom and when, or not."""
    rows: list[Row] = []
    for record in records:
        for one in record.values:
            mark = one.verified
            rows.append({
                "participant": record.participant, "visit": words.visit(record.visit), "gland": one.side,
                "field": one.title, "value": one.words, "verified": "yes" if mark else "no",
                "verified_by": _who(mark.printed_name, mark.role) if mark else None,
                "verified_at": moment_words(mark.at, mark.offset_minutes) if mark else None,
            })
    return rows


def deviation_rows(deviations: Iterable[Deviation], words: Vocabulary) -> list[Row]:
    """Deviations as rows in words; those of the whole trial have no participant."""
    return [
        {
            "deviation": one.id or None, "kind": one.title,
            **(_place(one.about, words) if one.about else {"participant": None, "visit": None, "gland": None}),
            "what": one.sentence,
            "known_since": moment_words(one.known.at, one.known.offset_minutes) if one.known.at else None,
            "by": _who(one.known.printed_name, one.known.role) or None, "from": _SOURCES[one.source],
        }
        for one in deviations
    ]


def conversation(query: Query) -> list[Row]:
    """All that was said about one query, oldest first."""
    return [
        {
            "what": _ACTS[one.act], "words": one.text or None, "by": _who(one.printed_name, one.role),
            "at": moment_words(one.at, one.offset_minutes),
        }
        for one in query.messages
    ]


def export_list(session: Session, name: str, columns: tuple[Column, ...], rows: list[Row]) -> tuple[OutputFile, ...]:
    """The rows that this person was given, and the dictionary of their columns (CSV); an event stands before it."""
    require(session, "list_records")
    files = output_of("table").files(TableContent(columns, tuple(rows), name))
    record_export(session, "ListExported", Subject("ledger"), files)
    return files


def field_in_words(field: str, words: Vocabulary) -> str:
    """What the field of a finding or a query is called."""
    if not field:
        return "the whole record"
    if field == "images":
        return "Images"
    if field == "needle_mark":
        return "Needle mark"
    family, dot, rest = field.partition(".")
    if dot and family == "image":
        return words.picture(rest)
    if dot and family == "caliper":
        return f"{rest.capitalize()} caliper"
    return field_title(ledger_field(field), words)


def questioned_in_words(field: str, value: Json, words: Vocabulary) -> str:
    """The value that a query is about; of a whole record only whether it is the one that was asked about is known."""
    if value is None:
        return "nothing recorded"
    if not field:
        return "the record at that time"
    if field in CATALOGUE:
        return value_in_words(ledger_field(field), value, words)
    if isinstance(value, list):
        return f"{len(value)} recorded"
    if field == "size" and isinstance(value, dict) and "right" in value:
        sizes = (f"{side} {value_in_words('size', one, words) or 'not measured'}" for side, one in value.items())
        return "; ".join(sizes)
    return value_in_words(field, value, words)


def _query_row(one: Query, words: Vocabulary) -> Row:
    last, asked = one.messages[-1], one.asked
    now = questioned_in_words(one.field, one.now, words)
    return {
        "query": one.id, "state": one.state, **_place(one.about, words), "field": field_in_words(one.field, words),
        "question": asked.text, "value_asked_about": questioned_in_words(one.field, one.value, words),
        "value_now": now if one.field else ("another" if one.has_changed else "the same"),
        "changed_since": "yes" if one.has_changed else "no", "asked_by": _who(asked.printed_name, asked.role),
        "asked_at": moment_words(asked.at, asked.offset_minutes), "check": _check_title(one.check) or None,
        "version": one.check_version or None, "last_act": _ACTS[last.act], "last_words": last.text or None,
        "last_by": _who(last.printed_name, last.role), "last_at": moment_words(last.at, last.offset_minutes),
    }


def _check_title(name: str) -> str:
    return CHECKS[name].title if name in CHECKS else name


def _place(subject: Subject, words: Vocabulary) -> Row:
    visit = words.visit(subject.visit) if subject.visit else None
    return {"participant": subject.participant, "visit": visit, "gland": subject.gland or None}


def _who(printed_name: str, role: str) -> str:
    return f"{printed_name}, {role_words(role)}" if printed_name else ""
