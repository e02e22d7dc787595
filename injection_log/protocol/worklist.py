"""Which planned examinations of the hospital's worklist mean which visit: rules that stand in the protocol file.

    [[visit.worklist]]
    RequestedProcedureDescription = 'spytkirtel.*injektion'
    ScheduledStationAETitle = 'US1'

All patterns of one table have to be found; of several tables one is enough. Patterns are looked for anywhere in the
value and in any case of letters. No rule can ask for a patient's name or id: participants are known by their link.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from injection_log.errors import ProtocolRefused

ATTRIBUTES = frozenset({
    "RequestedProcedureDescription", "RequestedProcedureID", "RequestedProcedureCodeSequence",
    "ScheduledProcedureStepDescription", "ScheduledProcedureStepID", "ScheduledProtocolCodeSequence",
    "ScheduledProcedureStepLocation", "ScheduledStationAETitle", "ScheduledStationName", "Modality",
})
"""DICOM keywords that a rule may look at. Sequences of codes are read as VALUE^SCHEME^MEANING of their first code."""


@dataclass(frozen=True)
class WorklistRule:
    """Patterns by DICOM keyword, all of which have to be found in an entry of the worklist."""

    patterns: tuple[tuple[str, str], ...]

    def fits(self, facts: Mapping[str, str]) -> bool:
        """Whether an entry is of this kind; a fact that was not said is empty."""
        return all(re.search(pattern, facts.get(name, ""), re.IGNORECASE) for name, pattern in self.patterns)


def read_rules(rows: Any, where: str) -> tuple[WorklistRule, ...]:
    """Make rules of what stands under [[visit.worklist]]. Raises ProtocolRefused."""
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not all(isinstance(row, dict) for row in rows):
        raise ProtocolRefused(f"{where} each worklist rule is written as a table of its own, [[visit.worklist]].")
    return tuple(WorklistRule(tuple(_patterns(row, where))) for row in rows)


def _patterns(row: Mapping[str, Any], where: str) -> list[tuple[str, str]]:
    if not row:
        raise ProtocolRefused(f"{where} a rule of the worklist is empty and would fit everybody; add a pattern.")
    for name, pattern in row.items():
        if name not in ATTRIBUTES:
            known = ", ".join(sorted(ATTRIBUTES))
            raise ProtocolRefused(f"{where} a rule of the worklist may not look at '{name}'; it may at {known}.")
        if not isinstance(pattern, str) or not pattern.strip():
            raise ProtocolRefused(f"{where} the worklist pattern of {name} must be a text that is not empty.")
        try:
            re.compile(pattern)
        except re.error as error:
            raise ProtocolRefused(f"{where} the worklist pattern of {name} is not a valid pattern: {error}.") from error
        if re.search(pattern, ""):
            raise ProtocolRefused(f"{where} the worklist pattern of {name} fits an empty value; make it say something.")
    return sorted(row.items())
