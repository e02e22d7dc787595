"""The real window driven by random acts of one person, in a process that will be killed; every finished act is said.

Lines: `opened STEP UID` where the visit was landed on; `going` before an act; `saved SEQUENCE KIND` for each event of
the person that an act wrote, once the window said saved; `at STEP UID` where the act ended. It asserts nothing.
"""
from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from dicom_io.calibration import Point
from injection_log.acts import studies, visits
from injection_log.clock import SystemClock
from injection_log.home import Home
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.practice.world import INJECTOR, USERS
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import NOBODY, Session, Site, log_in

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
VISIT = ("SMG-07", "injection")
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
OWN = ("VisitFactSet", "GlandFactSet", "CaliperPlaced", "MarkMoved", "MarkRemoved", "ActUndone", "ActRedone")


def make_home(home: Path, pictures: Path) -> None:
    """A practice site with one injection visit and the pictures of a folder."""
    site = Site.create(Home(home), practice_protocol_text(), "test", clock=SystemClock())
    for one in USERS:
        account = NewAccount(one.user, one.printed_name, one.role, one.password, CHEAP)
        add_account(site.ledger, NOBODY, account, clock=site.clock, protocol=site.protocol.sha256)
    session = log_in(site, INJECTOR.user, INJECTOR.password)
    record = visits.confirm_identifiers(session, visits.open_visit(session, *VISIT))
    studies.import_findings(session, record, studies.examine_folder(session, pictures))
    site.ledger.close()


def at_work(home: Path) -> Session:
    """The injector at work."""
    return log_in(Site.open(Home(home)), INJECTOR.user, INJECTOR.password)


def say(*words: object) -> None:
    """One line to whoever watches."""
    os.write(1, " ".join(map(str, words)).encode() + b"\n")


class Driven:
    """The window on the visit, and a hand that does anything."""

    def __init__(self, home: Path, seed: int) -> None:
        from injection_log_napari.window import application, make_window

        self.app, self.chance, self.session = application(), random.Random(seed), at_work(home)
        self.window: Any = make_window(self.session.site, session=self.session, canvas="plain")
        self.window.resize(1366, 768)
        self.window.show()
        self.wait(lambda: self.window.zone.canvas is not None)
        self.window.open_record(visits.find_visit(self.session, *VISIT))
        self.page: Any = self.window.room
        say("opened", *self.place())
        self.wait(lambda: self.page.clips.all_opened(self.page.room.uids))

    def wait(self, until: Any, seconds: float = 60.0) -> None:
        """Let the window live until something holds."""
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.002)

    def place(self) -> tuple[str, str]:
        """Step and picture."""
        return self.page.room.step, self.page.room.picture.uid or "-"

    def drive(self) -> None:
        """Do acts until the end comes from outside."""
        acts = (self.type, self.mark, self.mark, self.turn_back, self.turn_on, self.go, self.look)
        while True:
            before = self.session.site.ledger.head()[0]
            say("going")
            self.chance.choice(acts)()
            self.app.processEvents()
            for event in self.session.site.ledger.events(after=before):
                if event.kind in OWN:
                    say("saved", event.sequence, event.kind)
            say("at", *self.place())

    def type(self) -> None:
        """Type a remark of the visit or of a gland, and Enter."""
        side = self.chance.choice(["right", "left", None])
        self.page._go(side or "participant")  # as its button does
        forms = self.page.panels[side].forms if side else (self.page.participant.form,)
        name = "gland_remark" if side else "visit_remark"
        editor = next(form.fields[name].editor for form in forms if name in form.fields)
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, f"remark {self.chance.randrange(1000)}")
        QTest.keyClick(editor, Qt.Key.Key_Return)

    def mark(self) -> None:
        """Place a caliper on whatever picture a gland shows."""
        if self.page.room.side is None:
            self.page._go(self.chance.choice(["right", "left"]))
        self.wait(lambda: not self.page.room.picture.turning.is_waiting, 2.0)
        QTest.keyClick(self.surface, self.chance.choice("LWD"))
        row, column = self.chance.randrange(150, 250), self.chance.randrange(200, 300)
        for point in (Point(row, column), Point(row + self.chance.randrange(40, 90), column + 90)):
            x, y = self.window.zone.canvas.image_to_widget(point)
            QTest.mouseClick(self.surface, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
        QTest.keyClick(self.surface, Qt.Key.Key_Escape)

    def turn_back(self) -> None:
        """Undo."""
        QTest.keyClick(self.page.line.undo, Qt.Key.Key_Z, CONTROL)

    def turn_on(self) -> None:
        """Redo."""
        QTest.keyClick(self.page.line.undo, Qt.Key.Key_Z, CONTROL | SHIFT)

    def go(self) -> None:
        """Go to any step by its button."""
        QTest.mouseClick(self.page.column.steps[self.chance.choice([*self.page.column.steps])], LEFT)

    def look(self) -> None:
        """Look at any picture, and on at its next frames."""
        QTest.mouseClick(self.page.column.thumbs[self.chance.choice([*self.page.column.thumbs])], LEFT)
        QTest.keyClick(self.surface, Qt.Key.Key_Right)

    @property
    def surface(self) -> Any:
        """The glass."""
        return self.window.zone.canvas.surface


LEFT = Qt.MouseButton.LeftButton
