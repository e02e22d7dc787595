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
MANIFEST = Path(__file__).resolve().parent.parent / "plugins/injection_log_napari/in_napari/napari.yaml"


def main(clip: str, broken: str) -> dict[str, object]:
    import napari
    import numpy as np
    from napari.utils.notifications import notification_manager
    from npe2 import PluginManager, PluginManifest
    from qtpy.QtCore import QPoint, Qt
    from qtpy.QtTest import QTest

    plugins = PluginManager.instance()
    plugins.discover = lambda *_args, **_more: 0
    plugins.register(PluginManifest.from_file(MANIFEST))
    told = []
    notification_manager.notification_ready.connect(lambda event: told.append([type(event).__name__, event.message]))
    viewer = napari.Viewer(show=True)
    app = napari.qt.get_qapp()

    def settle(seconds: float = 0.3) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            app.processEvents()

    viewer.window._qt_viewer._qt_open([broken], stack=False)
    after_broken = len(viewer.layers)
    viewer.window._qt_viewer._qt_open([clip], stack=False)
    picture = viewer.layers[0]
    viewer.dims.set_point(0, 40)
    viewer.reset_view()
    _, widget = viewer.window.add_plugin_dock_widget("injection-log", "Measure (calibrated)")
    settle(1.0)
    widget.draw.click()
    canvas = viewer.window._qt_viewer.canvas
    settle()

    def on_screen(row: float, column: float) -> QPoint:
        world = picture.data_to_world((40, row, column))[-2:]
        x, y = canvas.view.scene.transform.map((world[1], world[0]))[:2]
        return QPoint(round(x), round(y))

    def drag(start: tuple[int, int], *through: tuple[int, int]) -> list[str]:
        seen = []
        native, left = canvas.native, Qt.MouseButton.LeftButton
        QTest.mouseMove(native, on_screen(*start))
        settle(0.2)
        QTest.mousePress(native, left, Qt.KeyboardModifier.NoModifier, on_screen(*start))
        for place in through:
            QTest.mouseMove(native, on_screen(*place))
            settle(0.2)
            seen.append(widget.table.item(0, 2).text() if widget.table.rowCount() else "")
        QTest.mouseRelease(native, left, Qt.KeyboardModifier.NoModifier, on_screen(*through[-1]))
        settle(0.2)
        return seen

    drawn = drag((200, 300), (250, 320), (320, 450))
    lines = viewer.layers[-1]
    lines.mode = "direct"
    settle()
    ends = np.round(lines.data[0][:, 1:]).tolist() if len(lines.data) else []
    moved = drag((320, 450), (330, 480), (340, 520))
    rows = [[widget.table.item(0, column).text() for column in range(4)]] if widget.table.rowCount() else []
    lines.visible = False
    settle()
    shot = viewer.screenshot(canvas_only=True, flash=False)[..., :3].astype(int)
    wrong, looked = 0, 0
    for y in range(20, shot.shape[0] - 20, 7):
        for x in range(20, shot.shape[1] - 20, 7):
            world = canvas.view.scene.transform.imap((x + 0.5, y + 0.5))[:2]
            row, column = picture.world_to_data((40, world[1], world[0]))[-2:]
            inside = 0 <= row < 599 and 0 <= column < 799 and max(abs(row - round(row)), abs(column - round(column))) < 0.2
            if inside:
                looked += 1
                wrong += np.abs(shot[y, x] - picture.data[40][round(row), round(column)].astype(int)).max() > 2
    answer = {
        "after_broken": after_broken, "told": told, "frame": list(picture.data[40].shape), "drawn": drawn, "ends": ends,
        "moved": moved, "rows": rows, "looked": looked, "wrong": int(wrong),
    }  # fmt: skip
    viewer.close()
    return answer


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
