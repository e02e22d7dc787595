"""The comparisons: each rule takes a visit, the protocol and what is around, and gives what does not fit.

Pure. Every bound is inside: what lies exactly on it fits. A rule without the values it compares finds nothing:
what is missing is said by `owed`.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from annotate.marks import Side
from annotate.volume import GlandSize
from injection_log.ledger.event import Json, Subject
from injection_log.protocol.protocol import Protocol
from injection_log.record.checks.around import Around
from injection_log.record.checks.mark_rules import MARK_RULES
from injection_log.record.checks.owed import pictures_of
from injection_log.record.checks.places import Found, Rule, gland_of, injected, visit_of
from injection_log.record.values import SIDES, VisitRecord
from injection_log.words import volume_figures

_PAIRS = {
    "procedure": ("procedure_start", "procedure_end"), "injection": ("injection_start", "injection_end"),
}
_SIDE_OF_HEADER: dict[str, Side] = {"R": "right", "L": "left"}


def _volume_hard_limit(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del around
    lowest, highest = protocol.volume.hard_ul
    for gland, name, injected_ul in injected(record):
        assert gland.volumes is not None  # only whole balances come here
        if not lowest <= injected_ul <= highest:
            yield gland_of(record, gland.side), "volume_loaded_ul", (
                f"{name}: {volume_figures(injected_ul)} injected; the protocol allows {volume_figures(lowest)} to "
                f"{volume_figures(highest)}."
            )
        if gland.volumes.loaded_ul > protocol.volume.syringe_ul:
            yield gland_of(record, gland.side), "volume_loaded_ul", (
                f"{name}: more was loaded than the syringe holds ({volume_figures(protocol.volume.syringe_ul)})."
            )


def _times_crossed(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    for name, (start, end) in _PAIRS.items():
        for subject, facts in _levels(record):
            if _minutes(facts, start, end) < 0:
                yield subject, end, f"{_of(subject)}the {name} ends before it starts; correct one of the two times."


def _volume_balance(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del around
    for gland, name, injected_ul in injected(record):
        read_ul = gland.facts.get("volume_read_ul")
        if isinstance(read_ul, int) and abs(read_ul - injected_ul) > protocol.checks.balance_tolerance_ul:
            yield gland_of(record, gland.side), "volume_read_ul", (
                f"{name}: {volume_figures(read_ul)} was read as injected, but loaded - residual - spilled is "
                f"{volume_figures(injected_ul)}."
            )


def _duration(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del around
    shortest, longest = protocol.checks.injection_minutes
    start, end = _PAIRS["injection"]
    for side in SIDES:
        facts = record.glands[side].facts
        if facts.get("injected") != "yes" or not (facts.get(start) and facts.get(end)):
            continue
        took = _minutes(facts, start, end)
        if took >= 0 and not shortest <= took <= longest:
            yield gland_of(record, side), end, (
                f"{side.capitalize()} gland: the injection took {took} minutes; expected are {shortest} to {longest}."
            )


def _side_ratio(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del around
    sizes = [record.glands[side].size for side in SIDES]
    volumes_ul = [size.volume_ul for size in sizes if isinstance(size, GlandSize)]
    if len(volumes_ul) < len(SIDES):
        return
    smaller, larger = sorted(volumes_ul)
    if larger * 100 > smaller * protocol.checks.side_ratio_percent:
        right, left = map(volume_figures, volumes_ul)
        yield visit_of(record), "size", (
            f"The glands are of unlike size (right {right}, left {left}): more than "
            f"{protocol.checks.side_ratio_percent} %; look at the calipers of both."
        )


def _gland_volume(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del around
    if protocol.checks.gland_volume_ul is None:
        return
    lowest, highest = protocol.checks.gland_volume_ul
    for side in SIDES:
        size = record.glands[side].size
        if isinstance(size, GlandSize) and not lowest <= size.volume_ul <= highest:
            yield gland_of(record, side), "size", (
                f"{side.capitalize()} gland: a volume of {volume_figures(size.volume_ul)} is not plausible; expected "
                f"is {volume_figures(lowest)} to {volume_figures(highest)}."
            )


def _kit_reuse(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    code, here = record.facts.get("kit_code"), visit_of(record)
    for other in around.kits.get(str(code), ()) if code else ():
        if other != here:
            whose = "this participant" if other.participant == record.participant else other.participant
            yield here, "kit_code", (
                f"This kit is also recorded for {whose}, {_title(protocol, other.visit)}; scan the kit again."
            )


def _syringe_reuse(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    for side in SIDES:
        facts, here = record.glands[side].facts, gland_of(record, side)
        code = facts.get("syringe_code") if facts.get("injected") != "no" else None
        for other in around.syringes.get(str(code), ()) if code else ():
            if other != here:
                whose = "this participant" if other.participant == record.participant else other.participant
                yield here, "syringe_code", (
                    f"{side.capitalize()} gland: this syringe is also recorded for {whose}, "
                    f"{_title(protocol, other.visit)}, {other.gland} gland; scan the syringe again."
                )


def _side_mismatch(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    for side in SIDES:
        for image in pictures_of(record, side):
            says = _SIDE_OF_HEADER.get(image.laterality)
            if says is not None and says != side:
                yield gland_of(record, side), f"image.{image.sop_instance_uid}", (
                    f"{side.capitalize()} gland: a picture it is measured on says {says.upper()} in its header; "
                    "check the side."
                )


def _image_day(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    others = [image for image in record.images if image.is_of_day is False]
    for number, image in enumerate(record.images, start=1):
        if image in others:
            what = f"{image.plane} picture" if image.plane else "picture"
            yield visit_of(record), f"image.{image.sop_instance_uid}", (
                f"Picture {number} ({what} of this visit) was taken on another day than the visit; check the study."
            )


def _images_pending(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Found]:
    del protocol, around
    if record.images_pending and not record.images:
        yield visit_of(record), "images", "The images of this visit have not come yet; pull or import them."


def _levels(record: VisitRecord) -> Iterator[tuple[Subject, Mapping[str, Json]]]:
    yield visit_of(record), record.facts
    for side in SIDES:
        yield gland_of(record, side), record.glands[side].facts


def _minutes(facts: Mapping[str, Json], start: str, end: str) -> int:
    """Whole minutes from start to end, negative when they are crossed; 0 where one of them is not recorded."""
    if not (facts.get(start) and facts.get(end)):
        return 0
    began, ended = (datetime.fromisoformat(str(facts[name])) for name in (start, end))
    return (ended - began) // timedelta(minutes=1)


def _of(subject: Subject) -> str:
    return f"{subject.gland.capitalize()} gland: " if subject.gland else "Visit: "


def _title(protocol: Protocol, visit: str) -> str:
    return protocol.visits[visit].title if visit in protocol.visits else visit


RULES: dict[str, Rule] = {
    "volume_hard_limit": _volume_hard_limit,
    "times_crossed": _times_crossed,
    "volume_balance": _volume_balance,
    "duration": _duration,
    "side_ratio": _side_ratio,
    "gland_volume": _gland_volume,
    "kit_reuse": _kit_reuse,
    "syringe_reuse": _syringe_reuse,
    "side_mismatch": _side_mismatch,
    "image_day": _image_day,
    "images_pending": _images_pending,
    **MARK_RULES,
}
"""Rules by the name of their check. `missing`, the owed reasons and `picture_doubt` are found in `owed`."""
