"""What marking a picture needs of whoever keeps the marks: pictures, marks of both glands, scales, and three acts.

An interface only. A site's record is kept by `desk.py`'s desk, a blinded reading by `reading/case_desk.py`'s.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from annotate.marks import Mark, PlacedMark, Side
    from annotate.ruler_ticks import RulerTicks
    from annotate.uncertainty import ReadingError
    from dicom_io.calibration import Point, Scale
    from dicom_io.image import UltrasoundImage
    from injection_log.record.assisted import Proposed
    from injection_log.record.values import VisitImage
    from injection_log_napari.presenters.desk import Where


class MarkedGland(Protocol):
    """One gland with its marks."""

    @property
    def marks(self) -> tuple[PlacedMark, ...]:
        """All of them."""

    @property
    def assisted(self) -> Collection[str]:
        """The ids of those that a person made of what the picture proposed."""


class Marked(Protocol):
    """What is marked: pictures and glands."""

    @property
    def images(self) -> tuple[VisitImage, ...]:
        """The pictures, in a fixed order."""

    @property
    def glands(self) -> Mapping[Side, MarkedGland]:
        """The glands."""


class MarkDesk(Protocol):
    """Pictures that one person marks. Every act changes `record`, or raises one of REFUSALS."""

    @property
    def record(self) -> Marked:
        """What stands now."""

    @property
    def hand_scale_allowed(self) -> bool:
        """Whether a person may set a scale here."""

    @property
    def reading_error(self) -> ReadingError:
        """How exactly a caliper is placed."""

    def header(self, sop_instance_uid: str) -> UltrasoundImage | None:
        """Header facts of a picture, None while they are still being read."""

    def ticks(self, sop_instance_uid: str) -> RulerTicks | None:
        """The ruler's tick marks on a picture's first frame, None where none is sure."""

    def scale_for(self, sop_instance_uid: str, mark: Mark) -> Scale:
        """The scale that holds for a mark on a picture; raises MeasurementRefused."""

    def skin_row(self, sop_instance_uid: str, tip: Point) -> float:
        """The row (px) from which depth is counted."""

    def place(self, side: Side, where: Where, mark: Mark | Proposed) -> None:
        """Place a mark."""

    def move(self, side: Side, mark_id: str, mark: Mark) -> None:
        """Give a mark another place."""

    def remove(self, side: Side, mark_id: str) -> None:
        """Take a mark out."""
