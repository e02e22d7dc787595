"""A display for tests that show widgets: the one there is, or a virtual one. tests/conftest.py names this plugin."""
from __future__ import annotations

import os
import shutil
import subprocess
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
