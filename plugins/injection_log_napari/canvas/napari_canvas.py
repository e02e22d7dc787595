"""The napari canvas: its QtViewer over a ViewerModel, embedded in our window, under our own glass.

One image layer is reused for all clips (napari does not give memory back when layers go, #2027). Its lists,
controls, sliders and welcome page are never shown, its keys and mouse never reached: the glass takes them.
The transform of our glass is the only truth about zoom and position. napari's camera keeps its own view through
a resize of its canvas (hidden and shown again, the window made smaller) and takes that for the wish of a person;
so our transform is put back when the camera changes, when the picture is shown or resized, around every paint and
before every press.
The napari parts used are pinned by setup.cfg and looked after by tests/window/test_canvas.py.
"""
from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import Frames, Picture, PixelAspect
from injection_log_napari.canvas.on_glass import OnGlass
from injection_log_napari.canvas.pictures import as_rgb
from injection_log_napari.canvas.surface import Surface
from injection_log_napari.canvas.view_transform import ViewTransform

NEAREST_FROM_ZOOM = 2.0
ASTRAY_UNITS = 0.2


class RgbFrames:
    """A clip as napari wants it: array-like, (frames, rows, columns, 3), decoded when sliced."""

    dtype = np.dtype(np.uint8)
    ndim = 4

    def __init__(self, source: Frames) -> None:
        self._source = source
        self.shape = (*source.shape[:3], 3)
        self.size = int(np.prod(self.shape))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> npt.NDArray[np.uint8]:
        first, *rest = index if isinstance(index, tuple) else (index,)
        if isinstance(first, slice):
            numbers = range(*first.indices(self.shape[0]))
            return np.stack([self._frame(number) for number in numbers])[(slice(None), *rest)]
        return self._frame(int(first))[tuple(rest)] if rest else self._frame(int(first))

    def _frame(self, number: int) -> Picture:
        return as_rgb(np.asarray(self._source.frame(number)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return np.asarray(self[:], dtype=dtype)


class DeafKeys(QObject):
    """Takes every key before napari does."""

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Swallow keys, shortcuts and drops; all else goes on."""
        return event.type() in (
            QEvent.Type.KeyPress,
            QEvent.Type.KeyRelease,
            QEvent.Type.ShortcutOverride,
            QEvent.Type.Shortcut,
            QEvent.Type.DragEnter,
            QEvent.Type.Drop,
        )


class Host(QWidget):
    """napari's viewer with the glass over its picture."""

    def __init__(self, viewer: QWidget, picture: QWidget, glass: Surface, hold: Callable[[], None]) -> None:
        super().__init__()
        self._hold = hold
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(viewer)
        self._picture, self._glass = picture, glass
        picture.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the glass as large as the picture, and the picture where the glass says."""
        if watched is self._picture and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._glass.setGeometry(self._picture.rect())
            self._hold()
        return super().eventFilter(watched, event)


def prepared_model() -> Any:
    """napari's model with its one layer; slow, holds no widget, made by a worker so that the window need not wait."""
    os.environ.setdefault("QT_API", "pyside6")
    import napari.qt  # noqa: F401  # loaded here, so that the viewer is only made on the window's thread
    from napari.components import ViewerModel

    model: Any = ViewerModel()
    # A first tiny layer pays for scipy and pint (0.7 s) before the first clip arrives.
    model.add_image(np.zeros((1, 2, 2, 3), np.uint8), rgb=True, name="clip", visible=False)
    return model


class NapariCanvas(OnGlass):
    """A canvas that lets napari show the picture. Raises whatever OpenGL raises when there is none."""

    name = "napari"

    def __init__(self, model: Any = None) -> None:
        """`model` as a worker prepared it; made here where there is none."""
        self.model: Any = model if model is not None else prepared_model()
        from napari.qt import QtViewer

        self._viewer: Any = QtViewer(self.model)
        self._viewer.setAcceptDrops(False)
        self._viewer.dims.hide()
        self._viewer.dims.setMaximumHeight(0)
        self._native: QWidget = self._viewer.canvas.native
        self._native.parentWidget().layout().setContentsMargins(0, 0, 0, 0)
        self._deaf = DeafKeys()
        for widget in (self._viewer, self._native, self._native.parentWidget()):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            widget.installEventFilter(self._deaf)
        self.model.canvas.background_color_override = "black"
        self.layer: Any = self.model.layers[0]
        self._is_holding = False
        glass = Surface(self._native, self._follow, self._is_true)
        super().__init__(Host(self._viewer, self._native, glass, self._hold), glass)
        self._hold_for_ever()

    def show_clip(self, source: Frames, frame: int, aspect: PixelAspect) -> None:
        """Show another clip in the one layer."""
        # The old place of the slider could lie outside the new clip: first frame first, then the data.
        self.model.dims.set_point(0, 0)
        self.layer.data = RgbFrames(source)
        self.layer.scale = (1.0, aspect.row, aspect.column)
        self.layer.visible = True
        self.show_frame(frame)
        self.surface.setGeometry(self._native.rect())
        self.surface.take_image((source.shape[1], source.shape[2]), aspect)
        self._follow(self.surface.view)

    def show_frame(self, index: int) -> None:
        """Show another frame of the clip, or the same one again: a blurred frame has become sharp."""
        if round(self.model.dims.point[0]) == index:
            self.layer.refresh(thumbnail=False, highlight=False, extent=False)
        self.model.dims.set_point(0, index)

    def clear(self) -> None:
        """Show nothing; the clip is let go."""
        self.model.dims.set_point(0, 0)
        self.layer.data = np.zeros((1, 2, 2, 3), np.uint8)
        self.layer.visible = False
        self.surface.take_image(None, PixelAspect())

    # ---- our transform, napari's camera ----------------------------------------------------------------------
    def _follow(self, view: ViewTransform) -> None:
        self._hold()
        wanted = "nearest" if view.zoom >= NEAREST_FROM_ZOOM else "linear"
        if self.layer.interpolation2d != wanted:
            self.layer.interpolation2d = wanted

    def _hold_for_ever(self) -> None:
        draw = self._viewer.canvas._scene_canvas.events.draw
        draw.connect(self._before_or_after_paint, position="first")
        # napari changes its camera at the end of a paint that follows a resize; we come after it.
        draw.connect(self._before_or_after_paint, position="last")
        for event in (self.model.scene.camera.events.center, self.model.scene.camera.events.zoom):
            event.connect(self._camera_changed, position="last")

    def _before_or_after_paint(self, _event: object) -> None:
        self._hold()

    def _camera_changed(self, _event: object) -> None:
        self._hold()

    def _is_true(self) -> bool:
        """Whether the picture lies where our transform says; put back there when it does not."""
        if not self._is_astray():
            return True
        self._hold()
        self._native.update()
        return False

    def _is_astray(self) -> bool:
        image, view = self.surface.image, self.surface.view
        if image is None:
            return False
        placed = self._viewer.canvas.view.scene.transform
        for point in (Point(0, 0), Point(*image)):
            x, y = placed.map((point.column * view.aspect.column, point.row * view.aspect.row))[:2]
            meant_x, meant_y = view.to_widget(point)
            if not max(abs(x - meant_x), abs(y - meant_y)) <= ASTRAY_UNITS:
                return True
        return False

    def _hold(self) -> None:
        """Make napari's camera say what our transform says."""
        box = self._viewer.canvas.view
        width, height = box.rect.size
        if self._is_holding or width < 1 or height < 1 or self.surface.image is None:
            return
        # napari's world is our image times the aspect, pixel centres at whole numbers.
        view = self.surface.view
        middle = view.to_image(width / 2, height / 2)
        row, column = middle.row * view.aspect.row, middle.column * view.aspect.column
        self._is_holding = True
        try:
            camera = self.model.scene.camera
            camera.center, camera.zoom = (0.0, row, column), view.zoom
            # Its model may hold these values already while the camera that draws holds others: that one too.
            if self._is_astray():
                wide, high = width / view.zoom, height / view.zoom
                box.camera.rect = (column - wide / 2, row - high / 2, wide, high)
        finally:
            self._is_holding = False
