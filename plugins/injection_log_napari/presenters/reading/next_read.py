"""The next sensible act in a case, and the sentence that says it: from what is owed to what to do. Pure."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from injection_log.reading.case import Case, Owing, owing
from injection_log.reading.grades import GRADE_TITLES

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.reading.package import Package

Kind = Literal["quality", "caliper", "grade", "decision", "gland", "lock"]
NO_WAY_BACK = "Nothing is owed. Press Enter to lock this case; there is no way back to it."
_ENDS = {"length": "both ends of the gland", "depth": "the top and the bottom", "width": "both sides of the gland"}
_KEYS = {"length": "L", "depth": "D", "width": "W"}


@dataclass(frozen=True)
class NextRead:
    """What comes next: its kind, the gland, the axis or grade it is about ("" else), and the sentence."""

    kind: Kind
    side: Side
    name: str
    sentence: str


def next_read(package: Package, case: Case, side: Side) -> NextRead:
    """The next act: what the gland at work owes, then the other gland, then the lock."""
    everything = owing(package, case)
    here = next((one for one in everything if one.side == side), None)
    if here is not None:
        return _act_for(package, case, here)
    if everything:
        other = everything[0].side
        sentence = f"{side.capitalize()} gland: all is there. Press Enter to go on to the {other} gland."
        return NextRead("gland", other, "", sentence)
    return NextRead("lock", side, "", NO_WAY_BACK)


def _act_for(package: Package, case: Case, owed: Owing) -> NextRead:
    gland = f"{owed.side.capitalize()} gland"
    if owed.what == "caliper":
        given = case.glands[owed.side].size.repeats
        count = next((number for axis, number in given.items() if axis == owed.name), 0) + 1
        which = f", measurement {count} of {package.calipers}" if package.calipers > 1 else ""
        how = f"press {_KEYS[owed.name]}, then click {_ENDS[owed.name]}."
        return NextRead("caliper", owed.side, owed.name, f"{gland}, {owed.name}{which}: {how}")
    if owed.what == "grade":
        title = next(title for kind, title in GRADE_TITLES.items() if kind == owed.name)
        sentence = f"{gland}: give the {title}. Press Enter to go to it, then 0, 1, 2 or 3."
        return NextRead("grade", owed.side, owed.name, sentence)
    if owed.what == "quality":
        return NextRead("quality", owed.side, "", f"{gland}: say how good its pictures are. Press Enter to go to it.")
    return NextRead("decision", owed.side, "", f"{gland}: choose reading A or reading B. Press Enter to go to it.")
