"""What the reports on paper are made of: sheets of all records, a participant's casebook, a monitor's report, a form.

Values only, already allowed for the caller's role. Layout is the exporters'; what is in a record is the tables'.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from injection_log.outputs import SheetContent
from injection_log.protocol.protocol import Protocol
from injection_log.trial_content import TrialContent


@dataclass(frozen=True)
class SheetsContent:
    """Sheets by the plain name of their file, `SMG-07_injection_right`, in the order of the tables."""

    sheets: Mapping[str, SheetContent]


@dataclass(frozen=True)
class CasebookContent:
    """All of each participant: the tables of the trial, and the sheets of a participant's glands, signed or not."""

    trial: TrialContent
    sheets: Mapping[str, tuple[SheetContent, ...]]
    checkpoint: str


@dataclass(frozen=True)
class VerifiedPart:
    """How many values of one record were compared with their source, and how many have one."""

    participant: str
    visit: str
    verified: int
    values: int


@dataclass(frozen=True)
class MonitorContent:
    """What a monitor looks at: the tables, hints of the audit trail in sentences, and what was verified.

    `enrolled` are the participants of the protocol's list and of the log.
    """

    trial: TrialContent
    enrolled: tuple[str, ...]
    hints: tuple[tuple[str, str], ...]
    """(kind in words, sentence with the numbers of its events)."""
    verification: tuple[VerifiedPart, ...]
    checkpoint: str


@dataclass(frozen=True)
class BlankFormContent:
    """A form to be filled in by hand while the program cannot be used. It holds nothing of any record."""

    protocol: Protocol
    site: str
    program_version: str
