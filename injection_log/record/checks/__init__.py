"""What a record owes and what in it does not fit together: the checks of the protocol, each with a name and a version.

Pure. `owed` says what must be there before a signature, `rules` compares what is there, `catalogue` lists every check
with what it compares. None of them changes a value; only what is owed stands in the way of a signature.
"""
from __future__ import annotations

from injection_log.record.checks.around import KIT_CODE, NOTHING_AROUND, SYRINGE_CODE, Around, around_of
from injection_log.record.checks.catalogue import CHECKS, Check, Severity
from injection_log.record.checks.findings import Finding, findings
from injection_log.record.checks.owed import (
    Caution,
    Missing,
    Step,
    cautions,
    gland_is_complete,
    is_asked,
    measured_with_another_scale,
    missing,
    outside_soft_limits,
    pictures_of,
)

__all__ = [
    "CHECKS",
    "KIT_CODE",
    "NOTHING_AROUND",
    "SYRINGE_CODE",
    "Around",
    "Caution",
    "Check",
    "Finding",
    "Missing",
    "Severity",
    "Step",
    "around_of",
    "cautions",
    "findings",
    "gland_is_complete",
    "is_asked",
    "measured_with_another_scale",
    "missing",
    "outside_soft_limits",
    "pictures_of",
]
