"""Gland volume from the contours traced on one sweep: the sum of their areas times the distance between them.

Pure, exact: whole square micrometres times whole micrometres, rounded once to microlitres. Each contour stands for a
disc as thick as the traced frames lie apart (Cavalieri's principle). The distance is what a person typed: a sweep of
the free hand has none of its own, so it is called assumed unless a position sensor gave it. Deliberately without an
error: how evenly the probe was moved is not in the pictures.
Sources: domain vectors V4 (a sphere of 10 mm radius in discs of 2 mm: 4.2097 ml) and V5 (an ellipsoid in 5, 8, 10 and
20 discs along its length: +2.00, +0.78, +0.50, +0.125 %).
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from annotate.capsule import contours_by_frame
from annotate.geometry import measure_contour
from annotate.marks import Needle, OutOfPlaneNeedle, PlacedMark
from annotate.readout import BY_HAND, exact_millimetres
from annotate.volume_method import GlandVolume, NoSpacing, SweepSpacing, TypedSpacing, VolumeMissing

FEWEST_CONTOURS = 3
_UM3_PER_UL = 10**9
_CUT_OFF = 2
"""An end of the sweep is cut off where its contour has more than one part in this of the largest area.

An ellipsoid in n discs of equal thickness ends with discs of 1 - ((n - 1) / n)**2 of the middle: 0.44 for 4, 0.36 for
5, less for more. So a gland that was traced from end to end in four frames or more stays below a half.
"""


class ContourStack:
    """Disc summation over one sweep, as a method for gland volumes."""

    name = "contour_stack"
    version = "1"
    title = "Contour stack (discs)"

    def volume(self, marks: Sequence[PlacedMark], spacing: SweepSpacing) -> GlandVolume | VolumeMissing:
        """The volume of the traced sweep, or what it lacks. MarkRefused where a contour cannot be measured."""
        sweep = _sweep(marks)
        if isinstance(sweep, VolumeMissing):
            return sweep
        if isinstance(spacing, NoSpacing):
            return VolumeMissing("Type how far the traced frames of the sweep lie apart.")
        areas_um2 = [measure_contour(placed).area_um2 for placed in sweep]
        by_hand = f"; {BY_HAND}" if any(placed.scale.is_by_hand for placed in sweep) else ""
        basis = f"{len(sweep)} contours, {exact_millimetres(spacing.um)} apart, {_known(spacing)}{by_hand}"
        volume_ul = stack_volume_ul(areas_um2, spacing.um)
        return GlandVolume(self.name, self.version, volume_ul, basis, _warnings(areas_um2))


def stack_volume_ul(areas_um2: Sequence[int], spacing_um: int) -> int:
    """Microlitres of discs with these areas (square micrometres), each `spacing_um` thick, half to even."""
    volume = Decimal(sum(areas_um2) * spacing_um) / _UM3_PER_UL
    return int(volume.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def _sweep(marks: Sequence[PlacedMark]) -> list[PlacedMark] | VolumeMissing:
    """The contours of the one traced sweep in the order of their frames.

    A sweep is a picture with at least three contours of the gland and no needle of it: contours on the injection clip
    show where the tip lies, and its frames are no slices.
    """
    sweeps: dict[str, dict[int, PlacedMark]] = {}
    with_needle = {one.on.sop_instance_uid for one in marks if isinstance(one.mark, Needle | OutOfPlaneNeedle)}
    for (uid, frame), (placed, _) in contours_by_frame(marks).items():
        if uid not in with_needle:
            sweeps.setdefault(uid, {})[frame] = placed
    traced = [contours for contours in sweeps.values() if len(contours) >= FEWEST_CONTOURS]
    if not traced:
        return VolumeMissing("Trace the gland on at least three evenly spaced frames of one sweep.")
    if len(traced) > 1:
        return VolumeMissing("Two sweeps are traced, and a volume is of one; remove the contours of the other.")
    return _evenly(traced[0])


def _evenly(contours: Mapping[int, PlacedMark]) -> list[PlacedMark] | VolumeMissing:
    frames = sorted(contours)
    steps = {after - before for before, after in pairwise(frames)}
    if len(steps) > 1:
        return VolumeMissing(
            f"The traced frames lie {min(steps)} to {max(steps)} frames apart; trace them in even steps, because each "
            "contour stands for a disc of the same thickness."
        )
    return [contours[frame] for frame in frames]


def _known(spacing: TypedSpacing) -> str:
    return "spacing tracked" if spacing.is_tracked else "spacing assumed"


def _warnings(areas_um2: Sequence[int]) -> tuple[str, ...]:
    largest = max(areas_um2)
    ends = {"first": areas_um2[0], "last": areas_um2[-1]}
    cut_off = [name for name, area in ends.items() if area * _CUT_OFF > largest]
    if not cut_off:
        return ()
    which = " and ".join(cut_off)
    return (
        f"The sweep looks cut off: the {which} contour has more than half the largest area, so part of the gland is "
        "missing.",
    )
