"""The bar under the picture: play at the recorded rate, step, frame and time, and which frames carry marks."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from injection_log_napari.presenters.cine import CineState
from injection_log_napari.views.parts import button, label

TICK_MS = 15


class MarkStrip(QWidget):
    """All frames as a line; marked ones stand out; a click goes there."""

    def __init__(self, go: Callable[[int], None]) -> None:
        super().__init__()
        self._go, self._state = go, CineState()
        self.setMinimumWidth(90)
        self.setFixedHeight(30)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Frames that carry marks")

    def show_state(self, state: CineState) -> None:
        """Show other frames."""
        self._state = state
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(220, 30)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        width, state = self.width() / max(1, self._state.frames), self._state
        painter.fillRect(QRectF(0, 13, self.width(), 4), QColor("#39434e"))
        for frame in state.marked:
            painter.fillRect(QRectF(frame * width, 5, max(4.0, width), 20), QColor("#f0e442"))
        x = (state.frame + 0.5) * width
        painter.fillRect(QRectF(x - 1.5, 0, 3, 30), QColor("#ffffff"))
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._to(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._to(event)

    def _to(self, event: QMouseEvent) -> None:
        self._go(int(event.position().x() / max(1, self.width()) * self._state.frames))


@dataclass(frozen=True)
class CineActs:
    """What the bar reports."""

    go: Callable[[int], None]
    step: Callable[[int], None]


class CineBar(QFrame):
    """Plays by the clock: real time may skip frames, a step never does."""

    def __init__(self, acts: CineActs) -> None:
        super().__init__()
        self._acts, self._state = acts, CineState()
        self._timer, self._clock = QTimer(self), QElapsedTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._began_at = 0.0
        self.play = button("▶", self.toggle, tip="Play at the recorded rate, or stop (Space)")
        self.back = button("◂", lambda: acts.step(-1), tip="One frame back (←)")
        self.on = button("▸", lambda: acts.step(1), tip="One frame on (→)")
        for made in (self.play, self.back, self.on):
            made.setFixedWidth(46)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._frame, self._time, self._rate = label("", "value"), label("", "quiet"), label("", "quiet")
        self._frame.setMinimumWidth(128)
        self._time.setMinimumWidth(64)
        self.strip = MarkStrip(acts.go)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        for widget in (self.play, self.back, self.on, self._frame, self._time, self._rate):
            row.addWidget(widget)
        row.addWidget(self.strip, 1)
        row.addStretch(0)
        self.setFixedHeight(44)

    def show_state(self, state: CineState) -> None:
        """Show where the clip is."""
        if (state.uid, state.frames) != (self._state.uid, self._state.frames):
            self.stop()
        self._state = state
        self._frame.setText(state.frame_words)
        self._time.setText(state.time_words)
        self._rate.setText(state.rate_words)
        for made in (self.play, self.back, self.on):
            made.setEnabled(state.frames > 1)
        self.strip.show_state(state)
        self.strip.setVisible(state.frames > 1)

    def toggle(self) -> None:
        """Play or stop."""
        if self._timer.isActive():
            self.stop()
        elif self._state.frames > 1:
            self._began_at = self._state.start_of(self._state.frame)
            self._clock.start()
            self._timer.start()
            self.play.setText("❚❚")

    def stop(self) -> None:
        """Stop playing."""
        self._timer.stop()
        self.play.setText("▶")

    @property
    def is_playing(self) -> bool:
        """Whether the clip runs."""
        return self._timer.isActive()

    def _tick(self) -> None:
        frame = self._state.frame_at(self._began_at + self._clock.elapsed())
        if frame != self._state.frame:
            self._acts.go(frame)
