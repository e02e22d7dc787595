"""Makes the record of one visit from the ledger's current values.

Pure over a `values` function (subject key -> current values): the same code reads a live ledger and a replay.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar, cast

from annotate.capsule import capsule_from_json
from annotate.marks import PlacedMark, Side
from annotate.stored_marks import placed_from_json
from annotate.volume import gland_size
from annotate.volume_method import volume_from_json
from injection_log.ledger.event import Json, Subject
from injection_log.protocol.protocol import Protocol, Visit
from injection_log.record.assisted import ASSISTED, assisted_from_json
from injection_log.record.checks import gland_is_complete
from injection_log.record.derived import CAPSULE, VOLUME
from injection_log.record.gland_history import LOCK, history_of
from injection_log.record.scales import CHECK, HAND_SCALE, TRAVELLED, SetByHand, Travelled, check_from_json
from injection_log.record.values import (
    SIDES,
    GlandRecord,
    GlandState,
    VisitImage,
    VisitRecord,
    VolumeBalance,
)
from injection_log.record.versions import Locked, NotDone, Transcribed, Withdrawn

Said = TypeVar("Said")
Values = Callable[[str], Mapping[str, Json]]
TRIAL = Subject("trial")
"""What is true of the whole study at this site: whether it is locked."""
WITHDRAWN, NOT_DONE, TRANSCRIBED, LATE = "withdrawn", "not_done", "transcribed", "late."
ENTERED_LATE = "entered_late"
"""A fact that nobody types: "yes" where a time was entered later than the protocol allows without a reason."""


@dataclass(frozen=True)
class _Around:
    """What a gland's record takes from its surroundings: the lock of participant or study, the visit's pictures, and
    how its marks are read.
    """

    lock: Locked | None
    images: tuple[str, ...]
    mark: Callable[[object], PlacedMark]


@dataclass(frozen=True)
class Wanted:
    """How much of a visit is read: which glands, whether complete records are told from drafts, and how a stored mark
    is read (`placed_from_json`, or something that remembers what that gave).
    """

    sides: tuple[Side, ...] = SIDES
    tells_complete: bool = True
    mark: Callable[[object], PlacedMark] = placed_from_json


WHOLE = Wanted()

OF_DAY = "of_day."
"""Of a picture, at a visit: whether it was taken on the visit's day. The date itself is not kept."""


def visit_subject(participant: str, visit: str) -> Subject:
    """Give the subject under which facts of a visit are kept."""
    return Subject("visit", participant=participant, visit=visit)


def gland_subject(participant: str, visit: str, side: Side) -> Subject:
    """Give the subject under which facts and marks of one gland at one visit are kept."""
    return Subject("gland", participant=participant, visit=visit, gland=side)


def participant_subject(participant: str) -> Subject:
    """Give the subject under which a participant's link, lock and unblinding are kept."""
    return Subject("participant", participant=participant)


def read_visit(
    values: Values, protocol: Protocol, participant: str, visit: str, wanted: Wanted = WHOLE
) -> VisitRecord | None:
    """Read one visit, or the part of it that is wanted; None when it was never opened."""
    stored = values(visit_subject(participant, visit).key)
    if "opened_on" not in stored:
        return None
    planned, images = protocol.visits[visit], _images(stored, values)
    around = _Around(lock_over(values, participant), tuple(image.sop_instance_uid for image in images), wanted.mark)
    transcribed = _stated(stored, TRANSCRIBED, Transcribed.from_json)
    record = VisitRecord(
        participant, visit, planned.title, planned.kind,
        day=transcribed.written_on if transcribed else date.fromisoformat(str(stored["opened_on"])),
        facts=_facts(stored),
        identifiers_confirmed=bool(stored.get("identifiers_confirmed", False)),
        images_pending=str(stored.get("images_pending") or ""),
        glands={
            side: _gland(side, values(gland_subject(participant, visit, side).key), around, protocol)
            for side in wanted.sides
        },
        images=images,
        withdrawn=_stated(stored, WITHDRAWN, Withdrawn.from_json),
        not_done=_stated(stored, NOT_DONE, NotDone.from_json),
        transcribed=transcribed,
        late_minutes=_late(stored),
    )
    return _with_states(record, protocol, planned) if wanted.tells_complete else record


def lock_over(values: Values, participant: str) -> Locked | None:
    """Give the lock of the study or, else, of the participant, where one stands."""
    for subject in (TRIAL, participant_subject(participant)):
        lock = _stated(values(subject.key), LOCK, Locked.from_json)
        if lock is not None:
            return lock
    return None


def _with_states(record: VisitRecord, protocol: Protocol, planned: Visit) -> VisitRecord:
    """Call a draft gland complete when nothing it owes is missing."""
    glands = {
        side: replace(gland, state="complete")
        if gland.state == "draft" and gland_is_complete(record, side, protocol, planned) else gland
        for side, gland in record.glands.items()
    }
    return replace(record, glands=glands)


def _facts(stored: Mapping[str, Json]) -> dict[str, Json]:
    facts = {name.removeprefix("fact."): value for name, value in stored.items() if name.startswith("fact.")}
    return {**facts, ENTERED_LATE: "yes"} if _late(stored) else facts


def _late(stored: Mapping[str, Json]) -> dict[str, int]:
    return {
        name.removeprefix(LATE): minutes for name, minutes in stored.items()
        if name.startswith(LATE) and isinstance(minutes, int)
    }


def _stated(stored: Mapping[str, Json], name: str, reader: Callable[[Mapping[str, Any]], Said]) -> Said | None:
    value = stored.get(name)
    return reader(value) if isinstance(value, dict) else None


def _gland(side: Side, stored: Mapping[str, Json], around: _Around, protocol: Protocol) -> GlandRecord:
    facts = _facts(stored)
    marks = tuple(
        around.mark(stored[name]) for name in sorted(stored) if name.startswith("mark.")
    )
    history = history_of(stored)
    lock, state = around.lock or history.lock, cast(GlandState, stored.get("state") or "draft")
    return GlandRecord(
        side=side,
        state="locked" if lock else state,
        version=int(cast(int, stored.get("version") or 1)),
        facts=facts,
        marks=marks,
        measured={
            name.removeprefix("measured."): cast(dict[str, Json], value) for name, value in stored.items()
            if name.startswith("measured.")
        },
        size=gland_size(marks, protocol.reading_error),
        volumes=volume_balance(facts, protocol),
        signature=history.signature,
        review=history.review,
        amendment=history.amendment,
        earlier=history.earlier,
        additions=history.additions,
        addition_open=history.addition_open,
        lock=lock,
        state_under_lock="reviewed" if state == "locked" else state,
        late_minutes=_late(stored),
        later_images=history.later_images(around.images),
        capsule={name: capsule_from_json(value) for name, value in _family(stored, CAPSULE)},
        gland_volumes={name: volume_from_json(value) for name, value in _family(stored, VOLUME)},
        assisted={name: assisted_from_json(value) for name, value in _family(stored, ASSISTED)},
    )


def _family(stored: Mapping[str, Json], family: str) -> Iterator[tuple[str, Json]]:
    """The fields of one family by the rest of their names, in order."""
    for name in sorted(stored):
        if name.startswith(family) and stored[name] is not None:
            yield name.removeprefix(family), stored[name]


def volume_balance(facts: Mapping[str, Json], protocol: Protocol) -> VolumeBalance | None:
    """Give the volumes once all three have been recorded, else None."""
    parts = [facts.get(f"volume_{part}_ul") for part in ("loaded", "residual", "spilled")]
    if any(not isinstance(part, int) for part in parts):
        return None
    loaded, residual, spilled = cast(list[int], parts)
    return VolumeBalance(protocol.volume.planned_ul, loaded, residual, spilled)


def _images(stored: Mapping[str, Json], values: Values) -> tuple[VisitImage, ...]:
    uids = [name.removeprefix("image.") for name in stored if name.startswith("image.")]
    images = [image_of(values, uid, _yes_no(stored.get(OF_DAY + uid))) for uid in uids]
    return tuple(sorted(images, key=lambda image: (image.frames > 1, image.plane, image.sop_instance_uid)))


def _yes_no(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def image_of(values: Values, sop_instance_uid: str, is_of_day: bool | None = None) -> VisitImage:
    """Read one kept ultrasound object; whether it was taken on the day of a visit is said of it at that visit."""
    kept = cast(dict[str, Any], values(Subject("image", id=sop_instance_uid).key))
    return VisitImage(
        sop_instance_uid=sop_instance_uid, study_instance_uid=kept["study"], sha256=kept["sha256"],
        data_set_sha256=kept["data_set_sha256"], pixel_data_sha256=kept["pixel_data_sha256"],
        plane=kept.get("plane") or "", frames=kept["frames"], rows=kept["rows"], columns=kept["columns"],
        calibration_state=kept["calibration_state"], calibration_why=kept["calibration_why"],
        conflicts=tuple(kept.get("conflicts") or ()), laterality=kept.get("laterality") or "",
        hand_scale=SetByHand.from_json(kept[HAND_SCALE]) if HAND_SCALE in kept else None,
        scale_checks=tuple(
            check_from_json(name.removeprefix(CHECK), kept[name])
            for name in sorted([name for name in kept if name.startswith(CHECK)])
        ),
        is_of_day=is_of_day,
        travelled=Travelled.from_json(kept[TRAVELLED]) if TRAVELLED in kept else None,
    )
