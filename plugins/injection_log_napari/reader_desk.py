"""The real desk of a reader: one open case of a package, and the acts of `injection_log.reading`.

Thin: it remembers the case as it is after each act and when the last one was kept. No Qt, no rules of its own.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.marks import Caliper, Contour, ImageUse, PlacedMark
from annotate.stored_marks import mark_from_json
from dicom_io.image import Digests
from injection_log.errors import Refused
from injection_log.reading import adjudicating, reading_acts
from injection_log.record.mark_values import scale_for
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.reading.case_desk import MarkedCase

if TYPE_CHECKING:
    from annotate.marks import Mark, Side
    from annotate.ruler_ticks import RulerTicks
    from annotate.uncertainty import ReadingError
    from dicom_io.calibration import Point, Scale
    from dicom_io.image import UltrasoundImage
    from injection_log.protocol.reading_design import GradeKind
    from injection_log.reading.case import Case, Which
    from injection_log.reading.grades import Quality
    from injection_log.reading.package import Package
    from injection_log.reading.package_home import ReaderSession
    from injection_log.record.assisted import Proposed
    from injection_log_napari.presenters.desk import Where

ONLY_THESE = "In a reading only calipers (L, W, D) and outlines (C) are placed."


class ReaderDesk:
    """One open case on the desk of the person who is logged in."""

    hand_scale_allowed = False

    def __init__(self, session: ReaderSession, case: Case) -> None:
        self.session, self.case = session, case
        self.saved_at: datetime | None = None
        self._headers: dict[str, UltrasoundImage] = {}
        self._ticks: dict[str, RulerTicks | None] = {}

    # ---- what stands ---------------------------------------------------------------------------------------
    @property
    def package(self) -> Package:
        """What the campaign asks."""
        return self.session.site.package

    @property
    def number(self) -> int:
        """Place of the case in the order of reading, from 1."""
        return self.package.cases.index(self.case.code) + 1

    @property
    def printed_name(self) -> str:
        """Printed name of the person at work."""
        return self.session.account.printed_name

    @property
    def record(self) -> MarkedCase:
        """Pictures and marks of the case."""
        return MarkedCase.of(self.case)

    @property
    def reading_error(self) -> ReadingError:
        """How exactly a caliper is placed."""
        return self.package.caliper_error

    # ---- pictures ------------------------------------------------------------------------------------------
    def path_of(self, sop_instance_uid: str) -> Path:
        """Where the coded copy of a picture is."""
        return self.session.site.image_path(self.case.picture(sop_instance_uid).sha256)

    def read_header(self, sop_instance_uid: str) -> UltrasoundImage:
        """Read a picture's header from its file; for a worker thread."""
        return self.session.site.image_header(self.case.picture(sop_instance_uid).sha256)

    def header_came(self, header: UltrasoundImage) -> None:
        """Remember a header that a worker read; the side is the case's, which knows it also where a header does not."""
        side = self.case.side_of[header.sop_instance_uid]
        self._headers[header.sop_instance_uid] = replace(header, laterality=side[0].upper())

    def ticks_came(self, sop_instance_uid: str, ticks: RulerTicks | None) -> None:
        """Remember what a worker found of the burned-in ruler."""
        self._ticks[sop_instance_uid] = ticks

    def header(self, sop_instance_uid: str) -> UltrasoundImage | None:
        """Header facts, None while they are being read."""
        return self._headers.get(sop_instance_uid)

    def ticks(self, sop_instance_uid: str) -> RulerTicks | None:
        """The ruler's tick marks, None where none is sure."""
        return self._ticks.get(sop_instance_uid)

    def scale_for(self, sop_instance_uid: str, mark: Mark) -> Scale:
        """The scale that holds for a mark."""
        header = self._headers.get(sop_instance_uid)
        if header is None:
            raise Refused("still_reading", "The picture is still being read; try again in a moment.")
        by_hand = self.case.picture(sop_instance_uid).hand_scale
        return scale_for(header, mark, by_hand.scale if by_hand is not None else None)

    def skin_row(self, sop_instance_uid: str, tip: Point) -> float:
        """No needle is marked in a reading, so that no depth is counted."""
        del sop_instance_uid, tip
        return 0.0

    # ---- acts of a reader ----------------------------------------------------------------------------------
    def place(self, side: Side, where: Where, mark: Mark | Proposed) -> None:
        """Place a caliper or an outline."""
        placed = _of_a_reading(mark)
        self._done(lambda: reading_acts.place_mark(self.session, self.case, side, where, placed))

    def move(self, side: Side, mark_id: str, mark: Mark) -> None:
        """Give a mark another place."""
        moved = _of_a_reading(mark)
        self._done(lambda: reading_acts.move_mark(self.session, self.case, side, mark_id, moved))

    def remove(self, side: Side, mark_id: str) -> None:
        """Take a mark out."""
        self._done(lambda: reading_acts.remove_mark(self.session, self.case, side, mark_id))

    def grade(self, side: Side, kind: GradeKind, value: int) -> None:
        """Give a grade."""
        self._done(lambda: reading_acts.give_grade(self.session, self.case, side, kind, value))

    def judge(self, side: Side, level: Quality, why: str) -> None:
        """Say how good the pictures are."""
        self._done(lambda: reading_acts.judge_quality(self.session, self.case, side, level, why))

    def lock(self) -> None:
        """Lock the case."""
        self._done(lambda: reading_acts.lock_case(self.session, self.case))

    # ---- acts of an adjudicator ----------------------------------------------------------------------------
    def decide(self, side: Side, which: Which) -> None:
        """Choose one of the two readings of a gland."""
        self._done(lambda: adjudicating.decide(self.session, self.case, side, which))

    def readings(self, side: Side) -> Mapping[Which, Mapping[str, Any]]:
        """Both readings of one gland as they were stored."""
        return adjudicating.side_by_side(self.session, self.case, side)

    def placed(self, side: Side, which: Which) -> tuple[PlacedMark, ...]:
        """The marks of one reading, measured on this package's copies."""
        return tuple(self._placed(side, number, one) for number, one in enumerate(self.readings(side)[which]["marks"]))

    def _placed(self, side: Side, number: int, stored: Mapping[str, Any]) -> PlacedMark:
        image, mark = self.case.picture(str(stored["picture"])), mark_from_json(stored["mark"])
        digests = Digests(image.sha256, image.data_set_sha256, image.pixel_data_sha256)
        by_hand = image.hand_scale.scale if image.hand_scale is not None else None
        scale = scale_for(self.session.site.image_header(image.sha256), mark, by_hand)
        use = ImageUse(image.sop_instance_uid, int(stored["frame"]), digests)
        return PlacedMark(f"{number:03d}", side, use, mark, scale)

    def _done(self, act: Callable[[], Case]) -> None:
        # "saved" is said only here: the act returned, so its commit did.
        try:
            self.case = act()
        except REFUSALS:
            # Another window of the same person may have changed it: what is shown from here on is what stands now.
            self.case = reading_acts.known_case(self.session, self.case.code)
            raise
        clock = self.session.site.clock
        self.saved_at = clock.now().astimezone(timezone(timedelta(minutes=clock.utc_offset_minutes())))


def _of_a_reading(mark: Mark | Proposed) -> Caliper | Contour:
    """A mark that may be placed in a reading. Raises Refused for any other."""
    if not isinstance(mark, Caliper | Contour):
        raise Refused("other_mark", ONLY_THESE)
    return mark
