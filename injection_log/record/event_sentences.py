"""One event of the log as a sentence, with each change that a person can read: title, before, after.

Pure, and without raw JSON, code names or identifiers in anything it gives. Who did it and when is not in here: the
lines of a history (`acts.history`) carry that. An event of an unknown kind is told by its fields.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter

from injection_log.ledger.event import Change, Event
from injection_log.record.event_words import KINDS, Group, KindWords
from injection_log.record.value_words import mark_title, value_in_words
from injection_log.record.vocabulary import Vocabulary, asked_title, field_title, is_hidden, subject_in_words

NOTHING = "nothing"
_OLD = "old "


@dataclass(frozen=True)
class ChangeInWords:
    """One field that changed: its name in the log (for filters only), its title, and both values in words.

    An empty text is "no value".
    """

    field: str
    title: str
    old: str
    new: str


@dataclass(frozen=True)
class EventInWords:
    """What an event is called, where it belongs, what happened, and every readable change."""

    title: str
    group: Group
    sentence: str
    changes: tuple[ChangeInWords, ...]


def in_words(event: Event, vocabulary: Vocabulary) -> EventInWords:
    """Tell one event."""
    words = KINDS.get(event.kind) or KindWords(_spaced(event.kind), "log")
    local = vocabulary.at(event.utc_offset_minutes)
    changes = _changes(event, local)
    sentence = _filled(words.sentence, event, local) or _by_fields(event, changes) or words.title
    return EventInWords(words.title, words.group, sentence, changes)


def group_of(kind: str) -> Group:
    """The group of a kind of event; the log's own for one that is not known."""
    return KINDS[kind].group if kind in KINDS else "log"


def _spaced(kind: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind)
    return words[:1] + words[1:].lower()


def _changes(event: Event, vocabulary: Vocabulary) -> tuple[ChangeInWords, ...]:
    told: dict[str, ChangeInWords] = {}
    for change in event.changes:
        if is_hidden(change.field):
            continue
        one = _in_words(change, vocabulary)
        # Ten pictures that join a visit are one line of ten, not ten lines.
        key = one.title if _is_member(change) else change.field
        before = told.get(key)
        told[key] = one if before is None else ChangeInWords(
            one.field, one.title, _joined(before.old, one.old), _joined(before.new, one.new)
        )
    return tuple(one for one in told.values() if one.old or one.new)


def _in_words(change: Change, vocabulary: Vocabulary) -> ChangeInWords:
    name = change.field
    title = field_title(name, vocabulary)
    if name.startswith("mark."):
        title = mark_title(change.new if change.new is not None else change.old)
    old, new = (value_in_words(name, value, vocabulary) for value in (change.old, change.new))
    return ChangeInWords(name, title, old, new)


def _is_member(change: Change) -> bool:
    return change.field.startswith(("image.", "study."))


def _joined(one: str, other: str) -> str:
    return ", ".join(part for part in (one, other) if part)


def _filled(sentence: str, event: Event, vocabulary: Vocabulary) -> str:
    """The sentence of a kind with its places filled; "" where the event does not have what it needs."""
    if not sentence:
        return ""
    parts = []
    for text, place, _, _ in Formatter().parse(sentence):
        words = "" if place is None else _place(place, event, vocabulary)
        if words is None:
            return ""
        parts.append(text + words)
    told = "".join(parts)
    told = told[:1].upper() + told[1:]
    follows = [change for change in event.changes if _follows(change.field) and change.new is not None]
    return "; ".join((told, *(_follows_words(change, vocabulary) for change in follows)))


def _follows(field: str) -> bool:
    """Whether a field is told behind the sentence: it changed because a mark did."""
    return field == "size" or field.startswith(("capsule.", "assisted.", "volume."))


def _follows_words(change: Change, vocabulary: Vocabulary) -> str:
    title = field_title(change.field, vocabulary)
    return f"{title[:1].lower()}{title[1:]}: {value_in_words(change.field, change.new, vocabulary)}"


def _place(place: str, event: Event, vocabulary: Vocabulary) -> str | None:
    special = _SPECIAL.get(place)
    return _value(place, event, vocabulary) if special is None else special(event, vocabulary)


def _gland(event: Event, vocabulary: Vocabulary) -> str:
    del vocabulary
    return f"the {event.subject.gland} gland" if event.subject.gland else "the gland"


def _user(event: Event, vocabulary: Vocabulary) -> str:
    return vocabulary.person(event.subject.id) if event.subject.kind == "user" else "an unknown user id"


def _picture(event: Event, vocabulary: Vocabulary) -> str:
    return vocabulary.picture(event.subject.id) if event.subject.kind == "image" else "a picture"


def _pictures(event: Event, vocabulary: Vocabulary) -> str:
    del vocabulary
    count = sum(change.field.startswith("image.") for change in event.changes)
    return "1 picture" if count == 1 else f"{count} pictures"


def _verified(event: Event, vocabulary: Vocabulary) -> str:
    names = [change.field.partition(".")[2] for change in event.changes if change.field.startswith("verified.")]
    return ", ".join(f"“{asked_title(name, vocabulary)}”" for name in names)


def _asked(event: Event, vocabulary: Vocabulary) -> str:
    """What a query is about: the field and the record; of other events the record itself."""
    new = {change.field: str(change.new) for change in event.changes if change.new is not None}
    record = value_in_words("about", new["about"], vocabulary) if "about" in new else ""
    record = record or subject_in_words(event.subject, vocabulary)
    return f"“{asked_title(new['field'], vocabulary)}” of {record}" if "about" in new and "field" in new else record


def _trial(event: Event, vocabulary: Vocabulary) -> str:
    """The trial that a log was begun for: its field has the name under which pictures have their DICOM study."""
    del vocabulary
    return next((str(change.new) for change in event.changes if change.field == "study"), "")


def _what_changed(event: Event, vocabulary: Vocabulary) -> str | None:
    """What every readable field became; None where nothing of it can be read."""
    told = tuple(one for one in _changes(event, vocabulary) if not one.field.startswith(("size", "assisted.")))
    return _by_fields(event, told) or None


def _act(event: Event, vocabulary: Vocabulary) -> str | None:
    """The number of the act that an event takes back or does again."""
    del vocabulary
    names = (change.field for change in event.changes if change.field.startswith("undone."))
    return next((name.partition(".")[2] for name in names), None)


_SPECIAL: dict[str, Callable[[Event, Vocabulary], str | None]] = {
    "gland": _gland, "user": _user, "pictures": _pictures, "asked": _asked, "record": _asked,
    "verified title": _verified, "picture": _picture, "name of the trial": _trial, "what changed": _what_changed,
    "act": _act,
}


def _value(place: str, event: Event, vocabulary: Vocabulary) -> str | None:
    """The old or new value of the first field of this name or family; None where it did not change."""
    is_old, name = place.startswith(_OLD), place.removeprefix(_OLD)
    for change in event.changes:
        if change.field == name or change.field.startswith(f"{name}."):
            value = change.old if is_old else change.new
            if name == "visit" and isinstance(value, str):
                return vocabulary.visit(value)
            return value_in_words(change.field, value, vocabulary) or None
    return None


def _by_fields(event: Event, changes: tuple[ChangeInWords, ...]) -> str:
    gland = event.subject.gland
    where = f" of the {gland} gland" if gland else ""
    return "; ".join(_told(one, where) for one in changes)


def _told(change: ChangeInWords, where: str) -> str:
    is_spoken = "volume" in change.title.lower() or change.title.endswith(("caliper", "mark"))
    title = change.title if is_spoken else f"“{change.title}”"
    if not change.old:
        return f"{title}{where} was recorded: {change.new}"
    if not change.new:
        return f"{title}{where} was cleared; it was {change.old}"
    return f"{title}{where} changed from {change.old} to {change.new}"
