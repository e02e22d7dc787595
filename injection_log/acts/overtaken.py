"""Told to whoever came second: who changed what, from what to what, and when. Nothing of theirs was written.

Reads the log to say so and changes nothing. What the loser had typed goes back with the error (`draft`), so that it
stays on the screen.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Change, Event
from injection_log.people.accounts import list_accounts
from injection_log.record.value_words import value_in_words
from injection_log.record.vocabulary import Vocabulary, field_title, moment_words, subject_in_words

if TYPE_CHECKING:
    from injection_log.site import Session

_LOOK = "look at it and decide again"
_LONGEST = 80
_SAID_AS = {
    "GlandSigned": "signed", "GlandReviewed": "reviewed", "AmendmentOpened": "opened an amendment of",
    "AmendmentClosed": "closed the amendment of", "AdditionOpened": "opened an addition to",
    "AdditionSigned": "signed an addition to", "AdditionClosed": "closed the addition to",
    "GlandLocked": "locked", "GlandUnlocked": "unlocked", "ParticipantLocked": "locked",
    "ParticipantUnlocked": "unlocked", "StudyLocked": "locked", "StudyUnlocked": "unlocked",
    "VisitWithdrawn": "withdrew", "VisitReinstated": "reinstated", "VisitNotDone": "recorded as not done",
}
"""Acts on a whole record, by kind of event, as they are told to whoever came second."""


@dataclass(frozen=True)
class OtherChange:
    """The change that came first: who (printed name), what (the title of the field), from what to what, local time.

    `old` and `new` are in words, "" for none; everything is "" where the log does not tell.
    """

    by: str = ""
    what: str = ""
    old: str = ""
    new: str = ""
    at: str = ""


class Overtaken(ChangedMeanwhile):
    """Somebody else changed it first. `other` is that change; `draft` is the text that the loser had typed."""

    def __init__(self, lost: ChangedMeanwhile, other: OtherChange, sentence: str, draft: str = "") -> None:
        super().__init__(lost.subject, lost.field, expected=lost.expected, found=lost.found)
        Exception.__init__(self, sentence)
        self.why, self.other, self.draft = sentence, other, draft

    def with_draft(self, draft: str) -> Overtaken:
        """The same with the text that was typed."""
        return Overtaken(self, self.other, self.why, draft)


def overtaken(session: Session, lost: ChangedMeanwhile) -> Overtaken:
    """Find who changed it, and say so in one sentence."""
    if isinstance(lost, Overtaken):
        return lost
    event = _set_by(session, lost.subject, lost.field)
    change = next((one for one in event.changes if one.field == lost.field), None) if event else None
    if event is None or change is None:
        return Overtaken(lost, OtherChange(), str(lost))
    return Overtaken(lost, *_in_words(session, event, change))


def _set_by(session: Session, subject: str, field: str) -> Event | None:
    """The last event that changed a field, also one that cleared it."""
    found = None
    for event in session.site.ledger.events_of(subject):
        if event.subject.key == subject and any(change.field == field for change in event.changes):
            found = event
    return found


def _in_words(session: Session, event: Event, change: Change) -> tuple[OtherChange, str]:
    names = {account.user: account.printed_name for account in list_accounts(session.site.ledger)}
    words = Vocabulary(session.site.protocol, names, lambda uid: "a picture", event.utc_offset_minutes)
    at, by = moment_words(event.recorded_at, event.utc_offset_minutes), words.person(event.actor.user)
    about = subject_in_words(event.subject, words)
    if event.kind in _SAID_AS:
        other = OtherChange(by, about, at=at)
        return other, f"{by} {_SAID_AS[event.kind]} {about} at {at}, so nothing of yours was saved: {_LOOK}."
    what = f"{field_title(change.field, words)} ({about})"
    old, new = (_short(value_in_words(change.field, value, words)) for value in (change.old, change.new))
    other = OtherChange(by, what, old, new, at)
    return other, f"{by} changed {what} {_from_to(old, new)} at {at}, so nothing of yours was saved: {_LOOK}."


def _from_to(old: str, new: str) -> str:
    if not new:
        return f"from {old} to nothing" if old else "back to nothing"
    return f"from {old} to {new}" if old else f"to {new}"


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST - 1]}…"
