"""One trial's protocol as values: visits, asked fields, limits, patterns, words.

Reading and checking the file is `reading.py`; this module only answers questions about a protocol that is valid.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from annotate.uncertainty import HALF_PIXEL, ReadingError
from injection_log.language import ENGLISH
from injection_log.protocol.check_limits import USUAL, CheckLimits
from injection_log.protocol.export_names import MASKED_AGENT, RedcapNames
from injection_log.protocol.fields import CATALOGUE, NOT_ASKED_BY_NAME, Choice, Field, Level
from injection_log.protocol.reading_design import ReadingDesign
from injection_log.protocol.worklist import WorklistRule

VisitKind = Literal["measuring", "injecting"]
AXES: tuple[Literal["length", "depth", "width"], ...] = ("length", "depth", "width")
"""In the order in which they are asked for: length and depth lie on one picture."""


@dataclass(frozen=True)
class VolumeLimits:
    """Planned volume per gland and the limits of the injected volume, all in microlitres, bounds included."""

    planned_ul: int
    soft_ul: tuple[int, int]
    hard_ul: tuple[int, int]
    syringe_ul: int


@dataclass(frozen=True)
class Needle:
    """One needle the trial uses: Birmingham gauge and length in millimetres."""

    gauge: int
    length_mm: int

    @property
    def code(self) -> str:
        """What is stored, for example `25G-40mm`."""
        return f"{self.gauge}G-{self.length_mm}mm"

    @property
    def title(self) -> str:
        """What is shown, for example `25 G x 40 mm`."""
        return f"{self.gauge} G × {self.length_mm} mm"


@dataclass(frozen=True)
class Measuring:
    """How the trial measures: whether a person may set a picture's scale, how exact a caliper is, and how many times
    each diameter is measured.
    """

    hand_scale_allowed: bool = True
    reading_error: ReadingError = HALF_PIXEL
    repeats: int = 1


@dataclass(frozen=True)
class Visit:
    """One planned visit: its kind, what is asked (in this order) and what is owed before signing.

    `worklist` says which planned examinations of the hospital mean this visit; empty where none is recognised.
    """

    name: str
    title: str
    kind: VisitKind
    asked: tuple[str, ...]
    owed: frozenset[str]
    measured_axes: tuple[str, ...]
    needle_owed: bool
    may_sign_without_images: bool
    worklist: tuple[WorklistRule, ...] = ()


@dataclass(frozen=True)
class Protocol:
    """A valid protocol. `sha256` is the digest of the file's text and goes into every event."""

    id: str
    version: str
    title: str
    sha256: str
    text: str
    practice: bool
    participant_pattern: str
    participants: tuple[str, ...]
    kit_pattern: str
    syringe_pattern: str
    volume: VolumeLimits
    needles: tuple[Needle, ...]
    refused_words: tuple[str, ...]
    remarks_belong: str
    visits: Mapping[str, Visit]
    measuring: Measuring = Measuring()
    checks: CheckLimits = USUAL
    language: str = ENGLISH
    """In which the sheet is written, by its code."""
    sponsor: str = ""
    """Named in coded copies, where DICOM owes it; "" where the protocol does not say."""
    reading: ReadingDesign | None = None
    """How blinded readers read the pictures later; None where that is not planned."""
    redcap: RedcapNames = field(default_factory=RedcapNames)
    """What the trial's REDCap project calls its events, forms and record."""
    masked_agent: str = MASKED_AGENT
    """What outputs call the product while nobody may know the arm."""

    @property
    def reading_error(self) -> ReadingError:
        """How exactly a caliper is placed, by this protocol."""
        return self.measuring.reading_error

    def accepts_participant(self, participant: str) -> bool:
        """Tell whether an id has the trial's form."""
        return re.fullmatch(self.participant_pattern, participant, re.ASCII) is not None

    def visits_planned_as(self, facts: Mapping[str, str]) -> tuple[str, ...]:
        """Give the names of the visits that an entry of the worklist can mean, by its facts (DICOM keyword: value)."""
        return tuple(name for name, visit in self.visits.items() if any(rule.fits(facts) for rule in visit.worklist))

    def fields_for(self, visit_name: str, level: Level) -> tuple[Field, ...]:
        """Give the fields of one level in the order in which the protocol asks for them, owed ones marked.

        Those that every visit asks when it has to (the reason of a late entry) come last.
        """
        if (visit_name, level) not in self._fields_asked:
            visit = self.visits[visit_name]
            names = (*visit.asked, *NOT_ASKED_BY_NAME)
            self._fields_asked[visit_name, level] = tuple(
                self._as_asked(CATALOGUE[name], visit) for name in names if CATALOGUE[name].level == level
            )
        return self._fields_asked[visit_name, level]

    @cached_property
    def _fields_asked(self) -> dict[tuple[str, Level], tuple[Field, ...]]:
        """What `fields_for` has answered: a verification asks it for every signature."""
        return {}

    def _as_asked(self, field: Field, visit: Visit) -> Field:
        owed = field.owed or field.name in visit.owed
        if field.name == "needle":
            return replace(field, owed=owed, choices=tuple(Choice(n.code, n.title) for n in self.needles))
        return replace(field, owed=owed)
