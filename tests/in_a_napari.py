"""A real napari in a process of its own, driven by real events; answers one line of JSON. Run with a display.

`python in_a_napari.py CLIP BROKEN`: opens both with our manifest and no other, docks the widget, draws a line with the
mouse, moves one of its ends, and looks at the colours on the screen.
"""
from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ["NAPARI_CONFIG"] = ""
FRAME = 40
MANIFEST = Path(__file__).resolve().parent.parent / "plugins/injection_log_napari/in_napari/napari.yaml"


class Driven:
    """napari on the display with our manifest, and the hands of a person."""

    def __init__(self) -> None:
        import napari
        from napari.utils.notifications import notification_manager
        from npe2 import PluginManager, PluginManifest

        plugins = PluginManager.instance()
        plugins.discover = lambda *_args, **_more: 0
        plugins.register(PluginManifest.from_file(MANIFEST))
        self.told = []
        notification_manager.notification_ready.connect(
            lambda event: self.told.append([type(event).__name__, event.message])
        )
        self.viewer = napari.Viewer(show=True)
        self.app = napari.qt.get_qapp()
        self.canvas = self.viewer.window._qt_viewer.canvas

    def settle(self, seconds: float = 0.3) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()

    def open(self, path: str) -> None:
        """As if it was dropped on the window."""
        self.viewer.window._qt_viewer._qt_open([path], stack=False)

    def show_clip(self) -> None:
        self.picture = self.viewer.layers[0]
        self.viewer.dims.set_point(0, FRAME)
        self.viewer.reset_view()
        _, self.widget = self.viewer.window.add_plugin_dock_widget("injection-log", "Measure (calibrated)")
        self.settle(1.0)

    def drag(self, start: tuple[int, int], *through: tuple[int, int]) -> list[str]:
        """Drag from one (row, column) through others; the first line's length at each."""
        from qtpy.QtCore import Qt
        from qtpy.QtTest import QTest

        seen, native, none = [], self.canvas.native, Qt.KeyboardModifier.NoModifier
        QTest.mouseMove(native, self._on_screen(*start))
        self.settle(0.2)
        QTest.mousePress(native, Qt.MouseButton.LeftButton, none, self._on_screen(*start))
        for place in through:
            QTest.mouseMove(native, self._on_screen(*place))
            self.settle(0.2)
            seen.append(self.first_line()[2])
        QTest.mouseRelease(native, Qt.MouseButton.LeftButton, none, self._on_screen(*through[-1]))
        self.settle(0.2)
        return seen

    def first_line(self) -> list[str]:
        table = self.widget.table
        return [table.item(0, column).text() if table.rowCount() else "" for column in range(4)]

    def _on_screen(self, row: float, column: float):
        from qtpy.QtCore import QPoint

        world = self.picture.data_to_world((FRAME, row, column))[-2:]
        x, y = self.canvas.view.scene.transform.map((world[1], world[0]))[:2]
        return QPoint(round(x), round(y))

    def colours(self) -> tuple[int, int]:
        """How many places of the screen were compared with the frame, and how many were of another colour."""
        import numpy as np

        shot = self.viewer.screenshot(canvas_only=True, flash=False)[..., :3].astype(int)
        frame = self.picture.data[FRAME].astype(int)
        different = []
        for y in range(20, shot.shape[0] - 20, 7):
            for x in range(20, shot.shape[1] - 20, 7):
                world = self.canvas.view.scene.transform.imap((x + 0.5, y + 0.5))[:2]
                place = self.picture.world_to_data((FRAME, world[1], world[0]))[-2:]
                row, column = (round(part) for part in place)
                is_middle = max(abs(place[0] - row), abs(place[1] - column)) < 0.2
                if is_middle and 0 <= row < frame.shape[0] and 0 <= column < frame.shape[1]:
                    different.append(np.abs(shot[y, x] - frame[row, column]).max() > 2)
        return len(different), int(sum(different))


def main(clip: str, broken: str) -> dict[str, object]:
    """Everything that is looked at, in order."""
    driven = Driven()
    driven.open(broken)
    after_broken = len(driven.viewer.layers)
    driven.open(clip)
    driven.show_clip()
    driven.widget.draw.click()
    driven.settle()
    drawn = driven.drag((200, 300), (250, 320), (320, 450))
    lines = driven.viewer.layers[-1]
    lines.mode = "direct"
    driven.settle()
    moved = driven.drag((320, 450), (330, 480), (340, 520))
    lines.visible = False
    driven.settle()
    looked, wrong = driven.colours()
    answer = {
        "after_broken": after_broken, "told": driven.told, "drawn": drawn, "moved": moved,
        "row": driven.first_line(), "looked": looked, "wrong": wrong,
    }  # fmt: skip
    driven.viewer.close()
    return answer


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
