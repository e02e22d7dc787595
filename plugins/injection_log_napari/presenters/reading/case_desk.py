"""What the reading room needs of a package: one open case, its acts, and what the campaign asks. An interface only.

The real one is `reader_desk.py`; tests bring a package of the practice campaign. Nothing here says where a case comes
from, and there is no field for it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from injection_log_napari.presenters.mark_desk import MarkDesk

if TYPE_CHECKING:
    from annotate.marks import PlacedMark, Side
    from annotate.uncertainty import ReadingError
    from injection_log.protocol.reading_design import GradeKind
    from injection_log.reading.case import Case, Which
    from injection_log.reading.grades import Quality
    from injection_log.reading.package import Package
    from injection_log.record.values import VisitImage


@dataclass(frozen=True)
class ReadGland:
    """The marks of one gland of a case; in a reading nothing is proposed by the picture."""

    marks: tuple[PlacedMark, ...]
    assisted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MarkedCase:
    """A case as the picture's presenters see it: its pictures and the marks of its glands."""

    images: tuple[VisitImage, ...]
    glands: Mapping[Side, ReadGland] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case) -> MarkedCase:
        """The pictures and marks of a case."""
        return cls(case.pictures, {side: ReadGland(gland.marks) for side, gland in case.glands.items()})


class OpenCase(Protocol):
    """A case that is open: what it is, whose turn it has, when something of it was kept."""

    @property
    def case(self) -> Case:
        """The case as it stands."""

    @property
    def package(self) -> Package:
        """What the campaign asks."""

    @property
    def number(self) -> int:
        """Its place in the order of reading, from 1."""

    @property
    def printed_name(self) -> str:
        """Printed name of the person at work: the reader's own."""

    @property
    def saved_at(self) -> datetime | None:
        """When an act was last kept, None before."""

    def lock(self) -> None:
        """Lock the case; there is no way back. Raises one of REFUSALS."""


class CaseDesk(OpenCase, MarkDesk, Protocol):
    """A case that a reader reads. Every act changes `case`, or raises one of REFUSALS."""

    @property
    def record(self) -> MarkedCase:
        """Its pictures and marks."""

    def grade(self, side: Side, kind: GradeKind, value: int) -> None:
        """Give a grade, 0 to 3."""

    def judge(self, side: Side, level: Quality, why: str) -> None:
        """Say how good the pictures of a gland are."""


class DecisionDesk(OpenCase, Protocol):
    """A case of an adjudicator."""

    def decide(self, side: Side, which: Which) -> None:
        """Choose one of the two readings of a gland."""

    def readings(self, side: Side) -> Mapping[Which, Mapping[str, object]]:
        """Both readings of one gland as they were stored, without a name."""

    def placed(self, side: Side, which: Which) -> tuple[PlacedMark, ...]:
        """The marks of one reading of a gland, measured on this package's copies.

        Reads headers: slow the first time, for a worker thread. Raises one of REFUSALS.
        """

    @property
    def reading_error(self) -> ReadingError:
        """How exactly a caliper is placed."""
