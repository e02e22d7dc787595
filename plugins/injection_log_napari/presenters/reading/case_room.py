"""The reading room of one case: the same picture and hand as in the room of a visit, and fewer things around them.

Drawn from the case as it stands in the package's log. What needs a widget is a wish. It knows no other case, no other
reader's marks, and nothing of where the pictures come from; the picture proposes nothing here.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotate.marks import Axis, Side
from injection_log.errors import Refused
from injection_log.protocol.protocol import AXES
from injection_log.reading.case import owed
from injection_log_napari.canvas.interface import KeyEvent, PointerEvent
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.in_hand import mark_in_hand
from injection_log_napari.presenters.keys import KeyAct, act_of
from injection_log_napari.presenters.marked_picture import MarkedPicture
from injection_log_napari.presenters.question import Asking, Question
from injection_log_napari.presenters.reading.next_read import NextRead, next_read
from injection_log_napari.presenters.reading.read_panel import PanelState, panel_state
from injection_log_napari.presenters.room_keys import ShowingKeys
from injection_log_napari.presenters.room_state import Banner, Wish
from injection_log_napari.presenters.sentence import Sentence, Tell
from injection_log_napari.presenters.tools import CaliperTool, ContourTool, Tool
from injection_log_napari.presenters.wording import side_words

if TYPE_CHECKING:
    from injection_log.protocol.reading_design import GradeKind
    from injection_log.reading.grades import Quality
    from injection_log_napari.presenters.reading.case_desk import CaseDesk, OpenCase

WHY_ASKED = "Choose why the pictures are not adequate; Esc leaves it as it was."
NOTHING_TO_UNDO = "There is no mark in this case to take back."
TAKEN_BACK = "The mark was taken out; the log keeps it."


class CaseRoom:
    """One case that is being read."""

    def __init__(
        self, desk: CaseDesk, wish: Callable[[Wish], None], changed: Callable[[], None], redraw: Callable[[], None]
    ) -> None:
        self._desk, self._wish, self._tell = desk, wish, changed
        self._refused = self._note = ""
        self.why_asked: Quality | str = ""
        self.asking = Asking(changed)
        self.picture = MarkedPicture(desk, Tell(self.refuse, changed, redraw, self.note), lambda side: "")
        self._keys = ShowingKeys(self, wish, self.choose)
        sides = tuple(desk.case.glands)
        self.side: Side = next((side for side in sides if self._owes(side)), sides[0])
        self._arrive()

    # ---- what is shown -------------------------------------------------------------------------------------
    @property
    def uids(self) -> tuple[str, ...]:
        """The pictures of the case, in their fixed order."""
        return tuple(image.sop_instance_uid for image in self._desk.case.pictures)

    @property
    def banner(self) -> Banner:
        """Which case it is, and nothing of whose."""
        return case_banner(self._desk, self.side)

    @property
    def panel(self) -> PanelState:
        """The panel of the gland at work."""
        return panel_state(self._desk.package, self._desk.case, self.side, self.why_asked)

    @property
    def next(self) -> NextRead:
        """The next sensible act."""
        return next_read(self._desk.package, self._desk.case, self.side)

    @property
    def sentence(self) -> Sentence:
        """What is said at the foot: a refusal, what is asked, what is in the hand, a remark, the next act."""
        if self._refused:
            return Sentence(self._refused, "refused")
        asked = self.asking.sentence or (WHY_ASKED if self.why_asked else "") or mark_in_hand(self.picture.hand)
        if asked:
            return Sentence(asked, "next")
        if self._note:
            return Sentence(self._note, "note")
        doubt = self.picture.pictures.second_opinion(self.picture.uid)
        return Sentence(doubt, "refused") if doubt else Sentence(self.next.sentence, "next")

    # ---- acts ----------------------------------------------------------------------------------------------
    def refuse(self, sentence: str) -> None:
        """Show why something was refused, in place of the next act."""
        self._refused = sentence
        self._tell()

    def note(self, sentence: str) -> None:
        """Show a remark that is no refusal."""
        self._note = sentence
        self._tell()

    def picture_failed(self, error: BaseException) -> None:
        """Say that a picture is not shown; what is not written for a person could carry a header's value."""
        why = "A picture could not be read; its file may be damaged. Tell the data manager who sent the package."
        self.refuse(error.why if isinstance(error, Refused) else why)

    def go(self, side: Side) -> None:
        """Go to a gland."""
        self._clear()
        self.side, self.why_asked, self.asking.asked = side, "", None
        self._arrive()
        self._tell()

    def choose(self, uid: str) -> None:
        """A person turned to a picture: the gland at work is the one that it shows."""
        self._clear()
        side = self._desk.case.side_of[uid]
        if side != self.side:
            self.side, self.why_asked = side, ""
            self.picture.side = side
        self.picture.is_settled = True
        self.picture.show(uid)
        self._wish(Wish("picture"))

    def take_caliper(self, axis: Axis) -> None:
        """Take a caliper up, on the picture that suits it."""
        self.picture.show_suited(axis)
        self._take(CaliperTool(axis))

    def take_contour(self) -> None:
        """Take the outline up, on the picture that is shown."""
        self._take(ContourTool())

    def pictures_came(self) -> None:
        """Headers came, which tell the planes: show the picture that suits, unless somebody works already."""
        if not self.picture.is_settled and self.picture.hand.is_empty:
            self._arrive()

    def show_mark(self, mark_id: str) -> None:
        """Show the picture and frame that carry a mark."""
        for mark in self.picture.marks:
            if mark.mark_id == mark_id:
                self.picture.show(mark.on.sop_instance_uid, mark.on.frame)

    def grade(self, side: Side, kind: GradeKind, value: int) -> None:
        """Give a grade of a gland."""
        self._lead(lambda: self._desk.grade(side, kind, value))

    def judge(self, side: Side, level: Quality) -> None:
        """Say how good the pictures are; the reason is asked for where they are not adequate."""
        self._clear()
        if level != "adequate":
            self.why_asked = level
            self._wish(Wish("field", "why"))
            self._tell()
            return
        self.why_asked = ""
        self._lead(lambda: self._desk.judge(side, level, ""))

    def say_why(self, side: Side, why: str) -> None:
        """Say why the pictures are not adequate."""
        stands = self._desk.case.glands[side].quality
        level: Quality = "unreadable" if (self.why_asked or stands) == "unreadable" else "limited"
        self.why_asked = ""
        self._lead(lambda: self._desk.judge(side, level, why))

    def ask_lock(self) -> None:
        """Ask whether the case is to be locked, or say what is still owed."""
        self._clear()
        self.picture.put_away()
        ask_lock(self._desk, self.asking, lambda: self._wish(Wish("leave")))

    def undo(self) -> None:
        """Take back the last click of a half-made mark, else the newest mark of this case."""
        self._clear()
        if self.picture.hand.is_half_made:
            self.picture.hand.take_back()
            return
        if not self.picture.marks:
            self.note(NOTHING_TO_UNDO)
            return
        newest = max(self.picture.marks, key=lambda placed: placed.mark_id)
        self.picture.put_away()
        if self._kept(lambda: self._desk.remove(newest.side, newest.mark_id)):
            self.side = self.picture.side = newest.side
            self.picture.show(newest.on.sop_instance_uid, newest.on.frame)
            self.note(TAKEN_BACK)

    def go_next(self) -> None:
        """Do the next act: take the tool up, go to the choice, to the other gland, or ask for the lock."""
        if self.asking.asked is not None:
            self._wish(Wish("question"))
        elif self.why_asked:
            self._wish(Wish("field", "why"))
        elif self.picture.hand.close_outline():
            self._tell()
        else:
            self._do(self.next)

    def pointer(self, event: PointerEvent) -> None:
        """An act of the pointer; a caliper that was owed is followed by the next one that is."""
        if event.act == "press" and (self._refused or self._note):
            self._clear()
            self._tell()
        hand = self.picture.hand
        if event.act == "double_click" and hand.placing is not None and not hand.placing.points:
            return  # the second click on the end of the caliper before: this tool came in between
        before, is_caliper = len(self.picture.marks), isinstance(hand.tool, CaliperTool)
        self.picture.pointer(event)
        if is_caliper and hand.tool is None and len(self.picture.marks) > before and self.next.kind == "caliper":
            self._do(self.next)

    def key(self, event: KeyEvent) -> bool:
        """A key while the picture has the focus; False when it is not ours here."""
        act = act_of(event.name, shift=event.shift, control=event.control)
        acts = {**self._tools(), **self._keys.acts}
        if act is None or act not in acts:
            return False
        self._clear()
        acts[act]()
        return True

    def escape(self) -> None:
        """Put away what is asked or in the hand."""
        if self.why_asked:
            self.why_asked = ""
            self._tell()
        elif self.asking.asked is not None:
            self.asking.put_away()
        else:
            self.picture.put_away()

    # ---- inner ---------------------------------------------------------------------------------------------
    def _tools(self) -> dict[KeyAct, Callable[[], None]]:
        hand = self.picture.hand
        return {
            "length": lambda: self.take_caliper("length"),
            "width": lambda: self.take_caliper("width"),
            "depth": lambda: self.take_caliper("depth"),
            "contour": self.take_contour,
            "edit": lambda: self.picture.when_sharp(hand.edit),
            "remove": hand.take_back,
            "undo": self.undo,
            "escape": self.escape,
            "next_field": lambda: self._wish(Wish("field", self._owed_field)),
        }

    def _take(self, tool: Tool) -> None:
        self.asking.asked = None
        self.picture.hand.take(tool)
        self._wish(Wish("picture"))

    @property
    def _owed_field(self) -> str:
        act = self.next
        return act.name if act.kind == "grade" else "quality"

    def _do(self, act: NextRead) -> None:
        if act.kind == "caliper":
            self.take_caliper(next(axis for axis in AXES if axis == act.name))
        elif act.kind == "gland":
            self.go(act.side)
            if self.next.kind == "quality":
                self._wish(Wish("field", "quality"))
        elif act.kind == "lock":
            self.ask_lock()
        else:
            self._wish(Wish("field", act.name or "quality"))

    def _lead(self, act: Callable[[], None]) -> None:
        """Do an act of the panel; one that was owed leads on to the next one in this gland, or to the button."""
        self._clear()
        before = owed(self._desk.package, self._desk.case)
        if self._kept(act) and owed(self._desk.package, self._desk.case) != before:
            following = self.next
            if following.kind in ("gland", "lock"):
                self._wish(Wish("next"))
            else:
                self._do(following)
        self._tell()

    def _kept(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except REFUSALS as refused:
            self.refuse(str(refused))
            return False
        return True

    def _owes(self, side: Side) -> bool:
        return next_read(self._desk.package, self._desk.case, side).kind not in ("gland", "lock")

    def _clear(self) -> None:
        self._refused = self._note = ""

    def _arrive(self) -> None:
        self.picture.side, self.picture.is_settled = self.side, False
        self.picture.put_away()
        act = self.next
        axis = next((one for one in AXES if act.kind == "caliper" and one == act.name), AXES[0])
        suited = self.picture.pictures.suited(self.side, axis)
        own = next((uid for uid in self.uids if self._desk.case.side_of[uid] == self.side), "")
        self.picture.show(next(iter(suited), own))


def case_banner(desk: OpenCase, side: Side) -> Banner:
    """The banner of a case: its place and code."""
    saved = f"saved {desk.saved_at:%H:%M:%S}" if desk.saved_at else ""
    who = f"Case {desk.number} of {len(desk.package.cases)}  ·  {desk.case.code}"
    return Banner(side, side_words(side), who, saved, desk.printed_name, practice=False)


def ask_lock(desk: OpenCase, asking: Asking, locked: Callable[[], None]) -> None:
    """Ask whether a case is to be locked; where something is owed, list it instead."""
    if missing := owed(desk.package, desk.case):
        lines = "\n".join(f"• {sentence}" for sentence in missing)
        asking.ask(Question(f"Still owed before the case can be locked:\n{lines}", "", words_hint=""), _nothing)
        return

    def lock(_choice: str, _words: str) -> None:
        desk.lock()
        locked()

    title = f"Lock case {desk.number} for good? There is no way back: it is neither changed nor shown again."
    asking.ask(Question(title, "Lock the case", words_hint=""), lock)


def _nothing(_choice: str, _words: str) -> None:
    """It was only told."""
