"""Plays a blinded reading in the real window by mouse and keys, on packages of the practice campaign; takes pictures.

Everything is practice; the phantom's truth stands in place of eyes. That it knows which case is whose is what makes it
a simulation. It asserts nothing; the tests do.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injection_log.acts import campaign_packages, campaign_results, campaign_returns, campaigns
from injection_log.home import Home
from injection_log.people.renewing import NewPassword
from injection_log.practice.reading_story import (
    BLINDED,
    MANAGER,
    KnownCases,
    Truths,
    hidden_repeats,
    read_package,
    reading_site,
    whose,
)
from injection_log.practice.reading_truth import Hand
from injection_log.reading.package_home import PackageHome, begin_with_code
from injection_log.site import Site, log_in
from injection_log_napari.views.reading.case_page import CasePage
from injection_log_napari.views.reading.decision_page import DecisionPage
from injection_log_napari.window import application, make_reading_window

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from dicom_io.calibration import Point
    from dicom_io.phantom import GlandTruth
    from injection_log_napari.canvas.choice import Wish
    from injection_log_napari.views.reading.window import ReadingWindow

CAMPAIGN = "RC-1"
LEFT = Qt.MouseButton.LeftButton
APART = (Hand(-0.06, 0.01), Hand(0.06, 0.01))
"""Two hands so far apart that an adjudicator has something to decide."""
SHOWN = ("list", "case", "grades", "adjudicator")


@dataclass(frozen=True)
class Packages:
    """A campaign of the practice site, its packages, and the codes that open them first."""

    site: Site
    truths: Truths
    folder: Path
    codes: Mapping[int, str]

    def place(self, number: int) -> Path:
        """Where a package lies."""
        return self.folder / f"package-{number}"

    def whose(self, number: int) -> Mapping[str, tuple[str, str]]:
        """Participant and visit of each code: what only a simulation may look up."""
        return whose(log_in(self.site, MANAGER.user, MANAGER.password), CAMPAIGN, number)

    def truth_of(self, number: int, code: str) -> Mapping[str, GlandTruth]:
        """The phantom's glands of one case."""
        return {str(side): gland for side, gland in self.truths[self.whose(number)[code]].glands.items()}

    def begun(self, number: int) -> PackageHome:
        """A package whose owner has chosen the practice password."""
        package, who = PackageHome.open(Home(self.place(number))), BLINDED[number - 1]
        begin_with_code(package, NewPassword(who.user, self.codes[number], who.password))
        return package


def write_packages(folder: Path, participants: int = 1) -> Packages:
    """A practice site with a campaign, and the packages of both readers, not begun."""
    site, truths = reading_site(Home(folder / "home"), folder, participants, _quiet)
    manager = log_in(site, MANAGER.user, MANAGER.password)
    campaigns.open_campaign(manager, [one.user for one in BLINDED[:2]], BLINDED[2].user)
    made = {
        number: campaign_packages.write_package(manager, CAMPAIGN, number, folder / f"package-{number}")
        for number in (1, 2)
    }
    return Packages(site, truths, folder, {number: one.one_time_code for number, one in made.items()})


def with_adjudication(packages: Packages) -> Packages:
    """The same once two simulated readers who differ have read, with the adjudicator's package."""
    manager = log_in(packages.site, MANAGER.user, MANAGER.password)
    for number, hand in enumerate(APART, start=1):
        who = BLINDED[number - 1]
        package = PackageHome.open(Home(packages.place(number)))
        reader = begin_with_code(package, NewPassword(who.user, packages.codes[number], who.password))
        known = KnownCases(packages.whose(number), hidden_repeats(manager, CAMPAIGN, number))
        read_package(reader, known, packages.truths, hand)
        campaign_returns.return_package(manager, CAMPAIGN, packages.place(number))
    made = campaign_results.write_adjudication(manager, CAMPAIGN, packages.place(3))
    return Packages(packages.site, packages.truths, packages.folder, {**packages.codes, 3: made.one_time_code})


class ReaderHands:
    """A window on a package, and the mouse and keys of its reader."""

    def __init__(self, package: PackageHome, size: tuple[int, int], canvas: Wish = "plain") -> None:
        application()
        self.window: ReadingWindow = make_reading_window(package, canvas=canvas)
        self.window.resize(*size)
        self.window.show()
        self.window.activateWindow()
        self.wait(lambda: self.window.zone.canvas is not None, 90.0)

    # ---- hands ---------------------------------------------------------------------------------------------
    def spin(self, seconds: float = 0.05) -> None:
        """Let the window live."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.002)

    def wait(self, until: Callable[[], object], seconds: float = 30.0) -> None:
        """Let the window live until something holds; TimeoutError when it does not come."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")
            QApplication.processEvents()
            time.sleep(0.003)

    def key(self, key: Qt.Key) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self._focus, key)
        self.spin()

    def click(self, point: Point) -> None:
        """Click a point of the picture."""
        canvas = self.window.zone.canvas
        assert canvas is not None  # waited for
        x, y = canvas.image_to_widget(point)
        QTest.mouseClick(canvas.surface, LEFT, pos=QPoint(round(x), round(y)))
        self.spin()

    def press(self, widget: QWidget) -> None:
        """Click a widget."""
        QTest.mouseClick(widget, LEFT)
        self.spin()

    @property
    def _focus(self) -> QWidget:
        # A display without a window manager makes no window the active one.
        return QApplication.focusWidget() or self.window.focusWidget() or self.window

    # ---- a reader's way ------------------------------------------------------------------------------------
    @property
    def page(self) -> CasePage:
        """The case in hand."""
        assert isinstance(self.window.case, CasePage)
        return self.window.case

    def enter(self, user: str, password: str) -> None:
        """Log in, or come back through the lock."""
        page = self.window.log_in
        page.user.setText(user)
        page.password.setFocus()
        QTest.keyClicks(page.password, password)
        QTest.keyClick(page.password, Qt.Key.Key_Return)
        self.spin(0.1)

    def choose_password(self, password: str) -> None:
        """Choose a password after the one-time code."""
        for field in (self.window.log_in.new, self.window.log_in.again):
            QTest.keyClicks(field, password)
        QTest.keyClick(self.window.log_in.again, Qt.Key.Key_Return)
        self.spin(0.1)

    def open_next(self) -> None:
        """Enter on the list; the pictures of the case are waited for."""
        self.key(Qt.Key.Key_Return)
        case = self.window.case
        if isinstance(case, DecisionPage):
            self.wait(lambda: case.is_drawn)
        else:
            self.wait(lambda: self.page.clips.all_opened(self.page.room.uids))
        self.spin(0.2)

    def measure(self, truth: Mapping[str, GlandTruth]) -> None:
        """Do the one thing that the sentence says is next, as a hand does it."""
        room = self.page.room
        act = room.next
        if act.kind == "caliper":
            if room.picture.hand.tool is None:
                self.key(Qt.Key.Key_Return)
            line = next(line for axis, line in truth[act.side].calipers.items() if axis == act.name)
            self.click(line.start)
            self.click(line.end)
            return
        self.key(Qt.Key.Key_Return)
        if act.kind == "quality":
            self.key(Qt.Key.Key_Space)
        elif act.kind == "grade":
            self.key(Qt.Key.Key_1)

    def read_until(self, truth: Mapping[str, GlandTruth], kind: str) -> None:
        """Read on until this is the next act."""
        for _ in range(60):
            if self.page.room.next.kind == kind:
                return
            self.measure(truth)
        raise TimeoutError(f"the case does not come to: {kind}")

    def lock_case(self) -> None:
        """Enter asks for the lock, Enter gives it."""
        self.key(Qt.Key.Key_Return)
        self.key(Qt.Key.Key_Return)
        self.wait(lambda: self.window.case is None)

    def save(self, out: Path, name: str) -> None:
        """Take a picture of the window."""
        self.spin(0.4)
        self.window.grab().save(str(out / f"{name}.png"))


def take_pictures(folder: Path, out: Path, size: tuple[int, int]) -> None:
    """List, a case in hand, grades, and an adjudicator's choice, in a window of this size."""
    packages, reader = write_packages(folder), BLINDED[0]
    hands = ReaderHands(PackageHome.open(Home(packages.place(1))), size)
    hands.enter(reader.user, packages.codes[1])
    hands.choose_password(reader.password)
    hands.open_next()
    first = packages.truth_of(1, hands.page.desk.case.code)
    hands.read_until(first, "lock")
    hands.lock_case()
    hands.save(out, SHOWN[0])
    hands.open_next()
    truth = packages.truth_of(1, hands.page.desk.case.code)
    for _ in range(3):
        hands.measure(truth)
    hands.save(out, SHOWN[1])
    hands.read_until(truth, "grade")
    hands.key(Qt.Key.Key_Return)
    hands.save(out, SHOWN[2])
    hands.window.close()
    decide_pictures(folder / "decided", out, size)


def decide_pictures(folder: Path, out: Path, size: tuple[int, int]) -> None:
    """An adjudicator's choice."""
    packages, who = with_adjudication(write_packages(folder)), BLINDED[2]
    hands = ReaderHands(packages.begun(3), size)
    hands.enter(who.user, who.password)
    hands.open_next()
    hands.key(Qt.Key.Key_A)
    hands.save(out, SHOWN[3])
    hands.window.close()


def _quiet(_said: str) -> None:
    """Nobody is told how far the making is."""


def main(out: Path, width: int, height: int) -> int:
    """Fill `out` with the pictures."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INJECTION_LOG_KEYS"] = str(Path(folder) / "keys")
        take_pictures(Path(folder), out, (width, height))
    sys.stdout.write("".join(f"{out / name}.png\n" for name in SHOWN))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *(int(one) for one in sys.argv[2].split("x"))))
