"""The table of changes: a row for each field of a record that an event changed, with what stood there before, and why.

Pure. What is not about a record (accounts, log-ins, exports, who looked, blinded reading) has no row here: that
leaves with the log itself (`acts.log_export`). A stored value leaves only where `_STORED` says so: fingerprints of
patient ids never do.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Change, Event, Json
from injection_log.outputs import Cell
from injection_log.record.cells import COMPUTED, SIDE, VISIT, column, yes_no
from injection_log.record.event_sentences import group_of
from injection_log.record.event_words import DATA_GROUPS, KINDS
from injection_log.record.trail import Glands, trail
from injection_log.record.value_words import mark_title, value_in_words
from injection_log.record.vocabulary import Vocabulary, field_title, is_hidden

CHANGE_COLUMNS = (
    column("event", "Number of the event in the log", "integer"),
    column("change", "Change of that event, from 1", "integer"),
    column("at_utc", "Entered at, UTC", "time"), column("utc_offset_minutes", "Local offset from UTC", "integer"),
    column("claimed_at", "Time claimed for the act, where it is another"),
    column("user", "User id; blank where nobody was logged in"), column("printed_name", "Printed name"),
    column("role", "Role"), column("workstation", "Workstation"),
    column("participant", "Participant; blank for the whole study"), VISIT, SIDE,
    column("subject", "What it is about", "choice",
           "participant | visit | gland | image | study | query | deviation | trial"),
    column("subject_id", "Which picture, study, query or deviation"),
    column("kind", "Kind of event"), column("act", "What was done, in words"),
    column("field", "Field, as the log names it"), column("title", "Field, in words"),
    column("old", "Value before, in words; blank for none"), column("new", "Value after, in words; blank for none"),
    column("old_stored", "Value before as it is stored: microlitres, micrometres, JSON"),
    column("new_stored", "Value after as it is stored: microlitres, micrometres, JSON"),
    column("reason", "Reason", source="typed by the person"),
    column("version", "Version of the record", "integer"),
    column("after_signing", "Changed after signing", "yes_no", "yes | no", COMPUTED),
    column("late", "Entered late", "yes_no", "yes | no", COMPUTED),
)  # fmt: skip
_GROUPS = DATA_GROUPS | {"signature", "queries"}
_SUBJECTS = frozenset({"participant", "visit", "gland", "image", "study", "query", "deviation", "trial"})
_STORED = frozenset({
    "size", "state", "version", "opened_on", "identifiers_confirmed", "images_pending", "sha256", "data_set_sha256",
    "pixel_data_sha256", "frames", "rows", "columns", "plane", "laterality", "calibration_state", "calibration_why",
    "hand_scale", "about", "field", "check", "check_version", "kind", "text",
})
_STORED_FAMILIES = frozenset({
    "fact", "mark", "measured", "capsule", "assisted", "volume", "late", "of_day", "scale_check", "image",
})
Place = Callable[[Event], tuple[str, str, str]]
"""Participant, visit and side that an event is about; "" for none."""


@dataclass
class ChangeRows:
    """Makes the rows of the events it is given, one by one and in order: a version is counted along the way."""

    words: Vocabulary
    place: Place
    late_after: timedelta
    _glands: dict[tuple[str, str], Glands] = field(default_factory=dict)

    def of(self, event: Event) -> Iterator[dict[str, Cell]]:
        """The rows of the next event; none for one that changed nothing of a record."""
        place = self.place(event)
        entry = trail((event,), self.late_after, self._glands.setdefault(place[:2], Glands()))[0]
        if event.subject.kind not in _SUBJECTS or group_of(event.kind) not in _GROUPS:
            return
        words = self.words.at(event.utc_offset_minutes)
        said = {
            **_head(event, words, place), "version": entry.version if place[1] else None,
            "after_signing": yes_no(entry.is_after_signing), "late": yes_no(entry.is_late),
        }
        told = [one for one in event.changes if _is_told(one.field)]
        for number, change in enumerate(told, start=1):
            yield {**said, "change": number, **_change(change, words)}


def _head(event: Event, words: Vocabulary, place: tuple[str, str, str]) -> dict[str, Cell]:
    subject, (participant, visit, side) = event.subject, place
    claimed = event.claimed_at if event.claimed_at != event.recorded_at else ""
    return {
        "event": event.sequence, "at_utc": event.recorded_at, "utc_offset_minutes": event.utc_offset_minutes,
        "claimed_at": claimed or None, "user": event.actor.user or None,
        "printed_name": words.person(event.actor.user), "role": event.actor.role or None,
        "workstation": event.workstation, "participant": participant or None, "visit": visit or None,
        "side": side or None, "subject": subject.kind, "subject_id": subject.id or None, "kind": event.kind,
        "act": KINDS[event.kind].title if event.kind in KINDS else event.kind, "reason": event.reason or None,
    }


def _change(change: Change, words: Vocabulary) -> dict[str, Cell]:
    name, stored = change.field, _leaves_as_stored(change.field)
    title = field_title(name, words)
    if name.startswith("mark."):
        title = mark_title(change.new if change.new is not None else change.old)
    return {
        "field": name, "title": title, "old": value_in_words(name, change.old, words) or None,
        "new": value_in_words(name, change.new, words) or None,
        "old_stored": _plain(change.old) if stored else None, "new_stored": _plain(change.new) if stored else None,
    }


def _is_told(name: str) -> bool:
    return _leaves_as_stored(name) or not is_hidden(name)


def _leaves_as_stored(name: str) -> bool:
    family, dot, _ = name.partition(".")
    return family in _STORED_FAMILIES if dot else name in _STORED


def _plain(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return canonical_bytes(value).decode()
