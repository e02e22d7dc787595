"""The tour: the real window driven through steps 1 to 6 by real mouse and keyboard events, a picture per step.

The phantom's truth stands in for the eye; everything else is what a person does: click, type, read, sign. It
calls no act itself and looks into no presenter for anything but where things are and whether they have come.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from annotate.marks import AXES, SIDES
from injection_log_napari.said import english_of
from injection_log_napari.tour_hands import LEFT, Hands, TourStuck
from injection_log_napari.window import application, make_window

if TYPE_CHECKING:
    from annotate.marks import Side
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.phantom import GlandTruth, ParticipantTruth
    from injection_log.site import Site
    from injection_log_napari.views.main_window import MainWindow
    from injection_log_napari.views.signature_dialog import SignatureDialog

SIZE = (1366, 768)
VISIT_TEXTS = {"kit_code": "KIT-0417", "procedure_start": "10:02", "procedure_end": "10:14"}


@dataclass(frozen=True)
class Credentials:
    """Who plays; the password is a practice one."""

    user: str
    password: str = field(repr=False)
    printed_name: str = ""


@dataclass(frozen=True)
class GlandWords:
    """What is typed for one gland."""

    syringe: str
    start: str
    end: str
    volumes: dict[str, str]


GLANDS: dict[Side, GlandWords] = {
    "right": GlandWords("SYR-2031", "10:05", "10:07", {"loaded": "1,20", "residual": "0.05", "spilled": "0"}),
    "left": GlandWords("SYR-2032", "10:10", "10:12", {"loaded": "1.10", "residual": "0,05", "spilled": "0"}),
}


def play_tour(
    site: Site, truth: ParticipantTruth, pacs: PacsAddress, out_folder: Path, credentials: Credentials
) -> tuple[Path, ...]:
    """Play the injection visit in the real window; gives the pictures. Raises TourStuck where the window does."""
    application()
    window = make_window(site, user=credentials.user, pacs=pacs)
    window.resize(*SIZE)
    window.show()
    tour = Tour(window, out_folder, credentials)
    try:
        tour.play(truth, "injection")
    finally:
        window.close()
        tour.spin(0.1)
    return tuple(tour.pictures)


class Tour(Hands):
    """One play of the visit."""

    def __init__(self, window: MainWindow, out_folder: Path, credentials: Credentials) -> None:
        super().__init__(window, out_folder)
        self._who = credentials

    def play(self, truth: ParticipantTruth, visit: str) -> None:
        """All steps of one visit, from log-in to both signatures."""
        planned = next(one for one in truth.visits if one.visit == visit)
        self.log_in()
        self.open_visit(truth.participant, visit)
        self.participant()
        self.images()
        for side in SIDES:
            self.gland(side, planned.glands[side])
        self.review_and_sign()

    # ---- the steps -----------------------------------------------------------------------------------------
    def log_in(self) -> None:
        """Step 1."""
        self.spin(0.2)
        self.picture("log-in")
        self.type(self.window.log_in.password, self._who.password)
        self.wait("the work list", lambda: self.window.work_list)

    def open_visit(self, participant: str, visit: str) -> None:
        """Step 2: choose the line."""
        page = self.window.work_list
        assert page is not None
        self.picture("work-list")
        title = self.window.site.protocol.visits[visit].title
        for row in range(page.table.rowCount()):
            first, second = page.table.item(row, 0), page.table.item(row, 1)
            if first and second and (first.text(), english_of(second)) == (participant, title):
                self.acts += 1
                QTest.mouseClick(page.table.viewport(), LEFT, pos=page.table.visualItemRect(second).center())
                self.key(page.table, Qt.Key.Key_Return)
                break
        self.wait("the room", lambda: self.window.room)

    def participant(self) -> None:
        """Step 2: two identifiers, and the facts of the visit."""
        page = self.room.participant
        if page.confirm.isVisible():
            self.click(page.confirm)
        self.fill(page.form, {name: self.told(text) for name, text in VISIT_TEXTS.items()})
        for name in ("injector", "ultrasound_operator"):
            if name in page.form.fields:
                self.type_field(page.form, name, self._who.printed_name or "Practice Operator")
        for name, choice in (("kit_intact", "yes"), ("local_anaesthetic", "lidocaine")):
            self.press_field(page.form, name, choice)
        self.fill(page.form, {"local_anaesthetic_ul": "1,0"})
        self.picture("participant")

    def images(self) -> None:
        """Step 3: find, compare the identity, link, retrieve."""
        room = self.room
        self.click(room.column.steps["images"])
        page = room.images_page
        self.wait("the studies", lambda: room.images.state.rows)
        self.acts += 1
        QTest.mouseClick(page.table.viewport(), LEFT, pos=QPoint(60, page.table.rowViewportPosition(0) + 12))
        self.picture("images-identity")
        self.click(page.link if page.link.isVisible() else page.retrieve)
        self.wait("the pictures", lambda: room.desk.record.images and not room.images.state.busy)
        uids = tuple(image.sop_instance_uid for image in room.desk.record.images)
        self.wait("all clips", lambda: room.clips.all_opened(uids))
        self.picture("images")

    def gland(self, side: Side, truth: GlandTruth) -> None:
        """Steps 4 and 5: calipers, needle, facts and volumes of one gland."""
        self.click(self.room.column.steps[side])
        self.wait("the canvas", lambda: self.window.zone.canvas is not None)
        self.spin(0.3)
        for axis, key in zip(AXES, (Qt.Key.Key_L, Qt.Key.Key_W, Qt.Key.Key_D), strict=True):
            line = truth.calipers[axis]
            self.show(line.sop_instance_uid, line.frame)
            self.key(self.surface, key)
            self.point(line.start)
            self.hover(line.end)
            self.point(line.end)
        self.picture(f"{side}-size")
        if truth.needle is not None:
            self.needle(side, truth)
        self.facts(side)

    def needle(self, side: Side, truth: GlandTruth) -> None:
        """The needle on its frame, and how the tip was seen."""
        needle = truth.needle
        assert needle is not None
        self.show(needle.sop_instance_uid, needle.frame)
        self.key(self.surface, Qt.Key.Key_N)
        self.point(needle.entry)
        self.hover(needle.tip)
        self.point(needle.tip)
        self.picture(f"{side}-needle-asked")
        self.click(self.room.panels[side].ask.answers["seen"])
        self.picture(f"{side}-needle")

    def facts(self, side: Side) -> None:
        """What is typed and pressed for one gland."""
        panel, words = self.room.panels[side], GLANDS[side]
        self.press_field(panel.before, "injected", "yes")
        self.fill(panel.before, {"syringe_code": words.syringe})
        self.fill(panel.volume_form, {f"volume_{part}_ul": text for part, text in words.volumes.items()})
        self.press_field(panel.reason, "volume_reason", "loaded_otherwise")
        self.picture(f"{side}-volumes")
        for name, choice in (("needle", "25G-40mm"), ("tip_in_gland", "yes"), ("complications", "none")):
            self.press_field(panel.after, name, choice)
        self.press_field(panel.after, "approach_from", "lateral")
        self.fill(panel.after, {"injection_start": self.told(words.start), "injection_end": self.told(words.end)})
        self.picture(f"{side}-facts")

    def review_and_sign(self) -> None:
        """Step 6: read both records, sign both in one dialog."""
        self.click(self.room.column.steps["review"])
        self.wait("the marked pictures", lambda: self.room.review.pictures_are_shown)
        self.spin(0.5)
        self.picture("review")
        if not self.room.room.review.state.to_sign:
            missing = [one.sentence for one in self.room.room.review.state.missing]
            raise TourStuck(f"the record cannot be signed: {missing}")
        self.room.wishes.during_dialog(self._sign)
        self.click(self.room.review.sign)
        self.wait("both signatures", lambda: self.room.room.is_signed)
        self.spin(0.8)
        self.picture("signed")

    def _sign(self, dialog: SignatureDialog) -> None:
        self.spin(0.2)
        self.type(dialog.user, self._who.user, enter=False)
        self.picture("sign-first")
        self.type(dialog.password, self._who.password)
        if dialog.isVisible():
            self.picture("sign-second")
            self.type(dialog.password, self._who.password)
