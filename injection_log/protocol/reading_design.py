"""The table [reading] of a protocol file: how the pictures are read again later by blinded readers.

    [reading]
    visits = ["baseline", "month_4"]
    planes = ["transverse", "longitudinal"]
    readers = 2
    repeats_percent = 10
    order_seed = 20260101
    calipers = 2
    grades = ["grey_scale", "doppler"]
    differs_percent = 15
    differs_ul = 1000
    grade_differs = true

The table may be missing: files of earlier versions stay valid, and plan no reading. Clips of an injection are not among
the planes that can be named. Values only: who reads, and what comes of it, is a campaign's (`injection_log.reading`).
"""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from injection_log.errors import ProtocolRefused
from injection_log.ledger.canonical import Json, canonical_bytes

PLANES = ("transverse", "longitudinal", "sweep")
"""What a reader can be given; a needle is in none of them."""
GradeKind = Literal["grey_scale", "doppler"]
GRADES: tuple[GradeKind, ...] = ("grey_scale", "doppler")
_KEYS = frozenset({
    "visits", "planes", "readers", "repeats_percent", "order_seed", "calipers", "grades",
    "differs_percent", "differs_ul", "grade_differs",
})
_LARGEST_SEED = 2**53 - 1
"""Whole numbers up to here are the same in every program that reads JSON."""


@dataclass(frozen=True)
class Adjudication:
    """When two readings of one gland differ so much that a third person decides: a volume further apart than a part of
    their mean (percent) or than an amount (microlitres), either None where it does not count; any grade that differs.
    """

    differs_percent: int | None
    differs_ul: int | None
    grade_differs: bool

    @property
    def is_planned(self) -> bool:
        """Whether anything is adjudicated at all."""
        return self.differs_percent is not None or self.differs_ul is not None or self.grade_differs


@dataclass(frozen=True)
class ReadingDesign:
    """How pictures are read: which visits and planes, by how many readers, how many hidden repeats (percent of
    the cases, rounded up), the seed of the order, how often each diameter is measured, which grades are given.
    """

    visits: tuple[str, ...]
    planes: tuple[str, ...]
    readers: int
    repeats_percent: int
    order_seed: int
    calipers: int
    grades: tuple[GradeKind, ...]
    adjudication: Adjudication

    def to_json(self) -> dict[str, Json]:
        """The stored form, whole."""
        return {"visits": list(self.visits), "readers": self.readers, "order_seed": self.order_seed,
                "repeats_percent": self.repeats_percent, **self.for_a_reader(),
                "differs_percent": self.adjudication.differs_percent, "differs_ul": self.adjudication.differs_ul,
                "grade_differs": self.adjudication.grade_differs}

    def for_a_reader(self) -> dict[str, Json]:
        """What a reading package may say: no visit, no seed, nothing of repeats and of what is adjudicated."""
        return {"planes": list(self.planes), "calipers": self.calipers, "grades": list(self.grades)}

    @property
    def sha256(self) -> str:
        """The digest (hex) of the stored form: which design a campaign was set up from."""
        return hashlib.sha256(canonical_bytes(self.to_json())).hexdigest()


def read_reading_design(tables: Mapping[str, Any], visits: Mapping[str, Any]) -> ReadingDesign | None:
    """Make the design of what stands under [reading]; None where no reading is planned.

    `visits` are the protocol's, by name. Raises ProtocolRefused with the key that is wrong.
    """
    if "reading" not in tables:
        return None
    table = tables["reading"]
    if not isinstance(table, dict):
        raise ProtocolRefused("The plan of the reading is written as a table, [reading].")
    for key in table:
        if key not in _KEYS:
            raise ProtocolRefused(f"'{key}' in [reading] is not known; the known keys are {', '.join(sorted(_KEYS))}.")
    readers = _whole(table, "readers", (1, 6))
    design = ReadingDesign(
        visits=_some(table, "visits", tuple(visits)),
        planes=_some(table, "planes", PLANES),
        readers=readers,
        repeats_percent=_whole(table, "repeats_percent", (0, 100), 0),
        order_seed=_whole(table, "order_seed", (0, _LARGEST_SEED)),
        calipers=_whole(table, "calipers", (1, 5), 1),
        grades=_grades(table),
        adjudication=_adjudication(table),
    )
    if design.adjudication.is_planned and readers != 2:
        raise ProtocolRefused("[reading] plans an adjudication, which is between two readers: readers must be 2.")
    return design


def _grades(table: Mapping[str, Any]) -> tuple[GradeKind, ...]:
    if table.get("grades") == []:
        return ()
    found = _some(table, "grades", GRADES)
    return tuple(grade for grade in GRADES if grade in found)


def _adjudication(table: Mapping[str, Any]) -> Adjudication:
    differs = table.get("grade_differs", False)
    if not isinstance(differs, bool):
        raise ProtocolRefused("[reading] grade_differs must be true or false, without quotes.")
    percent = _whole(table, "differs_percent", (1, 200)) if "differs_percent" in table else None
    amount = _whole(table, "differs_ul", (1, 100_000)) if "differs_ul" in table else None
    return Adjudication(percent, amount, differs)


def _some(table: Mapping[str, Any], key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    found = table.get(key)
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise ProtocolRefused(f"[reading] {key} must be a list of at least one of: {', '.join(known)}.")
    for one in found:
        if one not in known:
            raise ProtocolRefused(f"[reading] {key} names '{one}'; it can name {', '.join(known)}.")
    if len(set(found)) < len(found):
        raise ProtocolRefused(f"[reading] {key} names something twice; keep one.")
    return tuple(found)


def _whole(table: Mapping[str, Any], key: str, bounds: tuple[int, int], usual: int | None = None) -> int:
    value = table.get(key, usual)
    if type(value) is not int or not bounds[0] <= value <= bounds[1]:
        raise ProtocolRefused(f"[reading] {key} must be a whole number from {bounds[0]} to {bounds[1]}.")
    return value
