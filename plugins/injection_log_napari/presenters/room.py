"""The room: banner, steps, the sentence at the bottom, and where an act leads. One visit on the desk.

Drawn from the record that is being written, never from what was clicked. What needs a widget (focus, dialogs,
zoom) is a wish that the view fulfils. What a key means is in `room_keys.py`, what the tool in the hand says in
`in_hand.py`.
"""
from __future__ import annotations

from collections.abc import Callable

from annotate.marks import AXES, Side
from injection_log.errors import Refused
from injection_log.record.checks import Missing
from injection_log_napari.canvas.interface import KeyEvent, PointerEvent
from injection_log_napari.presenters.access import gland_access, owed_now, why_visit_is_closed
from injection_log_napari.presenters.answers import Answers
from injection_log_napari.presenters.changing import Changing
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.field_talk import FieldTalk
from injection_log_napari.presenters.focused import Focused
from injection_log_napari.presenters.form import FieldRow, toggled
from injection_log_napari.presenters.gland import TIP_IN_GLAND, GlandPresenter
from injection_log_napari.presenters.in_hand import in_hand_sentence
from injection_log_napari.presenters.keys import act_of
from injection_log_napari.presenters.leading_on import LeadingOn
from injection_log_napari.presenters.leaving import Leaving
from injection_log_napari.presenters.left_at import LeftAt
from injection_log_napari.presenters.news import News
from injection_log_napari.presenters.next_act import STEPS, NextAct, Step, act_for, next_act, reading_act, signing_act
from injection_log_napari.presenters.picture import PicturePresenter
from injection_log_napari.presenters.question import Asking
from injection_log_napari.presenters.review import ReviewPresenter, with_standing
from injection_log_napari.presenters.room_keys import RoomKeys
from injection_log_napari.presenters.room_state import Banner, StepState, Wish, banner_of, is_signed, steps_of
from injection_log_napari.presenters.sentence import Sentence, Tell, Tone
from injection_log_napari.presenters.taking_up import TakingUp
from injection_log_napari.presenters.unanswered import MarkQuestion, with_tip_in_gland
from injection_log_napari.presenters.undoing import Undoing
from injection_log_napari.presenters.wording import day_words


class RoomPresenter:
    """Steps 1 to 6 for one visit."""

    def __init__(
        self, desk: Desk, wish: Callable[[Wish], None], changed: Callable[[], None], redraw: Callable[[], None]
    ) -> None:
        self._desk, self._wish, self._tell = desk, wish, changed
        self._refused = ""
        self._note = ""
        self._news, self.focused = News(desk), Focused(desk)
        self.leaving = Leaving(lambda: self.standing, self.refuse)
        self._answers = Answers(desk, None)
        tell = Tell(self.refuse, self.changed, redraw, self.note)
        self.picture = PicturePresenter(desk, tell)
        self.asking = Asking(self.changed)
        self.changing, self.talk = Changing(desk, self.asking, tell), FieldTalk(desk, self.asking, tell)
        self.glands: dict[Side, GlandPresenter] = {
            side: GlandPresenter(desk, side, tell, self.talk) for side in ("right", "left")
        }
        self.review = ReviewPresenter(desk, self.changed, lambda: self.standing)
        self.tools = TakingUp(self.picture, wish, self.refuse)
        self.leading = LeadingOn(desk, self, wish)
        self.undoing = Undoing(desk, self, wish)
        self._keys = RoomKeys(self, wish, self._choose)
        left = desk.left_at
        self.step: Step = left.step if left is not None else self._landing()
        self._arrive()
        if left is not None and left.uid and self.side:
            self.picture.show(left.uid, left.frame)
            self.picture.is_settled = True

    # ---- what is shown -------------------------------------------------------------------------------------
    @property
    def side(self) -> Side | None:
        """The gland at work, None outside of a gland's step."""
        return "right" if self.step == "right" else "left" if self.step == "left" else None

    @property
    def banner(self) -> Banner:
        """The banner, from the record being written."""
        return banner_of(self._desk, self.side)

    @property
    def steps(self) -> tuple[StepState, ...]:
        """The steps with their signs: ✓ nothing missing, ○ something is."""
        return steps_of(self._desk, self.step, self.standing)

    @property
    def next(self) -> NextAct:
        """The next sensible act: what was refused and still stands comes before what is missing."""
        owed = with_standing(self.standing, owed_now(self._desk))
        has_open = any(gland_access(self._desk, side).is_open for side in self.glands)
        to_sign = self.review.to_sign if self.step == "review" else ()
        if to_sign and not (owed and has_open):
            return signing_act(to_sign[0].kind, self.review.things_to_look_at)
        if not has_open and not owed and not self.is_signed:
            return reading_act(self.step)
        return next_act(self.step, owed, signed=self.is_signed)

    @property
    def standing(self) -> tuple[Missing, ...]:
        """Texts that were refused and still stand on the screen, in the order of the steps."""
        glands = (gland.answers.standing for gland in self.glands.values())
        return tuple(one for standing in (self._answers.standing, *glands) for one in standing)

    @property
    def is_signed(self) -> bool:
        """Both glands are signed."""
        return is_signed(self._desk)

    @property
    def sentence(self) -> Sentence:
        """What is said at the bottom: a refusal, what is new about marks, a note, an offer, the next act."""
        said: tuple[tuple[Callable[[], str], Tone], ...] = (
            (lambda: self._refused, "refused"),
            (self.picture.side_warning, "refused"),
            (lambda: self.asking.sentence or self.picture.taking_back.state.sentence, "next"),
            (lambda: in_hand_sentence(self.picture), "next"),
            (lambda: self._news.sentence, "refused"),
            (lambda: self._note, "note"),
            (self.picture.scale_warning, "refused"),
            (lambda: self.picture.help.axes.sentence, "next"),
            (lambda: self.tools.asked_first(self.next) or self.focused.sentence(self.next, self.side), "next"),
        )
        return next(Sentence(text, tone) for say, tone in said if (text := say()))

    @property
    def asks_in_a_card(self) -> bool:
        """A card is open in the page whose answer is what Enter gives."""
        return self.asking.asked is not None or bool(self.picture.taking_back.state.items)

    @property
    def mark_question(self) -> MarkQuestion | None:
        """What is asked about a drawn mark, None while nothing is."""
        hand, side = self.picture.hand, self.side
        if hand.asked is None:
            return None
        both = hand.asks_about_new_needle and side is not None and self.glands[side].asks_tip_in_gland
        return with_tip_in_gland(hand.asked.question) if both else hand.asked.question

    @property
    def place(self) -> LeftAt:
        """Where work is, to go on there when the visit is opened again."""
        return LeftAt(self.step, self.picture.uid, self.picture.frame)

    @property
    def uids(self) -> tuple[str, ...]:
        """SOP Instance UIDs of the visit's pictures, in the order of the record."""
        return tuple(image.sop_instance_uid for image in self._desk.record.images)

    @property
    def day(self) -> str:
        """The day of the visit in words."""
        return day_words(self._desk.record.day)

    @property
    def facts_are_open(self) -> bool:
        """The person at work may change facts of the visit now."""
        return not why_visit_is_closed(self._desk)

    @property
    def why_facts_are_closed(self) -> str:
        """Why facts of the visit cannot be changed and what to do, "" while they can."""
        return why_visit_is_closed(self._desk)

    @property
    def visit_rows(self) -> tuple[FieldRow, ...]:
        """The facts of the visit."""
        owed = frozenset(one.field for one in owed_now(self._desk) if one.step == "participant")
        return self.talk.marked(self._answers.rows(owed), None)

    def refuse(self, sentence: str) -> None:
        """Show why something was refused, in place of the next act, until the next act is done."""
        self._refused = sentence
        self._tell()

    def picture_failed(self, error: BaseException) -> None:
        """Say why a picture is not shown; what is not written for a person could carry a header's value."""
        if isinstance(error, Refused):
            self.refuse(error.why)
        else:
            self.refuse("A picture could not be read; its file may be damaged. Check with 'injection-log verify'.")

    def note(self, sentence: str) -> None:
        """Show a remark that is no refusal."""
        self._note = sentence
        self._tell()

    def changed(self) -> None:
        """Something happened: an old refusal no longer stands in the way of the next act."""
        self._tell()

    # ---- acts ----------------------------------------------------------------------------------------------
    def go(self, step: Step) -> None:
        """Go to a step; any order is allowed."""
        self._clear()
        self.step, self.asking.asked = step, None
        self._arrive()
        self._tell()

    def confirm_identifiers(self) -> None:
        """Record that two identifiers were compared."""
        self._clear()
        try:
            self._desk.confirm_identifiers()
        except REFUSALS as refused:
            self.refuse(str(refused))
        self._tell()
        self.leading.to_field()

    def set_visit_fact(self, field: str, text: str) -> bool:
        """Record a fact of the visit."""
        self._clear()
        why = self._answers.record(field, text)
        if why:
            self.refuse(why)
        else:
            self._tell()
        return not why

    def set_fact_of(self, side: Side | None, field: str, text: str) -> bool:
        """Record a fact of a gland, or of the visit (None)."""
        self._clear()
        return self.glands[side].set_fact(field, text) if side else self.set_visit_fact(field, text)

    def press(self, side: Side | None, field: str, choice: str) -> bool:
        """Press one choice of a field of a gland, or of the visit (None)."""
        self._clear()
        if side:
            return self.leading.answered(side, field, lambda: self.glands[side].press(field, choice))
        row = next(row for row in self.visit_rows if row.name == field)
        return self.leading.answered(None, field, lambda: self.set_visit_fact(field, toggled(row, choice)))

    def give(self, side: Side | None, field: str, text: str) -> bool:
        """Record an answer that was pressed beside its field ("now", "me")."""
        return self.leading.answered(side, field, lambda: self.set_fact_of(side, field, text))

    def take_offer(self, side: Side | None, field: str) -> None:
        """Record what is offered at a field: one press, and each of its answers is the person's own."""
        self._clear()
        self.leading.answered(side, field, lambda: self._took_offer(side))

    def take_theirs(self, side: Side | None, field: str) -> None:
        """Let the own draft of a field go; what somebody else recorded holds."""
        self._clear()
        self._answers_of(side).take_theirs(field)
        self._tell()

    def put_again(self, side: Side | None, field: str) -> None:
        """Record the own draft over what somebody else recorded."""
        self._clear()
        why = self._answers_of(side).put_again(field)
        self.refuse(why) if why else self._tell()

    def undo(self) -> None:
        """Undo the last click of a half-made mark, else the newest own act."""
        self._clear()
        self.undoing.undo()

    def redo(self) -> None:
        """Do again what was undone last."""
        self._clear()
        self.undoing.redo()

    def answer(self, answer: str) -> bool:
        """Answer what a drawn mark owes, as how the needle's tip was seen; False, in words, when that is none."""
        self._clear()
        return self.leading.mark_answered(answer, lambda side: self.give(side, TIP_IN_GLAND, "yes"))

    def picture_chosen(self, uid: str) -> None:
        """A thumbnail was clicked: show it, with the focus; outside of a gland's step this only looks."""
        self._clear()
        if self.side is None:
            self.note("Choose the right or the left gland to see the picture large.")
            return
        self._choose(uid)
        self._wish(Wish("picture"))
        self.leading.picture_opened()

    def images_changed(self) -> None:
        """Other pictures are in the visit, or their headers came: show the one that suits the gland."""
        if self.side and not self.picture.is_settled:
            self._arrive()

    def go_next(self) -> None:
        """Do the next act: take the tool up, go to the field, or go on to the next step."""
        if self.asks_in_a_card:
            self._wish(Wish("question"))
        elif self.picture.ruler.state is not None:
            self._wish(Wish("ruler"))
        elif self.picture.hand.asked is not None:
            self._wish(Wish("answer"))
        elif self.picture.hand.close_outline():
            self._tell()
        else:
            self._do(self.next)

    def field_done(self, *, kept: bool) -> None:
        """Enter in a field: the next act. An Enter that `kept` a text leaves no step; it leads to the button there."""
        if self.asks_in_a_card:
            self._wish(Wish("card"))  # this Enter was the field's; the next one is the card's
        elif kept and self.next.kind == "step":
            self._wish(Wish("next"))
        else:
            self.go_next()

    def go_to_missing(self, step: Step, field: str) -> None:
        """Go where something is missing and begin with it."""
        everything = with_standing(self.standing, owed_now(self._desk))
        owed = next((one for one in everything if (one.step, one.field) == (step, field)), None)
        self.go(step)
        if owed is not None:
            self._do(act_for(owed))

    def pointer(self, event: PointerEvent) -> None:
        """An act of the pointer over the picture; a new press takes an old refusal away."""
        if event.act == "press" and (self._refused or self._note or self._news.sentence):
            self._clear()
            self._tell()
        self.leading.pointer(event)

    def show_mark(self, mark_id: str) -> None:
        """Show the picture and frame that carry a mark."""
        for mark in self.picture.marks:
            if mark.mark_id == mark_id:
                self.picture.show(mark.on.sop_instance_uid, mark.on.frame)

    def ask_again(self, mark_id: str) -> None:
        """Show a mark, and ask again what was said about it."""
        self._clear()
        self.show_mark(mark_id)
        for mark in self.picture.marks:
            if mark.mark_id == mark_id and gland_access(self._desk, mark.side).takes_marks:
                self.picture.hand.ask_again(mark)

    def measure_again(self, mark_id: str) -> None:
        """Show the picture of a mark, and measure its marks again where its scale was changed since."""
        self.show_mark(mark_id)
        uids = [mark.on.sop_instance_uid for mark in self.picture.marks if mark.mark_id == mark_id]
        try:
            for uid in uids:
                self._desk.measure_again(uid)
        except REFUSALS as refused:
            self.refuse(str(refused))
        else:
            self.note("Measured again with the scale that stands; the log keeps the values of before.")

    def key(self, event: KeyEvent) -> bool:
        """A key while the picture has the focus; False when it is not ours."""
        if self._keys.answers(event):
            return True
        act = act_of(event.name, shift=event.shift, control=event.control)
        if act is None:
            return False
        self._clear()
        if act == "escape" and self.asking.asked is not None:
            self.asking.put_away()
        else:
            self._keys.do(act)
        return True

    # ---- inner ---------------------------------------------------------------------------------------------
    def _took_offer(self, side: Side | None) -> bool:
        why = self._answers_of(side).take_offer()
        self.refuse(why) if why else self._tell()
        return not why

    def _answers_of(self, side: Side | None) -> Answers:
        return self.glands[side].answers if side else self._answers

    def _clear(self) -> None:
        self._refused = self._note = ""
        self._news.settle()

    def _choose(self, uid: str) -> None:
        """A person turned to a picture."""
        self.picture.chosen, self.picture.is_settled = uid, True
        self.picture.show(uid)

    def _do(self, act: NextAct) -> None:
        if act.kind in ("caliper", "needle"):
            self.tools.take(act)
        elif act.kind == "step":
            self.go(next(step for step in STEPS if step == act.target))
            self.leading.arrived()
        elif act.kind == "done":
            self._wish(Wish("leave"))
        elif act.kind == "sign":
            self._wish(Wish("sign"))
        elif act.kind == "measure_again":
            self.measure_again(act.target)
        elif act.kind == "field":
            self._wish(Wish("field", act.target))
        else:
            self._wish(Wish("images" if act.kind == "images" else "confirm"))

    def _landing(self) -> Step:
        """Where work goes on: the first step that misses something; review when nothing does."""
        owed = owed_now(self._desk)
        return owed[0].step if owed else "review"

    def _arrive(self) -> None:
        self.picture.side = self.side
        self.picture.is_settled, self.picture.chosen = False, ""
        self.picture.put_away()
        if self.side and self._desk.record.images:
            axes = self._desk.planned.measured_axes
            axis = next((a for a in AXES if a in axes), None)
            suited = self.picture.pictures.suited(self.side, axis)
            self.picture.show(next(iter(suited), self.picture.uid or self._desk.record.images[0].sop_instance_uid))
