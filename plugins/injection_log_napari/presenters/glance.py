"""What a hand over the picture needs of the picture under it. An interface; it holds nothing."""
from __future__ import annotations

from typing import Protocol

from annotate.marks import PlacedMark, Side
from injection_log.record.values import VisitImage
from injection_log_napari.presenters.desk import Where
from injection_log_napari.presenters.pictures import Pictures


class Glance(Protocol):
    """The picture that is shown, and the gland at work."""

    side: Side | None
    is_settled: bool
    uid: str
    pictures: Pictures

    @property
    def image(self) -> VisitImage | None:
        """The shown picture."""

    @property
    def where(self) -> Where:
        """Picture and frame."""

    @property
    def marks(self) -> tuple[PlacedMark, ...]:
        """All marks of the visit, of both glands."""


def marks_under(shown: Glance) -> list[PlacedMark]:
    """The marks of the gland at work on the shown frame."""
    here = shown.where
    return [m for m in shown.marks if m.side == shown.side and (m.on.sop_instance_uid, m.on.frame) == here]
