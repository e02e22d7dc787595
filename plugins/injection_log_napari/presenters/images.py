"""The images step: finding the study, linking it to the participant, retrieving picture by picture, or doing without.

A patient's name and number are held only while a study that is not linked yet is being compared, and are dropped
with the answer. Searching and retrieving happen elsewhere (`views/images_page.py`, `views/fetching.py`); here is
what they mean. Each picture joins the visit as it arrives, so that what is here stays whatever becomes of the rest.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dicom_io.errors import PacsError
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.fetching import (
    FetchNews,
    done_sentence,
    fetch_state,
    files_left_out,
    incomplete_sentence,
    left_out_of,
    stopped_sentence,
)
from injection_log_napari.presenters.images_state import (
    FetchState,
    IdentityCard,
    ImagesDesk,
    ImagesState,
    LeftOut,
    Search,
    SearchBy,
)
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.study_list import OWN, StudyList, card_of
from injection_log_napari.presenters.wording import sentence_case

if TYPE_CHECKING:
    from dicom_io.image_folder import Kept
    from dicom_io.pacs.find import StudySummary
    from dicom_io.pacs.pull import PullResult
    from injection_log.acts.studies import FolderFindings

_RETRIEVING = "retrieving"
_NOT_FORESEEN = "That did not work; try again, or import a folder."


class ImagesPresenter:
    """The images of the visit on the desk."""

    def __init__(
        self, desk: ImagesDesk, changed: Callable[[], None], *, has_pacs: bool, may_go_without: bool
    ) -> None:
        self._desk, self._changed = desk, changed
        self._has_pacs, self._may_go_without = has_pacs, may_go_without
        self._studies = StudyList(desk)
        self._findings: FolderFindings | None = None
        self._busy = ""
        self._fetch: FetchState | None = None
        self._news, self._before = FetchNews(), frozenset[str]()
        self._joined, self._fetched_study, self._is_refused = 0, "", False
        self._left_out: tuple[LeftOut, ...] = ()
        self._said, self._is_refusal, self._failed_at_pacs = "", False, False
        self._is_at_connection = False

    @property
    def sentence(self) -> Sentence | None:
        """What this step says at the bottom; None when there is nothing to do here but to go on."""
        if self._is_at_connection:
            return Sentence("Give this card to the PACS administrator, then test both ways. Esc goes back.", "next")
        state = self.state
        if not self._said and (state.kept or state.pending) and not self._busy and state.card is None:
            return None
        return Sentence(state.said, "refused" if state.is_refusal else "next")

    @property
    def is_retrieving(self) -> bool:
        """Pictures are on their way from the PACS."""
        return self._busy == _RETRIEVING

    @property
    def state(self) -> ImagesState:
        """What the page shows now."""
        record, studies = self._desk.record, self._studies
        return ImagesState(
            studies.search, self._busy, studies.rows, studies.remarks, studies.chosen, self._card(), self._fetch,
            self._left_out, self._said or self._advice(), self._is_refusal, self._failed_at_pacs, len(record.images),
            record.images_pending, self._may_go_without, self._has_pacs,
        )  # fmt: skip

    def at_connection(self, *, shown: bool) -> None:
        """The connection is shown over the images, or no longer."""
        self._is_at_connection = shown
        self._changed()

    # ---- searching -----------------------------------------------------------------------------------------
    def search_by(self, by: SearchBy) -> None:
        """Choose by what to search; the text is still to be typed."""
        self._studies.search = Search(by, "", self._studies.search.filters)
        self._clear()
        self._changed()

    def search(self, search: Search) -> bool:
        """Begin a search; False, in words, when there is nothing to search for."""
        why = self._studies.begin(search)
        if why:
            self._say(why, refusal=True)
            return False
        self._findings, self._busy = None, "searching the PACS"
        self._clear()
        self._changed()
        return True

    def found(self, studies: Sequence[StudySummary], remarks: Sequence[str] = ()) -> None:
        """The search is over; `remarks` are sentences about what the PACS left out."""
        self._studies.take(studies, remarks)
        self._busy = ""
        self._changed()

    def failed(self, error: BaseException) -> None:
        """Search, retrieval or import failed, with its own sentence where it has one."""
        self._busy, self._fetch = "", None
        known = isinstance(error, REFUSALS)
        self._say(str(error) if known else _NOT_FORESEEN, refusal=True, at_pacs=isinstance(error, PacsError))

    def choose(self, uid: str) -> None:
        """Choose a study of the list."""
        self._studies.chosen, self._findings = uid, None
        self._clear()
        self._changed()

    # ---- linking and retrieving ----------------------------------------------------------------------------
    def link(self) -> str:
        """Link the chosen study; its UID to retrieve now, "" when it was refused."""
        study = self._studies.study
        if study is None:
            return ""
        try:
            self._desk.link_study(study)
        except REFUSALS as refused:
            self._say(str(refused), refusal=True)
            return ""
        return self._begin(study.study_instance_uid)

    def fetch_missing(self) -> str:
        """Fetch what did not come; the UID of its study to retrieve now, "" when nothing is missing."""
        return self._begin(self._fetched_study) if self._left_out else ""

    def progress(self, news: FetchNews) -> bool:
        """News of the retrieval; what has arrived joins the visit. False when it has to be stopped, in words."""
        self._news = news
        if not self._join(news.arrived):
            return False
        self._fetch = fetch_state(news, self._before)
        self._changed()
        return True

    def pulled(self, result: PullResult) -> None:
        """The retrieval is over and told all its news: what is missing is said."""
        self._busy, self._fetch = "", None
        self._left_out = left_out_of(result)
        if result.complete:
            self._say(done_sentence(result, self._before), refusal=False)
        else:
            sentence = incomplete_sentence(result, self._left_out)
            self._say(sentence, refusal=True, at_pacs=bool(result.trouble))

    def cancelled(self) -> None:
        """A person stopped it; what had arrived stays."""
        self._busy, self._fetch = "", None
        self._say(stopped_sentence(self._news, self._before, self._joined), refusal=False)

    def _begin(self, study_uid: str) -> str:
        self._busy, self._fetch = _RETRIEVING, fetch_state(FetchNews(), frozenset())
        self._before = frozenset(image.sop_instance_uid for image in self._desk.record.images)
        self._news, self._joined, self._left_out, self._fetched_study = FetchNews(), 0, (), study_uid
        self._is_refused = False
        self._clear()
        self._changed()
        return study_uid

    def _join(self, arrived: Sequence[Kept]) -> bool:
        if not arrived:
            return True
        if self._is_refused:
            # One picture was refused already: what still comes of this study is not kept either.
            self._desk.discard(arrived)
            return False
        try:
            self._desk.keep_arrived(arrived)
        except REFUSALS as refused:
            self._busy, self._fetch, self._is_refused = "", None, True
            stay = f" What came before stays ({self._joined})." if self._joined else ""
            self._say(f"{refused}{stay}", refusal=True)
            return False
        self._joined += len(arrived)
        return True

    # ---- a folder, or nothing ------------------------------------------------------------------------------
    def examine(self, folder: Path) -> FolderFindings:
        """Look a folder through; slow, for a worker thread."""
        return self._desk.examine_folder(folder)

    def examining(self) -> bool:
        """A folder is about to be looked at; False, in words, while something else is going on."""
        if self._busy:
            self._say("Wait until the pictures that are on their way have come, or press Cancel.", refusal=True)
            return False
        self._busy, self._findings, self._studies.chosen = "reading the folder", None, ""
        self._left_out = ()
        self._clear()
        self._changed()
        return True

    def examined(self, findings: FolderFindings) -> None:
        """A folder was looked at: its identity is compared before anything joins the visit."""
        self._busy = ""
        self._left_out = files_left_out(findings.refused)
        if not findings.kept or findings.identity is None:
            why = f" ({findings.refused[0][1]})" if findings.refused else ""
            self._say(f"No ultrasound picture was found in that folder{why}.", refusal=True)
            return
        self._findings = findings
        if self._studies.belongs(findings.identity) == OWN:
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
        self._findings, self._studies.chosen = None, ""
        self._say("Nothing was linked. Choose another study.", refusal=False)

    # ---- inner ---------------------------------------------------------------------------------------------
    def _clear(self) -> None:
        self._said, self._is_refusal, self._failed_at_pacs = "", False, False

    def _say(self, sentence: str, *, refusal: bool, at_pacs: bool = False) -> None:
        self._said, self._is_refusal, self._failed_at_pacs = sentence, refusal, at_pacs
        self._changed()

    def _advice(self) -> str:
        if self._fetch is not None:
            return "Retrieving. A picture can be opened as soon as it has come; Cancel keeps what is here."
        if self._busy:
            return f"{sentence_case(self._busy)}…"
        if self._card() is not None:
            return "Compare with the trial's identification list, then link. The name is shown only now."
        return self._studies.advice()

    def _card(self) -> IdentityCard | None:
        if self._findings is not None and self._findings.identity is not None:
            return card_of(self._findings.identity, f"folder with {len(self._findings.kept)} pictures")
        return None if self._busy else self._studies.card()
