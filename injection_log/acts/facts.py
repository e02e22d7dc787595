"""Setting one fact of a visit or a gland from what was typed, with the limits that the protocol sets."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from injection_log.acts.writing import (
    Standing,
    require,
    require_as_shown,
    require_open,
    require_some_open,
    reread,
    standing,
    write,
    write_gland,
)
from injection_log.errors import Refused
from injection_log.protocol.fields import Field, Level
from injection_log.protocol.typed import StoredValue, TypedIn, value_of
from injection_log.record.reading import gland_subject, visit_subject, volume_balance
from injection_log.record.values import GlandRecord, VisitRecord
from injection_log.words import volume_figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotate.marks import Side
    from injection_log.ledger.event import Json
    from injection_log.protocol.protocol import Protocol
    from injection_log.site import Session

_PAIRS = (("procedure_start", "procedure_end"), ("injection_start", "injection_end"))


def set_fact(session: Session, record: VisitRecord, side: Side | None, field: str, text: str) -> VisitRecord:
    """Record what was typed in one field; an empty text clears it.

    `side` is None for a fact of the visit, `record` is what the person saw. Raises Refused with one sentence
    (ChangedMeanwhile when somebody else changed this fact since); then nothing has changed.
    """
    site = session.site
    wanted = _field(site.protocol, record.visit, "visit" if side is None else "gland", field)
    place = TypedIn(site.protocol, record.day, site.clock.utc_offset_minutes())
    value = value_of(wanted, text, place)
    stands = standing(session, record)
    if side is None:
        return _set_visit_fact(session, stands, record.facts.get(field), (field, value))
    now, gland = stands.record, stands.record.glands[side]
    require_open(session, "set_fact", gland)
    require_as_shown(
        gland_subject(now.participant, now.visit, side), f"fact.{field}", record.glands[side].facts.get(field),
        gland.facts.get(field),
    )
    after = {**gland.facts, field: value}
    _check_times(after)
    if field.startswith("volume_") and wanted.kind == "volume":
        _check_volumes(after, site.protocol)
    if field == "syringe_code":
        _check_syringe(now, gland, value)
    new: dict[str, Json] = {f"fact.{field}": value}
    return write_gland(session, stands, gland, "GlandFactSet", new)


def _set_visit_fact(
    session: Session, stands: Standing, shown: Json, new: tuple[str, StoredValue]
) -> VisitRecord:
    record, (field, value) = stands.record, new
    require_some_open(record)
    if any(not gland.is_open for gland in record.glands.values()):
        raise Refused(
            "already_signed",
            "One gland of this visit is signed, and what was signed holds this fact; it can no longer change here.",
        )
    require(session, "set_fact", "draft")
    subject = visit_subject(record.participant, record.visit)
    require_as_shown(subject, f"fact.{field}", shown, record.facts.get(field))
    _check_times({**record.facts, field: value})
    write(session, "VisitFactSet", subject, {f"fact.{field}": value}, stands=stands)
    return reread(session, record)


def _field(protocol: Protocol, visit: str, level: Level, name: str) -> Field:
    for field in protocol.fields_for(visit, level):
        if field.name == name:
            return field
    raise Refused("no_such_field", "The protocol does not ask for this at this visit.")


def _check_times(facts: Mapping[str, Json]) -> None:
    for start, end in _PAIRS:
        if facts.get(start) and facts.get(end):
            began, ended = (datetime.fromisoformat(str(facts[name])) for name in (start, end))
            if ended < began:
                raise Refused("times_crossed", "The end is before the start; correct one of the two times.")


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
            f"{volume_figures(lowest)} to {volume_figures(highest)}. Correct the volumes or report a deviation.",
        )


def _check_syringe(record: VisitRecord, gland: GlandRecord, code: StoredValue) -> None:
    others = [other for other in record.glands.values() if other.side != gland.side]
    if code and any(other.facts.get("syringe_code") == code for other in others):
        raise Refused("code_used", "This syringe code is recorded for the other gland; scan the syringe again.")

