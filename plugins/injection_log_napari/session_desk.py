"""The real desk: one visit, one logged-in person, and the acts of the record's floor.

Thin: it remembers the record as it is after each act and when the last one was saved. No Qt, no rules of its own.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from dicom_io.calibration import Point, Scale
from dicom_io.image import PatientIdentity, UltrasoundImage
from dicom_io.line_scale import scale_beside
from injection_log.acts import facts, marks, scales, signing, studies, undoing, visits
from injection_log.acts.seeing import note_seen
from injection_log.acts.writing import reread
from injection_log.errors import Refused
from injection_log.record import mark_values
from injection_log.record.values import VisitRecord
from injection_log_napari import left_off
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.session_changes import SessionChanges
from injection_log_napari.session_talk import SessionTalk

if TYPE_CHECKING:
    from annotate.marks import Mark, Side
    from annotate.ruler_ticks import RulerTicks
    from annotate.scale_check import CalibrationCheck
    from annotate.uncertainty import ReadingError
    from dicom_io.hand_scale import RulerLine
    from dicom_io.image_folder import Kept
    from dicom_io.pacs.find import StudySummary
    from injection_log.acts.signing import Proof
    from injection_log.acts.studies import FolderFindings
    from injection_log.protocol.fields import Field, Level
    from injection_log.protocol.protocol import Visit, VolumeLimits
    from injection_log.record.assisted import Proposed
    from injection_log.record.checks import Missing
    from injection_log.record.rendering import Rendering
    from injection_log.site import Session
    from injection_log_napari.presenters.changes_desk import ChangesDesk, TalkDesk
    from injection_log_napari.presenters.desk import Where
    from injection_log_napari.presenters.left_at import LeftAt


class SessionDesk:
    """One visit on the desk of the person who is logged in."""

    def __init__(self, session: Session, record: VisitRecord) -> None:
        self.session, self.record = session, record
        self.saved_at: datetime | None = None
        self.changes: ChangesDesk = SessionChanges(self, self._done)
        self.talk: TalkDesk = SessionTalk(self)
        self._headers: dict[str, UltrasoundImage] = {}
        self._ticks: dict[str, RulerTicks | None] = {}

    # ---- what stands ---------------------------------------------------------------------------------------
    @property
    def user(self) -> str:
        """User id of the person at work."""
        return self.session.account.user

    @property
    def printed_name(self) -> str:
        """Printed name of the person at work."""
        return self.session.account.printed_name

    @property
    def role(self) -> str:
        """Role of the person at work."""
        return self.session.account.role

    @property
    def practice(self) -> bool:
        """Whether this is the practice protocol."""
        return self.session.site.protocol.practice

    @property
    def planned(self) -> Visit:
        """The visit as the protocol plans it."""
        return self.session.site.protocol.visits[self.record.visit]

    @property
    def volume(self) -> VolumeLimits:
        """Planned volume and its limits."""
        return self.session.site.protocol.volume

    def fields(self, level: Level) -> tuple[Field, ...]:
        """The fields of one level."""
        return self.session.site.protocol.fields_for(self.record.visit, level)

    def missing(self, side: Side | None = None) -> tuple[Missing, ...]:
        """What is owed before signing."""
        return signing.missing(self.session, self.record, side)

    @property
    def hand_scale_allowed(self) -> bool:
        """Whether the protocol allows a scale set by hand."""
        return self.session.site.protocol.measuring.hand_scale_allowed

    @property
    def reading_error(self) -> ReadingError:
        """How exactly a caliper is placed, by the protocol."""
        return self.session.site.protocol.reading_error

    def now(self) -> datetime:
        """Local time now."""
        clock = self.session.site.clock
        return clock.now().astimezone(timezone(timedelta(minutes=clock.utc_offset_minutes())))

    # ---- where one is --------------------------------------------------------------------------------------
    @property
    def left_at(self) -> LeftAt | None:
        """Where this person left this visit on this workstation."""
        return left_off.read_place(self.session.site.home.left_off_file, self._place_key, self._digests)

    def keep_place(self, place: LeftAt) -> None:
        """Keep where work on this visit is."""
        left_off.keep_place(self.session.site.home.left_off_file, self._place_key, place, self._digests)

    @property
    def _place_key(self) -> str:
        return left_off.key_of(self.session.site.ledger.origin, self.user, self.record.participant, self.record.visit)

    @property
    def _digests(self) -> dict[str, str]:
        return {image.sop_instance_uid: image.sha256 for image in self.record.images}

    # ---- pictures ------------------------------------------------------------------------------------------
    def read_header(self, sop_instance_uid: str) -> UltrasoundImage:
        """Read a picture's header from its file; tens of milliseconds, for a worker thread."""
        return self.session.site.image_header(self.record.image(sop_instance_uid).sha256)

    def header_came(self, header: UltrasoundImage) -> None:
        """Remember a header that a worker read."""
        self._headers[header.sop_instance_uid] = header

    def header(self, sop_instance_uid: str) -> UltrasoundImage | None:
        """Header facts, None while they are being read."""
        return self._headers.get(sop_instance_uid)

    def path_of(self, sop_instance_uid: str) -> Path:
        """The untouched original; that its pictures are looked at is written down once a log-in."""
        note_seen(self.session, self.record, "pictures")
        return self.session.site.image_path(self.record.image(sop_instance_uid).sha256)

    def scale_for(self, sop_instance_uid: str, mark: Mark) -> Scale:
        """The scale that holds for a mark."""
        return mark_values.scale_for(self._known_header(sop_instance_uid), mark, self._by_hand(sop_instance_uid))

    def scale_beside(self, sop_instance_uid: str, a: Point, b: Point) -> Scale:
        """The scale to hold against a ruler on or beside the picture."""
        return scale_beside(self._known_header(sop_instance_uid), a, b, self._by_hand(sop_instance_uid))

    def _by_hand(self, sop_instance_uid: str) -> Scale | None:
        stands = self.record.image(sop_instance_uid).hand_scale
        return stands.scale if stands is not None else None

    def ticks_came(self, sop_instance_uid: str, ticks: RulerTicks | None) -> None:
        """Remember what a worker found of the burned-in ruler."""
        self._ticks[sop_instance_uid] = ticks

    def ticks(self, sop_instance_uid: str) -> RulerTicks | None:
        """The ruler's tick marks, None where none is sure or the picture is still being read."""
        return self._ticks.get(sop_instance_uid)

    def skin_row(self, sop_instance_uid: str, tip: Point) -> float:
        """The row from which depth is counted."""
        return marks.default_skin_row(self._known_header(sop_instance_uid), tip)

    def _known_header(self, sop_instance_uid: str) -> UltrasoundImage:
        header = self._headers.get(sop_instance_uid)
        if header is None:
            raise Refused("still_reading", "The picture is still being read; try again in a moment.")
        return header

    # ---- acts ----------------------------------------------------------------------------------------------
    def set_fact(self, side: Side | None, field: str, text: str) -> None:
        """Record what was typed in one field."""
        self._done(lambda: facts.set_fact(self.session, self.record, side, field, text))

    def place(self, side: Side, where: Where, mark: Mark | Proposed) -> None:
        """Place a mark."""
        self._done(lambda: marks.place(self.session, self.record, side, where, mark))

    def move(self, side: Side, mark_id: str, mark: Mark) -> None:
        """Give a mark another place."""
        self._done(lambda: marks.move(self.session, self.record, side, mark_id, mark))

    def remove(self, side: Side, mark_id: str) -> None:
        """Take a mark out."""
        self._done(lambda: marks.remove(self.session, self.record, side, mark_id))

    def undo(self) -> undoing.Turned:
        """Take back the newest own act at this visit."""
        return self._turned(undoing.undo)

    def redo(self) -> undoing.Turned:
        """Bring back what was undone last."""
        return self._turned(undoing.redo)

    def _turned(self, act: Callable[[Session, VisitRecord], undoing.Turned]) -> undoing.Turned:
        made: list[undoing.Turned] = []

        def turn() -> VisitRecord:
            made.append(act(self.session, self.record))
            return made[0].record

        self._done(turn)
        return made[0]

    def set_scale(self, where: Where, lines: Sequence[RulerLine], reason: str) -> None:
        """Set a picture's scale along its ruler."""
        self._done(lambda: scales.set_by_hand(self.session, self.record, where, lines, reason))

    def clear_scale(self, sop_instance_uid: str, reason: str) -> None:
        """Take a hand-set scale away."""
        self._done(lambda: scales.clear(self.session, self.record, sop_instance_uid, reason))

    def check_scale(self, where: Where, check: CalibrationCheck) -> None:
        """Keep a cross-check."""
        self._done(lambda: scales.check_against(self.session, self.record, where, check))

    def withdraw_check(self, sop_instance_uid: str, check_id: str, reason: str) -> None:
        """Take a cross-check back."""
        self._done(lambda: scales.withdraw_check(self.session, self.record, sop_instance_uid, check_id, reason))

    def measure_again(self, sop_instance_uid: str) -> None:
        """Measure again the marks of a picture whose scale has changed."""
        self._done(lambda: scales.measure_again(self.session, self.record, sop_instance_uid))

    def confirm_identifiers(self) -> None:
        """Record the two-identifier check."""
        self._done(lambda: visits.confirm_identifiers(self.session, self.record))

    def go_on_without(self, reason: str) -> None:
        """Record that the images come later."""
        self._done(lambda: studies.go_on_without_images(self.session, self.record, reason))

    def belongs_to(self, identity: PatientIdentity) -> str:
        """Whose study this is."""
        return studies.belongs_to(self.session, self.record, identity)

    def link_study(self, summary: StudySummary) -> None:
        """Link a study to this participant and visit."""
        self._done(lambda: studies.link_study(self.session, self.record, summary))

    def keep_arrived(self, arrived: Sequence[Kept]) -> None:
        """Take pictures that have arrived into the visit."""
        self._done(lambda: studies.keep(self.session, self.record, arrived))

    def discard(self, arrived: Sequence[Kept]) -> None:
        """Take pictures that have arrived out of the image folder again."""
        studies.discard(self.session, arrived)

    def examine_folder(self, folder: Path) -> FolderFindings:
        """Pass the files of a folder through the gate; slow, for a worker thread."""
        return studies.examine_folder(self.session, folder)

    def import_findings(self, findings: FolderFindings) -> None:
        """Link and take in what a folder held."""
        self._done(lambda: studies.import_findings(self.session, self.record, findings))

    def render(self, side: Side) -> Rendering:
        """The record of one gland as it will be signed."""
        return signing.render(self.session, self.record, side)

    def sign(self, side: Side, proof: Proof) -> None:
        """Sign one gland record."""
        meaning = signing.meaning_for(self.record, side)
        self._done(lambda: signing.sign_gland(self.session, self.record, side, proof, meaning))

    def _done(self, act: Callable[[], VisitRecord]) -> None:
        # "saved" is said only here: the act returned, so its commit did.
        try:
            self.record = act()
        except REFUSALS:
            # Somebody else may have changed the visit: what is shown from here on is what stands now.
            self.record = reread(self.session, self.record)
            raise
        self.saved_at = self.now()
