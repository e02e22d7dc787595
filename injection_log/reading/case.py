"""The nouns of a reading: a case, its two glands, what was measured and said of each, and what is still owed.

Frozen values made from the current values of a package's log. A reading of the same log, here or at the site after the
package came home, gives the same.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from annotate.marks import PlacedMark, Side
from annotate.stored_marks import placed_from_json
from annotate.volume import GlandSize, IncompleteSize, gland_size
from annotate.volume_method import GlandVolume, volume_from_json
from injection_log.ledger.event import Json, Subject
from injection_log.protocol.protocol import AXES
from injection_log.protocol.reading_design import GradeKind
from injection_log.reading.grades import GRADE_TITLES, Quality
from injection_log.reading.package import Package
from injection_log.record.derived import SPACING_FIELDS, VOLUME
from injection_log.record.reading import image_of
from injection_log.record.values import SIDES, VisitImage
from injection_log.volume_methods import OF_THE_SIZE

Values = Callable[[str], Mapping[str, Json]]
CaseState = Literal["waiting", "open", "locked"]
STATE, LOOKS, PICTURES, SHOWN = "state", "looks", "pictures", "shown"
GRADE, QUALITY, WHY, DECISION, FACT = "grade.", "quality", "quality_why", "decision", "fact."
Which = Literal["A", "B"]


@dataclass(frozen=True)
class GlandReading:
    """What one reader measured and said of one gland. `quality` and `why` are "" before anything was said.

    `size` is computed from the marks; `traced` are the volumes by other methods than the ellipsoid, by the method's
    name; `spacing` are the facts of the sweep that came with the package; `decision` is an adjudicator's choice between
    two readings, "" else.
    """

    side: Side
    marks: tuple[PlacedMark, ...]
    size: GlandSize | IncompleteSize
    grades: Mapping[GradeKind, int]
    quality: Quality | Literal[""]
    why: str
    decision: Which | Literal[""] = ""
    traced: Mapping[str, GlandVolume] = field(default_factory=dict)
    spacing: Mapping[str, Json] = field(default_factory=dict)

    @property
    def volumes_ul(self) -> Mapping[str, int]:
        """Microlitres by method, the ellipsoid first; empty where nothing was measured, or nothing could be read."""
        if self.quality == "unreadable":
            return {}
        by_calipers = {OF_THE_SIZE: self.size.volume_ul} if isinstance(self.size, GlandSize) else {}
        return by_calipers | {name: self.traced[name].volume_ul for name in sorted(self.traced)}

    @property
    def volume_ul(self) -> int | None:
        """Microlitres by the ellipsoid, None where a diameter is missing or the pictures were unreadable."""
        return self.volumes_ul.get(OF_THE_SIZE)


@dataclass(frozen=True)
class Case:
    """One coded case as it stands. `pictures` are those of both glands, in a fixed order; `side_of` says which gland
    each shows. `shown` are the two readings that an adjudicator sees, as they were stored.
    """

    code: str
    state: CaseState
    looks: int
    pictures: tuple[VisitImage, ...]
    side_of: Mapping[str, Side]
    glands: Mapping[Side, GlandReading]
    shown: Mapping[Which, Mapping[str, Any]] = field(default_factory=dict)

    def picture(self, sop_instance_uid: str) -> VisitImage:
        """One picture of this case; KeyError for one of another."""
        return next((one for one in self.pictures if one.sop_instance_uid == sop_instance_uid), None) or _missing()


def case_subject(code: str) -> Subject:
    """The subject under which a case's pictures and state stand."""
    return Subject("case", id=code)


def read_subject(code: str, side: Side) -> Subject:
    """The subject under which the reading of one gland of a case stands."""
    return Subject("read", id=code, gland=side)


def case_of(values: Values, package: Package, code: str) -> Case:
    """Read one case. KeyError where the log has none of this code."""
    stored = values(case_subject(code).key)
    side_of = cast("dict[str, Side]", stored[PICTURES])
    pictures = [image_of(values, uid) for uid in side_of]
    return Case(
        code, cast(CaseState, stored.get(STATE) or "waiting"), int(cast(int, stored.get(LOOKS) or 0)),
        tuple(sorted(pictures, key=lambda one: _place(side_of[one.sop_instance_uid], one))),
        side_of,
        {
            side: _gland(side, values(read_subject(code, side).key), package)
            for side in SIDES if side in side_of.values()
        },
        cast("dict[Which, dict[str, Any]]", stored.get(SHOWN) or {}),
    )


@dataclass(frozen=True)
class Owing:
    """One thing that is owed before a case can be locked: of which gland, what, and the sentence that says it.

    `name` is the axis of a caliper or the kind of a grade, "" else.
    """

    side: Side
    what: Literal["quality", "caliper", "grade", "decision"]
    name: str
    sentence: str


def owed(package: Package, case: Case) -> tuple[str, ...]:
    """What is still owed before this case can be locked, one sentence each; () when nothing is."""
    return tuple(one.sentence for one in owing(package, case))


def owing(package: Package, case: Case) -> tuple[Owing, ...]:
    """The same with what each sentence is about, right gland first."""
    return tuple(one for gland in case.glands.values() for one in _owing_of(package, gland))


def _owing_of(package: Package, gland: GlandReading) -> list[Owing]:
    side = gland.side
    if package.task == "adjudicate":
        choose = f"{side} gland: choose reading A or reading B."
        return [] if gland.decision else [Owing(side, "decision", "", choose)]
    if not gland.quality:
        return [Owing(side, "quality", "", f"{side} gland: say how good the pictures are.")]
    if gland.quality == "unreadable":
        return []
    lacking = []
    for axis in AXES:
        missing = package.calipers - gland.size.repeats.get(axis, 0)
        if missing > 0:
            often = "" if missing == 1 else f" {missing} times"
            lacking.append(Owing(side, "caliper", axis, f"{side} gland: measure the {axis}{often}."))
    graded = [kind for kind in package.grades if kind not in gland.grades]
    grades = [Owing(side, "grade", kind, f"{side} gland: give the {GRADE_TITLES[kind]}.") for kind in graded]
    return [*lacking, *grades]


def _gland(side: Side, stored: Mapping[str, Json], package: Package) -> GlandReading:
    marks = tuple(placed_from_json(stored[name]) for name in sorted(stored) if name.startswith("mark."))
    grades = {
        cast(GradeKind, name.removeprefix(GRADE)): int(cast(int, value))
        for name, value in stored.items() if name.startswith(GRADE)
    }  # fmt: skip
    return GlandReading(
        side, marks, gland_size(marks, package.caliper_error), grades,
        cast("Quality", str(stored.get(QUALITY) or "")), str(stored.get(WHY) or ""),
        cast("Which", str(stored.get(DECISION) or "")),
        {name.removeprefix(VOLUME): volume_from_json(stored[name]) for name in stored if name.startswith(VOLUME)},
        {name: stored[f"{FACT}{name}"] for name in SPACING_FIELDS if f"{FACT}{name}" in stored},
    )


def _place(side: Side, image: VisitImage) -> tuple[int, str, str]:
    """Right before left, as everywhere, then by plane; nothing of when a picture was taken."""
    return SIDES.index(side), image.plane, image.sop_instance_uid


def _missing() -> VisitImage:
    raise KeyError("no such picture")
