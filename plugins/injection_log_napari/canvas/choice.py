"""Which canvas this machine gets: napari where OpenGL works, the plain one where it does not, said in words.

The self-test makes a real context; it looks at nothing else. The napari canvas is imported only when chosen.
"""
from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtGui import QOffscreenSurface, QOpenGLContext

from injection_log_napari.canvas.interface import Canvas

Wish = Literal["auto", "napari", "plain"]
NEEDED_OPENGL = (2, 1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ChosenCanvas:
    """A canvas and, where it is not the wished one, why, in one sentence."""

    canvas: Canvas
    why: str = ""


def opengl_trouble() -> str:
    """What is wrong with OpenGL here, or "" when a context of version 2.1 can be made and used."""
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    if not context.create() or not context.makeCurrent(surface):
        return "OpenGL is not available"
    version = (context.format().majorVersion(), context.format().minorVersion())
    context.doneCurrent()
    return "" if version >= NEEDED_OPENGL else f"OpenGL is too old here ({version[0]}.{version[1]})"


def choose_canvas(wish: Wish = "auto", model: Any = None) -> ChosenCanvas:
    """Make the canvas. A failing napari canvas never stops the window: the plain one takes its place.

    `model`: napari's, where a worker has prepared it.
    """
    trouble = "" if wish == "plain" else opengl_trouble()
    if wish != "plain" and not trouble:
        try:
            from injection_log_napari.canvas.napari_canvas import NapariCanvas

            return ChosenCanvas(NapariCanvas(model))
        # Drivers fail in many ways and napari wraps them in many types; whatever it is, work must go on.
        except Exception as error:  # noqa: BLE001
            _log.warning("the napari canvas could not be made: %s", type(error))
            trouble = "the graphics driver failed"
    from injection_log_napari.canvas.qt_canvas import QtCanvas

    return ChosenCanvas(QtCanvas(), trouble and f"{trouble}: the plain picture view is used instead.")
