"""Running numbers that never change, reckoned from the log: marks within a gland, pictures within a visit.

Pure; it is given the events one by one, in order. A mark has the number under which it was first placed: one that was
taken out keeps its number unused, and one that was put back has it again. Nothing is stored for it.
"""
from __future__ import annotations

from dataclasses import dataclass, field

from injection_log.ledger.event import Event, Json
from injection_log.record.event_sentences import group_of
from injection_log.record.event_words import DATA_GROUPS
from injection_log.record.reading import visit_subject

_MARK, _IMAGE = "mark.", "image."
_GROUPS = DATA_GROUPS | {"signature"}
_FAMILIES = {
    "caliper": "caliper", "needle_in_plane": "needle", "needle_out_of_plane": "needle", "contour": "contour",
    "deposit": "deposit", "structure": "structure",
}
MEASURING = frozenset({"caliper", "needle", "contour"})
"""Families of marks that measure something by themselves."""


@dataclass(frozen=True)
class MarkNumber:
    """Where a mark stands in its gland: among those of its family, and among those that measure (0: it does not).

    `event` is the number of the event that placed it first.
    """

    family: str
    number: int
    measurement: int
    event: int


@dataclass
class LogNumbers:
    """What the events so far say of numbers; ask after the last one was taken."""

    marks: dict[str, dict[str, MarkNumber]] = field(default_factory=dict)
    images: dict[str, dict[str, int]] = field(default_factory=dict)
    signatures: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """By subject, time of signing and digest of the text: the event that holds a signature, review or addition."""
    last_events: dict[tuple[str, str], int] = field(default_factory=dict)
    """By participant and visit: the last event that changed it or one of its glands, or signed it: no export does."""

    def take(self, event: Event) -> None:
        """The next event of the log."""
        subject = event.subject
        if subject.visit and event.changes and group_of(event.kind) in _GROUPS:
            self.last_events[subject.participant, subject.visit] = event.sequence
        for change in event.changes:
            if change.new is None:
                continue
            if subject.kind == "gland" and change.field.startswith(_MARK):
                self._mark(event, change.field.removeprefix(_MARK), change.new)
            elif subject.kind == "visit" and change.field.startswith(_IMAGE):
                images = self.images.setdefault(subject.key, {})
                images.setdefault(change.field.removeprefix(_IMAGE), len(images) + 1)
            elif subject.kind == "gland" and isinstance(change.new, dict) and "record_sha256" in change.new:
                said = (subject.key, str(change.new.get("signed_at")), str(change.new["record_sha256"]))
                self.signatures.setdefault(said, event.sequence)

    def mark(self, gland_key: str, mark_id: str) -> MarkNumber:
        """The numbers of a mark; those of one whose placing can no longer be read (it was blanked) are 0."""
        return self.marks.get(gland_key, {}).get(mark_id, MarkNumber("", 0, 0, 0))

    def image(self, participant: str, visit: str, sop_instance_uid: str) -> int:
        """The number of a picture in its visit, from 1 in the order in which they joined it; 0 where blanked."""
        return self.images.get(visit_subject(participant, visit).key, {}).get(sop_instance_uid, 0)

    def _mark(self, event: Event, mark_id: str, stored: Json) -> None:
        known = self.marks.setdefault(event.subject.key, {})
        mark = stored.get("mark") if isinstance(stored, dict) else None
        if mark_id in known or not isinstance(mark, dict):
            return
        family = _FAMILIES.get(str(mark.get("type")), "")
        before = [one.family for one in known.values()]
        measuring = sum(one in MEASURING for one in before) + 1 if family in MEASURING else 0
        known[mark_id] = MarkNumber(family, before.count(family) + 1, measuring, event.sequence)
