"""Undoing and redoing what a person did at a visit: facts, marks, scales set by hand, cross-checks. One event each.

What is next is reckoned from the log (`record.undone`), so it survives a restart. An act is undone by what did it: with
the same permission, limits and states; what somebody else changed since is left alone. Signatures, pictures that came
and the check of identifiers are no acts of this kind. An undo owes no reason: it says which act it takes back.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from injection_log.acts import facts, marks, scales
from injection_log.acts.history import events_about
from injection_log.acts.log_words import vocabulary_of
from injection_log.acts.overtaken import Overtaken, overtaken
from injection_log.acts.writing import Standing, append, changing, draft_of, require, reread, standing
from injection_log.errors import Refused
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Subject
from injection_log.record.assisted import ASSISTED
from injection_log.record.reading import LATE, gland_subject, visit_subject
from injection_log.record.undone import (
    ACT_REDONE,
    ACT_UNDONE,
    FACT,
    MARK,
    UNDONE,
    InForm,
    OnPicture,
    OwnAct,
    Reach,
    act_words,
    is_same,
    marks_in,
    reach_of,
)
from injection_log.record.values import SIDES

if TYPE_CHECKING:
    from injection_log.ledger.event import Event, Json
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

_TRIES = 20


@dataclass(frozen=True)
class Turned:
    """What was undone or redone, in words, where it lies, and the visit as it is now."""

    what: str
    place: OnPicture | InForm
    record: VisitRecord


def in_reach(session: Session, record: VisitRecord) -> Reach:
    """What the person at work can undo and redo at this visit as the log has it now."""
    require(session, "undo_own_act")
    return reach_of(_events(session, record), session.account.user)


def undo(session: Session, record: VisitRecord) -> Turned:
    """Take back the newest own act at this visit that still stands.

    Raises Refused when there is none, or it may not change any more; Overtaken when somebody else changed since what
    it had set. Then nothing has changed.
    """
    act = in_reach(session, record).undo
    if act is None:
        raise Refused("nothing_to_undo", "There is nothing of yours to undo at this visit.")
    return _turned(session, record, act, back=True)


def redo(session: Session, record: VisitRecord) -> Turned:
    """Bring back the act that was undone last. Raises as `undo`; a new act ends what can be redone."""
    act = in_reach(session, record).redo
    if act is None:
        raise Refused("nothing_to_redo", "There is nothing to redo: nothing was undone since your last act.")
    return _turned(session, record, act, back=False)


def _turned(session: Session, shown: VisitRecord, act: OwnAct, *, back: bool) -> Turned:
    for _ in range(_TRIES):
        if _written(session, changing(session, shown), act, back=back):
            record = reread(session, shown)
            return Turned(act_words(act, vocabulary_of(session, record)), act.place, record)
    raise Refused("busy", "Others are changing this visit at this very moment; try again.")


def _written(session: Session, stands: Standing, act: OwnAct, *, back: bool) -> bool:
    """Write the event; False where something of this visit changed in the same instant: then look again."""
    _refuse_changed_by_others(session, stands, act, back=back)
    new = _new_values(session, stands, act, {c.field: c.old if back else c.new for c in act.changes})
    name = f"{UNDONE}{act.sequence}"
    draft = draft_of(session, ACT_UNDONE if back else ACT_REDONE, act.subject, new | {name: True if back else None})
    if not any(change.field == name for change in draft.changes):
        return False
    try:
        append(session, [draft], stands=stands)
    except Overtaken:
        return False
    return True


def _events(session: Session, record: VisitRecord) -> list[Event]:
    """The events of the visit, its glands and its pictures, in order."""
    place = (record.participant, record.visit)
    now = standing(session, record).record
    subjects = [visit_subject(*place), *(gland_subject(*place, side) for side in SIDES)]
    subjects += [Subject("image", id=image.sop_instance_uid) for image in now.images]
    return events_about(session, subjects)


def _refuse_changed_by_others(session: Session, stands: Standing, act: OwnAct, *, back: bool) -> None:
    """Refuse where what the act had set, or had been before it, is no longer what stands. Raises Overtaken, Refused."""
    now = stands.values.get(act.subject.key, {})
    if (f"{UNDONE}{act.sequence}" in now) == back:
        raise Refused("done_already", "This was undone or redone on another screen; the picture shows what stands now.")
    for change in act.own:
        left = change.new if back else change.old
        if not is_same(change.field, now.get(change.field), left):
            lost = ChangedMeanwhile(act.subject.key, change.field, expected=left, found=now.get(change.field))
            _refuse(session, lost, "undone" if back else "redone")


def _refuse(session: Session, lost: ChangedMeanwhile, word: str) -> NoReturn:
    other = overtaken(session, lost).other
    if not other.by:
        raise Refused("changed_since", f"This value was changed since, so your act is not {word}: look at it again.")
    sentence = f"{other.by} changed {other.what} at {other.at}, after you, so your act is not {word}: look at it again."
    raise Overtaken(lost, other, sentence) from lost


def _new_values(session: Session, stands: Standing, act: OwnAct, wanted: Mapping[str, Json]) -> dict[str, Json]:
    """The fields to write so that the wanted values stand, with what follows from them. Raises Refused."""
    if act.subject.kind == "image":
        scales.require_may_turn(session, stands.record, act.subject.id, _own(act, wanted))
        return _own(act, wanted)
    new: dict[str, Json] = {}
    typed = {name.removeprefix(FACT): value for name, value in wanted.items() if name.startswith(FACT)}
    for name, value in typed.items():
        facts.require_may_stand(session, stands.record, act.side, name, value)
        new[FACT + name] = value
        if LATE + name in wanted:
            new[LATE + name] = wanted[LATE + name]
    if act.side is not None:
        new |= facts.follows_from(stands.record.glands[act.side], typed)
    if any(name.startswith(MARK) for name in wanted) and act.side is not None:
        new |= marks.put_back(session, stands.record, act.side, marks_in(wanted))
        new |= {name: value for name, value in wanted.items() if name.startswith(ASSISTED)}
    return new


def _own(act: OwnAct, wanted: Mapping[str, Json]) -> dict[str, Json]:
    return {change.field: wanted[change.field] for change in act.own}

