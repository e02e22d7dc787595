"""The glass over the picture: paints the marks, takes every pointer act and key, owns zoom and pan.

One transparent widget for both canvases; the picture host below it only follows the transform.
It takes keys and pointer so that no picture library ever sees them. It keeps no marks of its own.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from injection_log_napari.canvas.interface import (
    KeyEvent,
    Listeners,
    PixelAspect,
    PointerAct,
    PointerEvent,
    Primitive,
    ScaleNote,
)
from injection_log_napari.canvas.marks_painter import paint_marks, paint_scale
from injection_log_napari.canvas.painting import painting
from injection_log_napari.canvas.view_transform import ViewTransform, centred, fitted
from injection_log_napari.said import Said

HIT_UNITS = 14.0
ZOOM_STEP = 1.2
KEY_NAMES: dict[int, str] = {
    Qt.Key.Key_Left.value: "Left",
    Qt.Key.Key_Right.value: "Right",
    Qt.Key.Key_Up.value: "Up",
    Qt.Key.Key_Down.value: "Down",
    Qt.Key.Key_Home.value: "Home",
    Qt.Key.Key_End.value: "End",
    Qt.Key.Key_Backspace.value: "Backspace",
    Qt.Key.Key_Delete.value: "Delete",
    Qt.Key.Key_Escape.value: "Escape",
    Qt.Key.Key_Space.value: "Space",
    Qt.Key.Key_Return.value: "Enter",
    Qt.Key.Key_Enter.value: "Enter",
    Qt.Key.Key_Comma.value: ",",
    Qt.Key.Key_Period.value: ".",
    Qt.Key.Key_Question.value: "?",
}


def key_event(event: QKeyEvent) -> KeyEvent | None:
    """The toolkit's key as a plain value; None for a bare modifier or a key that has no name here."""
    modifiers = event.modifiers()
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    name = KEY_NAMES.get(event.key())
    if name is None and Qt.Key.Key_A.value <= event.key() <= Qt.Key.Key_Z.value:
        name = chr(event.key())
    if name is None and Qt.Key.Key_0.value <= event.key() <= Qt.Key.Key_9.value:
        name = chr(event.key())
    return None if name is None else KeyEvent(name, shift, control)


class Surface(Said, QWidget):
    """The glass. `follow` is told every new transform, so that the picture below moves with it.

    `is_true` is asked before every press: False refuses it, for the person pointed at a picture that lay elsewhere.
    """

    def __init__(
        self,
        parent: QWidget | None,
        follow: Callable[[ViewTransform], None],
        is_true: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(parent)
        self._follow, self._is_true = follow, is_true
        self._listeners = Listeners()
        self._primitives: tuple[Primitive, ...] = ()
        self._scale: ScaleNote | None = None
        self._image: tuple[int, int] | None = None
        self._fitted = True
        self._pan_from: QPointF | None = None
        self.view = ViewTransform()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAccessibleName("Picture")

    @property
    def image(self) -> tuple[int, int] | None:
        """(rows, columns) of the picture below, None without one."""
        return self._image

    # ---- what the canvas tells the glass -------------------------------------------------------------------
    def listen(self, listeners: Listeners) -> None:
        """Replace who is told."""
        self._listeners = listeners

    def take_image(self, image: tuple[int, int] | None, aspect: PixelAspect) -> None:
        """A picture of (rows, columns) is now below; marks of the one before are dropped."""
        same = image == self._image and aspect == self.view.aspect
        self._image, self._primitives, self._scale = image, (), None
        if not same:
            self.view = replace(self.view, aspect=aspect)
            self.fit()
        self.update()

    def draw(self, primitives: Sequence[Primitive], scale: ScaleNote | None) -> None:
        """Replace all that is painted."""
        self._primitives, self._scale = tuple(primitives), scale
        self.update()

    def fit(self) -> None:
        """Show the whole picture."""
        self._fitted = True
        if self._image is not None:
            self._set_view(fitted(self._image, self._glass(), self.view.aspect))

    def actual_pixels(self) -> None:
        """One image pixel on one pixel of the screen."""
        if self._image is not None:
            self._fitted = False
            view = replace(self.view, zoom=1.0 / self.devicePixelRatioF())
            self._set_view(centred(self._image, self._glass(), view))

    def zoom_about(self, x: float, y: float, factor: float) -> None:
        """Zoom with the point under (x, y) staying where it is."""
        self._fitted = False
        self._set_view(self.view.zoomed_about(x, y, factor))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture on the glass."""
        self._fitted = False
        self._set_view(self.view.moved(dx, dy))

    def _glass(self) -> tuple[float, float]:
        return float(self.width()), float(self.height())

    def _set_view(self, view: ViewTransform) -> None:
        self.view = view
        self._follow(view)
        self._listeners.view_changed()
        self.update()

    # ---- painting ------------------------------------------------------------------------------------------
    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self._image is not None:
                paint_marks(painter, self.view, self._primitives)
                if self._scale is not None:
                    paint_scale(painter, self.view, self._scale, QRectF(self.rect()))
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self.palette().highlight().color(), 2.0))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._image is None:
            return
        if self._fitted:
            self.fit()
        else:
            self._set_view(self.view)

    # ---- pointer -------------------------------------------------------------------------------------------
    def _report(self, act: PointerAct, at: QPointF, *, shift: bool = False) -> None:
        if self._image is not None:
            point = self.view.to_image(at.x(), at.y())
            self._listeners.pointer(PointerEvent(act, point, self.view.reach(HIT_UNITS), shift))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton and self._is_true():
            self._report("press", event.position(), shift=_shift(event))
        elif event.button() in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
            self._pan_from = event.position()
        event.accept()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            moved = event.position() - self._pan_from
            self._pan_from = event.position()
            self.pan_by(moved.x(), moved.y())
        else:
            self._report("move", event.position(), shift=_shift(event))
        event.accept()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._report("release", event.position(), shift=_shift(event))
        else:
            self._pan_from = None
        event.accept()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_true():
            self._report("double_click", event.position(), shift=_shift(event))
        event.accept()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._report("leave", QPointF())
        super().leaveEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if self._image is not None and steps:
            self.zoom_about(event.position().x(), event.position().y(), ZOOM_STEP**steps)
        event.accept()

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:
        # Tab is a key of ours too: it goes to the field that matters, not to the next button on the way.
        if forward and self._listeners.key(KeyEvent("Tab")):
            return True
        return bool(super().focusNextPrevChild(forward))

    # ---- keys ----------------------------------------------------------------------------------------------
    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = key_event(event)
        if key is not None and self._listeners.key(key):
            event.accept()
            return
        # Not ours: what the window itself needs (Tab, Ctrl+L) goes on; the picture library never sees it.
        event.ignore()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


def _shift(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)


