"""The whole trial as plain values: what exporters of the trial are given, already allowed for the caller's role.

Tables and their dictionaries, not records: an exporter, ours or somebody else's, needs nothing of the program to
translate them. Nothing is gathered here (`acts.trial`), and no arm is in it: no table has a column for one.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from injection_log.outputs import TableContent
from injection_log.protocol.protocol import Protocol


@dataclass(frozen=True)
class ExportFacts:
    """By whom, when and of which state of the log an output is made; goes into every manifest."""

    study: str
    """The protocol's id."""
    site: str
    practice: bool
    protocol_version: str
    protocol_sha256: str
    program_version: str
    exported_at: str
    """Local time with its offset, ready to print: `2026-11-22 14:02:11 +01:00`."""
    exported_at_utc: str
    """The same moment as the log writes it: `2026-11-22T13:02:11.000Z`."""
    exported_by: str
    """Printed name of who certifies the output by making it."""
    user: str
    role: str
    origin: str
    """The random id of the log, with study and site."""
    last_event: int
    """Number of the last event that the output shows."""
    last_event_at: str
    """When that event was recorded, in UTC: equal logs give equal outputs, whenever they are made."""


@dataclass(frozen=True)
class TrialContent:
    """All records of the log as tables, by name; `acts.trial.TABLES` says which there are.

    Each table carries its columns with title, unit, kind and source. Rows are ordered by participant, visit (in the
    order of the protocol), side (right, left) and then by number, those of `changes` by event; a number never changes
    once it was given.
    """

    about: ExportFacts
    protocol: Protocol
    tables: Mapping[str, TableContent]
