"""Takes the picture of docs/napari.md: the practice clip in napari's own window, with lines and the measure widget.

Runs on the display it is given, with our manifest and no other and nobody's settings. Phantom only.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).resolve().parent.parent / "plugins/injection_log_napari/in_napari/napari.yaml"
NEEDLE_FRAME = 34
LINES = (((45, 125), (272, 376)), ((267, 155), (304, 610)), ((20, 480), (120, 480)))
"""Along the needle, across the gland, and one that begins above the picture, as (row, column) ends."""


def main(out: Path) -> int:
    """Write the picture."""
    os.environ["NAPARI_CONFIG"] = ""
    viewer = _viewer()
    (picture,) = viewer.open_sample("injection-log", "practice-clip")
    _, widget = viewer.window.add_plugin_dock_widget("injection-log", "Measure (calibrated)")
    widget.add_lines()
    lines = viewer.layers[-1]
    lines.add_lines([[[NEEDLE_FRAME, *end] for end in line] for line in LINES])
    lines.mode = "pan_zoom"
    viewer.dims.set_point(0, NEEDLE_FRAME)
    viewer.scale_bar.visible = True
    viewer.layers.selection.active = picture
    _settle()
    viewer.reset_view()
    _settle()
    out.parent.mkdir(parents=True, exist_ok=True)
    viewer.screenshot(str(out), canvas_only=False, flash=False)
    viewer.close()
    return 0


def _settle() -> None:
    from napari.qt import get_qapp

    end = time.monotonic() + 1
    while time.monotonic() < end:
        get_qapp().processEvents()


def _viewer() -> Any:
    import napari
    from npe2 import PluginManager, PluginManifest

    plugins = PluginManager.instance()
    plugins.discover = lambda *_args, **_more: 0  # type: ignore[method-assign]
    plugins.register(PluginManifest.from_file(MANIFEST))
    viewer = napari.Viewer(show=True)
    viewer.window.resize(1500, 860)
    return viewer


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
