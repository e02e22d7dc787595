"""The words of one site: its protocol's titles, its people's printed names, and what its pictures are called.

A picture is called by its number in the list of its visit and its plane; its identity of twenty digits is never said.
Reads, and writes nothing; asks no role.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.record.reading import read_visit
from injection_log.record.vocabulary import Vocabulary

if TYPE_CHECKING:
    from injection_log.ledger.event import Event
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session, Site

Place = tuple[str, str]
"""Participant and visit."""


def vocabulary_of(session: Session, record: VisitRecord | None = None) -> Vocabulary:
    """The words for events of a site, or of one visit: then a picture is not said to be of that visit."""
    site = session.site
    names = {
        key.removeprefix("user:"): str(facts.get("printed_name", ""))
        for key, facts in site.ledger.values_of("user:").items()
    }
    home = (record.participant, record.visit) if record is not None else None
    pictures = Pictures(site, home)
    return Vocabulary(site.protocol, names, pictures.words, site.clock.utc_offset_minutes())


class Pictures:
    """What pictures are called; each visit is read once."""

    def __init__(self, site: Site, home: Place | None = None) -> None:
        self._site, self._home = site, home
        self._words: dict[str, str] = {}
        self._places: dict[str, Place | None] = {}
        self._read: set[Place] = set()

    def place_of(self, uid: str) -> Place | None:
        """The visit that a picture stands at, None where it joined none."""
        if uid not in self._places:
            # By key and not by Subject: what stands in a log is told even where it could not be written so.
            study = self._site.ledger.values(f"image:{uid}").get("study")
            self._places[uid] = self.place_of_study(str(study)) if study else None
        return self._places[uid]

    def place_of_study(self, study_uid: str) -> Place | None:
        """The visit that a study is linked to."""
        linked = self._site.ledger.values(f"study:{study_uid}")
        found = linked.get("participant"), linked.get("visit")
        return (str(found[0]), str(found[1])) if all(found) else None

    def words(self, uid: str) -> str:
        """`picture 3 (longitudinal)`; with its participant and visit where that is not the one being read."""
        place = self.place_of(uid)
        if place is not None and place not in self._read:
            self._read.add(place)
            self._name_all(place)
        return self._words.get(uid, "a picture")

    def _name_all(self, place: Place) -> None:
        if place[1] not in self._site.protocol.visits:  # a visit of an earlier protocol
            return
        record = read_visit(self._site.ledger.values, self._site.protocol, *place)
        for number, image in enumerate(record.images if record else (), start=1):
            plane = f" ({image.plane})" if image.plane else ""
            where = "" if place == self._home else f" of {place[0]}, {self._site.protocol.visits[place[1]].title}"
            self._words[image.sop_instance_uid] = f"picture {number}{plane}{where}"


def place_of(event: Event, pictures: Pictures) -> Place | None:
    """The participant and visit ("" for none) that an event is about, through the picture or study it names."""
    subject = event.subject
    if subject.participant:
        return subject.participant, subject.visit
    if subject.kind == "image":
        return pictures.place_of(subject.id)
    if subject.kind == "study":
        return pictures.place_of_study(subject.id)
    return None
