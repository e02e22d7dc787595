"""The history of a record, and of one field of it, in words: nothing that was ever recorded is left out.

A record is a visit with its two glands, or one gland of it with the facts of the visit that it is signed with. The
events are read by index; words are made only of lines that are asked for, so a long history opens at once.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from injection_log.acts.log_words import vocabulary_of
from injection_log.acts.seeing import note_seen
from injection_log.acts.visits import require_known
from injection_log.acts.writing import require
from injection_log.errors import Refused
from injection_log.ledger.event import Subject
from injection_log.protocol.fields import CATALOGUE
from injection_log.record.event_sentences import ChangeInWords, group_of, in_words
from injection_log.record.event_words import GROUPS, Group, role_words
from injection_log.record.field_words import FIELD_FAMILIES, FIELDS
from injection_log.record.reading import gland_subject, read_visit, visit_subject
from injection_log.record.trail import SIGNED, Entry, Glands, SignedAs, local_day, signatures, trail
from injection_log.record.values import SIDES
from injection_log.record.vocabulary import Vocabulary, moment_words, subject_in_words
from injection_log.store.pages import Wanted

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.ledger.event import Event
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

_MOST_SIGNATURES = 1_000


@dataclass(frozen=True)
class HistoryLine:
    """One event as a person reads it: when (local, with offset), who, what happened, before and after, and why.

    `claimed` is the time claimed for the act where it is another than that of entry; `version` 0 where the line
    belongs to no record.
    """

    sequence: int
    recorded_at: str
    when: str
    claimed: str
    user: str
    printed_name: str
    role: str
    workstation: str
    kind: str
    title: str
    group: Group
    about: str
    sentence: str
    changes: tuple[ChangeInWords, ...]
    reason: str
    version: int
    is_after_signing: bool
    is_late: bool

    @property
    def told(self) -> str:
        """The sentence with its full stop; what is quoted at its end may have brought one."""
        return f"{self.sentence.removesuffix('.')}."

    @property
    def field(self) -> str:
        """The titles of what changed."""
        return "; ".join(change.title for change in self.changes)

    @property
    def old(self) -> str:
        """What stood there before, in words."""
        return _side_of(self.changes, [change.old for change in self.changes])

    @property
    def new(self) -> str:
        """What stands there since, in words."""
        return _side_of(self.changes, [change.new for change in self.changes])


def _side_of(changes: Sequence[ChangeInWords], words: Sequence[str]) -> str:
    if len(changes) == 1:
        return words[0]
    return "; ".join(f"{one.title}: {word or 'nothing'}" for one, word in zip(changes, words, strict=True))


@dataclass(frozen=True)
class HistoryFilter:
    """Which lines to give; what is empty asks nothing. Days are local days, both included."""

    user: str = ""
    group: Group | str = ""
    kind: str = ""
    field: str = ""
    since: date | None = None
    until: date | None = None
    only_after_signing: bool = False
    only_late: bool = False

    def passes(self, entry: Entry) -> bool:
        """Whether an event is asked for."""
        event = entry.event
        return (
            self.user in ("", event.actor.user)
            and self.group in ("", group_of(event.kind))
            and self.kind in ("", event.kind)
            and (not self.field or any(_is_field(change.field, self.field) for change in event.changes))
            and (self.since is None or local_day(event) >= self.since)
            and (self.until is None or local_day(event) <= self.until)
            and (entry.is_after_signing or not self.only_after_signing)
            and (entry.is_late or not self.only_late)
        )


@dataclass(frozen=True)
class History:
    """The history of one record, oldest first: its entries, and the words for each when it is asked for.

    `is_whole` is False where only the newest entries were read.
    """

    record: VisitRecord
    entries: tuple[Entry, ...]
    signatures: tuple[SignedAs, ...]
    _vocabulary: Vocabulary = field(repr=False)
    is_whole: bool = True

    def chosen(self, wanted: HistoryFilter) -> tuple[Entry, ...]:
        """The entries that a filter lets through, oldest first."""
        return tuple(entry for entry in self.entries if wanted.passes(entry))

    def line(self, entry: Entry) -> HistoryLine:
        """One entry in words."""
        return line_of(entry, self._vocabulary)

    def people(self) -> tuple[tuple[str, str], ...]:
        """(user id, printed name) of everybody who stands in this history, by name; "" for nobody."""
        users = {entry.event.actor.user for entry in self.entries}
        named = [(user, self._vocabulary.person(user)) for user in users]
        return tuple(sorted(named, key=lambda one: one[1].casefold()))

    def fields(self) -> tuple[tuple[str, str], ...]:
        """(name, title) of every fact, mark and state that changed, by title."""
        names = {_name_of(change.field) for entry in self.entries for change in entry.event.changes}
        titles = {name: title for name in names if (title := title_of(name, self._vocabulary))}
        return tuple(sorted(titles.items(), key=lambda one: one[1].casefold()))


def history_of(
    session: Session, participant: str, visit: str, *, side: Side | None = None, field: str | None = None
) -> tuple[HistoryLine, ...]:
    """Give every line of a record's history, newest last; of one gland, or of one field.

    Raises Refused: a role that may not see it, a visit that was not begun, a field that there is none.
    """
    history = read_history(session, participant, visit, side=side)
    wanted = HistoryFilter(field=known_field(field) if field else "")
    return tuple(history.line(entry) for entry in history.chosen(wanted))


def read_history(
    session: Session, participant: str, visit: str, *, side: Side | None = None, newest: int | None = None
) -> History:
    """Read a history to look through it; that somebody did is an event. Raises Refused as `history_of`.

    With `newest` only about so many entries of each of its subjects, which is quick however long the history is.
    """
    require(session, "show_history")
    site, participant = session.site, require_known(session, participant, visit)
    record = read_visit(site.ledger.values, site.protocol, participant, visit)
    if record is None:
        raise Refused("not_begun", f"{participant} has no record for the visit '{visit}' yet, so it has no history.")
    note_seen(session, record, "history")
    subjects = _subjects(session, record, side)
    late, words = timedelta(hours=site.protocol.checks.late_entry_hours), vocabulary_of(session, record)
    if newest is not None:
        events = _newest(session, subjects, newest)
        if len(events) >= newest:
            signed = _signing_events(session, record, side)
            entries = trail(events, late, _before(record, side, signed, events))
            return History(record, entries, signatures(signed), words, is_whole=False)
    events = events_about(session, subjects)
    return History(record, trail(events, late), signatures(events), words)


def _newest(session: Session, subjects: Sequence[Subject], limit: int) -> list[Event]:
    """The newest events of these subjects, in order: no more than were read of the one that has the most."""
    ledger, oldest = session.site.ledger, 0
    found: list[Event] = []
    for subject in subjects:
        page = ledger.events_page(before=None, limit=limit, wanted=Wanted(subject_prefix=subject.key))
        found += [event for event in page if event.subject.key == subject.key]
        # Of a subject with more events than this the older ones are not here: nothing older than its last is whole.
        oldest = max(oldest, page[-1].sequence) if len(page) == limit else oldest
    return sorted((event for event in found if event.sequence >= oldest), key=lambda event: event.sequence)


def _before(record: VisitRecord, side: Side | None, signed: Sequence[Event], events: Sequence[Event]) -> Glands:
    """How far the glands were before the first of some newest events."""
    glands = Glands({one: record.glands[one].version for one in SIDES if side in (None, one)})
    glands.go_back(events)
    glands.signed |= {event.subject.gland for event in signed if event.sequence < events[0].sequence}
    return glands


def _signing_events(session: Session, record: VisitRecord, side: Side | None) -> list[Event]:
    """The signatures of the glands, in order."""
    found: list[Event] = []
    for one in SIDES:
        if side in (None, one):
            wanted = Wanted(gland_subject(record.participant, record.visit, one).key, kinds=(SIGNED,))
            found += session.site.ledger.events_page(before=None, limit=_MOST_SIGNATURES, wanted=wanted)
    return sorted(found, key=lambda event: event.sequence)


def known_field(name: str) -> str:
    """The name of a field as it is filtered by. Raises Refused for one that no record has."""
    plain = name.strip().removeprefix("fact.")
    if plain in CATALOGUE or plain in FIELDS or f"{plain}." in FIELD_FAMILIES:
        return plain
    raise Refused(
        "no_such_field",
        f"No record has such a field; give mark, size, state, signature, or one of these: {', '.join(CATALOGUE)}.",
    )


def title_of(name: str, vocabulary: Vocabulary) -> str:
    """What a field that can be filtered by is called; "" for one that says nothing to a person."""
    fact = vocabulary.fact(name)
    if fact is not None:
        return fact.title
    words = FIELDS.get(name) or FIELD_FAMILIES.get(f"{name}.")
    return words.title if words is not None and words.kind != "hidden" else ""


def line_of(entry: Entry, vocabulary: Vocabulary) -> HistoryLine:
    """One entry in words."""
    event = entry.event
    words, offset = in_words(event, vocabulary), event.utc_offset_minutes
    return HistoryLine(
        event.sequence, event.recorded_at, moment_words(event.recorded_at, offset),
        _claimed(event), event.actor.user, vocabulary.person(event.actor.user), role_words(event.actor.role),
        event.workstation, event.kind, words.title, words.group, subject_in_words(event.subject, vocabulary),
        words.sentence, words.changes, event.reason, entry.version, entry.is_after_signing, entry.is_late,
    )


def _claimed(event: Event) -> str:
    if not event.claimed_at or event.claimed_at == event.recorded_at:
        return ""
    try:
        return moment_words(event.claimed_at, event.utc_offset_minutes)
    except ValueError:
        return event.claimed_at


def _subjects(session: Session, record: VisitRecord, side: Side | None) -> list[Subject]:
    """Every subject that belongs to a record, and the questions about them."""
    place = (record.participant, record.visit)
    glands = [gland_subject(*place, one) for one in SIDES if side in (None, one)]
    pictures = [Subject("image", id=image.sop_instance_uid) for image in record.images]
    if side is not None:
        used = {placed.on.sop_instance_uid for placed in record.glands[side].marks}
        pictures = [one for one in pictures if one.id in used]
    people = [Subject("participant", participant=record.participant)] if side is None else []
    parts = (visit_subject(*place), *glands, *pictures)
    return [*parts, *people, *_talk(session, parts)]


def _talk(session: Session, parts: Sequence[Subject]) -> list[Subject]:
    """The queries and deviations that are about one of these subjects."""
    keys = {subject.key for subject in parts}
    found = {**session.site.ledger.values_of("query:"), **session.site.ledger.values_of("deviation:")}
    return [Subject.parse(key) for key, values in found.items() if values.get("about") in keys]


def events_about(session: Session, subjects: Iterable[Subject]) -> list[Event]:
    """The events of exactly these subjects, in the order in which they were written.

    The log finds them by the beginning of a key, and another subject's key may begin the same.
    """
    ledger = session.site.ledger
    found = (one for subject in subjects for one in ledger.events_of(subject.key) if one.subject.key == subject.key)
    return sorted(found, key=lambda event: event.sequence)


def _is_field(stored: str, wanted: str) -> bool:
    return _name_of(stored) == wanted


def _name_of(stored: str) -> str:
    """The name by which a stored field is filtered: facts by their own, marks and pictures by what they are."""
    return stored.removeprefix("fact.") if stored.startswith("fact.") else stored.partition(".")[0]


def group_titles(entries: Iterable[Entry]) -> tuple[tuple[Group, str], ...]:
    """The groups that stand in a history, in the order of their list."""
    there = {group_of(entry.event.kind) for entry in entries}
    return tuple((group, title) for group, title in GROUPS.items() if group in there)
