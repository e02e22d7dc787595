"""What one person can undo and redo at one visit, reckoned from the log alone, and what it is called.

Pure. Undone is the newest own act that still stands, redone the one that was undone last; a new act ends redoing. What
was signed, amended, added to, locked or withdrawn meanwhile is out of reach (docs/decisions/undo-from-the-log.md).
Whether an act may be undone now, by the table of roles and by what others did since, is decided in `acts.undoing`.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from annotate.marks import PlacedMark, Side
from annotate.stored_marks import placed_from_json
from injection_log.ledger.event import Change, Event, Json, Subject
from injection_log.record.event_sentences import group_of
from injection_log.record.scales import CHECK, HAND_SCALE, SetByHand, check_from_json
from injection_log.record.value_words import mark_title
from injection_log.record.vocabulary import Vocabulary, field_title

ACT_UNDONE, ACT_REDONE = "ActUndone", "ActRedone"
UNDONE = "undone."
"""The field that names an undone act by its number, in the event that undoes it; gone again when it is redone."""
FACT, MARK = "fact.", "mark."
_OWN = (FACT, MARK, HAND_SCALE, CHECK)
"""What a person gives a value to; sizes, measured values and how late a time came follow from these."""
_GROUPS = ("facts", "marks", "scale")
_FOLLOWS = ("MarksMeasuredAgain",)
"""What follows from another act: measured again are marks whose scale was changed."""
_ENDS = frozenset({
    "state", "version", "signature", "review", "amendment", "addition_open", "lock", "withdrawn", "not_done",
    "transcribed",
})
"""Fields of a record whose change ends what can be undone: it is another version, another state, or another source."""


@dataclass(frozen=True)
class OnPicture:
    """Where an act lies: a frame (from 0) of a picture, and its gland, None for what is the picture's own."""

    side: Side | None
    uid: str
    frame: int


@dataclass(frozen=True)
class InForm:
    """Where an act lies: a fact of a gland, or of the visit (None)."""

    side: Side | None
    field: str


@dataclass(frozen=True)
class OwnAct:
    """One act of a person as the log has it: its number, its subject, and what was given a value."""

    sequence: int
    subject: Subject
    changes: tuple[Change, ...]

    @property
    def own(self) -> tuple[Change, ...]:
        """The changes that the person made; the others follow from them."""
        return tuple(change for change in self.changes if change.field.startswith(_OWN))

    @property
    def side(self) -> Side | None:
        """The gland that it is about, None for the visit or a picture."""
        return cast(Side, self.subject.gland) if self.subject.gland else None

    @property
    def place(self) -> OnPicture | InForm:
        """Where it lies."""
        first = self.own[0]
        value = first.new if first.new is not None else first.old
        if first.field.startswith(FACT):
            return InForm(self.side, first.field.removeprefix(FACT))
        if first.field.startswith(MARK):
            on = placed_from_json(cast("dict[str, Any]", value)).on
            return OnPicture(self.side, on.sop_instance_uid, on.frame)
        by = SetByHand.from_json(value).by if first.field == HAND_SCALE else check_from_json("", value).by
        return OnPicture(None, self.subject.id, by.frame)


@dataclass(frozen=True)
class Reach:
    """The act that is undone next and the one that is redone next; None where there is none."""

    undo: OwnAct | None
    redo: OwnAct | None


def reach_of(events: Iterable[Event], user: str) -> Reach:
    """Reckon from the events of a visit, its glands and its pictures, in order, what `user` can undo and redo."""
    done: list[OwnAct] = []
    undone: list[OwnAct] = []
    for event in events:
        if any(change.field in _ENDS for change in event.changes):
            done, undone = _left(done, event.subject), _left(undone, event.subject)
        elif event.actor.user == user and event.kind in (ACT_UNDONE, ACT_REDONE):
            taken, given = (done, undone) if event.kind == ACT_UNDONE else (undone, done)
            number = number_of(event)
            given += [act for act in taken if act.sequence == number]
            taken[:] = [act for act in taken if act.sequence != number]
        elif event.actor.user == user and _is_own_act(event):
            done.append(OwnAct(event.sequence, event.subject, event.changes))
            undone.clear()
    return Reach(done[-1] if done else None, undone[-1] if undone else None)


def number_of(event: Event) -> int:
    """The number of the act that an event undoes or redoes; 0 where it names none."""
    names = (change.field.removeprefix(UNDONE) for change in event.changes if change.field.startswith(UNDONE))
    return next((int(name) for name in names if name.isdecimal()), 0)


def act_words(act: OwnAct, vocabulary: Vocabulary) -> str:
    """What an act is called in a sentence: `length caliper of the right gland`, `residual volume of the left gland`."""
    marks = [change for change in act.own if change.field.startswith(MARK)]
    whose = f" of the {act.subject.gland} gland" if act.subject.gland else " of the visit"
    if marks:
        name = _lower(mark_title(marks[0].old if marks[0].new is None else marks[0].new)) + whose
        doing = "removing the " if marks[0].new is None else "moving the " if marks[0].old is not None else ""
        return doing + name
    title = _lower(field_title(act.own[0].field, vocabulary))
    if act.subject.kind == "image":
        return f"{title}, on {vocabulary.picture(act.subject.id)}"
    return title + whose


def is_same(field: str, one: Json, other: Json) -> bool:
    """Whether two values of a field are the same to who gave them: a mark that was only measured again is."""
    if field.startswith(MARK) and isinstance(one, dict) and isinstance(other, dict):
        return {**one, "scale": None} == {**other, "scale": None}
    return one == other


def marks_in(values: Mapping[str, Json]) -> dict[str, PlacedMark | None]:
    """The marks among the values of fields, by their ids; None for one that is not there."""
    return {
        name.removeprefix(MARK): placed_from_json(cast("dict[str, Any]", value)) if value is not None else None
        for name, value in values.items() if name.startswith(MARK)
    }


def _is_own_act(event: Event) -> bool:
    if event.kind in _FOLLOWS or group_of(event.kind) not in _GROUPS:
        return False
    return any(change.field.startswith(_OWN) for change in event.changes)


def _left(acts: list[OwnAct], ended: Subject) -> list[OwnAct]:
    """What stays in reach when a record was ended: of a gland, the acts on the other gland; of the visit, nothing."""
    return [act for act in acts if ended.gland and act.subject.gland not in ("", ended.gland)]


def _lower(title: str) -> str:
    """A title inside of a sentence; one that begins with an abbreviation stays as it is."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
