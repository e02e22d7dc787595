"""The room of one visit: banner, steps, the middle, the panel, the sentence. A fresh object for every visit.

It shows what the room presenter holds and fulfils its wishes; nothing of an earlier visit can be in it.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QWidget
from typing_extensions import override

from annotate.marks import Side
from injection_log.people.roles import allowed
from injection_log_napari.copies_desk import SessionCopiesDesk
from injection_log_napari.presenters.images import ImagesPresenter
from injection_log_napari.presenters.left_at import LeftAt
from injection_log_napari.presenters.next_act import Step
from injection_log_napari.presenters.room import RoomPresenter
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.presenters.ruler import NO_RULER, Purpose
from injection_log_napari.presenters.taking_back import NOTHING
from injection_log_napari.presenters.tutorial import tutorial_at
from injection_log_napari.presenters.visit_shown import visit_shown
from injection_log_napari.presenters.wording import value_title
from injection_log_napari.views.access_head import AccessActs
from injection_log_napari.views.banner import BannerView
from injection_log_napari.views.coded_copy_dialog import CodedCopyDialog
from injection_log_napari.views.field_view import FieldView
from injection_log_napari.views.gland_panel import GlandPanel
from injection_log_napari.views.gland_parts import GlandActs
from injection_log_napari.views.images_page import ImagesPage
from injection_log_napari.views.keys_page import KeysPage
from injection_log_napari.views.participant_page import ParticipantActs, ParticipantPage
from injection_log_napari.views.parts import ENTER, fill_page, in_tab_order
from injection_log_napari.views.question_card import QuestionCard
from injection_log_napari.views.review_page import ReviewActs, ReviewPage
from injection_log_napari.views.room_pictures import RoomPictures
from injection_log_napari.views.room_wishes import RoomWishes
from injection_log_napari.views.ruler_card import RulerActs
from injection_log_napari.views.sentence_line import SentenceLine, Turns
from injection_log_napari.views.step_column import StepColumn
from injection_log_napari.views.tutorial_strip import TutorialStrip

if TYPE_CHECKING:
    from injection_log_napari.session_desk import SessionDesk
    from injection_log_napari.views.surroundings import Surroundings

FRAME_KEPT_AFTER_MS = 300


class RoomPage(QWidget):
    """Steps 1 to 6 of one visit."""

    def __init__(self, desk: SessionDesk, around: Surroundings) -> None:
        super().__init__()
        self._is_ready = False
        self.desk, self._around = desk, around
        self.room = RoomPresenter(desk, self.fulfil, self.refresh, self.redraw)
        self.wishes = RoomWishes(self, around)
        self.pictures = RoomPictures(desk, self.room, around.workers, self.refresh)
        self.clips = self.pictures.clips
        self.images = ImagesPresenter(
            desk, self.refresh, has_pacs=around.retrieval is not None,
            may_go_without=desk.planned.may_sign_without_images and allowed(desk.role, "go_on_without_images", "draft"),
        )  # fmt: skip
        self.room.tools.are_arriving = lambda: self.images.is_retrieving
        self._step_shown: Step | None = None
        self._kept = desk.left_at or LeftAt("participant")
        self._frame_waits = QTimer(self)
        self._frame_waits.setSingleShot(True)
        self._frame_waits.setInterval(FRAME_KEPT_AFTER_MS)
        self._frame_waits.timeout.connect(self._keep_now)
        self._talked_about: tuple[Side | None, str] = (None, "")
        self.coded_copy: CodedCopyDialog | None = None
        self._make_views()
        self._compose()
        around.zone.attend(self.room, self.clips)
        self._is_ready = True
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)
        self.refresh()

    def _make_views(self) -> None:
        room = self.room
        self.banner = BannerView(self._around.lock, self.leave)
        self.tutorial = TutorialStrip(self._go)
        self.column = StepColumn(self._go, room.picture_chosen, self._show_history)
        self.line = SentenceLine(
            lambda: self.fulfil(Wish("keys")), Turns(room.undo, room.redo), self._teach if self.desk.practice else None
        )
        acts = ParticipantActs(room.confirm_identifiers, room.changing.ask_for_paper, self._go_next)
        self.participant = ParticipantPage(acts, self._question_card(self.wishes.focus_next))
        self.images_page = ImagesPage(self.images, self._around.workers, self._around.retrieval, self._go_next)
        if not allowed(self.desk.role, "keep_images", "draft"):
            self.images_page.take_no_pictures()
        self.images_page.coded_copy.clicked.connect(self._open_coded_copy)
        self.panels: dict[Side, GlandPanel] = {side: self._panel(side) for side in ("right", "left")}
        self.review = ReviewPage(
            ReviewActs(room.go_to_missing, lambda: self.fulfil(Wish("sign")), self._go_next, self._amend)
        )
        self.keys = KeysPage(self)
        self.participant.talk.asked.connect(lambda field: self._talk(None, field))
        self._wire(self.participant.form)

    def _panel(self, side: Side) -> GlandPanel:
        room = self.room
        acts = GlandActs(
            caliper=lambda axis: room.tools.take_caliper(axis, suited=True),
            needle=lambda in_plane: room.tools.take_needle(in_plane=in_plane, suited=True),
            more={
                "contour": room.tools.take_contour, "deposit": room.tools.take_deposit,
                "structure": room.tools.take_structure,
            },
            answer=self._answer,
            show_mark=room.show_mark,
            ask_again=self._ask_again,
            measure_again=room.measure_again,
            go_on=self._go_next,
            access=AccessActs(
                lambda: room.changing.ask_to_amend(side), lambda: room.changing.end_unchanged(side),
                lambda: room.changing.ask_to_add(side), lambda: self._go("review"),
            ),
            talk=lambda field: self._talk(side, field),
            ruler=RulerActs(
                room.picture.ruler, self._around.zone.focus, self._take_ruler,
                room.picture.taking_back, room.picture.ask_what_to_take_back, self._leave_it,
            ),
        )
        panel = GlandPanel(acts, self._question_card(self._around.zone.focus))
        panel.talk.asked.connect(lambda field: self._talk(side, field))
        for form in panel.forms:
            self._wire(form, side)
        return panel

    def _question_card(self, left: Callable[[], None]) -> QuestionCard:
        return QuestionCard(self.room.asking, left, self._show_value_history)

    def _wire(self, form: object, side: Side | None = None) -> None:
        # The side is the panel's own, not the step's: a late commit can never land on the other gland.
        room, desk = self.room, self.desk
        form.typed.connect(lambda name, text: room.set_fact_of(side, name, text))  # type: ignore[attr-defined]
        form.pressed.connect(lambda name, choice: room.press(side, name, choice))  # type: ignore[attr-defined]
        form.now_asked.connect(  # type: ignore[attr-defined]
            lambda name: room.give(side, name, desk.now().strftime("%H:%M"))
        )
        form.entered.connect(lambda kept: self._field_done(kept=kept))  # type: ignore[attr-defined]
        form.talk_asked.connect(lambda name: self._talk(side, name))  # type: ignore[attr-defined]
        form.ticked.connect(lambda name: room.talk.tick(side, name))  # type: ignore[attr-defined]
        form.theirs_taken.connect(lambda name: room.take_theirs(side, name))  # type: ignore[attr-defined]
        form.mine_put.connect(lambda name: room.put_again(side, name))  # type: ignore[attr-defined]
        form.me_asked.connect(lambda name: room.give(side, name, desk.printed_name))  # type: ignore[attr-defined]
        form.offer_taken.connect(lambda name: room.take_offer(side, name))  # type: ignore[attr-defined]

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
        fill_page(self, [self.banner, self.tutorial], row, self.line)
        in_tab_order([self.banner.leave, self.banner.lock, self.tutorial.there, self.tutorial.away])
        self.column.come_after(self.tutorial.away)

    # ---- showing -------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Show all that the presenters hold."""
        if not self._is_ready:
            return
        room = self.room
        self._show_step(room.step)
        self.banner.show_banner(room.banner)
        if self.tutorial.isVisible():
            self._show_lesson()
        self.column.show_steps(room.steps)
        self.pictures.show_thumbs(self.column)
        self._show_sentence()
        self._around.zone.refresh()
        self._keep_place()

    def _show_sentence(self) -> None:
        sentence, at_images = self.room.sentence, self.room.step == "images"
        said = self.images.sentence if at_images and sentence.tone != "refused" else None
        self.line.show_sentence(said or sentence)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        """The sentence does not lead to where the focus already is. Another window in front changes nothing."""
        if now is None or not self._is_ready or not self.isAncestorOf(now):
            return
        at = self._field_at(now)
        if at != self.room.focused.at:
            self.room.focused.at = at
            self._show_sentence()

    def _field_at(self, widget: QWidget) -> tuple[Side | None, str]:
        """The field a widget belongs to, with its gland; ("" for none)."""
        if widget is self.participant.confirm:
            return None, "identifiers_confirmed"
        while not isinstance(widget, FieldView):
            above = widget.parentWidget()
            if above is None or above is self:
                return None, ""
            widget = above
        sides = (side for side, panel in self.panels.items() if panel.isAncestorOf(widget))
        return next(sides, None), widget.row.name

    def redraw(self) -> None:
        """Only the picture changed: frame, or what is under the hand."""
        if self._is_ready:
            self._around.zone.refresh()
            self._keep_place()

    def _keep_place(self) -> None:
        """Keep where work is: another step or picture at once, another frame a moment later."""
        place = self.room.place
        if replace(place, frame=0) != replace(self._kept, frame=0):
            self._keep_now()
        elif place != self._kept and not self._frame_waits.isActive():
            self._frame_waits.start()

    def _keep_now(self) -> None:
        self._frame_waits.stop()
        if self._kept != self.room.place:
            self._kept = self.room.place
            self.desk.keep_place(self._kept)

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
        asked = room.mark_question
        for side, panel in self.panels.items():
            here = side == room.side
            ruler = room.picture.ruler.shown if here else NO_RULER
            back = room.picture.taking_back.state if here else NOTHING
            panel.question.show_asked(room.asking.asked if here else None)
            panel.show_state(room.glands[side].state, asked if here else None, ruler=ruler, back=back)
        self.participant.show_visit(visit_shown(self.desk, room.visit_rows, room.talk))
        self.participant.question.show_asked(room.asking.asked if step == "participant" else None)
        self._show_who_has_enter()
        self.images_page.refresh()
        if step == "review":
            self.review.show_state(room.review.state)
            self.pictures.draw_marked(self.review)
            self.pictures.tell_course(self.review)
        if arrived:
            self._arrive(step)

    def _show_who_has_enter(self) -> None:
        """While a card asks, Enter is its answer: no other button carries the sign, or can be pressed by it."""
        asks = self.room.asks_in_a_card
        for made in (self.participant.next, *(panel.next for panel in self.panels.values())):
            made.setText("Next" if asks else "Next  ⏎")
            if asks or made is self.participant.next:
                made.setEnabled(not asks)

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
            self.wishes.focus_next()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter that nobody used is the next act; only primary buttons, fields and the picture use it.
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self._go_next()
        elif event.key() == Qt.Key.Key_Escape and self.room.asking.asked is not None:
            self.room.asking.put_away()
        elif event.key() == Qt.Key.Key_Escape and self.room.side is not None:
            self._around.zone.focus()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.room.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.room.redo()
        elif event.key() == Qt.Key.Key_Question:
            self.keys.open()
        else:
            super().keyPressEvent(event)

    # ---- reporting -----------------------------------------------------------------------------------------
    def fulfil(self, wish: Wish) -> None:
        """Do what only a widget can do."""
        self.wishes.fulfil(wish)

    def leave(self) -> None:
        """Back to the list, once nothing that is typed would be lost unsaid."""
        self.commit()
        if self.room.leaving.may_leave():
            self._around.leave()

    def _amend(self, side: Side) -> None:
        self._go(side)
        self.room.changing.ask_to_amend(side)

    def _talk(self, side: Side | None, field: str) -> None:
        self._talked_about = (side, field)
        self.room.talk.talk(side, field, value_title(field))
        # The card takes room from the form: what is talked about must be seen beside it, once it has its place.
        QTimer.singleShot(0, self, lambda: self._reveal(side, field))

    def _reveal(self, side: Side | None, field: str) -> None:
        for form in self.panels[side].forms if side is not None else (self.participant.form,):
            form.reveal(field)

    def _teach(self) -> None:
        """The tutorial comes, or goes."""
        self._show_lesson()
        self.tutorial.setVisible(not self.tutorial.isVisible())

    def _show_lesson(self) -> None:
        self.tutorial.show_lesson(tutorial_at(self.desk), self.room.step)

    def _show_history(self) -> None:
        self.commit()
        self._around.history(self.desk, self.room.side, "")

    def _show_value_history(self) -> None:
        side, field = self._talked_about
        self._around.history(self.desk, side, field)

    def _take_ruler(self, purpose: Purpose) -> None:
        self.room.picture.take_ruler(purpose)
        self._around.zone.focus()

    def _leave_it(self) -> None:
        self.room.picture.put_away()
        self._around.zone.focus()

    def _open_coded_copy(self) -> None:
        desk = SessionCopiesDesk(self.desk.session, self.desk.record)
        self.coded_copy = CodedCopyDialog(desk, self._around.workers, self.window())
        self.coded_copy.open()

    def _ask_again(self, mark_id: str) -> None:
        self.room.ask_again(mark_id)
        self._around.zone.focus()  # where the keys of the answers are

    def _answer(self, answer: str) -> bool:
        # First: an answer can lead on to a field, and one that is refused keeps its line.
        self._around.zone.focus()
        return self.room.answer(answer)

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

    def show_value(self, side: Side | None, field: str) -> None:
        """Go where a value stands, and open what is asked about it."""
        step: Step = side or ("images" if field.startswith(("image", "picture")) else "participant")
        self._go(step)
        self.fulfil(Wish("field", field))
        if step != "images":
            self._talk(side, field)

    def close_down(self) -> None:
        """The visit is put away."""
        self._keep_now()
        self._is_ready = False
        if self.coded_copy is not None:
            self.coded_copy.close_down()
        self.images_page.close_down()
        self._around.zone.leave()
        self.pictures.close()
