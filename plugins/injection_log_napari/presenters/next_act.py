"""The next sensible act at each step, and the sentence that says it. Pure: from what is missing to what to do."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from annotate.marks import AXES, Axis, Side
from injection_log.record.checks import Missing

Step = Literal["participant", "images", "right", "left", "review"]
STEPS: tuple[Step, ...] = ("participant", "images", "right", "left", "review")
STEP_TITLES: dict[Step, str] = {
    "participant": "Participant",
    "images": "Images",
    "right": "Right gland",
    "left": "Left gland",
    "review": "Review & sign",
}
ActKind = Literal["caliper", "needle", "field", "confirm", "images", "step", "sign", "done", "measure_again"]

SigningKind = Literal["record", "review", "addition"]
"""What is signed: the record by who made it, a signed one as reviewed, or what came after the signature."""
_SIGN_SENTENCES: dict[SigningKind, str] = {
    "record": "Read both records. If they are right, press Enter to sign.",
    "review": "Read what was signed. If you agree, press Enter to sign it as reviewed.",
    "addition": "Read what is added. If it is right, press Enter to sign the addition.",
}

_AXIS_SENTENCES: dict[str, str] = {
    "length": "Place the length on the longitudinal picture: press L, then click both ends of the gland.",
    "depth": "Place the depth on the longitudinal picture: press D, then click the top and the bottom.",
    "width": "Place the width on the transverse picture: press W, then click both sides of the gland.",
}
NEEDLE_SENTENCE = "Mark the needle on the injection clip: step to the frame, press N, click entry, then tip."
GO_TO_IT = "Press Enter to go to it."
_COMPARE = "Compare two identifiers of the person in the room with the trial's list, then confirm."
CONFIRM_HERE = f"{_COMPARE} Space or a click confirms."
_PLANES: dict[Axis | None, str] = {
    "length": "longitudinal picture",
    "depth": "longitudinal picture",
    "width": "transverse picture",
    None: "injection clip",
}
_DRAGS: dict[Axis | None, str] = {
    "length": "drag from end to end of the gland",
    "depth": "drag from top to bottom",
    "width": "drag from side to side",
    None: "go to the frame and drag from entry to tip",
}


def choose_sentence(side: Side, axis: Axis | None) -> str:
    """What is asked where two pictures could be this gland's: for a caliper (None: the needle)."""
    return f"{_open_words(side, axis)}, then {_DRAGS[axis]}."


def still_coming_sentence(side: Side, axis: Axis | None) -> str:
    """What is asked while pictures are arriving and none of them is known to be this gland's."""
    return f"Pictures are still arriving. {_open_words(side, axis)} as soon as it is there."


def _open_words(side: Side, axis: Axis | None) -> str:
    letters = "RT" if side == "right" else "LT"
    return f"Open the {side.upper()} gland's {_PLANES[axis]} from the list (check {letters} in the picture)"


@dataclass(frozen=True)
class NextAct:
    """What comes next: its kind, what it is about (axis, field or step), and the sentence."""

    kind: ActKind
    target: str
    sentence: str

    @property
    def axis(self) -> Axis | None:
        """The axis of a caliper act."""
        return next((axis for axis in AXES if self.kind == "caliper" and axis == self.target), None)


def next_act(step: Step, missing: Sequence[Missing], *, signed: bool) -> NextAct:
    """The next act at a step, given what the whole visit still owes."""
    if step == "review":
        return _at_review(missing, signed=signed)
    here = [one for one in missing if one.step == step]
    if here:
        return act_for(here[0])
    following = STEPS[STEPS.index(step) + 1]
    title = STEP_TITLES[following]
    return NextAct("step", following, f"{STEP_TITLES[step]}: all is there. Press Enter to go on to {title.lower()}.")


def reading_act(step: Step) -> NextAct:
    """The next act of a person who may only read what is not signed yet."""
    if step == "review":
        return NextAct("done", "", "Nothing here is yours to sign. Press Enter to go back to the list.")
    following = STEPS[STEPS.index(step) + 1]
    sentence = f"{STEP_TITLES[step]}: to be read only. Press Enter to go on to {STEP_TITLES[following].lower()}."
    return NextAct("step", following, sentence)


def signing_act(kind: SigningKind, things_to_look_at: int = 0) -> NextAct:
    """The next act at review when there is something to sign; first is said how many things there are to look at."""
    many = f"{things_to_look_at} {'thing' if things_to_look_at == 1 else 'things'} to look at (▲), then sign."
    return NextAct("sign", "", f"{many} {_SIGN_SENTENCES[kind]}" if things_to_look_at else _SIGN_SENTENCES[kind])


def act_for(owed: Missing) -> NextAct:
    """What to do about one missing thing."""
    if owed.field.startswith("caliper."):
        axis = owed.field.removeprefix("caliper.")
        return NextAct("caliper", axis, _AXIS_SENTENCES[axis])
    if owed.field == "needle_mark":
        return NextAct("needle", "needle", NEEDLE_SENTENCE)
    if owed.field == "identifiers_confirmed":
        return NextAct("confirm", owed.field, f"{_COMPARE} Press Enter to go to the button.")
    if owed.field.startswith("mark."):
        sentence = f"{owed.sentence} Press Enter to do that."
        return NextAct("measure_again", owed.field.removeprefix("mark."), sentence)
    if owed.field == "images":
        return NextAct("images", owed.field, owed.sentence)
    return NextAct("field", owed.field, f"{owed.sentence} {GO_TO_IT}")


def _at_review(missing: Sequence[Missing], *, signed: bool) -> NextAct:
    if signed:
        return NextAct("done", "", "Both glands are signed and closed. Press Enter to go back to the list.")
    if missing:
        first = missing[0]
        return NextAct("step", first.step, f"{first.sentence} Press Enter to go there.")
    return signing_act("record")
