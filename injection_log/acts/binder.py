"""The inspection binder, gathered: the whole log, every record and its pictures, for who may see pictures at all.

Who exports it had everything before their eyes; the event of the export says so. Nothing is written here: a checkpoint
over everything shown stands already (`acts.outputs`).
"""
from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from injection_log.acts.binder_log import Place, log_in_words, place_of_subject, read_log
from injection_log.acts.binder_records import binder_participants
from injection_log.acts.deviations import list_deviations
from injection_log.acts.exports import local_time
from injection_log.acts.log_words import vocabulary_of
from injection_log.acts.outputs import Gathered
from injection_log.acts.queries import list_queries
from injection_log.binder_content import BinderContent, BinderDeviation, BinderQuery, Said
from injection_log.errors import InjectionLogError
from injection_log.language import catalogue_of
from injection_log.record.event_words import GROUPS, ROLES, STATES
from injection_log.record.vocabulary import asked_title, subject_in_words

if TYPE_CHECKING:
    from injection_log.ledger.event import Subject
    from injection_log.record.queries import Query
    from injection_log.record.vocabulary import Vocabulary
    from injection_log.site import Session
    from injection_log.trial_content import ExportFacts

Say = Callable[[str], str]
_ACTS = {"open": "asked", "answer": "answered", "close": "closed", "reopen": "asked again"}
_QUERY_STATES = {"open": "open", "answered": "answered", "closed": "closed"}


def gather_binder(session: Session, about: ExportFacts) -> Gathered:
    """Gather everything up to the event that `about` names. The role was asked before."""
    try:
        log = read_log(session, about.last_event)
    except (sqlite3.Error, OSError) as error:
        raise InjectionLogError("The log cannot be read for the binder; run `injection-log verify`.") from error
    protocol = session.site.protocol
    say = catalogue_of(protocol.language).say
    participants = tuple(binder_participants(session, log, say))
    queries, deviations = tuple(_queries(session, say)), tuple(_deviations(session, say))
    content = BinderContent(
        about, protocol.language, session.site.ledger.latest_checkpoint() or "", protocol.checks.late_entry_hours,
        tuple(log.rows), log_in_words(session, log, say), participants, queries, deviations, _names(session, say),
    )
    glands = [gland for one in participants for visit in one.visits for gland in visit.glands]
    return Gathered(content, {
        "participants": len(participants), "visits": len(glands) // 2, "glands": len(glands),
        "pictures": sum(bool(one.clean) for gland in glands for one in gland.pictures), "events": len(log.rows),
        "queries": len(queries), "deviations": len(deviations),
    })


def _names(session: Session, say: Say) -> dict[str, dict[str, str]]:
    roles = {code: say(words) for code, words in ROLES.items()}
    return {
        "roles": roles, "groups": {code: say(words) for code, words in GROUPS.items()},
        "states": {code: say(words) for code, words in STATES.items()},
        "visits": {name: say(visit.title) for name, visit in session.site.protocol.visits.items()},
    }


def _queries(session: Session, say: Say) -> Iterator[BinderQuery]:
    vocabulary = vocabulary_of(session)
    for one in list_queries(session):
        field = asked_title(one.field, vocabulary) if one.field else "the whole record"
        yield BinderQuery(
            one.id, one.state, say(_QUERY_STATES[one.state]), place_of_subject(one.about.key),
            say(subject_in_words(one.about, vocabulary)), say(field), one.has_changed, tuple(_talk(one, say)),
        )


def _talk(query: Query, say: Say) -> Iterator[Said]:
    for one in query.messages:
        by = f"{one.printed_name}, {say(ROLES.get(one.role, one.role))}" if one.user else query.check
        # What a check asks is a text of the program; what a person wrote stays as it is.
        text = say(one.text) if query.check and one is query.messages[0] else one.text
        yield Said(say(_ACTS[one.act]), by, local_time(datetime.fromisoformat(one.at), one.offset_minutes), text)


def _deviations(session: Session, say: Say) -> Iterator[BinderDeviation]:
    vocabulary = vocabulary_of(session)
    for one in list_deviations(session):
        at = one.known.at
        when = local_time(datetime.fromisoformat(at), one.known.offset_minutes) if at else ""
        known = ", ".join(filter(None, (one.known.printed_name, when)))
        reported = one.source == "reported"
        yield BinderDeviation(
            one.id, say(one.title), reported, *_about(one.about, vocabulary, say),
            one.sentence if reported else say(one.sentence), known,
        )


def _about(subject: Subject | None, vocabulary: Vocabulary, say: Say) -> tuple[Place, str]:
    if subject is None:
        return ("", "", ""), say("the whole trial")
    return place_of_subject(subject.key), say(subject_in_words(subject, vocabulary))
