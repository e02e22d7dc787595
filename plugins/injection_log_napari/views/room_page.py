"""The room of one visit: banner, steps, the middle, the panel, the sentence. A fresh object for every visit.

It shows what the room presenter holds and fulfils its wishes; nothing of an earlier visit can be in it.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from annotate.marks import Side, TipVisibility
from injection_log.acts.exports import marked_pictures
from injection_log_napari.presenters.images import ImagesPresenter
from injection_log_napari.presenters.next_act import Step
from injection_log_napari.presenters.room import RoomPresenter
from injection_log_napari.presenters.room_state import Wish, WishKind
from injection_log_napari.presenters.thumbs import thumbs_of
from injection_log_napari.views.banner import BannerView
from injection_log_napari.views.clips import Clips, Opened
from injection_log_napari.views.gland_panel import GlandActs, GlandPanel
from injection_log_napari.views.images_page import ImagesPage
from injection_log_napari.views.keys_page import KeysPage
from injection_log_napari.views.participant_page import ParticipantPage
from injection_log_napari.views.parts import ENTER
from injection_log_napari.views.review_page import ReviewPage
from injection_log_napari.views.sentence_line import SentenceLine
from injection_log_napari.views.signature_dialog import SignatureDialog
from injection_log_napari.views.step_column import StepColumn

if TYPE_CHECKING:
    from injection_log_napari.retrieval import Retrieval
    from injection_log_napari.session_desk import SessionDesk
    from injection_log_napari.views.picture_zone import PictureZone
    from injection_log_napari.views.workers import Workers


@dataclass(frozen=True)
class Surroundings:
    """What the room needs of the window around it."""

    zone: PictureZone
    workers: Workers
    retrieval: Retrieval | None
    lock: Callable[[], None]
    leave: Callable[[], None]


class RoomPage(QWidget):
    """Steps 1 to 6 of one visit."""

    def __init__(self, desk: SessionDesk, around: Surroundings) -> None:
        super().__init__()
        self._is_ready = False
        self.desk, self._around = desk, around
        self.room = RoomPresenter(desk, self.fulfil, self.refresh, self.redraw)
        self.clips = Clips(desk, around.workers, self._clip_failed)
        self.images = ImagesPresenter(
            desk, self.refresh, has_pacs=around.retrieval is not None,
            may_go_without=desk.planned.may_sign_without_images,
        )  # fmt: skip
        self._marks_drawn: dict[Side, object] = {}
        self._uids: tuple[str, ...] = ()
        self._step_shown: Step | None = None
        self._during_dialog: Callable[[SignatureDialog], None] = _nobody
        self._make_views()
        self._compose()
        around.zone.attend(self.room, self.clips)
        self._is_ready = True
        self.refresh()

    def _make_views(self) -> None:
        room = self.room
        self.banner = BannerView(self._around.lock, self._around.leave)
        self.column = StepColumn(self._go, room.picture_chosen)
        self.line = SentenceLine(lambda: self.fulfil(Wish("keys")))
        self.participant = ParticipantPage(room.confirm_identifiers, self._go_next)
        self.images_page = ImagesPage(self.images, self._around.workers, self._around.retrieval, self._go_next)
        self.panels: dict[Side, GlandPanel] = {side: self._panel(side) for side in ("right", "left")}
        self.review = ReviewPage(room.go_to_missing, lambda: self.fulfil(Wish("sign")), self._go_next)
        self.keys = KeysPage(self)
        self._wire(self.participant.form)

    def _panel(self, side: Side) -> GlandPanel:
        room = self.room
        acts = GlandActs(
            caliper=lambda axis: room.take_caliper(axis, suited=True),
            needle=lambda in_plane: room.take_needle(in_plane=in_plane, suited=True),
            answer_tip=self._answer_tip,
            show_mark=room.show_mark,
            go_on=self._go_next,
        )
        panel = GlandPanel(acts)
        for form in panel.forms:
            self._wire(form, side)
        return panel

    def _wire(self, form: object, side: Side | None = None) -> None:
        # The side is the panel's own, not the step's: a late commit can never land on the other gland.
        room, desk = self.room, self.desk
        form.typed.connect(lambda name, text: room.set_fact_of(side, name, text))  # type: ignore[attr-defined]
        form.pressed.connect(lambda name, choice: room.press(side, name, choice))  # type: ignore[attr-defined]
        form.now_asked.connect(  # type: ignore[attr-defined]
            lambda name: room.set_fact_of(side, name, desk.now().strftime("%H:%M"))
        )
        form.entered.connect(lambda kept: self._field_done(kept=kept))  # type: ignore[attr-defined]
        form.me_asked.connect(lambda name: room.set_fact_of(side, name, desk.printed_name))  # type: ignore[attr-defined]

    def _compose(self) -> None:
        self._middle, self._right = QStackedWidget(), QStackedWidget()
        for page in (self.participant, self.images_page, self._around.zone, self.review):
            self._middle.addWidget(page)
        for panel in self.panels.values():
            self._right.addWidget(panel)
        self._right.setFixedWidth(next(iter(self.panels.values())).width())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.column)
        row.addWidget(self._middle, 1)
        row.addWidget(self._right)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addLayout(row, 1)
        column.addWidget(self.line)

    # ---- showing -------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show all that the presenters hold."""
        if not self._is_ready:
            return
        room = self.room
        self._show_step(room.step)
        self.banner.show_banner(room.banner)
        self.column.show_steps(room.steps)
        self._show_images()
        said = self.images.sentence if room.step == "images" and room.sentence.tone != "refused" else None
        self.line.show_sentence(said or room.sentence)
        self._around.zone.refresh()

    def redraw(self) -> None:
        """Only the picture changed: frame, or what is under the hand."""
        if self._is_ready:
            self._around.zone.refresh()

    def _show_step(self, step: Step) -> None:
        room = self.room
        pages: dict[Step, QWidget] = {
            "participant": self.participant, "images": self.images_page, "right": self._around.zone,
            "left": self._around.zone, "review": self.review,
        }  # fmt: skip
        self._middle.setCurrentWidget(pages[step])
        self._right.setVisible(room.side is not None)
        if room.side is not None:
            self._right.setCurrentWidget(self.panels[room.side])
        arrived, self._step_shown = step != self._step_shown, step
        asks_tip = room.picture.hand.asked_needle is not None
        for side, panel in self.panels.items():
            panel.show_state(room.glands[side].state, asks_tip=asks_tip and side == room.side)
        self.participant.show_visit(
            (self.desk.record.participant, f"{self.desk.record.visit_title}, {room.day}"), room.visit_rows,
            confirmed=self.desk.record.identifiers_confirmed, is_open=room.facts_are_open,
        )  # fmt: skip
        self.images_page.refresh()
        if step == "review":
            self.review.show_state(room.review.state)
            self._ask_for_pictures()
        if arrived:
            self._arrive(step)

    def arrive(self) -> None:
        """The page is on screen now: put the focus where the step begins."""
        self._arrive(self.room.step)

    def _arrive(self, step: Step) -> None:
        if step == "participant":
            self._begin_participant()
        elif step == "images":
            self.images_page.arrive()
        elif step in ("right", "left"):
            self._around.zone.focus()
        elif step == "review":
            self.review.sign.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin_participant(self) -> None:
        # The focus begins where something is to be done, never on a button that leaves the visit.
        if self.room.next.kind in ("confirm", "field"):
            self.room.go_next()
        else:
            self._focus_next()

    def _focus_next(self) -> None:
        side = self.room.side
        page = self.panels[side] if side else self.participant
        page.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_images(self) -> None:
        uids = tuple(image.sop_instance_uid for image in self.desk.record.images)
        if uids != self._uids:
            self._uids = uids
            for uid in uids:
                self.clips.ask_for(uid, self._clip_came)
            self.room.images_changed()
        self.column.show_thumbs(thumbs_of(self.desk, self.room.picture))

    def _clip_came(self, opened: Opened) -> None:
        self.column.take_pixmap(opened.uid, QPixmap.fromImage(opened.thumbnail))
        if self.clips.all_opened(self._uids):
            # Only now the headers say which picture is of which side.
            self.room.images_changed()
        self.refresh()

    def _clip_failed(self, _uid: str, error: BaseException) -> None:
        del error  # its words could carry a header's value; the log has its place
        self.room.refuse("A picture could not be read; its file may be damaged. Check with 'injection-log verify'.")

    def _ask_for_pictures(self) -> None:
        session, record = self.desk.session, self.desk.record
        for side, gland in record.glands.items():
            if self._marks_drawn.get(side) == gland.marks:
                continue
            self._marks_drawn[side] = gland.marks
            self.review.forget_pictures(side)
            self._around.workers.run(
                partial(marked_pictures, session, record, side),
                partial(self.review.take_pictures, side),
                partial(self._clip_failed, ""),
            )

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter that nobody used is the next act; only primary buttons, fields and the picture use it.
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self._go_next()
        elif event.key() == Qt.Key.Key_Escape and self.room.side is not None:
            self._around.zone.focus()
        elif event.key() == Qt.Key.Key_Question:
            self.keys.open()
        else:
            super().keyPressEvent(event)

    # ---- wishes --------------------------------------------------------------------------------------------
    def fulfil(self, wish: Wish) -> None:
        """Do what only a widget can do."""
        zone = self._around.zone
        acts: dict[WishKind, Callable[[], None]] = {
            "field": lambda: self._focus_field(wish.target),
            "picture": zone.focus,
            "choose": lambda: self.column.focus_thumb(wish.target),
            "sign": self._sign,
            "leave": self._around.leave,
            "lock": self._around.lock,
            "play": zone.bar.toggle,
            "keys": self.keys.open,
            "confirm": lambda: self.participant.confirm.setFocus(Qt.FocusReason.OtherFocusReason),
            "images": self.images_page.take_focus,
            "next": self._focus_next,
            "fit": lambda: zone.zoom("fit"),
            "actual": lambda: zone.zoom("actual"),
        }
        acts[wish.kind]()

    def _focus_field(self, name: str) -> None:
        side = self.room.side
        if side is not None:
            self.panels[side].focus_field(name)
        else:
            self.participant.form.focus_field(name)

    def _sign(self) -> None:
        self.commit()
        if self.room.review.begin():
            dialog = SignatureDialog(self.room.review, self.window())
            QTimer.singleShot(0, dialog, partial(self._during_dialog, dialog))
            dialog.exec()
            dialog.deleteLater()
            self.refresh()
            self.review.sign.setFocus(Qt.FocusReason.OtherFocusReason)

    def during_dialog(self, play: Callable[[SignatureDialog], None]) -> None:
        """Who plays while the next signature dialog is open (the tour and the tests: a dialog stops its caller)."""
        self._during_dialog = play

    def _answer_tip(self, visibility: TipVisibility) -> None:
        self.room.answer_tip(visibility)
        self._around.zone.focus()

    def _go(self, step: Step) -> None:
        self.commit()
        self.room.go(step)

    def _go_next(self) -> None:
        self.commit()
        self.room.go_next()

    def _field_done(self, *, kept: bool) -> None:
        self.commit()
        self.room.field_done(kept=kept)

    def commit(self) -> None:
        """Report every text that is typed and not yet recorded."""
        self.participant.form.commit()
        for panel in self.panels.values():
            panel.commit()

    def close_down(self) -> None:
        """The visit is put away."""
        self._is_ready = False
        self.images_page.close_down()
        self._around.zone.leave()
        self.clips.close()


def _nobody(_dialog: SignatureDialog) -> None:
    """Nobody plays: a person signs."""
