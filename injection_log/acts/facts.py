"""Setting one fact of a visit or a gland from what was typed, with the limits that the protocol sets."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from injection_log.acts.claimed_times import minutes_late, refuse_crossed, refuse_future
from injection_log.acts.overtaken import Overtaken
from injection_log.acts.writing import (
    Standing,
    append,
    changing,
    draft_of,
    require,
    require_as_shown,
    require_none_signed,
    require_open,
    reread,
)
from injection_log.errors import Refused
from injection_log.protocol.fields import Field, Level
from injection_log.protocol.typed import StoredValue, TypedIn, check_words, value_of
from injection_log.record.derived import SPACING_FIELDS, volume_values
from injection_log.record.reading import LATE, gland_subject, visit_subject, volume_balance
from injection_log.record.values import GlandRecord, VisitRecord
from injection_log.words import volume_figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from annotate.marks import Side
    from injection_log.ledger.event import Json, Subject
    from injection_log.protocol.protocol import Protocol
    from injection_log.site import Session

_NOTHING: Mapping[str, Json] = {}
_TRIES = 20
"""How often a fact is decided on again when another field of the visit changed in the same instant."""


def set_fact(session: Session, record: VisitRecord, side: Side | None, field: str, text: str) -> VisitRecord:
    """Record what was typed in one field; an empty text clears it.

    `side` is None for a fact of the visit, `record` is what the person saw. Raises Refused with one sentence;
    Overtaken, which carries the typed text, when somebody else changed this fact since. Then nothing has changed.
    """
    place = (record.participant, record.visit)
    subject = visit_subject(*place) if side is None else gland_subject(*place, side)
    for tries_left in range(_TRIES, -1, -1):
        try:
            return _set_fact(session, record, side, (field, text))
        except Overtaken as lost:
            # Another field of this visit changed in the same instant: what is wanted here still can be decided on.
            if not tries_left or (lost.subject, lost.field) == (subject.key, f"fact.{field}"):
                raise lost.with_draft(text) from lost
    raise AssertionError("the last try returns or raises")


def _set_fact(session: Session, record: VisitRecord, side: Side | None, typed: tuple[str, str]) -> VisitRecord:
    site, (field, text) = session.site, typed
    wanted = _field(site.protocol, record.visit, "visit" if side is None else "gland", field)
    stands = changing(session, record)
    value = value_of(wanted, text, TypedIn(site.protocol, stands.record.day, site.clock.utc_offset_minutes()))
    if side is None:
        return _set_visit_fact(session, stands, record.facts.get(field), (wanted, value))
    now, gland = stands.record, stands.record.glands[side]
    require_open(session, "set_fact", gland)
    subject = gland_subject(now.participant, now.visit, side)
    shown, stored = record.glands[side].facts.get(field), gland.facts.get(field)
    require_as_shown(session, (subject, f"fact.{field}"), shown, stored)
    _refuse_unfit(site.protocol, now, side, (wanted, value))
    return _write(session, stands, subject, (wanted, value), follows_from(gland, {field: value}))


def follows_from(gland: GlandRecord, typed: Mapping[str, Json]) -> Mapping[str, Json]:
    """The stored values of a gland that follow from these facts of it, by field: volumes from a sweep's spacing."""
    if not any(field in SPACING_FIELDS for field in typed):
        return _NOTHING
    return volume_values(gland.marks, {**gland.facts, **typed}, gland.gland_volumes)


def require_may_stand(session: Session, record: VisitRecord, side: Side | None, field: str, value: Json) -> None:
    """Refuse to put a value back that stood here before, as it would be refused if it were typed now.

    `record` is the visit as it stands, `side` None for a fact of the visit. Raises Refused.
    """
    wanted = _field(session.site.protocol, record.visit, "visit" if side is None else "gland", field)
    if side is None:
        require_none_signed(record)
        require(session, "set_fact", "draft")
    else:
        require_open(session, "set_fact", record.glands[side])
    if isinstance(value, str) and wanted.kind == "text":
        check_words(value, session.site.protocol)
    _refuse_unfit(session.site.protocol, record, side, (wanted, cast(StoredValue, value)))


def _refuse_unfit(
    protocol: Protocol, record: VisitRecord, side: Side | None, new: tuple[Field, StoredValue]
) -> None:
    """Refuse a value that does not fit those beside it: times crossed, volumes over a limit, a code used twice."""
    field, value = new
    facts = record.glands[side].facts if side is not None else record.facts
    after = {**facts, field.name: value}
    refuse_crossed(after)
    if side is None:
        return
    if field.name.startswith("volume_") and field.kind == "volume":
        _check_volumes(after, protocol)
    if field.name == "syringe_code":
        _check_syringe(record, record.glands[side], value)


def _set_visit_fact(
    session: Session, stands: Standing, shown: Json, new: tuple[Field, StoredValue]
) -> VisitRecord:
    record, (field, _) = stands.record, new
    require_none_signed(record)
    require(session, "set_fact", "draft")
    subject = visit_subject(record.participant, record.visit)
    require_as_shown(session, (subject, f"fact.{field.name}"), shown, record.facts.get(field.name))
    _refuse_unfit(session.site.protocol, record, None, new)
    return _write(session, stands, subject, new)


def _write(
    session: Session, stands: Standing, subject: Subject, new: tuple[Field, StoredValue],
    follows: Mapping[str, Json] = _NOTHING,
) -> VisitRecord:
    """Write one fact, and with it what follows from it."""
    field, value = new
    values: dict[str, Json] = {f"fact.{field.name}": value, **follows}
    claimed = ""
    if field.kind == "time":
        claimed, late = str(value or ""), None
        if claimed:
            now = session.site.clock.now()
            refuse_future(claimed, now)
            late = _late(session, stands.record, claimed, now)
        values[LATE + field.name] = late
    draft = draft_of(session, "GlandFactSet" if subject.kind == "gland" else "VisitFactSet", subject, values)
    append(session, [replace(draft, claimed_at=claimed)], stands=stands)
    return reread(session, stands.record)


def _late(session: Session, record: VisitRecord, claimed: str, now: datetime) -> int | None:
    """Minutes after the claimed time, where nothing else says why it is entered now: neither amended nor from paper."""
    if record.is_under_amendment or record.transcribed is not None:
        return None
    return minutes_late(claimed, now, session.site.protocol.checks.late_entry_hours)


def _field(protocol: Protocol, visit: str, level: Level, name: str) -> Field:
    for field in protocol.fields_for(visit, level):
        if field.name == name:
            return field
    raise Refused("no_such_field", "The protocol does not ask for this at this visit.")


def _check_volumes(facts: Mapping[str, Json], protocol: Protocol) -> None:
    limits = protocol.volume
    loaded, residual, spilled = (facts.get(f"volume_{part}_ul") for part in ("loaded", "residual", "spilled"))
    if isinstance(loaded, int) and loaded > limits.syringe_ul:
        holds = volume_figures(limits.syringe_ul)
        raise Refused("hard_limit", f"The syringe holds {holds}: less was loaded than was typed.")
    lost = sum(part for part in (residual, spilled) if isinstance(part, int))
    if isinstance(loaded, int) and lost > loaded:
        raise Refused("hard_limit", "More is left or spilled than was loaded; correct one of the three volumes.")
    balance = volume_balance(facts, protocol)
    if balance is None:
        return
    lowest, highest = limits.hard_ul
    if not lowest <= balance.injected_ul <= highest:
        raise Refused(
            "hard_limit",
            f"This would be {volume_figures(balance.injected_ul)} injected; the protocol allows "
            f"{volume_figures(lowest)} to {volume_figures(highest)}. Correct them; if they are right, write them "
            "in Remark and report a deviation.",
        )


def _check_syringe(record: VisitRecord, gland: GlandRecord, code: StoredValue) -> None:
    others = [other for other in record.glands.values() if other.side != gland.side]
    if code and any(other.facts.get("syringe_code") == code for other in others):
        raise Refused("code_used", "This syringe code is recorded for the other gland; scan the syringe again.")

