"""The room of an adjudicator: two readings of a gland side by side as A and B, the choice between them, the lock.

Who A is, no package says, and nothing here could. It draws no picture and changes no mark.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotate.errors import AnnotateError
from annotate.marks import PlacedMark, Side
from annotate.readout import millilitres, millimetres
from annotate.uncertainty import ReadingError
from annotate.volume import gland_size
from injection_log.protocol.protocol import AXES
from injection_log.reading.case import Which
from injection_log.reading.grades import DEFINITIONS, GRADE_TITLES, WHY_NOT_ADEQUATE
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.gland_size import means_of_size
from injection_log_napari.presenters.question import Asking
from injection_log_napari.presenters.reading.case_room import ask_lock, case_banner
from injection_log_napari.presenters.reading.next_read import NextRead, next_read
from injection_log_napari.presenters.room_state import Banner, Wish
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.wording import plane_title, repeats

if TYPE_CHECKING:
    from injection_log.reading.package import Package
    from injection_log_napari.presenters.reading.case_desk import DecisionDesk

BOTH: tuple[Which, Which] = ("A", "B")
WHY = "Why not adequate"
Placed = Mapping[Which, tuple[PlacedMark, ...]]
"""The marks of both readings of one gland."""


@dataclass(frozen=True)
class PictureToDraw:
    """One frame on which both readings are drawn, side by side: its name, and the marks of each there."""

    title: str
    uid: str
    frame: int
    marks: Placed


@dataclass(frozen=True)
class ComparedRow:
    """One value of both readings; `differs` where they are not the same. `meaning` says what given grades mean."""

    title: str
    a: str
    b: str
    meaning: str = ""

    @property
    def differs(self) -> bool:
        """Whether A and B say different things."""
        return self.a != self.b


class DecisionRoom:
    """One case that an adjudicator decides."""

    def __init__(self, desk: DecisionDesk, wish: Callable[[Wish], None], changed: Callable[[], None]) -> None:
        self._desk, self._wish, self._tell = desk, wish, changed
        self._refused = ""
        self.asking = Asking(changed)
        sides = tuple(desk.case.glands)
        self.side: Side = next((side for side in sides if not desk.case.glands[side].decision), sides[0])

    # ---- what is shown -------------------------------------------------------------------------------------
    @property
    def banner(self) -> Banner:
        """Which case it is."""
        return case_banner(self._desk, self.side)

    @property
    def next(self) -> NextRead:
        """The next sensible act."""
        return next_read(self._desk.package, self._desk.case, self.side)

    @property
    def chosen(self) -> str:
        """The reading that is chosen for the gland at work, "" while none is."""
        return self._desk.case.glands[self.side].decision

    @property
    def tabs(self) -> tuple[tuple[Side, str], ...]:
        """The glands of the case with their signs."""
        glands = self._desk.case.glands
        return tuple((side, f"{'✓' if glands[side].decision else '○'} {side.capitalize()} gland") for side in glands)

    @property
    def sentence(self) -> Sentence:
        """What is said at the foot."""
        if self._refused:
            return Sentence(self._refused, "refused")
        return Sentence(self.asking.sentence or self.next.sentence, "next")

    def rows(self, placed: Placed) -> tuple[ComparedRow, ...]:
        """The values of both readings of the gland at work, row by row."""
        told = self._desk.readings(self.side)
        a, b = ({**_sizes(placed[one], self._desk.reading_error), **_said(told[one])} for one in BOTH)
        meanings = _meanings(told)
        return tuple(
            ComparedRow(title, a.get(title, "—"), b.get(title, "—"), meanings.get(title, ""))
            for title in _titles(self._desk.package) if title != WHY or title in a or title in b
        )

    def pictures_of(self, side: Side, placed: Placed) -> tuple[PictureToDraw, ...]:
        """The frames to draw of a gland: each that carries a mark of either reading, and pictures that carry none."""
        drawn = []
        for number, image in enumerate(self._desk.case.pictures, start=1):
            uid = image.sop_instance_uid
            if self._desk.case.side_of[uid] != side:
                continue
            here = {one: tuple(m for m in placed[one] if m.on.sop_instance_uid == uid) for one in BOTH}
            for frame in sorted({m.on.frame for one in BOTH for m in here[one]}) or [0]:
                marks = {one: tuple(m for m in here[one] if m.on.frame == frame) for one in BOTH}
                shown = f", frame {frame + 1} of {image.frames}" if image.frames > 1 else ""
                title = f"Picture {number}: {plane_title(image.plane).lower()}{shown}"
                drawn.append(PictureToDraw(title, uid, frame, marks))
        return tuple(drawn)

    # ---- acts ----------------------------------------------------------------------------------------------
    def go(self, side: Side) -> None:
        """Go to a gland."""
        self._refused, self.side, self.asking.asked = "", side, None
        self._tell()

    def choose(self, which: Which) -> None:
        """Choose one of the two readings of the gland at work."""
        self._refused = ""
        try:
            self._desk.decide(self.side, which)
        except REFUSALS as refused:
            self._refused = str(refused)
        else:
            self._wish(Wish("next"))
        self._tell()

    def refuse(self, sentence: str) -> None:
        """Show why something was refused."""
        self._refused = sentence
        self._tell()

    def ask_lock(self) -> None:
        """Ask whether the case is to be locked, or say what is still owed."""
        self._refused = ""
        ask_lock(self._desk, self.asking, lambda: self._wish(Wish("leave")))

    def go_next(self) -> None:
        """Do the next act: go to the choice, to the other gland, or ask for the lock."""
        act = self.next
        if self.asking.asked is not None:
            self._wish(Wish("question"))
        elif act.kind == "gland":
            self.go(act.side)
            self._wish(Wish("field", "decision"))
        elif act.kind == "lock":
            self.ask_lock()
        else:
            self._wish(Wish("field", "decision"))


def _titles(package: Package) -> tuple[str, ...]:
    grades = (GRADE_TITLES[kind] for kind in package.grades)
    return ("Volume", *(axis.capitalize() for axis in AXES), *grades, "Image quality", WHY)


def _sizes(placed: tuple[PlacedMark, ...], reading: ReadingError) -> dict[str, str]:
    """The diameters of one reading."""
    try:
        size = gland_size(placed, reading)
    except AnnotateError:
        return {}
    means = means_of_size(size)
    return {
        axis.capitalize(): f"{millimetres(means[axis])} {repeats(size.repeats.get(axis, 0))}".strip()
        for axis in AXES if axis in means
    }


def _said(told: Mapping[str, Any]) -> dict[str, str]:
    """What one reading says besides its marks."""
    grades = {GRADE_TITLES[kind]: str(told["grades"][kind]) for kind in DEFINITIONS if kind in told["grades"]}
    volume = {"Volume": millilitres(told["volume_ul"])} if told["volume_ul"] is not None else {}
    why = {WHY: WHY_NOT_ADEQUATE.get(told["why"], "—")} if told["why"] else {}
    return {**volume, **grades, "Image quality": told["quality"] or "—", **why}


def _meanings(told: Mapping[Which, Mapping[str, Any]]) -> dict[str, str]:
    """What the given grades mean, a line each."""
    found = {}
    for kind, words in DEFINITIONS.items():
        given = sorted({told[which]["grades"][kind] for which in BOTH if kind in told[which]["grades"]})
        found[GRADE_TITLES[kind]] = "\n".join(f"{grade}: {words[grade]}" for grade in given)
    return found
