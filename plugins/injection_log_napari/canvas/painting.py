"""A painter that always ends. Paints nothing itself.

A painter that is left active when a paint fails (the error keeps it alive) breaks every later paint of the window.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget


@contextmanager
def painting(widget: QWidget) -> Iterator[QPainter]:
    """A painter on a widget, for its paint event; ended also when painting fails, and the error goes on."""
    painter = QPainter(widget)
    try:
        yield painter
    finally:
        painter.end()
