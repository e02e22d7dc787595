"""What exporters of DICOM reports are given: the signed glands as plain values, and which were left out and why.

Values only; they are gathered in `acts.gland_reports`. All UIDs in them are those of coded copies.
"""
from __future__ import annotations

from dataclasses import dataclass

from dicom_io.reports.values import GlandReport, KeyObjects


@dataclass(frozen=True)
class ReportedGland:
    """One signed gland at one visit: its measurement report, and the frames that show what was done."""

    participant: str
    visit: str
    side: str
    report: GlandReport
    key_objects: KeyObjects


@dataclass(frozen=True)
class GlandLeftOut:
    """A signed gland of which no report can be made, and what to do about it, as a sentence."""

    participant: str
    visit: str
    side: str
    why: str


@dataclass(frozen=True)
class GlandReports:
    """Every signed gland of the trial, by participant, visit and side: reported, or left out."""

    reported: tuple[ReportedGland, ...]
    left_out: tuple[GlandLeftOut, ...]
