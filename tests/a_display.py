"""A display for tests that show widgets: the one there is, or a virtual one; and an end for the windows they closed.

tests/conftest.py names this plugin.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A display that Qt can open; skipped in words where there is none and no Xvfb."""
    given = os.environ.get("DISPLAY", "")
    if given:
        yield given
        return
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("no display, and Xvfb is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", "1920x1200x24", "-nolisten", "tcp", "-terminate"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    number = os.read(reading, 16).decode().strip()
    os.environ["DISPLAY"] = f":{number}"
    yield os.environ["DISPLAY"]
    os.environ.pop("DISPLAY", None)
    from PySide6.QtWidgets import QApplication

    # Qt ends the process when its server goes first: with a client, the server ends itself after the client.
    if QApplication.instance() is None:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture(scope="session")
def app(display: str):
    """The one QApplication of the test process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    widgets = pytest.importorskip("PySide6.QtWidgets")
    return widgets.QApplication.instance() or widgets.QApplication([])


@pytest.fixture(autouse=True)
def closed_windows_are_deleted() -> Iterator[None]:
    """A window that a test made and closed goes with the test: a process of the program has one, and never a second.

    A closed window keeps its eight hundred widgets, and each later change of the program's style goes through all.
    Windows of a fixture that several tests share were there before the test, and stay.
    """
    before = _closed_windows()
    yield
    left = [window for window in _closed_windows() if window not in before]
    if left:
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.processEvents()  # an answer of their workers that is on its way still finds them
        for window in left:
            window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _closed_windows() -> list:
    """Every main window that is not on the screen; Qt is not loaded for a test that does not use it."""
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtWidgets import QApplication, QMainWindow

    if QApplication.instance() is None:
        return []
    windows = QApplication.topLevelWidgets()
    return [one for one in windows if isinstance(one, QMainWindow) and one.parent() is None and not one.isVisible()]
