"""The records of the inspection binder: participants, their visits and glands, and every value that stands.

Read from the values that the binder's own events give, so that nothing newer slips in. Texts are finished and in the
language of the protocol; what people wrote stays as it is. Only reads.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from injection_log.acts.binder_log import ReadLog
from injection_log.acts.binder_pictures import gland_pictures
from injection_log.acts.log_words import vocabulary_of
from injection_log.acts.sheet_history import after_the_signature, earlier_versions, notices, sections_of_additions
from injection_log.binder_content import BinderGland, BinderParticipant, BinderVisit, KeptValue, Rows
from injection_log.ledger.event import Subject
from injection_log.protocol.fields import TYPED_TITLES
from injection_log.record.event_words import STATES
from injection_log.record.history_columns import visit_state
from injection_log.record.reading import gland_subject, read_visit, visit_subject
from injection_log.record.rendering import render, sections_of
from injection_log.record.value_words import mark_title, value_in_words
from injection_log.record.values import SIDES
from injection_log.record.vocabulary import field_title, is_hidden
from injection_log.words import volume_figures

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.record.signed_text import Section
    from injection_log.record.values import VisitImage, VisitRecord
    from injection_log.record.vocabulary import Vocabulary
    from injection_log.site import Session

Say = Callable[[str], str]
_KEPT = TYPED_TITLES | {"Participant", "Reason of the amendment", "Protocol"}
_OF_PARTICIPANT = ("participant", "visit", "gland")
COUNTS = {"counts": "counts", "withdrawn": "withdrawn, does not count", "not_done": "not done"}


def binder_participants(session: Session, log: ReadLog, say: Say) -> Iterator[BinderParticipant]:
    """Every participant of whom the log knows anything, by id."""
    about: dict[str, list[Subject]] = {}
    for key in sorted(log.values):
        if key.partition(":")[0] in _OF_PARTICIPANT:
            subject = Subject.parse(key)
            about.setdefault(subject.participant, []).append(subject)
    vocabulary = vocabulary_of(session)
    for participant, subjects in sorted(about.items()):
        visits = (
            read_visit(log.of, session.site.protocol, participant, name) for name in session.site.protocol.visits
        )
        records = [record for record in visits if record is not None]
        pictures = [Subject("image", id=one.sop_instance_uid) for record in records for one in record.images]
        values = [one for subject in (*subjects, *pictures) for one in _values(log, subject, vocabulary, say)]
        yield BinderParticipant(
            participant, tuple(_visit(session, log, record, say) for record in records), tuple(values)
        )


def _values(log: ReadLog, subject: Subject, vocabulary: Vocabulary, say: Say) -> Iterator[KeptValue]:
    """Every value of a subject; what says nothing to a person (keys, digests) has no title, but is carried."""
    for name, stored in sorted(log.of(subject.key).items()):
        event = log.set_by[subject.key, name]
        if is_hidden(name):
            yield KeptValue(subject.key, name, "", "", stored, event)
            continue
        title = mark_title(stored) if name.startswith("mark.") else field_title(name, vocabulary)
        words = value_in_words(name, stored, vocabulary)
        yield KeptValue(subject.key, name, say(title), say(words), stored, event)


def _visit(session: Session, log: ReadLog, record: VisitRecord, say: Say) -> BinderVisit:
    images = tuple(
        (
            f"{number}: {say(image.plane or 'image')}", str(image.frames),
            say(_scale(image)), image.sha256,
        )
        for number, image in enumerate(record.images, start=1)
    )
    return BinderVisit(
        record.visit, visit_subject(record.participant, record.visit).key, say(record.visit_title),
        record.day.isoformat(), say(COUNTS[visit_state(record)]), images,
        tuple(_gland(session, log, (record, side), say) for side in SIDES),
    )


def _scale(image: VisitImage) -> str:
    if not image.may_be_scaled_by_hand:
        return "of the scanner"
    return "set by hand" if image.hand_scale else "none"


def _gland(session: Session, log: ReadLog, of: tuple[VisitRecord, Side], say: Say) -> BinderGland:
    record, side = of
    gland, protocol = record.glands[side], session.site.protocol
    signed = gland.signature
    sections = sections_of(signed.rendering) if signed else render(record, side, protocol).sections
    injected = gland.volumes.injected_ul if gland.volumes and gland.facts.get("injected") == "yes" else None
    return BinderGland(
        side, gland_subject(record.participant, record.visit, side).key, gland.state,
        say(STATES.get(gland.state, gland.state)), gland.version, injected,
        say(volume_figures(injected)) if injected is not None else "",
        tuple(_said((*sections, *sections_of_additions(gland)), say)),
        tuple(map(say, notices(record, side))), tuple(map(say, earlier_versions(log.of, gland))),
        tuple((say(label), say(words)) for label, words in after_the_signature(log.of, gland)),
        gland_pictures(session, record, side, say),
    )


def _said(sections: tuple[Section, ...], say: Say) -> Iterator[tuple[str, Rows]]:
    for section in sections:
        yield say(section.title), tuple(
            (say(label), value if label in _KEPT else say(value)) for label, value in section.rows
        )
