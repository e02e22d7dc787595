"""Gland size from its three diameters: the ellipsoid volume pi/6 x L x W x D, in whole microlitres.

Pure. One cubic millimetre is one microlitre, exactly; millimetres are converted once and the product is
rounded once, half to even. Repeats are averaged per axis, in length, never in volume.
Deliberately the ellipsoid only (0.5236, not the rounded 0.52 or the thyroid's 0.479), named in every value.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from annotate.errors import MarkRefused
from annotate.geometry import METHODS, caliper_length, method, reading_to_json
from annotate.marks import AXES, Axis, Caliper, PlacedMark
from annotate.readout import BY_HAND
from annotate.uncertainty import HALF_PIXEL, MeasuredLength, ReadingError, mean_length, volume_error_ul
from annotate.volume_method import GlandVolume, SweepSpacing, VolumeMissing

_PI = Decimal("3.14159265358979323846264338327950288419716939937510")
_UM3_PER_UL = Decimal(10) ** 9
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_LONGEST_UM = 1_000_000  # a metre; nothing measured in a picture of at most 30 cm depth comes near it


@dataclass(frozen=True)
class GlandSize:
    """Mean diameters in micrometres, ellipsoid volume in microlitres, number of calipers behind each mean.

    `errors_um` and `volume_error_ul` say how far they may be off; `by_hand` names the axes that depend on a
    scale set by a person.
    """

    length_um: int
    width_um: int
    depth_um: int
    volume_ul: int
    repeats: Mapping[Axis, int]
    errors_um: Mapping[Axis, int] = field(default_factory=dict)
    volume_error_ul: int = 0
    by_hand: frozenset[Axis] = frozenset()
    reading: ReadingError = HALF_PIXEL
    method: str = "ellipsoid"
    method_version: str = METHODS["ellipsoid"]


@dataclass(frozen=True)
class IncompleteSize:
    """No volume yet: the axes in `missing` have no caliper; the other fields hold those that have."""

    missing: tuple[Axis, ...]
    means_um: Mapping[Axis, int]
    repeats: Mapping[Axis, int]
    errors_um: Mapping[Axis, int] = field(default_factory=dict)
    by_hand: frozenset[Axis] = frozenset()


def ellipsoid_volume_ul(length_um: int, width_um: int, depth_um: int) -> int:
    """Microlitres of an ellipsoid with these diameters in micrometres: pi/6 x L x W x D, half to even."""
    if not all(0 < diameter <= _LONGEST_UM for diameter in (length_um, width_um, depth_um)):
        raise MarkRefused("size_out_of_range", "A diameter is zero or over a metre; place the caliper again.")
    product = Decimal(length_um * width_um * depth_um)
    volume = _EXACT.divide(_EXACT.multiply(_PI, product), 6 * _UM3_PER_UL)
    return int(volume.quantize(Decimal(1), rounding=ROUND_HALF_EVEN, context=_EXACT))


def gland_size(calipers: Sequence[PlacedMark], reading: ReadingError = HALF_PIXEL) -> GlandSize | IncompleteSize:
    """Size of one gland from its calipers (other marks are passed over), or which axes still lack one.

    `reading` is how exactly a caliper is placed. MarkRefused `mixed_sides` when calipers of both glands are
    given: two glands never make one size.
    """
    placed_calipers = [placed for placed in calipers if isinstance(placed.mark, Caliper)]
    if len({placed.side for placed in placed_calipers}) > 1:
        raise MarkRefused("mixed_sides", "Calipers of both glands are mixed; measure each gland by itself.")
    lengths: dict[Axis, list[MeasuredLength]] = {axis: [] for axis in AXES}
    for placed in placed_calipers:
        if isinstance(placed.mark, Caliper):
            lengths[placed.mark.axis].append(caliper_length(placed, reading))
    axes = {axis: mean_length(found) for axis, found in lengths.items() if found}
    repeats = {axis: len(found) for axis, found in lengths.items() if found}
    errors_um = {axis: mean.error_um for axis, mean in axes.items()}
    by_hand = frozenset(axis for axis, found in lengths.items() if any(one.scale.is_by_hand for one in found))
    missing = tuple(axis for axis in AXES if axis not in axes)
    if missing:
        means: dict[Axis, int] = {axis: mean.mean_um for axis, mean in axes.items()}
        return IncompleteSize(missing, means, repeats, errors_um, by_hand)
    length_um, width_um, depth_um = (axes[axis].mean_um for axis in AXES)
    volume_ul = ellipsoid_volume_ul(length_um, width_um, depth_um)
    return GlandSize(
        length_um, width_um, depth_um, volume_ul, repeats,
        errors_um, volume_error_ul(volume_ul, axes), by_hand, reading,
    )


def size_to_json(size: GlandSize) -> dict[str, Any]:
    """The stored form of a complete size: method, diameters, volume and repeats, whole numbers only."""
    return {
        "method": method("ellipsoid"),
        "length_um": size.length_um,
        "width_um": size.width_um,
        "depth_um": size.depth_um,
        "volume_ul": size.volume_ul,
        "repeats": {axis: size.repeats[axis] for axis in AXES},
        "errors_um": {axis: size.errors_um[axis] for axis in AXES},
        "volume_error_ul": size.volume_error_ul,
        "reading": reading_to_json(size.reading),
    }


class Ellipsoid:
    """The ellipsoid of the three mean diameters, as a method for gland volumes.

    Its value stands in the log as the size of the gland, with diameters and errors; what is given here is the volume.
    """

    name = "ellipsoid"
    version = METHODS["ellipsoid"]
    title = "Ellipsoid (pi/6 x length x width x depth)"

    def volume(self, marks: Sequence[PlacedMark], spacing: SweepSpacing) -> GlandVolume | VolumeMissing:
        """The volume of the calipers, or which are missing. MarkRefused as `gland_size`."""
        del spacing
        size = gland_size(marks)
        if isinstance(size, IncompleteSize):
            return VolumeMissing(f"Place the {' and the '.join(size.missing)}.")
        basis = f"{sum(size.repeats.values())} calipers{f'; {BY_HAND}' if size.by_hand else ''}"
        return GlandVolume(self.name, self.version, size.volume_ul, basis)
