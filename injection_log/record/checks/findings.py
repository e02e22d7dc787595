"""What the checks find in one visit, in the order of the catalogue: each finding with its check's name and version.

Pure. What is owed becomes a finding too, so that one list says everything; what is compared is in `rules`.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from injection_log.ledger.event import Subject
from injection_log.protocol.protocol import Protocol
from injection_log.record.checks import rules
from injection_log.record.checks.around import Around
from injection_log.record.checks.catalogue import CHECKS, Severity
from injection_log.record.checks.owed import Missing, cautions, missing
from injection_log.record.checks.places import Found, gland_of, visit_of
from injection_log.record.values import SIDES, VisitRecord

_CHECK_OF_REASON = {
    "volume_reason": "volume_soft_limit", "late_reason": "late_entry", "visit_late_reason": "late_entry",
}
"""An owed reason is what the check of that name finds; everything else that is owed is `missing`."""


@dataclass(frozen=True)
class Finding:
    """What one check found: about which subject (visit or gland) and field, and the sentence to show.

    `field` is the name of a fact where it is about one, as the form has it; else `mark.ID`, `size`, `images`,
    `image.UID`, `caliper.AXIS`, `needle_mark` or `identifiers_confirmed`.
    """

    check: str
    version: int
    severity: Severity
    subject: Subject
    field: str
    sentence: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What makes it the same finding tomorrow: check, subject and field."""
        return (self.check, self.subject.key, self.field)


def findings(record: VisitRecord, protocol: Protocol, around: Around) -> tuple[Finding, ...]:
    """Give everything that the checks find in a visit and its two glands."""
    found = [_finding(name, one) for name, one in _all(record, protocol, around)]
    order = list(CHECKS)
    return tuple(sorted(found, key=lambda one: order.index(one.check)))


def _all(record: VisitRecord, protocol: Protocol, around: Around) -> Iterator[tuple[str, Found]]:
    for one in missing(record, protocol):
        yield _CHECK_OF_REASON.get(one.field, "missing"), _owed(record, one)
    for side in SIDES:
        for doubt in cautions(record, side):
            yield "picture_doubt", (gland_of(record, side), f"image.{doubt.sop_instance_uid}", doubt.sentence)
    for name, rule in rules.RULES.items():
        for found in rule(record, protocol, around):
            yield name, found


def _finding(name: str, found: Found) -> Finding:
    check, (subject, field, sentence) = CHECKS[name], found
    return Finding(check.name, check.version, check.severity, subject, field, sentence)


def _owed(record: VisitRecord, one: Missing) -> Found:
    match one.step:
        case "right" | "left":
            return gland_of(record, one.step), one.field, one.sentence
        case _:
            return visit_of(record), one.field, one.sentence
