"""What a review of the audit trail looks at first: late entries, edits after signing, many edits, failed log-ins.

Hints and no judgement: each says what was counted and where to look. Sources: ICH E6(R3) 4.2.2 and the EMA guideline
on computerised systems (2023), which ask for a risk-based review of the trail.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from injection_log.acts.audit import EVERYTHING, AuditFilter, audit_lines, groups_for
from injection_log.record.event_words import DATA_GROUPS, Group

if TYPE_CHECKING:
    from injection_log.acts.history import HistoryLine
    from injection_log.site import Session

MANY_EDITS = 10
"""So many recorded values that one person changed again, on one day and in one record, are told."""
FAILURES_IN_A_ROW = 3
HintKind = Literal["late_entry", "edit_after_signing", "many_edits", "failed_log_ins"]
_VALUES: frozenset[Group] = DATA_GROUPS - {"changes"}
_FAILED = ("LogInFailed", "SigningFailed", "PasswordChangeFailed")
_PROVED = ("LoggedIn", "PasswordConfirmed", "PasswordChanged")


@dataclass(frozen=True)
class Hint:
    """One thing to look at: which kind, in a sentence, and the numbers of the events behind it, oldest first."""

    kind: HintKind
    sentence: str
    events: tuple[int, ...]


def audit_hints(session: Session, wanted: AuditFilter = EVERYTHING) -> tuple[Hint, ...]:
    """Give the hints of what a filter lets through; an administrator gets those about log-ins.

    Raises Refused as `audit_page`.
    """
    lines = sorted(audit_lines(session, wanted), key=lambda line: line.sequence)
    found = [*_failed_in_a_row(lines)]
    if len(groups_for(session)) > 1:
        found = [*_late(lines), *_after_signing(lines), *_many_edits(lines), *found]
    return tuple(sorted(found, key=lambda hint: hint.events[-1]))


def _late(lines: Iterable[HistoryLine]) -> list[Hint]:
    return [
        Hint("late_entry", f"Entered late, {line.when}, by {line.printed_name}: {line.about}. {line.told}",
             (line.sequence,))
        for line in lines if line.is_late
    ]  # fmt: skip


def _after_signing(lines: Iterable[HistoryLine]) -> list[Hint]:
    return [
        Hint("edit_after_signing",
             f"Changed after signing, {line.when}, by {line.printed_name}: {line.about}. {line.told}",
             (line.sequence,))
        for line in lines if line.is_after_signing
    ]  # fmt: skip


def _many_edits(lines: Iterable[HistoryLine]) -> list[Hint]:
    counted: Counter[tuple[str, str, str]] = Counter()
    behind: dict[tuple[str, str, str], list[int]] = {}
    for line in lines:
        edits = sum(bool(change.old) and bool(change.new) for change in line.changes)
        if line.group not in _VALUES or not edits:
            continue
        key = (line.printed_name, line.about, line.when[:10])
        counted[key] += edits
        behind.setdefault(key, []).append(line.sequence)
    return [
        Hint("many_edits", f"{name} changed {counted[name, about, day]} recorded values of {about} on {day}.",
             tuple(behind[name, about, day]))
        for name, about, day in behind if counted[name, about, day] >= MANY_EDITS
    ]  # fmt: skip


def _failed_in_a_row(lines: Iterable[HistoryLine]) -> list[Hint]:
    runs: dict[str, list[HistoryLine]] = {}
    hints: list[Hint] = []
    for line in lines:
        if line.kind in _FAILED:
            runs.setdefault(line.about, []).append(line)
        elif line.kind in _PROVED:
            hints += _run(line.about, runs.pop(line.about, []))
    for about, run in runs.items():
        hints += _run(about, run)
    return hints


def _run(about: str, run: list[HistoryLine]) -> list[Hint]:
    if len(run) < FAILURES_IN_A_ROW:
        return []
    sentence = f"{len(run)} wrong passwords in a row for {about}, from {run[0].when} to {run[-1].when}."
    return [Hint("failed_log_ins", sentence, tuple(line.sequence for line in run))]
