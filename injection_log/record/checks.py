"""What a record still owes before it can be signed, as sentences that say where to go.

Pure: the protocol says what is owed, this module compares. It never changes a value and never blocks a draft.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from annotate.marks import Needle, OutOfPlaneNeedle, Side
from annotate.volume import IncompleteSize
from injection_log.protocol.fields import Field, Level
from injection_log.protocol.protocol import Protocol, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from injection_log.ledger.event import Json
    from injection_log.record.values import GlandRecord, VisitRecord, VolumeBalance

Step = Literal["participant", "images", "right", "left"]


@dataclass(frozen=True)
class Missing:
    """One thing that is owed: the step and the field to go to, and the sentence to show."""

    step: Step
    field: str
    sentence: str


def is_asked(field: Field, facts: Mapping[str, Json]) -> bool:
    """Tell whether a field applies, given the facts it depends on."""
    if field.only_if is None:
        return True
    name, wanted = field.only_if
    value = facts.get(name)
    return wanted in value if isinstance(value, list) else value == wanted


def missing(record: VisitRecord, protocol: Protocol, side: Side | None = None) -> tuple[Missing, ...]:
    """List what is owed before signing one gland, or both when `side` is None, in the order of the steps."""
    planned = protocol.visits[record.visit]
    sides: tuple[Side, ...] = ("right", "left") if side is None else (side,)
    owed = _missing_of_visit(record, protocol)
    for one in sides:
        owed.extend(_missing_of_gland(record, one, protocol, planned))
    return tuple(owed)


def gland_is_complete(record: VisitRecord, side: Side, protocol: Protocol, planned: Visit) -> bool:
    """Tell whether a gland and its visit owe nothing more."""
    return not _missing_of_visit(record, protocol) and not _missing_of_gland(record, side, protocol, planned)


def outside_soft_limits(volumes: VolumeBalance | None, protocol: Protocol) -> bool:
    """Tell whether the injected volume needs a reason."""
    if volumes is None:
        return False
    lowest, highest = protocol.volume.soft_ul
    return not lowest <= volumes.injected_ul <= highest


def _missing_of_visit(record: VisitRecord, protocol: Protocol) -> list[Missing]:
    owed = []
    if not record.identifiers_confirmed:
        owed.append(Missing("participant", "identifiers_confirmed", "Confirm the participant by two identifiers."))
    if not record.images and not record.images_pending:
        owed.append(Missing("images", "images", "Pull or import the images, or go on without them."))
    if not record.images and record.images_pending and not protocol.visits[record.visit].may_sign_without_images:
        owed.append(Missing("images", "images", "This visit cannot be signed without images."))
    facts = _unanswered(protocol, record.visit, "visit", record.facts)
    return owed + [Missing("participant", field.name, f"{field.title} is missing.") for field in facts]


def _unanswered(protocol: Protocol, visit: str, level: Level, facts: Mapping[str, Json]) -> list[Field]:
    return [
        field for field in protocol.fields_for(visit, level)
        if field.owed and is_asked(field, facts) and facts.get(field.name) in (None, "", [])
    ]


def _missing_of_gland(record: VisitRecord, side: Side, protocol: Protocol, planned: Visit) -> list[Missing]:
    gland = record.glands[side]
    name = side.capitalize()
    owed = [
        Missing(side, field.name, f"{name} gland: {field.title.lower()} is missing.")
        for field in _unanswered(protocol, record.visit, "gland", gland.facts)
    ]
    injected = gland.facts.get("injected") == "yes"
    if injected and outside_soft_limits(gland.volumes, protocol) and not gland.facts.get("volume_reason"):
        sentence = f"{name} gland: the injected volume is outside the planned range; give the reason."
        owed.append(Missing(side, "volume_reason", sentence))
    if record.images_pending and not record.images:
        return owed
    return _missing_marks(gland, planned, name) + owed


def _missing_marks(gland: GlandRecord, planned: Visit, name: str) -> list[Missing]:
    owed = []
    if isinstance(gland.size, IncompleteSize):
        for axis in planned.measured_axes:
            if axis in gland.size.missing:
                owed.append(Missing(gland.side, f"caliper.{axis}", f"{name} gland: place the {axis}."))
    injected = planned.kind == "injecting" and gland.facts.get("injected") != "no"
    has_needle = any(isinstance(placed.mark, Needle | OutOfPlaneNeedle) for placed in gland.marks)
    if planned.needle_owed and injected and not has_needle:
        owed.append(Missing(gland.side, "needle_mark", f"{name} gland: mark the needle on the injection clip."))
    return owed
