"""The page of one case: banner, pictures, canvas, panel, the sentence at the foot. A fresh object for every case."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log_napari.presenters.reading.case_room import CaseRoom
from injection_log_napari.presenters.reading.case_thumbs import case_thumbs
from injection_log_napari.presenters.reading.reading_keys import READING_KEYS
from injection_log_napari.presenters.room_state import Wish, WishKind
from injection_log_napari.views.banner import BannerView
from injection_log_napari.views.clips import Clips, Opened
from injection_log_napari.views.keys_page import KeysPage
from injection_log_napari.views.parts import ENTER, fill_page, scrolled
from injection_log_napari.views.question_card import QuestionCard
from injection_log_napari.views.reading.read_panel import ReadActs, ReadPanel
from injection_log_napari.views.sentence_line import SentenceLine
from injection_log_napari.views.step_column import WIDTH
from injection_log_napari.views.thumb_grid import ThumbGrid

if TYPE_CHECKING:
    from injection_log_napari.reader_desk import ReaderDesk
    from injection_log_napari.views.picture_zone import PictureZone
    from injection_log_napari.views.workers import Workers


@dataclass(frozen=True)
class CaseAround:
    """The picture zone that goes from case to case, the pool, and the ways out."""

    zone: PictureZone
    workers: Workers
    lock: Callable[[], None]
    leave: Callable[[], None]


class CasePage(QWidget):
    """One case that is read."""

    def __init__(self, desk: ReaderDesk, around: CaseAround) -> None:
        super().__init__()
        self._is_ready = False
        self.desk, self._around = desk, around
        self.room = CaseRoom(desk, self.fulfil, self.refresh, self.redraw)
        self.clips = Clips(desk, around.workers, lambda _uid, error: self.room.picture_failed(error))
        self.banner = BannerView(around.lock, around.leave)
        self.thumbs = ThumbGrid(self.room.choose)
        self.panel = self._panel()
        self.keys = KeysPage(self, READING_KEYS, has_card=False)
        self.line = SentenceLine(self.keys.open)
        self._compose()
        self._is_ready = True
        around.zone.attend(self.room, self.clips)
        for uid in self.room.uids:
            self.clips.ask_for(uid, self._came)
        self.refresh()

    def _panel(self) -> ReadPanel:
        room = self.room
        acts = ReadActs(
            caliper=room.take_caliper, show_mark=self._show_mark, contour=room.take_contour,
            grade=lambda kind, value: room.grade(room.side, kind, value),
            judge=lambda level: room.judge(room.side, level), say_why=lambda why: room.say_why(room.side, why),
            go=room.go, go_on=room.go_next, lock=room.ask_lock,
        )  # fmt: skip
        return ReadPanel(acts, QuestionCard(room.asking, self._around.zone.focus))

    def _compose(self) -> None:
        pictures = QFrame()
        pictures.setObjectName("column")
        pictures.setFixedWidth(WIDTH)
        inner = QVBoxLayout(pictures)
        inner.setContentsMargins(0, 8, 0, 8)
        inner.addWidget(scrolled(self.thumbs), 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(pictures)
        row.addWidget(self._around.zone, 1)
        row.addWidget(self.panel)
        fill_page(self, [self.banner], row, self.line)

    # ---- showing -------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show all that the presenter holds."""
        if not self._is_ready or self.desk.case.state == "locked":  # what is locked is not shown again
            return
        room = self.room
        self.banner.show_banner(room.banner)
        self.thumbs.show_thumbs(case_thumbs(self.desk.case, room.picture.uid))
        self.panel.question.show_asked(room.asking.asked)
        self.panel.show_state(room.panel)
        self.line.show_sentence(room.sentence)
        self._around.zone.refresh()

    def redraw(self) -> None:
        """Only the picture changed."""
        if self._is_ready:
            self._around.zone.refresh()

    def arrive(self) -> None:
        """The page is on screen: the picture has the focus."""
        self._around.zone.focus()

    def _came(self, opened: Opened) -> None:
        if not self._is_ready:
            return
        self.thumbs.take_pixmap(opened.uid, QPixmap.fromImage(opened.thumbnail))
        self.room.pictures_came()
        self.refresh()

    # ---- reporting -----------------------------------------------------------------------------------------
    def fulfil(self, wish: Wish) -> None:
        """Do what only a widget can do."""
        zone = self._around.zone
        acts: dict[WishKind, Callable[[], None]] = {
            "picture": zone.focus, "field": lambda: self._focus_field(wish.target),
            "next": lambda: self.panel.next.setFocus(Qt.FocusReason.OtherFocusReason),
            "question": self.panel.question.enter, "leave": self._leave_later, "lock": self._around.lock,
            "play": zone.bar.toggle, "play_mode": zone.bar.switch_mode, "keys": self.keys.open,
            "fit": lambda: zone.zoom("fit"), "actual": lambda: zone.zoom("actual"),
        }  # fmt: skip
        acts[wish.kind]()

    def _focus_field(self, name: str) -> None:
        # What is led to may come into sight by this very act.
        self.refresh()
        self.panel.focus_field(name)

    def _leave_later(self) -> None:
        # The card whose answer this is must be through with it before its page goes.
        QTimer.singleShot(0, self, self._around.leave)

    def _show_mark(self, mark_id: str) -> None:
        self.room.show_mark(mark_id)
        self._around.zone.focus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.room.go_next()
        elif event.key() == Qt.Key.Key_Escape:
            self.room.escape()
            self._around.zone.focus()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.room.undo()
        elif event.key() == Qt.Key.Key_Question:
            self.keys.open()
        else:
            super().keyPressEvent(event)

    def close_down(self) -> None:
        """The case is put away."""
        self._is_ready = False
        self._around.zone.leave()
        self.clips.close()
