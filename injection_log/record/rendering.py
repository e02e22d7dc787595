"""The text of one gland record that a person reads, signs and that is hashed.

Pure: the same record gives the same text, byte for byte. `RENDERING` names the form; when the form changes the
number does too, so that an old signature is never checked against a new form.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from annotate.marks import Axis, Caliper, Contour, Deposit, Mark, Needle, OutOfPlaneNeedle, PlacedMark, Side, Structure
from annotate.readout import (
    BY_HAND,
    STRUCTURE_WORDS,
    capsule_words,
    deposit_words,
    exact_millimetres,
    millilitres,
    millimetres,
    value_words,
)
from annotate.repeats import repeat_spreads
from annotate.stored_marks import mark_to_json
from annotate.uncertainty import PerCaliper, ReadingError
from annotate.volume import GlandSize, IncompleteSize
from dicom_io.calibration import Point
from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Json
from injection_log.protocol.fields import Field, Level
from injection_log.protocol.protocol import Measuring, Protocol
from injection_log.record.checks import is_asked, pictures_of
from injection_log.record.origins import origins
from injection_log.record.scales import SetByHand
from injection_log.record.signed_text import Section, sections_of, with_changes
from injection_log.record.values import GlandRecord, VisitRecord
from injection_log.words import volume_figures, volume_in_words

__all__ = ["RENDERING", "Rendering", "Section", "fact_in_words", "render", "rendering_of", "sections_of"]

RENDERING = "gland record, form 3"
"""Form 1 had no errors of lengths and volumes, and nothing on scales set by hand or cross-checked; form 2 knew no
amendments, transcriptions or late entries.
"""
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Rendering:
    """What is shown for signing. `sha256` is the digest of `text` in UTF-8."""

    sections: tuple[Section, ...]
    text: str
    sha256: str


def render(record: VisitRecord, side: Side, protocol: Protocol) -> Rendering:
    """Render one gland record."""
    return rendering_of(RENDERING, with_changes(record.glands[side], _sections(record, record.glands[side], protocol)))


def rendering_of(form: str, sections: Iterable[Section]) -> Rendering:
    """Put sections into the text that is signed, below the name of its form; sections without rows are left out."""
    sections = tuple(section for section in sections if section.rows)
    lines = [form]
    for section in sections:
        lines.append("")
        lines.append(section.title)
        lines.extend(f"  {label}: {value}" for label, value in section.rows)
    text = "\n".join(lines) + "\n"
    return Rendering(sections, text, hashlib.sha256(text.encode("utf-8")).hexdigest())


def _sections(record: VisitRecord, gland: GlandRecord, protocol: Protocol) -> Iterator[Section]:
    yield Section("Record", (
        ("Gland", f"{gland.side.upper()} submandibular gland"),
        ("Participant", record.participant),
        ("Visit", f"{record.visit_title}, {record.day.isoformat()}"),
        ("Protocol", f"{protocol.id} {protocol.version} ({protocol.sha256[:12]})"),
        ("Version of this record", str(gland.version)),
        ("Two identifiers compared", "yes" if record.identifiers_confirmed else "no"),
        *origins(record, gland),
    ))
    yield Section("Procedure", tuple(_facts(protocol, record.visit, "visit", record.facts)))
    yield Section("Gland", tuple(_facts(protocol, record.visit, "gland", gland.facts)))
    yield Section("Volume", tuple(_volumes(gland)))
    yield Section("Size", tuple(size_rows(gland, protocol.measuring)))
    yield Section("Needle", tuple(needle_rows(gland, protocol.reading_error)))
    yield Section("Deposits", tuple(deposit_rows(gland)))
    yield Section("Scale", tuple(scale_rows(record, gland)))
    yield Section("Pictures", tuple(picture_rows(record, gland)))


def _facts(protocol: Protocol, visit: str, level: Level, facts: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for field in protocol.fields_for(visit, level):
        value = facts.get(field.name)
        if value in (None, "", []) or not is_asked(field, facts):
            continue
        yield field.title, fact_in_words(field, value)


def fact_in_words(field: Field, value: Json) -> str:
    """Write a stored value as a person reads it: titles of choices, millilitres, time of day with offset."""
    if field.kind == "volume" and isinstance(value, int):
        return volume_figures(value)
    if field.kind == "volumes" and isinstance(value, list):
        return " + ".join(volume_figures(int(str(one))) for one in value)
    if field.kind == "length" and isinstance(value, int):
        return exact_millimetres(value)
    if field.kind == "time":
        day, clock = str(value).split("T")
        return f"{clock[:5]} (UTC{clock[8:]}), {day}"
    titles = {choice.value: choice.title for choice in field.choices}
    if isinstance(value, list):
        return ", ".join(titles.get(str(one), str(one)) for one in value)
    return titles.get(str(value), str(value))


def _volumes(gland: GlandRecord) -> Iterator[tuple[str, str]]:
    volumes = gland.volumes
    if volumes is None or gland.facts.get("injected") != "yes":
        return
    yield "Planned", volume_figures(volumes.planned_ul)
    yield "INJECTED", f"{volume_figures(volumes.injected_ul)} ({volume_in_words(volumes.injected_ul)})"
    yield "Reckoned as", "loaded - residual - spilled"


def size_rows(gland: GlandRecord, measuring: Measuring) -> Iterator[tuple[str, str]]:
    size = gland.size
    means = _means(size)
    spreads = repeat_spreads(gland.marks) if measuring.repeats > 1 else {}
    for axis, mean_um in means.items():
        repeats = size.repeats.get(axis, 1)
        mean = f", mean of {repeats}" if repeats > 1 else ""
        yield axis.capitalize(), "".join(
            (millimetres(mean_um, size.errors_um[axis]), mean, _by_hand(axis in size.by_hand), _helped(gland, axis))
        )
        if axis in spreads:
            spread = spreads[axis]
            yield f"{axis.capitalize()}, repeats", f"{millimetres(spread.difference_um)} apart, CV {spread.cv_words}"
    if isinstance(size, GlandSize):
        volume = millilitres(size.volume_ul, size.volume_error_ul)
        yield "Gland volume", f"{volume} (ellipsoid, pi/6 x length x width x depth){_by_hand(bool(size.by_hand))}"
    for name, other in gland.gland_volumes.items():
        words = (f"{other.basis} (version {other.version})", *other.warnings)
        yield f"Gland volume, {name.replace('_', ' ')}", f"{millilitres(other.volume_ul)}: {'; '.join(words)}"
    if means:
        yield "Reading error", _reading_words(measuring.reading_error)


def _means(size: GlandSize | IncompleteSize) -> dict[Axis, int]:
    if isinstance(size, GlandSize):
        return {"length": size.length_um, "width": size.width_um, "depth": size.depth_um}
    return dict(size.means_um)


def _by_hand(is_by_hand: bool) -> str:
    return f"; {BY_HAND}" if is_by_hand else ""


def _helped(gland: GlandRecord, axis: Axis) -> str:
    calipers = [one for one in gland.marks if isinstance(one.mark, Caliper) and one.mark.axis == axis]
    return "; assisted" if any(one.mark_id in gland.assisted for one in calipers) else ""


def _reading_words(reading: ReadingError) -> str:
    if isinstance(reading, PerCaliper):
        return f"{millimetres(reading.error_um)} a caliper, by the protocol"
    return "half a pixel at each end of a caliper"


def needle_rows(gland: GlandRecord, reading: ReadingError) -> Iterator[tuple[str, str]]:
    needles = [placed for placed in gland.marks if isinstance(placed.mark, Needle | OutOfPlaneNeedle)]
    for number, placed in enumerate(needles, start=1):
        name = "Needle" if len(needles) == 1 else f"Needle, pass {number}"
        around = gland.capsule.get(placed.mark_id)
        inside = f"; {capsule_words(around.distance_um)}" if around else ""
        helped = "; assisted" if placed.mark_id in gland.assisted else ""
        yield name, value_words(placed, reading).removeprefix("needle ") + inside + helped


def deposit_rows(gland: GlandRecord) -> Iterator[tuple[str, str]]:
    deposits = [placed.mark for placed in gland.marks if isinstance(placed.mark, Deposit)]
    for number, deposit in enumerate(deposits, start=1):
        yield f"Deposit {number}", deposit_words(deposit)


def scale_rows(record: VisitRecord, gland: GlandRecord) -> Iterator[tuple[str, str]]:
    """Scales that a person set, and cross-checks, of every picture that this gland is measured on.

    Each under a label of its own, so that none hides another where rows are kept by label.
    """
    seen: dict[str, int] = {}
    for label, value in _scale_rows(record, gland):
        seen[label] = seen.get(label, 0) + 1
        yield label if seen[label] == 1 else f"{label} {seen[label]}", value


def _scale_rows(record: VisitRecord, gland: GlandRecord) -> Iterator[tuple[str, str]]:
    for image in pictures_of(record, gland.side):
        uid = image.sop_instance_uid
        by_hand = image.hand_scale
        if by_hand is not None and any(one.on.sop_instance_uid == uid and one.scale.is_by_hand for one in gland.marks):
            part = max((by_hand.scale.relative_error * 100).quantize(_TENTH), _TENTH)  # an error is never nothing
            yield BY_HAND, f"image {uid}, frame {by_hand.by.frame + 1}: {_rulers(by_hand)}, within {part} %"
        for check in image.scale_checks:
            warning = "; DIFFERS BY MORE THAN READING EXPLAINS" if check.checked.is_beyond else ""
            yield "Cross-check", f"image {uid}, frame {check.by.frame + 1}: {check.words}{warning}"


def _rulers(by_hand: SetByHand) -> str:
    drawn = " and ".join(
        f"({line.start.row:.1f}, {line.start.column:.1f}) to ({line.end.row:.1f}, {line.end.column:.1f}) = "
        f"{millimetres(line.length_um)}"
        for line in by_hand.hand.lines
    )
    return f"{by_hand.scale.source}; {drawn}, pixels as (row, column)"


def picture_rows(record: VisitRecord, gland: GlandRecord) -> Iterator[tuple[str, str]]:
    if record.images_pending and not record.images:
        yield "Images", f"pending ({record.images_pending.replace('_', ' ')})"
    numbers: dict[tuple[str, int, str], int] = {}
    for placed in gland.marks:
        on, mark = placed.on, placed.mark
        picture = (on.sop_instance_uid, on.frame, placed.scale.source)
        if picture not in numbers:
            numbers[picture] = len(numbers) + 1
            yield f"Picture {numbers[picture]}", _picture(placed)
        helped = f"; {gland.assisted[placed.mark_id].words}" if placed.mark_id in gland.assisted else ""
        yield _name(mark), f"{_points(mark)} on picture {numbers[picture]}, pixels as (row, column){helped}"


def _picture(placed: PlacedMark) -> str:
    on, scale = placed.on, placed.scale
    return (
        f"image {on.sop_instance_uid}, frame {on.frame + 1}, pixel data {on.digests.pixel_data[:16]}; {scale.source}, "
        f"{scale.mm_per_px_row} mm per row, {scale.mm_per_px_column} mm per column"
    )


def _name(mark: Mark) -> str:
    match mark:
        case Caliper():
            return mark.axis.capitalize()
        case Needle() | OutOfPlaneNeedle():
            return "Needle"
        case Contour():
            return "Contour"
        case Deposit():
            return "Deposit"
        case Structure():
            return STRUCTURE_WORDS[mark.kind].capitalize()


def _points(mark: Mark) -> str:
    match mark:
        case Caliper():
            ends: tuple[Point, ...] = (mark.start, mark.end)
        case Needle():
            ends = (mark.entry, mark.tip)
        case OutOfPlaneNeedle():
            ends = (mark.tip,)
        case Deposit() | Structure():
            ends = (mark.at,)
        case Contour():
            # hundreds of points are no reading matter: the digest binds them to what is signed
            digest = hashlib.sha256(canonical_bytes(mark_to_json(mark))).hexdigest()[:16]
            return f"outline of {len(mark.points)} points, SHA-256 {digest},"
    return " to ".join(f"({point.row:.1f}, {point.column:.1f})" for point in ends)
