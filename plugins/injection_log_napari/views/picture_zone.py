"""The middle: the canvas with the cine bar below it. It follows the picture presenter; it decides nothing.

Until the canvas is made (napari is imported behind the first pages) it shows a plain word.
"""
from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout

from injection_log_napari.canvas.interface import Canvas, KeyEvent, Listeners, PixelAspect, PointerEvent
from injection_log_napari.presenters.cine import CineState
from injection_log_napari.presenters.marked_picture import MarkedPicture
from injection_log_napari.views.cine_bar import CineActs, CineBar
from injection_log_napari.views.clips import Clips, Opened
from injection_log_napari.views.frame_feed import FrameFeed
from injection_log_napari.views.frame_looks import FrameLooks
from injection_log_napari.views.parts import label
from injection_log_napari.views.workers import Workers


class ShownRoom(Protocol):
    """The room whose pictures are shown: a visit's, or a blinded case's."""

    @property
    def picture(self) -> MarkedPicture:
        """The picture that is shown."""

    def pointer(self, event: PointerEvent) -> None:
        """An act of the pointer over the picture."""

    def key(self, event: KeyEvent) -> bool:
        """A key while the picture has the focus; False when it is not the room's."""


class PictureZone(QFrame):
    """One canvas for all visits; a visit is put on it with `attend`."""

    def __init__(self) -> None:
        super().__init__()
        self.canvas: Canvas | None = None
        self._room: ShownRoom | None = None
        self._clips: Clips | None = None
        self._on_glass = ("", -1)
        self._is_blurred_on_glass = False
        self._aspect = PixelAspect()
        self._feed: FrameFeed | None = None
        self._looks: FrameLooks | None = None
        # Its own pool: a search of the PACS or a folder being read never holds a frame up.
        self.workers = Workers()
        # And one for help from the picture: a frame that is due never waits for it.
        self.lookers = Workers(threads=1)
        self.bar = CineBar(CineActs(self._go, self._step, self._play_to, self._stay, self._is_waiting))
        self._word = label("", "quiet")
        self._word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._word)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.bar)

    def take_canvas(self, canvas: Canvas) -> None:
        """The canvas is made: put it in."""
        self.canvas = canvas
        self._stack.addWidget(canvas.widget)
        self._on_glass = ("", -1)
        if self._room is not None:
            self._listen(self._room)
        self.refresh()

    def attend(self, room: ShownRoom, clips: Clips) -> None:
        """Show another visit: nothing of the one before stays."""
        self._let_go()
        self._room, self._clips = room, clips
        turning = room.picture.turning
        self._feed = turning.supply = FrameFeed(clips, self.workers, turning)
        self._looks = FrameLooks(clips, self.lookers)
        room.picture.take_looks(self._looks)
        self.bar.attend(room.picture.player)
        if self.canvas is not None:
            self.canvas.clear()
            self._listen(room)

    def leave(self) -> None:
        """No visit is shown."""
        self._let_go()
        if self.canvas is not None:
            self.canvas.listen(Listeners())
            self.canvas.clear()

    def close_down(self) -> None:
        """The window ends: nothing is decoded any more, and no answer comes."""
        self._let_go()
        self.lookers.close()
        self.workers.close()

    def _let_go(self) -> None:
        self.bar.stop()
        if self._feed is not None:
            self._feed.leave()
        if self._looks is not None:
            self._looks.leave()
        self._room = self._clips = self._feed = self._looks = None
        self._on_glass = ("", -1)

    def _listen(self, room: ShownRoom) -> None:
        assert self.canvas is not None

        def pointer(event: PointerEvent) -> None:
            if event.act == "press":
                self.bar.stop()  # what is pointed at must not run away
            room.pointer(event)

        self.canvas.listen(Listeners(pointer=pointer, key=room.key))

    def refresh(self) -> None:
        """Follow the presenter: clip, frame, marks, bar."""
        if self._room is None or self._clips is None:
            return
        picture = self._room.picture
        opened = self._clips.opened(picture.uid) if picture.uid else None
        self._show_bar(picture, opened)
        if self.canvas is None or opened is None or not self._is_there(picture):
            self._word.setText(self._waiting_word(picture))
            self._stack.setCurrentWidget(self._word)
            return
        self._stack.setCurrentWidget(self.canvas.widget)
        self._show_frame(self.canvas, picture, opened)
        self.canvas.draw(picture.primitives(), picture.pictures.scale_note(picture.uid))

    def _is_there(self, picture: MarkedPicture) -> bool:
        """Whether the frame to show is decoded, or on the glass already; else it is asked for."""
        on_glass = self._on_glass == picture.where and not self._is_blurred_on_glass
        if on_glass or picture.is_blurred or picture.turning.supply.has(*picture.where):
            return True
        if not picture.turning.is_lost(*picture.where):
            picture.turning.supply.fetch(*picture.where)
        return False

    def _waiting_word(self, picture: MarkedPicture) -> str:
        if self.canvas is None:
            return "The picture view is being loaded…"
        if not picture.uid:
            return "No pictures yet: pull or import them first."
        return "This frame cannot be decoded." if picture.turning.is_lost(*picture.where) else "Reading the picture…"

    def _show_frame(self, canvas: Canvas, picture: MarkedPicture, opened: Opened) -> None:
        aspect = picture.pictures.aspect(picture.uid)
        # A scale set by hand can give the picture another shape.
        if self._on_glass[0] != picture.uid or aspect != self._aspect:
            frames = self._feed.frames_of(opened.frames) if self._feed is not None else opened.frames
            canvas.show_clip(frames, picture.frame, aspect)
            self._aspect = aspect
        elif self._on_glass[1] != picture.frame or self._is_blurred_on_glass != picture.is_blurred:
            canvas.show_frame(picture.frame)
        self._on_glass, self._is_blurred_on_glass = (picture.uid, picture.frame), picture.is_blurred

    def _show_bar(self, picture: MarkedPicture, opened: Opened | None) -> None:
        image = picture.image
        times = opened.header.frame_times if opened is not None else None
        self.bar.show_state(
            CineState(
                picture.uid,
                picture.frame,
                image.frames if image else 1,
                picture.marked_frames,
                times.starts_ms if times else (),
                times.source if times else "",
                picture.pictures.is_clip_of_one(picture.uid),
            )
        )

    def focus(self) -> None:
        """Give the picture the focus, so that its keys act."""
        if self.canvas is not None:
            self.canvas.surface.setFocus(Qt.FocusReason.OtherFocusReason)

    def zoom(self, how: str) -> None:
        """Fit the window, or show actual pixels."""
        if self.canvas is not None:
            self.canvas.fit() if how == "fit" else self.canvas.actual_pixels()

    def _go(self, frame: int) -> None:
        if self._room is not None:
            self._room.picture.go(frame)

    def _step(self, by: int) -> None:
        if self._room is not None:
            self._room.picture.step(by)

    def _play_to(self, frame: int) -> None:
        if self._room is not None:
            self._room.picture.play_to(frame)

    def _stay(self) -> None:
        if self._room is not None:
            self._room.picture.turning.stay()

    def _is_waiting(self) -> bool:
        return self._room is not None and self._room.picture.turning.is_waiting
