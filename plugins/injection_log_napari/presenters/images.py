"""The images step: finding the study, linking it to the participant, retrieving with progress, or doing without.

A patient's name and number are held only while a study that is not linked yet is being compared, and are dropped
with the answer. Searching and retrieving happen elsewhere (`views/images_page.py`); here is only what they mean.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from injection_log.record.values import VisitRecord
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.wording import dicom_day, dicom_time

if TYPE_CHECKING:
    from dicom_io.image import PatientIdentity
    from dicom_io.pacs.find import StudySummary
    from dicom_io.pacs.pull import PullProgress, PullResult
    from injection_log.acts.studies import FolderFindings

SearchBy = Literal["day", "patient_id", "accession"]
SEARCH_TITLES: dict[SearchBy, str] = {
    "day": "That day's ultrasound",
    "patient_id": "Patient id",
    "accession": "Accession number",
}
OWN = "this participant"
UNLINKED = "not linked yet"


class ImagesDesk(Protocol):
    """What this step needs of the visit on the desk."""

    record: VisitRecord

    def belongs_to(self, identity: PatientIdentity) -> str:
        """Whose study this is: "this participant", "another participant" or "not linked yet"."""

    def link_study(self, summary: StudySummary) -> None:
        """Link a study to this participant and visit."""

    def keep_pulled(self, result: PullResult) -> None:
        """Take what was retrieved into the visit."""

    def examine_folder(self, folder: Path) -> FolderFindings:
        """Pass the files of a folder through the gate; slow, for a worker thread."""

    def import_findings(self, findings: FolderFindings) -> None:
        """Link and take in what a folder held."""

    def go_on_without(self, reason: str) -> None:
        """Record that the images come later."""


@dataclass(frozen=True)
class Search:
    """What is searched for."""

    by: SearchBy = "day"
    text: str = ""


@dataclass(frozen=True)
class StudyRow:
    """One study of the list; no name, no number."""

    uid: str
    when: str
    description: str
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
class PullState:
    """Where a retrieval is: real counts only."""

    received: int
    asked: int
    megabytes: float


@dataclass(frozen=True)
class ImagesState:
    """All that the page shows. `busy` is a word for what is going on, "" when nothing is."""

    search: Search
    busy: str
    rows: tuple[StudyRow, ...]
    chosen: str
    card: IdentityCard | None
    pull: PullState | None
    said: str
    is_refusal: bool
    kept: int
    pending: str
    may_go_without: bool
    has_pacs: bool


class ImagesPresenter:
    """The images of the visit on the desk."""

    def __init__(
        self, desk: ImagesDesk, changed: Callable[[], None], *, has_pacs: bool, may_go_without: bool
    ) -> None:
        self._desk, self._changed = desk, changed
        self._has_pacs, self._may_go_without = has_pacs, may_go_without
        self._found: tuple[StudySummary, ...] = ()
        self._findings: FolderFindings | None = None
        self._searched = False
        self._search = Search()
        self._chosen = ""
        self._busy = ""
        self._pull: PullState | None = None
        self._said, self._is_refusal = "", False

    @property
    def sentence(self) -> Sentence | None:
        """What this step says at the bottom; None when there is nothing to do here but to go on."""
        state = self.state
        if not self._said and (state.kept or state.pending) and not self._busy and state.card is None:
            return None
        return Sentence(state.said, "refused" if state.is_refusal else "next")

    @property
    def state(self) -> ImagesState:
        """What the page shows now."""
        record = self._desk.record
        return ImagesState(
            self._search, self._busy, tuple(self._row(s) for s in self._found), self._chosen, self._card(),
            self._pull, self._said or self._advice(), self._is_refusal, len(record.images),
            record.images_pending, self._may_go_without, self._has_pacs,
        )  # fmt: skip

    # ---- searching -----------------------------------------------------------------------------------------
    def search_by(self, by: SearchBy) -> None:
        """Choose by what to search; the text is still to be typed."""
        self._search, self._said, self._is_refusal = Search(by), "", False
        self._changed()

    def search(self, search: Search) -> bool:
        """Begin a search; False, in words, when there is nothing to search for."""
        self._search = search
        if search.by != "day" and not search.text.strip():
            self._say(f"Type the {SEARCH_TITLES[search.by].lower()} to search for.", refusal=True)
            return False
        self._found, self._chosen, self._findings = (), "", None
        self._busy, self._said, self._is_refusal = "searching the PACS", "", False
        self._changed()
        return True

    def found(self, studies: Sequence[StudySummary]) -> None:
        """The search is over. The participant's own study is chosen at once; any other is chosen by a person."""
        self._found, self._busy, self._searched = tuple(studies), "", True
        own = [study for study in studies if self._belongs(study) == OWN]
        self._chosen = own[0].study_instance_uid if len(own) == 1 else ""
        self._changed()

    def failed(self, error: BaseException) -> None:
        """Search, retrieval or import failed, with its own sentence where it has one."""
        self._busy, self._pull = "", None
        known = isinstance(error, REFUSALS)
        self._say(str(error) if known else "That did not work; try again, or import a folder.", refusal=True)

    def choose(self, uid: str) -> None:
        """Choose a study of the list."""
        self._chosen, self._said, self._is_refusal, self._findings = uid, "", False, None
        self._changed()

    # ---- linking and retrieving ----------------------------------------------------------------------------
    def link(self) -> str:
        """Link the chosen study; its UID to retrieve now, "" when it was refused."""
        study = self._chosen_study()
        if study is None:
            return ""
        try:
            self._desk.link_study(study)
        except REFUSALS as refused:
            self._say(str(refused), refusal=True)
            return ""
        self._busy, self._pull = "retrieving", PullState(0, 0, 0.0)
        self._said, self._is_refusal = "", False
        self._changed()
        return study.study_instance_uid

    def progress(self, steps: Sequence[PullProgress]) -> None:
        """News of the retrieval."""
        if steps:
            last = steps[-1]
            self._pull = PullState(last.received, last.asked, last.bytes / 1e6)
            self._changed()

    def pulled(self, result: PullResult) -> None:
        """The retrieval is over: what was kept joins the visit, what is missing is said."""
        self._busy, self._pull = "", None
        try:
            self._desk.keep_pulled(result)
        except REFUSALS as refused:
            self._say(str(refused), refusal=True)
            return
        count = len(self._desk.record.images)
        if result.complete:
            size = f"{result.bytes / 1e6:.0f} MB"
            self._say(f"All {len(result.asked)} pictures are here ({size}). Press Enter to go on.", refusal=False)
        else:
            lost = len(result.missing) + len(result.rejected)
            why = f": {result.rejected[0].why}" if result.rejected else ""
            self._say(f"{count} pictures are here, {lost} did not come{why}. Retrieve again to try once more.",
                      refusal=True)  # fmt: skip

    def cancelled(self) -> None:
        """A person stopped it."""
        self._busy, self._pull = "", None
        self._say("Stopped. Nothing of it was taken in; retrieve again when you like.", refusal=False)

    # ---- a folder, or nothing ------------------------------------------------------------------------------
    def examine(self, folder: Path) -> FolderFindings:
        """Look a folder through; slow, for a worker thread."""
        return self._desk.examine_folder(folder)

    def examining(self) -> None:
        """A folder is being looked at."""
        self._busy, self._findings, self._chosen = "reading the folder", None, ""
        self._said, self._is_refusal = "", False
        self._changed()

    def examined(self, findings: FolderFindings) -> None:
        """A folder was looked at: its identity is compared before anything joins the visit."""
        self._busy = ""
        if not findings.kept or findings.identity is None:
            why = f" ({findings.refused[0][1]})" if findings.refused else ""
            self._say(f"No ultrasound picture was found in that folder{why}.", refusal=True)
            return
        self._findings = findings
        if self._belongs_identity(findings.identity) == OWN:
            self.take_folder()
        else:
            self._changed()

    def take_folder(self) -> None:
        """Take the examined folder in: the person compared the identity."""
        findings, self._findings = self._findings, None
        if findings is None:
            return
        try:
            self._desk.import_findings(findings)
        except REFUSALS as refused:
            self._say(str(refused), refusal=True)
            return
        refused_files = f", {len(findings.refused)} files were refused" if findings.refused else ""
        self._say(f"{len(findings.kept)} pictures were imported{refused_files}.", refusal=False)

    def go_without(self, reason: str) -> None:
        """Go on without images."""
        try:
            self._desk.go_on_without(reason)
        except REFUSALS as refused:
            self._say(str(refused), refusal=True)
            return
        self._say("Images pending: facts and volumes can be written now. Press Enter to go on.", refusal=False)

    def refuse(self, sentence: str) -> None:
        """Say why something was not begun."""
        self._say(sentence, refusal=True)

    def put_aside(self) -> None:
        """The shown identity is not the participant's: forget it."""
        self._findings, self._chosen = None, ""
        self._say("Nothing was linked. Choose another study.", refusal=False)

    # ---- inner ---------------------------------------------------------------------------------------------
    def _say(self, sentence: str, *, refusal: bool) -> None:
        self._said, self._is_refusal = sentence, refusal
        self._changed()

    def _advice(self) -> str:
        if self._busy:
            return f"{self._busy.capitalize()}…"
        if self._card() is not None:
            return "Compare with the trial's identification list, then link. The name is shown only now."
        if self._chosen:
            return "Retrieve the pictures of the chosen study."
        if self._searched and not self._found:
            return "No study was found. The scanner may send later: search again, or import a folder."
        if self._found:
            return "Choose the study of this visit."
        return "Search the PACS, or import a folder."

    def _chosen_study(self) -> StudySummary | None:
        return next((study for study in self._found if study.study_instance_uid == self._chosen), None)

    def _card(self) -> IdentityCard | None:
        if self._findings is not None and self._findings.identity is not None:
            return _card_of(self._findings.identity, f"folder with {len(self._findings.kept)} pictures")
        study = self._chosen_study()
        if self._busy or study is None or self._belongs(study) != UNLINKED:
            return None
        return _card_of(study.identity, f"study of {_when(study)}")

    def _belongs(self, study: StudySummary) -> str:
        return self._belongs_identity(study.identity)

    def _belongs_identity(self, identity: PatientIdentity) -> str:
        try:
            return self._desk.belongs_to(identity)
        except REFUSALS:
            return "carries no patient id"

    def _row(self, study: StudySummary) -> StudyRow:
        belongs = self._belongs(study)
        images = "" if study.instances is None else str(study.instances)
        return StudyRow(
            study.study_instance_uid, _when(study), _what(study), images, belongs,
            is_own=belongs == OWN, may_be_linked=belongs in (OWN, UNLINKED),
        )  # fmt: skip


def _what(study: StudySummary) -> str:
    """What the PACS says of a study; many leave the description out of their answer."""
    accession = f"accession {study.accession}" if study.accession else ""
    return study.description or accession or study.station or "(no description)"


def _when(study: StudySummary) -> str:
    return f"{dicom_day(study.study_date)} {dicom_time(study.study_time)}".strip()


def _card_of(identity: PatientIdentity, what: str) -> IdentityCard:
    name = " ".join(part for part in identity.name.replace("^", " ").split() if part)
    return IdentityCard(name or "no name", identity.patient_id, dicom_day(identity.birth_date) or "not said", what)
