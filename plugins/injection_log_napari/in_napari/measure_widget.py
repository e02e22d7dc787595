"""The dock widget *Measure (calibrated)*: the lines of a Shapes layer in millimetres, as they are drawn and moved.

It shows and listens only: what a line measures is decided in `measuring`, and nothing is kept. Qt comes through qtpy,
since napari may run on another binding than our own window.
"""
from __future__ import annotations

import contextlib
from typing import Any

from napari.layers import Image, Shapes
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from injection_log_napari.in_napari.measuring import Measured, frame_of, picture_of, readings

COLUMNS = ("Line", "Frame", "Length", "Scale or reason")
TABLE_WIDTH = 420
LINES_NAME = "Lines"
NO_PICTURE = "No ultrasound is open: File > Open, and choose the reader injection-log."
NO_LINES = "Press the button, then draw a line on the picture."
_MOVES = ("data", "set_data", "scale", "translate", "rotate", "shear", "affine", "units", "metadata")


class LayerChoice(QComboBox):
    """A list of layers to choose one from. The layers are kept beside it: Qt would take napari's for sequences."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._layers: list[Any] = []

    @property
    def chosen(self) -> Any | None:
        """The layer that is chosen."""
        at = self.currentIndex()
        return self._layers[at] if 0 <= at < len(self._layers) else None

    def offer(self, layers: list[Any]) -> None:
        """Offer these layers; what was chosen stays chosen, else the newest is."""
        chosen = self.chosen
        self.blockSignals(True)
        self.clear()
        self._layers = layers
        self.addItems([layer.name for layer in layers])
        # napari gives plugins a new stand-in for a layer each time it is asked: equal, not the same.
        self.setCurrentIndex(next((at for at, one in enumerate(layers) if one == chosen), len(layers) - 1))
        self.blockSignals(False)

    def choose(self, layer: Any) -> None:
        """Choose a layer that is offered."""
        self.setCurrentIndex(self._layers.index(layer))


class MeasureWidget(QWidget):
    """A table of lines. `napari_viewer` is the viewer whose layers are measured; napari gives it by that name."""

    def __init__(self, napari_viewer: Any) -> None:
        super().__init__()
        self._viewer = napari_viewer
        self._watched: list[Any] = []
        # napari tells many things at once (each vertex, each slice); they are answered once, a moment later.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        self._build()
        for event in ("inserted", "removed", "reordered"):
            getattr(napari_viewer.layers.events, event).connect(self._layers_changed)
        self._layers_changed()
        self.refresh()

    def _build(self) -> None:
        self.picture = LayerChoice("Picture", "The ultrasound layer that is measured.")
        self.lines = LayerChoice("Lines", "The Shapes layer whose lines are measured.")
        for choice in (self.picture, self.lines):
            choice.currentIndexChanged.connect(self._wake)
        self.draw = QPushButton("Draw lines")
        self.draw.setToolTip("Adds a Shapes layer that lies on the picture, with the line tool in hand.")
        self.draw.clicked.connect(self.add_lines)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.setAccessibleName("Measured lines")
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)  # a reason is long: it wraps
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(True)
        self.table.setMinimumWidth(TABLE_WIDTH)
        form = QFormLayout()
        form.addRow("Picture", self.picture)
        form.addRow("Lines", self.lines)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.draw)
        layout.addWidget(self.sentence)
        layout.addWidget(self.table, 1)

    # ---- what is chosen --------------------------------------------------------------------------------------
    def add_lines(self) -> None:
        """Add a Shapes layer in the place and scale of the picture, with the line tool in hand."""
        picture = self.picture.chosen
        if picture is None:
            return
        made = self._viewer.add_shapes(
            name=LINES_NAME, ndim=picture.ndim, scale=picture.scale, translate=picture.translate,
            rotate=picture.rotate, shear=picture.shear, affine=picture.affine.affine_matrix, units=picture.units,
            axis_labels=picture.axis_labels, edge_width=2, edge_color="#e69f00",
        )  # fmt: skip
        made.mode = "add_line"
        self.lines.choose(made)

    def _layers_changed(self, _event: object = None) -> None:
        layers = list(self._viewer.layers)
        with contextlib.suppress(RuntimeError):  # napari outlives a dock that was closed
            self.picture.offer([one for one in layers if isinstance(one, Image) and picture_of(one) is not None])
            self.lines.offer([one for one in layers if isinstance(one, Shapes)])
            self._watch(layers)
            self._soon.start()

    def _watch(self, layers: list[Any]) -> None:
        for layer in layers:
            if layer not in self._watched and isinstance(layer, Image | Shapes):
                for name in _MOVES:
                    getattr(layer.events, name).connect(self._wake)
                layer.events.name.connect(self._layers_changed)
        self._watched = layers

    def _wake(self, _event: object = None) -> None:
        with contextlib.suppress(RuntimeError):
            self._soon.start()

    # ---- what is shown ---------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Measure again and show it."""
        picture, lines = self.picture.chosen, self.lines.chosen
        self.draw.setEnabled(picture is not None)
        found = [] if picture is None or lines is None else list(zip(lines.data, readings(lines, picture), strict=True))
        self.sentence.setText(_sentence(picture, len(found)))
        self.table.setRowCount(len(found))
        for row, (ends, reading) in enumerate(found):
            length, why = (
                (reading.length, reading.source) if isinstance(reading, Measured) else ("no length", reading.why)
            )
            self._show(row, (str(row + 1), frame_of(ends), length, why))
        self.table.resizeRowsToContents()

    def _show(self, row: int, words: tuple[str, ...]) -> None:
        for column, text in enumerate(words):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            self.table.setItem(row, column, item)


def _sentence(picture: Any, count: int) -> str:
    if picture is None:
        return NO_PICTURE
    shown = picture_of(picture)
    assert shown is not None
    scale = shown.by_hand.source if shown.by_hand is not None else shown.calibration.why
    return f"Calibration: {scale}" if count else f"Calibration: {scale}\n{NO_LINES}"
