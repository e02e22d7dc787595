"""What the log names, as a person calls it: people, visits, facts, fields, subjects and times.

Pure. A `Vocabulary` holds what the words depend on; a name that nobody knows is given as it stands, and nothing is
raised for it. Deliberately without the values of fields: those are `value_words`.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

from injection_log.clock import local_words
from injection_log.ledger.event import Subject
from injection_log.protocol.fields import CATALOGUE, Choice, Field
from injection_log.protocol.protocol import Protocol
from injection_log.record.field_words import FIELD_FAMILIES, field_words

FACT = "fact."
"""How the name of a field begins that is a fact of the protocol."""


@dataclass(frozen=True)
class Vocabulary:
    """What words need beside the value: the protocol's titles, people's printed names, what a picture is called.

    `picture` gives the words for a SOP Instance UID, `offset_minutes` is the local offset that UTC times are read in.
    """

    protocol: Protocol
    names: Mapping[str, str]
    picture: Callable[[str], str]
    offset_minutes: int = 0

    def at(self, offset_minutes: int) -> Vocabulary:
        """The same words with the local offset of one event."""
        return replace(self, offset_minutes=offset_minutes)

    def person(self, user: str) -> str:
        """The printed name of a user id; the id itself for somebody who is unknown, "nobody" for no one."""
        return self.names.get(user, user) if user else "nobody logged in"

    def visit(self, name: str) -> str:
        """The title of a visit."""
        planned = self.protocol.visits.get(name)
        return planned.title if planned else name

    def fact(self, name: str) -> Field | None:
        """A fact of the catalogue, with the protocol's own choices."""
        found = CATALOGUE.get(name)
        if found is None or name != "needle":
            return found
        return replace(found, choices=tuple(Choice(one.code, one.title) for one in self.protocol.needles))


def moment_words(text: str, offset_minutes: int) -> str:
    """A stored time as local time with its offset, `2026-11-22 14:02:11 (UTC+01:00)`.

    A time that carries an offset other than UTC's keeps it; one in UTC is shown in `offset_minutes`.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.utcoffset() == timedelta():
        zone = timezone(timedelta(minutes=offset_minutes))
        moment = moment.replace(tzinfo=UTC).astimezone(zone) if moment.tzinfo is None else moment.astimezone(zone)
    return local_words(moment)


def field_title(name: str, vocabulary: Vocabulary) -> str:
    """What a field is called: the protocol's title of a fact, with the word volume where it is one."""
    if name.startswith(FACT):
        fact = vocabulary.fact(name.removeprefix(FACT))
        if fact is None:
            return plain_name(name.removeprefix(FACT))
        is_bare = fact.kind == "volume" and "volume" not in fact.title.lower()
        return f"{fact.title} volume" if is_bare else fact.title
    known = field_words(name)
    if known is None:
        return plain_name(name.partition(".")[0])
    family, dot, rest = name.partition(".")
    about = family + dot in FIELD_FAMILIES and known.kind == "verified"
    return f"{known.title}: {asked_title(rest, vocabulary)}" if about else known.title


def asked_title(name: str, vocabulary: Vocabulary) -> str:
    """What a field that a query or a verification names is called: a fact by its own name, or any other."""
    plain = name.removeprefix(FACT)
    return field_title(f"{FACT}{plain}" if plain in CATALOGUE else name, vocabulary)


def plain_name(name: str) -> str:
    """A name of the code as words; a last resort."""
    words = re.sub(r"_(ul|um|mdeg|sha256|json)$", "", name).replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:] or "Value"


def is_hidden(name: str) -> bool:
    """Whether a field says nothing to a person: keys, digests, what follows from another field."""
    known = field_words(name)
    return known is not None and known.kind == "hidden"


def subject_in_words(subject: Subject, vocabulary: Vocabulary) -> str:
    """What an event is about: `SMG-07, Injection visit, left gland`."""
    gland = f", {subject.gland} gland" if subject.gland else ""
    words: dict[str, Callable[[], str]] = {
        "visit": lambda: f"{subject.participant}, {vocabulary.visit(subject.visit)}",
        "gland": lambda: f"{subject.participant}, {vocabulary.visit(subject.visit)}{gland}",
        "participant": lambda: subject.participant,
        "image": lambda: vocabulary.picture(subject.id),
        "user": lambda: vocabulary.person(subject.id),
        "study": lambda: "a study",
        "layout": lambda: "a scanner's screen",
        "ledger": lambda: "the log",
    }
    found = words.get(subject.kind)
    return found() if found else f"{subject.kind} {subject.id}"
