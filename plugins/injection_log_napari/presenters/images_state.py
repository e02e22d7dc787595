"""The values of the images step: what is searched for, what the page shows, and what the step needs of the desk.

Values only. A patient's name and number stand in `IdentityCard` alone, which prints nothing of itself.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from injection_log.record.values import VisitRecord

if TYPE_CHECKING:
    from dicom_io.image import PatientIdentity
    from dicom_io.image_folder import Kept
    from dicom_io.pacs.find import StudySummary
    from injection_log.acts.studies import FolderFindings

SearchBy = Literal["day", "patient_id", "accession"]
SEARCH_TITLES: dict[SearchBy, str] = {
    "day": "That day's ultrasound",
    "patient_id": "Patient id",
    "accession": "Accession number",
}


class ImagesDesk(Protocol):
    """What this step needs of the visit on the desk."""

    record: VisitRecord

    def belongs_to(self, identity: PatientIdentity) -> str:
        """Whose study this is: "this participant", "another participant" or "not linked yet"."""

    def link_study(self, summary: StudySummary) -> None:
        """Link a study to this participant and visit."""

    def keep_arrived(self, arrived: Sequence[Kept]) -> None:
        """Take pictures that have arrived into the visit, all of them or, when one is refused, none."""

    def discard(self, arrived: Sequence[Kept]) -> None:
        """Take pictures that have arrived out of the image folder again."""

    def examine_folder(self, folder: Path) -> FolderFindings:
        """Pass the files of a folder through the gate; slow, for a worker thread."""

    def import_findings(self, findings: FolderFindings) -> None:
        """Link and take in what a folder held."""

    def go_on_without(self, reason: str) -> None:
        """Record that the images come later."""


@dataclass(frozen=True)
class Filters:
    """What narrows a search; empty means any. `day` as it is typed, 2026-11-22."""

    day: str = ""
    modality: str = "US"
    station: str = ""


@dataclass(frozen=True, repr=False)
class Search:
    """What is searched for; a patient id may be in it, so it prints nothing of itself."""

    by: SearchBy = "day"
    text: str = ""
    filters: Filters = Filters()


@dataclass(frozen=True)
class StudyRow:
    """One study of the list; no name, no number."""

    uid: str
    when: str
    description: str
    station: str
    images: str
    belongs: str
    is_own: bool
    may_be_linked: bool


@dataclass(frozen=True, repr=False)
class IdentityCard:
    """The identity to be compared once, in the words of the images; its text is never logged."""

    name: str
    patient_id: str
    birth_date: str
    what: str


@dataclass(frozen=True)
class FetchState:
    """Where a retrieval is, in real counts: pictures of this study that are here, and what is said of them."""

    here: int
    asked: int
    words: str


@dataclass(frozen=True)
class LeftOut:
    """A picture that did not come: the end of its UID, the whole of it, and why."""

    name: str
    uid: str
    why: str


@dataclass(frozen=True)
class ImagesState:
    """All that the page shows. `busy` is a word for what is going on, "" when nothing is."""

    search: Search
    busy: str
    rows: tuple[StudyRow, ...]
    remarks: tuple[str, ...]
    chosen: str
    card: IdentityCard | None
    fetch: FetchState | None
    left_out: tuple[LeftOut, ...]
    said: str
    is_refusal: bool
    failed_at_pacs: bool
    kept: int
    pending: str
    may_go_without: bool
    has_pacs: bool
