"""What coded copies need of the visit on the desk, and its pictures as rows of the dialog."""
from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from injection_log_napari.presenters.coded_copy_state import PictureRow
from injection_log_napari.presenters.desk import REFUSALS

if TYPE_CHECKING:
    from dicom_io.deidentify.copying import CodedCopy
    from injection_log.acts.copy_pictures import PictureFacts
    from injection_log.acts.copy_writing import CopyOrder
    from injection_log.acts.kept_areas import OwedArea, StandingArea
    from injection_log.acts.sharing import Choice, CopyPlan, Look
    from injection_log.record.copies import Boxes
    from injection_log.record.values import VisitImage, VisitRecord

_RANGES = re.compile(r"\s*\d+(\s*-\s*\d+)?(\s*,\s*\d+(\s*-\s*\d+)?)*\s*")


class CopiesDesk(Protocol):
    """What coded copies need of the visit on the desk; `plan`, `look`, `sheet` and `write` are slow."""

    @property
    def record(self) -> VisitRecord:
        """The visit."""

    @property
    def user(self) -> str:
        """User id of the person at work."""

    def area_for(self, image: VisitImage) -> StandingArea | OwedArea:
        """Which part of a picture stays, or what is owed."""

    def facts(self, image: VisitImage) -> PictureFacts:
        """Side, time and size of a picture."""

    def draw_area(self, image: VisitImage, boxes: Boxes, *, instead_of_the_region: bool) -> StandingArea | OwedArea:
        """Draw what stays of this scanner's pictures."""

    def agree_to_area(self, image: VisitImage, boxes: Boxes) -> None:
        """Confirm, as the second person, what was drawn."""

    def take_back_area(self, image: VisitImage) -> None:
        """Forget what was drawn."""

    def plan(self, choices: Sequence[Choice]) -> CopyPlan:
        """Choose and measure."""

    def look(self, plan: CopyPlan) -> tuple[Look, tuple[bytes, ...]]:
        """Look through all frames; the pages of the contact sheet as PNG."""

    def is_looked_at(self, look: Look) -> bool:
        """Whether just these frames were confirmed before."""

    def confirm(self, look: Look) -> None:
        """Confirm what was looked through."""

    def write(self, look: Look, order: CopyOrder, folder: Path) -> tuple[CodedCopy, ...]:
        """Write the copies."""


def read_row(desk: CopiesDesk, number: int, image: VisitImage) -> PictureRow:
    """One picture of the visit, `number` counted from 1: what it is called and which part of it stays."""
    from injection_log.acts.kept_areas import StandingArea

    facts = desk.facts(image)
    title = ", ".join(filter(None, (image.plane or "picture", facts.side, facts.time, facts.size, facts.digest)))
    ranges = f"1-{image.frames}" if image.frames > 1 else "1"
    try:
        found = desk.area_for(image)
    except REFUSALS as refused:
        return PictureRow(number, title, image.frames, "owed", str(refused), ranges=ranges)
    if isinstance(found, StandingArea):
        words = "the scanner's regions" if found.area_from == "scanner" else "drawn, agreed by two people"
        return PictureRow(number, title, image.frames, found.area_from, words, ranges=ranges)
    if found.drawn is None:
        return PictureRow(number, title, image.frames, "owed", found.why, ranges=ranges)
    may_agree = found.drawn.drawn_by != desk.user
    words = "drawn, waits for a second person"
    return PictureRow(number, title, image.frames, "waiting", words, ranges=ranges, may_agree=may_agree)


def ranges_of(text: str) -> tuple[tuple[int, int], ...] | None:
    """Inclusive ranges of frames from 0 of ranges typed from 1; None where they are none."""
    from injection_log.acts.copy_pictures import frame_ranges

    return None if _RANGES.fullmatch(text) is None else frame_ranges(text)
