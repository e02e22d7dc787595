"""The bar under the picture: play, step, frame and time, the rate recorded and actual, and which frames carry marks."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from injection_log_napari.canvas.painting import painting
from injection_log_napari.presenters.cine import CineState
from injection_log_napari.presenters.playing import MODE_WORDS, Mode, Player
from injection_log_napari.said import Said, say
from injection_log_napari.views.parts import Elided, button, label
from injection_log_napari.views.style import colour

TICK_MS = 8
RATE_EVERY_MS = 250.0
LEAST_FRAME_PX = 112
QWIDGETSIZE_MAX = 16_777_215
"""Qt's own: no limit."""
LEAST_RATE_PX = 48
LEAST_STRIP_PX = 50
"""What both keep where the picture is narrow: the rate gives way first, in full in its tip."""
MODE_TIPS: dict[Mode, str] = {
    "real_time": "Real time: keeps the recorded time and may skip frames for it (M: every frame)",
    "every_frame": "Every frame: skips none and may be slower (M: real time)",
}


class MarkStrip(Said, QWidget):
    """All frames as a line; marked ones stand out; a click goes there."""

    def __init__(self, go: Callable[[int], None]) -> None:
        super().__init__()
        self._go, self._state = go, CineState()
        self.setMinimumWidth(LEAST_STRIP_PX)
        self.setFixedHeight(30)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Frames that carry marks")

    def show_state(self, state: CineState) -> None:
        """Show other frames."""
        self._state = state
        self.update()

    @override
    def sizeHint(self) -> QSize:
        # It takes what is left; asking for more would take it from the words before it.
        return QSize(LEAST_STRIP_PX, 30)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        width, state = self.width() / max(1, self._state.frames), self._state
        x = (state.frame + 0.5) * width
        with painting(self) as painter:
            painter.fillRect(QRectF(0, 13, self.width(), 4), colour("edge"))
            for frame in state.marked:
                painter.fillRect(QRectF(frame * width, 5, max(4.0, width), 20), colour("marked"))
            painter.fillRect(QRectF(x - 1.5, 0, 3, 30), colour("ink_strong"))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._to(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._to(event)

    def _to(self, event: QMouseEvent) -> None:
        self._go(int(event.position().x() / max(1, self.width()) * self._state.frames))


class Rate(Elided):
    """The rate: as wide as the longest of its words, so that nothing beside it moves while it plays."""

    _room_px = 0

    def keep_room(self, words: Sequence[str]) -> None:
        """Be as wide as any of these, where there is room."""
        self.ensurePolished()  # a width is of the font that will be shown
        self._room_px = max(self.fontMetrics().horizontalAdvance(say(one)) for one in words)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._room_px, super().sizeHint().height())


@dataclass(frozen=True)
class CineActs:
    """What the bar reports; `is_waiting` tells whether a frame is still on its way."""

    go: Callable[[int], None]
    step: Callable[[int], None]
    play_to: Callable[[int], None]
    stay: Callable[[], None]
    is_waiting: Callable[[], bool]


class CineBar(QFrame):
    """Plays by the clock in the player's mode; a single picture has nothing to play."""

    def __init__(self, acts: CineActs) -> None:
        super().__init__()
        self._acts, self._state, self._player = acts, CineState(), Player()
        self._timer, self._clock = QTimer(self), QElapsedTimer()
        self._clock.start()
        self._rate_told_ms = 0.0
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.play = button("▶", self.toggle, tip="Play, or stop (Space)")
        self.back = button("◂", lambda: acts.step(-1), tip="One frame back (←)")
        self.on = button("▸", lambda: acts.step(1), tip="One frame on (→)")
        self.mode = button(MODE_WORDS["real_time"], self.switch_mode)
        for made, width in ((self.play, 38), (self.back, 38), (self.on, 38), (self.mode, 118)):
            made.setFixedWidth(width)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # A sign is no word to whoever hears it.
        for made, name in ((self.play, "Play, or stop"), (self.back, "One frame back"), (self.on, "One frame on")):
            made.setAccessibleName(name)
        self._frame, self._time, self.rate = label("", "value"), label("", "quiet"), Rate("quiet", LEAST_RATE_PX)
        self._time.setMinimumWidth(56)
        self.strip = MarkStrip(acts.go)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(6)
        for widget in (self.play, self.back, self.on, self._frame, self._time, self.mode, self.rate):
            row.addWidget(widget)
        row.addSpacing(6)
        row.addWidget(self.strip, 1)
        row.addStretch(0)
        self.setFixedHeight(44)

    def attend(self, player: Player) -> None:
        """Another visit's player; the mode is the person's and stays."""
        self.stop()
        player.mode, self._player = self._player.mode, player

    def show_state(self, state: CineState) -> None:
        """Show where the clip is."""
        before, self._state = self._state, state
        if (state.uid, state.frames) != (before.uid, before.frames):
            self.stop()
        elif state.frame != before.frame:
            self._player.shown(state, self._now)
        if self._timer.isActive() and not self._player.is_playing:
            self._halt()  # somebody stepped
        self._frame.setText(state.frame_words)
        self._frame.ensurePolished()
        need = self._frame.fontMetrics().horizontalAdvance(self._frame.text())
        # No wider than its words: a label asks for more, and the rate would have to give way to that.
        self._frame.setMinimumWidth(max(LEAST_FRAME_PX, need) if state.can_play else 0)
        self._frame.setMaximumWidth(max(LEAST_FRAME_PX, need) if state.can_play else QWIDGETSIZE_MAX)
        self._time.setText(state.time_words)
        self._tell_rate()
        for made in (self.play, self.back, self.on, self.mode, self._time, self.rate, self.strip):
            made.setVisible(state.can_play)
        self.mode.setText(MODE_WORDS[self._player.mode])
        self.mode.setToolTip(MODE_TIPS[self._player.mode])
        self.strip.show_state(state)

    def toggle(self) -> None:
        """Play or stop."""
        if self._timer.isActive():
            self.stop()
        elif self._player.start(self._state, self._now):
            self._timer.start()
            self.play.setText("❚❚")

    def stop(self) -> None:
        """Stop playing; what was on its way is not shown any more."""
        if self._timer.isActive():
            self._acts.stay()
        self._halt()

    def _halt(self) -> None:
        self._timer.stop()
        self._player.stop()
        self.play.setText("▶")
        self._tell_rate()

    def switch_mode(self) -> None:
        """Real time, or every frame."""
        if self._state.can_play:
            self._player.switch(self._state, self._now)
            self.show_state(self._state)

    @property
    def is_playing(self) -> bool:
        """Whether the clip runs."""
        return self._timer.isActive()

    @property
    def _now(self) -> float:
        return self._clock.nsecsElapsed() / 1e6

    def _tick(self) -> None:
        if not self._player.is_playing:
            self._halt()
        elif not self._acts.is_waiting():
            frame = self._player.due(self._state, self._now)
            if frame is not None:
                self._acts.play_to(frame)
        if self._now - self._rate_told_ms > RATE_EVERY_MS:
            self._tell_rate()

    def _tell_rate(self) -> None:
        self._rate_told_ms = self._now
        actual = self._player.rate(self._state, self._now) if self._player.is_playing else None
        self.rate.keep_room((self._state.rate_words(999.9), self._state.rate_words()))
        self.rate.show_text(self._state.rate_words(actual))
