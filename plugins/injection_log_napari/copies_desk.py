"""The real desk for coded copies: the acts of the record's floor for one visit and one logged-in person."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log.acts import copy_pictures, copy_writing, kept_areas, sharing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from dicom_io.deidentify.copying import CodedCopy
    from injection_log.acts.copy_pictures import PictureFacts
    from injection_log.acts.copy_writing import CopyOrder
    from injection_log.acts.kept_areas import OwedArea, StandingArea
    from injection_log.acts.sharing import Choice, CopyPlan, Look
    from injection_log.record.copies import Boxes
    from injection_log.record.values import VisitImage, VisitRecord
    from injection_log.site import Session


class SessionCopiesDesk:
    """Coded copies of one visit. Safe to call from a worker thread: it keeps nothing."""

    def __init__(self, session: Session, record: VisitRecord) -> None:
        self._session, self.record = session, record

    @property
    def user(self) -> str:
        """User id of the person at work."""
        return self._session.account.user

    def area_for(self, image: VisitImage) -> StandingArea | OwedArea:
        """Which part of a picture stays, or what is owed."""
        return kept_areas.area_for(self._session, image)

    def facts(self, image: VisitImage) -> PictureFacts:
        """Side, time and size of a picture."""
        return copy_pictures.picture_facts(self._session, self.record, image)

    def draw_area(self, image: VisitImage, boxes: Boxes, *, instead_of_the_region: bool) -> StandingArea | OwedArea:
        """Draw what stays of this scanner's pictures."""
        return kept_areas.draw_kept_area(
            self._session, image, boxes, instead_of_the_region=instead_of_the_region
        )

    def agree_to_area(self, image: VisitImage, boxes: Boxes) -> None:
        """Confirm, as the second person, what was drawn."""
        kept_areas.confirm_kept_area(self._session, image, boxes)

    def take_back_area(self, image: VisitImage) -> None:
        """Forget what was drawn."""
        kept_areas.take_back_kept_area(self._session, image)

    def first_frame(self, image: VisitImage) -> npt.NDArray[np.uint8]:
        """The original's first frame, nothing blanked: for this screen only."""
        return copy_pictures.frame_as_shown(self._session, image, 0)

    def plan(self, choices: Sequence[Choice]) -> CopyPlan:
        """Choose and measure."""
        return sharing.plan_copies(self._session, self.record, choices)

    def look(self, plan: CopyPlan) -> tuple[Look, tuple[bytes, ...]]:
        """Look through all frames; the pages of the contact sheet as PNG."""
        found = sharing.look_at(plan)
        return found, tuple(sharing.contact_sheet(self._session, found))

    def is_looked_at(self, look: Look) -> bool:
        """Whether just these frames were confirmed before."""
        return sharing.is_looked_at(self._session, look)

    def confirm(self, look: Look) -> None:
        """Confirm what was looked through."""
        sharing.confirm_look(self._session, look, look.sha256)

    def write(self, look: Look, order: CopyOrder, folder: Path) -> tuple[CodedCopy, ...]:
        """Write the copies."""
        return copy_writing.write_copies(self._session, look, order, folder)
