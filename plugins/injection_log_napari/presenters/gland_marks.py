"""The marks of one gland as sections of its panel: needle, outlines with the volume of a sweep, deposits, structures.

Pure: from the record to rows and sentences. What the checks find stands beside the mark it is about. A section is there
only when it has something to say; what is missing for a volume is said where somebody has begun to trace a sweep.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from annotate.errors import AnnotateError
from annotate.geometry import measure_contour
from annotate.marks import (
    Contour,
    Deposit,
    Mark,
    Microlitres,
    Needle,
    OutOfPlaneNeedle,
    PlacedMark,
    Structure,
)
from annotate.readout import STRUCTURE_WORDS, deposit_words, millilitres, millimetres, square_millimetres
from annotate.volume_method import GlandVolume, VolumeMissing, spacing_of
from injection_log.record.values import GlandRecord
from injection_log.volume_methods import OF_THE_SIZE, method_named, volumes_of
from injection_log.words import volume_figures
from injection_log_napari.presenters.wording import ASSIST_SIGN, HAND_SIGN, needle_lines

Found = Mapping[str, tuple[str, ...]]
"""Sentences of the checks by the field they are about."""
_SWEEP_BEGUN = 2
"""So many outlines on one picture without a needle are a sweep that somebody traces."""


@dataclass(frozen=True)
class MarkRow:
    """One mark: where it lies, what it measures as (name, value), and whether what was said of it can be changed.

    `doubts` are sentences of the checks about it.
    """

    mark_id: str
    title: str
    place: str
    lines: tuple[tuple[str, str], ...] = ()
    may_ask: bool = False
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class MarkSection:
    """One kind of marks: its rows, figures of all of them together, what they rest on, and what the checks find."""

    title: str
    rows: tuple[MarkRow, ...]
    sums: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class GlandMarks:
    """A gland whose marks are shown: its record, what the checks find in it, and the words for where a mark lies."""

    gland: GlandRecord
    found: Found
    place: Callable[[PlacedMark], str]

    @property
    def needles(self) -> tuple[MarkRow, ...]:
        """The passes of the needle."""
        passes = self._of(Needle, OutOfPlaneNeedle)
        return tuple(
            MarkRow(
                one.mark_id, "Needle" if len(passes) == 1 else f"Pass {number}", self.place(one),
                (("plane", "in plane" if isinstance(one.mark, Needle) else "out of plane"), *self._needle_lines(one)),
                may_ask=True, doubts=self._about(one),
            )
            for number, one in enumerate(passes, start=1)
        )  # fmt: skip

    @property
    def sections(self) -> tuple[MarkSection, ...]:
        """The other marks, those kinds that there are."""
        made = (self._outlines(), self._deposits(), self._structures())
        return tuple(one for one in made if one.rows)

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields whose findings stand in the sections: of each mark shown, and of volumes by other methods."""
        of_marks = (one.mark_id for one in self._of(Needle, OutOfPlaneNeedle, Contour, Deposit, Structure))
        volumes = (f"volume.{name}" for name in self.gland.gland_volumes)
        return (*(f"mark.{mark_id}" for mark_id in of_marks), *volumes)

    # ---- needle ----------------------------------------------------------------------------------------------
    def _needle_lines(self, placed: PlacedMark) -> tuple[tuple[str, str], ...]:
        rows = needle_lines(placed.mark, self.gland.measured[placed.mark_id])
        by_hand = placed.scale.is_by_hand  # an angle depends on the shape of a pixel, which came with it
        around = self.gland.capsule.get(placed.mark_id)
        if around is not None:
            where = "inside" if around.distance_um >= 0 else "OUTSIDE"
            rows = (*rows, ("tip and outline", f"{millimetres(abs(around.distance_um))} {where}"))
        measured = ("mm", "°", "inside", "OUTSIDE")
        helped = placed.mark_id in self.gland.assisted
        return tuple(
            (name, signed(value, by_hand=by_hand, helped=helped) if value.endswith(measured) else value)
            for name, value in rows
        )

    # ---- outlines --------------------------------------------------------------------------------------------
    def _outlines(self) -> MarkSection:
        by_picture: dict[str, list[PlacedMark]] = {}
        for one in sorted(self._of(Contour), key=lambda one: one.on.frame):
            by_picture.setdefault(one.on.sop_instance_uid, []).append(one)
        rows = [row for group in by_picture.values() for row in self._outlines_of(group)]
        volumes = tuple(
            (_volume_title(one), signed(millilitres(one.volume_ul), by_hand=any(
                placed.scale.is_by_hand for placed in self._of(Contour)
            )))
            for one in self.gland.gland_volumes.values()
        )  # fmt: skip
        notes = (*(one.basis for one in self.gland.gland_volumes.values()), *self._missing(by_picture))
        doubts = tuple(text for name in self.gland.gland_volumes for text in self.found.get(f"volume.{name}", ()))
        return MarkSection("Outline", tuple(rows), volumes, notes, doubts)

    def _outlines_of(self, group: Sequence[PlacedMark]) -> list[MarkRow]:
        """Each outline with what it measures; of a traced clip one row for all of them."""
        if len(group) > _SWEEP_BEGUN:
            first, last = group[0].on.frame + 1, group[-1].on.frame + 1
            lines = (("outlines", str(len(group))), ("frames", f"{first} to {last}"))
            doubts = tuple(text for one in group for text in self._about(one))
            return [MarkRow(group[0].mark_id, "Outlines", self.place(group[0]), lines, doubts=doubts)]
        return [
            MarkRow(one.mark_id, "Outline", self.place(one), self._outline_lines(one), doubts=self._about(one))
            for one in group
        ]

    def _outline_lines(self, placed: PlacedMark) -> tuple[tuple[str, str], ...]:
        by_hand, helped = placed.scale.is_by_hand, placed.mark_id in self.gland.assisted
        try:
            size = measure_contour(placed)
        except AnnotateError as refused:
            return (("area", refused.why),)
        figures = (
            ("area", square_millimetres(size.area_um2)), ("length", millimetres(size.longest.length_um)),
            ("across", millimetres(size.across.length_um)),
        )  # fmt: skip
        return tuple((name, signed(value, by_hand=by_hand, helped=helped)) for name, value in figures)

    def _missing(self, by_picture: Mapping[str, Sequence[PlacedMark]]) -> tuple[str, ...]:
        """What a volume still needs, said once a sweep is begun."""
        with_needle = {one.on.sop_instance_uid for one in self._of(Needle, OutOfPlaneNeedle)}
        begun = any(len(group) >= _SWEEP_BEGUN for uid, group in by_picture.items() if uid not in with_needle)
        if not begun:
            return ()
        try:
            found = volumes_of(self.gland.marks, spacing_of(self.gland.facts))
        except AnnotateError as refused:
            return (refused.why,)
        return tuple(one.what for name, one in found.items() if name != OF_THE_SIZE and isinstance(one, VolumeMissing))

    # ---- deposits and structures -----------------------------------------------------------------------------
    def _deposits(self) -> MarkSection:
        deposits = self._of(Deposit)
        rows = tuple(
            MarkRow(one.mark_id, f"Deposit {number}", self.place(one), _deposit_lines(one.mark), may_ask=True)
            for number, one in enumerate(deposits, start=1)
        )
        doubts = tuple(text for one in deposits for text in self._about(one))
        sums = (("together", self._sum([one.mark for one in deposits])),) if deposits else ()
        return MarkSection("Deposits", rows, sums, doubts=doubts)

    def _sum(self, deposits: Sequence[Mark]) -> str:
        """The sum of what is known, beside the volume that was injected where that is known."""
        volumes = [one.volume for one in deposits if isinstance(one, Deposit)]
        known = [one.ul for one in volumes if isinstance(one, Microlitres)]
        parts = [volume_figures(sum(known))] if known else []
        unknown = len(volumes) - len(known)
        parts += [f"{unknown} unknown"] if unknown else []
        balance = self.gland.volumes
        of = f" of {volume_figures(balance.injected_ul)}" if balance is not None else ""
        return " + ".join(parts) + of

    def _structures(self) -> MarkSection:
        rows = tuple(
            MarkRow(one.mark_id, _structure(one.mark), self.place(one), may_ask=True, doubts=self._about(one))
            for one in self._of(Structure)
        )
        return MarkSection("Structures", rows)

    def _of(self, *kinds: type[Mark]) -> list[PlacedMark]:
        return [one for one in self.gland.marks if isinstance(one.mark, kinds)]

    def _about(self, placed: PlacedMark) -> tuple[str, ...]:
        return self.found.get(f"mark.{placed.mark_id}", ())


def signed(figures: str, *, by_hand: bool, helped: bool = False) -> str:
    """A number with the signs of a scale set by hand and of a mark that the picture proposed."""
    signs = (HAND_SIGN,) * by_hand + (ASSIST_SIGN,) * helped
    return " ".join((figures, *signs))


def _volume_title(volume: GlandVolume) -> str:
    method = method_named(volume.method)
    return method.title if method is not None else volume.method.replace("_", " ")


def _deposit_lines(mark: Mark) -> tuple[tuple[str, str], ...]:
    """Zone and volume."""
    volume, _, zone = deposit_words(mark).partition(", ") if isinstance(mark, Deposit) else ("", "", "")
    return ((zone, volume),)


def _structure(mark: Mark) -> str:
    return STRUCTURE_WORDS[mark.kind].capitalize() if isinstance(mark, Structure) else ""
