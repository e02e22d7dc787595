"""The tables of queries, deviations and unmasked readings, gathered from the acts that list them.

Codes of visits and fields stand beside their words, times in UTC: these tables are joined by programs. The lists that
people read are `list_tables`.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from injection_log.acts.campaign_results import ReadingRow, reading_rows
from injection_log.acts.campaigns import list_campaigns
from injection_log.acts.deviations import Deviation, list_deviations
from injection_log.acts.list_tables import field_in_words, questioned_in_words
from injection_log.acts.queries import list_queries
from injection_log.outputs import Cell, Column, TableContent
from injection_log.record.cells import (
    CHOSEN,
    COMPUTED,
    GLAND_KEY,
    PARTICIPANT,
    SIDE,
    VISIT,
    column,
    place_order,
    thousandths,
    yes_no,
)
from injection_log.record.deviations import DERIVED, REPORTED

if TYPE_CHECKING:
    from injection_log.ledger.event import Subject
    from injection_log.record.queries import Query
    from injection_log.record.vocabulary import Vocabulary
    from injection_log.site import Session

_OF_PERSON = "typed by the person named beside it"
_ABOUT = (PARTICIPANT, VISIT, Column("side", "Side; blank for the whole visit", "", "choice", "right | left", CHOSEN))
_QUERIES = (
    column("query", "Query"), column("state", "State", "choice", "open | answered | closed"), *_ABOUT,
    column("field", "Field, as the log names it; blank for the whole record"), column("title", "Field, in words"),
    column("question", "Question", source=_OF_PERSON),
    column("value_asked_about", "Value that was asked about, in words"), column("value_now", "Value now, in words"),
    column("changed_since", "Changed since", "yes_no", "yes | no", COMPUTED),
    column("check", "Check that asked; blank for a person"),
    column("check_version", "Version of that check", "integer"),
    column("opened_at", "Opened at (UTC)", "time"), column("opened_by", "Opened by"),
    column("opened_role", "In the role"),
    column("messages", "What was said, how many times", "integer", source=COMPUTED),
    column("last_act", "What was done last", "choice", "open | answer | close | reopen"),
    column("last_text", "In these words", source=_OF_PERSON), column("last_at", "At (UTC)", "time"),
    column("last_by", "By"), column("last_role", "In the role"),
    column("conversation", "All that was said, oldest first: time, role, act, words", source=_OF_PERSON),
)  # fmt: skip
_DEVIATIONS = (
    column("deviation", "Deviation; blank for one found in the record"),
    column("kind", "Kind", "choice", " | ".join(dict.fromkeys((*REPORTED, *DERIVED)))),
    column("title", "Kind, in words"), column("source", "From where", "choice", "reported | derived"),
    *_ABOUT, column("what", "What", source="typed by the person, or found in the record"),
    column("known_at", "Written at (UTC)", "time"),
    column("utc_offset_minutes", "Local offset from UTC", "integer"), column("printed_name", "Written by"),
    column("user", "User id"), column("role", "In the role"),
)
_BY_TIME = ("known_at", "deviation", "what")
_READER = "by the blinded reader"
_READINGS = (
    column("campaign", "Campaign of blinded reading"), *GLAND_KEY[:2], SIDE,
    column("reader", "Number of the reader's package", "integer"), column("printed_name", "Reader"),
    column("code", "Code under which the case was read"),
    column("is_repeat", "The hidden second read", "yes_no", "yes | no"),
    column("method", "Method of the volume; blank for a read without one", source=COMPUTED),
    column("gland_volume_ml", "Gland volume", "decimal", source=COMPUTED),
    *(column(f"{axis}_mm", f"Gland {axis}", "decimal", source=f"measured on the copy {_READER}")
      for axis in ("length", "width", "depth")),
    column("scale", "Said where a scale set by hand is behind the volume", source=COMPUTED),
    column("grey_scale", "Grey-scale grade", "integer", "0 to 3", _READER),
    column("doppler", "Doppler grade", "integer", "0 to 3", _READER),
    column("quality", "Quality of the pictures", "choice", "adequate | limited | unreadable", _READER),
    column("quality_why", "Why not adequate", source=_READER),
    column("chosen", "Chosen by the adjudicator; blank where none had to", "choice", "yes", "by the adjudicator"),
)  # fmt: skip


def query_table(session: Session, words: Vocabulary) -> TableContent:
    """One row for each query, by participant, visit, side and number."""
    protocol = session.site.protocol
    rows = sorted(
        (_query(one, words) for one in list_queries(session)),
        key=lambda row: (*place_order(protocol, row), str(row["query"])),
    )
    return TableContent(_QUERIES, tuple(rows), "queries")


def deviation_table(session: Session) -> TableContent:
    """One row for each deviation, reported and found, by participant, visit and side; those of the trial first."""
    protocol = session.site.protocol
    rows = sorted(
        map(_deviation, list_deviations(session)),
        key=lambda row: (*place_order(protocol, row), *(str(row[name] or "") for name in _BY_TIME)),
    )
    return TableContent(_DEVIATIONS, tuple(rows), "deviations")


def reading_table(session: Session) -> TableContent:
    """One row for each read of a gland and method in a campaign that was unmasked; none before two people did that."""
    protocol = session.site.protocol
    rows = [
        _reading(campaign.id, one)
        for campaign in list_campaigns(session) if campaign.is_unmasked for one in reading_rows(session, campaign.id)
    ]
    rows.sort(key=lambda row: (
        *place_order(protocol, row), str(row["campaign"]), int(str(row["reader"])), str(row["is_repeat"]),
        str(row["method"] or ""),
    ))
    return TableContent(_READINGS, tuple(rows), "readings")


def _about(subject: Subject | None) -> dict[str, Cell]:
    if subject is None:
        return {}
    return {
        "participant": subject.participant or None, "visit": subject.visit or None, "side": subject.gland or None,
    }


def _query(one: Query, words: Vocabulary) -> dict[str, Cell]:
    opened, last = one.opened, one.messages[-1]
    now = questioned_in_words(one.field, one.now, words)
    return {
        "query": one.id, "state": one.state, **_about(one.about), "field": one.field or None,
        "title": field_in_words(one.field, words), "question": one.text,
        "value_asked_about": questioned_in_words(one.field, one.value, words),
        "value_now": now if one.field else ("another" if one.has_changed else "the same"),
        "changed_since": yes_no(one.has_changed), "check": one.check or None,
        "check_version": one.check_version or None, "opened_at": opened.at, "opened_by": opened.printed_name or None,
        "opened_role": opened.role or None, "messages": len(one.messages), "last_act": last.act,
        "last_text": last.text or None, "last_at": last.at, "last_by": last.printed_name or None,
        "last_role": last.role or None, "conversation": " | ".join(_said(one)),
    }


def _said(query: Query) -> Iterator[str]:
    for one in query.messages:
        yield f"{one.at} {one.role} {one.act}: {one.text or 'without words'}"


def _deviation(one: Deviation) -> dict[str, Cell]:
    known = one.known
    return {
        "deviation": one.id or None, "kind": one.kind, "title": one.title, "source": one.source, **_about(one.about),
        "what": one.sentence, "known_at": known.at or None,
        "utc_offset_minutes": known.offset_minutes if known.at else None, "printed_name": known.printed_name or None,
        "user": known.user or None, "role": known.role or None,
    }


def _reading(campaign: str, one: ReadingRow) -> dict[str, Cell]:
    return {
        "campaign": campaign, "participant": one.participant, "visit": one.visit, "side": one.gland,
        "reader": one.reader, "printed_name": one.printed_name or None, "code": one.code,
        "is_repeat": yes_no(one.is_repeat), "method": one.method or None,
        "gland_volume_ml": thousandths(one.volume_ul), "length_mm": thousandths(one.length_um),
        "width_mm": thousandths(one.width_um), "depth_mm": thousandths(one.depth_um), "scale": one.scale or None,
        "grey_scale": one.grey_scale,
        "doppler": one.doppler, "quality": one.quality or None, "quality_why": one.quality_why or None,
        "chosen": one.chosen or None,
    }
