"""The Qt binding that the lock pins can run all day: a binding that miscounts kills the window without a word."""

from __future__ import annotations

import os
import subprocess
import sys

TURNS = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
class Painted(QWidget):
    def paintEvent(self, event): pass
app = QApplication([])
widget = Painted()
widget.show()
app.processEvents()
before = sys.getrefcount(None)
for _ in range(300):
    widget.repaint()
    app.processEvents()
print(before - sys.getrefcount(None))
"""


def test_turns_of_the_event_loop_lose_no_reference_to_none() -> None:
    # PySide6 6.12.0 loses two each turn: Python 3.11 ends with "deallocating None" after some seconds of work
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", TURNS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < 30
