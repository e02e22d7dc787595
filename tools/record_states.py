"""Takes pictures of a record after its signature: amended, asked about, reviewed, locked, and two people on one field.

Everything is practice: a site of its own, a visit of the practice story without a PACS, and the real window driven by
mouse and keyboard. It asserts nothing; the tests do.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from annotate.marks import Caliper
from dicom_io.phantom import make_participant
from injection_log.acts import facts, studies, visits
from injection_log.home import Home
from injection_log.practice.story import GLANDS, VISIT_FACTS, set_facts, sign
from injection_log.practice.world import INJECTOR, INVESTIGATOR, MONITOR, OPERATOR, SEED, practice_site
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log_napari.window import application, make_window

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit, QWidget

    from injection_log.practice.world import PracticeUser
    from injection_log_napari.views.main_window import MainWindow
    from injection_log_napari.views.room_page import RoomPage
    from injection_log_napari.views.signature_dialog import SignatureDialog

SIZES = ((1366, 768), (1920, 1080))
LEFT = Qt.MouseButton.LeftButton


def signed_visit(site: Site) -> VisitRecord:
    """An injection visit of the practice story without pictures, both glands signed."""
    session = log_in(site, INJECTOR.user, INJECTOR.password)
    record = visits.confirm_identifiers(session, visits.open_visit(session, "SMG-07", "injection"))
    record = set_facts(session, studies.go_on_without_images(session, record, "pacs_down"), None, VISIT_FACTS)
    for side in SIDES:
        record = set_facts(session, record, side, GLANDS[side].facts())
    for side in SIDES:
        record = sign(session, record, side)
    return record


class Photographer:
    """A window on the practice site, and the pictures taken of it."""

    def __init__(self, site: Site, size: tuple[int, int], out: Path) -> None:
        self.site, self._size, self._out, self._taken = site, size, out, 0
        self.window: MainWindow | None = None
        self.session: Session | None = None

    def log_in(self, who: PracticeUser) -> MainWindow:
        """Open the window anew as another person."""
        self.close()
        self.session = log_in(self.site, who.user, who.password)
        self.window = make_window(self.site, session=self.session, canvas="plain")
        self.window.resize(*self._size)
        self.window.show()
        self._wait(lambda: self.window is not None and self.window.zone.canvas is not None)
        return self.window

    def close(self) -> None:
        """Close the window that is open."""
        if self.window is not None:
            self.window.close()
            self.spin()
            self.window = None

    def open_visit(self) -> RoomPage:
        """Open the practice visit by its line."""
        assert self.window is not None
        page = self.window.work_list
        assert page is not None
        page.table.selectRow(1)
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        self._wait(lambda: self.window is not None and self.window.room is not None)
        assert self.window.room is not None
        self.spin()
        return self.window.room

    def take(self, name: str) -> None:
        """Keep a picture of the window, or of the dialog over it."""
        self.spin()
        shown: QWidget | None = QApplication.activeModalWidget() or self.window
        assert shown is not None
        self._taken += 1
        shown.grab().save(str(self._out / f"{self._size[0]}-{self._taken:02d}-{name}.png"))

    def click(self, widget: QWidget) -> None:
        """Click a widget."""
        QTest.mouseClick(widget, LEFT)
        self.spin(0.05)

    def type(self, editor: QLineEdit, text: str) -> None:
        """Type into a field and press Enter."""
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.spin(0.05)

    def spin(self, seconds: float = 0.3) -> None:
        """Let the window live."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.003)

    def _wait(self, until: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise RuntimeError("the window did not get there")
            self.spin(0.02)


def play(site: Site, size: tuple[int, int], out: Path) -> None:
    """One course through all states."""
    record, photo = signed_visit(site), Photographer(site, size, out)
    try:
        _ask(photo)
        _answer_and_amend(photo)
        _close_query(photo)
        _conflict(photo, record)
        _add_pictures(photo, record)
        _review_and_lock(photo)
    finally:
        photo.close()


def _ask(photo: Photographer) -> None:
    window = photo.log_in(MONITOR)
    photo.take("monitor-list")
    room = photo.open_visit()
    photo.take("monitor-review")
    photo.click(room.column.steps["right"])
    photo.take("monitor-gland")
    panel = room.panels["right"]
    photo.click(panel.talk.buttons[""])
    photo.type(panel.question.words, "Who was in the room besides the injector?")
    photo.click(panel.volume_form.fields["volume_residual_ul"].mark)
    photo.type(panel.question.words, "The syringe log of the pharmacy says 0.10 ml; please check.")
    photo.take("monitor-asked")
    photo.click(panel.volume_form.fields["volume_loaded_ul"].tick)
    photo.take("monitor-verified")
    photo.click(room.column.steps["participant"])
    photo.take("monitor-participant")
    window.show_queries()
    photo.take("queries")


def _answer_and_amend(photo: Photographer) -> None:
    photo.log_in(INJECTOR)
    room = photo.open_visit()
    photo.take("signed-review")
    photo.click(room.column.steps["right"])
    photo.take("signed-gland")
    panel = room.panels["right"]
    photo.click(panel.volume_form.fields["volume_residual_ul"].mark)
    photo.take("query-to-answer")
    photo.type(panel.question.words, "The pharmacy is right; the record is corrected.")
    photo.click(panel.access.amend)
    photo.take("amend-asked")
    photo.click(panel.question.choices["query"])
    photo.type(panel.question.words, "residual volume read wrongly")
    photo.take("amending")
    residual = panel.volume_form.fields["volume_residual_ul"].editor
    assert residual is not None
    photo.type(residual, "0,10")
    photo.click(room.column.steps["participant"])
    photo.take("amending-participant")
    photo.click(room.column.steps["review"])
    photo.take("review-changed")
    room.wishes.during_dialog(lambda dialog: _sign(photo, dialog, INJECTOR))
    photo.click(room.review.sign)
    photo.spin()
    photo.take("signed-again")
    room.review.look_at("right", 1)
    photo.take("version-1")


def _sign(photo: Photographer, dialog: SignatureDialog, who: PracticeUser) -> None:
    dialog.user.setText(who.user)
    photo.take("sign")
    while dialog.isVisible():
        QTest.keyClicks(dialog.password, who.password)
        QTest.keyClick(dialog.password, Qt.Key.Key_Return)
        photo.spin(0.1)


def _close_query(photo: Photographer) -> None:
    window = photo.log_in(MONITOR)
    window.show_queries()
    page = window.beside.shown
    assert page is not None
    photo.click(page.kinds["answered"])  # type: ignore[attr-defined]
    photo.take("queries-answered")
    photo.click(page.open)  # type: ignore[attr-defined]
    photo.spin()
    assert window.room is not None
    photo.take("query-to-close")
    photo.click(window.room.panels["right"].question.choices["close"])
    photo.click(window.room.panels["right"].question.keep)
    photo.take("query-closed")


def _conflict(photo: Photographer, record: VisitRecord) -> None:
    other = log_in(photo.site, OPERATOR.user, OPERATOR.password)
    photo.log_in(INJECTOR)
    room = photo.open_visit()
    photo.click(room.column.steps["left"])
    panel = room.panels["left"]
    photo.click(panel.access.amend)
    photo.click(panel.question.choices["typing"])
    photo.type(panel.question.words, "needle and code")
    facts.set_fact(other, room.desk.record, "left", "syringe_code", "SYR-2040")
    code = panel.before.fields["syringe_code"].editor
    assert code is not None
    photo.type(code, "SYR-2041")
    facts.set_fact(other, visits.find_visit(other, record.participant, record.visit), "left", "tip_in_gland", "no")
    panel.after.reveal("tip_in_gland")
    photo.click(panel.after.fields["tip_in_gland"].choices["yes"])
    photo.take("conflict-pressed")
    panel.before.reveal("syringe_code")
    photo.take("conflict-typed")
    photo.click(panel.before.fields["syringe_code"].theirs)
    photo.click(panel.after.fields["tip_in_gland"].theirs)
    room.wishes.during_dialog(lambda dialog: _sign(photo, dialog, INJECTOR))
    photo.click(room.column.steps["review"])
    photo.click(room.review.sign)


def _add_pictures(photo: Photographer, record: VisitRecord) -> None:
    session = log_in(photo.site, INJECTOR.user, INJECTOR.password)
    with tempfile.TemporaryDirectory() as made:
        truth = make_participant(Path(made), SEED, participant=record.participant, today=record.day)
        visit = next(one for one in truth.visits if one.visit == record.visit)
        folder = visit.files[0].parent
        now = visits.find_visit(session, record.participant, record.visit)
        studies.import_findings(session, now, studies.examine_folder(session, folder))
    photo.log_in(INJECTOR)
    room = photo.open_visit()
    photo.click(room.column.steps["right"])
    photo.spin(2)
    photo.take("new-pictures")
    photo.click(room.panels["right"].access.add)
    photo.click(room.panels["right"].question.choices["pacs"])
    photo.click(room.panels["right"].question.keep)
    line = visit.glands["right"].calipers["length"]
    room.room.picture_chosen(line.sop_instance_uid)
    photo.spin(2)
    room.desk.place("right", (line.sop_instance_uid, line.frame), Caliper("length", line.start, line.end))
    room.refresh()
    photo.take("adding")
    photo.click(room.panels["right"].access.sign)
    photo.spin(2)
    photo.take("addition-review")
    room.wishes.during_dialog(lambda dialog: _sign(photo, dialog, INJECTOR))
    photo.click(room.review.sign)
    photo.take("addition-signed")


def _review_and_lock(photo: Photographer) -> None:
    window = photo.log_in(INVESTIGATOR)
    room = photo.open_visit()
    photo.take("investigator-review")
    room.wishes.during_dialog(lambda dialog: _sign(photo, dialog, INVESTIGATOR))
    photo.click(room.review.sign)
    photo.take("reviewed")
    window.leave_room()
    page = window.work_list
    assert page is not None
    page.table.selectRow(1)
    photo.take("investigator-list")
    photo.click(page.act_buttons["lock"])
    photo.take("lock-asked")
    photo.click(page.question.choices["both"])
    photo.click(page.question.keep)
    photo.take("locked-list")
    photo.open_visit()
    photo.click(window.room.column.steps["left"])  # type: ignore[union-attr]
    photo.take("locked-gland")
    window.leave_room()
    page.table.selectRow(0)
    photo.click(page.act_buttons["not_done"])
    photo.take("not-done-asked")


def main(out: Path) -> int:
    """Fill `out` with the pictures of both sizes."""
    out.mkdir(parents=True, exist_ok=True)
    application()
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            play(practice_site(Home(Path(folder) / "home")), size, out)
    sys.stdout.write("".join(f"{path}\n" for path in sorted(out.glob("*.png"))))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
