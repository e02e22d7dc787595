"""The look: one stylesheet, the system font at a readable size with tabular figures. No layout in here."""
from __future__ import annotations

from importlib.resources import files

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

BASE_POINTS = 13.0
TARGET = 34
"""Smallest height and width of anything that is pressed, in device-independent pixels."""


def dress(app: QApplication) -> None:
    """Give the application its font and its stylesheet."""
    font = app.font()
    font.setPointSizeF(BASE_POINTS)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)
    app.setStyleSheet(files("injection_log_napari.views").joinpath("dark.qss").read_text("utf-8"))


def set_role(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the stylesheet looks at, and let the widget take its new look."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
