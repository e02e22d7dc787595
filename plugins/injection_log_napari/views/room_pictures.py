"""What comes from the pool for the visit on the desk: thumbnails, marked pictures for the review, its course in time.

Pictures are opened and drawn in the pool; one is shown as soon as it is there, whether others are still on their way.
"""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QPixmap

from injection_log.acts.exports import marked_pictures
from injection_log.acts.procedure_timeline import timeline_of
from injection_log.people.roles import allowed
from injection_log_napari.presenters.thumbs import thumbs_of
from injection_log_napari.presenters.timeline import timeline_rows
from injection_log_napari.views.clips import Clips, Opened

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.record.values import VisitRecord
    from injection_log_napari.presenters.room import RoomPresenter
    from injection_log_napari.session_desk import SessionDesk
    from injection_log_napari.views.review_page import ReviewPage
    from injection_log_napari.views.step_column import StepColumn
    from injection_log_napari.views.workers import Workers


class RoomPictures:
    """Asks for the pictures of one visit, each once; `refresh` is called when one has come."""

    def __init__(self, desk: SessionDesk, room: RoomPresenter, workers: Workers, refresh: Callable[[], None]) -> None:
        self._desk, self._room, self._workers, self._refresh = desk, room, workers, refresh
        self._marks_drawn: dict[Side, object] = {}
        self._uids: tuple[str, ...] = ()
        self._told_of: VisitRecord | None = None
        self.clips = Clips(desk, workers, self._failed)

    def show_thumbs(self, column: StepColumn) -> None:
        """Show the thumbnails, and open the pictures that are new."""
        uids = self._room.uids
        if uids != self._uids:
            self._uids = uids
            for uid in uids:
                self.clips.ask_for(uid, partial(self._came, column))
            self._room.images_changed()
        column.show_thumbs(thumbs_of(self._desk, self._room.picture))

    def draw_marked(self, review: ReviewPage) -> None:
        """Draw the marked pictures of the review anew where marks have changed."""
        session, record = self._desk.session, self._desk.record
        for side, gland in record.glands.items():
            if self._marks_drawn.get(side) == gland.marks:
                continue
            self._marks_drawn[side] = gland.marks
            review.forget_pictures(side)
            self._workers.run(
                partial(marked_pictures, session, record, side),
                partial(review.take_pictures, side),
                partial(self._failed, ""),
            )

    def tell_course(self, review: ReviewPage) -> None:
        """Read the course of the visit anew where the record has changed."""
        session, record = self._desk.session, self._desk.record
        if record is not self._told_of and allowed(self._desk.role, "show_history"):
            self._told_of = record
            self._workers.run(
                partial(timeline_of, session, record),
                lambda moments: review.timeline.show_rows(timeline_rows(moments)),
                partial(self._failed, ""),
            )

    def close(self) -> None:
        """Let all clips go."""
        self.clips.close()

    def _came(self, column: StepColumn, opened: Opened) -> None:
        column.take_pixmap(opened.uid, QPixmap.fromImage(opened.thumbnail))
        if self.clips.all_opened(self._uids):
            # Only now the headers say which picture is of which side.
            self._room.images_changed()
        self._refresh()

    def _failed(self, _uid: str, error: BaseException) -> None:
        self._room.picture_failed(error)
