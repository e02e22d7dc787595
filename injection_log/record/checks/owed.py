"""What a record still owes before it can be signed, as sentences that say where to go.

Pure: the protocol says what is owed, this module compares. It never changes a value and never blocks a draft. What
is there and does not fit together is found by `rules`.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from annotate.marks import (
    Caliper,
    Contour,
    Deposit,
    Needle,
    OutOfPlaneNeedle,
    PlacedMark,
    Side,
    Structure,
)
from annotate.readout import STRUCTURE_WORDS
from annotate.volume import IncompleteSize
from injection_log.protocol.fields import Field, Level
from injection_log.protocol.protocol import Protocol, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dicom_io.calibration import Scale
    from injection_log.ledger.event import Json
    from injection_log.record.scales import ScaleCheck
    from injection_log.record.values import GlandRecord, VisitImage, VisitRecord, VolumeBalance

Step = Literal["participant", "images", "right", "left"]
_CONFLICT = (
    "Another picture came under the identity of one that was measured on: the marks lie on the first that came; "
    "ask which one the scanner made."
)

_VOLUMES = ("volume_loaded_ul", "volume_residual_ul", "volume_spilled_ul")


@dataclass(frozen=True)
class Missing:
    """One thing that is owed: the step and the field to go to, and the sentence to show."""

    step: Step
    field: str
    sentence: str


@dataclass(frozen=True)
class Caution:
    """One thing to look at that does not block signing: the step, the picture it is about, and the sentence."""

    step: Step
    sop_instance_uid: str
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
        place = _behind_the_volumes(owed, [field.name for field in protocol.fields_for(record.visit, "gland")])
        owed.insert(place, Missing(side, "volume_reason", sentence))
    if record.images_pending and not record.images:
        return owed
    marks = _missing_marks(gland, planned, (name, protocol.measuring.repeats))
    return marks + _missing_scales(record, side, protocol) + owed


def _behind_the_volumes(owed: list[Missing], asked: list[str]) -> int:
    """The place among owed fields before the first one that is asked after the volumes: there its reason stands."""
    last = max((asked.index(name) for name in _VOLUMES if name in asked), default=-1)
    return next((place for place, one in enumerate(owed) if one.field in asked[last + 1:]), len(owed))


def measured_with_another_scale(record: VisitRecord, side: Side) -> tuple[PlacedMark, ...]:
    """The marks whose scale set by hand is not the one that stands on their picture now."""
    return tuple(
        placed for placed in record.glands[side].marks
        if placed.scale.is_by_hand and placed.scale != _hand_scale(record, placed)
    )


def cautions(record: VisitRecord, side: Side) -> tuple[Caution, ...]:
    """List what a person should look at before signing a gland, and may sign with."""
    found = []
    for image in pictures_of(record, side):
        if image.conflicts:
            found.append(Caution(side, image.sop_instance_uid, _CONFLICT))
        found += [
            Caution(side, image.sop_instance_uid, check.checked.warning) for check in image.scale_checks
            if check.checked.is_beyond and _is_of_standing_scale(image, check)
        ]
    return tuple(found)


def pictures_of(record: VisitRecord, side: Side) -> tuple[VisitImage, ...]:
    """The pictures that carry marks of a gland, in the order of the visit's list."""
    marked = {placed.on.sop_instance_uid for placed in record.glands[side].marks}
    return tuple(image for image in record.images if image.sop_instance_uid in marked)


def _is_of_standing_scale(image: VisitImage, check: ScaleCheck) -> bool:
    scale = check.checked.scale
    return not scale.is_by_hand or (image.hand_scale is not None and image.hand_scale.scale == scale)


def _hand_scale(record: VisitRecord, placed: PlacedMark) -> Scale | None:
    for image in record.images:
        if image.sop_instance_uid == placed.on.sop_instance_uid and image.hand_scale is not None:
            return image.hand_scale.scale
    return None


def _missing_scales(record: VisitRecord, side: Side, protocol: Protocol) -> list[Missing]:
    """What hand-set scales owe: marks measured with another one, and the protocol's leave to use one at all."""
    name = side.capitalize()
    owed = [
        Missing(
            side, f"mark.{placed.mark_id}",
            f"{name} gland: the {_mark_name(placed)} was measured with a scale that has changed; measure it again.",
        )
        for placed in measured_with_another_scale(record, side)
    ]
    by_hand = [placed for placed in record.glands[side].marks if placed.scale.is_by_hand]
    if by_hand and not protocol.measuring.hand_scale_allowed:
        sentence = f"{name} gland: the protocol does not allow a scale set by hand; measure on another picture."
        owed.append(Missing(side, f"mark.{by_hand[0].mark_id}", sentence))
    return owed


def _mark_name(placed: PlacedMark) -> str:
    match placed.mark:
        case Caliper():
            return placed.mark.axis
        case Needle() | OutOfPlaneNeedle():
            return "needle"
        case Contour():
            return "contour"
        case Deposit():
            return "deposit"
        case Structure():
            return STRUCTURE_WORDS[placed.mark.kind]


def _missing_marks(gland: GlandRecord, planned: Visit, named: tuple[str, int]) -> list[Missing]:
    """The calipers and the needle that are owed; `named` is the gland's name, and how often each diameter is owed."""
    (name, repeats), owed = named, []
    unplaced = gland.size.missing if isinstance(gland.size, IncompleteSize) else ()
    placed: dict[str, int] = {axis: count for axis, count in gland.size.repeats.items()}
    for axis in planned.measured_axes:
        count = placed.get(axis, 1)
        if axis in unplaced:
            owed.append(Missing(gland.side, f"caliper.{axis}", f"{name} gland: place the {axis}."))
        elif count < repeats:
            sentence = f"{name} gland: place the {axis} again, {count + 1} of {repeats}."
            owed.append(Missing(gland.side, f"caliper.{axis}", sentence))
    injected = planned.kind == "injecting" and gland.facts.get("injected") != "no"
    has_needle = any(isinstance(placed.mark, Needle | OutOfPlaneNeedle) for placed in gland.marks)
    if planned.needle_owed and injected and not has_needle:
        owed.append(Missing(gland.side, "needle_mark", f"{name} gland: mark the needle on the injection clip."))
    return owed
