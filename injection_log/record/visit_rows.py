"""The tables of participants and of visits: who is in the log, and what is known of each visit as a whole.

Pure. A participant has a row whether or not a visit was begun; a visit has one once it was begun. That a participant
was unblinded elsewhere is said, never to which arm; the name of who was told stands in `changes` only.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from injection_log.ledger.event import Json
from injection_log.outputs import Cell, TableContent
from injection_log.protocol.protocol import Protocol
from injection_log.record.cells import (
    CHOSEN,
    COMPUTED,
    PARTICIPANT,
    STATES,
    TYPED,
    VISIT,
    column,
    yes_no,
)
from injection_log.record.fact_columns import column_name, fact_cell, fact_column, facts_of
from injection_log.record.history_columns import visit_state
from injection_log.record.log_numbers import LogNumbers
from injection_log.record.origins import late_in_words
from injection_log.record.values import VisitRecord
from injection_log.record.versions import Locked, Unblinding

_PLACE = (column("study", "Study"), column("site", "Site"))
_PARTICIPANTS = (
    *_PLACE, PARTICIPANT,
    column("visits_begun", "Visits that were begun", "integer", source=COMPUTED),
    column("visits_counting", "Visits that count: neither withdrawn nor not done", "integer", source=COMPUTED),
    column("first_visit_date", "Day of the first visit that counts", "date"),
    column("last_visit_date", "Day of the last visit that counts", "date"),
    column("injection_date", "Day of the first injecting visit that counts", "date"),
    column("glands_injected", "Glands said to be injected", "integer", "0 to 2 for each injecting visit", COMPUTED),
    column("glands_signed", "Gland records that are signed, reviewed or locked", "integer", source=COMPUTED),
    column("locked_scope", "Locked: what", "choice", "participant | study"),
    column("unblindings", "Times an unblinding was recorded", "integer", source=COMPUTED),
    column("unblinded_at", "First unblinding: at, local time with offset", "time", source=TYPED),
    column("unblinding_planned", "First unblinding: planned", "yes_no", "yes | no", TYPED),
    column("unblinding_reason", "First unblinding: why", source=TYPED),
)
_VISIT_HEAD = (
    *_PLACE, PARTICIPANT, VISIT,
    column("visit_number", "Place of the visit in the protocol, from 1", "integer", source="of the protocol"),
    column("visit_title", "Title of the visit", source="of the protocol"),
    column("visit_kind", "Kind of visit", "choice", "measuring | injecting", "of the protocol"),
    column("visit_date", "Day of the visit; blank where it was not done", "date"),
    column("visit_state", "Whether the visit counts", "choice", "counts | withdrawn | not_done"),
    column("right_state", "State of the right gland", "choice", STATES),
    column("left_state", "State of the left gland", "choice", STATES),
    column("right_version", "Version of the right gland", "integer"),
    column("left_version", "Version of the left gland", "integer"),
    column("identifiers_confirmed", "Two identifiers compared", "yes_no", "yes | no"),
    column("images", "Pictures of the visit", "integer", source=COMPUTED),
    column("images_pending", "Images pending, why", source=CHOSEN),
)
_VISIT_TAIL = (
    column("withdrawn_reason", "Withdrawn or not done: why", source="typed by the person named beside it"),
    column("withdrawn_by", "Withdrawn or not done: by"),
    column("withdrawn_at", "Withdrawn or not done: at (UTC)", "time"),
    column("transcribed_from_paper_of", "Transcribed from paper written on", "date", source="typed in"),
    column("transcribed_written_by", "Paper written by", source="typed in"),
    column("transcribed_by", "Transcribed by"),
    column("entered_late", "Times of the visit entered late, and how long after", source=COMPUTED),
    column("last_event", "Number of the last event that changed the visit or a gland of it", "integer"),
)


def participant_table(
    place: tuple[Protocol, str], participants: Iterable[str], records: Sequence[VisitRecord],
    values: Mapping[str, Mapping[str, Json]],
) -> TableContent:
    """One row for each participant; `place` is protocol and site, `values` the log's of participants and trial."""
    of: dict[str, list[VisitRecord]] = {one: [] for one in sorted(participants)}
    for record in records:
        of.setdefault(record.participant, []).append(record)
    rows = tuple(
        {"study": place[0].id, "site": place[1], "participant": one, **_visits_of(begun), **_told(one, values)}
        for one, begun in of.items()
    )
    return TableContent(_PARTICIPANTS, rows, "participants")


def visit_table(place: tuple[Protocol, str], records: Sequence[VisitRecord], numbers: LogNumbers) -> TableContent:
    """One row for each visit that was begun, with the facts of the whole visit."""
    protocol, site = place
    asked = [field for field in facts_of(protocol) if field.level == "visit"]
    columns = (*_VISIT_HEAD, *map(fact_column, asked), *_VISIT_TAIL)
    rows = []
    for record in records:
        facts: dict[str, Cell] = {column_name(field): fact_cell(field, record.facts) for field in asked}
        number = list(protocol.visits).index(record.visit) + 1
        row: dict[str, Cell] = {
            "study": protocol.id, "site": site, "visit_number": number, **_visit(record), **facts, **_became(record),
        }
        row["last_event"] = numbers.last_events.get((record.participant, record.visit))
        rows.append(row)
    return TableContent(columns, tuple(rows), "visits")


def _visits_of(begun: Sequence[VisitRecord]) -> dict[str, Cell]:
    counting = [one for one in begun if visit_state(one) == "counts"]
    days = sorted(one.day.isoformat() for one in counting)
    injecting = [one for one in counting if one.visit_kind == "injecting"]
    glands = [gland for one in counting for gland in one.glands.values()]
    return {
        "visits_begun": len(begun), "visits_counting": len(counting),
        "first_visit_date": days[0] if days else None, "last_visit_date": days[-1] if days else None,
        "injection_date": min((one.day.isoformat() for one in injecting), default=None),
        "glands_injected": sum(gland.facts.get("injected") == "yes" for gland in glands),
        "glands_signed": sum(not gland.is_open and gland.signature is not None for gland in glands),
    }


def _told(participant: str, values: Mapping[str, Mapping[str, Json]]) -> dict[str, Cell]:
    stored = values.get(f"participant:{participant}", {})
    locks = [one.get("lock") for one in (values.get("trial:", {}), stored)]
    lock = next((Locked.from_json(one) for one in locks if isinstance(one, dict)), None)
    found = sorted(
        (Unblinding.from_json(cast(dict[str, Any], stored[name])) for name in stored if name.startswith("unblinding.")),
        key=lambda one: one.number,
    )
    first = found[0] if found else None
    return {
        "locked_scope": lock.scope if lock else None, "unblindings": len(found),
        "unblinded_at": first.unblinded_at if first else None,
        "unblinding_planned": yes_no(first.planned) if first else None,
        "unblinding_reason": first.reason if first else None,
    }


def _visit(record: VisitRecord) -> dict[str, Cell]:
    right, left = record.glands["right"], record.glands["left"]
    return {
        "participant": record.participant, "visit": record.visit, "visit_title": record.visit_title,
        "visit_kind": record.visit_kind, "visit_date": None if record.not_done else record.day.isoformat(),
        "visit_state": visit_state(record), "right_state": right.state, "left_state": left.state,
        "right_version": right.version, "left_version": left.version,
        "identifiers_confirmed": yes_no(record.identifiers_confirmed), "images": len(record.images),
        "images_pending": record.images_pending or None,
    }


def _became(record: VisitRecord) -> dict[str, Cell]:
    out, paper = record.withdrawn or record.not_done, record.transcribed
    return {
        "withdrawn_reason": out.reason if out else None, "withdrawn_by": out.by if out else None,
        "withdrawn_at": out.at if out else None,
        "transcribed_from_paper_of": paper.written_on.isoformat() if paper else None,
        "transcribed_written_by": paper.written_by if paper else None,
        "transcribed_by": paper.by if paper else None,
        "entered_late": late_in_words(record.late_minutes) or None,
    }
