"""What a record is compared with outside itself: which kits and syringes are recorded where. Pure, no place of rest."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from injection_log.ledger.event import Json, Subject

Used = Mapping[str, tuple[Subject, ...]]
"""A code, and the subjects (visits or glands) that it is recorded for."""

KIT_CODE, SYRINGE_CODE = "fact.kit_code", "fact.syringe_code"


@dataclass(frozen=True)
class Around:
    """Kit codes by the visits and syringe codes by the glands that they are recorded for, everywhere in the log."""

    kits: Used = field(default_factory=dict)
    syringes: Used = field(default_factory=dict)


NOTHING_AROUND = Around()
"""For a record that is looked at alone."""


def around_of(kits: Mapping[str, Json], syringes: Mapping[str, Json]) -> Around:
    """Gather the codes: the kit codes of all visits and the syringe codes of all glands, by subject key."""
    return Around(_used(kits), _used(syringes))


def _used(codes: Mapping[str, Json]) -> dict[str, tuple[Subject, ...]]:
    found: dict[str, tuple[Subject, ...]] = {}
    for key, code in codes.items():
        if isinstance(code, str) and code:
            found[code] = (*found.get(code, ()), Subject.parse(key))
    return found
