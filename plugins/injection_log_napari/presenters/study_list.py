"""The list of studies: what was searched for, what was found, whose each study is, and which one is chosen.

Searching itself happens elsewhere. A patient's name and number are given out only for a chosen study that is not
linked yet, and go with the list.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.images_state import SEARCH_TITLES, IdentityCard, ImagesDesk, Search, StudyRow
from injection_log_napari.presenters.wording import dicom_day, dicom_time

if TYPE_CHECKING:
    from dicom_io.image import PatientIdentity
    from dicom_io.pacs.find import StudySummary

OWN = "this participant"
UNLINKED = "not linked yet"
NO_ID = "carries no patient id"
COUNT_UNSAID = "not said"


class StudyList:
    """The studies that a search found."""

    def __init__(self, desk: ImagesDesk) -> None:
        self._desk = desk
        self._found: tuple[StudySummary, ...] = ()
        self.search = Search()
        self.was_searched = False
        self.chosen = ""
        self.remarks: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[StudyRow, ...]:
        """The studies as the list shows them."""
        return tuple(self._row(study) for study in self._found)

    @property
    def study(self) -> StudySummary | None:
        """The chosen study."""
        return next((study for study in self._found if study.study_instance_uid == self.chosen), None)

    def begin(self, search: Search) -> str:
        """Take a search up; gives why it cannot be done, "" when it can."""
        self.search = search
        if search.by != "day" and not search.text.strip():
            return f"Type the {SEARCH_TITLES[search.by].lower()} to search for."
        if search.filters.day.strip() and day_of(search.filters.day) is None:
            return "Write the day as year, month and day: 2026-11-22; or leave it empty."
        self._found, self.chosen, self.remarks = (), "", ()
        return ""

    def take(self, studies: Sequence[StudySummary], remarks: Sequence[str] = ()) -> None:
        """The search is over. The participant's own study is chosen at once; any other is chosen by a person."""
        self._found, self.remarks, self.was_searched = tuple(studies), tuple(remarks), True
        own = [study for study in studies if self.belongs(study.identity) == OWN]
        self.chosen = own[0].study_instance_uid if len(own) == 1 else ""

    def card(self) -> IdentityCard | None:
        """The identity of the chosen study, to be compared; None when it is linked, or nobody's."""
        study = self.study
        if study is None or self.belongs(study.identity) != UNLINKED:
            return None
        return card_of(study.identity, f"study of {_when(study)}")

    def belongs(self, identity: PatientIdentity) -> str:
        """Whose pictures these are."""
        try:
            return self._desk.belongs_to(identity)
        except REFUSALS:
            return NO_ID

    def advice(self) -> str:
        """What to do with the list."""
        if self.chosen:
            return "Retrieve the pictures of the chosen study."
        if self.was_searched and not self._found:
            return "No study was found. The scanner may send later: search again, or import a folder."
        if self._found:
            return "Choose the study of this visit: Enter goes to the list, arrows or a click choose."
        return "Search the PACS, or import a folder."

    def _row(self, study: StudySummary) -> StudyRow:
        belongs = self.belongs(study.identity)
        images = COUNT_UNSAID if study.instances is None else str(study.instances)
        return StudyRow(
            study.study_instance_uid, _when(study), _what(study), study.station, images, belongs,
            is_own=belongs == OWN, may_be_linked=belongs in (OWN, UNLINKED),
        )  # fmt: skip


def day_of(text: str) -> date | None:
    """A typed day; None when it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def card_of(identity: PatientIdentity, what: str) -> IdentityCard:
    """An identity in the words of the images."""
    name = " ".join(part for part in identity.name.replace("^", " ").split() if part)
    return IdentityCard(name or "no name", identity.patient_id, dicom_day(identity.birth_date) or "not said", what)


def _what(study: StudySummary) -> str:
    """What the PACS says of a study; many leave the description out of their answer."""
    accession = f"accession {study.accession}" if study.accession else ""
    return study.description or accession or "(no description)"


def _when(study: StudySummary) -> str:
    return f"{dicom_day(study.study_date)} {dicom_time(study.study_time)}".strip() or "(no date)"
