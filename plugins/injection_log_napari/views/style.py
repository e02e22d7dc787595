"""The look: one stylesheet in a palette, the system font at a readable size with tabular figures. No layout in here."""
from __future__ import annotations

from importlib.resources import files
from string import Template

from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication, QWidget

from injection_log_napari.views.palettes import PALETTES, Look

BASE_POINTS = 13.0
_LOOK = "look"
TARGET = 34
"""Smallest height and width of anything that is pressed, in device-independent pixels."""


def dress(app: QApplication, look: Look = "dark") -> None:
    """Give the application its font and its stylesheet, in the colours of a palette."""
    app.setProperty(_LOOK, look)
    font = app.font()
    font.setPointSizeF(BASE_POINTS)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)
    app.setStyleSheet(sheet(look))


def sheet(look: Look) -> str:
    """The stylesheet in the colours of a palette. Raises KeyError for a colour that the palette lacks."""
    words = files("injection_log_napari.views").joinpath("look.qss").read_text("utf-8")
    return Template(words).substitute(PALETTES[look])


def worn() -> Look:
    """The palette that is worn now."""
    app = QApplication.instance()
    return "light" if app is not None and app.property(_LOOK) == "light" else "dark"


def colour(name: str) -> QColor:
    """A colour of the palette that is worn now, for what is painted and not styled."""
    return QColor(PALETTES[worn()][name])


def set_role(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the stylesheet looks at, and let the widget take its new look."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
