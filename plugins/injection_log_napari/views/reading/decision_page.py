"""The page of an adjudicator: both readings of a gland side by side, at one scale, and the choice between them."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from injection_log.reading.case import Which
from injection_log_napari.canvas.pictures import image_of
from injection_log_napari.presenters.reading.decision_room import BOTH, ComparedRow, DecisionRoom, Placed
from injection_log_napari.presenters.reading.reading_keys import DECISION_KEYS
from injection_log_napari.presenters.room_state import Wish, WishKind
from injection_log_napari.reading_pictures import DrawnPair, draw_pairs
from injection_log_napari.said import Label, say
from injection_log_napari.views.banner import BannerView
from injection_log_napari.views.keys_page import KeysPage
from injection_log_napari.views.parts import ENTER, button, empty, fill_page, label, scrolled
from injection_log_napari.views.question_card import QuestionCard
from injection_log_napari.views.reading.case_page import CaseAround
from injection_log_napari.views.reading.read_panel import PanelFrame, SideTabs
from injection_log_napari.views.sentence_line import SentenceLine
from injection_log_napari.views.style import set_role

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log_napari.reader_desk import ReaderDesk

NOT_DRAWN = "A picture could not be drawn; its file may be damaged. Tell the data manager who sent the package."


class FittedPicture(Label):
    """A picture as wide as there is room, never larger than it is, its shape kept."""

    def __init__(self, pixmap: QPixmap, name: str) -> None:
        super().__init__()
        self._whole = pixmap
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @override
    def heightForWidth(self, width: int) -> int:
        return round(min(width, self._whole.width()) * self._whole.height() / max(1, self._whole.width()))

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.width(), self.heightForWidth(self.width()))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        width = round(min(self.width(), self._whole.width()) * self.devicePixelRatioF())
        shown = self._whole.scaledToWidth(max(1, width), Qt.TransformationMode.SmoothTransformation)
        shown.setDevicePixelRatio(self.devicePixelRatioF())
        self.setPixmap(shown)
        super().resizeEvent(event)


class DecisionPanel(PanelFrame):
    """Values of both readings in rows, and the two buttons that choose."""

    def __init__(self, room: DecisionRoom, question: QuestionCard) -> None:
        super().__init__(question, room.go_next, room.ask_lock)
        self.tabs = SideTabs(room.go)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(8)
        self._shown: tuple[ComparedRow, ...] = ()
        self.choose: dict[Which, QPushButton] = {}
        choices = QHBoxLayout()
        for which in BOTH:
            made = button(f"Choose {which}", lambda which=which: room.choose(which))  # type: ignore[misc]
            made.setCheckable(True)
            made.setToolTip(f"Reading {which} of this gland counts ({which})")
            self.choose[which] = made
            choices.addWidget(made, 1)
        inner, head = QWidget(), QVBoxLayout()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 6, 14, 10)
        column.addLayout(self._grid)
        column.addStretch(1)
        head.addWidget(self.tabs)
        head.addLayout(choices)
        self.compose(head, inner)

    def show_rows(self, rows: tuple[ComparedRow, ...]) -> None:
        """Show the values; those that differ stand out."""
        if rows == self._shown:
            return
        self._shown = rows
        empty(self._grid)
        for column, words in enumerate(("", "Reading A", "Reading B")):
            self._grid.addWidget(label(words, "section"), 0, column)
            self._grid.setColumnStretch(column, 1)
        place = 1
        for row in rows:
            role = "strong" if row.differs else ""
            for column, (words, look) in enumerate(((row.title, "quiet"), (row.a, role), (row.b, role))):
                self._grid.addWidget(label(words, look, wraps=True), place, column, Qt.AlignmentFlag.AlignTop)
            if row.meaning:
                self._grid.addWidget(label(row.meaning, "quiet", wraps=True), place + 1, 0, 1, 3)
            place += 2

    def show_choice(self, room: DecisionRoom) -> None:
        """Show what is chosen and what comes next."""
        self.tabs.show_tabs(room.tabs, room.side)
        for which, made in self.choose.items():
            made.setChecked(which == room.chosen)
            set_role(made, "role", "" if room.chosen else "missing")
        self.show_foot(may_lock=room.next.kind == "lock")


class DecisionPage(QWidget):
    """One case that is decided."""

    def __init__(self, desk: ReaderDesk, around: CaseAround) -> None:
        super().__init__()
        self._is_ready = False
        self.desk, self._around = desk, around
        self.room = DecisionRoom(desk, self.fulfil, self.refresh)
        self._drawn: dict[Side, tuple[DrawnPair, ...]] = {}
        self._placed: dict[Side, Placed] = {}
        self._side_shown: Side | None = None
        self.banner = BannerView(around.lock, around.leave)
        self.panel = DecisionPanel(self.room, QuestionCard(self.room.asking, self._focus_choice))
        self.keys = KeysPage(self, DECISION_KEYS, has_card=False)
        self.line = SentenceLine(self.keys.open)
        self._pairs = QVBoxLayout()
        inner = QWidget()
        self._pairs.setContentsMargins(12, 10, 12, 10)
        inner.setLayout(self._pairs)
        self._area = scrolled(inner, "Both readings of the gland, as A and B")
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._area, 1)
        row.addWidget(self.panel)
        fill_page(self, [self.banner], row, self.line)
        self._is_ready = True
        for side in desk.case.glands:
            around.workers.run(partial(self._draw, side), partial(self._came, side), self._failed)
        self.refresh()

    @property
    def is_drawn(self) -> bool:
        """Whether the pictures of every gland have come."""
        return len(self._drawn) == len(self.desk.case.glands)

    def refresh(self) -> None:
        """Show all that the presenter holds."""
        if not self._is_ready or self.desk.case.state == "locked":  # what is locked is not shown again
            return
        room = self.room
        self.banner.show_banner(room.banner)
        self.panel.question.show_asked(room.asking.asked)
        self.panel.show_choice(room)
        self.line.show_sentence(room.sentence)
        if room.side in self._placed:
            self.panel.show_rows(room.rows(self._placed[room.side]))
        self._show_pairs()

    def arrive(self) -> None:
        """The page is on screen: the choice has the focus."""
        self._focus_choice()

    def _draw(self, side: Side) -> tuple[Placed, tuple[DrawnPair, ...]]:
        """Read and draw both readings of a gland; in a worker thread."""
        placed: Placed = {which: self.desk.placed(side, which) for which in BOTH}
        asked = self.room.pictures_of(side, placed)
        to_draw = tuple((one, self.desk.path_of(one.uid)) for one in asked)
        return placed, draw_pairs(to_draw, side, self.desk.reading_error, say)

    def _came(self, side: Side, drawn: tuple[Placed, tuple[DrawnPair, ...]]) -> None:
        self._placed[side], self._drawn[side] = drawn
        self._side_shown = None if side == self.room.side else self._side_shown
        self.refresh()

    def _failed(self, _error: BaseException) -> None:
        if self._is_ready:
            self.room.refuse(NOT_DRAWN)

    def _show_pairs(self) -> None:
        side = self.room.side
        if side == self._side_shown or side not in self._drawn:
            return
        self._side_shown = side
        empty(self._pairs)
        for pair in self._drawn[side]:
            self._pairs.addWidget(label(pair.title, "section"))
            row = QHBoxLayout()
            row.setSpacing(12)
            for which in BOTH:
                pixmap = QPixmap.fromImage(image_of(pair.pictures[which]))
                row.addWidget(FittedPicture(pixmap, f"Reading {which} · {pair.title}"), 1)
            self._pairs.addLayout(row)
        self._pairs.addStretch(1)

    def fulfil(self, wish: Wish) -> None:
        """Do what only a widget can do."""
        acts: dict[WishKind, Callable[[], None]] = {
            "field": self._focus_choice, "question": self.panel.question.enter, "lock": self._around.lock,
            "next": lambda: self.panel.next.setFocus(Qt.FocusReason.OtherFocusReason),
            "leave": lambda: QTimer.singleShot(0, self, self._around.leave),
        }
        acts[wish.kind]()

    def _focus_choice(self) -> None:
        self.panel.choose["A"].setFocus(Qt.FocusReason.TabFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.room.go_next()
        elif event.key() == Qt.Key.Key_Escape:
            self.room.asking.put_away()
        elif event.key() in (Qt.Key.Key_A, Qt.Key.Key_B):
            self.room.choose("A" if event.key() == Qt.Key.Key_A else "B")
        elif event.key() in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            self._other_gland()
        elif event.key() == Qt.Key.Key_Question:
            self.keys.open()
        else:
            super().keyPressEvent(event)

    def _other_gland(self) -> None:
        other = next((side for side in self.desk.case.glands if side != self.room.side), None)
        if other is not None:
            self.room.go(other)

    def close_down(self) -> None:
        """The case is put away."""
        self._is_ready = False
