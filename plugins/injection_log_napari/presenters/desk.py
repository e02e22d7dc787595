"""What presenters need from the record: one open visit, its acts, and what they refuse.

An interface only. The real one is `session_desk.py`; tests bring a small one of their own.
"""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from annotate.errors import AnnotateError
from dicom_io.errors import DicomIoError
from injection_log.errors import InjectionLogError
from injection_log.ledger.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotate.marks import Mark, Side
    from annotate.ruler_ticks import RulerTicks
    from annotate.scale_check import CalibrationCheck
    from annotate.uncertainty import ReadingError
    from dicom_io.calibration import Point, Scale
    from dicom_io.hand_scale import RulerLine
    from dicom_io.image import UltrasoundImage
    from injection_log.acts.signing import Proof
    from injection_log.acts.undoing import Turned
    from injection_log.protocol.fields import Field, Level
    from injection_log.protocol.protocol import Visit, VolumeLimits
    from injection_log.record.assisted import Proposed
    from injection_log.record.checks import Missing
    from injection_log.record.rendering import Rendering
    from injection_log.record.values import VisitRecord
    from injection_log_napari.presenters.changes_desk import ChangesDesk, TalkDesk
    from injection_log_napari.presenters.left_at import LeftAt

REFUSALS = (InjectionLogError, LedgerError, AnnotateError, DicomIoError)
"""Every way in which an act says no in a sentence that is fit to be shown."""

Where = tuple[str, int]


class Desk(Protocol):
    """One visit on the desk of one person. Every act changes `record`, or raises one of REFUSALS."""

    record: VisitRecord
    saved_at: datetime | None
    changes: ChangesDesk
    talk: TalkDesk

    @property
    def user(self) -> str:
        """User id of the person at work."""

    @property
    def printed_name(self) -> str:
        """Printed name of the person at work."""

    @property
    def role(self) -> str:
        """Role of the person at work."""

    @property
    def practice(self) -> bool:
        """Whether this is the practice protocol."""

    @property
    def planned(self) -> Visit:
        """The visit as the protocol plans it."""

    @property
    def volume(self) -> VolumeLimits:
        """Planned volume and its limits."""

    def fields(self, level: Level) -> tuple[Field, ...]:
        """The fields of one level, in the protocol's order."""

    def missing(self, side: Side | None = None) -> tuple[Missing, ...]:
        """What is owed before signing."""

    @property
    def hand_scale_allowed(self) -> bool:
        """Whether the protocol allows a scale set by hand."""

    @property
    def reading_error(self) -> ReadingError:
        """How exactly a caliper is placed, by the protocol."""

    def header(self, sop_instance_uid: str) -> UltrasoundImage | None:
        """Header facts of a picture, None while they are still being read."""

    def now(self) -> datetime:
        """Local time now, with its offset."""

    def set_fact(self, side: Side | None, field: str, text: str) -> None:
        """Record what was typed in one field."""

    def place(self, side: Side, where: Where, mark: Mark | Proposed) -> None:
        """Place a mark, a person's own or one that the picture proposed and the person took."""

    def move(self, side: Side, mark_id: str, mark: Mark) -> None:
        """Give a mark another place."""

    def remove(self, side: Side, mark_id: str) -> None:
        """Take a mark out."""

    def undo(self) -> Turned:
        """Take back the newest own act at this visit."""

    def redo(self) -> Turned:
        """Bring back what was undone last."""

    @property
    def left_at(self) -> LeftAt | None:
        """Where the person at work left this visit on this workstation, None where that is not known."""

    def scale_for(self, sop_instance_uid: str, mark: Mark) -> Scale:
        """The scale that holds for a mark on a picture; raises MeasurementRefused."""

    def scale_beside(self, sop_instance_uid: str, a: Point, b: Point) -> Scale:
        """The scale to hold against a ruler a-b on or beside the picture; raises MeasurementRefused."""

    def ticks(self, sop_instance_uid: str) -> RulerTicks | None:
        """The ruler's tick marks that were found on a picture's first frame, None where none is sure."""

    def set_scale(self, where: Where, lines: Sequence[RulerLine], reason: str) -> None:
        """Set a picture's scale along its ruler; a reason is owed where one stands."""

    def clear_scale(self, sop_instance_uid: str, reason: str) -> None:
        """Take a hand-set scale away."""

    def check_scale(self, where: Where, check: CalibrationCheck) -> None:
        """Keep a line laid on a ruler beside what is printed there."""

    def withdraw_check(self, sop_instance_uid: str, check_id: str, reason: str) -> None:
        """Take a cross-check back."""

    def measure_again(self, sop_instance_uid: str) -> None:
        """Measure again the marks of a picture whose scale has changed."""

    def skin_row(self, sop_instance_uid: str, tip: Point) -> float:
        """The row (px) from which depth is counted."""

    def confirm_identifiers(self) -> None:
        """Record the two-identifier check."""

    def go_on_without(self, reason: str) -> None:
        """Record that the images come later."""

    def render(self, side: Side) -> Rendering:
        """The record of one gland as it will be signed."""

    def sign(self, side: Side, proof: Proof) -> None:
        """Sign one gland record with the meaning that this kind of visit has."""
