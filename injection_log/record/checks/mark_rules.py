"""Comparisons of marks: deposits with syringe and balance, tip with contour and answer, repeats with each other.

Pure, as `rules`; none of them blocks a signature.
"""
from __future__ import annotations

from collections.abc import Iterator

from annotate.errors import MarkRefused
from annotate.marks import Deposit, Microlitres, Needle, OutOfPlaneNeedle, PlacedMark
from annotate.readout import millimetres
from annotate.repeats import repeat_spreads
from injection_log.protocol.protocol import Protocol
from injection_log.record.checks.around import Around
from injection_log.record.checks.places import Found, Rule, gland_of, injected
from injection_log.record.values import SIDES, GlandRecord, VisitRecord
from injection_log.words import volume_figures


def _deposit_volume(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del around
    syringe_ul = protocol.volume.syringe_ul
    for side in SIDES:
        gland = record.glands[side]
        loaded = gland.facts.get("volume_loaded_ul")
        for placed, mark in _deposits(gland):
            if not isinstance(mark.volume, Microlitres):
                continue
            said = f"{side.capitalize()} gland: a deposit of {volume_figures(mark.volume.ul)} is more than"
            if mark.volume.ul > syringe_ul:
                yield gland_of(record, side), f"mark.{placed.mark_id}", (
                    f"{said} the syringe holds ({volume_figures(syringe_ul)}); correct its volume."
                )
            elif isinstance(loaded, int) and mark.volume.ul > loaded:
                yield gland_of(record, side), f"mark.{placed.mark_id}", (
                    f"{said} was loaded ({volume_figures(loaded)}); correct one of the two."
                )


def _deposit_sum(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del around
    for gland, name, injected_ul in injected(record):
        field, volumes_ul, is_whole = _deposit_volumes(gland)
        sum_ul, tolerance_ul = sum(volumes_ul), protocol.checks.balance_tolerance_ul
        # with a volume unknown, only too much can be said
        is_wrong = abs(sum_ul - injected_ul) > tolerance_ul if is_whole else sum_ul - injected_ul > tolerance_ul
        if sum_ul and is_wrong:
            yield gland_of(record, gland.side), field, (
                f"{name}: the deposits add up to {volume_figures(sum_ul)}, but loaded - residual - spilled is "
                f"{volume_figures(injected_ul)}."
            )


def _deposit_count(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    for side in SIDES:
        gland = record.glands[side]
        counted, marked = gland.facts.get("deposits"), len(_deposits(gland))
        volumes = marked or len(_typed_volumes(gland))
        if gland.facts.get("injected") == "yes" and volumes and counted not in (None, volumes):
            said = f"{volumes} are marked" if marked else f"there are volumes of {volumes}"
            yield gland_of(record, side), "deposits", (
                f"{side.capitalize()} gland: {counted} deposits were counted, but {said}."
            )


def _tip_outside(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    for side in SIDES:
        for needle, distance in record.glands[side].capsule.items():
            if distance.distance_um < 0:
                outside = millimetres(-distance.distance_um)
                yield gland_of(record, side), f"mark.{needle}", (
                    f"{side.capitalize()} gland: the needle's tip lies {outside} outside the contour, in the image "
                    "plane; look at both marks."
                )


def _tip_unseen(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    for side in SIDES:
        gland = record.glands[side]
        passes = [placed.mark for placed in gland.marks if isinstance(placed.mark, Needle | OutOfPlaneNeedle)]
        # With several passes one tip that was seen is enough for the answer.
        unseen = bool(passes) and all(one.tip_visibility == "not_seen" for one in passes)
        if unseen and gland.facts.get("injected") == "yes" and gland.facts.get("tip_in_gland") == "yes":
            yield gland_of(record, side), "tip_in_gland", (
                f"{side.capitalize()} gland: the tip is said to be in the gland, but it was not seen; "
                "look at the needle and the answer."
            )


def _repeat_spread(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    for side in SIDES:
        try:
            spreads = repeat_spreads(record.glands[side].marks)
        except MarkRefused:
            continue  # what cannot be measured is said where it lies
        for axis, spread in spreads.items():
            if spread.is_flagged:
                apart = f"{millimetres(spread.difference_um)} apart (CV {spread.cv_words})"
                yield gland_of(record, side), f"caliper.{axis}", (
                    f"{side.capitalize()} gland: the repeats of the {axis} lie {apart}; look at each of them."
                )


def _volume_doubt(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    for side in SIDES:
        for name, volume in record.glands[side].gland_volumes.items():
            if volume.warnings:
                sentence = f"{side.capitalize()} gland: {' '.join(volume.warnings)}"
                yield gland_of(record, side), f"volume.{name}", sentence


def _deposits(gland: GlandRecord) -> list[tuple[PlacedMark, Deposit]]:
    return [(placed, placed.mark) for placed in gland.marks if isinstance(placed.mark, Deposit)]


def _typed_volumes(gland: GlandRecord) -> list[int]:
    typed = gland.facts.get("deposit_volumes_ul")
    return [one for one in typed if isinstance(one, int)] if isinstance(typed, list) else []


def _deposit_volumes(gland: GlandRecord) -> tuple[str, list[int], bool]:
    """The field, the known volumes, and whether none is unknown: of the marks where one has a volume, else as typed."""
    deposits = _deposits(gland)
    known = [mark.volume.ul for _, mark in deposits if isinstance(mark.volume, Microlitres)]
    if known:
        return f"mark.{deposits[0][0].mark_id}", known, len(known) == len(deposits)
    return "deposit_volumes_ul", _typed_volumes(gland), True


MARK_RULES: dict[str, Rule] = {
    "deposit_volume": _deposit_volume,
    "deposit_sum": _deposit_sum,
    "deposit_count": _deposit_count,
    "tip_outside": _tip_outside,
    "tip_unseen": _tip_unseen,
    "repeat_spread": _repeat_spread,
    "volume_doubt": _volume_doubt,
}
