"""Counts the acts of a whole bilateral record in the real window: `python -m tools.acts_count [--repeats 2]`.

One act is a click, a drag, a typed field with the Enter that ends it, or a key pressed outside of a text. Log-in is not
counted; signing is. The person here knows the program and makes no mistake; the phantom's truth stands in for the
eye, and looking for a frame of a clip is one click on its strip. It asserts nothing: the test of the window does.
"""
from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget

from annotate.marks import SIDES
from injection_log.protocol.protocol import AXES
from injection_log_napari.presenters.tools import CaliperTool, NeedleTool
from injection_log_napari.presenters.unanswered import SEEN_IN_GLAND
from injection_log_napari.tour_hands import LEFT, Hands, TourStuck
from tools.display import has_display, run_on_virtual_display

if TYPE_CHECKING:
    from annotate.marks import Axis, Side
    from dicom_io.calibration import Point
    from dicom_io.phantom import GlandTruth, VisitTruth
    from injection_log.practice.world import Practice
    from injection_log_napari.presenters.tools import Tool
    from injection_log_napari.views.form_view import FormView
    from injection_log_napari.views.gland_panel import GlandPanel
    from injection_log_napari.views.main_window import MainWindow
    from injection_log_napari.views.signature_dialog import SignatureDialog

ENTER = Qt.Key.Key_Return
SIZE = (1366, 768)
KEYS: dict[Axis, Qt.Key] = {"length": Qt.Key.Key_L, "width": Qt.Key.Key_W, "depth": Qt.Key.Key_D}
TIMES: dict[Side, tuple[str, str]] = {"right": ("10:05", "10:07"), "left": ("10:10", "10:12")}
SYRINGES: dict[Side, str] = {"right": "SYR-2031", "left": "SYR-2032"}
LOADED, LEFT_OVER = "1.10", "0.05 0"
"""Millilitres: what was in each syringe; what stayed in it, and what was spilled."""


class CountedHands(Hands):
    """Hands whose every act is counted in one place and has a name; what is out of sight costs a drag of the bar."""

    def __init__(self, window: MainWindow, out_folder: Path, *, takes_pictures: bool = False) -> None:
        super().__init__(window, out_folder)
        self.named: list[str] = []
        self._takes_pictures = takes_pictures

    def act(self, name: str, do: Callable[[], object]) -> None:
        """Do one act and count it: nothing else here counts."""
        do()
        self.named.append(name)
        self.acts = len(self.named)
        self.spin(0.05)
        if self._takes_pictures:
            self.picture(f"{self.acts:02d}-{name}".replace(" ", "-").replace(":", "").replace(",", ""))

    def press(self, name: str, widget: QWidget) -> None:
        """Click a button, a thumbnail or a choice; scroll to it first where it cannot be seen."""
        self._bring_into_sight(name, widget)
        self.act(f"click: {name}", lambda: QTest.mouseClick(widget, LEFT))

    def strike(self, name: str, key: Qt.Key) -> None:
        """Press a key where the focus is."""
        self.act(f"key: {name}", lambda: QTest.keyClick(self._focus(), key))

    def write(self, name: str, editor: QLineEdit, text: str) -> None:
        """Type where the focus is, and Enter; a field that does not have it is clicked first."""
        if self._focus() is not editor:
            self.press(f"into {name}", editor)

        def typed() -> None:
            QTest.keyClicks(editor, text)
            QTest.keyClick(editor, ENTER)

        self.act(f"type: {name}", typed)

    def drag(self, name: str, start: Point, end: Point) -> None:
        """Drag on the picture."""
        surface, (first, last) = self.surface, (self.at(start), self.at(end))

        def dragged() -> None:
            QTest.mousePress(surface, LEFT, pos=first)
            QTest.mouseMove(surface, (first + last) / 2)
            QTest.mouseMove(surface, last)
            QTest.mouseRelease(surface, LEFT, pos=last)

        self.act(f"drag: {name}", dragged)

    def click_at(self, name: str, widget: QWidget, at: QPointF) -> None:
        """Click a point of a widget."""
        self.act(f"click: {name}", lambda: QTest.mouseClick(widget, LEFT, pos=at.toPoint()))

    def _focus(self) -> QWidget:
        dialog = QApplication.activeModalWidget()
        focus = QApplication.focusWidget() or (dialog or self.window).focusWidget()
        if focus is None:
            raise TourStuck("nothing has the focus")
        return focus

    def _bring_into_sight(self, name: str, widget: QWidget) -> None:
        above: QWidget | None = widget
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None and not _is_whole(widget):
            area = above
            self.act(f"scroll: {name}", lambda: area.ensureWidgetVisible(widget, 0, 20))


def _is_whole(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect().height() >= widget.height() - 2


class Surgeon(CountedHands):
    """The injecting physician: both glands recorded and signed, each act following what the window says."""

    def play(self, truth: VisitTruth, repeats: int, who: tuple[str, str]) -> None:
        """The whole way from the list to both signatures; `who` is user id and password, logged in already."""
        self.strike("open the visit", ENTER)
        self.wait("the room", lambda: self.window.room)
        self.participant()
        self.images()
        for side in SIDES:
            self.gland(side, truth.glands[side], repeats)
        self.sign(*who)

    def participant(self) -> None:
        """Who it is, and the facts of the visit that are owed."""
        page = self.room.participant
        self.press("two identifiers compared", page.confirm)
        self._type(page.form, "kit_code", "KIT-0417")
        self.press("my name for both roles", page.form.fields["injector"].offer)
        self._choose(page.form, "local_anaesthetic", "lidocaine")
        self.strike("on to the images", ENTER)

    def images(self) -> None:
        """The study of this visit: chosen, compared, retrieved."""
        room = self.room
        page = room.images_page
        self.wait("the studies", lambda: room.images.state.rows)
        line = QPointF(60, page.table.rowViewportPosition(0) + 12)
        self.click_at("the study", page.table.viewport(), line)
        self.press("identity compared: link and retrieve", page.link)
        self.wait("the pictures", lambda: room.desk.record.images and not room.images.state.busy)
        self.wait("all clips", lambda: room.clips.all_opened(room.room.uids))
        self.wait("the canvas", lambda: self.window.zone.canvas is not None)
        self.strike("on to the right gland", ENTER)

    def gland(self, side: Side, truth: GlandTruth, repeats: int) -> None:
        """Calipers, needle, facts and volumes of one gland, and on."""
        self.spin(0.3)
        for axis in AXES:
            line = truth.calipers[axis]
            for number in range(1, repeats + 1):
                again = f" {number} of {repeats}" if repeats > 1 else ""
                self._show(f"{side} {axis}", line.sop_instance_uid)
                self._take(CaliperTool(axis), KEYS[axis])
                self.drag(f"{side} {axis}{again}", line.start, line.end)
        self.needle(side, truth)
        self.facts(side, self.room.panels[side])
        self.strike("on to the next step", ENTER)

    def needle(self, side: Side, truth: GlandTruth) -> None:
        """The needle on its frame, and its tip."""
        needle, bar = truth.needle, self.window.zone.bar
        if needle is None:
            raise TourStuck("this visit has no needle")
        self._show(f"{side} injection clip", needle.sop_instance_uid)
        picture = self.room.room.picture
        if picture.frame != needle.frame:
            x = (needle.frame + 0.5) / picture.frames * bar.strip.width()
            self.click_at(f"{side} frame of the needle", bar.strip, QPointF(x, 15))
            self.wait("the frame", lambda: picture.frame == needle.frame and not picture.turning.is_waiting)
            self.spin(0.1)
        self._take(NeedleTool(in_plane=True), Qt.Key.Key_N)
        self.drag(f"{side} needle", needle.entry, needle.tip)
        self.press(f"{side} tip seen, in the gland", self.room.panels[side].ask.answers[SEEN_IN_GLAND])

    def facts(self, side: Side, panel: GlandPanel) -> None:
        """What is typed and pressed for one gland, in the order in which the window asks for it."""
        self._choose(panel.before, "injected", "yes")
        self._type(panel.before, "syringe_code", SYRINGES[side])
        offer = panel.volume_form.fields["volume_loaded_ul"].offer
        if offer.isVisible():
            self.press(f"{side} loaded and needle as in the other gland", offer)
            self._type(panel.volume_form, "volume_residual_ul", LEFT_OVER)
        else:
            self._type(panel.volume_form, "volume_loaded_ul", f"{LOADED} {LEFT_OVER}")
            self._choose(panel.after, "needle", "25G-40mm")
        start, end = (self.told(text) for text in TIMES[side])
        self._type(panel.after, "injection_start", f"{start}-{end}")
        self._choose(panel.after, "complications", "none")

    def sign(self, user: str, password: str) -> None:
        """Read both records, and sign both."""
        self.wait("the marked pictures", lambda: self.room.review.pictures_are_shown)

        def in_the_dialog(dialog: SignatureDialog) -> None:
            self.spin(0.2)
            self.write("user id", dialog.user, user)
            self.write("password, right gland", dialog.password, password)
            self.write("password, left gland", dialog.password, password)

        self.room.wishes.during_dialog(in_the_dialog)
        self.named.append("key: sign")  # counted before: the dialog stops its caller
        self.acts = len(self.named)
        QTest.keyClick(self._focus(), ENTER)
        self.wait("both signatures", lambda: self.room.room.is_signed)

    # ---- parts ---------------------------------------------------------------------------------------------
    def _show(self, name: str, uid: str) -> None:
        if self.room.room.picture.uid != uid:
            self.press(f"picture for {name}", self.room.column.thumbs[uid])
        self.wait("the picture", lambda: self.window.zone._on_glass[0] == uid)
        self.spin(0.1)

    def _take(self, tool: Tool, key: Qt.Key) -> None:
        if self.room.room.picture.hand.tool != tool:
            self.strike("take the tool up", key)

    def _type(self, form: FormView, name: str, text: str) -> None:
        editor = form.fields[name].editor
        if editor is None:
            raise TourStuck(f"{name} is not typed")
        self.write(name, editor, text)

    def _choose(self, form: FormView, name: str, choice: str) -> None:
        self.press(f"{name} {choice}", form.fields[name].choices[choice])


def count(practice: Practice, repeats: int, out_folder: Path, *, takes_pictures: bool = False) -> Surgeon:
    """Play the injecting visit on a practice world that is running; gives the hands with their named acts."""
    from injection_log.practice.world import INJECTOR
    from injection_log.site import log_in
    from injection_log_napari.window import application, make_window

    application()
    session = log_in(practice.site, INJECTOR.user, INJECTOR.password)
    window = make_window(practice.site, session=session, pacs=practice.pacs, canvas="plain")
    window.resize(*SIZE)
    window.show()
    window.activateWindow()
    hands = Surgeon(window, out_folder, takes_pictures=takes_pictures)
    try:
        hands.spin(0.3)
        hands.play(practice.truth.visit("injection"), repeats, (INJECTOR.user, INJECTOR.password))
        if takes_pictures:
            hands.picture("signed")
    finally:
        window.close()
        hands.spin(0.1)
    return hands


def protocol_text(repeats: int) -> str:
    """The practice protocol, with each diameter owed this often."""
    from injection_log.protocol.reading import practice_protocol_text

    return practice_protocol_text().replace("[measuring]", f"[measuring]\nrepeats = {repeats}", 1)


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `python -m tools.acts_count`."""
    parser = argparse.ArgumentParser(prog="tools.acts_count", description=__doc__)
    parser.add_argument("--repeats", type=int, default=1, help="how often each diameter is measured")
    parser.add_argument("--pictures", type=Path, help="keep a picture of the window after each act here")
    given = parser.parse_args(arguments)
    if not has_display(os.environ):
        again = [sys.executable, "-m", "tools.acts_count", *(sys.argv[1:] if arguments is None else arguments)]
        return run_on_virtual_display(again)
    from injection_log.home import Home
    from injection_log.practice.world import practice_world
    from injection_log.verify import verify

    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with practice_world(home, lambda _line: None, protocol_text(given.repeats)) as practice:
            out = given.pictures or Path(folder) / "pictures"
            hands = count(practice, given.repeats, out, takes_pictures=given.pictures is not None)
        verified = verify(home).ok
    sys.stdout.write("".join(f"{number:3d}  {name}\n" for number, name in enumerate(hands.named, start=1)))
    sys.stdout.write(f"{hands.acts} acts, {given.repeats} measurement(s) a diameter; log verified: {verified}\n")
    return 0 if verified else 1


if __name__ == "__main__":
    sys.exit(main())
