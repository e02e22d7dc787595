"""Paints primitives and the scale bar with QPainter: crisp text, dark halos, the same on every canvas.

It gets points of the image and a transform and paints; it decides neither colours nor words, and puts those it is given
into the language that is spoken.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from injection_log_napari.canvas.interface import Handle, Label, Primitive, ScaleNote, Stroke
from injection_log_napari.canvas.view_transform import ViewTransform, scale_bar_mm
from injection_log_napari.said import say

HANDLE_RADIUS = 5.0
LINE_WIDTH = 2.0
HALO_WIDTH = 5.0
FAINT = 0.45
HALO = QColor(0, 0, 0, 190)
LONGEST_BAR = 220.0
MARGIN = 18.0


def paint_marks(painter: QPainter, view: ViewTransform, primitives: Sequence[Primitive]) -> None:
    """Paint lines first, handles over them, words last, so that no word lies under a line."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for kind in (Stroke, Handle, Label):
        for primitive in primitives:
            if not isinstance(primitive, kind):
                continue
            painter.setOpacity(FAINT if primitive.faint else 1.0)
            match primitive:
                case Stroke():
                    _paint_stroke(painter, view, primitive)
                case Handle():
                    _paint_handle(painter, view, primitive)
                case Label():
                    _paint_label(painter, view, primitive)
    painter.setOpacity(1.0)


def paint_scale(painter: QPainter, view: ViewTransform, note: ScaleNote, glass: QRectF) -> None:
    """The scale bar at the lower right with the source of the scale, or only the words when there is none."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = _font(painter, bold=False)
    metrics = QFontMetricsF(font)
    right, bottom = glass.right() - MARGIN, glass.bottom() - MARGIN
    words = metrics.elidedText(say(note.words), Qt.TextElideMode.ElideRight, glass.width() - 2 * MARGIN)
    start = right - metrics.horizontalAdvance(words)
    _haloed_text(painter, QPointF(start, bottom), words, font, QColor("#ffc24a" if note.is_doubtful else "#d7dde4"))
    if note.mm_per_px_column is None:
        return
    length_mm, length = scale_bar_mm(note.mm_per_px_column, view, LONGEST_BAR)
    y = bottom - metrics.height() - 6
    path = QPainterPath(QPointF(right - length, y))
    path.lineTo(right, y)
    for x in (right - length, right):
        path.moveTo(x, y - 5)
        path.lineTo(x, y + 5)
    _haloed_path(painter, path, QColor("#ffffff"))
    caption = f"{length_mm} mm"
    start = right - length / 2 - metrics.horizontalAdvance(caption) / 2
    _haloed_text(painter, QPointF(start, y - 9), caption, font, QColor("#ffffff"))


def _paint_stroke(painter: QPainter, view: ViewTransform, stroke: Stroke) -> None:
    points = [QPointF(*view.to_widget(point)) for point in stroke.points]
    if len(points) < 2:
        return
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    _haloed_path(painter, path, QColor(stroke.colour), dashed=stroke.dashed)


def _haloed_path(painter: QPainter, path: QPainterPath, colour: QColor, *, dashed: bool = False) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(HALO, HALO_WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPath(path)
    pen = QPen(colour, LINE_WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    if dashed:
        pen.setDashPattern([4.0, 3.0])
    painter.setPen(pen)
    painter.drawPath(path)


def _paint_handle(painter: QPainter, view: ViewTransform, handle: Handle) -> None:
    centre = QPointF(*view.to_widget(handle.at))
    radius = HANDLE_RADIUS + (2.0 if handle.hot else 0.0)
    colour = QColor(handle.colour)
    # The exact place is the open middle of the ring, so that the handle never hides what it marks.
    for pen, draw in ((QPen(HALO, HALO_WIDTH), True), (QPen(colour, LINE_WIDTH), True)):
        painter.setPen(pen)
        painter.setBrush(QColor(255, 255, 255, 60) if handle.hot and draw else Qt.BrushStyle.NoBrush)
        _outline(painter, handle.shape)(centre, radius)
    painter.setPen(QPen(colour, 1.0))
    painter.drawPoint(centre)
    if handle.letter:
        font = _font(painter, bold=True)
        place = centre + QPointF(radius + 4, -radius - 2)
        _haloed_text(painter, place, handle.letter, font, colour)


def _outline(painter: QPainter, shape: str) -> Callable[[QPointF, float], None]:
    def ring(centre: QPointF, radius: float) -> None:
        painter.drawEllipse(centre, radius, radius)

    def box(centre: QPointF, radius: float) -> None:
        painter.drawRect(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius))

    return ring if shape == "round" else box


def _paint_label(painter: QPainter, view: ViewTransform, label: Label) -> None:
    x, y = view.to_widget(label.at)
    font = _font(painter, bold=True)
    metrics = QFontMetricsF(font)
    text = say(label.text)
    width = metrics.horizontalAdvance(text)
    dx, dy = {
        "right": (14.0, metrics.ascent() / 2),
        "left": (-14.0 - width, metrics.ascent() / 2),
        "above": (-width / 2, -14.0),
        "below": (-width / 2, 14.0 + metrics.ascent()),
    }[label.offset]
    glass = painter.viewport()
    x = min(max(4.0, x + dx), max(4.0, glass.width() / painter.device().devicePixelRatioF() - width - 4))
    _haloed_text(painter, QPointF(x, y + dy), text, font, QColor(label.colour))


def _font(painter: QPainter, *, bold: bool) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(15)
    font.setBold(bold)
    return font


def _haloed_text(painter: QPainter, at: QPointF, text: str, font: QFont, colour: QColor) -> None:
    path = QPainterPath()
    path.addText(at, font, text)
    painter.setPen(QPen(HALO, 4.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(HALO)
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPath(path)


