"""What in a record departs from the protocol, found in the record itself; what people report besides is an act.

Pure. Each finding names the fields that made it, so that whoever lists it can say since when it is known. It judges
nothing: a reason that was given stands beside the deviation and does not undo it.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from injection_log.ledger.event import Subject
from injection_log.protocol.fields import CATALOGUE
from injection_log.protocol.protocol import Protocol
from injection_log.record.checks import Around, cautions, findings, outside_soft_limits
from injection_log.record.reading import gland_subject, visit_subject
from injection_log.record.rendering import fact_in_words, sections_of
from injection_log.record.values import SIDES, GlandRecord, VisitRecord
from injection_log.words import volume_figures

REPORTED: dict[str, str] = {
    "consent": "consent",
    "eligibility": "eligibility",
    "visit_window": "visit outside its window",
    "procedure": "procedure not as planned",
    "volume": "volume",
    "kit": "kit or syringe",
    "images": "images",
    "timing": "time or order of the steps",
    "blinding": "blinding",
    "documentation": "documentation",
    "other": "other",
}
"""What a person can report, as a choice; the words beside it say what happened."""
DERIVED: dict[str, str] = {
    "volume_outside": "volume outside the planned range",
    "not_injected": "gland not injected",
    "tip_outside": "tip of the needle not in the gland",
    "not_done": "visit not done",
    "withdrawn": "visit withdrawn",
    "late_entry": "late entry",
    "kit_problem": "kit or syringe",
    "check_left_out": "check before the procedure not done",
    "images_missing": "images have not come",
    "signed_by_exception": "signed by exception",
    "unblinding": "unblinding that was not planned",
    "not_described": "deviation said, not described",
}
"""What the program finds in the records."""
_CHECKS_BEFORE = ("consent_confirmed", "allergy_checked", "anticoagulant_checked")
_VOLUME_FIELDS = ("fact.volume_loaded_ul", "fact.volume_residual_ul", "fact.volume_spilled_ul", "fact.volume_reason")


@dataclass(frozen=True)
class Departure:
    """One departure: its kind (a key of DERIVED), the subject and the stored fields that made it, the sentence."""

    kind: str
    subject: Subject
    fields: tuple[str, ...]
    sentence: str


def departures(record: VisitRecord, protocol: Protocol, around: Around, *, is_over: bool) -> tuple[Departure, ...]:
    """Give what departs from the protocol in one visit.

    `is_over`: the day of the visit is longer ago than late entries may be, so images that have not come are late.
    """
    visit = visit_subject(record.participant, record.visit)
    if record.withdrawn is not None:
        return (Departure("withdrawn", visit, ("withdrawn",), f"The visit was withdrawn: {record.withdrawn.reason}"),)
    if record.not_done is not None:
        return (Departure("not_done", visit, ("not_done",), f"The visit was not done: {record.not_done.reason}"),)
    found = [*_of_visit(record, visit), *_kits(record, protocol, around), *_images(record, visit, is_over=is_over)]
    for side in SIDES:
        found.extend(_of_gland(record, record.glands[side], protocol))
    return tuple(found)


def _of_visit(record: VisitRecord, visit: Subject) -> Iterator[Departure]:
    for name in _CHECKS_BEFORE:
        if record.facts.get(name) == "no":
            yield Departure("check_left_out", visit, (f"fact.{name}",), f"{CATALOGUE[name].title}: no.")
    if record.facts.get("kit_intact") == "no":
        yield Departure("kit_problem", visit, ("fact.kit_intact",), "The kit or its seal was not intact.")
    for name, minutes in record.late_minutes.items():
        yield _late(visit, name, minutes, _answer(record.facts.get("visit_late_reason"), "visit_late_reason"))


def _of_gland(record: VisitRecord, gland: GlandRecord, protocol: Protocol) -> Iterator[Departure]:
    subject, name = gland_subject(record.participant, record.visit, gland.side), f"{gland.side.capitalize()} gland"
    facts = gland.facts
    if facts.get("injected") == "no":
        reason = _answer(facts.get("not_done_reason"), "not_done_reason")
        sentence = f"{name}: not injected; {reason}."
        yield Departure("not_injected", subject, ("fact.injected", "fact.not_done_reason"), sentence)
    if facts.get("injected") == "yes" and gland.volumes is not None and outside_soft_limits(gland.volumes, protocol):
        lowest, highest = map(volume_figures, protocol.volume.soft_ul)
        yield Departure("volume_outside", subject, _VOLUME_FIELDS, (
            f"{name}: {volume_figures(gland.volumes.injected_ul)} injected, planned is {lowest} to {highest}; "
            f"{_answer(facts.get('volume_reason'), 'volume_reason')}."
        ))
    if facts.get("injected") == "yes" and facts.get("tip_in_gland") == "no":
        yield Departure("tip_outside", subject, ("fact.tip_in_gland",), f"{name}: the tip was not in the gland.")
    for field, minutes in gland.late_minutes.items():
        yield _late(subject, field, minutes, _answer(facts.get("late_reason"), "late_reason"))
    yield from _exceptions(record, gland, (subject, name))


def _exceptions(record: VisitRecord, gland: GlandRecord, place: tuple[Subject, str]) -> Iterator[Departure]:
    """What was signed although something was not as it should be: allowed, and to be known."""
    (subject, name), signed = place, gland.signature
    if signed is None:
        return
    rows = dict(row for section in sections_of(signed.rendering) if section.title == "Pictures" for row in section.rows)
    if rows.get("Images", "").startswith("pending"):
        sentence = f"{name}: signed while its images were pending."
        yield Departure("signed_by_exception", subject, ("signature",), sentence)
    for caution in cautions(record, gland.side):
        sentence = f"{name}: signed with something to look at: {caution.sentence}"
        yield Departure("signed_by_exception", subject, ("signature",), sentence)


def _kits(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[Departure]:
    for one in findings(record, protocol, around):
        if one.check in ("kit_reuse", "syringe_reuse"):
            yield Departure("kit_problem", one.subject, (f"fact.{one.field}",), one.sentence.partition(";")[0] + ".")


def _images(record: VisitRecord, visit: Subject, *, is_over: bool) -> Iterator[Departure]:
    if record.images_pending and not record.images and is_over:
        why = record.images_pending.replace("_", " ")
        yield Departure("images_missing", visit, ("images_pending",), f"The images have not come ({why}).")


def _late(subject: Subject, field: str, minutes: int, reason: str) -> Departure:
    title = CATALOGUE[field].title if field in CATALOGUE else field.replace("_", " ")
    name = f"{subject.gland.capitalize()} gland: " if subject.gland else ""
    hours, rest = divmod(minutes, 60)
    sentence = f"{name}{title} was entered {hours} h {rest} min after it; {reason}."
    return Departure("late_entry", subject, (f"late.{field}",), sentence)


def _answer(value: object, name: str) -> str:
    """The reason that was chosen, in words."""
    return f"reason: {fact_in_words(CATALOGUE[name], str(value))}" if value else "no reason given yet"
