"""A process of its own that tries OpenGL and says what it found; `injection-log doctor` runs it.

A broken graphics driver can end a whole process: this one is there to be ended. Opens no window.
"""
from __future__ import annotations

import sys

from PySide6.QtGui import QGuiApplication, QOpenGLContext

from injection_log_napari.canvas.choice import opengl_trouble


def main() -> int:
    """Print one line; 0 when the napari canvas can be used."""
    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    trouble = opengl_trouble()
    if trouble:
        sys.stdout.write(f"{trouble}\n")
        return 1
    context = QOpenGLContext()
    context.create()
    version = context.format().version()
    sys.stdout.write(f"version {version[0]}.{version[1]} on {QGuiApplication.platformName()}\n")
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
