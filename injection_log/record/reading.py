"""Makes the record of one visit from the ledger's current values.

Pure over a `values` function (subject key -> current values): the same code reads a live ledger and a replay.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

from annotate.marks import Side, placed_from_json
from annotate.volume import gland_size
from injection_log.ledger.event import Json, Subject
from injection_log.protocol.protocol import Protocol, Visit
from injection_log.record.checks import gland_is_complete
from injection_log.record.scales import CHECK, HAND_SCALE, SetByHand, check_from_json
from injection_log.record.values import (
    SIDES,
    GlandRecord,
    GlandState,
    Signature,
    VisitImage,
    VisitRecord,
    VolumeBalance,
)

Values = Callable[[str], Mapping[str, Json]]

OF_DAY = "of_day."
"""Of a picture, at a visit: whether it was taken on the visit's day. The date itself is not kept."""


def visit_subject(participant: str, visit: str) -> Subject:
    """Give the subject under which facts of a visit are kept."""
    return Subject("visit", participant=participant, visit=visit)


def gland_subject(participant: str, visit: str, side: Side) -> Subject:
    """Give the subject under which facts and marks of one gland at one visit are kept."""
    return Subject("gland", participant=participant, visit=visit, gland=side)


def read_visit(values: Values, protocol: Protocol, participant: str, visit: str) -> VisitRecord | None:
    """Read one visit; None when it was never opened."""
    stored = values(visit_subject(participant, visit).key)
    if "opened_on" not in stored:
        return None
    planned = protocol.visits[visit]
    record = VisitRecord(
        participant, visit, planned.title, planned.kind,
        day=date.fromisoformat(str(stored["opened_on"])),
        facts=_facts(stored),
        identifiers_confirmed=bool(stored.get("identifiers_confirmed", False)),
        images_pending=str(stored.get("images_pending") or ""),
        glands={
            side: _gland(side, values(gland_subject(participant, visit, side).key), protocol) for side in SIDES
        },
        images=_images(stored, values),
    )
    return _with_states(record, protocol, planned)


def _with_states(record: VisitRecord, protocol: Protocol, planned: Visit) -> VisitRecord:
    """Call a draft gland complete when nothing it owes is missing."""
    glands = {
        side: replace(gland, state="complete")
        if gland.state == "draft" and gland_is_complete(record, side, protocol, planned) else gland
        for side, gland in record.glands.items()
    }
    return replace(record, glands=glands)


def _facts(stored: Mapping[str, Json]) -> dict[str, Json]:
    return {name.removeprefix("fact."): value for name, value in stored.items() if name.startswith("fact.")}


def _gland(side: Side, stored: Mapping[str, Json], protocol: Protocol) -> GlandRecord:
    facts = _facts(stored)
    marks = tuple(
        placed_from_json(cast(dict[str, Any], value)) for name, value in sorted(stored.items())
        if name.startswith("mark.")
    )
    signature = stored.get("signature")
    return GlandRecord(
        side=side,
        state=cast(GlandState, stored.get("state") or "draft"),
        version=int(cast(int, stored.get("version") or 1)),
        facts=facts,
        marks=marks,
        measured={
            name.removeprefix("measured."): cast(Mapping[str, Json], value)
            for name, value in stored.items() if name.startswith("measured.")
        },
        size=gland_size(marks, protocol.reading_error),
        volumes=volume_balance(facts, protocol),
        signature=Signature(**_signature_facts(signature)) if isinstance(signature, dict) else None,
    )


def volume_balance(facts: Mapping[str, Json], protocol: Protocol) -> VolumeBalance | None:
    """Give the volumes once all three have been recorded, else None."""
    parts = [facts.get(f"volume_{part}_ul") for part in ("loaded", "residual", "spilled")]
    if any(not isinstance(part, int) for part in parts):
        return None
    loaded, residual, spilled = cast(list[int], parts)
    return VolumeBalance(protocol.volume.planned_ul, loaded, residual, spilled)


def _signature_facts(stored: dict[str, Json]) -> dict[str, Any]:
    names = ("user", "printed_name", "role", "meaning", "signed_at", "offset_minutes", "record_sha256", "rendering")
    return {name: stored[name] for name in names}


def _images(stored: Mapping[str, Json], values: Values) -> tuple[VisitImage, ...]:
    uids = [name.removeprefix("image.") for name in stored if name.startswith("image.")]
    images = [replace(image_of(values, uid), is_of_day=_yes_no(stored.get(OF_DAY + uid))) for uid in uids]
    return tuple(sorted(images, key=lambda image: (image.frames > 1, image.plane, image.sop_instance_uid)))


def _yes_no(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def image_of(values: Values, sop_instance_uid: str) -> VisitImage:
    """Read one kept ultrasound object."""
    kept = cast(dict[str, Any], values(Subject("image", id=sop_instance_uid).key))
    return VisitImage(
        sop_instance_uid=sop_instance_uid, study_instance_uid=kept["study"], sha256=kept["sha256"],
        data_set_sha256=kept["data_set_sha256"], pixel_data_sha256=kept["pixel_data_sha256"],
        plane=kept.get("plane") or "", frames=kept["frames"], rows=kept["rows"], columns=kept["columns"],
        calibration_state=kept["calibration_state"], calibration_why=kept["calibration_why"],
        conflicts=tuple(kept.get("conflicts") or ()), laterality=kept.get("laterality") or "",
        hand_scale=SetByHand.from_json(kept[HAND_SCALE]) if HAND_SCALE in kept else None,
        scale_checks=tuple(
            check_from_json(name.removeprefix(CHECK), value) for name, value in sorted(kept.items())
            if name.startswith(CHECK)
        ),
    )
