"""The real window opened on a fresh practice site, for tests that drive it; it asserts nothing about the window."""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from peers import PEER_DAY

from dicom_io.calibration import Point
from injection_log.clock import FixedClock
from injection_log.home import Home
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.practice.world import USERS
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import NOBODY, Site, log_in

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)


def practice_site(root: Path, protocol: str = "") -> Site:
    """A site of the practice protocol (or of this text) with its people."""
    clock = FixedClock(datetime(PEER_DAY.year, PEER_DAY.month, PEER_DAY.day, 9, tzinfo=UTC), timedelta(seconds=1))
    made = Site.create(Home(root / "home"), protocol or practice_protocol_text(), "test", clock=clock)
    for one in USERS:
        account = NewAccount(one.user, one.printed_name, one.role, one.password, CHEAP)
        add_account(made.ledger, NOBODY, account, clock=clock, protocol=made.protocol.sha256)
    return made


def wait(app: Any, until: Callable[[], object], seconds: float = 20.0) -> None:
    """Let the window live until something holds; AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "the window did not get there"
        app.processEvents()
        time.sleep(0.003)


def rewritten(files: Sequence[Path], folder: Path, change: Callable[[Any], None]) -> Path:
    """Copies of files in a folder of their own, each header changed by `change`."""
    import pydicom

    folder.mkdir()
    for file in files:
        copied = pydicom.dcmread(file)
        change(copied)
        copied.save_as(folder / file.name)
    return folder


class OpenedVisit:
    """The window in the right gland's step of the injection visit, with the pictures of a folder taken in."""

    def __init__(self, app: Any, root: Path, folder: Path, protocol: str = "", canvas: Any = "plain") -> None:
        from injection_log_napari.window import make_window

        self.app, self.site = app, practice_site(root, protocol)
        session = log_in(self.site, "injector", "practice-injector")
        self.window = make_window(self.site, session=session, canvas=canvas)
        self.window.resize(1366, 768)
        self.window.show()
        wait(app, lambda: self.window.zone.canvas is not None, 90.0)  # napari is loaded behind the first paint
        self.window.work_list.table.selectRow(1)
        self.window.work_list.open_chosen()
        self.page = self.window.room
        desk = self.page.desk
        desk.import_findings(desk.examine_folder(folder))
        self.page.room.go("right")
        wait(app, lambda: self.page.clips.all_opened(self.page.room.uids))
        self.bar, self.picture = self.window.zone.bar, self.page.room.picture

    @property
    def surface(self) -> Any:
        """The glass."""
        return self.window.zone.canvas.surface

    def spin(self, seconds: float) -> None:
        """Let the window live."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.002)

    def grey_at(self, point: Point) -> int:
        """What is on the glass at a point of the picture."""
        canvas = self.window.zone.canvas
        x, y = canvas.image_to_widget(point)
        return int(canvas.snapshot()[round(y), round(x), 0])

    def click(self, point: Point) -> None:
        """Click a point of the picture."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        x, y = self.window.zone.canvas.image_to_widget(point)
        QTest.mouseClick(self.surface, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
        self.spin(0.02)

    def key(self, letter: str) -> None:
        """Press a key on the picture."""
        from PySide6.QtTest import QTest

        QTest.keyClick(self.surface, letter)
        self.spin(0.02)
